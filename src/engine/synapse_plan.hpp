// SPDX-License-Identifier: BSD-3-Clause
// A synapse model between two populations made ready to run: what is kept for which synapses, and the
// programs that spikes and the clock run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compile/kernel.hpp"
#include "compile/program.hpp"
#include "engine/compose.hpp"
#include "language/synapse.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// Of what a variable has one copy each.
enum class Copies : std::uint8_t {
    synapse,
    row,     ///< the synapses of one source with one delay
    target,  ///< the synapses of one target
};
inline constexpr std::size_t copy_kinds = 3;
inline std::size_t index_of(Copies copies) { return static_cast<std::size_t>(copies); }

/// What a program's array holds, or where what it wrote goes.
struct SynapseArray {
    enum class Kind : std::uint8_t {
        variable,  ///< as it was left by the last event or step
        current,   ///< a row's or target's variable, brought up to date before its statements
        since,     ///< seconds since the copies were brought up to date
        pre,       ///< a variable of the source: index into SynapsePlan::pre
        post,      ///< a variable of the target: index into SynapsePlan::post
        result,    ///< number `index` of what the program is for
    };
    Kind kind = Kind::variable;
    Copies copies = Copies::synapse;
    std::uint32_t index = 0;
    std::uint32_t array = 0;  ///< of the program
};

/// Straight-line code over synapses, rows or targets. Without outputs there is nothing to run.
struct SynapseProgram {
    compile::Program program;
    std::unique_ptr<compile::Kernel> kernel;
    std::vector<SynapseArray> inputs, outputs;
    std::vector<double> uniforms;  ///< one per Program::uniforms; t's is filled in
    std::uint32_t time_uniform = UINT32_MAX;
    bool empty() const { return outputs.empty(); }
};

/// Equations that run with the clock, of the variables that synapses or targets keep.
struct SynapseClock {
    compile::StepProgram step;
    SynapseProgram code;  ///< the step's; its uniforms come from StepSetup
};

/// A state or parameter of a neuron that the synapse reads.
struct NeuronVariable {
    std::string name;
    std::uint32_t array = UINT32_MAX;  ///< of the population's plan; none: `values`
    std::vector<double> values;        ///< one per node
};

/// A variable that synapses, rows or targets keep, at the start.
struct KeptVariable {
    std::string name;
    network::SynapseValue value;  ///< when no expression is set
    bool computed = false;        ///< by SynapsePlan::initial, its result of this variable's number
    std::uint32_t draw = 0;       ///< tells its draws from those of others
};

/// What a monitor reads of synapses.
struct SynapseReading {
    std::size_t monitor = 0;              ///< index into Network::synapse_monitors
    std::vector<std::uint64_t> synapses;  ///< that are recorded; empty: all
    SynapseProgram program;               ///< one result
    double scale = 1.0;                   ///< recorded = SI / scale
    std::string unit;
};

struct SynapsePlan {
    std::string name;  ///< of the projection
    language::ModelPtr model;
    symbolic::Graph graph;
    std::map<std::string, double> uniforms;  ///< parameters that are one number for all synapses
    std::array<std::vector<KeptVariable>, copy_kinds> variables;
    std::array<bool, copy_kinds> has_since{};  ///< some of them are event-driven
    std::vector<NeuronVariable> pre, post;
    /// On a presynaptic spike and a postsynaptic one: first what rows (targets) keep, then the synapses.
    SynapseProgram arriving_row, arriving, back_target, back;
    std::vector<std::string> arriving_effects,
        back_effects;                             ///< the target's states to which results are added
    std::array<SynapseClock, copy_kinds> clocks;  ///< of synapses and targets
    SynapseProgram summed;                        ///< one result for each of `sums`
    std::vector<std::string> sums;                ///< input arrays of the target's system
    SynapseProgram initial;  ///< of synapses: one result for each variable that is computed
    std::vector<SynapseReading> readings;
};

/// `model` is the projection's, joined to its populations (join_synapse); it has so many synapses. Throws
/// Error or InputError that name the projection and what is in the way.
SynapsePlan plan_synapse(const network::Network& network, const network::EventProjection& projection,
                         language::ModelPtr model, const ComposedPopulation& source,
                         const ComposedPopulation& target, std::uint64_t synapses,
                         const compile::KernelOptions& options);

/// The numbers of the synapses that a monitor records, out of `total`; none for all.
std::vector<std::uint64_t> recorded_synapses(const network::SynapseMonitor& monitor, std::uint64_t total);

/// Variables of the target to which a synapse's statements add, and those that it fills by sums.
struct SynapseTargets {
    std::vector<std::string> added, summed;
    bool runs_on_pre = false, runs_on_post = false;
};
SynapseTargets synapse_targets(const network::Network& network, const network::EventProjection& projection);

/// The event of the target that runs `on post`.
std::string back_event(const network::Network& network, const network::EventProjection& projection);

}  // namespace neurodyn::engine
