// SPDX-License-Identifier: BSD-3-Clause
// The page of an experiment at several levels: rates beside each other, and their difference.
#include <fmt/format.h>

#include <neurodyn/neurodyn.hpp>

#include "experiment/levels.hpp"
#include "experiment/report_json.hpp"
#include "record/writer.hpp"

namespace neurodyn::experiment {
namespace {

Json time_values(const Levels& levels, std::size_t count) {
    return {{"start", (levels.first_s - 0.5 * levels.bin_s) * 1e3},
            {"step", levels.bin_s * 1e3},
            {"count", count}};
}

Json rate_figure(const Levels& levels, std::size_t population) {
    Json series = Json::array();
    for (const LevelRun& run : levels.runs)
        series.push_back({{"name", run.level}, {"y", pack(run.rate_hz[population])}});
    return {{"kind", "lines"},
            {"title", "Rate of " + levels.populations[population]},
            {"caption",
             fmt::format("Mean rate in bins of {:.4g} ms: {} neurons that spike, the density of infinitely "
                         "many, and the stationary rate for the input at each moment.",
                         levels.bin_s * 1e3, levels.neurons[population])},
            {"x", axis("time", "ms")},
            {"y", axis("rate", "Hz")},
            {"x_values", time_values(levels, levels.runs.front().rate_hz[population].size())},
            {"series", series}};
}

Json difference_figure(const Levels& levels, std::size_t population) {
    Json series = Json::array();
    const LevelRun& first = levels.runs.front();
    for (std::size_t r = 1; r < levels.runs.size(); ++r) {
        std::vector<double> difference = levels.runs[r].rate_hz[population];
        for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= first.rate_hz[population][i];
        series.push_back({{"name", fmt::format("{} less {}", levels.runs[r].level, first.level)},
                          {"y", pack(difference)}});
    }
    return {{"kind", "lines"},
            {"title", "Difference in " + levels.populations[population]},
            {"caption",
             "What the finite number of neurons makes of the rate, what looking for spikes once in a step "
             "does (it "
             "raises the threshold by 0.58 sigma sqrt(dt/tau)), and what the level leaves out."},
            {"x", axis("time", "ms")},
            {"y", axis("difference of rates", "Hz")},
            {"x_values", time_values(levels, first.rate_hz[population].size())},
            {"series", series}};
}

Json mean_table(const Levels& levels) {
    Json columns = Json::array({{{"label", "population"}}});
    for (const LevelRun& run : levels.runs) columns.push_back({{"label", run.level}, {"unit", "Hz"}});
    Json rows = Json::array();
    for (std::size_t p = 0; p < levels.populations.size(); ++p) {
        Json cells = Json::array({levels.populations[p]});
        for (const LevelRun& run : levels.runs)
            cells.push_back(run.error_hz[p] > 0.0
                                ? fmt::format("{:.5g} ± {:.2g}", run.mean_hz[p], run.error_hz[p])
                                : fmt::format("{:.5g}", run.mean_hz[p]));
        rows.push_back({{"cells", cells}});
    }
    return {{"kind", "table"}, {"title", "Mean rates"}, {"columns", columns}, {"rows", rows}};
}

}  // namespace

std::string levels_document(const Levels& levels, const Experiment& experiment, const RunSettings& settings) {
    Json document{{"format", "neurodyn-report"},
                  {"version", 1},
                  {"title", (experiment.title.empty() ? experiment.name : experiment.title)},
                  {"subtitle", experiment.name + ", at several levels"}};
    Json summary = Json::array();
    for (const LevelRun& run : levels.runs)
        summary.push_back({{"label", "wall time, " + run.level},
                           {"value", fmt::format("{:.3g}", run.wall_s)},
                           {"unit", "s"}});
    document["summary"] = summary;
    document["provenance"] = {{"version", version()},
                              {"seed", experiment.seed},
                              {"machine", record::machine_description()},
                              {"command", settings.command}};
    Json figures = Json::array({mean_table(levels)});
    for (std::size_t p = 0; p < levels.populations.size(); ++p) {
        figures.push_back(rate_figure(levels, p));
        if (levels.runs.size() > 1) figures.push_back(difference_figure(levels, p));
    }
    document["sections"] =
        Json::array({{{"heading", "Rates"}, {"text", experiment.description}, {"figures", figures}},
                     {{"heading", "Experiment"},
                      {"figures", Json::array({{{"kind", "code"},
                                                {"title", "The experiment"},
                                                {"language", "yaml"},
                                                {"code", experiment.text},
                                                {"folded", true}}})}}});
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace neurodyn::experiment
