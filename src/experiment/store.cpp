// SPDX-License-Identifier: BSD-3-Clause
// What an experiment writes into its result file beside the series.
#include "experiment/store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <neurodyn/neurodyn.hpp>

#include "experiment/inference_section.hpp"
#include "network/connect_expression.hpp"
#include "record/reader.hpp"
#include "record/writer.hpp"

namespace neurodyn::experiment {
namespace {

constexpr const char* report_path = "report/document";

record::Dimension to_record(const analysis::Dimension& d) {
    return {d.name, d.size, d.unit, d.values, d.labels};
}

record::Array to_record(const analysis::ResultArray& array) {
    record::Array result{array.name, array.doc, array.unit, {}, array.values};
    for (const analysis::Dimension& d : array.dimensions) result.dimensions.push_back(to_record(d));
    return result;
}

std::string plain_name(std::string path) {
    for (char& c : path)
        if (c == '.' || c == '/') c = '_';
    return path;
}

record::Dimension node_dimension(const Built& built, const TuningGoal& goal) {
    const network::Population& population = *built.network.find_population(goal.population);
    return {"node", population.size, "", {}, population.node_names};
}

// The parameter at every point of the sweep; NaN where a point was not tuned.
record::Array tuned_values(const Built& built, const TuningGoal& goal, std::size_t index,
                           const SweepOutcome& sweep) {
    const record::Dimension node = node_dimension(built, goal);
    record::Array array{"tuned_" + plain_name(goal.path),
                        "what " + goal.path + " was adjusted to",
                        goal.unit.name == "1" ? "" : goal.unit.name,
                        {{"point", sweep.points.size()}, node},
                        {}};
    for (std::size_t p = 0; p < sweep.points.size(); ++p) {
        const auto tuned = sweep.tuned.find(p);
        for (std::size_t i = 0; i < node.size; ++i)
            array.values.push_back(tuned == sweep.tuned.end() || tuned->second.goals.empty()
                                       ? std::numeric_limits<double>::quiet_NaN()
                                       : from_si(tuned->second.goals[index].value[i], goal.unit));
    }
    return array;
}

// Where a population's nodes are.
std::vector<record::Array> position_arrays(const network::Population& population) {
    const record::Dimension node{"node", population.size, "", {}, population.node_names};
    std::vector<record::Array> arrays;
    for (std::size_t k = 0; k < network::axis_names.size(); ++k) {
        const std::vector<double>& axis = population.positions.axes[k];
        if (axis.empty()) continue;
        record::Array array{network::axis_names[k], "position of each node", "m", {node}, axis};
        arrays.push_back(std::move(array));
    }
    return arrays;
}

// The grid whose points a series' nodes are.
std::vector<record::Array> grid_arrays(const analysis::ChannelGrid& grid) {
    const record::Dimension axis{"axis", grid.shape.size()};
    record::Array points{"points", "along each axis, x first", "", {axis}, {}};
    for (const std::size_t n : grid.shape) points.values.push_back(static_cast<double>(n));
    return {points,
            {"spacing", "between points", "m", {axis}, grid.spacing_m},
            {"first", "where the first point is", "m", {axis}, grid.first_m},
            {"periodic", "1: the edges meet", "", {}, {grid.periodic ? 1.0 : 0.0}}};
}

}  // namespace

struct Store::Impl {
    explicit Impl(const std::string& path) : writer(path) {}
    record::Writer writer;
};

Store::Store(const std::string& path, const Experiment& experiment, const Built& built,
             const RunSettings& settings)
    : impl_(std::make_unique<Impl>(path)) {
    record::Writer& writer = impl_->writer;
    writer.set_attribute("name", experiment.name);
    writer.set_attribute("title", experiment.title);
    writer.set_attribute("experiment_file", experiment.file);
    writer.set_attribute("seed", fmt::format("{}", experiment.seed));
    writer.set_attribute("precision", experiment.precision);
    writer.set_attribute("dt_s", built.network.dt_s);
    writer.set_attribute("discard_s", built.discard_s);
    writer.set_attribute("duration_s", built.duration_s);
    writer.set_attribute("version", version());
    if (!settings.command.empty()) writer.set_attribute("command", settings.command);
    writer.set_attribute("threads", static_cast<std::int64_t>(threads_of(settings)));
    writer.set_attribute("machine", record::machine_description());
    writer.set_attribute("status", std::string("running"));
    writer.write_text("experiment", experiment.text);
    for (const network::Population& population : built.network.populations)
        if (!population.positions.empty())
            writer.write_group("positions/" + population.name, position_arrays(population), {});
    for (const auto& [name, role] : built.series)
        if (!role.grid.empty()) writer.write_group("grids/" + name, grid_arrays(role.grid), {});
}

Store::~Store() = default;

engine::Sink& Store::sink() { return impl_->writer; }

void Store::add_results(const AnalysisResults& results) { write_results(impl_->writer, results); }

void Store::add_tuning(const Built& built, const Tuned& tuned) {
    for (std::size_t g = 0; g < tuned.goals.size(); ++g) {
        const TuningGoal& goal = built.tuning.goals[g];
        const record::Dimension node = node_dimension(built, goal);
        const auto array = [&](const char* name, const char* doc, const Unit& unit,
                               const std::vector<double>& values) {
            record::Array result{name, doc, unit.name == "1" ? "" : unit.name, {node}, {}};
            for (const double x : values) result.values.push_back(from_si(x, unit));
            return result;
        };
        record::Attributes attributes;
        attributes["parameter"] = goal.path;
        attributes["mean_of"] = goal.population + "." + goal.expression;
        attributes["trials"] = static_cast<std::int64_t>(tuned.trials);
        attributes["reached"] = static_cast<std::int64_t>(tuned.reached());
        impl_->writer.write_group(
            "tuning/" + plain_name(goal.path),
            {array("value", "what the parameter was adjusted to", goal.unit, tuned.goals[g].value),
             array("mean", "the mean in the best trial", goal.observed_unit, tuned.goals[g].mean),
             array("target", "what the mean should be", goal.observed_unit, goal.target),
             array("within", "how near is near enough", goal.observed_unit, goal.tolerance)},
            attributes);
    }
}

void Store::add_sweep(const Experiment& experiment, const Built& built, const SweepOutcome& sweep) {
    if (sweep.points.empty()) return;
    const record::Dimension point{"point", sweep.points.size()};
    std::vector<record::Array> arrays;
    for (std::size_t a = 0; a < experiment.sweep.axes.size(); ++a) {
        const SweepAxis& axis = experiment.sweep.axes[a];
        record::Array values{plain_name(axis.path), "value of " + axis.path, axis.unit, {point}, {}};
        for (const SweepPoint& p : sweep.points) values.values.push_back(axis.numbers[p.index[a]]);
        arrays.push_back(std::move(values));
    }
    record::Array repeat{"repeat", "which repeat; the seed is the experiment's plus this", "", {point}, {}};
    for (const SweepPoint& p : sweep.points) repeat.values.push_back(static_cast<double>(p.repeat));
    arrays.push_back(std::move(repeat));
    for (std::size_t c = 0; c < sweep.names.size(); ++c)
        arrays.push_back({plain_name(sweep.names[c]),
                          "result " + sweep.names[c],
                          sweep.units[c],
                          {point},
                          sweep.columns[c]});
    for (std::size_t g = 0; !sweep.tuned.empty() && g < built.tuning.goals.size(); ++g)
        arrays.push_back(tuned_values(built, built.tuning.goals[g], g, sweep));
    record::Attributes attributes;
    if (sweep.best) {
        attributes["best_point"] = static_cast<std::int64_t>(*sweep.best);
        attributes["best_value"] = sweep.best_value;
        attributes["chosen_by"] = experiment.sweep.choose->value;
    }
    impl_->writer.write_group("sweep", arrays, attributes);
}

void Store::add_expectations(const std::vector<ExpectationOutcome>& expectations) {
    if (expectations.empty()) return;
    const record::Dimension dimension{"expectation", expectations.size()};
    record::Array that{"that", "the result", "", {dimension}, {}},
        found{"found", "what was found", "", {dimension}, {}},
        bound{"expected", "what was expected", "", {dimension}, {}},
        from{"from", "where the expected value comes from", "", {dimension}, {}},
        passed{"passed", "1 when it was met", "", {dimension}, {}};
    for (const ExpectationOutcome& e : expectations) {
        that.texts.push_back(e.that);
        found.texts.push_back(e.found);
        bound.texts.push_back(e.bound);
        from.texts.push_back(e.from);
        passed.values.push_back(e.passed ? 1.0 : 0.0);
    }
    impl_->writer.write_group("expectations", {that, found, bound, from, passed});
}

void Store::add_report(const std::string& document) { impl_->writer.write_text(report_path, document); }

void Store::close(const std::string& status) {
    impl_->writer.set_attribute("status", status);
    impl_->writer.close();
}

void write_results(record::Writer& writer, const AnalysisResults& results) {
    for (const AnalysisResult& done : results) {
        std::vector<record::Array> arrays;
        for (const analysis::ResultArray& array : done.result.arrays) arrays.push_back(to_record(array));
        const bool inferred = find_inference_kind(done.analysis) != nullptr;
        writer.write_group((inferred ? "inference/" : "analyses/") + done.name, arrays,
                           {{inferred ? "kind" : "analysis", done.analysis}});
    }
}

std::string read_report_document(const std::string& path) {
    const record::Reader reader(path);
    if (!reader.has(report_path))
        throw Error(
            fmt::format("{} has no report in it; it was made by a run that did not come to its end", path));
    return reader.text(report_path);
}

}  // namespace neurodyn::experiment
