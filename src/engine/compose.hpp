// SPDX-License-Identifier: BSD-3-Clause
// From a network's description to one closed system of equations per population: couplings become sums that
// enter as inputs, stimuli become terms of the equations, and what projections carry away becomes signals.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compile/program.hpp"
#include "density/equations.hpp"
#include "engine/lower.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// An input array of a population: the sum over a projection's edges of one signal of its source.
struct SumInput {
    std::string name;        ///< of the input array in the target's system
    std::size_t projection;  ///< index into Network::projections
    std::size_t source;      ///< population
    std::size_t signal;      ///< index into the source system's signals
};

/// An input array that a stimulus's table fills at each step.
struct TableInput {
    std::string name;
    std::size_t stimulus;  ///< index into Network::stimuli
};

/// An input array that collects what event projections bring to one state; added to it before the step.
struct ArrivalInput {
    std::string name, state;
};

/// An input array that a Poisson input fills with counts at each step.
struct PoissonCounts {
    std::string name;
    std::size_t input;      ///< index into Network::poisson_inputs
    symbolic::NodeId rate;  ///< of a rate that changes with time; else null
};

/// An input array that sums over a projection's synapses fill at each step.
struct SynapseSum {
    std::string name;
    std::size_t projection;  ///< index into Network::event_projections
};

/// An input array with the Laplacian of one of the population's own signals.
struct LaplacianInput {
    std::string name;
    std::size_t signal;
};

/// A population's equations, complete.
struct ComposedPopulation {
    compile::System system;
    std::vector<language::ScopeEntry>
        scope;  ///< every name that a monitor may use, as a node of system.graph
    std::map<std::string, network::Values> parameters;  ///< every parameter of `system`, resolved
    std::map<std::string, network::Values> initial;     ///< every state's value at the start
    std::vector<SumInput> sums;
    std::vector<TableInput> tables;
    std::vector<ArrivalInput> arrivals;  ///< one for each state that event projections reach
    std::vector<PoissonCounts> poisson;
    std::vector<SynapseSum> summed;
    std::vector<density::Drive> drives;  ///< events, of a population at level density or rate
    std::vector<LaplacianInput> laplacians;
};

/// One entry per population. Throws Error or InputError that name population, projection or stimulus and the
/// name at fault.
std::vector<ComposedPopulation> compose(const Lowered& lowered);

/// The integration method of a population: its own, the network's, the model's or the one that is chosen for
/// it.
std::string method_of(const network::Network& network, const network::Population& population,
                      const compile::System& system);
/// How the equations of a population at level density or rate are to be reduced; with white-noise events.
density::Options density_options(const network::Network& network, const network::Population& population,
                                 const compile::System& system);

}  // namespace neurodyn::engine
