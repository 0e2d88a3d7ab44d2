// SPDX-License-Identifier: BSD-3-Clause
// Discrete active inference: agents that infer hidden states from outcomes, plan by expected free energy, act
// and learn (Friston, FitzGerald, Rigoli, Schwartenbeck & Pezzulo 2017, doi:10.1162/NECO_a_00912; notation A,
// B, C, D, E as there).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "inference/discrete_chain.hpp"

namespace neurodyn::inference {

using Table = std::vector<double>;

/// Tables are flat, the last index varying fastest. Each column (over the first index) is a distribution.
struct AgentModel {
    std::vector<std::size_t> states;    ///< of each hidden-state factor
    std::vector<std::size_t> actions;   ///< of each factor: 1 where it cannot be controlled
    std::vector<std::size_t> outcomes;  ///< of each modality
    std::vector<Table> likelihood;      ///< A[modality]: [outcome][state of factor 1][of factor 2]...
    std::vector<Table> transition;      ///< B[factor]: [next state][state][action]
    /// C[modality]: [outcome] or [outcome][time], logarithms up to a constant at each time
    std::vector<Table> preference;
    std::vector<Table> initial;  ///< D[factor]: [state]

    std::size_t joint_states() const;
    std::size_t joint_actions() const;
    std::size_t joint_outcomes() const;
    /// Times that preferences have, in all modalities alike; 1: they do not change.
    std::size_t preference_times() const;
};

/// The joint outcomes by joint states that an agent can have.
inline constexpr std::size_t most_joint_entries = 100'000'000;

/// Throws DistributionError for a column that is no distribution, TableShapeError for a table of another size
/// (a transition depends on its own factor's state and action alone: join factors that move each other),
/// Error for a preference that is not finite.
void check_model(const AgentModel& model);

/// For each time from now on, for each factor, an action.
using Policy = std::vector<std::vector<std::size_t>>;
/// All sequences of `horizon` actions, the last action of the last factor varying fastest. Throws Error for
/// more than a million.
std::vector<Policy> all_policies(const AgentModel& model, std::size_t horizon);

/// What is believed of a trial's other times.
enum class AgentInference {
    filtered,     ///< what was seen tells the present state, under the actions that were done
    variational,  ///< all times under each policy: mean field
    marginal      ///< all times under each policy: marginal messages (see discrete_chain.hpp)
};

struct AgentSettings {
    /// Of equal length; unused by sophisticated planning. Where all times are inferred they are those of the
    /// whole trial, and are themselves inferred: P(pi) = softmax(ln E - F_pi - gamma G_pi).
    std::vector<Policy> policies;
    AgentInference inference = AgentInference::filtered;
    /// Steps of precision's own dynamics after each observation, 0: it is fixed. gamma = 1/beta and
    /// beta' = 1/precision + (pi - pi_0).G - beta, pi_0 = softmax(ln E - gamma G): steps of 1/2 (Friston et
    /// al. 2017, eq. 2.10). Not with filtered beliefs, under which the past tells policies not apart.
    std::size_t precision_steps = 0;
    std::vector<double> habit;  ///< E: a probability for each policy (or joint action); empty: even
    /// Sophisticated: beliefs about what will be believed after each outcome, a tree of actions and outcomes
    /// (Friston, Da Costa, Hafner, Hesp & Parr 2021, doi:10.1162/neco_a_01351).
    bool sophisticated = false;
    std::size_t depth = 1;   ///< of that tree, in actions
    double prune = 1e-3;     ///< branches of outcomes less probable than this are not followed
    double precision = 1.0;  ///< gamma, of policies; above 0
    bool pragmatic = true, state_information = true, parameter_information = false;
    bool sample = false;  ///< actions are drawn with probability ~ p^choice_precision, else the best
    double choice_precision = 1.0;
    /// Rates at which Dirichlet counts of A, B, D, E and of preferences grow; 0: not learned. Preferences
    /// grow by what is seen: C = ln E[P(o)] (Sajid et al. 2021, doi:10.48550/arXiv.2106.04316).
    double learn_likelihood = 0.0, learn_transition = 0.0, learn_initial = 0.0, learn_habit = 0.0,
           learn_preference = 0.0;
    bool retrospective() const { return inference != AgentInference::filtered; }
    bool learns() const {
        return learn_likelihood > 0.0 || learn_transition > 0.0 || learn_initial > 0.0 || learn_habit > 0.0 ||
               learn_preference > 0.0;
    }

    double counts = 1.0;       ///< Dirichlet counts that a column of probability 1 begins with; above 0
    double tolerance = 1e-10;  ///< of inference: largest change of a probability in one sweep
    std::size_t sweeps = 100;
};

/// Marginal beliefs: [factor][state].
using Beliefs = std::vector<Table>;

/// G = -(pragmatic + state_information + parameter_information), nats, each summed over the steps ahead.
struct ExpectedFreeEnergy {
    double pragmatic = 0.0;              ///< expected log preference, E[ln P(o)]
    double state_information = 0.0;      ///< about states, by all modalities together: E[KL(q(s|o) || q(s))]
    double parameter_information = 0.0;  ///< about A: novelty
};

/// One agent's beliefs, tables and planning. No memory is allocated after construction.
class Agent {
  public:
    /// Throws as check_model, and Error for settings that no agent can have.
    Agent(const AgentModel& model, const AgentSettings& settings);

    /// Forgets where it was, keeps what it learned.
    void begin_trial();
    /// Learns what all times of the trial tell; where beliefs are filtered there is nothing left to learn.
    void end_trial();
    /// Takes an outcome of each modality in: q(s) by coordinate ascent of the mean-field free energy (exact
    /// with one factor). Throws ObservationError for an outcome that does not exist or is impossible.
    void observe(const std::vector<std::size_t>& outcomes);
    /// Plans for at most `left` further actions and picks one; then predicts where it leads.
    const std::vector<std::size_t>& act(std::size_t left, double uniform);

    const Beliefs& beliefs() const { return beliefs_; }
    double free_energy() const { return free_energy_; }  ///< of the last observation, nats
    const std::vector<ExpectedFreeEnergy>& expected() const {
        return expected_;
    }  ///< by policy or joint action
    const Table& policy_posterior() const { return posterior_; }
    /// Retrospective: of each policy given what was seen, nats; empty otherwise.
    const Table& policy_free_energy() const { return policy_energy_; }
    /// gamma at each step of its dynamics after the last observation.
    const Table& precision_course() const { return precision_course_; }
    /// Retrospective: q(s) of a time of the trial, from 0, averaged over policies.
    const Beliefs& beliefs_at(std::size_t time) const { return averaged_[time]; }
    /// ln P(o) of a modality, [outcome][time]
    const Table& log_preference(std::size_t modality) const { return log_preference_[modality]; }
    std::size_t plans() const { return posterior_.size(); }
    const Table& likelihood(std::size_t modality) const { return model_.likelihood[modality]; }
    const Table& transition(std::size_t factor) const { return model_.transition[factor]; }
    const Table& initial(std::size_t factor) const { return model_.initial[factor]; }
    const Table& habit() const { return habit_; }  ///< a probability for each policy or joint action

  private:
    struct Node {  ///< scratch of one depth
        Beliefs predicted, believed;
        Table joint, evidence, value, weight;
        Table outcome;  ///< probabilities of those that are possible, then their logarithms
        std::vector<ExpectedFreeEnergy> parts;
        ExpectedFreeEnergy sum;  ///< of a policy up to this depth
        std::vector<std::size_t> seen;
    };
    void refresh_likelihood();
    void refresh_utility();
    void refresh_transition();
    void add_evidence(const std::vector<std::size_t>& outcomes, Table& evidence) const;
    void add_expected(const Beliefs& q, std::size_t factor, const Table& evidence, Table& potential) const;
    void infer_policies();
    double infer_policy(const Policy& policy, std::vector<Beliefs>& q);
    void potential_of(const Policy& policy, const std::vector<Beliefs>& q, std::size_t time,
                      std::size_t factor, Table& potential);
    double energy_of(const Policy& policy, const std::vector<Beliefs>& q);
    void average_policies();
    void weigh_policies();
    void learn_trial();
    void learn_preferences(const std::vector<std::size_t>& outcomes);
    void join(const Beliefs& q, Table& joint) const;
    double infer(const std::vector<std::size_t>& outcomes, const Beliefs& prior, Beliefs& q,
                 Table& log_likelihood);
    void predict(const Beliefs& q, const std::size_t* actions, Beliefs& next) const;
    ExpectedFreeEnergy value_of(const Beliefs& q, std::size_t time, Table& joint, Table& outcome) const;
    double total(const ExpectedFreeEnergy& g) const;
    void evaluate_policies(std::size_t left);
    void search(const Beliefs& q, std::size_t depth, std::size_t level);
    void weigh(const Table& value, Table& weight) const;
    void choose(double uniform);
    void learn(const std::vector<std::size_t>& outcomes);
    std::size_t action_of(std::size_t joint, std::size_t factor) const {
        return joint_actions_[joint][factor];
    }

    AgentModel model_;
    AgentSettings settings_;
    std::vector<Table> log_likelihood_, log_preference_;
    Table joint_likelihood_;             ///< [outcomes of all modalities][states of all factors]
    std::vector<std::size_t> possible_;  ///< rows of it that are not all 0
    Table entropy_, novelty_;            ///< of outcomes in a joint state
    Table utility_;                      ///< expected log preference [time][joint state]
    std::vector<Table> likelihood_counts_, transition_counts_, initial_counts_, preference_counts_;
    std::vector<std::vector<std::size_t>> state_of_;  ///< [factor][joint state]
    std::vector<std::vector<std::size_t>> joint_actions_;
    Table habit_, habit_counts_, log_habit_;
    Beliefs prior_, beliefs_, before_, log_prior_;
    Table log_sum_;  ///< of each factor's potentials
    Table joint_, evidence_, posterior_;
    std::vector<ExpectedFreeEnergy> expected_;
    std::vector<Node> nodes_;
    std::vector<std::size_t> chosen_;
    double free_energy_ = 0.0;
    bool moved_ = false;
    std::size_t time_ = 0;  ///< of the trial, that comes next

    // Retrospective: beliefs [policy][time], their average, and what the trial showed.
    std::vector<std::vector<Beliefs>> policy_beliefs_;
    std::vector<Beliefs> averaged_;
    std::vector<Table> seen_evidence_;                     ///< [time][joint state]
    std::vector<std::vector<std::size_t>> seen_;           ///< [time][modality]
    std::vector<Table> log_transition_, back_transition_;  ///< as B; back: [state][next state][action]
    Table policy_energy_, policy_value_, expected_posterior_, precision_course_;
    Table potential_;
    double beta_ = 1.0;
};

}  // namespace neurodyn::inference
