// SPDX-License-Identifier: BSD-3-Clause
// Inputs and options of analyses found, their order, and running them.
#include "experiment/analyse.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "experiment/model_analyses.hpp"
#include "experiment/outline.hpp"

namespace neurodyn::experiment {
namespace {

std::pair<std::string, std::string> split(const std::string& text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string::npos) return {text, ""};
    return {text.substr(0, dot), text.substr(dot + 1)};
}

std::vector<std::string> known_inputs(const Experiment& experiment, const Built& built) {
    std::vector<std::string> known;
    for (const auto& [name, role] : built.series) {
        known.push_back(name);
        if (role.covariance) known.insert(known.end(), {name + ".fc", name + ".covariance"});
    }
    for (const auto& [name, role] : built.events) known.push_back(name);
    for (const AnalysisSection& analysis : experiment.analyses) known.push_back(analysis.name);
    for (const InferenceEntry& entry : experiment.inference) known.push_back(entry.name);
    for (const auto& [name, data] : built.connectomes) {
        for (const auto& entry : data->arrays) known.push_back(name + "." + entry.first);
        if (!data->networks.empty()) known.push_back(name + ".networks");
    }
    return known;
}

std::string result_part(const AnalysisSection& section, const std::string& part) {
    const analysis::Analysis& row = find_row(section.analysis.value);
    if (part.empty()) return row.results.empty() ? "" : row.results.front().name;
    return part;
}

analysis::Input array_input(const std::string& name, const Array& array, const ConnectomeData& data) {
    if (array.columns > 1) {
        analysis::Matrix matrix{array.data, array.rows, array.columns, name, "", {}, "node"};
        if (array.rows == data.size()) matrix.labels = data.regions;
        return matrix;
    }
    return analysis::Vector{array.data, name, ""};
}

analysis::Input result_input(const AnalysisResults& results, const InputReference& reference) {
    for (const AnalysisResult& done : results) {
        if (done.name != reference.name) continue;
        const analysis::ResultArray* array = done.result.find(reference.part);
        if (array == nullptr) break;
        if (array->dimensions.size() == 2) {
            analysis::Matrix matrix = done.result.matrix(reference.part);
            matrix.dimension = "node";
            return matrix;
        }
        return analysis::Vector{array->values, reference.name + "." + reference.part, array->unit};
    }
    throw Error(fmt::format("it needs '{}' of analysis '{}', which failed", reference.part, reference.name));
}

analysis::Input fetch(const InputReference& reference, const Built& built, const Collector& data,
                      std::size_t member, const AnalysisResults& done) {
    switch (reference.kind) {
        case InputReference::Kind::series:
            return data.series(reference.name, member);
        case InputReference::Kind::events:
            return data.events(reference.name, member);
        case InputReference::Kind::covariance:
            return data.covariance(reference.name, member, false);
        case InputReference::Kind::correlation:
            return data.covariance(reference.name, member, true);
        case InputReference::Kind::result:
            return result_input(done, reference);
        default:
            return known_input(reference, built);
    }
}

// Labels that one side lacks are no disagreement, and a channel is a channel: a series' nodes are a
// connectome's regions.
analysis::Inputs fetch_all(const AnalysisSection& section, const Experiment& experiment, const Built& built,
                           const Collector& data, std::size_t member, const AnalysisResults& done) {
    analysis::Inputs inputs;
    Problems problems(*experiment.document);
    for (const auto& [name, text] : section.inputs) {
        const auto reference = resolve_input(text, experiment, built, problems);
        problems.raise();
        inputs.emplace(name, fetch(*reference, built, data, member, done));
    }
    return inputs;
}

std::optional<analysis::OptionValue> read_option(const analysis::OptionSpec& spec, const Text& text,
                                                 Problems& problems) {
    if (std::holds_alternative<bool>(spec.default_value)) {
        if (text.value == "true" || text.value == "yes") return true;
        if (text.value == "false" || text.value == "no") return false;
        problems.add(text.place,
                     fmt::format("option '{}' must be true or false, not '{}'", spec.name, text.value));
        return std::nullopt;
    }
    if (std::holds_alternative<std::string>(spec.default_value)) return text.value;
    const Unit unit = spec.unit.empty() ? Unit{} : parse_unit(spec.unit);
    try {
        return parse_quantity(text.value, unit.dimension) / unit.scale;
    } catch (const InputError& error) {
        problems.add(text, error);
    }
    return std::nullopt;
}

void add_with_needs(const AnalysisSection& section, const Experiment& experiment, const Built& built,
                    std::vector<const AnalysisSection*>& order, std::vector<const AnalysisSection*>& open) {
    if (std::find(order.begin(), order.end(), &section) != order.end()) return;
    if (std::find(open.begin(), open.end(), &section) != open.end())
        throw InputError({experiment.document->problem(
            section.place, fmt::format("analysis '{}' needs its own result", section.name))});
    open.push_back(&section);
    Problems ignored(*experiment.document);
    for (const auto& [name, text] : section.inputs) {
        const auto reference = resolve_input(text, experiment, built, ignored);
        if (reference && reference->kind == InputReference::Kind::result &&
            experiment.find_analysis(reference->name) != nullptr)
            add_with_needs(*experiment.find_analysis(reference->name), experiment, built, order, open);
    }
    open.pop_back();
    order.push_back(&section);
}

}  // namespace

std::optional<InputReference> resolve_input(const Text& text, const Experiment& experiment,
                                            const Built& built, Problems& problems) {
    using Kind = InputReference::Kind;
    const auto series = built.series.find(text.value);
    if (series != built.series.end()) return InputReference{Kind::series, text.value, ""};
    if (built.events.count(text.value) > 0) return InputReference{Kind::events, text.value, ""};
    const std::size_t last = text.value.rfind('.');
    if (last != std::string::npos) {
        const std::string head = text.value.substr(0, last), tail = text.value.substr(last + 1);
        const auto running = built.series.find(head);
        if (running != built.series.end() && running->second.covariance &&
            (tail == "fc" || tail == "covariance"))
            return InputReference{tail == "fc" ? Kind::correlation : Kind::covariance, head, ""};
    }
    const auto [head, tail] = split(text.value);
    if (const auto connectome = built.connectomes.find(head); connectome != built.connectomes.end()) {
        if (tail == "networks" && !connectome->second->networks.empty())
            return InputReference{Kind::regions_networks, head, ""};
        if (connectome->second->arrays.count(tail) > 0) return InputReference{Kind::connectome, head, tail};
    }
    if (const AnalysisSection* analysis = experiment.find_analysis(head))
        return InputReference{Kind::result, head, result_part(*analysis, tail)};
    if (experiment.find_inference(head) != nullptr) return InputReference{Kind::result, head, tail};
    const std::vector<std::string> known = known_inputs(experiment, built);
    const std::string near = did_you_mean(text.value, known);
    problems.add(text.place, fmt::format("there is no '{}' to analyse", text.value),
                 near.empty() ? fmt::format("there are: {}", fmt::join(known, ", ")) : near);
    return std::nullopt;
}

analysis::Options read_options(const AnalysisSection& section, Problems& problems) {
    analysis::Options options;
    const analysis::Analysis& row = find_row(section.analysis.value);
    for (const Setting& setting : section.options) {
        const auto spec = std::find_if(row.options.begin(), row.options.end(),
                                       [&](const analysis::OptionSpec& s) { return s.name == setting.name; });
        const auto value = read_option(*spec, setting.value.text(), problems);
        if (!value) continue;
        try {
            analysis::check_options(row, {{setting.name, *value}});
            options[setting.name] = *value;
        } catch (const Error& error) {
            problems.add(setting.value.text().place, error.what());
        }
    }
    return options;
}

analysis::Input known_input(const InputReference& reference, const Built& built) {
    const ConnectomeData& connectome = *built.connectomes.at(reference.name);
    if (reference.kind == InputReference::Kind::regions_networks)
        return analysis::Labels{connectome.networks, reference.name + ".networks"};
    return array_input(reference.name + "." + reference.part, *connectome.arrays.at(reference.part),
                       connectome);
}

void check_analyses(const Experiment& experiment, const Built& built) {
    Problems problems(*experiment.document);
    check_intervals(experiment, built, problems);
    const Outline outline =
        outline_analyses(analysis_order(experiment, built, {}), experiment, built, problems);
    std::set<std::string> swept;
    for (const AnalysisSection* section : sweep_analyses(experiment, built)) swept.insert(section->name);
    check_expectations(experiment, outline, swept, problems);
    for (const SweepAxis& axis : experiment.sweep.axes)
        if (axis.path.starts_with("analyses.") || axis.path.starts_with("expect."))
            problems.add(axis.place, fmt::format("a sweep varies what runs, and '{}' does not", axis.path),
                         "give one analysis for each value");
    problems.raise();
}

std::vector<const AnalysisSection*> analysis_order(const Experiment& experiment, const Built& built,
                                                   const std::vector<std::string>& wanted) {
    std::vector<const AnalysisSection*> order, open;
    for (const AnalysisSection& section : experiment.analyses)
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), section.name) != wanted.end())
            add_with_needs(section, experiment, built, order, open);
    return order;
}

std::vector<const AnalysisSection*> sweep_analyses(const Experiment& experiment, const Built& built) {
    const SweepSection& sweep = experiment.sweep;
    std::vector<std::string> names;
    for (const Text& text : sweep.analyses) names.push_back(text.value);
    if (names.empty() && sweep.choose)
        names.push_back(sweep.choose->value.substr(0, sweep.choose->value.find('.')));
    return analysis_order(experiment, built, names);
}

std::set<std::string> needed_series(const std::vector<const AnalysisSection*>& analyses,
                                    const Experiment& experiment, const Built& built) {
    std::set<std::string> names;
    Problems ignored(*experiment.document);
    for (const AnalysisSection* section : analyses)
        for (const auto& [name, text] : section->inputs) {
            const auto reference = resolve_input(text, experiment, built, ignored);
            if (reference && (reference->kind == InputReference::Kind::series ||
                              reference->kind == InputReference::Kind::events))
                names.insert(reference->name);
        }
    return names;
}

std::set<std::string> needed_monitors(const std::vector<const AnalysisSection*>& analyses,
                                      const Experiment& experiment, const Built& built) {
    std::set<std::string> monitors;
    Problems ignored(*experiment.document);
    for (const AnalysisSection* section : analyses)
        for (const auto& [name, text] : section->inputs)
            if (const auto reference = resolve_input(text, experiment, built, ignored)) {
                if (const auto series = built.series.find(reference->name); series != built.series.end())
                    monitors.insert(series->second.monitor);
                if (const auto events = built.events.find(reference->name); events != built.events.end())
                    monitors.insert(events->second.monitor);
            }
    return monitors;
}

AnalysisResults run_analyses(const std::vector<const AnalysisSection*>& analyses,
                             const Experiment& experiment, const Built& built, const Collector& data,
                             std::size_t member, std::vector<std::string>& failures,
                             AnalysisResults results) {
    for (const AnalysisSection* section : analyses) {
        Problems problems(*experiment.document);
        const analysis::Options options = read_options(*section, problems);
        problems.raise();
        try {
            if (reads_model(section->analysis.value)) {
                const std::string& population = section->inputs.front().second.value;
                ModelResult made = run_model(section->analysis.value, built.network,
                                             *built.network.find_population(population), options, member);
                results.push_back({section->name, section->analysis.value, std::move(made.result),
                                   std::move(made.picture)});
                continue;
            }
            const analysis::Inputs inputs = fetch_all(*section, experiment, built, data, member, results);
            results.push_back(
                {section->name, section->analysis.value,
                 analysis::run(analysis::find_analysis(section->analysis.value), inputs, options)});
        } catch (const Error& error) {
            failures.push_back(
                fmt::format("analysis '{}' ({}): {}", section->name, section->analysis.value, error.what()));
        }
    }
    return results;
}

std::optional<std::size_t> find_index(const analysis::Dimension& dimension, const std::string& item) {
    const auto label = std::find(dimension.labels.begin(), dimension.labels.end(), item);
    std::size_t index = static_cast<std::size_t>(label - dimension.labels.begin());
    if (label == dimension.labels.end()) {
        const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), index);
        if (error != std::errc{} || end != item.data() + item.size()) return std::nullopt;
    }
    return index < dimension.size ? std::optional(index) : std::nullopt;
}

std::vector<std::pair<std::string, Scalar>> scalars(const AnalysisResults& results) {
    std::vector<std::pair<std::string, Scalar>> all;
    for (const AnalysisResult& done : results)
        for (const analysis::ResultArray& array : done.result.arrays)
            if (array.dimensions.empty() && array.values.size() == 1)
                all.emplace_back(done.name + "." + array.name, Scalar{array.values[0], array.unit});
    return all;
}

std::optional<Scalar> find_scalar(const AnalysisResults& results, const std::string& path) {
    const std::size_t bracket = path.find('[');
    const std::string plain = path.substr(0, bracket);
    const std::string item = bracket == std::string::npos || path.back() != ']'
                                 ? ""
                                 : path.substr(bracket + 1, path.size() - bracket - 2);
    for (const AnalysisResult& done : results)
        for (const analysis::ResultArray& array : done.result.arrays) {
            const std::string name = done.name + "." + array.name;
            if (name != plain) continue;
            if (item.empty() && array.values.size() == 1) return Scalar{array.values[0], array.unit};
            if (item.empty() || array.dimensions.size() != 1) continue;
            if (const auto index = find_index(array.dimensions[0], item))
                return Scalar{array.values[*index], array.unit};
        }
    return std::nullopt;
}

}  // namespace neurodyn::experiment
