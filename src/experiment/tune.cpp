// SPDX-License-Identifier: BSD-3-Clause
// Trials of all members that have not reached their targets, and a root search for each.
#include "experiment/tune.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/values.hpp"
#include "experiment/plan.hpp"
#include "experiment/root_search.hpp"

namespace neurodyn::experiment {
namespace {

constexpr double first_step = 0.05;  // of the start value

std::string node_name(const network::Population& population, std::size_t node) {
    return population.node_names.empty() ? fmt::format("node {}", node) : population.node_names[node];
}

std::string in_unit(double value_si, const Unit& unit) {
    const double value = from_si(value_si, unit);
    return unit.name == "1" ? fmt::format("{:.4g}", value) : fmt::format("{:.4g} {}", value, unit.name);
}

std::size_t index_of(const network::Network& network, const std::string& population) {
    const auto found = std::find_if(network.populations.begin(), network.populations.end(),
                                    [&](const network::Population& p) { return p.name == population; });
    return static_cast<std::size_t>(found - network.populations.begin());
}

class Member {
  public:
    Member(const network::Network& network, const TuningPlan& plan, std::size_t member) : plan_(plan) {
        std::vector<double> start, step;
        std::vector<std::size_t> groups;
        for (const TuningGoal& goal : plan.goals) {
            const std::size_t p = index_of(network, goal.population);
            const network::Values values = engine::resolve_parameters(network, p).at(goal.parameter);
            groups.push_back(goal.target.size());
            for (std::size_t node = 0; node < goal.target.size(); ++node) {
                start.push_back(values.at(node, member));
                step.push_back(goal.step != 0.0 ? goal.step : first_step * std::abs(start.back()));
                if (step.back() == 0.0)
                    throw Error(fmt::format(
                        "'tune': {} of {} starts at 0, so the size of its first change must be given: step",
                        goal.path, node_name(network.populations[p], node)));
            }
        }
        search_ = std::make_unique<RootSearch>(std::move(start), std::move(step), std::move(groups));
    }

    std::vector<double> point() const { return search_->point(); }

    /// The means of one trial, all goals after each other.
    void observe(const std::vector<double>& means) {
        std::vector<double> deviation;
        Tuned now;
        now.deviation = 0.0;
        const std::vector<double> values = point();
        std::size_t k = 0;
        for (std::size_t g = 0; g < plan_.goals.size(); ++g) {
            const TuningGoal& goal = plan_.goals[g];
            now.goals.emplace_back();
            for (std::size_t node = 0; node < goal.target.size(); ++node, ++k) {
                now.goals[g].value.push_back(values[k]);
                now.goals[g].mean.push_back(means[k]);
                deviation.push_back((means[k] - goal.target[node]) / goal.tolerance[node]);
                if (std::abs(deviation.back()) <= now.deviation) continue;
                now.deviation = std::abs(deviation.back());
                now.goal = g;
                now.node = node;
            }
        }
        now.trials = best_.trials + 1;
        if (best_.trials == 0 || now.deviation < best_.deviation)
            best_ = std::move(now);
        else
            best_.trials = now.trials;
        if (!best_.reached()) search_->observe(deviation);
    }

    void fail(const std::string& message) { best_.failure = message; }
    bool waiting() const { return best_.failure.empty() && !best_.reached() && best_.trials < plan_.trials; }
    const Tuned& best() const { return best_; }

  private:
    const TuningPlan& plan_;
    std::unique_ptr<RootSearch> search_;
    Tuned best_;
};

class Tuner {
  public:
    explicit Tuner(const TuningRun& run) : run_(run), trial_(trial_network(run)), options_(run.options) {
        options_.discard_s = run.plans.front().discard_s;
        options_.duration_s = run.plans.front().duration_s;
        for (std::size_t m = 0; m < run.plans.size(); ++m)
            members_.emplace_back(run.network, run.plans[m], m);
    }

    std::vector<Tuned> run() {
        for (std::size_t trial = 0; !stopped_; ++trial) {
            std::vector<std::size_t> waiting;
            for (std::size_t m = 0; m < members_.size(); ++m)
                if (members_[m].waiting()) waiting.push_back(m);
            if (waiting.empty()) break;
            run_trial(waiting, trial);
        }
        std::vector<Tuned> results;
        if (!stopped_)
            for (const Member& member : members_) results.push_back(member.best());
        return results;
    }

  private:
    void run_trial(const std::vector<std::size_t>& waiting, std::size_t trial) {
        network::Network network = select_members(trial_, waiting);
        std::vector<Tuned> points(waiting.size());
        for (std::size_t i = 0; i < waiting.size(); ++i) points[i] = at_point(waiting[i]);
        apply_tuning(run_.plans.front(), points, network);
        engine::MemorySink sink;
        try {
            engine::Simulation simulation(network, options_);
            const auto report = simulation.run(sink, [&](const engine::Progress& progress) {
                return !run_.on_progress || run_.on_progress(trial, progress);
            });
            stopped_ = report.stopped;
        } catch (const NonFiniteError& error) {
            members_[waiting[error.member]].fail(error.what());  // the others try again
            return;
        }
        if (stopped_) return;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            std::vector<double> means;
            for (std::size_t g = 0; g < run_.plans.front().goals.size(); ++g) {
                const engine::MemorySink::Series& series = sink.series[g];
                const Unit unit = parse_unit(series.info.unit);
                for (std::size_t node = 0; node < series.info.node_names.size(); ++node)
                    means.push_back(to_si(series.values[node * waiting.size() + i], unit));
            }
            members_[waiting[i]].observe(means);
        }
    }

    Tuned at_point(std::size_t member) const {
        Tuned tuned;
        const std::vector<double> point = members_[member].point();
        auto from = point.begin();
        for (const TuningGoal& goal : run_.plans[member].goals) {
            const auto to = from + static_cast<std::ptrdiff_t>(goal.target.size());
            tuned.goals.push_back({{from, to}, {}});
            from = to;
        }
        return tuned;
    }

    const TuningRun& run_;
    network::Network trial_;
    engine::RunOptions options_;
    std::vector<Member> members_;
    bool stopped_ = false;
};

}  // namespace

network::Network trial_network(const TuningRun& run) {
    network::Network trial = run.network;
    const auto is_observer = [&](const std::string& name) { return run.observers.count(name) > 0; };
    std::erase_if(trial.projections, [&](const network::Projection& p) { return is_observer(p.to); });
    std::erase_if(trial.populations, [&](const network::Population& p) { return is_observer(p.name); });
    trial.monitors.clear();
    trial.event_monitors.clear();
    const TuningPlan& plan = run.plans.front();
    for (const TuningGoal& goal : plan.goals)
        trial.monitors.push_back(
            {"mean for " + goal.path, goal.population, goal.expression, plan.duration_s, true, {}});
    return trial;
}

std::vector<Tuned> tune(const TuningRun& run) { return Tuner(run).run(); }

void apply_tuning(const TuningPlan& plan, const std::vector<Tuned>& members, network::Network& network) {
    for (std::size_t g = 0; g < plan.goals.size(); ++g) {
        const TuningGoal& goal = plan.goals[g];
        network::Values values;
        values.nodes = goal.target.size();
        values.members = members.size();
        values.data.resize(values.nodes * values.members);
        for (std::size_t m = 0; m < members.size(); ++m)
            for (std::size_t node = 0; node < values.nodes; ++node)
                values.data[node * values.members + m] = members[m].goals[g].value[node];
        network.populations[index_of(network, goal.population)].parameters[goal.parameter] =
            std::move(values);
    }
}

std::string describe(const Tuned& tuned, const TuningPlan& plan, const network::Network& network) {
    if (!tuned.failure.empty()) return tuned.failure;
    const TuningGoal& goal = plan.goals[tuned.goal];
    const network::Population& population = network.populations[index_of(network, goal.population)];
    return fmt::format("{}.{} of {} is {} after {} trial{}; the target is {} within {}", goal.population,
                       goal.expression, node_name(population, tuned.node),
                       in_unit(tuned.goals[tuned.goal].mean[tuned.node], goal.observed_unit), tuned.trials,
                       tuned.trials == 1 ? "" : "s", in_unit(goal.target[tuned.node], goal.observed_unit),
                       in_unit(goal.tolerance[tuned.node], goal.observed_unit));
}

}  // namespace neurodyn::experiment
