// SPDX-License-Identifier: BSD-3-Clause
// A checked model as the compiler's input.
#include <algorithm>
#include <set>

#include "compile/program.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

namespace {

/// Parameters that a reset assigns to change while the model runs: states without a drift.
std::set<std::string> assigned_parameters(const language::Model& model) {
    std::set<std::string> names;
    for (const auto& event : model.events)
        for (const auto& statement : event.reset)
            if (model.find_parameter(statement.variable)) names.insert(statement.variable);
    return names;
}

void put_in_place(System& system, const symbolic::Substitution& map) {
    Graph& graph = system.graph;
    const auto replace = [&](NodeId& node) {
        if (node) node = symbolic::substitute(graph, node, map);
    };
    for (auto& state : system.states) {
        replace(state.drift);
        for (auto& noise : state.noise) replace(noise.coefficient);
    }
    for (auto& event : system.events) {
        replace(event.condition);
        replace(event.refractory_time);
        replace(event.refractory_condition);
        for (auto& statement : event.reset) replace(statement.value);
    }
}

}  // namespace

System make_system(const language::Model& model, bool close_inputs) {
    System system;
    system.graph = model.graph;
    for (const auto& state : model.states) {
        System::State made{state.name, state.symbol, state.drift, {}, state.held_when_refractory};
        for (const auto& noise : state.noise) made.noise.push_back({noise.name, noise.coefficient});
        system.states.push_back(std::move(made));
    }
    const auto assigned = assigned_parameters(model);
    for (const auto& parameter : model.parameters) {
        if (assigned.contains(parameter.name))
            system.states.push_back(
                {parameter.name, parameter.symbol, system.graph.constant(0.0), {}, false});
        else
            system.parameters.push_back(parameter.name);
    }
    system.events = model.events;
    symbolic::Substitution closed;
    for (const auto& input : model.inputs) {
        if (!close_inputs)
            system.inputs.push_back(input.name);
        else
            // -0 is the neutral element of addition: x + -0 is x to the bit, so the input leaves no trace.
            closed[input.symbol] = input.fallback ? input.fallback : system.graph.constant(-0.0);
    }
    for (const auto& laplacian : model.laplacians) {
        if (!close_inputs)
            system.inputs.push_back(laplacian.name);
        else
            closed[system.graph.find_symbol(laplacian.name)] = system.graph.constant(-0.0);
    }
    if (system.graph.find_symbol(language::refractory_symbol))
        system.inputs.emplace_back(language::refractory_symbol);
    for (const auto& draw : model.draws) system.inputs.push_back(draw.name);
    if (!closed.empty()) put_in_place(system, closed);
    return system;
}

}  // namespace neurodyn::compile
