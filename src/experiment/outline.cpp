// SPDX-License-Identifier: BSD-3-Clause
// Shapes of what will be recorded, of what analyses make of it, and what expectations may ask of that.
#include "experiment/outline.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analysis/errors.hpp"
#include "engine/synapse_plan.hpp"
#include "experiment/inference_section.hpp"
#include "experiment/model_analyses.hpp"
#include "language/synapse.hpp"

namespace neurodyn::experiment {
namespace {

using analysis::Input;
using analysis::ResultArray;

std::size_t whole_steps(double time_s, double of_s) {
    return static_cast<std::size_t>(std::max(0.0, std::nearbyint(time_s / of_s)));
}

// Every quantity of a model by name, in a graph of its own: for units alone.
std::optional<std::string> unit_of(const language::Model& model, const std::string& expression) {
    if (const language::Quantity* quantity = model.find(expression)) return quantity->unit.name;
    symbolic::Graph graph;
    std::vector<language::ScopeEntry> scope;
    for (const std::string& name : model.names())
        if (const language::Quantity* quantity = model.find(name))
            scope.push_back({name, graph.symbol(name), quantity->unit.dimension});
    try {
        return to_string(language::parse_expression(expression, "", graph, scope).dimension);
    } catch (const Error&) {
        return std::nullopt;  // the engine will say what is wrong with it
    }
}

const network::Monitor* find_series(const Built& built, const std::string& name) {
    for (const network::Monitor& monitor : built.network.monitors)
        if (monitor.name == name) return &monitor;
    return nullptr;
}

std::vector<std::string> node_names(const network::Population& population,
                                    const std::vector<std::size_t>& nodes) {
    std::vector<std::string> names;
    const std::size_t count = nodes.empty() ? population.size : nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t node = nodes.empty() ? i : nodes[i];
        names.push_back(node < population.node_names.size() ? population.node_names[node]
                                                            : fmt::format("{}", node));
    }
    return names;
}

std::optional<analysis::Series> shape_of_channels(const std::string& name, const std::string& unit,
                                                  std::vector<std::string> labels, double every_s,
                                                  const Built& built) {
    const double dt = built.network.dt_s;
    const std::size_t every = whole_steps(every_s, dt);
    if (every == 0) return std::nullopt;
    analysis::Series series;
    series.name = name;
    series.unit = unit == "1" ? "" : unit;
    series.dimension = "node";
    series.labels = std::move(labels);
    series.channels = series.labels.size();
    series.interval_s = static_cast<double>(every) * dt;
    series.samples = whole_steps(built.duration_s, dt) / every;
    series.start_s = built.discard_s + series.interval_s;
    if (const auto role = built.series.find(name); role != built.series.end())
        series.grid = role->second.grid;
    return series;
}

std::optional<analysis::Series> synapses_shape(const std::string& name, const Built& built) {
    const network::Network& network = built.network;
    for (const network::SynapseMonitor& monitor : network.synapse_monitors) {
        if (monitor.name != name) continue;
        const auto projection =
            std::find_if(network.event_projections.begin(), network.event_projections.end(),
                         [&](const auto& p) { return p.name == monitor.projection; });
        const network::Population& from = *network.find_population(projection->from);
        const network::Population& to = *network.find_population(projection->to);
        const auto joined =
            language::check_synapse(*projection->synapse, *from.model, *to.model, projection->target);
        const auto unit = unit_of(*joined, monitor.expression);
        if (!unit) return std::nullopt;
        // How many pairs a probability joins is drawn with the network.
        if (projection->rule.kind == network::ConnectionRule::Kind::bernoulli) return std::nullopt;
        const std::uint64_t total =
            network::Connector(projection->rule, to.size, from.size, &from == &to, network.seeds.front(), 0)
                .total();
        const std::vector<std::uint64_t> numbers = engine::recorded_synapses(monitor, total);
        std::vector<std::string> labels;
        for (std::uint64_t k = 0; k < (numbers.empty() ? total : numbers.size()); ++k)
            labels.push_back(fmt::format("{}", numbers.empty() ? k : numbers[k]));
        return shape_of_channels(name, *unit, std::move(labels), monitor.every_s, built);
    }
    return std::nullopt;
}

std::optional<analysis::Series> series_shape(const std::string& name, const Built& built) {
    const network::Monitor* monitor = find_series(built, name);
    if (monitor == nullptr) return synapses_shape(name, built);
    const network::Population* population = built.network.find_population(monitor->population);
    if (population == nullptr) return std::nullopt;
    const auto unit = unit_of(*population->model, monitor->expression);
    if (!unit) return std::nullopt;
    return shape_of_channels(name, *unit, node_names(*population, monitor->nodes), monitor->every_s, built);
}

std::optional<Input> events_shape(const std::string& name, const Built& built) {
    for (const network::EventMonitor& monitor : built.network.event_monitors)
        if (const auto* population = built.network.find_population(monitor.population);
            monitor.name == name && population != nullptr)
            return analysis::Events{
                {}, {}, population->size, built.discard_s, built.discard_s + built.duration_s, name};
    return std::nullopt;
}

std::optional<Input> covariance_shape(const InputReference& reference, const Built& built) {
    const auto series = series_shape(reference.name, built);
    if (!series) return std::nullopt;
    const bool correlation = reference.kind == InputReference::Kind::correlation;
    return analysis::Matrix{
        {}, series->channels, series->channels, reference.name + (correlation ? ".fc" : ".covariance"),
        "", series->labels,   "channel"};
}

// The outlines of one experiment's analyses, one after the other.
class Outliner {
  public:
    Outliner(const Experiment& experiment, const Built& built, Problems& problems)
        : experiment_(experiment), built_(built), problems_(problems) {}

    void add(const InferenceEntry& entry) {
        const std::size_t before = problems_.size();
        outline.results.push_back({entry.name, entry.kind, entry.task->outline(problems_)});
        if (problems_.size() > before) outline.failed.insert(entry.name);
    }

    void add(const AnalysisSection& section) {
        const std::size_t before = problems_.size();
        const analysis::Options options = read_options(section, problems_);
        if (reads_model(section.analysis.value)) return add_model(section, options, before);
        const auto inputs = shapes_of(section);
        if (!inputs || problems_.size() > before) {
            outline.failed.insert(section.name);
            return;
        }
        try {
            const analysis::Analysis& row = analysis::find_analysis(section.analysis.value);
            outline.results.push_back(
                {section.name, section.analysis.value, analysis::outline(row, *inputs, options)});
        } catch (const analysis::OptionError& error) {
            fail(section, place_of(section, error.option), error);
        } catch (const Error& error) {
            fail(section, section.place, error);
        }
    }

    Outline outline;

  private:
    void add_model(const AnalysisSection& section, const analysis::Options& options, std::size_t before) {
        if (section.inputs.empty()) {  // reported by the reader
            outline.failed.insert(section.name);
            return;
        }
        const Text& name = section.inputs.front().second;
        const network::Population* population = built_.network.find_population(name.value);
        if (population == nullptr)
            problems_.add(name.place, fmt::format("there is no population '{}'", name.value),
                          fmt::format("analysis '{}' reads the equations of a population", section.name));
        if (problems_.size() > before) {
            outline.failed.insert(section.name);
            return;
        }
        try {
            outline.results.push_back(
                {section.name, section.analysis.value,
                 outline_model(section.analysis.value, built_.network, *population, options)});
        } catch (const Error& error) {
            fail(section, section.place, error);
        }
    }

    void fail(const AnalysisSection& section, const Place& place, const Error& error) {
        problems_.add(
            place, fmt::format("analysis '{}' ({}): {}", section.name, section.analysis.value, error.what()));
        outline.failed.insert(section.name);
    }

    static Place place_of(const AnalysisSection& section, const std::string& name) {
        for (const Setting& setting : section.options)
            if (setting.name == name) return setting.value.text().place;
        for (const auto& [input, text] : section.inputs)
            if (input == name) return text.place;
        return section.place;
    }

    // Nothing when one of them cannot be told.
    std::optional<analysis::Inputs> shapes_of(const AnalysisSection& section) {
        analysis::Inputs inputs;
        bool complete = true;
        for (const auto& [name, text] : section.inputs) {
            const auto reference = resolve_input(text, experiment_, built_, problems_);
            const auto shape = reference ? shape_of(*reference, text) : std::nullopt;
            complete = complete && shape.has_value();
            if (shape) inputs.emplace(name, *shape);
        }
        return complete ? std::optional(std::move(inputs)) : std::nullopt;
    }

    std::optional<Input> shape_of(const InputReference& reference, const Text& text) {
        using Kind = InputReference::Kind;
        switch (reference.kind) {
            case Kind::series:
                return series_shape(reference.name, built_);
            case Kind::events:
                return events_shape(reference.name, built_);
            case Kind::covariance:
            case Kind::correlation:
                return covariance_shape(reference, built_);
            case Kind::result:
                return result_shape(reference, text);
            default:
                return known_input(reference, built_);
        }
    }

    std::optional<Input> result_shape(const InputReference& reference, const Text& text) {
        for (const AnalysisResult& done : outline.results) {
            if (done.name != reference.name) continue;
            const ResultArray* array = done.result.find(reference.part);
            if (array != nullptr) return as_input(*array, reference.name);
            std::vector<std::string> known;
            for (const ResultArray& other : done.result.arrays) known.push_back(other.name);
            problems_.add(text.place,
                          fmt::format("{} '{}' gives no '{}'",
                                      find_inference_kind(done.analysis) ? done.analysis : "analysis",
                                      reference.name, reference.part),
                          fmt::format("it gives: {}", fmt::join(known, ", ")));
        }
        return std::nullopt;
    }

    static Input as_input(const ResultArray& array, const std::string& analysis) {
        const std::string name = analysis + "." + array.name;
        if (array.dimensions.size() == 2)
            return analysis::Matrix{{},
                                    array.dimensions[0].size,
                                    array.dimensions[1].size,
                                    name,
                                    array.unit,
                                    array.dimensions[0].labels,
                                    "node",
                                    array.counted};
        return analysis::Vector{std::vector<double>(array.dimensions.empty() ? 1 : array.dimensions[0].size),
                                name, array.unit};
    }

    const Experiment& experiment_;
    const Built& built_;
    Problems& problems_;
};

class ExpectationCheck {
  public:
    ExpectationCheck(const Experiment& experiment, const Outline& outline, const std::set<std::string>& swept,
                     Problems& problems)
        : experiment_(experiment), outline_(outline), swept_(swept), problems_(problems) {}

    // The result's unit; nothing when it cannot be told.
    std::optional<std::string> check(const Text& that) {
        if (that.value.starts_with("sweep.")) return check_sweep(that);
        const std::string plain = that.value.substr(0, that.value.find('['));
        for (const AnalysisResult& done : outline_.results) {
            if (!plain.starts_with(done.name + ".")) continue;
            const std::string part = plain.substr(done.name.size() + 1);
            if (const ResultArray* array = done.result.find(part)) {
                check_index(that, *array);
                return array->unit;
            }
            explain_missing(that, done, part);
        }
        return std::nullopt;
    }

    void check(const Expectation& expectation) {
        const auto own = check(expectation.that);
        if (!own || expectation.unit.empty() || same_dimension(*own, expectation.unit)) return;
        problems_.add(expectation.that.place,
                      fmt::format("'{}' is {}, but its bound is given in {}", expectation.that.value,
                                  in_words(*own), expectation.unit));
    }

    void check(const Comparison& comparison) {
        const auto own = check(comparison.that);
        for (const Text& with : comparison.with) {
            const auto other = check(with);
            if (own && other && !same_dimension(*own, *other))
                problems_.add(with.place,
                              fmt::format("'{}' is {}, but '{}' is {}; they cannot be compared", with.value,
                                          in_words(*other), comparison.that.value, in_words(*own)));
        }
    }

  private:
    // The result is in the table, but the experiment does not give what it needs.
    void explain_missing(const Text& that, const AnalysisResult& done, const std::string& part) {
        if (find_inference_kind(done.analysis) != nullptr) {
            std::vector<std::string> known;
            for (const ResultArray& array : done.result.arrays) known.push_back(array.name);
            const std::string near = did_you_mean(part, known);
            if (outline_.failed.count(done.name) == 0)
                problems_.add(that.place,
                              fmt::format("{} '{}' gives no '{}'", done.analysis, done.name, part),
                              near.empty() ? fmt::format("it gives: {}", fmt::join(known, ", ")) : near);
            return;
        }
        for (const analysis::ResultSpec& spec : find_row(done.analysis).results)
            if (spec.name == part)
                problems_.add(that.place, fmt::format("analysis '{}' ({}) gives '{}' only with {}", done.name,
                                                      done.analysis, part, fmt::join(spec.needs, " and ")));
    }

    void check_index(const Text& that, const ResultArray& array) {
        const std::size_t bracket = that.value.find('[');
        const std::size_t rank = array.dimensions.size();
        if (rank == 0 && bracket == std::string::npos) return;
        if (rank == 0)
            return problems_.add(that.place, fmt::format("'{}' is one number and has no parts", array.name));
        if (rank > 1)
            return problems_.add(that.place,
                                 fmt::format("'{}' is a matrix, {} by {}; one number is needed", array.name,
                                             array.dimensions[0].name, array.dimensions[1].name));
        const analysis::Dimension& dimension = array.dimensions[0];
        if (bracket == std::string::npos || that.value.back() != ']')
            return problems_.add(that.place,
                                 fmt::format("'{}' has {} values; say which", that.value, dimension.size),
                                 fmt::format("for example {}[0]", that.value.substr(0, bracket)));
        const std::string item = that.value.substr(bracket + 1, that.value.size() - bracket - 2);
        if (dimension.size == analysis::unknown_size || find_index(dimension, item)) return;
        const std::string near = to_number(item) ? "" : did_you_mean(item, dimension.labels);
        problems_.add(that.place, fmt::format("'{}' has no {} '{}'", array.name, dimension.name, item),
                      near.empty()
                          ? fmt::format("{}s are counted from 0 to {}", dimension.name, dimension.size - 1)
                          : near);
    }

    static bool same_dimension(const std::string& a, const std::string& b) {
        return (a.empty() ? Unit{} : parse_unit(a)).dimension ==
               (b.empty() ? Unit{} : parse_unit(b)).dimension;
    }

    static std::string in_words(const std::string& unit) {
        return unit.empty() ? "a number without a unit" : "in " + unit;
    }

    // sweep.fc.similarity.maximum, .minimum, .mean, [point]: of the scalars that the points' analyses give.
    std::optional<std::string> check_sweep(const Text& that) {
        const std::string path = that.value.substr(6);
        if (!experiment_.sweep.active() || path.starts_with("best.")) return std::nullopt;
        std::vector<std::string> known = {"tune.trials", "tune.deviation"};
        if (!experiment_.tuning.active()) known.clear();
        for (const AnalysisResult& done : outline_.results)
            for (const ResultArray& array : done.result.arrays) {
                if (!array.dimensions.empty() || swept_.count(done.name) == 0) continue;
                known.push_back(done.name + "." + array.name);
                if (is_summary(path, known.back())) return array.unit;
            }
        for (const std::string& name : known)
            if (is_summary(path, name)) return "";
        if (!outline_.failed.empty()) return std::nullopt;
        problems_.add(that.place, fmt::format("the sweep gives no '{}'", path),
                      known.empty() ? "no analysis of the sweep gives a number"
                                    : fmt::format("it gives .maximum, .minimum, .mean and [point] of: {}",
                                                  fmt::join(known, ", ")));
        return std::nullopt;
    }

    bool is_summary(const std::string& path, const std::string& column) const {
        if (!path.starts_with(column)) return false;
        const std::string rest = path.substr(column.size());
        if (rest == ".maximum" || rest == ".minimum" || rest == ".mean") return true;
        if (rest.size() < 3 || rest.front() != '[' || rest.back() != ']') return false;
        std::size_t points = experiment_.sweep.repeats;
        for (const SweepAxis& axis : experiment_.sweep.axes)
            points *= experiment_.sweep.together && &axis != &experiment_.sweep.axes.front()
                          ? 1
                          : axis.values.size();
        return find_index({"point", points}, rest.substr(1, rest.size() - 2)).has_value();
    }

    const Experiment& experiment_;
    const Outline& outline_;
    const std::set<std::string>& swept_;
    Problems& problems_;
};

}  // namespace

Outline outline_analyses(const std::vector<const AnalysisSection*>& analyses, const Experiment& experiment,
                         const Built& built, Problems& problems) {
    Outliner outliner(experiment, built, problems);
    for (const InferenceEntry& entry : experiment.inference) outliner.add(entry);
    for (const AnalysisSection* section : analyses) outliner.add(*section);
    return std::move(outliner.outline);
}

void check_intervals(const Experiment& experiment, const Built& built, Problems& problems) {
    for (const auto& [name, role] : built.series) {
        const network::Monitor* monitor = find_series(built, name);
        const MonitorSection* section = experiment.find_monitor(role.monitor);
        if (monitor == nullptr || section == nullptr || monitor->every_s <= built.duration_s * (1.0 + 1e-9))
            continue;
        problems.add(
            section->every.empty() ? section->place : section->every.place,
            fmt::format("monitor '{}' records every {} s, but the run lasts {} s: it would record nothing",
                        section->name, monitor->every_s, built.duration_s),
            "record more often, or run longer");
    }
}

void check_expectations(const Experiment& experiment, const Outline& outline,
                        const std::set<std::string>& swept, Problems& problems) {
    ExpectationCheck check(experiment, outline, swept, problems);
    for (const Expectation& expectation : experiment.expectations) check.check(expectation);
    for (const Comparison& comparison : experiment.comparisons) check.check(comparison);
}

}  // namespace neurodyn::experiment
