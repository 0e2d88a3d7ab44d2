// SPDX-License-Identifier: BSD-3-Clause
// Static synapses laid out for delivery: what spikes add to the neurons of one thread.
//
// Spikes are pulled when they arrive: they wait in a short history, and each step adds, for every delay, the
// synapses of that delay of the neurons that spiked so long ago. A thread writes only its own neurons'
// arrivals, which stay in its cache, and a neuron's arrivals are added by descending delay, then ascending
// source, whoever owns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/pages.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// Spikes of the last steps, as ascending numbers of sources (all event sources of a network are numbered
/// through).
class SpikeHistory {
  public:
    explicit SpikeHistory(std::size_t steps) : ring_(steps) {}
    /// The list of a step, emptied, to be filled in ascending order. Overwrites the step that is `steps`
    /// back.
    std::vector<std::uint32_t>& start(std::size_t step) {
        auto& list = ring_[step % ring_.size()];
        list.clear();
        return list;
    }
    std::span<const std::uint32_t> at(std::size_t step) const { return ring_[step % ring_.size()]; }

  private:
    std::vector<std::vector<std::uint32_t>> ring_;
};

/// Synapses that are kept together: of one source and one delay, to targets of one page.
inline constexpr std::size_t block_synapses = 8;
/// Arrivals that 16 bits can tell apart.
inline constexpr std::size_t page_slots = std::size_t{1} << 16;

/// Weight: float, or Half.
template <class Weight>
struct SynapseBlock {                    // plain arrays, for functions that are compiled for several machines
    std::uint16_t slot[block_synapses];  ///< in the page
    Weight weight[block_synapses];       ///< padded with zeros
};
/// The bits of an IEEE 754 half-precision number: that of a weight over a power of two that the table's
/// weights share.
using Half = std::uint16_t;

/// Without padding.
constexpr std::size_t bytes_of_synapse(network::EventProjection::Storage storage) {
    return (storage == network::EventProjection::Storage::half ? sizeof(SynapseBlock<Half>)
                                                               : sizeof(SynapseBlock<float>)) /
           block_synapses;
}

/// Where the arrivals of nodes lie: those from `first_node` on, up to the next range, on one page, one behind
/// the other. Pages of all threads are counted through.
struct ArrivalRange {
    std::uint32_t first_node = 0, page = 0, slot = 0;
};

/// One projection, ready to have its synapses laid out.
struct DeliveryEdges {
    std::string name;  ///< of the projection, for messages
    const network::Connector* connector = nullptr;
    const network::SynapseValue* weight = nullptr;
    const network::SynapseValue* delay = nullptr;
    std::size_t first_source = 0;        ///< the number of the source population's first neuron
    std::vector<ArrivalRange> places{};  ///< of the target population, ascending
    std::uint32_t dendritic_steps = 0;   ///< on top of every delay
};

/// Draws that differ between the synapses of one projection are told apart by these numbers; a model's values
/// follow.
inline constexpr std::uint32_t weight_draw = 0, delay_draw = 1;

[[noreturn]] void refuse_delay(const DeliveryEdges& edges, double delay_s, double steps_per_s);

/// A delay in whole steps. Throws Error, naming the projection, when it is below zero, between zero and half
/// a step, or not finite.
std::uint32_t delay_steps(const DeliveryEdges& edges, double delay_s, double steps_per_s);

/// An upper bound of the weights' absolute values: from the distribution's bounds, or by looking at all.
double largest_weight(const DeliveryEdges& edges);

/// The delays of one row of a projection, each with the dendritic one on top; `delay_s` is scratch, in the
/// precision in which they are to be drawn. Throws as delay_steps().
template <class Real>
void draw_delays(const DeliveryEdges& edges, std::size_t node, std::span<const std::uint32_t> targets,
                 double steps_per_s, std::vector<Real>& delay_s, std::uint32_t* steps);

/// The longest delay, in steps, that the synapses of a projection can have, without the dendritic one: from
/// the distribution's bounds, or by looking at all of them. Throws Error, naming the projection, for delays
/// below zero, between zero and half a step, or not finite.
std::size_t longest_delay_steps(const DeliveryEdges& edges, double dt_s);

/// The synapses of all threads: rows by page, source and delay. Rows are kept from the start, or
/// (procedural) drawn anew when their source sends an event, and given up when that has arrived everywhere:
/// they are the same either way.
class SynapseTable {
  public:
    using Storage = network::EventProjection::Storage;

    /// Reserves room; each of `builders` threads must then call build().
    /// `page_sizes` are the slots that each page has.
    SynapseTable(std::vector<DeliveryEdges> edges, std::size_t sources,
                 const std::vector<std::size_t>& page_sizes, std::size_t longest_delay, double dt_s,
                 std::size_t builders, Storage storage);
    /// Draws and lays out the synapses of this builder's share of the sources; procedural: only counts them.
    /// Throws Error, naming the projection, for a weight or a delay that cannot be used.
    void build(std::size_t builder);

    /// Adds to arrivals[slot] what arrives on pages [first_page, last_page) before step `step`: a spike found
    /// at the end of step s arrives before step s + 1 + delay. `due` is scratch.
    template <class Real>
    void deliver(Real* arrivals, std::size_t first_page, std::size_t last_page, const SpikeHistory& spikes,
                 std::size_t step, std::vector<std::uint32_t>& due) const;

    /// Procedural, when all have built: makes room for the rows. Throws Error when they would be too many.
    void make_room();
    /// Procedural: draws this builder's share of the rows of sources that sent events at the end of `step`.
    /// All builders must have called it before any calls deliver() again. Throws as build().
    void receive(std::size_t builder, std::size_t step, std::span<const std::uint32_t> sources);
    /// Procedural: gives up this builder's rows that nothing asks for from `step` on. None may be in
    /// receive().
    void release(std::size_t builder, std::size_t step);

  private:
    struct Page {
        std::size_t slots = 0;
        PagedArray<std::uint32_t> begin;  ///< [row][delay]: the first block, and the end behind the last
        PagedMemory blocks;  ///< SynapseBlocks; a region for each builder, used as needed; procedural: one
        // Procedural:
        std::uint32_t used = 0;
        std::vector<std::vector<std::uint32_t>> free;  ///< by size class: first blocks of rows given up
    };
    /// The synapses of one source, as drawn and sorted.
    struct Drawn {
        std::vector<std::uint32_t> targets;
        std::vector<float> delay_s;
        std::vector<double> exact_delay_s;
        std::vector<std::uint32_t> key, slot;  ///< key: page * delays + delay
        std::vector<float> weight;
        std::vector<Half> half_weight;
        std::vector<std::uint32_t> next;  ///< per key: how many there are, then where the next one goes
        std::vector<SynapseBlock<float>> single;  ///< blocks of all pages
        std::vector<SynapseBlock<Half>> half;
        std::vector<std::uint32_t> page_blocks, first_block;  ///< per page: how many, and where they go
    };
    /// What a builder owns.
    struct Builder {
        Drawn drawn;
        std::deque<std::pair<std::size_t, std::uint32_t>>
            live;                       ///< its rows: a step to look again, and source
        std::size_t most_synapses = 0;  ///< of one of its sources
    };
    static constexpr std::uint32_t no_row = UINT32_MAX;

    bool sends(const DeliveryEdges& edges, std::size_t source) const {
        return source >= edges.first_source && source - edges.first_source < edges.connector->sources();
    }
    std::size_t row_number(std::size_t source) const { return row_of_.empty() ? source : row_of_[source]; }
    void draw(std::size_t source, Drawn& drawn) const;
    void draw(const DeliveryEdges& edges, std::size_t node, Drawn& drawn) const;
    void count_blocks(Drawn& drawn) const;
    void lay_out(std::size_t row, Drawn& drawn);
    template <class Weight>
    void lay_out(std::size_t row, Drawn& drawn, const Weight* weights,
                 std::vector<SynapseBlock<Weight>>& blocks);
    void choose_unit();
    void reserve(std::uint64_t blocks);
    std::uint32_t take_row(Drawn& drawn);
    void give_row(std::uint32_t row);

    std::vector<DeliveryEdges> edges_;
    std::size_t sources_ = 0, row_ = 0;  ///< row_: delays, and one for the end
    double dt_s_ = 0.0;
    Storage storage_;
    float unit_ = 1.0F;  ///< of weights in half precision
    std::vector<Page> pages_;
    std::vector<Builder> builders_;
    // Procedural:
    std::vector<std::uint32_t> row_of_;    ///< per source, or no_row
    std::vector<std::size_t> live_until_;  ///< per source: the last step that may ask for its row
    std::unique_ptr<std::mutex> free_mutex_ = std::make_unique<std::mutex>();
    std::vector<std::uint32_t> free_rows_;  ///< given up; the last one goes first, being in the cache
    std::uint32_t used_rows_ = 0;
};

}  // namespace neurodyn::engine
