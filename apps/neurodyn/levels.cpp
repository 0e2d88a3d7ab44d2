// SPDX-License-Identifier: BSD-3-Clause
// neurodyn levels: one experiment as spiking neurons, as their density and as their rate.
#include "experiment/levels.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/units.hpp"
#include "commands.hpp"
#include "run_options.hpp"

namespace neurodyn::app {
namespace {

struct LevelsArguments {
    RunArguments run;
    std::string bin = "1 ms";
    std::vector<std::string> levels;
};

double seconds(const std::string& text) {
    try {
        return parse_quantity(text, dimensions::time);
    } catch (const Error&) {
        throw Error(fmt::format("--bin '{}': a time is needed, for example 1 ms", text));
    }
}

void print(const experiment::Levels& levels) {
    std::vector<std::vector<std::string>> rows = {{"population"}};
    for (const auto& run : levels.runs) rows.front().push_back(run.level + " [Hz]");
    for (std::size_t r = 1; r < levels.runs.size(); ++r)
        rows.front().push_back(levels.runs[r].level + " differs by");
    for (std::size_t p = 0; p < levels.populations.size(); ++p) {
        std::vector<std::string> row = {levels.populations[p]};
        for (const auto& run : levels.runs)
            row.push_back(run.error_hz[p] > 0.0
                              ? fmt::format("{:.4f} ± {:.3f}", run.mean_hz[p], run.error_hz[p])
                              : fmt::format("{:.4f}", run.mean_hz[p]));
        const double first = levels.runs.front().mean_hz[p];
        for (std::size_t r = 1; r < levels.runs.size(); ++r)
            row.push_back(first > 0.0
                              ? fmt::format("{:+.2f} %", 100.0 * (levels.runs[r].mean_hz[p] / first - 1.0))
                              : "-");
        rows.push_back(row);
    }
    fmt::print("{}", format_table(rows));
    for (const auto& run : levels.runs) fmt::print("{}: {}\n", run.level, format_duration(run.wall_s));
    if (!levels.report.empty()) fmt::print("{}\n", levels.report);
}

}  // namespace

void add_levels(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto arguments = std::make_shared<LevelsArguments>();
    CLI::App* verb = app.add_subcommand(
        "levels",
        "Run an experiment's neurons as spiking ones, as their density and as their rate, side by side");
    add_run_options(*verb, arguments->run);
    verb->add_option("--report", arguments->run.report, "Write the figures to this page (NAME_levels.html)");
    verb->add_option("--bin", arguments->bin, "Width of the bins of the rates")->capture_default_str();
    verb->add_option("--levels", arguments->levels, "Some of spiking, density and rate, with commas (all)")
        ->delimiter(',')
        ->check(CLI::IsMember({"spiking", "density", "rate"}));
    verb->footer(
        "Examples:\n"
        "  neurodyn levels experiments/population_step.yaml\n"
        "  neurodyn levels experiments/brunel.yaml --levels density,rate\n"
        "\n"
        "Sweep, tuning, monitors, analyses and expectations of the experiment are left out.");
    actions.emplace_back(verb, [arguments] {
        experiment::LevelsSettings settings;
        settings.run = to_settings(arguments->run);
        if (!settings.run.report || settings.run.report->empty()) {
            const std::string file = arguments->run.file;
            const std::size_t slash = file.find_last_of('/') + 1;
            settings.run.report = file.substr(slash, file.find_last_of('.') - slash) + "_levels.html";
        }
        settings.run.command = "neurodyn levels " + arguments->run.file;
        for (const std::string& set : arguments->run.set) settings.run.command += " --set '" + set + "'";
        settings.bin_s = seconds(arguments->bin);
        settings.levels = arguments->levels;
        print(experiment::run_levels(arguments->run.file, settings));
        return success;
    });
}

}  // namespace neurodyn::app
