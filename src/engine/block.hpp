// SPDX-License-Identifier: BSD-3-Clause
// The engine loop: one block of members, stepped from start to end by a team of threads that share its nodes.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/aligned.hpp"
#include "base/poisson.hpp"
#include "compile/cvode.hpp"
#include "compile/setup.hpp"
#include "density/population.hpp"
#include "engine/choice_synapses.hpp"
#include "engine/delivery.hpp"
#include "engine/plan.hpp"
#include "engine/plastic_synapses.hpp"
#include "engine/team.hpp"

namespace neurodyn::engine {

/// Takes what a block records.
struct Deliver {
    /// values are [sample][node][member]
    std::function<void(std::size_t monitor, std::size_t first_sample, std::size_t first_member,
                       std::size_t member_count, std::span<const double> values)>
        samples;
    std::function<void(std::size_t monitor, std::size_t member, std::span<const double> time_s,
                       std::span<const std::uint32_t> node)>
        events;
};

/// Where a program finds its arrays at each step of a leaf: [step modulo leaf_steps][array].
using Pointers = std::vector<std::vector<void*>>;

/// State of one population for one block of members: arrays are [node][member], padded.
template <class Real>
struct PopulationState {
    std::size_t elements = 0, padded_elements = 0;
    std::vector<AlignedVector<Real>> arrays;  ///< as PopulationPlan::arrays; [step of leaf] first where kept
    Pointers pointers;
    std::vector<AlignedVector<Real>> signal_arrays;  ///< what the signals' program needs beyond `arrays`
    Pointers signal_pointers;
    AlignedVector<Real> signal_uniforms;
    std::vector<AlignedVector<Real>> history;  ///< per signal: [source][time][member]; empty without one
    std::vector<AlignedVector<Real>> past;     ///< per signal: [time][element]; empty without one
    std::vector<AlignedVector<Real>>
        sums;  ///< per sum: [target][step of block][member]; empty when not delayed
    std::vector<AlignedVector<Real>> mean;  ///< per sum, of a population that steps once in `multiple`
};

/// Where a value was found that is not finite.
struct NonFinitePlace {
    std::size_t step = SIZE_MAX, population = 0, state = 0, element = 0;
    auto operator<=>(const NonFinitePlace&) const = default;
};

/// What each thread of the team owns.
template <class Real>
struct ThreadState {
    struct Population {
        std::size_t first_node = 0, last_node = 0;
        std::unique_ptr<compile::StepSetup> setup;
        std::unique_ptr<compile::CvodeSolver> solver;  ///< of an adaptive population
        std::vector<double> solved;                    ///< its states, [variable][element]
        /// At level density or rate; null where another thread has it. What it reads of each array.
        std::unique_ptr<density::Population> density;
        std::vector<std::pair<std::size_t, std::uint32_t>> density_inputs;
        std::size_t density_time = 0;
        AlignedVector<Real> uniforms;
        bool clocked = false;  ///< some of the uniforms change with time
        Pointers pointers;     ///< the population's arrays, with this thread's arrivals
        /// Of odd and even steps: others read a step's events while the next step is on its way.
        struct Events {
            std::vector<AlignedVector<std::uint32_t>> lists;
            std::vector<std::uint32_t*> pointers;
            std::vector<std::uint64_t> counts;
        };
        std::array<Events, 2> events;
        /// Of each Poisson input whose rate changes with time: what its expression reads and writes.
        struct Rate {
            std::vector<AlignedVector<Real>> arrays;
            Pointers pointers;
            AlignedVector<Real> uniforms;
        };
        std::vector<Rate> rates;
    };
    std::vector<Population> populations;
    AlignedVector<Real> arrivals;  ///< of this thread's nodes, a share of whole tiles for each state reached
    std::vector<std::vector<Real*>> arrivals_of;  ///< [population][arrival]: that of the first node in them
    std::vector<std::unique_ptr<PlasticSynapses<Real>>>
        models;                                 ///< per event projection; null without a model
    std::size_t first_page = 0, last_page = 0;  ///< of the synapses that end in them
    SpikeHistory spikes{1};
    std::vector<std::uint32_t> due;
    ChoiceSynapses::Share choices;
    std::vector<AlignedVector<Real>> monitor_uniforms;  ///< per monitor
    NonFinitePlace bad;
};

template <class Real>
struct MonitorState {
    std::vector<double> buffer;               ///< [sample][node][member]
    std::size_t first = 0;                    ///< sample at the buffer's start
    std::vector<double> sum;                  ///< [element], for averages
    std::vector<AlignedVector<Real>> arrays;  ///< what the expression reads or writes and no population holds
    Pointers pointers;                        ///< as MonitorPlan::program.arrays
    const Real* values = nullptr;             ///< [element], of the expression
};

/// Events that wait to be handed on.
struct EventBuffer {
    std::vector<double> time_s;
    std::vector<std::uint32_t> node;
};

/// Steps members [first_member, first_member + member_count) of a plan.
template <class Real>
class Block {
  public:
    Block(const Plan<Real>& plan, std::size_t first_member, std::size_t member_count, Team& team);

    /// Runs to the end of the plan. `keep_going(done steps)` is asked by one thread between groups of steps.
    /// Throws NonFiniteError (after delivering all samples so far) and whatever `deliver` throws.
    void run(const Deliver& deliver, const std::function<bool(std::size_t)>& keep_going);

    std::vector<double> state(std::size_t population, std::size_t state) const;

  private:
    void set_up_population(std::size_t population);
    AlignedVector<Real> element_values(std::size_t population, const std::string& name) const;
    void set_up_elements(std::size_t population, compile::StepSetup& setup);
    void first_signals(std::size_t population);
    void compute_signals(std::size_t population, std::size_t first, std::size_t last);
    void set_up_solver(std::size_t population, typename ThreadState<Real>::Population& part);
    void set_up_thread(int thread);
    using ArrivalPlaces =
        std::vector<std::vector<std::vector<ArrivalRange>>>;  ///< [population][arrival][range]
    void place_arrivals(int thread, ArrivalPlaces& places);
    void build_synapses();
    void set_up_poisson();
    double poisson_mean(const PoissonPlan& plan, const Real* rates, std::size_t node) const;
    const Real* poisson_rates(int thread, std::size_t population, std::size_t input, std::size_t step);
    void fill_counts(int thread, std::size_t population, std::size_t input, const DrawSource& source);
    void set_up_monitor(std::size_t monitor);
    std::vector<typename FieldSums<Real>::Term> field_terms() const;
    Pointers observer_arrays(std::size_t population, const compile::Program& program,
                             std::vector<AlignedVector<Real>>& own) const;
    AlignedVector<Real> observer_uniforms(std::size_t population, const compile::Program& program) const;

    void run_thread(int thread, const Deliver& deliver, const std::function<bool(std::size_t)>& keep_going);
    void group(int thread, std::size_t step, std::size_t count);
    void sub_block(int thread, std::size_t block, std::size_t base, std::size_t step, std::size_t count);
    void gather(int thread, std::size_t block, std::size_t base, std::size_t step, std::size_t count);
    void leaf(int thread, std::size_t base, std::size_t step, std::size_t count);
    void one_step(int thread, std::size_t step);
    void collect_delayed(int thread, std::size_t population, std::size_t base, std::size_t step,
                         std::size_t count);
    void collect_fields(int thread, std::size_t step);
    void collect_immediate(int thread, std::size_t population, std::size_t step);
    void multiply_dense(int thread, const SumPlan& sum, std::size_t population, const Real* signal,
                        Real* input) const;
    void average_sums(int thread, std::size_t population, std::size_t step);
    void fill_tables(int thread, std::size_t population, double t_s);
    std::span<const std::uint64_t> seeds() const;
    void fill_noise(int thread, std::size_t population, std::size_t step, std::size_t count);
    void update(int thread, std::size_t population, std::size_t step);
    std::exception_ptr name_failure(std::size_t population, std::exception_ptr failure) const;
    void solve(int thread, std::size_t population, std::size_t step);
    void set_up_density(std::size_t population, typename ThreadState<Real>::Population& part);
    void advance_density(int thread, std::size_t population, std::size_t step);
    void check_finite(std::size_t population, const density::Population& density, std::size_t step) const;
    void fill_poisson(int thread, std::size_t population, std::size_t step);
    void set_up_models(int thread);
    SynapseEnd<Real> synapse_end(int thread, const EventEdges& edges);
    const Real* neuron_values(const NeuronVariable& variable, std::size_t population);
    void fill_draws(int thread, std::size_t population, std::size_t step);
    void deliver_events(int thread, std::size_t step);
    void run_models(int thread, std::size_t step);
    void fail(std::size_t step, int thread, std::exception_ptr failure);
    void collect_events(int thread, std::size_t step);
    void draw_rows(int thread, std::size_t step);
    void record_events(std::size_t step);
    void keep_past(int thread, std::size_t population, std::size_t step);
    void push_signals(int thread, std::size_t population, std::size_t step, std::size_t count);
    Real* array(std::size_t population, std::uint32_t array, std::size_t step) const {
        return static_cast<Real*>(populations_[population].pointers[step % plan_.leaf_steps][array]);
    }

    void record(int thread, std::size_t step);
    void observe(int thread, std::size_t monitor, std::size_t step);
    void add_to_average(int thread, std::size_t monitor);
    void keep_sample(int thread, std::size_t monitor, std::size_t sample);
    void keep_synapses(int thread, std::size_t monitor, std::size_t sample, std::size_t done);
    void hand_on_events(const Deliver& deliver, std::size_t done, bool all);
    void deliver_samples(const Deliver& deliver, std::size_t done, bool all);
    bool time_to_deliver();
    std::size_t samples_after(std::size_t monitor, std::size_t done) const;

    void look_for_non_finite(int thread, std::size_t step);
    using States = std::vector<PopulationState<Real>>;
    void copy_changing(int thread, const States& from, States& to) const;

    const Plan<Real>& plan_;
    std::size_t first_member_, members_;
    std::size_t sums_row_;  ///< reals per target in PopulationState::sums
    Team& team_;
    States populations_, saved_;  ///< saved_ holds only what a group of steps changes
    std::vector<MonitorState<Real>> monitors_;
    std::vector<EventBuffer> event_buffers_;  ///< per event monitor
    /// Per population and Poisson input; none where the mean differs between nodes or changes with time.
    std::vector<std::vector<std::optional<PoissonTable>>> poisson_;
    std::chrono::steady_clock::time_point delivered_ = std::chrono::steady_clock::now();
    std::vector<ThreadState<Real>> threads_;
    std::vector<SynapseTable> synapses_;     ///< one for each way of keeping them that is used
    std::optional<std::size_t> procedural_;  ///< which of them, if any
    std::optional<ChoiceSynapses> choices_;  ///< procedural ones that need no rows
    std::vector<bool> class_used_;           ///< by log2 of the delay class
    FieldSums<Real> fields_;                 ///< of kernels
    bool immediate_ = false;                 ///< some target reads other nodes' present signals
    bool searching_ = false;                 ///< replaying a group to find where a value went wrong
    std::atomic<bool> non_finite_{false};
    bool stop_ = false;
    std::exception_ptr failure_;
    std::mutex failure_mutex_;
    /// The first step at which a solver gave up, a rate could not be drawn from or a synapse's variable
    /// became non-finite, and the first thread there.
    std::atomic<std::size_t> failed_step_{SIZE_MAX};
    int failed_thread_ = 0;
    std::vector<std::unique_ptr<AlignedVector<Real>>>
        neuron_values_;  ///< parameters of neurons that synapses read
};

}  // namespace neurodyn::engine
