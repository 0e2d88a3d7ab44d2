// SPDX-License-Identifier: BSD-3-Clause
// The reduction of an integrate-and-fire text to one dimension.
#include "density/equations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::density {
namespace {

using compile::System;
using symbolic::Graph;
using symbolic::NodeId;
using symbolic::Op;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

const language::Event& only_event(const System& system) {
    if (system.events.size() == 1) return system.events.front();
    if (system.events.empty())
        throw Error(
            "its model has no event, so that no neuron ever fires: a density or rate is that of neurons with "
            "a "
            "threshold");
    throw Error("its model has several events; a density or rate is that of neurons with one");
}

// What stands on both sides of v > threshold.
struct Threshold {
    const System::State* potential = nullptr;
    NodeId value;
};

struct Sides {
    NodeId above, below;
};

Sides sides_of(const Graph& graph, NodeId condition) {
    const symbolic::Node& node = graph[condition];
    if (node.op == Op::gt || node.op == Op::ge) return {node.args[0], node.args[1]};
    if (node.op == Op::lt || node.op == Op::le) return {node.args[1], node.args[0]};
    return {};
}

Threshold find_threshold(const System& system, const language::Event& event) {
    const Sides sides = sides_of(system.graph, event.condition);
    for (const System::State& state : system.states)
        if (sides.above && state.symbol == sides.above) return {&state, sides.below};
    throw Error(fmt::format(
        "its event happens when {}; a density needs a threshold of one variable, such as v > v_th",
        symbolic::print(system.graph, event.condition)));
}

// Of parameters alone, so that the grid can stay where it is.
void check_constant(const System& system, NodeId node, const std::string& what) {
    for (const NodeId symbol : symbolic::free_symbols(system.graph, std::vector<NodeId>{node}))
        if (!contains(system.parameters, system.graph.name(symbol)))
            throw Error(fmt::format("its {} {} changes with {}; at this level it must be constant", what,
                                    symbolic::print(system.graph, node), system.graph.name(symbol)));
}

// Statements in order, each with what the ones before it left.
symbolic::Substitution after_reset(Graph& graph, const System& system, const language::Event& event) {
    symbolic::Substitution left;
    for (const language::Statement& statement : event.reset)
        left[graph.symbol(statement.variable)] = symbolic::substitute(graph, statement.value, left);
    for (const language::Statement& statement : event.reset)
        if (contains(system.parameters, statement.variable))
            throw Error(fmt::format("its reset writes the parameter {}", statement.variable));
    return left;
}

void check_variables(const System& system, const std::string& potential, const Options& options) {
    std::vector<std::string> further;
    for (const System::State& state : system.states)
        if (state.name != potential && !contains(options.not_neurons, state.name) &&
            !contains(options.mean_variables, state.name))
            further.push_back(state.name);
    if (!further.empty())
        throw Error(
            fmt::format("its model has the variables {} and {}; a density is that of one. Where {} may be "
                        "replaced by the mean over all neurons, say so: mean_variables: [{}]",
                        potential, fmt::join(further, ", "),
                        further.size() == 1 ? further.front() : "the others", fmt::join(further, ", ")));
    for (const std::string& name : options.mean_variables) {
        const auto is_it = [&](const System::State& state) { return state.name == name; };
        if (name == potential || std::none_of(system.states.begin(), system.states.end(), is_it))
            throw Error(fmt::format(
                "mean_variables names {}, which is {}", name,
                name == potential ? "the variable of the threshold" : "no variable of its model"));
    }
    if (system.graph.find_symbol(language::refractory_symbol))
        throw Error(
            "its text asks whether a neuron is refractory; at this level only the potential is held then");
}

NodeId sum_of(Graph& graph, NodeId a, NodeId b) { return a ? graph.add(a, b) : b; }

void add_noise(Equations& made, const System::State& potential) {
    Graph& graph = made.graph;
    for (const auto& noise : potential.noise) {
        const NodeId square = graph.mul(noise.coefficient, noise.coefficient);
        made.diffusion = sum_of(graph, made.diffusion, graph.mul(graph.constant(0.5), square));
    }
}

// Stratonovich's noise b(v) is Itô's with the drift b b'/2 = (dD/dv)/2 on top.
void to_ito(Equations& made, const System::State& potential) {
    if (!made.diffusion) return;
    Graph& graph = made.graph;
    const NodeId slope = symbolic::differentiate(graph, made.diffusion, potential.symbol);
    if (!graph.is_constant(slope, 0.0))
        made.drift = graph.add(made.drift, graph.mul(graph.constant(0.5), slope));
}

void add_drives(Equations& made, const std::vector<Drive>& drives, const Options& options) {
    Graph& graph = made.graph;
    for (const Drive& drive : drives) {
        if (!drive.name.empty()) made.checked.push_back(drive);
        if (drive.state == made.potential && options.finite_jumps) {
            made.jumps.push_back(drive);
        } else if (drive.state == made.potential) {
            made.drift = graph.add(made.drift, graph.mul(drive.rate, drive.weight));
            const NodeId half = graph.mul(graph.constant(0.5), graph.mul(drive.rate, drive.square));
            made.diffusion = sum_of(graph, made.diffusion, half);
        }
        for (MeanVariable& mean : made.means)
            if (mean.name == drive.state)
                mean.drift = graph.add(mean.drift, graph.mul(drive.rate, drive.weight));
    }
}

}  // namespace

const language::State* threshold_variable(const language::Model& model) {
    if (model.events.size() != 1) return nullptr;
    const NodeId above = sides_of(model.graph, model.events.front().condition).above;
    for (const language::State& state : model.states)
        if (above && state.symbol == above) return &state;
    return nullptr;
}

Equations make_equations(const System& system, const std::vector<Drive>& drives, const Options& options) {
    const language::Event& event = only_event(system);
    const Threshold threshold = find_threshold(system, event);
    const System::State& potential = *threshold.potential;
    check_variables(system, potential.name, options);
    if (event.refractory_condition)
        throw Error("its refractory period is a condition; at this level it must be a time");
    if (event.refractory_time && !potential.held_when_refractory)
        throw Error(
            fmt::format("its potential goes on while a neuron is refractory; at this level it must be held: "
                        "d{}/dt = ... (unless refractory)",
                        potential.name));
    Equations made;
    made.graph = system.graph;
    Graph& graph = made.graph;
    const auto left = after_reset(graph, system, event);
    made.potential = potential.name;
    made.drift = potential.drift;
    made.threshold = threshold.value;
    const auto reset = left.find(potential.symbol);
    if (reset == left.end()) throw Error(fmt::format("its reset does not set {}", potential.name));
    const symbolic::Substitution at_threshold{{potential.symbol, threshold.value}};
    made.reset = symbolic::substitute(graph, reset->second, at_threshold);
    made.refractory = event.refractory_time ? event.refractory_time : graph.constant(0.0);
    System grown = system;
    grown.graph = graph;
    check_constant(grown, made.threshold, "threshold");
    check_constant(grown, made.reset, "reset");
    check_constant(grown, made.refractory, "refractory time");
    made.unit = options.unit;
    add_noise(made, potential);
    if (options.stratonovich) to_ito(made, potential);
    for (const System::State& state : system.states) {
        if (!contains(options.mean_variables, state.name)) continue;
        const auto jump = left.find(state.symbol);
        NodeId added = graph.constant(0.0);
        if (jump != left.end())
            added = graph.sub(symbolic::substitute(graph, jump->second, at_threshold), state.symbol);
        made.means.push_back({state.name, state.drift, {}, added});
    }
    add_drives(made, drives, options);
    if (!made.diffusion) made.diffusion = graph.constant(0.0);
    made.slope = symbolic::differentiate(graph, made.diffusion, potential.symbol);
    for (MeanVariable& mean : made.means)
        mean.slope = symbolic::differentiate(graph, mean.drift, graph.symbol(mean.name));
    return made;
}

}  // namespace neurodyn::density
