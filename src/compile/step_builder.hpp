// SPDX-License-Identifier: BSD-3-Clause
// What an integration method is given: drifts and noise of a system at any state and time, as nodes of one
// graph.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

/// One value per state of the system.
using StateNodes = std::vector<NodeId>;

class StepBuilder {
  public:
    StepBuilder(const System& system, const StepOptions& options);

    const System& system() const { return system_; }
    const StepOptions& options() const { return options_; }
    Graph& graph() { return graph_; }
    std::size_t size() const { return system_.states.size(); }
    NodeId dt() const { return dt_; }
    NodeId t() const { return t_; }
    /// The states at the beginning of the step.
    const StateNodes& states() const { return states_; }

    /// The expression with states and time put in.
    NodeId at(NodeId expression, const StateNodes& states, NodeId time);
    StateNodes drift(const StateNodes& states, NodeId time);
    /// The array of standard normals that all noise terms of this name share.
    NodeId draw(const std::string& noise_name);
    /// A further array of standard normals, shared with nobody.
    NodeId new_draw();
    /// sqrt(dt) * draw(name), the increment of a Wiener process.
    NodeId increment(const std::string& noise_name);
    /// Sum over a state's noise terms of coefficient * increment, at the given states and time; null without
    /// noise.
    NodeId noise_term(std::size_t state, const StateNodes& states, NodeId time);
    /// base + term, or base where the term is null.
    NodeId plus(NodeId base, NodeId term);

    bool is_element_parameter(std::string_view name) const;
    bool is_input(std::string_view name) const;
    bool is_state(std::string_view name) const;
    std::size_t state_index(std::string_view name) const;  ///< throws std::out_of_range

    std::vector<std::string> noise_arrays;
    std::vector<LinearPropagator> propagators;
    /// Values that setup_uniform must make under a given name: what the propagators read.
    std::vector<std::pair<std::string, NodeId>> named_values;
    std::vector<std::string> hidden_states;

  private:
    const System& system_;
    const StepOptions& options_;
    Graph graph_;
    NodeId dt_, t_;
    StateNodes states_;
    std::unordered_map<std::string, NodeId> draws_;
};

/// Adds thresholds, resets and refractoriness to the new states. `values` are the states after the
/// integration and become those after the resets. Returns the condition of each event; the new values of
/// hidden states go into `hidden`, in order of hidden_states.
struct EventNodes {
    std::vector<NodeId> conditions;
    std::vector<NodeId> hidden;
    NodeId refractory;  ///< whether any event's refractoriness holds in this step; null without any
};
EventNodes apply_events(StepBuilder& builder, StateNodes& values);

}  // namespace neurodyn::compile
