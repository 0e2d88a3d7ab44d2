// SPDX-License-Identifier: BSD-3-Clause
#include "inference/agent_trials.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <omp.h>

#include <algorithm>
#include <exception>

#include "base/random.hpp"

namespace neurodyn::inference {
namespace {

constexpr std::uint16_t world_stream = 0xf13, choice_stream = 0xf14;

// The row of a column of probabilities that a uniform number falls in.
std::size_t draw(const double* column, std::size_t rows, std::size_t stride, double uniform) {
    double sum = 0.0;
    std::size_t last = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        if (column[r * stride] > 0.0) last = r;
        if ((sum += column[r * stride]) > uniform) break;
    }
    return last;
}

// What happens to one agent.
class Episode {
  public:
    Episode(const AgentTrials& trials, AgentRecord& record, std::size_t index)
        : trials_(trials),
          record_(record),
          index_(index),
          agent_(trials.model, trials.settings),
          states_(trials.world.states.size()),
          outcomes_(trials.world.outcomes.size()) {}

    void run(std::size_t trial) {
        const AgentModel& world = trials_.world;
        agent_.begin_trial();
        for (std::size_t f = 0; f < states_.size(); ++f)
            states_[f] = draw(world.initial[f].data(), world.states[f], 1, uniform(trial, 0));
        for (std::size_t time = 0; time < trials_.times; ++time) {
            show(trial, time);
            agent_.observe(outcomes_);
            keep(trial, time);
            if (time + 1 < trials_.times) act(trial, time);
        }
        agent_.end_trial();
        smooth(trial);
    }

    const Agent& agent() const { return agent_; }

  private:
    std::size_t at(std::size_t trial, std::size_t time, std::size_t times) const {
        return (index_ * trials_.trials + trial) * times + time;
    }

    double uniform(std::size_t trial, std::size_t time) {
        if (drawn_for_ != std::pair{trial, time}) draws_ = 0;
        drawn_for_ = {trial, time};
        return uniform_at(trials_.seed, world_stream, trial * trials_.times + time, draws_++,
                          static_cast<std::uint32_t>(index_));
    }

    void show(std::size_t trial, std::size_t time) {
        const AgentModel& world = trials_.world;
        std::size_t joint = 0;
        for (std::size_t f = 0; f < states_.size(); ++f) {
            joint = joint * world.states[f] + states_[f];
            record_.states[f][at(trial, time, trials_.times)] = states_[f];
        }
        const std::size_t n = world.joint_states();
        for (std::size_t m = 0; m < outcomes_.size(); ++m) {
            outcomes_[m] =
                draw(world.likelihood[m].data() + joint, world.outcomes[m], n, uniform(trial, time));
            record_.outcomes[m][at(trial, time, trials_.times)] = outcomes_[m];
        }
    }

    void keep(std::size_t trial, std::size_t time) {
        if (!trials_.keep) return;
        const std::size_t i = at(trial, time, trials_.times);
        record_.free_energy[i] = agent_.free_energy();
        const Table& course = agent_.precision_course();
        std::copy(course.begin(), course.end(),
                  record_.precision.begin() + static_cast<std::ptrdiff_t>(i * course.size()));
        for (std::size_t f = 0; f < agent_.beliefs().size(); ++f) {
            const Table& q = agent_.beliefs()[f];
            std::copy(q.begin(), q.end(),
                      record_.beliefs[f].begin() + static_cast<std::ptrdiff_t>(i * q.size()));
        }
    }

    // What is believed of all times when the trial is over.
    void smooth(std::size_t trial) {
        if (!trials_.keep || !trials_.settings.retrospective()) return;
        for (std::size_t time = 0; time < trials_.times; ++time)
            for (std::size_t f = 0; f < states_.size(); ++f) {
                const Table& q = agent_.beliefs_at(time)[f];
                std::copy(q.begin(), q.end(),
                          record_.smoothed[f].begin() +
                              static_cast<std::ptrdiff_t>(at(trial, time, trials_.times) * q.size()));
            }
    }

    void act(std::size_t trial, std::size_t time) {
        const AgentModel& world = trials_.world;
        const double choice = uniform_at(trials_.seed, choice_stream, trial * trials_.times + time, 0,
                                         static_cast<std::uint32_t>(index_));
        const std::vector<std::size_t>& action = agent_.act(trials_.times - 1 - time, choice);
        const std::size_t i = at(trial, time, trials_.times - 1);
        for (std::size_t f = 0; f < states_.size(); ++f) {
            record_.actions[f][i] = action[f];
            const std::size_t columns = world.states[f] * world.actions[f];
            states_[f] = draw(world.transition[f].data() + states_[f] * world.actions[f] + action[f],
                              world.states[f], columns, uniform(trial, time));
        }
        for (std::size_t p = 0; trials_.keep && p < record_.plans; ++p) {
            const ExpectedFreeEnergy& g = agent_.expected()[p];
            record_.pragmatic[i * record_.plans + p] = g.pragmatic;
            record_.state_information[i * record_.plans + p] = g.state_information;
            record_.parameter_information[i * record_.plans + p] = g.parameter_information;
            record_.posterior[i * record_.plans + p] = agent_.policy_posterior()[p];
            if (trials_.settings.retrospective())
                record_.policy_free_energy[i * record_.plans + p] = agent_.policy_free_energy()[p];
        }
    }

    const AgentTrials& trials_;
    AgentRecord& record_;
    std::size_t index_;
    Agent agent_;
    std::vector<std::size_t> states_, outcomes_;
    std::pair<std::size_t, std::size_t> drawn_for_{~std::size_t{0}, 0};
    std::uint64_t draws_ = 0;
};

void check_world(const AgentModel& model, const AgentModel& world) {
    const auto same = [](const char* what, const auto& own, const auto& other) {
        if (own != other)
            throw TableShapeError(fmt::format("agents have ({}) {}, their world ({})", fmt::join(own, ", "),
                                              what, fmt::join(other, ", ")),
                                  "model", "world");
    };
    same("states", model.states, world.states);
    same("actions", model.actions, world.actions);
    same("outcomes", model.outcomes, world.outcomes);
    AgentModel checked = world;
    checked.preference = model.preference;
    check_model(checked);
}

AgentRecord allocate(const AgentTrials& t, std::size_t plans) {
    AgentRecord r;
    const std::size_t trials = t.agents * t.trials, seen = trials * t.times, acted = trials * (t.times - 1);
    r.plans = plans;
    r.outcomes.assign(t.world.outcomes.size(), std::vector<std::size_t>(seen));
    r.states.assign(t.world.states.size(), std::vector<std::size_t>(seen));
    r.actions.assign(t.world.states.size(), std::vector<std::size_t>(acted));
    if (t.keep) {
        for (const std::size_t n : t.model.states) r.beliefs.emplace_back(seen * n);
        r.free_energy.resize(seen);
        for (Table* x : {&r.pragmatic, &r.state_information, &r.parameter_information, &r.posterior})
            x->resize(acted * plans);
        if (t.settings.retrospective()) {
            r.smoothed = r.beliefs;
            r.policy_free_energy.resize(acted * plans);
            r.precision.resize(seen * t.settings.precision_steps);
        }
    }
    return r;
}

}  // namespace

void check_trials(const AgentTrials& t) {
    check_world(t.model, t.world);
    if (t.times == 0 || t.trials == 0 || t.agents == 0)
        throw Error("agents, trials and times must be above 0");
    static_cast<void>(Agent(t.model, t.settings));
    if (const std::size_t length = t.settings.policies.empty() ? 0 : t.settings.policies[0].size();
        t.settings.retrospective() && length + 1 != t.times)
        throw Error(
            fmt::format("policies have {} actions, but a trial of {} times has {}: where all times are "
                        "inferred, policies are those of the whole trial",
                        length, t.times, t.times - 1));
    if (const std::size_t times = t.model.preference_times(); times != 1 && times != t.times)
        throw TableShapeError(
            fmt::format("preferences are given for {} times, but a trial has {}", times, t.times), "C",
            "times");
}

AgentRecord run_agents(const AgentTrials& t, int threads, const std::function<bool(double)>& on_trial) {
    check_trials(t);
    AgentRecord record = allocate(t, Agent(t.model, t.settings).plans());
    std::vector<Episode> episodes;
    episodes.reserve(t.agents);
    for (std::size_t a = 0; a < t.agents; ++a) episodes.emplace_back(t, record, a);
    std::vector<std::exception_ptr> failures(t.agents);
    const int wanted = threads > 0 ? threads : omp_get_max_threads();
    // Trials in blocks, so that a run of many can be stopped and is not held up by threads that wait.
    const std::size_t block = std::max<std::size_t>(1, 100'000 / (t.agents * t.times));
    for (std::size_t first = 0; first < t.trials; first += block) {
        const std::size_t last = std::min(t.trials, first + block);
#pragma omp parallel for schedule(dynamic, 4) num_threads(wanted) if (t.agents > 1)
        for (std::size_t a = 0; a < t.agents; ++a) try {
                for (std::size_t trial = first; trial < last; ++trial) episodes[a].run(trial);
            } catch (...) {
                failures[a] = std::current_exception();
            }
        for (const auto& failure : failures)
            if (failure) std::rethrow_exception(failure);
        record.trials = last;
        if (on_trial && !on_trial(static_cast<double>(last) / static_cast<double>(t.trials))) break;
    }
    for (const Episode& e : episodes) {
        record.habit.push_back(e.agent().habit());
        for (std::size_t m = 0; m < t.model.outcomes.size(); ++m) {
            record.likelihood.push_back(e.agent().likelihood(m));
            record.preference.push_back(e.agent().log_preference(m));
        }
        for (std::size_t f = 0; f < t.model.states.size(); ++f) {
            record.transition.push_back(e.agent().transition(f));
            record.initial.push_back(e.agent().initial(f));
        }
    }
    return record;
}

}  // namespace neurodyn::inference
