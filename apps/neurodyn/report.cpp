// SPDX-License-Identifier: BSD-3-Clause
// neurodyn report: makes the HTML report of a result file again.
#include "experiment/report.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "commands.hpp"
#include "experiment/store.hpp"

namespace neurodyn::app {

void add_report(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto result = std::make_shared<std::string>();
    const auto output = std::make_shared<std::string>();
    CLI::App* verb = app.add_subcommand("report", "Make the HTML report of a result file");
    verb->add_option("RESULT", *result, "An HDF5 file that `neurodyn run` made")->required();
    verb->add_option("--output", *output, "The HTML file (default: RESULT with .html)");
    verb->footer("Example:\n  neurodyn report resting_state.h5");
    actions.emplace_back(verb, [result, output] {
        const std::string path =
            output->empty() ? std::filesystem::path(*result).replace_extension(".html").string() : *output;
        std::error_code missing;
        if (std::filesystem::equivalent(path, *result, missing))
            throw Error(fmt::format("'{}' is the file of results; give the report another name", path));
        experiment::write_report(experiment::read_report_document(*result), path);
        fmt::print("{}\n", std::filesystem::absolute(path).lexically_normal().string());
        return static_cast<int>(success);
    });
}

}  // namespace neurodyn::app
