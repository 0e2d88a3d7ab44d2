// SPDX-License-Identifier: BSD-3-Clause
// Agents in a world of discrete states, trial after trial, many side by side.
#pragma once

#include <functional>

#include "inference/agent.hpp"

namespace neurodyn::inference {

struct AgentTrials {
    AgentModel model;  ///< what agents believe at first
    AgentSettings settings;
    AgentModel world;  ///< A, B, D of what really happens; its preferences have no meaning
    std::size_t agents = 1, trials = 1;
    std::size_t times = 1;  ///< observations in a trial, with an action between any two
    std::uint64_t seed = 0;
    bool keep = true;  ///< beliefs and plans, not only what happened
};

/// Arrays are flat: [agent][trial][time] and then what is named.
struct AgentRecord {
    std::vector<std::vector<std::size_t>> outcomes;  ///< of each modality
    std::vector<std::vector<std::size_t>> states;    ///< of each factor of the world
    std::vector<std::vector<std::size_t>> actions;   ///< of each factor, [agent][trial][time - 1]
    std::vector<Table> beliefs;                      ///< of each factor, [state]
    std::vector<Table> smoothed;                     ///< retrospective: the same, when the trial is over
    Table free_energy;                               ///< of each observation
    Table pragmatic, state_information, parameter_information, posterior;  ///< [time - 1][plan]
    Table policy_free_energy;  ///< retrospective: [time - 1][plan]
    Table precision;           ///< [step of its dynamics]
    /// At the end, of each agent in turn; preference: ln P(o), [outcome][time].
    std::vector<Table> likelihood, transition, initial, habit, preference;
    std::size_t plans = 0, trials = 0;  ///< trials: that all agents finished
};

/// Throws as Agent, and TableShapeError when the world's states, actions or outcomes are others than the
/// agents'.
void check_trials(const AgentTrials& trials);

/// Draws depend on seed, agent, trial and time alone: results are the same for any number of threads.
/// `on_trial` is told the part done and stops all by false. Throws as Agent, and TableShapeError when the
/// world's states, actions or outcomes are others than the agents'.
AgentRecord run_agents(const AgentTrials& trials, int threads,
                       const std::function<bool(double)>& on_trial = {});

}  // namespace neurodyn::inference
