// SPDX-License-Identifier: BSD-3-Clause
// A network made ready to run: programs compiled, edges laid out, monitors resolved. Read-only while running,
// so that all threads and member blocks share one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compile/kernel.hpp"
#include "compile/program.hpp"
#include "density/equations.hpp"
#include "engine/compose.hpp"
#include "engine/delivery.hpp"
#include "engine/edges.hpp"
#include "engine/simulation.hpp"
#include "engine/synapse_plan.hpp"

namespace neurodyn::engine {

/// Index of an array in a program's list, or none when the program does not need it.
inline constexpr std::uint32_t no_array = UINT32_MAX;
std::uint32_t find_array(const std::vector<std::string>& arrays, const std::string& name);

/// Threads share nodes in whole tiles of noise draws; it keeps their elements on separate cache lines too.
inline constexpr std::size_t tile = 64;

/// Streams of random numbers are 16 bits: the lower half is the run's noise, `most_noises` for each
/// population; the upper half is what is drawn before the run (values.cpp).
inline constexpr std::size_t most_noises = 16;
inline constexpr std::size_t most_noisy_populations = 0x8000 / most_noises;

/// A signal's place: its array in the step program, and its history when a delayed projection reads it.
struct SignalPlan {
    std::uint32_t array = no_array;
    std::size_t history_steps = 0;  ///< the ring's length; 0: no history
    std::size_t past_steps = 0;     ///< likewise, of whole arrays, for what nodes send to their likes
};

/// One sum that a population takes in.
struct SumPlan {
    std::uint32_t array = no_array;  ///< of the target; no_array when neither equations nor monitors use it
    std::size_t projection = 0, source = 0, signal = 0;
};

/// A table stimulus.
struct TablePlan {
    std::uint32_t array = no_array;
    const network::Stimulus::Table* table = nullptr;
};

/// A Poisson input's counts.
struct PoissonPlan {
    std::uint32_t array = no_array;
    std::uint16_t stream = 0;
    const network::PoissonInput* input = nullptr;
    bool uniform = false;  ///< all nodes have one mean
    /// Of a rate that changes with time: its expression.
    compile::Program program;
    std::unique_ptr<compile::Kernel> kernel;
};

/// What rand() and randn() in a population's events read.
struct DrawPlan {
    std::uint32_t array = no_array;
    std::uint16_t stream = 0;
    bool is_normal = false;
};

struct PopulationPlan {
    std::string name;
    std::size_t nodes = 0, multiple = 1;
    const network::Population* description = nullptr;
    ComposedPopulation composed;
    bool adaptive = false;  ///< stepped by CVODE instead of a kernel
    /// At level density or rate: what is stepped instead of neurons, and where the neurons are at the start.
    std::optional<density::Equations> equations;
    ValueMap initial;
    /// A solver has states of its own, and cannot go back to an earlier step.
    bool keeps_own_state() const { return adaptive || equations.has_value(); }
    std::vector<std::string> element_parameters;
    compile::StepProgram program;
    std::unique_ptr<compile::Kernel> kernel;
    std::vector<std::string> arrays;  ///< the step's, then inputs that only monitors read
    compile::Program signal_program;  ///< signals from states, for the start
    std::unique_ptr<compile::Kernel> signal_kernel;
    std::vector<std::uint32_t> states;  ///< step array of each system state
    std::vector<std::uint32_t> noise;   ///< step arrays
    std::vector<std::uint32_t> hidden;
    std::vector<SignalPlan> signals;
    std::size_t longest_delay = 0;  ///< of the projections from here, in steps
    std::size_t history_row = 1;    ///< steps from one node to the next in the histories of the signals
    std::vector<SumPlan> sums;
    bool immediate = false;  ///< some sums have no delays
    std::vector<TablePlan> tables;
    std::vector<std::uint32_t> arrivals;  ///< step arrays, as composed.arrivals
    std::vector<PoissonPlan> poisson;
    std::vector<DrawPlan> draws;
    /// Arrays that hold the steps of a leaf apart: inputs that are summed and noise that is drawn for all of
    /// them at once, signals that are sent on at its end.
    std::vector<std::uint32_t> leaf_arrays;
};

/// Arrays that steps change and that a later step reads: states, hidden states, signals.
std::vector<std::uint32_t> changing_arrays(const PopulationPlan& plan);

struct MonitorPlan {
    SeriesInfo info;
    std::size_t population = 0;
    std::size_t projection = SIZE_MAX,
                reading = 0;  ///< of an event projection's synapses, instead of a population
    std::size_t every = 1;    ///< network steps
    bool average = false;
    double scale = 1.0;              ///< recorded = SI / scale
    std::vector<std::size_t> nodes;  ///< recorded, in order
    bool all_nodes = false;          ///< they are all of the population's, as they come
    std::uint32_t state = no_array;  ///< step array when the expression is a plain state
    compile::Program program;        ///< else: the expression
    std::unique_ptr<compile::Kernel> kernel;
};

/// Events that are sent or recorded. All nodes of all sources are numbered through.
struct EventSource {
    std::size_t population = 0, event = 0;
    std::uint32_t first = 0;  ///< the number of its first node
    /// Events that are given: at the end of which step, and of which node; ascending.
    std::vector<std::uint64_t> given_step;
    std::vector<std::uint32_t> given_node;
};

/// An event projection made ready: what draws its synapses, and where they go.
struct EventEdges {
    network::Connector connector;
    std::size_t from = 0, population = 0;  ///< of source and target
    std::size_t source = no_source;        ///< of its events: index into EventPlan::sources
    std::uint32_t longest_delay = 0, dendritic_steps = 0;
    network::SynapseValue weight{};        ///< without a model
    std::size_t arrival = 0;               ///< without a model: index into PopulationPlan::arrivals
    std::unique_ptr<SynapsePlan> model{};  ///< what events do, where a weight does not say it
    std::size_t back_source = no_source;   ///< of the target's events, where they do something
    bool choices = false;                  ///< told by their place (choice_law.hpp)

    static constexpr std::size_t no_source = SIZE_MAX;
};

struct EventMonitorPlan {
    EventsInfo info;
    std::size_t source = 0;
};

struct EventPlan {
    std::vector<EventSource> sources;
    std::size_t numbers = 0;        ///< of nodes, all sources
    std::vector<EventEdges> edges;  ///< per event projection
    std::size_t longest_delay = 0;  ///< of synapses without a model, steps
    std::size_t history_steps = 1;  ///< for which spikes are kept
    bool has_models = false;
    bool reads_sources = false;  ///< models read variables of the sources
    std::vector<EventMonitorPlan> monitors;
    bool empty() const { return sources.empty() && !has_models; }
};

template <class Real>
struct Plan {
    network::Network network;
    RunOptions options;
    std::vector<PopulationPlan> populations;
    std::vector<EdgePlan<Real>> edges;  ///< per projection
    std::vector<MonitorPlan> monitors;
    EventPlan events;
    std::size_t block_steps = 1;  ///< widest delay class in use
    std::size_t leaf_steps = 1;   ///< steps between which no node needs another's signal; divides block_steps
    std::size_t member_block = 1;
    std::size_t discard_steps = 0, steps = 0;  ///< steps in all, discarded ones included
};

/// Steps from one row to the next in arrays of [row][step][member], a little more than a row has: rows that
/// are a power of two of bytes apart would fall into the same cache sets.
std::size_t row_steps(std::size_t steps, std::size_t members);

/// The threads that a run may use: as asked, or one per core.
int thread_count(const RunOptions& options);

template <class Real>
Plan<Real> make_plan(const network::Network& network, const RunOptions& options);

/// Bytes that the state, histories and edges of one member block, and of all, will take.
template <class Real>
Estimate estimate_memory(const Plan<Real>& plan);

}  // namespace neurodyn::engine
