// SPDX-License-Identifier: BSD-3-Clause
// What a synapse model's parameters and variables are: what the projection sets, the model's own, and which
// of them differ between synapses.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "language/synapse.hpp"
#include "network/network.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::engine {

/// The projection's synapse model with the models of its two populations known.
language::ModelPtr join_synapse(const network::Network& network, const network::EventProjection& projection);

/// Values by name. Throws Error that names projection, synapse model and value when a parameter has none, a
/// name is unknown, or a distribution's numbers differ between synapses.
class SynapseValues {
  public:
    SynapseValues(const network::EventProjection& projection, const language::Model& model);

    /// Parameters that are one number for all synapses.
    const std::map<std::string, double>& uniforms() const { return uniforms_; }
    /// Parameters that each synapse draws or is given, in order of declaration.
    const std::vector<std::string>& kept_parameters() const { return kept_parameters_; }
    /// The model's graph, grown.
    const symbolic::Graph& graph() const { return graph_; }
    /// What stands for each parameter that follows from kept ones, in graph().
    const symbolic::Substitution& derived() const { return derived_; }
    /// Of a kept parameter or a state at the start.
    const network::SynapseValue& value(const std::string& name) const { return values_.at(name); }
    bool is_computed(const std::string& state) const { return !values_.contains(state); }
    bool is_number(const std::string& name) const;
    /// Tells the draws of one value from those of others; weights have 0, delays 1.
    std::uint32_t draw(const std::string& name) const { return draws_.at(name); }
    /// Where each state's copies are: classify() with these values, and without what would need the time of
    /// another copy's last event.
    std::vector<language::Keeper> keepers() const;
    /// What a spike adds to the projection's target, where that is all that the synapse does and at most one
    /// of its values differs between synapses.
    std::optional<network::SynapseValue> static_weight() const;

  private:
    std::optional<double> number(symbolic::NodeId node) const;
    network::SynapseValue drawn(const std::string& name, const language::Distribution& distribution) const;
    void resolve_parameter(const language::Parameter& parameter);
    void resolve_state(const language::State& state);
    bool may_be_shared(std::size_t state, const std::vector<language::Keeper>& keepers) const;

    const network::EventProjection& projection_;
    const language::Model& model_;
    symbolic::Graph graph_;
    std::map<std::string, double> uniforms_;
    std::map<std::string, network::SynapseValue> values_;
    std::map<std::string, std::uint32_t> draws_;
    std::vector<std::string> kept_parameters_;
    symbolic::Substitution derived_;
};

}  // namespace neurodyn::engine
