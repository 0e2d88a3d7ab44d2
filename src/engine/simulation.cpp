// SPDX-License-Identifier: BSD-3-Clause
// Running all member blocks of a planned network on the threads there are.
#include "engine/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "engine/block.hpp"

namespace neurodyn::engine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr double seconds_between_reports = 0.1;
// Recorded values reach the disk at least this often, so that a killed run loses no more.
constexpr double seconds_between_flushes = 2.0;
// Threads share one block's nodes only when a step is long against the time that it takes them to meet.
constexpr std::size_t least_work_per_step = 20000;

// Progress of all blocks together, and the sink behind one lock.
class Conductor {
  public:
    Conductor(Sink& sink, const std::function<bool(const Progress&)>& on_progress, std::size_t steps,
              std::size_t members)
        : sink_(sink),
          on_progress_(on_progress),
          total_(static_cast<double>(steps) * static_cast<double>(members)) {}

    void append(std::size_t series, std::size_t first_sample, std::size_t first_member, std::size_t members,
                std::span<const double> values) {
        const std::lock_guard lock(mutex_);
        sink_.append(series, first_sample, first_member, members, values);
    }

    void append_events(std::size_t events, std::size_t member, std::span<const double> time_s,
                       std::span<const std::uint32_t> node) {
        const std::lock_guard lock(mutex_);
        sink_.append_events(events, member, time_s, node);
    }

    /// `steps` more member steps are done. False: stop.
    bool advance(double steps) {
        const std::lock_guard lock(mutex_);
        done_ += steps;
        if (stopped_) return false;
        const double now = seconds_since(start_);
        if (now - flushed_ > seconds_between_flushes) {
            sink_.flush();
            flushed_ = now;
        }
        if (!on_progress_ || (now - reported_ < seconds_between_reports && done_ < total_)) return true;
        reported_ = now;
        const double share = total_ > 0 ? done_ / total_ : 1.0;
        if (!on_progress_({share, now, share > 0 ? now * (1 - share) / share : 0.0})) stopped_ = true;
        return !stopped_;
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    bool stopped() const { return stopped_; }
    double seconds() const { return seconds_since(start_); }

  private:
    Sink& sink_;
    const std::function<bool(const Progress&)>& on_progress_;
    const double total_;
    std::mutex mutex_;
    Clock::time_point start_ = Clock::now();
    double done_ = 0.0, reported_ = -1.0, flushed_ = 0.0;
    std::atomic<bool> stopped_{false};
};

}  // namespace

/// A plan in one of the two precisions, and the blocks that have run.
struct Simulation::Impl {
    virtual ~Impl() = default;
    virtual Estimate estimate(bool time_it) const = 0;
    virtual std::vector<PopulationReport> populations() const = 0;
    virtual RunReport run(Sink& sink, const std::function<bool(const Progress&)>& on_progress) = 0;
    virtual std::vector<double> state(const std::string& population, const std::string& variable) const = 0;
};

namespace {

template <class Real>
struct Runner : Simulation::Impl {
    Plan<Real> plan;
    double setup_s = 0.0;
    std::vector<std::unique_ptr<Block<Real>>> blocks;

    Runner(const network::Network& network, const RunOptions& options) {
        const auto start = Clock::now();
        plan = make_plan<Real>(network, options);
        setup_s = seconds_since(start);
    }

    std::size_t block_count() const {
        return (plan.network.members + plan.member_block - 1) / plan.member_block;
    }

    // Threads within each block; member blocks use the rest.
    int team_size() const {
        const int threads = thread_count(plan.options);
        if (threads == 1 || block_count() >= static_cast<std::size_t>(threads)) return 1;
        std::size_t work = 0;
        for (const auto& p : plan.populations)
            work += p.nodes * plan.member_block * std::max<std::size_t>(p.program.step.graph.size() / 16, 1);
        for (const auto& e : plan.edges)
            work += (e.kernel ? e.kernel->work() : e.edge_count) * plan.member_block / 4;
        // A synapse is busy about once in a thousand steps; one with a model is dearer, and may run with the
        // clock.
        for (const auto& e : plan.events.edges) {
            const bool clocked =
                e.model && (!e.model->summed.empty() || !e.model->clocks.front().code.empty());
            work += e.connector.total() / (clocked ? 1 : e.model ? 100 : 1000);
        }
        return work < least_work_per_step ? 1 : threads / static_cast<int>(block_count());
    }

    // What the sink calls the monitors.
    struct Handles {
        std::vector<std::size_t> series, events;
    };

    void run_block(std::size_t index, Conductor& conductor, const Handles& handles, Team& team) {
        const std::size_t first = index * plan.member_block;
        const std::size_t members = std::min(plan.member_block, plan.network.members - first);
        blocks[index] = std::make_unique<Block<Real>>(plan, first, members, team);
        std::size_t before = 0;
        blocks[index]->run({[&](std::size_t m, std::size_t sample, std::size_t member, std::size_t count,
                                std::span<const double> values) {
                                conductor.append(handles.series[m], sample, member, count, values);
                            },
                            [&](std::size_t m, std::size_t member, std::span<const double> time_s,
                                std::span<const std::uint32_t> node) {
                                conductor.append_events(handles.events[m], member, time_s, node);
                            }},
                           [&](std::size_t done) {
                               const bool go_on =
                                   conductor.advance(static_cast<double>((done - before) * members));
                               before = done;
                               return go_on;
                           });
    }

    RunReport run(Sink& sink, const std::function<bool(const Progress&)>& on_progress) override {
        Handles handles;
        for (const MonitorPlan& m : plan.monitors) handles.series.push_back(sink.open_series(m.info));
        for (const EventMonitorPlan& m : plan.events.monitors)
            handles.events.push_back(sink.open_events(m.info));
        Conductor conductor(sink, on_progress, plan.steps, plan.network.members);
        blocks.clear();
        blocks.resize(block_count());
        const int size = team_size();
        const int teams =
            std::min<int>(std::max(thread_count(plan.options) / size, 1), static_cast<int>(block_count()));
        std::atomic<std::size_t> next{0};
        std::exception_ptr failure;
        std::mutex failure_mutex;
        Team leaders(teams);
        leaders.run([&](int) {
            Team team(size);
            for (std::size_t i = next++; i < block_count() && !conductor.stopped(); i = next++) {
                try {
                    run_block(i, conductor, handles, team);
                } catch (...) {
                    const std::lock_guard lock(failure_mutex);
                    if (!failure) failure = std::current_exception();
                    conductor.stop();
                }
            }
        });
        sink.flush();
        if (failure) std::rethrow_exception(failure);
        return {plan.steps, setup_s, conductor.seconds(), conductor.stopped()};
    }

    // A short run of the very kernels, without recording.
    double trial_seconds() const {
        constexpr double long_enough_s = 0.05;
        Team team(1);
        Block<Real> block(plan, 0, std::min(plan.member_block, plan.network.members), team);
        const auto start = Clock::now();
        std::size_t steps = 0;
        block.run({[](std::size_t, std::size_t, std::size_t, std::size_t, std::span<const double>) {},
                   [](std::size_t, std::size_t, std::span<const double>, std::span<const std::uint32_t>) {}},
                  [&](std::size_t done) {
                      steps = done;
                      return seconds_since(start) < long_enough_s;
                  });
        const double per_step = seconds_since(start) / static_cast<double>(std::max<std::size_t>(steps, 1));
        const auto blocks_at_once =
            std::min<std::size_t>(static_cast<std::size_t>(thread_count(plan.options)), block_count());
        return per_step * static_cast<double>(plan.steps) * static_cast<double>(block_count()) /
               static_cast<double>(blocks_at_once);
    }

    Estimate estimate(bool time_it) const override {
        Estimate e = estimate_memory(plan);
        if (time_it && plan.steps > 0) e.seconds = trial_seconds();
        return e;
    }

    std::vector<PopulationReport> populations() const override {
        std::vector<PopulationReport> reports;
        for (const PopulationPlan& p : plan.populations) {
            PopulationReport r{p.name,
                               p.description->model->name,
                               p.program.method,
                               p.kernel
                                   ? p.kernel->history()
                                   : compile::KernelHistory{{}, p.equations ? "solver" : "cvode", 1, 0.0},
                               {},
                               {},
                               {}};
            for (const auto& s : p.composed.system.states) r.states.push_back(s.name);
            r.inputs = p.composed.system.inputs;
            for (const auto& s : p.composed.system.signals) r.signals.push_back(s.name);
            reports.push_back(std::move(r));
        }
        return reports;
    }

    std::vector<double> state(const std::string& population, const std::string& variable) const override {
        for (std::size_t p = 0; p < plan.populations.size(); ++p) {
            const auto& states = plan.populations[p].composed.system.states;
            for (std::size_t s = 0; s < states.size(); ++s) {
                if (plan.populations[p].name != population || states[s].name != variable) continue;
                const std::size_t nodes = plan.populations[p].nodes, members = plan.network.members;
                std::vector<double> values(nodes * members);
                for (std::size_t b = 0; b < blocks.size(); ++b) {
                    if (!blocks[b])
                        throw Error("a state was asked for before the run had reached all members");
                    const std::vector<double> part = blocks[b]->state(p, s);
                    const std::size_t width = part.size() / nodes;
                    for (std::size_t i = 0; i < nodes; ++i)
                        std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                                    values.begin() +
                                        static_cast<std::ptrdiff_t>(i * members + b * plan.member_block));
                }
                return values;
            }
        }
        throw Error(fmt::format("there is no state '{}.{}'", population, variable));
    }
};

}  // namespace

Simulation::Simulation(const network::Network& network, const RunOptions& options) {
    if (options.kernel.precision == compile::Precision::single)
        impl_ = std::make_unique<Runner<float>>(network, options);
    else
        impl_ = std::make_unique<Runner<double>>(network, options);
}
Simulation::~Simulation() = default;
Simulation::Simulation(Simulation&&) noexcept = default;

Estimate Simulation::estimate(bool time_it) const { return impl_->estimate(time_it); }
std::vector<PopulationReport> Simulation::populations() const { return impl_->populations(); }
RunReport Simulation::run(Sink& sink, const std::function<bool(const Progress&)>& on_progress) {
    return impl_->run(sink, on_progress);
}
std::vector<double> Simulation::state(const std::string& population, const std::string& variable) const {
    return impl_->state(population, variable);
}

}  // namespace neurodyn::engine
