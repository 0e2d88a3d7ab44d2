// SPDX-License-Identifier: BSD-3-Clause
// Models as vector fields.
#include "dynamics/vector_field.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "compile/program.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::dynamics {
namespace {

using language::Model;

void check(const Model& model) {
    if (model.states.empty()) throw Error(fmt::format("'{}' has no equations dx/dt", model.name));
    for (const language::Event& event : model.events)
        if (!event.reset.empty())
            throw Error(
                fmt::format("the event '{}' of '{}' resets variables, so that its flow jumps; this is "
                            "for models without resets",
                            event.name, model.name));
    for (const language::State& state : model.states)
        if (state.held_when_refractory)
            throw Error(fmt::format("'{}' of '{}' is held while refractory, so that its flow jumps",
                                    state.name, model.name));
    if (!model.laplacians.empty())
        throw Error(fmt::format("'{}' is a field: its equations hold laplacian()", model.name));
}

// What parameters and inputs are worth, in the order of the text.
compile::Environment values_of(const Model& model, const std::map<std::string, double>& settings) {
    compile::Environment environment;
    const auto take = [&](const std::string& name, symbolic::NodeId own, const char* lacks) {
        const auto set = settings.find(name);
        if (set == settings.end() && !own && lacks != nullptr)
            throw Error(fmt::format("parameter '{}' of '{}' {}; give it one with --set {}=...", name,
                                    model.name, lacks, name));
        const double value = set != settings.end() ? set->second
                             : own                 ? compile::evaluate(model.graph, own, environment)
                                                   : 0.0;
        environment.values[environment.index(name)] = value;
    };
    for (const auto& p : model.parameters)
        take(p.name, p.value,
             p.distribution ? "is drawn for each node and has no one value" : "has no value");
    for (const auto& input : model.inputs) take(input.name, input.fallback, nullptr);
    return environment;
}

// Parameters whose own value follows from a free one follow it: their expressions are put in their place.
symbolic::Substitution dependents(const Model& model, symbolic::Graph& graph,
                                  const std::vector<std::string>& free,
                                  const std::map<std::string, double>& settings) {
    symbolic::Substitution map;
    for (const auto& p : model.parameters) {
        const bool given =
            settings.contains(p.name) || std::find(free.begin(), free.end(), p.name) != free.end();
        if (given || !p.value || graph.is_constant(p.value)) continue;
        const symbolic::NodeId value = symbolic::substitute(graph, p.value, map);
        for (const std::string& name : free)
            if (const auto symbol = graph.find_symbol(name);
                symbol && symbolic::depends_on(graph, value, symbol))
                map[p.symbol] = value;
    }
    return map;
}

// The first state where no name is given.
const language::Quantity& find_shown(const Model& model, const std::string& name) {
    if (name.empty()) return model.states.front();
    if (const auto* state = model.find_state(name)) return *state;
    if (const auto* definition = model.find_definition(name)) return *definition;
    std::vector<std::string> known;
    for (const auto& state : model.states) known.push_back(state.name);
    for (const auto& definition : model.definitions) known.push_back(definition.name);
    const std::string near = did_you_mean(name, known);
    throw Error(fmt::format("'{}' has no state or definition '{}'{}", model.name, name,
                            near.empty() ? "" : "; " + near));
}

}  // namespace

const language::Quantity& find_quantity(const Model& model, const std::string& name) {
    if (const auto* parameter = model.find_parameter(name)) return *parameter;
    if (const auto* input = model.find_input(name)) return *input;
    std::vector<std::string> known;
    for (const auto& p : model.parameters) known.push_back(p.name);
    for (const auto& i : model.inputs) known.push_back(i.name);
    const std::string near = did_you_mean(name, known);
    throw Error(fmt::format(
        "'{}' has no parameter or input '{}'{}", model.name, name,
        near.empty() ? fmt::format("; `neurodyn inspect {}` shows them", model.name) : "; " + near));
}

namespace {

std::vector<Unknown> unknowns_of(const VectorField& field) {
    std::vector<Unknown> unknowns;
    for (const auto* list : {&field.states, &field.free})
        for (const Quantity& quantity : *list) unknowns.push_back({quantity.name, quantity.unit.scale});
    return unknowns;
}

}  // namespace

Equations VectorField::equations() const {
    std::vector<double> scale;
    for (const Quantity& state : states) scale.push_back(state.unit.scale);
    return {graph, drift, scale, unknowns_of(*this), fixed};
}

Equations VectorField::shown_equation() const {
    return {graph, {shown_value}, {shown.unit.scale}, unknowns_of(*this), fixed};
}

VectorField make_vector_field(const Model& model, const std::vector<std::string>& free,
                              const std::map<std::string, double>& settings, const std::string& shown) {
    check(model);
    for (const auto& [name, value] : settings) find_quantity(model, name);
    VectorField field;
    field.model = model.name;
    const compile::System system = compile::make_system(model);
    field.graph = system.graph;
    const symbolic::Substitution follow = dependents(model, field.graph, free, settings);
    const symbolic::NodeId time = field.graph.find_symbol("t");
    field.fixed = values_of(model, settings);
    field.start.resize(static_cast<Eigen::Index>(model.states.size()));
    compile::Environment start = field.fixed;
    for (std::size_t i = 0; i < model.states.size(); ++i) {
        const language::State& state = model.states[i];
        field.states.push_back({state.name, state.unit});
        field.drift.push_back(symbolic::substitute(field.graph, state.drift, follow));
        if (time && symbolic::depends_on(field.graph, field.drift.back(), time))
            throw Error(fmt::format("d{}/dt of '{}' depends on the time t: it has no fixed points",
                                    state.name, model.name));
        field.start[static_cast<Eigen::Index>(i)] =
            state.initial ? compile::evaluate(model.graph, state.initial, start) / state.unit.scale : 0.0;
    }
    for (const std::string& name : free) {
        const language::Quantity& quantity = find_quantity(model, name);
        field.free.push_back({name, quantity.unit});
        field.free_value.push_back(field.fixed.values[field.fixed.index(name)] / quantity.unit.scale);
    }
    const language::Quantity& quantity = find_shown(model, shown);
    field.shown = {quantity.name, quantity.unit};
    const language::Definition* definition = model.find_definition(quantity.name);
    field.shown_value =
        definition == nullptr
            ? field.graph.symbol(quantity.name)
            : symbolic::substitute(field.graph, symbolic::copy(model.graph, definition->value, field.graph),
                                   follow);
    if (time && symbolic::depends_on(field.graph, field.shown_value, time))
        throw Error(fmt::format("'{}' of '{}' depends on the time t", quantity.name, model.name));
    return field;
}

}  // namespace neurodyn::dynamics
