// SPDX-License-Identifier: BSD-3-Clause
// Populations at the levels density and rate: infinitely many neurons become one node, and what was sent to
// and from each of them becomes what is sent on average.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/values.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// Events that reach each neuron of a population at these levels and add a weight to a state.
struct EventDrive {
    std::string population, state;
    std::string rate_input;             ///< the model's input that has their rate, Hz
    std::string count_state;            ///< or the state at which spikes arrive that are counted
    double weight = 0.0, square = 0.0;  ///< mean of the weight, and of its square
};

struct Lowered {
    network::Network network;  ///< whose event projections start at spiking populations alone
    std::vector<EventDrive> drives;
    /// Of each population at these levels: initial values of all its neurons.
    std::map<std::string, ValueMap> initial;
};

/// The model with the state `rate` (Hz), which populations at these levels have. Throws Error when it has a
/// quantity of that name.
language::ModelPtr with_rate(const language::ModelPtr& model);

/// A network without such populations is returned as it is. Neurons of such a population must be alike: a
/// parameter that differs between them, a monitor of single ones or of their spikes, synapses with a model or
/// an expression of two neurons are Errors that name the population and what to do. Projections join the
/// average neuron: a target gets as many synapses as the rule gives on average.
Lowered lower(const network::Network& network);

}  // namespace neurodyn::engine
