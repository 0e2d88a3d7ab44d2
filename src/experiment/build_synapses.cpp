// SPDX-License-Identifier: BSD-3-Clause
// Projections whose synapses have a model, and what is recorded of synapses.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "experiment/builder.hpp"
#include "language/synapse.hpp"

namespace neurodyn::experiment {
namespace {

// What "weights" of a projection sets.
constexpr std::string_view weight_name = "w";

std::vector<std::string> set_names(const language::Model& model) {
    std::vector<std::string> names;
    for (const auto& q : model.parameters) names.push_back(q.name);
    for (const auto& q : model.states) names.push_back(q.name);
    return names;
}

// Whether the equations of Brian2's strings declare the name as a variable, so that `set` gives it a start.
bool declares(const std::string& equations, const std::string& name) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    for (std::size_t at = 0; at < equations.size();) {
        const std::size_t end = std::min(equations.find_first_of("\n;", at), equations.size());
        std::string line = equations.substr(at, end - at);
        std::erase_if(line, blank);
        if (line.starts_with(name + ":") || line.starts_with(fmt::format("d{}/dt=", name))) return true;
        at = end + 1;
    }
    return false;
}

}  // namespace

// A file's problems have their places; those of strings get the place of the strings.
void Builder::add_synapse_problems(const ProjectionSection& section, const InputError& error) {
    for (const Diagnostic& diagnostic : error.diagnostics())
        if (section.synapse_strings)
            problems_.add(section.synapse.place,
                          fmt::format("projection '{}': {}", section.name, diagnostic.message),
                          diagnostic.hint);
        else
            problems_.add(diagnostic);
}

language::ModelPtr Builder::load_synapse(const ProjectionSection& section, const std::string& what) {
    try {
        if (!section.synapse_strings) {
            language::ModelPtr model = resources_.model(section.synapse.value, false);
            if (model->kind == language::Kind::synapse) return model;
            problems_.add(section.synapse.place,
                          fmt::format("{}: '{}' is a {}, not a synapse", what, section.synapse.value,
                                      to_string(model->kind)),
                          "`neurodyn list synapses` shows what there is");
            return nullptr;
        }
        language::SynapseStrings strings = *section.synapse_strings;
        strings.name = section.name;
        for (const Setting& setting : section.set)
            if (!setting.value.is_list && !declares(strings.model, setting.name))
                strings.values.emplace_back(setting.name, inline_value(setting, 1, scope_));
        return resources_.synapse(strings);
    } catch (const InputError& error) {
        add_synapse_problems(section, error);
    } catch (const Error& error) {
        failed(section.synapse, error);
    }
    return nullptr;
}

// "exc.g_e", or "exc" where the synapse's text names the variable itself.
std::optional<Reference> Builder::resolve_target(const Text& text, const std::string& what) {
    if (network::Population* whole = population(text.value)) return Reference{whole->name, ""};
    const Reference reference = split_reference(text.value);
    const network::Population* found = population(reference.population);
    if (found != nullptr && found->model->find(reference.expression) != nullptr) return reference;
    resolve_state(text, what);  // says what is wrong
    return std::nullopt;
}

void Builder::add_synapse_projection(const ProjectionSection& section) {
    const std::string what = fmt::format("projection '{}'", section.name);
    network::EventProjection projection;
    projection.name = section.name;
    if (const network::Population* whole = population(section.from.value)) {
        projection.from = whole->name;
        if (whole->model->events.size() == 1) projection.event = whole->model->events.front().name;
    } else if (find_event(section.from) != nullptr) {
        const Reference from = split_reference(section.from.value);
        projection.from = from.population;
        projection.event = from.expression;
    } else {
        problems_.add(
            section.from.place,
            fmt::format("{}: '{}' is neither a population nor an event of one", what, section.from.value),
            "for example from: exc.spike");
        return;
    }
    const auto to = resolve_target(section.to, what);
    if (!to) return;
    projection.to = to->population;
    projection.target = to->expression;
    projection.back_event = section.post_event.value;
    projection.synapse = load_synapse(section, what);
    if (!projection.synapse) return;
    try {
        const language::ModelPtr joined =
            language::check_synapse(*projection.synapse, *population(projection.from)->model,
                                    *population(projection.to)->model, projection.target);
        if (!read_rule(section, projection)) return;
        set_synapse(section, *joined, what, projection);
    } catch (const InputError& error) {
        add_synapse_problems(section, error);
        return;
    } catch (const Error& error) {
        problems_.add(section.synapse.place, error.what());
        return;
    }
    if (!read_synapse_delays(section, what, projection)) return;
    add_synapses(section, std::move(projection));
}

// Parameters and initial values: one for all synapses, a distribution, or an expression of the two neurons.
void Builder::set_synapse(const ProjectionSection& section, const language::Model& model,
                          const std::string& what, network::EventProjection& projection) {
    const language::Quantity* weight = model.find(weight_name);
    if (projection.rule.kind == network::ConnectionRule::Kind::edge_list) {
        read_edge_list(section, weight ? &weight->unit : nullptr, projection);
        if (weight && section.weights.empty()) projection.values.emplace(weight_name, projection.weight);
    }
    if (!section.weights.empty() && !weight) {
        problems_.add(section.weights.text().place,
                      fmt::format("{}: 'weights' are the variable 'w' of a synapse, and '{}' has none", what,
                                  model.name),
                      fmt::format("it has {}", fmt::join(set_names(model), ", ")));
    } else if (section.weights.is_list) {
        problems_.add(
            section.weights.text().place,
            fmt::format("{}: the weight of synapses is one value, an expression or a distribution", what));
    } else if (!section.weights.empty()) {
        const auto value = read_synapse_value(section.weights.text(), weight->unit,
                                              fmt::format("'weights' of {}", what), projection);
        if (value) projection.values[std::string(weight_name)] = *value;
    }
    for (const Setting& setting : section.set) {
        // Of strings the text has taken the values of names that it does not declare.
        if (section.synapse_strings && !declares(section.synapse_strings->model, setting.name) &&
            (setting.value.is_list || inline_value(setting, 1, scope_) == setting.value.text().value))
            continue;
        const language::Quantity* quantity = model.find_parameter(setting.name);
        if (!quantity) quantity = model.find_state(setting.name);
        if (!quantity) {
            const std::vector<std::string> names = set_names(model);
            const std::string near = did_you_mean(setting.name, names);
            problems_.add(setting.place,
                          fmt::format("{}: synapse '{}' has no parameter or variable '{}'", what, model.name,
                                      setting.name),
                          near.empty() ? fmt::format("it has {}", fmt::join(names, ", ")) : near);
            continue;
        }
        if (setting.value.is_list) {
            problems_.add(setting.place,
                          fmt::format("'{}' of {}: a value of synapses is one for all, an expression or a "
                                      "distribution",
                                      setting.name, what));
            continue;
        }
        const auto value = read_synapse_value(setting.value.text(), quantity->unit,
                                              fmt::format("'{}' of {}", setting.name, what), projection);
        if (value) projection.values[setting.name] = *value;
    }
}

void Builder::add_synapse_series(const MonitorSection& section, const network::EventProjection& projection,
                                 const std::string& expression, const std::string& name) {
    const std::string what = fmt::format("monitor '{}'", section.name);
    network::SynapseMonitor monitor;
    monitor.name = name;
    monitor.projection = projection.name;
    monitor.expression = expression;
    monitor.every_s = read_interval(section.every, fmt::format("'every' of {}", what), experiment_.time.dt_s);
    if (section.average || section.covariance || !section.through.empty() || !section.nodes.empty())
        problems_.add(
            section.place,
            fmt::format("{} records synapses: average, covariance, through and nodes have no meaning", what),
            "synapses: 100 records so many of them");
    if (!section.synapses.empty()) {
        const auto wanted = read_scalar(section.synapses, {}, "1", fmt::format("'synapses' of {}", what));
        if (!wanted) return;
        if (!(*wanted >= 1.0) || *wanted != std::floor(*wanted)) {
            problems_.add(section.synapses.place,
                          fmt::format("'synapses' of {} is {}; it is a number of synapses, one at least",
                                      what, *wanted));
            return;
        }
        monitor.count = static_cast<std::uint64_t>(*wanted);
    }
    built_.network.synapse_monitors.push_back(std::move(monitor));
    built_.series[name] = {section.name, section.keep, section.covariance, ""};
}

// A monitor of "projection.variable", or of a projection's outputs. False when the text names no projection
// with a synapse model.
bool Builder::add_synapse_monitor(const MonitorSection& section, const Text& of) {
    const auto& all = built_.network.event_projections;
    const auto names = [&](const std::string& name) {
        return std::find_if(all.begin(), all.end(),
                            [&](const auto& p) { return p.synapse && p.name == name; });
    };
    Reference reference = split_reference(of.value);
    auto projection = names(of.value);
    if (projection == all.end()) projection = names(reference.population);
    if (projection == all.end()) {
        const auto declared = std::find_if(
            experiment_.projections.begin(), experiment_.projections.end(),
            [&](const ProjectionSection& p) { return p.name == of.value || p.name == reference.population; });
        if (declared == experiment_.projections.end() || population(reference.population)) return false;
        // One with a model that was not built has its own problem already.
        if (declared->synapse.empty())
            problems_.add(
                of.place,
                fmt::format("monitor '{}': the synapses of projection '{}' have no model, and nothing of "
                            "them changes",
                            section.name, declared->name),
                "record the populations that it joins");
        return true;
    }
    const bool whole = projection->name == of.value;
    std::vector<std::string> expressions{reference.expression};
    if (whole) expressions = projection->synapse->outputs;
    for (const std::string& expression : expressions) {
        const bool single = section.of.size() == 1 && expressions.size() == 1;
        std::string name = single ? section.name : section.name + "." + expression;
        if (built_.series.contains(name))
            name = fmt::format("{}.{}_{}", section.name, projection->name, expression);
        add_synapse_series(section, *projection, expression, name);
    }
    return true;
}

}  // namespace neurodyn::experiment
