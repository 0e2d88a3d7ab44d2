// SPDX-License-Identifier: BSD-3-Clause
// From a system and a method to a step program.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "compile/methods.hpp"
#include "compile/passes.hpp"
#include "compile/rewrite.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

namespace {

const MethodInfo& required_method(const System& system, const StepOptions& options) {
    std::string name = options.method.empty() ? choose_method(system) : options.method;
    if (options.method.empty() && name == "exact" && !exact_applies(system, options))
        name = noise_class(system) == NoiseClass::none ? "rk4" : "heun";
    const MethodInfo* method = find_method(name);
    std::vector<std::string> names;
    for (const auto& row : methods()) names.emplace_back(row.name);
    if (!method)
        throw Error(fmt::format("there is no integration method '{}'; {} the methods are {}", name,
                                did_you_mean(name, names), fmt::join(names, ", ")));
    if (method->adaptive)
        throw Error(fmt::format(
            "method '{}' has no fixed step: it runs populations without noise, events and delays by itself",
            method->name));
    check_noise(system, *method);
    return *method;
}

/// Adds a store under a new or known array name.
void add_store(Program& program, const std::string& array, NodeId value) {
    const auto found = std::ranges::find(program.arrays, array);
    const auto index = static_cast<std::uint32_t>(found - program.arrays.begin());
    if (found == program.arrays.end()) program.arrays.push_back(array);
    program.stores.push_back({index, value});
}

/// Every symbol that is not an array is a uniform.
void declare_uniforms(Program& program) {
    const std::set<std::string> arrays(program.arrays.begin(), program.arrays.end());
    for (NodeId id : symbolic::free_symbols(program.graph, roots(program)))
        if (!arrays.contains(program.graph.name(id))) program.uniforms.push_back(program.graph.name(id));
}

/// The states at the beginning of the step, with what has arrived added to them. A variable that is held
/// while the neuron is refractory takes nothing in, as in Brian2.
symbolic::Substitution arrived(StepBuilder& b, NodeId refractory) {
    symbolic::Substitution map;
    for (const auto& jump : b.system().jumps) {
        const NodeId symbol = b.states()[b.state_index(jump.state)];
        const auto [entry, is_new] = map.emplace(symbol, symbol);
        entry->second = b.graph().add(entry->second, jump.value);
    }
    for (std::size_t i = 0; refractory && i < b.size(); ++i) {
        const auto entry = map.find(b.states()[i]);
        if (entry != map.end() && b.system().states[i].held_when_refractory)
            entry->second = b.graph().select(refractory, entry->first, entry->second);
    }
    return map;
}

/// Texts that ask whether the node is refractory see what held as the step began; observers find it in an
/// array.
void put_refractory(StepBuilder& b, EventNodes& events, StateNodes& values, std::vector<NodeId>& signals) {
    Graph& g = b.graph();
    const NodeId symbol = g.find_symbol(language::refractory_symbol);
    if (!symbol) return;
    const NodeId zero = g.constant(0.0);
    const NodeId now = events.refractory ? g.select(events.refractory, g.constant(1.0), zero) : zero;
    b.hidden_states.emplace_back(language::refractory_symbol);
    events.hidden.push_back(now);
    const symbolic::Substitution map{{symbol, now}};
    for (auto* list : {&values, &events.hidden, &events.conditions, &signals})
        for (NodeId& node : *list) node = symbolic::substitute(g, node, map);
}

/// The whole step as one program, before the passes.
Program whole_program(StepBuilder& b, StateNodes values, StepProgram& result) {
    const System& system = b.system();
    EventNodes events = apply_events(b, values);
    const NodeId end = b.graph().add(b.t(), b.dt());
    std::vector<NodeId> signals;
    for (const auto& signal : system.signals) signals.push_back(b.at(signal.value, values, end));
    put_refractory(b, events, values, signals);
    if (const auto jumps = arrived(b, events.refractory); !jumps.empty())
        for (auto* list : {&values, &events.hidden, &events.conditions, &signals})
            for (NodeId& node : *list) node = symbolic::substitute(b.graph(), node, jumps);
    Program program;
    for (const auto& state : system.states) program.arrays.push_back(state.name);
    program.arrays.insert(program.arrays.end(), system.inputs.begin(), system.inputs.end());
    for (const auto& name : b.options().element_parameters)
        if (std::ranges::find(program.arrays, name) == program.arrays.end()) program.arrays.push_back(name);
    program.arrays.insert(program.arrays.end(), b.noise_arrays.begin(), b.noise_arrays.end());
    for (std::size_t i = 0; i < b.size(); ++i)
        if (values[i] != b.states()[i]) add_store(program, system.states[i].name, values[i]);
    for (std::size_t i = 0; i < b.hidden_states.size(); ++i)
        add_store(program, b.hidden_states[i], events.hidden[i]);
    for (std::size_t i = 0; i < signals.size(); ++i)
        add_store(program, "signal." + system.signals[i].name, signals[i]);
    for (const auto& [name, value] : b.named_values) add_store(program, name, value);
    for (std::size_t e = 0; e < events.conditions.size(); ++e) {
        program.events.push_back({events.conditions[e], static_cast<std::uint32_t>(e)});
        result.events.push_back(system.events[e].name);
    }
    program.graph = std::move(b.graph());
    declare_uniforms(program);
    return program;
}

/// What only resets change needs no arithmetic between them.
void keep_constants(StepBuilder& b, StateNodes& values) {
    for (std::size_t i = 0; i < b.size(); ++i) {
        const auto& state = b.system().states[i];
        if (state.noise.empty() && b.graph().is_constant(state.drift, 0.0)) values[i] = state.symbol;
    }
}

std::set<std::string> varying_symbols(const StepBuilder& b) {
    std::set<std::string> names(b.system().inputs.begin(), b.system().inputs.end());
    for (const auto& state : b.system().states) names.insert(state.name);
    names.insert(b.noise_arrays.begin(), b.noise_arrays.end());
    names.insert(b.hidden_states.begin(), b.hidden_states.end());
    return names;
}

}  // namespace

StepProgram make_step(const System& system, const StepOptions& options) {
    const MethodInfo& method = required_method(system, options);
    StepBuilder builder(system, options);
    StepProgram result;
    result.method = method.name;
    StateNodes values = find_transform(method)(builder);
    keep_constants(builder, values);
    StagingInput staging;
    staging.program = whole_program(builder, std::move(values), result);
    staging.program.name = method.name;
    staging.element_parameters = {options.element_parameters.begin(), options.element_parameters.end()};
    staging.split = options.allow_stage_programs;
    for (const auto& propagator : builder.propagators)
        for (const auto* list : {&propagator.exponential, &propagator.integral, &propagator.deviation})
            staging.late_uniforms.insert(list->begin(), list->end());
    for (const auto& [name, value] : builder.named_values) staging.early_arrays.insert(name);

    const PassContext context{varying_symbols(builder)};
    staging.program = run_passes(std::move(staging.program), context, options.disabled_passes, result.passes);
    result.noise = builder.noise_arrays;
    result.hidden_states = builder.hidden_states;
    result.propagators = builder.propagators;
    stage(staging, context, result);
    return result;
}

Program make_observer(const System& system, const std::vector<System::Signal>& expressions,
                      const std::vector<std::string>& element_parameters) {
    Program program;
    program.name = "observer";
    program.graph = system.graph;
    for (const auto& state : system.states) program.arrays.push_back(state.name);
    program.arrays.insert(program.arrays.end(), system.inputs.begin(), system.inputs.end());
    // As in a step, a parameter is invariant whether it differs between elements or not: members keep the
    // bits of single runs.
    const PassContext context{{program.arrays.begin(), program.arrays.end()}};
    program.arrays.insert(program.arrays.end(), element_parameters.begin(), element_parameters.end());
    for (const auto& expression : expressions)
        add_store(program, "signal." + expression.name, expression.value);
    declare_uniforms(program);
    std::vector<PassRecord> records;
    return drop_unused_names(run_passes(std::move(program), context, {}, records));
}

}  // namespace neurodyn::compile
