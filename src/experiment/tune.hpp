// SPDX-License-Identifier: BSD-3-Clause
// Adjusting parameters, node by node, by short runs of the network until the means of signals are what they
// should be.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/simulation.hpp"
#include "experiment/build.hpp"

namespace neurodyn::experiment {

/// What trials made of one member.
struct Tuned {
    struct Goal {
        std::vector<double> value, mean;  ///< of the parameter and of the signal, for each node, SI
    };
    std::vector<Goal> goals;         ///< of the best trial
    std::size_t trials = 0;          ///< that were run
    double deviation = 0.0;          ///< the worst of all nodes, in tolerances
    std::size_t goal = 0, node = 0;  ///< where that is
    std::string failure;             ///< a trial that became non-finite
    bool reached() const { return failure.empty() && !goals.empty() && deviation <= 1.0; }
};

struct TuningRun {
    const network::Network& network;  ///< of one or more members
    std::vector<TuningPlan> plans;    ///< one for each member, of the same shape
    std::set<std::string> observers;  ///< populations that trials leave out
    engine::RunOptions options;       ///< threads and kernels
    /// The trial (from 0), the part of it that is done and the seconds left of it; false stops.
    std::function<bool(std::size_t, const engine::Progress&)> on_progress = {};
};

/// Each member is adjusted as if it were alone, with the network's seed in every trial, until it reaches its
/// targets or has no trial left. Empty when it was stopped. Throws Error when a parameter starts at 0 and has
/// no first step.
std::vector<Tuned> tune(const TuningRun& run);

/// The network that a trial runs: without observers, recording one mean for each goal.
network::Network trial_network(const TuningRun& run);

/// Puts the tuned values of each member into the network.
void apply_tuning(const TuningPlan& plan, const std::vector<Tuned>& members, network::Network& network);

/// "cortex.r_E of LH_Vis_1 is 5.2 Hz after 20 trials; the target is 3 Hz within 0.2 Hz".
std::string describe(const Tuned& tuned, const TuningPlan& plan, const network::Network& network);

}  // namespace neurodyn::experiment
