// SPDX-License-Identifier: BSD-3-Clause
// The report's document put together, and the page written.
#include "experiment/report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <neurodyn/neurodyn.hpp>

#include "experiment/inference_section.hpp"
#include "experiment/library.hpp"
#include "experiment/model_analyses.hpp"
#include "experiment/report_json.hpp"
#include "record/writer.hpp"

namespace neurodyn::experiment {
namespace {

Json summary(const Outcome& outcome) {
    Json items = Json::array();
    for (const ExpectationOutcome& e : outcome.expectations)
        items.push_back({{"label", e.that},
                         {"value", e.found},
                         {"note", "expected " + e.bound},
                         {"verdict", e.passed ? "pass" : "fail"}});
    for (const ComparisonOutcome& c : outcome.comparisons)
        items.push_back({{"label", c.that + " against " + c.with},
                         {"value", fmt::format("{:.3f} against {:.3f}", c.value, c.other)},
                         {"note", c.sentence}});
    if (!outcome.failure.empty())
        items.push_back(
            {{"label", "run"}, {"value", "failed"}, {"note", outcome.failure}, {"verdict", "fail"}});
    for (const std::string& failed : outcome.failed_analyses)
        items.push_back({{"label", "analysis"}, {"value", "failed"}, {"note", failed}, {"verdict", "fail"}});
    if (outcome.stopped) items.push_back({{"label", "run"}, {"value", "interrupted"}, {"verdict", "warn"}});
    return items;
}

Json expectation_table(const Outcome& outcome) {
    Json rows = Json::array();
    for (const ExpectationOutcome& e : outcome.expectations)
        rows.push_back({{"cells", Json::array({e.that, e.found, e.bound, e.from})},
                        {"verdict", e.passed ? "pass" : "fail"}});
    return {{"kind", "table"},
            {"title", "Expectations"},
            {"columns", Json::array({{{"label", "result"}},
                                     {{"label", "found"}},
                                     {{"label", "expected"}},
                                     {{"label", "where the expected value comes from"}}})},
            {"rows", rows}};
}

Json population_table(const ReportInput& input) {
    Json rows = Json::array();
    for (const engine::PopulationReport& p : input.outcome.populations) {
        const network::Population* population = input.built.network.find_population(p.name);
        rows.push_back(
            {{"cells",
              Json::array({p.name, p.model, population == nullptr ? 0 : population->size, p.method,
                           population == nullptr ? ""
                                                 : population->model->reference.substr(
                                                       0, population->model->reference.find('\n'))})}});
    }
    return {{"kind", "table"},
            {"title", "Populations"},
            {"columns", Json::array({{{"label", "population"}},
                                     {{"label", "model"}},
                                     {{"label", "nodes"}},
                                     {{"label", "method"}},
                                     {{"label", "source"}}})},
            {"rows", rows}};
}

Json section(const std::string& heading, Json figures, const std::string& text = {}) {
    Json result{{"heading", heading}};
    if (!text.empty()) result["text"] = text;
    result["figures"] = std::move(figures);
    return result;
}

std::string sweep_text(const ReportInput& input) {
    const SweepOutcome& sweep = input.outcome.sweep;
    std::string text =
        fmt::format("{} points in {} run{}.", sweep.points.size(), sweep.runs, sweep.runs == 1 ? "" : "s");
    if (sweep.best) {
        const std::string& chosen = input.experiment.sweep.choose->value;
        const std::string unit = sweep.unit_of(chosen);
        text += fmt::format(" Best mean of `{}`: {:.4g}{}{}.", chosen, sweep.best_value,
                            unit.empty() ? "" : " ", unit);
    }
    for (const std::string& failure : sweep.failures) text += "\n\nLeft out: " + failure;
    return text;
}

Json provenance(const ReportInput& input) {
    using Clock = std::chrono::system_clock;
    const auto text = [](Clock::time_point time) {
        return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(Clock::to_time_t(time)));
    };
    const Clock::time_point now = Clock::now();
    const auto wall =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(input.wall_s));
    Json result{{"version", version()},
                {"seed", input.experiment.seed},
                {"machine", record::machine_description()},
                {"started", text(now - wall)},
                {"finished", text(now)},
                {"duration_s", input.wall_s},
                {"result", input.outcome.output}};
    if (!input.settings.command.empty()) result["command"] = input.settings.command;
    result["other"] = Json::array({{{"label", "Threads"}, {"value", threads_of(input.settings)}},
                                   {{"label", "Precision"}, {"value", input.experiment.precision}}});
    if (!input.outcome.populations.empty()) {
        const compile::KernelHistory& kernel = input.outcome.populations.front().kernel;
        result["other"].push_back(
            {{"label", "Kernels"},
             {"value",
              fmt::format("{}, {} lanes", kernel.backend == "interpreter" ? "interpreted" : "compiled",
                          kernel.width)}});
    }
    return result;
}

}  // namespace

std::string report_document(const ReportInput& input) {
    const Experiment& experiment = input.experiment;
    Json document{{"format", "neurodyn-report"},
                  {"version", 1},
                  {"title", experiment.title.empty() ? experiment.name : experiment.title}};
    if (!experiment.title.empty()) document["subtitle"] = experiment.name;
    document["summary"] = summary(input.outcome);
    document["provenance"] = provenance(input);
    Json sections = Json::array();
    if (!input.outcome.expectations.empty())
        sections.push_back(section("What the result must show",
                                   Json::array({expectation_table(input.outcome)}), experiment.description));
    if (!input.outcome.sweep.points.empty())
        sections.push_back(section("Sweep", sweep_figures(input), sweep_text(input)));
    if (input.outcome.tuned)
        sections.push_back(section("Tuning", tuning_figures(input),
                                   "The worst of all nodes: " + input.outcome.tuning + "."));
    for (const auto& group : analysis_groups(input.outcome.results)) {
        const AnalysisResult& first = *group.front();
        const InferenceKind* kind = find_inference_kind(first.analysis);
        const std::string& doc = kind == nullptr ? find_row(first.analysis).doc : kind->doc;
        if (group.size() > 1)
            sections.push_back(section(capital(in_words(first.analysis)), group_figures(group), doc));
        else
            sections.push_back(section(first.name, analysis_figures(first, input), doc));
    }
    Json recorded = event_figures(input);
    for (Json& figure : series_figures(input)) recorded.push_back(std::move(figure));
    if (!recorded.empty()) sections.push_back(section("Recorded", std::move(recorded)));
    if (Json figures = connectome_figures(input); !figures.empty())
        sections.push_back(section("Connectome", std::move(figures)));
    Json last = Json::array();
    if (!input.outcome.populations.empty()) last.push_back(population_table(input));
    last.push_back({{"kind", "code"},
                    {"title", "The experiment"},
                    {"language", "yaml"},
                    {"code", experiment.text},
                    {"folded", true}});
    sections.push_back(section("Experiment", std::move(last)));
    document["sections"] = std::move(sections);
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool can_write_reports() { return !find_share_file("report.html").empty(); }

void write_report(const std::string& document, const std::string& path) {
    const std::string file = find_share_file("report.html");
    if (file.empty())
        throw Error(
            "the report's page is not installed (share/neurodyn/report.html); "
            "build the viewer, or "
            "run without 'report'");
    std::string page = read_file(file);
    const std::string mark = "__NEURODYN_REPORT__";
    const std::size_t holder = page.find("id=\"neurodyn-report\"");
    const std::size_t at = page.find(mark, holder == std::string::npos ? 0 : holder);
    if (at == std::string::npos)
        throw FileError(file, "is not the report's page: it has no place for the data");
    std::string safe;
    safe.reserve(document.size());
    for (const char c : document) {  // "</script>" inside a text must not end the script element
        if (c == '<')
            safe += "\\u003c";
        else
            safe += c;
    }
    page.replace(at, mark.size(), safe);
    std::ofstream out(path, std::ios::binary);
    out << page;
    out.close();
    if (!out)
        throw FileError(path, "the report cannot be written; is there such a folder, and is there space?");
}

}  // namespace neurodyn::experiment
