// SPDX-License-Identifier: BSD-3-Clause
// From the text of a spiking neuron to its density: drift, diffusion, threshold, reset and refractory time,
// taken symbolically.
#pragma once

#include <string>
#include <vector>

#include "base/units.hpp"
#include "compile/program.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::density {

/// The variable that a population at this level has beside those of its text: the rate of its spikes, Hz.
inline constexpr const char* rate_variable = "rate";

/// Events that reach each neuron as a Poisson process and add a weight to a state.
struct Drive {
    std::string state;
    symbolic::NodeId rate;            ///< of events per neuron, Hz
    symbolic::NodeId weight, square;  ///< means of the weight and of its square
    std::string name = {};            ///< of a stimulus whose rate may become negative; else empty
};

/// A variable beside the potential, as its mean over all neurons.
struct MeanVariable {
    std::string name;
    symbolic::NodeId drift,
        slope;              ///< d/dt with the potential at its mean, and its derivative in the variable
    symbolic::NodeId jump;  ///< added by a spike of the neuron itself
};

struct Options {
    std::vector<std::string> mean_variables;  ///< variables that may be replaced by their means
    bool finite_jumps = false;             ///< events move the potential at once, instead of as white noise
    std::vector<std::string> not_neurons;  ///< states that are no part of the text
    bool stratonovich = false;             ///< how noise that depends on the potential is read; else Itô
    Unit unit = {};                        ///< of the potential, for messages
};

/// All nodes are of `graph`, over the potential, the mean variables, and the symbols of the system.
struct Equations {
    symbolic::Graph graph;
    std::string potential;
    symbolic::NodeId drift, diffusion, slope;       ///< a, D and dD/dv of dv = a dt + sqrt(2 D) dW
    symbolic::NodeId threshold, reset, refractory;  ///< of parameters
    std::vector<MeanVariable> means;
    std::vector<Drive> jumps;    ///< of the potential, where they are finite
    std::vector<Drive> checked;  ///< whose rates must not be negative
    Unit unit;                   ///< of the potential
};

/// The variable whose threshold is the model's only event, or null.
const language::State* threshold_variable(const language::Model& model);

/// Throws Error where the text has no density: no event or several, a threshold that is not that of one
/// variable or that moves, further variables that may not be replaced by their means, a potential that is not
/// held while refractory.
Equations make_equations(const compile::System& system, const std::vector<Drive>& drives,
                         const Options& options);

}  // namespace neurodyn::density
