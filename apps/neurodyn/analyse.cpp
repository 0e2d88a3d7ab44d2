// SPDX-License-Identifier: BSD-3-Clause
// neurodyn analyse: one analysis of a result or of recorded data.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "base/units.hpp"
#include "commands.hpp"
#include "experiment/analyse_file.hpp"

namespace neurodyn::app {
namespace {

constexpr std::size_t most_shown = 12;

struct AnalyseArguments {
    experiment::FileAnalysis asked;
    std::string interval, start, stop, output, report;
    std::size_t size = 0;
};

// "--low '5 Hz'", "--low='5 Hz'", "--fisher_z" and "compare=measured.csv".
std::vector<std::pair<std::string, std::string>> read_arguments(const std::vector<std::string>& texts) {
    std::vector<std::pair<std::string, std::string>> arguments;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string& text = texts[i];
        const bool option = text.starts_with("--");
        const std::size_t equals = text.find('=');
        if (equals != std::string::npos && equals > (option ? 2 : 0)) {
            arguments.emplace_back(text.substr(option ? 2 : 0, equals - (option ? 2 : 0)),
                                   text.substr(equals + 1));
            continue;
        }
        if (!option)
            throw Error(fmt::format(
                "'{}' is neither an option (--NAME VALUE) nor a further input (NAME=FILE)", text));
        const bool alone = i + 1 == texts.size() || texts[i + 1].starts_with("--");
        arguments.emplace_back(text.substr(2), alone ? "true" : texts[++i]);
    }
    return arguments;
}

double read_time(const std::string& option, const std::string& text) {
    try {
        return parse_quantity(text, dimensions::time);
    } catch (const InputError& error) {
        throw Error(fmt::format("--{} '{}': {}", option, text, error.diagnostics().front().message));
    }
}

std::string item_name(const analysis::Dimension& d, std::size_t index) {
    if (!d.labels.empty()) return d.labels[index];
    if (d.values.empty()) return fmt::format("{}", index);
    return fmt::format("{:g}{}{}", d.values[index], d.unit.empty() ? "" : " ", d.unit);
}

// "600 x 5, -0.3 to 1.2": what is too long to be shown.
std::string summary(const analysis::ResultArray& array) {
    std::vector<std::string> sizes;
    for (const auto& d : array.dimensions) sizes.push_back(fmt::format("{} {}", d.size, d.name));
    double low = INFINITY, high = -INFINITY;
    for (const double v : array.values)
        if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    return low > high ? fmt::format("{}", fmt::join(sizes, " x "))
                      : fmt::format("{}: {:.6g} to {:.6g}", fmt::join(sizes, " x "), low, high);
}

void print(const experiment::AnalysisResult& done) {
    std::vector<std::vector<std::string>> rows = {{"result", "value", "unit", "what"}};
    for (const analysis::ResultArray& array : done.result.arrays) {
        const std::size_t axes = array.dimensions.size();
        if (axes == 0) {
            rows.push_back({array.name, fmt::format("{:.8g}", array.values[0]), array.unit, array.doc});
        } else if (axes == 1 && array.values.size() <= most_shown) {
            for (std::size_t i = 0; i < array.values.size(); ++i)
                rows.push_back({fmt::format("{}[{}]", array.name, item_name(array.dimensions[0], i)),
                                fmt::format("{:.8g}", array.values[i]), array.unit, i == 0 ? array.doc : ""});
        } else {
            rows.push_back({array.name, summary(array), array.unit, array.doc});
        }
    }
    fmt::print("{}", format_table(rows));
}

void require_new(const std::string& path, const std::string& data) {
    std::error_code missing;
    if (!path.empty() && std::filesystem::equivalent(path, data.substr(0, data.rfind(':')), missing))
        throw Error(fmt::format("'{}' is the file of the data; give the results another name", path));
    if (!path.empty() && std::filesystem::equivalent(path, data, missing))
        throw Error(fmt::format("'{}' is the file of the data; give the results another name", path));
}

int analyse(const AnalyseArguments& given, const std::vector<std::string>& rest) {
    experiment::FileAnalysis asked = given.asked;
    asked.arguments = read_arguments(rest);
    experiment::DataFileSettings& settings = asked.settings;
    if (!given.interval.empty()) settings.interval_s = read_time("interval", given.interval);
    if (settings.interval_s && !(*settings.interval_s > 0.0)) throw Error("--interval must be above 0");
    if (!given.start.empty()) settings.start_s = read_time("start", given.start);
    if (!given.stop.empty()) settings.stop_s = read_time("stop", given.stop);
    if (given.size > 0) settings.size = given.size;
    if (!settings.unit.empty()) parse_unit(settings.unit);
    require_new(given.output, asked.file);
    require_new(given.report, asked.file);
    const experiment::AnalysisResult done = experiment::analyse_file(asked);
    print(done);
    if (!given.output.empty()) {
        experiment::write_analysis(done, asked, given.output);
        fmt::print("{}\n", std::filesystem::absolute(given.output).lexically_normal().string());
    }
    if (!given.report.empty()) {
        experiment::write_analysis_report(done, asked, given.report);
        fmt::print("{}\n", std::filesystem::absolute(given.report).lexically_normal().string());
    }
    return success;
}

}  // namespace

void add_analyse(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto arguments = std::make_shared<AnalyseArguments>();
    CLI::App* verb = app.add_subcommand("analyse", "Analyse a result of neurodyn, or recorded data");
    verb->allow_extras();
    verb->add_option("FILE", arguments->asked.file,
                     "Data: RESULT.h5:NAME, FILE.csv, FILE.npy, FILE.npz:NAME or FILE.h5:/DATASET")
        ->required();
    verb->add_option("ANALYSIS", arguments->asked.analysis, "One of `neurodyn list analyses`")->required();
    verb->add_option("--interval", arguments->interval, "Time between samples, where the file does not tell");
    verb->add_option("--unit", arguments->asked.settings.unit, "Unit of the values");
    verb->add_flag("--transpose", arguments->asked.settings.transpose, "Rows are channels, columns samples");
    verb->add_option("--member", arguments->asked.settings.member, "Of a result with several members: which");
    verb->add_option("--size", arguments->size, "Nodes of a list of spikes (default: the highest one and 1)")
        ->check(CLI::PositiveNumber);
    verb->add_option("--start", arguments->start, "Begin of a recording of spikes (default: 0 s)");
    verb->add_option("--stop", arguments->stop, "Its end (default: the last spike)");
    verb->add_option("--output", arguments->output, "Write all results: .h5, .json or .csv");
    verb->add_option("--report", arguments->report, "Write a page of figures: .html");
    verb->footer(
        "Options of the analysis follow as --NAME VALUE, further inputs as NAME=FILE;\n"
        "`neurodyn list analyses ANALYSIS` shows them.\n"
        "\n"
        "Examples:\n"
        "  neurodyn analyse resting_state.h5:bold power_spectrum --segment '60 s'\n"
        "  neurodyn analyse eeg.csv functional_connectivity compare=measured.csv --output fc.json\n"
        "  neurodyn analyse eeg.npy power_spectrum --interval '2 ms' --unit uV --report eeg.html\n"
        "  neurodyn analyse spikes.csv spike_statistics --size 100 --stop '10 s'");
    actions.emplace_back(verb, [verb, arguments] { return analyse(*arguments, verb->remaining()); });
}

}  // namespace neurodyn::app
