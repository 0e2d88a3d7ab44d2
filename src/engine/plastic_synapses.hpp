// SPDX-License-Identifier: BSD-3-Clause
// Synapses that a model describes, of one projection and one thread's targets: laid out by source, then
// delay, and run in chunks by the programs of their plan.
//
// A presynaptic spike runs the synapses of its source and delay, which lie behind each other; a postsynaptic
// one those of its target, found by an index. Everything happens when the spike's effect arrives at the
// target: with a dendritic delay of d steps the synapse is met d steps late, and so are the postsynaptic
// spikes, which reach it d steps after they happened; their order at the synapse is what it is.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "base/error.hpp"
#include "base/pages.hpp"
#include "compile/setup.hpp"
#include "engine/delivery.hpp"
#include "engine/synapse_plan.hpp"

namespace neurodyn::engine {

/// Where a projection's synapses of one thread end. What belongs to targets is counted from the first of
/// them.
template <class Real>
struct SynapseEnd {
    std::size_t first_target = 0, last_target = 0;
    std::vector<const Real*> pre, post;  ///< as SynapsePlan::pre and post
    std::vector<Real*> arriving, back;   ///< what effects are added to
    std::vector<Real*> sums;             ///< what sums are written to; null where nothing reads them
};

template <class Real>
class PlasticSynapses {
  public:
    /// `longest_delay` in steps bounds the axonal delays. Throws Error for delays and values that cannot be
    /// used.
    PlasticSynapses(const SynapsePlan& plan, const DeliveryEdges& edges, std::size_t longest_delay,
                    std::size_t dendritic_steps, double dt_s, SynapseEnd<Real> end);

    /// Spikes whose effects are due before `step`: of sources numbered from `first_source`, and then, of
    /// targets numbered from `first_target`, those that come back. Without numbers their spikes do nothing.
    void deliver(const SpikeHistory& spikes, std::size_t step, std::optional<std::uint32_t> first_source,
                 std::optional<std::uint32_t> first_target);
    /// Writes the sums over each target's synapses.
    void sum(std::size_t step);
    /// Steps what runs with the clock, from the beginning of `step` to its end.
    void tick(std::size_t step);

    /// Values of a reading after `steps` steps, for the recorded synapses in this thread: `take(k, value)`.
    void read(std::size_t reading, std::size_t steps, const std::function<void(std::size_t, double)>& take);

  private:
    static constexpr std::size_t chunk = 1024;
    /// What a program runs on: a synapse, a row or a target. `own` counts the rows or targets of a batch.
    struct Element {
        std::uint32_t synapse = 0, row = 0, target = 0, own = 0;
        std::uint32_t of(Copies copies) const {
            return copies == Copies::synapse ? synapse : copies == Copies::row ? row : target;
        }
    };
    struct Recorded {
        std::uint32_t synapse, row;
        std::size_t position;
    };
    struct Drawn;

    void lay_out(const DeliveryEdges& edges);
    void draw(const DeliveryEdges& edges, std::size_t source, Drawn& drawn) const;
    void append(std::size_t source, Drawn& drawn);
    void index_targets();
    void set_initial();

    void run_rows(std::size_t step);
    void run_targets(std::size_t step);
    // What follows runs on elements_.
    void run_own(const SynapseProgram& program, Copies copies, std::size_t step);
    void run_events(const SynapseProgram& program, const std::vector<Real*>& effects, std::size_t step);
    void run(const SynapseProgram& program, std::size_t step, const std::vector<double>* uniforms = nullptr);
    void fill(const SynapseArray& array, Real* to, std::size_t step) const;
    void write(const SynapseArray& array, const Real* from, std::size_t step);
    void add_to_targets(Real* to, const Real* from) const;
    void touch(Copies copies, std::size_t step);
    [[noreturn]] void name_non_finite(const SynapseArray& array, const Element& element,
                                      std::size_t step) const;

    /// Calls `flush` whenever a chunk of what `generate` adds has come together, and for the rest.
    template <class Generate, class Flush>
    void in_chunks(const Generate& generate, const Flush& flush) {
        elements_.clear();
        generate([&](const Element& element) {
            elements_.push_back(element);
            if (elements_.size() < chunk) return;
            flush();
            elements_.clear();
        });
        if (!elements_.empty()) flush();
    }
    template <class Add>
    void add_column(std::uint32_t target, std::uint32_t own, const Add& add) const {
        for (std::uint32_t c = column_begin_[target]; c < column_begin_[target + 1]; ++c)
            add(Element{column_[c], column_row_[c], target, own});
    }
    template <class Add>
    void add_rows(const Add& add) const {
        for (std::uint32_t row = 0; row < sources_ * row_; ++row)
            for (std::uint32_t s = begin_[row]; s < begin_[row + 1]; ++s) add(Element{s, row, target_[s], 0});
    }
    double seconds(std::size_t step) const {
        return (static_cast<double>(step) - static_cast<double>(dendritic_steps_)) * dt_s_;
    }

    const SynapsePlan& plan_;
    std::size_t sources_, row_;  ///< row_: delays
    std::size_t dendritic_steps_;
    double dt_s_;
    SynapseEnd<Real> end_;
    std::size_t count_ = 0;
    PagedArray<std::uint32_t> begin_;          ///< [row], and one behind the last
    PagedArray<std::uint32_t> target_;         ///< [synapse], counted from the first of this thread
    std::vector<std::uint32_t> column_begin_;  ///< [target], and one behind the last
    PagedArray<std::uint32_t> column_,
        column_row_;  ///< [..]: synapses of a target, ascending, and their rows
    std::array<std::vector<PagedArray<Real>>, copy_kinds> values_;  ///< [variable][copy]
    std::array<PagedArray<std::uint32_t>, copy_kinds> last_;  ///< step when brought up to date, modulo 2^32
    std::array<std::optional<compile::StepSetup>, copy_kinds> setups_;
    std::vector<std::vector<Recorded>> recorded_;  ///< per reading

    // Scratch.
    std::vector<std::uint32_t> batch_;          ///< rows or targets
    std::vector<AlignedVector<Real>> current_;  ///< [variable][of batch]
    std::vector<Element> elements_;
    std::vector<AlignedVector<Real>> buffers_;  ///< [array][element]
    std::vector<void*> pointers_;
    AlignedVector<Real> uniforms_;
};

}  // namespace neurodyn::engine
