// SPDX-License-Identifier: BSD-3-Clause
// What an integration method is given.
#include "compile/step_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

StepBuilder::StepBuilder(const System& system, const StepOptions& options)
    : system_(system), options_(options), graph_(system.graph) {
    dt_ = graph_.symbol("dt");
    t_ = graph_.symbol("t");
    for (const auto& state : system.states) states_.push_back(state.symbol);
}

NodeId StepBuilder::at(NodeId expression, const StateNodes& states, NodeId time) {
    symbolic::Substitution map;
    for (std::size_t i = 0; i < size(); ++i)
        if (states[i] != states_[i]) map[states_[i]] = states[i];
    if (time != t_) map[t_] = time;
    return map.empty() ? expression : symbolic::substitute(graph_, expression, map);
}

StateNodes StepBuilder::drift(const StateNodes& states, NodeId time) {
    StateNodes result;
    for (const auto& state : system_.states) result.push_back(at(state.drift, states, time));
    return result;
}

NodeId StepBuilder::new_draw() {
    noise_arrays.push_back(fmt::format("noise.{}", noise_arrays.size()));
    return graph_.symbol(noise_arrays.back());
}

NodeId StepBuilder::draw(const std::string& noise_name) {
    const auto found = draws_.find(noise_name);
    if (found != draws_.end()) return found->second;
    return draws_[noise_name] = new_draw();
}

NodeId StepBuilder::increment(const std::string& noise_name) {
    return graph_.mul(graph_.make(Op::sqrt, dt_), draw(noise_name));
}

NodeId StepBuilder::noise_term(std::size_t state, const StateNodes& states, NodeId time) {
    NodeId sum;
    for (const auto& noise : system_.states[state].noise) {
        const NodeId term = graph_.mul(at(noise.coefficient, states, time), increment(noise.name));
        sum = sum ? graph_.add(sum, term) : term;
    }
    return sum;
}

NodeId StepBuilder::plus(NodeId base, NodeId term) { return term ? graph_.add(base, term) : base; }

bool StepBuilder::is_element_parameter(std::string_view name) const {
    return std::ranges::find(options_.element_parameters, name) != options_.element_parameters.end();
}
bool StepBuilder::is_input(std::string_view name) const {
    return std::ranges::find(system_.inputs, name) != system_.inputs.end();
}
bool StepBuilder::is_state(std::string_view name) const {
    return std::ranges::any_of(system_.states, [&](const auto& state) { return state.name == name; });
}

std::size_t StepBuilder::state_index(std::string_view name) const {
    for (std::size_t i = 0; i < size(); ++i)
        if (system_.states[i].name == name) return i;
    throw std::out_of_range("no state " + std::string(name));
}

}  // namespace neurodyn::compile
