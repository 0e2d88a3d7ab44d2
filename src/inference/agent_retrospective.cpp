// SPDX-License-Identifier: BSD-3-Clause
// Agents that infer all times of a trial under each policy, and policies with them (Friston et al. 2017,
// doi:10.1162/NECO_a_00912; marginal messages: Parr et al. 2019, doi:10.1038/s41598-018-38246-3).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "inference/agent.hpp"
#include "inference/distribution.hpp"

namespace neurodyn::inference {
namespace {

constexpr double lowest_part = 1e-3;       // of 1/precision, that beta never falls below
constexpr double no_probability = 1e-250;  // what logarithms of 0 leave of it

// An entry [row][column][action] of a table of transitions.
double entry(const Table& b, std::size_t size, std::size_t actions, std::size_t row, std::size_t column,
             std::size_t action) {
    return b[(row * size + column) * actions + action];
}

}  // namespace

void Agent::refresh_transition() {
    for (std::size_t f = 0; f < model_.states.size(); ++f) {
        const std::size_t size = model_.states[f], actions = model_.actions[f];
        const Table& b = model_.transition[f];
        logs(b, log_transition_[f]);
        for (std::size_t next = 0; next < size; ++next)
            for (std::size_t u = 0; u < actions; ++u) {
                double sum = 0.0;
                for (std::size_t s = 0; s < size; ++s) sum += entry(b, size, actions, next, s, u);
                for (std::size_t s = 0; s < size; ++s)
                    back_transition_[f][(s * size + next) * actions + u] =
                        sum > 0.0 ? entry(b, size, actions, next, s, u) / sum
                                  : 1.0 / static_cast<double>(size);
            }
    }
}

void Agent::infer_policies() {
    for (std::size_t p = 0; p < policy_beliefs_.size(); ++p)
        policy_energy_[p] = infer_policy(settings_.policies[p], policy_beliefs_[p]);
    const double lowest = *std::min_element(policy_energy_.begin(), policy_energy_.end());
    if (lowest > -std::log(no_probability))
        throw ObservationError(
            fmt::format("outcomes ({}) are impossible after those before them, whatever was done",
                        fmt::join(seen_[time_ - 1], ", ")),
            seen_[time_ - 1][0], time_ - 1);
    weigh_policies();
    average_policies();
}

// From what the policy predicts (mean field cannot leave even beliefs where transitions are certain), times
// in order, until none changes. The free energy.
double Agent::infer_policy(const Policy& policy, std::vector<Beliefs>& q) {
    q[0] = model_.initial;
    for (std::size_t t = 1; t < q.size(); ++t) predict(q[t - 1], policy[t - 1].data(), q[t]);
    for (std::size_t sweep = 0; sweep < settings_.sweeps; ++sweep) {
        double change = 0.0;
        for (std::size_t t = 0; t < q.size(); ++t)
            for (std::size_t f = 0; f < q[t].size(); ++f) {
                Table& own = before_[f];
                potential_of(policy, q, t, f, own);
                normalise_exponentials(own);
                for (std::size_t i = 0; i < own.size(); ++i)
                    change = std::max(change, std::abs(own[i] - q[t][f][i]));
                std::copy(own.begin(), own.end(), q[t][f].begin());
            }
        if (change < settings_.tolerance) break;
    }
    return energy_of(policy, q);
}

// ln q before it is normalised: evidence and what the times before and after tell.
void Agent::potential_of(const Policy& policy, const std::vector<Beliefs>& q, std::size_t time,
                         std::size_t factor, Table& potential) {
    const std::size_t size = model_.states[factor], actions = model_.actions[factor];
    const bool marginal = settings_.inference == AgentInference::marginal, last = time + 1 == q.size();
    const Table& forward = marginal ? model_.transition[factor] : log_transition_[factor];
    Table& message = log_prior_[factor];
    // One message; marginal ones are logarithms of a mean, mean-field ones means of logarithms.
    const auto add = [&](double share) {
        if (marginal) logs(message, message);
        for (std::size_t i = 0; i < size; ++i) potential[i] += share * message[i];
    };
    std::fill(potential.begin(), potential.end(), 0.0);
    if (time < time_) add_expected(q[time], factor, seen_evidence_[time], potential);
    if (time == 0) {
        std::copy(model_.initial[factor].begin(), model_.initial[factor].end(), message.begin());
        if (!marginal) logs(message, message);
    } else {
        for (std::size_t i = 0; i < size; ++i) {
            message[i] = 0.0;
            for (std::size_t j = 0; j < size; ++j)
                message[i] +=
                    entry(forward, size, actions, i, j, policy[time - 1][factor]) * q[time - 1][factor][j];
        }
    }
    add(marginal && !last ? 0.5 : 1.0);
    if (last) return;
    for (std::size_t j = 0; j < size; ++j) {
        message[j] = 0.0;
        for (std::size_t i = 0; i < size; ++i)
            message[j] +=
                (marginal ? entry(back_transition_[factor], size, actions, j, i, policy[time][factor])
                          : entry(forward, size, actions, i, j, policy[time][factor])) *
                q[time + 1][factor][i];
    }
    add(marginal ? 0.5 : 1.0);
}

// Mean field: sum over times of q (ln q - ln P(o | s) - what came before); marginal: q (ln q - potential).
double Agent::energy_of(const Policy& policy, const std::vector<Beliefs>& q) {
    const bool marginal = settings_.inference == AgentInference::marginal;
    double energy = 0.0;
    for (std::size_t t = 0; t < q.size(); ++t) {
        for (std::size_t f = 0; f < q[t].size(); ++f) {
            const Table& own = q[t][f];
            Table &log_q = before_[f], &potential = potential_;
            potential.resize(own.size());
            logs(own, log_q);
            potential_of(policy, q, t, f, potential);
            for (std::size_t i = 0; i < own.size(); ++i) energy += own[i] * log_q[i];
            if (marginal)
                for (std::size_t i = 0; i < own.size(); ++i) energy -= own[i] * potential[i];
            if (marginal || t == 0) continue;
            for (std::size_t i = 0; i < own.size(); ++i)
                for (std::size_t j = 0; j < own.size(); ++j)
                    energy -=
                        own[i] * q[t - 1][f][j] *
                        entry(log_transition_[f], own.size(), model_.actions[f], i, j, policy[t - 1][f]);
        }
        if (t >= time_) continue;
        // Each factor's potential has the evidence that all share: it counts once.
        join(q[t], joint_);
        double seen = 0.0;
        for (std::size_t s = 0; s < joint_.size(); ++s) seen += joint_[s] * seen_evidence_[t][s];
        energy += marginal ? (static_cast<double>(q[t].size()) - 1.0) * seen : -seen;
    }
    if (marginal) return energy;
    for (std::size_t f = 0; f < q[0].size(); ++f) {
        logs(model_.initial[f], before_[f]);
        for (std::size_t i = 0; i < q[0][f].size(); ++i) energy -= q[0][f][i] * before_[f][i];
    }
    return energy;
}

// G of what is left of each policy, then policies and the precision of their values.
void Agent::weigh_policies() {
    Node& node = nodes_[0];
    for (std::size_t p = 0; p < policy_beliefs_.size(); ++p) {
        expected_[p] = {};
        for (std::size_t t = time_; t < policy_beliefs_[p].size(); ++t) {
            const ExpectedFreeEnergy g = value_of(policy_beliefs_[p][t], t, node.joint, node.outcome);
            expected_[p].pragmatic += g.pragmatic;
            expected_[p].state_information += g.state_information;
            expected_[p].parameter_information += g.parameter_information;
        }
        policy_value_[p] = total(expected_[p]);
    }
    const auto weigh = [&] {
        for (std::size_t p = 0; p < posterior_.size(); ++p) {
            expected_posterior_[p] = log_habit_[p] - policy_value_[p] / beta_;
            posterior_[p] = expected_posterior_[p] - policy_energy_[p];
        }
        normalise_exponentials(posterior_);
        normalise_exponentials(expected_posterior_);
    };
    const double prior = 1.0 / settings_.precision;
    for (double& gamma : precision_course_) {
        weigh();
        double surprise = 0.0;
        for (std::size_t p = 0; p < posterior_.size(); ++p)
            surprise += (posterior_[p] - expected_posterior_[p]) * policy_value_[p];
        beta_ = std::max(beta_ + 0.5 * (prior + surprise - beta_), lowest_part * prior);
        gamma = 1.0 / beta_;
    }
    weigh();
}

// The average over policies, and F of states and policies: E[F_pi] + KL(P(pi) || E).
void Agent::average_policies() {
    free_energy_ = 0.0;
    logs(posterior_, expected_posterior_);
    for (std::size_t p = 0; p < posterior_.size(); ++p)
        free_energy_ += posterior_[p] * (policy_energy_[p] + expected_posterior_[p] - log_habit_[p]);
    for (std::size_t t = 0; t < averaged_.size(); ++t)
        for (std::size_t f = 0; f < averaged_[t].size(); ++f) {
            Table& own = averaged_[t][f];
            std::fill(own.begin(), own.end(), 0.0);
            for (std::size_t p = 0; p < posterior_.size(); ++p)
                for (std::size_t i = 0; i < own.size(); ++i)
                    own[i] += posterior_[p] * policy_beliefs_[p][t][f][i];
        }
    beliefs_ = averaged_[time_ - 1];
}

// Counts grow by what is believed of all times when the trial is over.
void Agent::learn_trial() {
    for (std::size_t t = 0; t < time_ && settings_.learn_likelihood > 0.0; ++t) {
        join(averaged_[t], joint_);
        for (std::size_t m = 0; m < seen_[t].size(); ++m)
            for (std::size_t s = 0; s < joint_.size(); ++s)
                likelihood_counts_[m][seen_[t][m] * joint_.size() + s] +=
                    settings_.learn_likelihood * joint_[s];
    }
    for (std::size_t m = 0; m < model_.outcomes.size(); ++m)
        to_probabilities(likelihood_counts_[m], model_.outcomes[m], model_.likelihood[m]);
    for (std::size_t f = 0; f < model_.states.size(); ++f) {
        const std::size_t size = model_.states[f], actions = model_.actions[f];
        for (std::size_t i = 0; i < size; ++i)
            initial_counts_[f][i] += settings_.learn_initial * averaged_[0][f][i];
        for (std::size_t p = 0; p < posterior_.size(); ++p)
            for (std::size_t t = 1; t < time_; ++t)
                for (std::size_t i = 0; i < size; ++i)
                    for (std::size_t j = 0; j < size; ++j)
                        transition_counts_[f][(i * size + j) * actions + settings_.policies[p][t - 1][f]] +=
                            settings_.learn_transition * posterior_[p] * policy_beliefs_[p][t][f][i] *
                            policy_beliefs_[p][t - 1][f][j];
        to_probabilities(initial_counts_[f], size, model_.initial[f]);
        to_probabilities(transition_counts_[f], size, model_.transition[f]);
    }
    for (std::size_t p = 0; p < posterior_.size(); ++p)
        habit_counts_[p] += settings_.learn_habit * posterior_[p];
    to_probabilities(habit_counts_, posterior_.size(), habit_);
    logs(habit_, log_habit_);
    refresh_likelihood();
    refresh_utility();
    refresh_transition();
}

}  // namespace neurodyn::inference
