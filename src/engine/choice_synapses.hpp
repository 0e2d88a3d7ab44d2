// SPDX-License-Identifier: BSD-3-Clause
// Procedural synapses that are made when they are added: kept is how many there are, not which.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "base/pages.hpp"
#include "engine/choice_law.hpp"

namespace neurodyn::engine {

/// An estimate for one projection.
std::uint64_t memory_of_choices(const network::Connector& connector, std::size_t longest_delay);

/// The kinds of synapses of all sources, and the weights that they may have. A neuron's arrivals
/// of one step are added by group of projections, then descending delay, then ascending source.
class ChoiceSynapses {
  public:
    /// Reserves room; each of `builders` threads must then call build(). `history` steps are kept of spikes.
    ChoiceSynapses(const std::vector<DeliveryEdges>& edges, const std::vector<std::size_t>& longest_delays,
                   double dt_s, std::size_t builders, std::size_t history);

    /// Counts this builder's share of the sources. Throws Error, naming the projection, for a delay that
    /// cannot be used.
    void build(std::size_t builder);
    /// When all have built: true when a row is too long for the small tables; all must build again.
    bool widen();

    /// What one thread adds to its own neurons.
    class Share {
      public:
        /// Of pages [first_page, last_page), which lie one behind the other.
        Share(const ChoiceSynapses& all, std::size_t first_page, std::size_t last_page);
        Share() = default;
        /// Adds to arrivals[slot] what arrives before step `step`: a spike found at the end of step s arrives
        /// before step s + 1 + delay.
        template <class Real>
        void deliver(Real* arrivals, const SpikeHistory& spikes, std::size_t step);

      private:
        struct Source {
            std::uint32_t row, delay;
        };
        void note_spikes(const SpikeHistory& spikes, std::size_t step);
        template <class R>
        void find_sources(const R& rows, std::size_t group, const SpikeHistory& spikes, std::size_t step);
        template <class R>
        void find_due(const R& rows, std::size_t group);
        const ChoiceSynapses* all_ = nullptr;
        std::size_t first_slice_ = 0, last_slice_ = 0;
        std::vector<ChoiceTable> tables_;   ///< [group][slice]
        std::vector<std::uint32_t> begin_;  ///< [step][group]: of the step's spikes the first and the end
        std::vector<Source> due_sources_;
        std::array<std::vector<ChoiceRun>, choice_slices> due_;
    };

  private:
    /// Projections of the same sources, as many as a table has kinds.
    struct Group {
        std::uint32_t first_source = 0;
        std::size_t sources = 0, delays = 0;
        std::vector<std::size_t> laws;
        std::vector<std::size_t> room;  ///< per builder: where its kinds begin; and the end
    };
    /// The synapses of all sources of a group: their kinds, of each source by delay, slice and kind. Where
    /// those of a delay and slice begin is kept in few bits, if that will do.
    template <class B>
    struct Rows {
        using Begin = B;
        PagedArray<std::uint8_t> kinds;
        PagedArray<std::uint64_t> first;  ///< [source]
        PagedArray<Begin> begin;          ///< [source][delay][slice], and the end: from the first
    };
    using Narrow = Rows<std::uint16_t>;
    using Wide = Rows<std::uint32_t>;

    ChoiceDraws draws(std::size_t group, std::size_t slice) const {
        const ChoiceLaw& first = laws_[groups_[group].laws.front()];
        return choice_draws(first.seed(), first.stream(), slice);
    }
    void make_groups(std::size_t builders);
    template <class R>
    void reserve(std::vector<R>& rows) const;
    template <class R>
    bool build(std::size_t builder, const Group& group, const R& rows) const;
    template <class R>
    bool lay_out(const Group& group, const R& rows, std::size_t source, std::span<const std::uint32_t> counts,
                 std::size_t at) const;

    std::vector<DeliveryEdges> edges_;
    std::vector<ChoiceLaw> laws_;
    std::vector<Group> groups_;
    std::variant<std::vector<Narrow>, std::vector<Wide>> rows_;  ///< per group
    std::vector<float> levels_;                                  ///< of all weights; the first is none
    std::vector<std::uint32_t> first_level_;                     ///< per law
    std::size_t history_;
    std::unique_ptr<std::atomic<bool>> too_large_ = std::make_unique<std::atomic<bool>>(false);
};

}  // namespace neurodyn::engine
