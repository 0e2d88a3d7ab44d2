// SPDX-License-Identifier: BSD-3-Clause
// Thresholds, resets and refractoriness, as selects at the end of a step.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "compile/step_builder.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// The hidden state and what it says at the beginning of the step.
struct Refractory {
    NodeId steps_left;  ///< symbol; null without a refractory time
    NodeId waiting;     ///< symbol; null without a refractory condition
    NodeId holds;       ///< null when the event has no refractoriness
};

NodeId hidden_state(StepBuilder& b, const std::string& name) {
    b.hidden_states.push_back(name);
    return b.graph().symbol(name);
}

NodeId either(Graph& g, NodeId a, NodeId b) {
    if (!a) return b;
    return b ? g.make(Op::logical_or, a, b) : a;
}

Refractory begin_refractory(StepBuilder& b, const language::Event& event) {
    Graph& g = b.graph();
    Refractory result;
    const NodeId zero = g.constant(0.0);
    if (event.refractory_time) {
        result.steps_left = hidden_state(b, "refractory." + event.name);
        result.holds = g.make(Op::gt, result.steps_left, zero);
    }
    if (event.refractory_condition) {
        result.waiting = hidden_state(b, "refractory_condition." + event.name);
        const NodeId waits =
            g.make(Op::logical_and, g.make(Op::gt, result.waiting, zero), event.refractory_condition);
        result.holds = either(g, result.holds, waits);
    }
    return result;
}

std::size_t state_index(const StepBuilder& b, const language::Event& event, const std::string& name) {
    const auto& states = b.system().states;
    const auto found = std::ranges::find_if(states, [&](const auto& state) { return state.name == name; });
    if (found != states.end()) return static_cast<std::size_t>(found - states.begin());
    std::vector<std::string> names;
    for (const auto& state : states) names.push_back(state.name);
    throw Error(fmt::format("the reset of event '{}' assigns to '{}', which is not a state variable; {}",
                            event.name, name, did_you_mean(name, names)));
}

/// The states after the event's statements, each statement reading what those before it left.
StateNodes after_reset(StepBuilder& b, const language::Event& event, StateNodes values, NodeId time) {
    for (const auto& statement : event.reset) {
        const std::size_t i = state_index(b, event, statement.variable);
        values[i] = b.at(statement.value, values, time);
    }
    return values;
}

/// Whole steps: 2 ms at dt 0.1 ms is 20 although the quotient may round below it. For Brian2's strings the
/// step of the event is one of them.
NodeId refractory_steps(StepBuilder& b, const language::Event& event, const StateNodes& values, NodeId time) {
    Graph& g = b.graph();
    const NodeId duration = b.at(event.refractory_time, values, time);
    const double already = event.spike_step_counts ? 1.0 : 0.0;
    return g.make(Op::floor, g.add(g.div(duration, b.dt()), g.constant(0.5 - already)));
}

}  // namespace

EventNodes apply_events(StepBuilder& b, StateNodes& values) {
    Graph& g = b.graph();
    const auto& events = b.system().events;
    const NodeId end = events.empty() ? b.t() : g.add(b.t(), b.dt());
    std::vector<Refractory> refractory;
    NodeId any;
    for (const auto& event : events) {
        refractory.push_back(begin_refractory(b, event));
        any = either(g, any, refractory.back().holds);
    }
    for (std::size_t i = 0; any && i < b.size(); ++i)
        if (b.system().states[i].held_when_refractory) values[i] = g.select(any, b.states()[i], values[i]);

    EventNodes result;
    result.refractory = any;
    const StateNodes integrated = values;
    for (std::size_t e = 0; e < events.size(); ++e) {
        NodeId fired = b.at(events[e].condition, integrated, end);
        if (refractory[e].holds)
            fired = g.make(Op::logical_and, fired, g.make(Op::logical_not, refractory[e].holds));
        result.conditions.push_back(fired);
        const StateNodes reset = after_reset(b, events[e], values, end);
        for (std::size_t i = 0; i < b.size(); ++i)
            if (reset[i] != values[i]) values[i] = g.select(fired, reset[i], values[i]);
        const NodeId zero = g.constant(0.0), one = g.constant(1.0);
        if (refractory[e].steps_left) {
            const NodeId less = g.make(Op::max, g.sub(refractory[e].steps_left, one), zero);
            result.hidden.push_back(g.select(fired, refractory_steps(b, events[e], values, end), less));
        }
        if (refractory[e].waiting)
            result.hidden.push_back(g.select(fired, one, g.select(refractory[e].holds, one, zero)));
    }
    return result;
}

}  // namespace neurodyn::compile
