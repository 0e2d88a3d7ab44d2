// SPDX-License-Identifier: BSD-3-Clause
// Reading agents and their world, and what they saw, believed and did as results.
#include "experiment/agent_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "experiment/agent_tables.hpp"
#include "inference/agent_trials.hpp"

namespace neurodyn::experiment {
namespace {

using analysis::Dimension;
using analysis::Result;
using inference::AgentModel;
using inference::AgentRecord;
using inference::Table;

struct AgentSpec {
    std::string name;
    Place place;
    std::vector<Named> states, outcomes, actions;  ///< actions: of each factor, in their order
    inference::AgentTrials trials;
};

Dimension labelled(const std::string& name, const std::vector<std::string>& labels) {
    return {name, labels.size(), "", {}, labels};
}

Dimension counted(const std::string& name, std::size_t size, double first) {
    Dimension d{name, size, "", std::vector<double>(size)};
    std::iota(d.values.begin(), d.values.end(), first);
    return d;
}

class AgentTask : public InferenceTask {
  public:
    explicit AgentTask(AgentSpec spec) : spec_(std::move(spec)) {}

    Result outline(Problems& problems) const override {
        try {
            inference::check_trials(spec_.trials);
        } catch (const Error& error) {
            problems.add(spec_.place, fmt::format("agents '{}': {}", spec_.name, error.what()));
        }
        return results({}, false);
    }

    Result run(const InferenceRun& run) const override {
        return results(inference::run_agents(spec_.trials, run.threads, run.on_progress), true);
    }

  private:
    std::size_t plans() const {
        const auto& t = spec_.trials;
        return t.settings.sophisticated ? t.model.joint_actions() : t.settings.policies.size();
    }

    std::vector<std::string> plan_names() const {
        const auto& t = spec_.trials;
        const std::vector<inference::Policy> all =
            t.settings.sophisticated ? inference::all_policies(t.model, 1) : t.settings.policies;
        std::vector<std::string> names;
        for (const auto& policy : all) {
            std::string name;
            for (const auto& step : policy)
                for (std::size_t f = 0; f < step.size(); ++f)
                    if (spec_.actions[f].items.size() > 1)
                        name += (name.empty() ? "" : " ") + spec_.actions[f].items[step[f]];
            names.push_back(name.empty() ? "wait" : name);
        }
        return names;
    }

    // How often each item happened at one time of the trials `first` to `last`, over all agents.
    Table shares(const std::vector<std::size_t>& events, std::size_t items, std::size_t times,
                 std::size_t time, std::size_t first, std::size_t last) const {
        const auto& t = spec_.trials;
        Table share(items, 0.0);
        for (std::size_t a = 0; a < t.agents; ++a)
            for (std::size_t trial = first; trial < last; ++trial)
                share[events[(a * t.trials + trial) * times + time]] += 1.0;
        for (double& x : share) x /= static_cast<double>(t.agents * (last - first));
        return share;
    }

    void add_shares(Result& result, const std::string& what, const Named& own,
                    const std::vector<std::size_t>* events, std::size_t times, std::size_t trials) const {
        const Dimension item = labelled(own.name + "_" + what, own.items);
        const Dimension time = counted(what == "action" ? "action_time" : "time", times, 1.0);
        const Dimension trial = counted("trial", spec_.trials.trials, 1.0);
        Table by_time, by_trial, last;
        for (std::size_t i = 0; events != nullptr && i < times; ++i) {
            last = shares(*events, item.size, times, i, 0, trials);
            by_time.insert(by_time.end(), last.begin(), last.end());
        }
        for (std::size_t i = 0; events != nullptr && i < trial.size; ++i) {
            const Table share = i < trials ? shares(*events, item.size, times, times - 1, i, i + 1)
                                           : Table(item.size, std::nan(""));
            by_trial.insert(by_trial.end(), share.begin(), share.end());
        }
        const std::string name = what + "_" + own.name;
        if (what == "action") {
            Table first(by_time.begin(),
                        by_time.begin() + static_cast<std::ptrdiff_t>(by_time.empty() ? 0 : item.size));
            result.add({"first_" + name, "share of agents and trials, at the first time", "", {item}, first});
        }
        result.add({"last_" + name, "share of agents and trials, at the last time", "", {item}, last});
        result.add({name + "_by_time", "share of agents and trials", "", {time, item}, by_time});
        if (trial.size > 1)
            result.add({name + "_by_trial",
                        "share of agents, at the last time of a trial",
                        "",
                        {trial, item},
                        by_trial});
    }

    Result results(const AgentRecord& r, bool filled) const {
        const auto& t = spec_.trials;
        Result result;
        for (std::size_t m = 0; m < spec_.outcomes.size(); ++m)
            add_shares(result, "outcome", spec_.outcomes[m], filled ? &r.outcomes[m] : nullptr, t.times,
                       r.trials);
        for (std::size_t f = 0; f < spec_.actions.size(); ++f)
            if (spec_.actions[f].items.size() > 1 && t.times > 1)
                add_shares(result, "action", spec_.actions[f], filled ? &r.actions[f] : nullptr, t.times - 1,
                           r.trials);
        if (t.keep) add_details(result, r, filled);
        if (t.settings.learns()) add_tables(result, r, filled);
        return result;
    }

    void add_details(Result& result, const AgentRecord& r, bool filled) const {
        const auto& t = spec_.trials;
        const std::vector<Dimension> seen{counted("agent", t.agents, 0.0), counted("trial", t.trials, 1.0),
                                          counted("time", t.times, 1.0)};
        const auto as_numbers = [&](const std::vector<std::vector<std::size_t>>& events, std::size_t i) {
            return filled ? Table(events[i].begin(), events[i].end()) : Table{};
        };
        for (std::size_t m = 0; m < spec_.outcomes.size(); ++m)
            result.add({"outcome_" + spec_.outcomes[m].name, "what was seen, from 0", "", seen,
                        as_numbers(r.outcomes, m)});
        for (std::size_t f = 0; f < spec_.states.size(); ++f) {
            const Named& own = spec_.states[f];
            result.add({"state_" + own.name, "of the world, from 0", "", seen, as_numbers(r.states, f)});
            std::vector<Dimension> of = seen;
            of.push_back(labelled(own.name + "_state", own.items));
            result.add({"belief_" + own.name, "probability of each state after what was seen", "", of,
                        filled ? r.beliefs[f] : Table{}});
            if (t.settings.retrospective())
                result.add({"smoothed_" + own.name, "probability of each state after the whole trial", "", of,
                            filled ? r.smoothed[f] : Table{}});
        }
        result.add({"free_energy", "of each observation, nats", "", seen, r.free_energy});
        if (t.times < 2) return;
        std::vector<Dimension> acted{seen[0], seen[1], counted("action_time", t.times - 1, 1.0)};
        for (std::size_t f = 0; f < spec_.actions.size(); ++f)
            if (spec_.actions[f].items.size() > 1)
                result.add({"action_" + spec_.actions[f].name, "what was done, from 0", "", acted,
                            as_numbers(r.actions, f)});
        acted.push_back(labelled(t.settings.sophisticated ? "next_action" : "policy", plan_names()));
        Table expected(r.pragmatic.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            expected[i] = -(r.pragmatic[i] + r.state_information[i] + r.parameter_information[i]);
        result.add({"expected_free_energy", "of each plan, nats", "", acted, expected});
        result.add({"pragmatic_value", "expected log preference, nats", "", acted, r.pragmatic});
        result.add({"state_information", "expected information gain about states, nats", "", acted,
                    r.state_information});
        result.add({"parameter_information", "expected information gain about A (novelty), nats", "", acted,
                    r.parameter_information});
        result.add({"plan_probability", "posterior of each plan", "", acted, r.posterior});
        if (t.settings.retrospective())
            result.add({"policy_free_energy", "of each policy, given what was seen, nats", "", acted,
                        r.policy_free_energy});
        if (t.settings.precision_steps > 0) {
            std::vector<Dimension> steps = seen;
            steps.push_back(counted("step", t.settings.precision_steps, 1.0));
            result.add({"policy_precision", "gamma, at each step of its dynamics", "", steps, r.precision});
        }
    }

    // The mean over agents of what they learned.
    void add_tables(Result& result, const AgentRecord& r, bool filled) const {
        const auto& t = spec_.trials;
        const auto mean = [&](const std::vector<Table>& tables, std::size_t each, std::size_t i) {
            Table sum;
            for (std::size_t a = 0; filled && a < t.agents; ++a) {
                const Table& own = tables[a * each + i];
                sum.resize(own.size(), 0.0);
                for (std::size_t k = 0; k < own.size(); ++k) sum[k] += own[k] / static_cast<double>(t.agents);
            }
            return sum;
        };
        for (std::size_t m = 0; m < spec_.outcomes.size(); ++m)
            result.add({"likelihood_" + spec_.outcomes[m].name,
                        "A at the end, mean over agents",
                        "",
                        {labelled(spec_.outcomes[m].name + "_outcome", spec_.outcomes[m].items),
                         {"joint_state", t.model.joint_states()}},
                        mean(r.likelihood, spec_.outcomes.size(), m)});
        for (std::size_t m = 0; t.settings.learn_preference > 0.0 && m < spec_.outcomes.size(); ++m)
            result.add({"preference_" + spec_.outcomes[m].name,
                        "ln P(o) at the end, mean over agents",
                        "",
                        {labelled(spec_.outcomes[m].name + "_outcome", spec_.outcomes[m].items),
                         counted("preferred_at", t.model.preference_times(), 1.0)},
                        mean(r.preference, spec_.outcomes.size(), m)});
        result.add({"habit",
                    "E at the end, mean over agents",
                    "",
                    {labelled(t.settings.sophisticated ? "next_action" : "policy", plan_names())},
                    mean(r.habit, 1, 0)});
        for (std::size_t f = 0; f < spec_.states.size(); ++f) {
            const Named& own = spec_.states[f];
            const Dimension state = labelled(own.name + "_state", own.items);
            result.add({"initial_" + own.name,
                        "D at the end, mean over agents",
                        "",
                        {state},
                        mean(r.initial, spec_.states.size(), f)});
            result.add({"transition_" + own.name,
                        "B at the end (next state, state, action), mean over agents",
                        "",
                        {{"next_" + own.name, own.items.size()},
                         state,
                         labelled(own.name + "_action", spec_.actions[f].items)},
                        mean(r.transition, spec_.states.size(), f)});
        }
    }

    AgentSpec spec_;
};

class Reader {
  public:
    Reader(const InferenceContext& context, Problems& problems)
        : context_(context),
          problems_(problems),
          section_(context.node, problems, fmt::format("agents '{}'", context.name)) {}

    AgentSpec read() {
        spec_.name = context_.name;
        spec_.place = context_.place;
        auto& t = spec_.trials;
        t.seed = section_.integer("seed", 0, UINT64_MAX).value_or(context_.seed);
        t.agents = count(section_, "agents", 1);
        t.trials = count(section_, "trials", 1);
        t.times = count(section_, "times", 2);
        t.keep = section_.boolean("record", true);
        read_sizes();
        read_model(section_, t.model, nullptr);
        t.world = t.model;
        if (const Node* world = section_.get("world")) {
            Section own(*world, problems_, fmt::format("'world' of {}", section_.what()));
            read_model(own, t.world, &t.model);
            own.finish();
        }
        read_preferences();
        t.settings.inference = static_cast<inference::AgentInference>(
            read_choice(section_, "inference", {"filtered", "variational", "marginal"}, problems_));
        read_planning();
        read_learning();
        section_.finish();
        return std::move(spec_);
    }

  private:
    std::size_t count(Section& section, const std::string& key, std::size_t fallback) {
        return static_cast<std::size_t>(section.integer(key, 1, 100'000'000).value_or(fallback));
    }

    void read_sizes() {
        spec_.states = read_named(section_, "states", problems_);
        spec_.outcomes = read_named(section_, "outcomes", problems_);
        const std::vector<Named> actions = read_named(section_, "actions", problems_);
        for (const auto* all : {&spec_.states, &spec_.outcomes})
            if (all->empty())
                problems_.add(spec_.place, fmt::format("{} needs 'states' and 'outcomes'", section_.what()),
                              "for example states: {context: [left, right]}, outcomes: {cue: [left, right]}");
        for (const Named& own : actions) {
            const Node& node = *section_.get("actions");
            find_named(spec_.states, {own.name, node.find(own.name)->place}, "factor of states", problems_);
        }
        AgentModel& m = spec_.trials.model;
        for (const Named& own : spec_.states) {
            const auto found = std::find_if(actions.begin(), actions.end(),
                                            [&](const Named& a) { return a.name == own.name; });
            spec_.actions.push_back(found == actions.end() ? Named{own.name, {"none"}} : *found);
            m.states.push_back(own.items.size());
            m.actions.push_back(spec_.actions.back().items.size());
        }
        for (const Named& own : spec_.outcomes) m.outcomes.push_back(own.items.size());
    }

    // The entries of one kind of table; `fallback` fills those that are left out.
    template <class Read, class Fallback>
    void read_tables(Section& section, const std::string& key, const std::vector<Named>& owners,
                     const Read& read, const Fallback& fallback) {
        const Node* node = section.get(key);
        for (std::size_t i = 0; node != nullptr && i < node->keys.size(); ++i)
            find_named(owners, {node->keys[i], node->key_places[i]}, "owner of a table in '" + key + "'",
                       problems_);
        for (std::size_t i = 0; i < owners.size(); ++i) {
            const Node* own = node == nullptr ? nullptr : node->find(owners[i].name);
            if (own != nullptr)
                read(i, *own, fmt::format("'{}' of '{}'", key, owners[i].name));
            else
                fallback(i);
        }
    }

    // `from`: what a table that is left out is taken from; null: there must be one, or even (initial) or
    // still (B).
    void read_model(Section& section, AgentModel& m, const AgentModel* from) {
        const AgentModel& sizes = spec_.trials.model;
        if (from == nullptr) {
            m.likelihood.resize(sizes.outcomes.size());
            m.transition.resize(sizes.states.size());
            m.initial.resize(sizes.states.size());
        }
        read_tables(
            section, "likelihood", spec_.outcomes,
            [&](std::size_t i, const Node& node, const std::string& what) {
                m.likelihood[i] = read_likelihood(i, node, what);
            },
            [&](std::size_t i) {
                if (from == nullptr)
                    problems_.add(
                        section.place(),
                        fmt::format("{} has no 'likelihood' of '{}'", section.what(), spec_.outcomes[i].name),
                        "how probable its outcomes are in each state: [outcome][state of the first "
                        "factor]...");
            });
        read_tables(
            section, "transition", spec_.states,
            [&](std::size_t i, const Node& node, const std::string& what) {
                m.transition[i] = read_transition(i, node, what);
            },
            [&](std::size_t i) {
                if (from == nullptr) m.transition[i] = still(i);
            });
        read_tables(
            section, "initial", spec_.states,
            [&](std::size_t i, const Node& node, const std::string& what) {
                m.initial[i] = read_table(node, {sizes.states[i]}, what, context_.directory, problems_);
            },
            [&](std::size_t i) {
                if (from == nullptr)
                    m.initial[i].assign(sizes.states[i], 1.0 / static_cast<double>(sizes.states[i]));
            });
    }

    // Nested lists, a file, or {identity: FACTOR}: the outcome is the state of this factor.
    Table read_likelihood(std::size_t modality, const Node& node, const std::string& what) {
        const AgentModel& m = spec_.trials.model;
        std::vector<std::size_t> shape{m.outcomes[modality]};
        shape.insert(shape.end(), m.states.begin(), m.states.end());
        if (node.kind != Node::Kind::map) return read_table(node, shape, what, context_.directory, problems_);
        Section section(node, problems_, what);
        const Text name = section.required_text("identity", "the factor whose state is seen");
        section.finish();
        const Named* factor = find_named(spec_.states, name, "factor of states", problems_);
        if (factor == nullptr) return {};
        const auto f = static_cast<std::size_t>(factor - spec_.states.data());
        if (m.states[f] != m.outcomes[modality]) {
            problems_.add(node.place, fmt::format("{} has {} outcomes, but '{}' {} states", what,
                                                  m.outcomes[modality], name.value, m.states[f]));
            return {};
        }
        const std::size_t n = m.joint_states();
        std::size_t stride = 1;
        for (std::size_t g = f + 1; g < m.states.size(); ++g) stride *= m.states[g];
        Table table(m.outcomes[modality] * n, 0.0);
        for (std::size_t s = 0; s < n; ++s) table[s / stride % m.states[f] * n + s] = 1.0;
        return table;
    }

    Table still(std::size_t f) const {
        const AgentModel& m = spec_.trials.model;
        Table table(m.states[f] * m.states[f] * m.actions[f], 0.0);
        for (std::size_t s = 0; s < m.states[f]; ++s)
            std::fill_n(table.begin() + static_cast<std::ptrdiff_t>((s * m.states[f] + s) * m.actions[f]),
                        m.actions[f], 1.0);
        return table;
    }

    // Nested lists, a file, or {next: [[1, 0], ...]}: for each state, where each action leads, by number from
    // 0 or name.
    Table read_transition(std::size_t f, const Node& node, const std::string& what) {
        const AgentModel& m = spec_.trials.model;
        const std::size_t n = m.states[f], u = m.actions[f];
        if (node.kind != Node::Kind::map)
            return read_table(node, {n, n, u}, what, context_.directory, problems_);
        Section section(node, problems_, what);
        const Node* next = section.get("next");
        section.finish();
        if (next == nullptr || next->items.size() != n) {
            problems_.add(node.place, fmt::format("{} needs 'next', a list of {} states", what, n),
                          "for each state, where each action leads");
            return {};
        }
        Table table(n * n * u, 0.0);
        for (std::size_t s = 0; s < n; ++s) {
            if (next->items[s].items.size() != u) {
                problems_.add(next->items[s].place,
                              fmt::format("{}: state '{}' has {} next states, but there are {} actions", what,
                                          spec_.states[f].items[s], next->items[s].items.size(), u));
                return {};
            }
            for (std::size_t a = 0; a < u; ++a) {
                const Node& to = next->items[s].items[a];
                const auto at = item(spec_.states[f], to_text(to), "state");
                if (at) table[(*at * n + s) * u + a] = 1.0;
            }
        }
        return table;
    }

    std::optional<std::size_t> item(const Named& of, const Text& name, const std::string& what) {
        const auto found = std::find(of.items.begin(), of.items.end(), name.value);
        if (found != of.items.end()) return static_cast<std::size_t>(found - of.items.begin());
        if (const auto number = to_number(name.value); number && *number >= 0.0 &&
                                                       *number < static_cast<double>(of.items.size()) &&
                                                       *number == std::floor(*number))
            return static_cast<std::size_t>(*number);
        problems_.add(name.place, fmt::format("'{}' has no {} '{}'", of.name, what, name.value),
                      did_you_mean(name.value, of.items));
        return {};
    }

    void read_preferences() {
        AgentModel& m = spec_.trials.model;
        m.preference.resize(m.outcomes.size());
        read_tables(
            section_, "preferences", spec_.outcomes,
            [&](std::size_t i, const Node& node, const std::string& what) {
                const bool timed = !node.items.empty() && !node.items[0].items.empty();
                const std::vector<std::size_t> shape =
                    timed ? std::vector{m.outcomes[i], spec_.trials.times} : std::vector{m.outcomes[i]};
                m.preference[i] = read_table(node, shape, what, context_.directory, problems_);
            },
            [&](std::size_t i) { m.preference[i].assign(m.outcomes[i], 0.0); });
        spec_.trials.world.preference = m.preference;
    }

    void read_planning() {
        auto& s = spec_.trials.settings;
        const Node* node = section_.get("planning");
        static const Node empty;
        Section planning(node != nullptr ? *node : empty, problems_,
                         fmt::format("'planning' of {}", section_.what()));
        s.sophisticated = planning.boolean("sophisticated", false);
        const std::size_t horizon =
            count(planning, "horizon", spec_.trials.times > 1 ? spec_.trials.times - 1 : 1);
        s.depth = horizon;
        s.prune = planning.number("prune").value_or(s.prune);
        s.precision = planning.number("precision").value_or(s.precision);
        if (planning.boolean("infer_precision", false))
            s.precision_steps = count(planning, "precision_steps", 16);
        s.pragmatic = planning.boolean("pragmatic", true);
        s.state_information = planning.boolean("state_information", true);
        s.parameter_information = planning.boolean("parameter_information", false);
        s.sample = planning.boolean("sample", false);
        s.choice_precision = planning.number("choice_precision").value_or(1.0);
        s.habit = read_numbers(planning, "habit", problems_);
        read_policies(planning, horizon);
        if (node != nullptr) planning.finish();
    }

    // policies: [[left, right], ...]: names of actions, one for each time, where one factor is controlled;
    // left out: all
    void read_policies(Section& planning, std::size_t horizon) {
        auto& t = spec_.trials;
        const Node* node = planning.get("policies");
        if (node == nullptr) {
            if (!t.settings.sophisticated && problems_.size() == 0) try {
                    t.settings.policies = inference::all_policies(t.model, horizon);
                } catch (const Error& error) {
                    problems_.add(spec_.place, fmt::format("{}: {}", section_.what(), error.what()));
                }
            return;
        }
        std::vector<std::size_t> controlled;
        for (std::size_t f = 0; f < spec_.actions.size(); ++f)
            if (spec_.actions[f].items.size() > 1) controlled.push_back(f);
        if (t.settings.sophisticated || controlled.size() != 1)
            return problems_.add(node->place,
                                 "policies are listed where one factor is controlled, and planning is not "
                                 "sophisticated");
        for (const Node& list : node->items) {
            inference::Policy policy;
            for (const Node& action : list.items) {
                policy.emplace_back(spec_.actions.size(), 0);
                policy.back()[controlled[0]] =
                    item(spec_.actions[controlled[0]], to_text(action), "action").value_or(0);
            }
            t.settings.policies.push_back(std::move(policy));
        }
    }

    void read_learning() {
        auto& s = spec_.trials.settings;
        const Node* node = section_.get("learning");
        if (node == nullptr) return;
        Section learning(*node, problems_, fmt::format("'learning' of {}", section_.what()));
        for (const auto& [key, into] : {std::pair{"habit", &s.learn_habit},
                                        {"likelihood", &s.learn_likelihood},
                                        {"transition", &s.learn_transition},
                                        {"initial", &s.learn_initial},
                                        {"preferences", &s.learn_preference},
                                        {"counts", &s.counts}})
            if (const auto value = learning.number(key)) {
                *into = *value;
                if (!(*value >= 0.0) || !std::isfinite(*value))
                    problems_.add(learning.get(key)->place,
                                  fmt::format("'{}' of {} is {}: it must not be negative", key,
                                              learning.what(), *value));
            }
        learning.finish();
    }

    const InferenceContext& context_;
    Problems& problems_;
    Section section_;
    AgentSpec spec_;
};

}  // namespace

std::shared_ptr<const InferenceTask> read_agents(const InferenceContext& context, Problems& problems) {
    const std::size_t before = problems.size();
    AgentSpec spec = Reader(context, problems).read();
    if (problems.size() > before) return nullptr;
    return std::make_shared<AgentTask>(std::move(spec));
}

}  // namespace neurodyn::experiment
