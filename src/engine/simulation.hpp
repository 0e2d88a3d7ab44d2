// SPDX-License-Identifier: BSD-3-Clause
// Running a network: plan it, tell what it will cost, step it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compile/kernel.hpp"
#include "engine/sink.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

struct RunOptions {
    double duration_s = 0.0;  ///< recorded time, after `discard_s`
    double discard_s = 0.0;   ///< run first, not recorded
    int threads = 0;          ///< 0: all cores
    compile::KernelOptions kernel;
    std::size_t memory_limit_bytes = 0;  ///< 0: nine tenths of what the machine has free
    std::size_t member_block =
        0;                ///< members that run together in vector lanes; 0: chosen. Never changes a bit
    int delay_block = 0;  ///< most steps gathered at once, a power of two; 0: chosen. Never changes a bit
};

struct Progress {
    double done = 0.0;  ///< 0 to 1, of all members
    double elapsed_s = 0.0, left_s = 0.0;
};

/// What a run will need, told before it starts.
struct Estimate {
    std::size_t memory_bytes = 0, record_bytes = 0;
    std::size_t elements = 0;  ///< nodes times members, all populations
    std::size_t edges = 0;
    std::size_t longest_delay_steps = 0;
    double seconds = 0.0;  ///< from a short timed trial of the very kernels; 0 when not asked
};

/// What a population became, for `check`, `inspect` and the record.
struct PopulationReport {
    std::string name, model, method;
    compile::KernelHistory kernel;
    std::vector<std::string> states, inputs, signals;
};

struct RunReport {
    std::size_t steps = 0;
    double setup_s = 0.0, run_s = 0.0;
    bool stopped = false;  ///< the progress callback asked for it
};

/// A planned network. Building it checks everything that can be checked: names, units, delays, memory;
/// problems are Errors (InputError where there is a text to point at). The same network gives the same bits
/// for any thread count, block and backend.
class Simulation {
  public:
    Simulation(const network::Network& network, const RunOptions& options);
    ~Simulation();
    Simulation(Simulation&&) noexcept;

    Estimate estimate(bool time_it = false) const;
    std::vector<PopulationReport> populations() const;

    /// Runs to the end or until `on_progress` returns false (called about ten times a second). A non-finite
    /// value throws NonFiniteError after everything recorded so far has been given to the sink and flushed.
    RunReport run(Sink& sink, const std::function<bool(const Progress&)>& on_progress = {});

    /// A state's values after the last step, [node][member], SI: for tests and for starting another run.
    std::vector<double> state(const std::string& population, const std::string& variable) const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace neurodyn::engine
