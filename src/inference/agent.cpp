// SPDX-License-Identifier: BSD-3-Clause
#include "inference/agent.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "inference/distribution.hpp"

namespace neurodyn::inference {
namespace {

constexpr double column_tolerance = 1e-8;  // what decimal tables leave
constexpr std::size_t most_policies = 1'000'000;

std::size_t product(const std::vector<std::size_t>& sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>());
}

void check_table(const std::string& name, const Table& table, const std::vector<std::size_t>& shape,
                 const std::string& why) {
    const std::size_t columns = product(shape) / shape.front();
    if (table.size() != product(shape))
        throw TableShapeError(fmt::format("table {} has {} values, but {} x {} = {} are needed: {}", name,
                                          table.size(), shape.front(), columns, product(shape), why),
                              name, "states");
    for (std::size_t c = 0; c < columns; ++c) {
        double sum = 0.0;
        for (std::size_t r = 0; r < shape.front(); ++r) {
            const double p = table[r * columns + c];
            if (!std::isfinite(p) || p < 0.0)
                throw DistributionError(
                    fmt::format("table {} has {} in row {}, column {}; a probability is finite and "
                                "not negative",
                                name, p, r, c),
                    name, c, std::numeric_limits<double>::quiet_NaN());
            sum += p;
        }
        if (std::abs(sum - 1.0) > column_tolerance)
            throw DistributionError(
                fmt::format("column {} of table {} sums to {:.9g}, not to 1; divide it by its sum", c, name,
                            sum),
                name, c, sum);
    }
}

Table scaled(Table table, double by) {
    for (double& x : table) x *= by;
    return table;
}

}  // namespace

std::size_t AgentModel::joint_states() const { return product(states); }
std::size_t AgentModel::joint_actions() const { return product(actions); }
std::size_t AgentModel::joint_outcomes() const { return product(outcomes); }
std::size_t AgentModel::preference_times() const {
    std::size_t times = 1;
    for (std::size_t k = 0; k < preference.size(); ++k)
        times = std::max(times, preference[k].size() / std::max<std::size_t>(1, outcomes[k]));
    return times;
}

void check_model(const AgentModel& m) {
    const auto count = [](const char* what, std::size_t found, std::size_t wanted, const char* of) {
        if (found != wanted)
            throw TableShapeError(fmt::format("there are {} {}, but {} {}", found, what, wanted, of), what,
                                  of);
    };
    if (m.states.empty() || m.outcomes.empty())
        throw Error("an agent needs at least one factor of states and one modality of outcomes");
    double entries = 1.0;
    for (const auto* sizes : {&m.states, &m.outcomes})
        for (const std::size_t n : *sizes) entries *= static_cast<double>(n);
    if (entries > static_cast<double>(most_joint_entries))
        throw Error(fmt::format(
            "{:.3g} combinations of all outcomes and all states are too many, {} are possible: take "
            "factors or modalities that matter apart into agents of their own",
            entries, most_joint_entries));
    for (const auto* sizes : {&m.states, &m.actions, &m.outcomes})
        if (std::find(sizes->begin(), sizes->end(), 0u) != sizes->end())
            throw Error("a factor or modality has no states, actions or outcomes");
    count("numbers of actions", m.actions.size(), m.states.size(), "factors");
    count("tables B", m.transition.size(), m.states.size(), "factors");
    count("tables D", m.initial.size(), m.states.size(), "factors");
    count("tables A", m.likelihood.size(), m.outcomes.size(), "modalities");
    count("tables C", m.preference.size(), m.outcomes.size(), "modalities");
    for (std::size_t k = 0; k < m.outcomes.size(); ++k) {
        std::vector<std::size_t> shape{m.outcomes[k]};
        shape.insert(shape.end(), m.states.begin(), m.states.end());
        check_table(fmt::format("A[{}]", k), m.likelihood[k], shape,
                    fmt::format("outcomes by all states, {}", fmt::join(shape, " x ")));
        if (const std::size_t size = m.preference[k].size();
            size != m.outcomes[k] && size != m.outcomes[k] * m.preference_times())
            throw TableShapeError(
                fmt::format("table C[{}] has {} values, but {} outcomes: one for each, or for each at each "
                            "of {} times",
                            k, size, m.outcomes[k], m.preference_times()),
                fmt::format("C[{}]", k), "outcomes");
        for (const double c : m.preference[k])
            if (!std::isfinite(c))
                throw Error(fmt::format("table C[{}] has {}: preferences are finite", k, c));
    }
    for (std::size_t f = 0; f < m.states.size(); ++f) {
        check_table(
            fmt::format("B[{}]", f), m.transition[f], {m.states[f], m.states[f], m.actions[f]},
            fmt::format("next states by states by actions, {0} x {0} x {1}; a transition depends on its own "
                        "factor alone: join factors that move each other",
                        m.states[f], m.actions[f]));
        check_table(fmt::format("D[{}]", f), m.initial[f], {m.states[f]}, "a probability for each state");
    }
}

std::vector<Policy> all_policies(const AgentModel& model, std::size_t horizon) {
    const std::size_t factors = model.actions.size(), each = model.joint_actions();
    std::size_t count = 1;
    for (std::size_t t = 0; t < horizon; ++t) {
        if (count > most_policies / each)
            throw Error(fmt::format(
                "{} actions for {} steps make more than {} policies; list those that matter, or plan "
                "by sophisticated search",
                each, horizon, most_policies));
        count *= each;
    }
    std::vector<Policy> policies(count, Policy(horizon, std::vector<std::size_t>(factors)));
    for (std::size_t p = 0; p < count; ++p) {
        std::size_t rest = p;
        for (std::size_t t = horizon; t-- > 0;)
            for (std::size_t f = factors; f-- > 0; rest /= model.actions[f])
                policies[p][t][f] = rest % model.actions[f];
    }
    return policies;
}

Agent::Agent(const AgentModel& model, const AgentSettings& settings) : model_(model), settings_(settings) {
    check_model(model);
    for (const auto& [name, value] : {std::pair{"precision", settings.precision},
                                      {"choice_precision", settings.choice_precision},
                                      {"counts", settings.counts}})
        if (!(value > 0.0) || !std::isfinite(value))
            throw Error(fmt::format("'{}' of the agent is {}: it must be above 0", name, value));
    const std::size_t factors = model.states.size();
    for (const Policy& policy : settings.policies)
        for (const auto& step : policy)
            for (std::size_t f = 0; f < std::max(factors, step.size()); ++f)
                if (step.size() != factors || step[f] >= model.actions[f] ||
                    policy.size() != settings.policies[0].size())
                    throw Error(fmt::format(
                        "a policy has the actions ({}); a step has one action of each of {} factors, "
                        "below ({}), and all policies are equally long",
                        fmt::join(step, ", "), factors, fmt::join(model.actions, ", ")));
    if (!settings.sophisticated && (settings.policies.empty() || settings.policies[0].empty()))
        throw Error("the agent has no policies");
    if (settings.retrospective() && settings.sophisticated)
        throw Error(
            "sophisticated planning goes with filtered beliefs; other times are inferred under policies");
    if (settings.precision_steps > 0 && !settings.retrospective())
        throw Error(
            "precision has dynamics where the past tells policies apart: infer all times of a trial "
            "(variational or marginal)");
    if (settings.inference == AgentInference::variational)
        for (std::size_t f = 0; f < factors; ++f)
            if (model.states[f] > 1 &&
                *std::min_element(model.transition[f].begin(), model.transition[f].end()) <= 0.0)
                throw Error(fmt::format(
                    "mean-field beliefs about several times cannot hold the certain transitions of B[{}], "
                    "which has "
                    "a probability of 0: every uncertainty would cost about 700 nats. Use marginal messages",
                    f));
    joint_actions_ = [&] {
        std::vector<std::vector<std::size_t>> all;
        for (const Policy& p : all_policies(model, 1)) all.push_back(p[0]);
        return all;
    }();
    const std::size_t plans = settings.sophisticated ? joint_actions_.size() : settings.policies.size();
    if (!settings.habit.empty()) {
        if (settings.habit.size() != plans)
            throw TableShapeError(
                fmt::format("table E has {} values, but there are {} {}", settings.habit.size(), plans,
                            settings.sophisticated ? "actions" : "policies"),
                "E", "policies");
        check_table("E", settings.habit, {plans}, "a probability for each policy");
    }
    habit_ = settings.habit.empty() ? Table(plans, 1.0 / static_cast<double>(plans)) : settings.habit;
    habit_counts_ = scaled(habit_, settings.counts);
    log_habit_.resize(plans);
    logs(habit_, log_habit_);
    std::size_t stride = model.joint_states();
    for (std::size_t f = 0; f < factors; ++f) {
        stride /= model.states[f];
        std::vector<std::size_t>& of = state_of_.emplace_back(model.joint_states());
        for (std::size_t s = 0; s < of.size(); ++s) of[s] = s / stride % model.states[f];
    }
    const std::size_t times = model.preference_times();
    for (std::size_t m = 0; m < model.outcomes.size(); ++m) {
        const Table& c = model.preference[m];
        const std::size_t rows = model.outcomes[m], own = c.size() / rows;
        Table& counts = preference_counts_.emplace_back(rows * times);
        Table p(rows);
        for (std::size_t t = 0; t < times; ++t) {
            for (std::size_t o = 0; o < rows; ++o) p[o] = c[o * own + std::min(t, own - 1)];
            normalise_exponentials(p);
            for (std::size_t o = 0; o < rows; ++o) counts[o * times + t] = settings.counts * p[o];
        }
        to_probabilities(counts, rows, log_preference_.emplace_back(counts.size()));
        logs(log_preference_[m], log_preference_[m]);
    }
    for (const Table& a : model.likelihood) likelihood_counts_.push_back(scaled(a, settings.counts));
    for (const Table& b : model.transition) transition_counts_.push_back(scaled(b, settings.counts));
    for (const Table& d : model.initial) initial_counts_.push_back(scaled(d, settings.counts));
    log_likelihood_ = model.likelihood;
    joint_likelihood_.resize(model.joint_outcomes() * model.joint_states());
    prior_ = beliefs_ = before_ = log_prior_ = model.initial;
    log_sum_.resize(factors);
    joint_.resize(model.joint_states());
    evidence_.resize(joint_.size());
    posterior_.resize(plans);
    expected_.resize(plans);
    chosen_.resize(factors);
    Node node{model.initial, model.initial, joint_, joint_, {}, {}, {}, {}, {}, {}};
    node.outcome.resize(2 * model.joint_outcomes());
    node.seen.resize(model.outcomes.size());
    node.value.resize(joint_actions_.size());
    node.weight.resize(joint_actions_.size());
    node.parts.resize(joint_actions_.size());
    nodes_.assign(
        std::max<std::size_t>(1, settings.sophisticated ? settings.depth : settings.policies[0].size()),
        node);
    refresh_likelihood();
    refresh_utility();
    if (settings.retrospective()) {
        const std::size_t trial = settings.policies[0].size() + 1;
        averaged_.assign(trial, model.initial);
        policy_beliefs_.assign(plans, averaged_);
        seen_evidence_.assign(trial, joint_);
        seen_.assign(trial, std::vector<std::size_t>(model.outcomes.size()));
        log_transition_ = back_transition_ = model.transition;
        policy_energy_ = policy_value_ = expected_posterior_ = posterior_;
        precision_course_.resize(settings.precision_steps);
        refresh_transition();
    }
    begin_trial();
}

// What follows from A and its counts: logarithms, all modalities together, and what outcomes are worth in
// each joint state. Novelty is the sum over outcomes of A (1/a - 1/sum of a)/2 (Friston et al. 2017,
// eq. 2.13), 0 where a is 0.
void Agent::refresh_likelihood() {
    const std::size_t n = joint_.size();
    for (Table* x : {&entropy_, &novelty_}) x->assign(n, 0.0);
    std::fill(joint_likelihood_.begin(), joint_likelihood_.end(), 1.0);
    std::size_t stride = joint_likelihood_.size();
    for (std::size_t m = 0; m < model_.outcomes.size(); ++m) {
        const Table &a = model_.likelihood[m], &counts = likelihood_counts_[m];
        logs(a, log_likelihood_[m]);
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (a[i] > 0.0) entropy_[i % n] -= a[i] * log_likelihood_[m][i];
        }
        stride /= model_.outcomes[m];
        for (std::size_t i = 0; i < joint_likelihood_.size(); ++i)
            joint_likelihood_[i] *= a[i / stride % model_.outcomes[m] * n + i % n];
        for (std::size_t s = 0; s < n; ++s) {
            double sum = 0.0;
            for (std::size_t i = s; i < a.size(); i += n) sum += counts[i];
            for (std::size_t i = s; i < a.size(); i += n)
                if (counts[i] > 0.0) novelty_[s] += a[i] * 0.5 * (1.0 / counts[i] - 1.0 / sum);
        }
    }
    possible_.clear();
    for (std::size_t row = 0; row < joint_likelihood_.size() / n; ++row)
        if (std::any_of(&joint_likelihood_[row * n], &joint_likelihood_[row * n] + n,
                        [](double p) { return p > 0.0; }))
            possible_.push_back(row);
}

void Agent::refresh_utility() {
    const std::size_t n = joint_.size(), times = model_.preference_times();
    utility_.assign(times * n, 0.0);
    for (std::size_t m = 0; m < model_.outcomes.size(); ++m)
        for (std::size_t t = 0; t < times; ++t)
            for (std::size_t i = 0; i < model_.likelihood[m].size(); ++i)
                utility_[t * n + i % n] += model_.likelihood[m][i] * log_preference_[m][i / n * times + t];
}

void Agent::begin_trial() {
    prior_ = model_.initial;
    moved_ = false;
    time_ = 0;
    beta_ = 1.0 / settings_.precision;
}

void Agent::end_trial() {
    if (settings_.retrospective() && settings_.learns()) learn_trial();
}

// The product of marginals over all joint states: one factor after the other, from the end, in place.
void Agent::join(const Beliefs& q, Table& joint) const {
    std::size_t size = 1;
    joint[0] = 1.0;
    for (const Table& own : q) {
        for (std::size_t i = size; i-- > 0;) {
            const double p = joint[i];
            for (std::size_t k = own.size(); k-- > 0;) joint[i * own.size() + k] = p * own[k];
        }
        size *= own.size();
    }
}

// ln P(o | s) of all modalities together.
void Agent::add_evidence(const std::vector<std::size_t>& outcomes, Table& evidence) const {
    const std::size_t n = evidence.size();
    std::fill(evidence.begin(), evidence.end(), 0.0);
    for (std::size_t m = 0; m < outcomes.size(); ++m)
        for (std::size_t s = 0; s < n; ++s) evidence[s] += log_likelihood_[m][outcomes[m] * n + s];
}

// E[ln P(o | s)] over the other factors, added to the potential of each state of one.
void Agent::add_expected(const Beliefs& q, std::size_t factor, const Table& evidence,
                         Table& potential) const {
    for (std::size_t s = 0; s < evidence.size(); ++s) {
        double weight = 1.0;
        for (std::size_t g = 0; g < q.size(); ++g)
            if (g != factor) weight *= q[g][state_of_[g][s]];
        potential[state_of_[factor][s]] += weight * evidence[s];
    }
}

// ln q_f(s) = ln prior_f(s) + E[ln P(o | s)] over the other factors, in turn until nothing changes; F then.
double Agent::infer(const std::vector<std::size_t>& outcomes, const Beliefs& prior, Beliefs& q,
                    Table& evidence) {
    const std::size_t factors = q.size();
    add_evidence(outcomes, evidence);
    for (std::size_t f = 0; f < factors; ++f) {
        std::copy(prior[f].begin(), prior[f].end(), q[f].begin());
        logs(prior[f], log_prior_[f]);
    }
    for (std::size_t sweep = 0; sweep < settings_.sweeps; ++sweep) {
        double change = 0.0;
        for (std::size_t f = 0; f < factors; ++f) {
            std::copy(q[f].begin(), q[f].end(), before_[f].begin());
            std::copy(log_prior_[f].begin(), log_prior_[f].end(), q[f].begin());
            add_expected(q, f, evidence, q[f]);
            log_sum_[f] = normalise_exponentials(q[f]);
            for (std::size_t i = 0; i < q[f].size(); ++i)
                change = std::max(change, std::abs(q[f][i] - before_[f][i]));
        }
        if (factors == 1 || change < settings_.tolerance) break;
    }
    // The last factor's energies are those of its potentials; of the others, KL(q || prior).
    double energy = -log_sum_[factors - 1];
    for (std::size_t f = 0; f + 1 < factors; ++f) {
        logs(q[f], before_[f]);
        for (std::size_t i = 0; i < q[f].size(); ++i) energy += q[f][i] * (before_[f][i] - log_prior_[f][i]);
    }
    return energy;
}

void Agent::observe(const std::vector<std::size_t>& outcomes) {
    const std::size_t n = joint_.size();
    if (outcomes.size() != model_.outcomes.size())
        throw Error(fmt::format("{} outcomes were given, but there are {} modalities", outcomes.size(),
                                model_.outcomes.size()));
    std::size_t seen = 0;
    for (std::size_t m = 0; m < outcomes.size(); ++m) {
        if (outcomes[m] >= model_.outcomes[m])
            throw ObservationError(fmt::format("outcome {} of modality {} does not exist: there are {}",
                                               outcomes[m], m, model_.outcomes[m]),
                                   outcomes[m], m);
        seen = seen * model_.outcomes[m] + outcomes[m];
    }
    join(prior_, joint_);
    double possible = 0.0;
    for (std::size_t s = 0; s < n; ++s) possible += joint_[s] * joint_likelihood_[seen * n + s];
    if (!(possible > 0.0))
        throw ObservationError(fmt::format("outcomes ({}) are impossible under what the agent believes",
                                           fmt::join(outcomes, ", ")),
                               outcomes[0], 0);
    if (settings_.learn_preference > 0.0) learn_preferences(outcomes);
    if (settings_.retrospective()) {
        if (time_ == seen_.size())
            throw Error(fmt::format("policies of {} actions end before observation {} of the trial",
                                    seen_.size() - 1, time_ + 1));
        seen_[time_] = outcomes;
        add_evidence(outcomes, seen_evidence_[time_++]);
        return infer_policies();
    }
    ++time_;
    if (moved_ && settings_.learn_transition > 0.0) nodes_[0].believed = beliefs_;  // where it came from
    free_energy_ = infer(outcomes, prior_, beliefs_, evidence_);
    learn(outcomes);
}

void Agent::predict(const Beliefs& q, const std::size_t* actions, Beliefs& next) const {
    for (std::size_t f = 0; f < q.size(); ++f) {
        const std::size_t size = q[f].size(), count = model_.actions[f];
        const double* b = model_.transition[f].data() + actions[f];
        for (std::size_t i = 0; i < size; ++i) {
            double sum = 0.0;
            for (std::size_t j = 0; j < size; ++j) sum += b[(i * size + j) * count] * q[f][j];
            next[f][i] = sum;
        }
    }
}

// One step ahead, where q is what is predicted: information is the entropy of outcomes less the expected one.
ExpectedFreeEnergy Agent::value_of(const Beliefs& q, std::size_t time, Table& joint, Table& outcome) const {
    join(q, joint);
    const std::size_t n = joint.size();
    const auto expect = [&](const double* row) {
        double sum = 0.0;
        for (std::size_t s = 0; s < n; ++s) sum += row[s] * joint[s];
        return sum;
    };
    ExpectedFreeEnergy g;
    if (settings_.pragmatic) g.pragmatic = expect(&utility_[std::min(time, utility_.size() / n - 1) * n]);
    if (settings_.parameter_information) g.parameter_information = expect(novelty_.data());
    if (!settings_.state_information) return g;
    const std::size_t rows = possible_.size();
    double *p = outcome.data(), *log_p = p + rows;
    for (std::size_t i = 0; i < rows; ++i) {
        p[i] = expect(&joint_likelihood_[possible_[i] * n]);
        log_p[i] = std::max(p[i], std::numeric_limits<double>::min());
    }
    take_log(log_p, log_p, rows);
    for (std::size_t i = 0; i < rows; ++i) g.state_information -= p[i] * log_p[i];
    g.state_information -= expect(entropy_.data());
    return g;
}

double Agent::total(const ExpectedFreeEnergy& g) const {
    return -(g.pragmatic + g.state_information + g.parameter_information);
}

// Steps that a policy has in common with the one before it are not done again.
void Agent::evaluate_policies(std::size_t left) {
    const auto& policies = settings_.policies;
    const std::size_t depth = std::min(left, policies[0].size());
    for (std::size_t p = 0; p < policies.size(); ++p) {
        std::size_t t = 0;
        while (p > 0 && t < depth && policies[p][t] == policies[p - 1][t]) ++t;
        for (; t < depth; ++t) {
            Node& node = nodes_[t];
            predict(t == 0 ? beliefs_ : nodes_[t - 1].predicted, policies[p][t].data(), node.predicted);
            node.sum = value_of(node.predicted, time_ + t, node.joint, node.outcome);
            if (t == 0) continue;
            node.sum.pragmatic += nodes_[t - 1].sum.pragmatic;
            node.sum.state_information += nodes_[t - 1].sum.state_information;
            node.sum.parameter_information += nodes_[t - 1].sum.parameter_information;
        }
        expected_[p] = depth > 0 ? nodes_[depth - 1].sum : ExpectedFreeEnergy{};
        posterior_[p] = log_habit_[p] - settings_.precision * total(expected_[p]);
    }
    normalise_exponentials(posterior_);
}

void Agent::weigh(const Table& value, Table& weight) const {
    for (std::size_t u = 0; u < value.size(); ++u) weight[u] = -settings_.precision * value[u];
    normalise_exponentials(weight);
}

// G(u) = one step + E over outcomes of E over actions that would then be taken of their G, parts alike.
void Agent::search(const Beliefs& q, std::size_t depth, std::size_t level) {
    Node& node = nodes_[level];
    for (std::size_t u = 0; u < joint_actions_.size(); ++u) {
        predict(q, joint_actions_[u].data(), node.predicted);
        ExpectedFreeEnergy sum = value_of(node.predicted, time_ + level, node.joint, node.outcome);
        if (depth > 1) {
            const std::size_t n = node.joint.size();
            for (const std::size_t c : possible_) {
                std::size_t rest = c;
                for (std::size_t m = model_.outcomes.size(); m-- > 0; rest /= model_.outcomes[m])
                    node.seen[m] = rest % model_.outcomes[m];
                double p = 0.0;
                for (std::size_t s = 0; s < n; ++s) p += joint_likelihood_[c * n + s] * node.joint[s];
                if (!(p > settings_.prune)) continue;
                infer(node.seen, node.predicted, node.believed, node.evidence);
                search(node.believed, depth - 1, level + 1);
                const Node& next = nodes_[level + 1];
                for (std::size_t v = 0; v < joint_actions_.size(); ++v) {
                    sum.pragmatic += p * next.weight[v] * next.parts[v].pragmatic;
                    sum.state_information += p * next.weight[v] * next.parts[v].state_information;
                    sum.parameter_information += p * next.weight[v] * next.parts[v].parameter_information;
                }
            }
        }
        node.parts[u] = sum;
        node.value[u] = total(sum);
    }
    weigh(node.value, node.weight);
}

const std::vector<std::size_t>& Agent::act(std::size_t left, double uniform) {
    if (settings_.retrospective() && (time_ == 0 || time_ == seen_.size()))
        throw Error("an action of a policy follows an observation, and none follows the trial's last one");
    if (settings_.sophisticated) {
        search(beliefs_, std::clamp<std::size_t>(settings_.depth, 1, std::max<std::size_t>(left, 1)), 0);
        for (std::size_t u = 0; u < posterior_.size(); ++u) {
            expected_[u] = nodes_[0].parts[u];
            posterior_[u] = log_habit_[u] - settings_.precision * nodes_[0].value[u];
        }
        normalise_exponentials(posterior_);
    } else if (!settings_.retrospective()) {
        evaluate_policies(left);
    }
    choose(uniform);
    if (settings_.learn_habit > 0.0 && !settings_.retrospective()) {
        for (std::size_t p = 0; p < posterior_.size(); ++p)
            habit_counts_[p] += settings_.learn_habit * posterior_[p];
        to_probabilities(habit_counts_, posterior_.size(), habit_);
        logs(habit_, log_habit_);
    }
    predict(beliefs_, chosen_.data(), prior_);
    moved_ = true;
    return chosen_;
}

// The first action of policies, by their posterior; ties go to the first.
void Agent::choose(double uniform) {
    Table& weight = nodes_[0].weight;
    std::fill(weight.begin(), weight.end(), 0.0);
    for (std::size_t p = 0; p < posterior_.size(); ++p) {
        std::size_t joint = p;
        if (!settings_.sophisticated) {
            joint = 0;
            for (std::size_t f = 0; f < chosen_.size(); ++f)
                joint = joint * model_.actions[f] +
                        settings_.policies[p][settings_.retrospective() ? time_ - 1 : 0][f];
        }
        weight[joint] += posterior_[p];
    }
    std::size_t best =
        static_cast<std::size_t>(std::max_element(weight.begin(), weight.end()) - weight.begin());
    if (settings_.sample) {
        logs(weight, weight);
        for (double& w : weight) w *= settings_.choice_precision;
        normalise_exponentials(weight);
        double sum = 0.0;
        for (std::size_t u = 0; u < weight.size(); ++u) {
            if (weight[u] > 0.0) best = u;
            if ((sum += weight[u]) > uniform) break;
        }
    }
    std::copy(joint_actions_[best].begin(), joint_actions_[best].end(), chosen_.begin());
}

// Dirichlet counts grow by what was believed to have happened (Friston et al. 2017, eq. 2.9).
void Agent::learn(const std::vector<std::size_t>& outcomes) {
    if (settings_.learn_likelihood > 0.0) {
        join(beliefs_, joint_);
        const std::size_t n = joint_.size();
        for (std::size_t m = 0; m < outcomes.size(); ++m) {
            for (std::size_t s = 0; s < n; ++s)
                likelihood_counts_[m][outcomes[m] * n + s] += settings_.learn_likelihood * joint_[s];
            to_probabilities(likelihood_counts_[m], model_.outcomes[m], model_.likelihood[m]);
        }
        refresh_likelihood();
        refresh_utility();
    }
    for (std::size_t f = 0; f < beliefs_.size(); ++f) {
        const std::size_t size = beliefs_[f].size();
        if (moved_ && settings_.learn_transition > 0.0) {
            for (std::size_t i = 0; i < size; ++i)
                for (std::size_t j = 0; j < size; ++j)
                    transition_counts_[f][(i * size + j) * model_.actions[f] + chosen_[f]] +=
                        settings_.learn_transition * beliefs_[f][i] * nodes_[0].believed[f][j];
            to_probabilities(transition_counts_[f], size, model_.transition[f]);
        }
        if (!moved_ && settings_.learn_initial > 0.0) {
            for (std::size_t i = 0; i < size; ++i)
                initial_counts_[f][i] += settings_.learn_initial * beliefs_[f][i];
            to_probabilities(initial_counts_[f], size, model_.initial[f]);
        }
    }
}

void Agent::learn_preferences(const std::vector<std::size_t>& outcomes) {
    const std::size_t times = model_.preference_times();
    for (std::size_t m = 0; m < outcomes.size(); ++m) {
        preference_counts_[m][outcomes[m] * times + std::min(time_, times - 1)] += settings_.learn_preference;
        to_probabilities(preference_counts_[m], model_.outcomes[m], log_preference_[m]);
        logs(log_preference_[m], log_preference_[m]);
    }
    refresh_utility();
}

}  // namespace neurodyn::inference
