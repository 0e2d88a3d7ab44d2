// SPDX-License-Identifier: BSD-3-Clause
// Static synapses laid out for delivery: what spikes add to the neurons of one thread.
//
// Spikes are pulled when they arrive: they wait in a short history, and each step adds, for every delay, the
// synapses of that delay of the neurons that spiked so long ago. A thread writes only its own neurons'
// arrivals, which stay in its cache, and a neuron's arrivals are added by descending delay, then ascending
// source, whoever owns it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/pages.hpp"
#include "network/connect.hpp"

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

struct SynapseBlock {
    std::array<std::uint16_t, block_synapses> slot;  ///< in the page
    std::array<float, block_synapses> weight;        ///< padded with zeros
};

/// Where the arrivals of a thread's neurons lie: `page` counts pages of all threads.
struct ArrivalPlace {
    std::uint32_t page : 16;
    std::uint32_t slot : 16;
};

/// One projection, ready to have its synapses laid out.
struct DeliveryEdges {
    std::string name;  ///< of the projection, for messages
    const network::Connector* connector = nullptr;
    const network::SynapseValue* weight = nullptr;
    const network::SynapseValue* delay = nullptr;
    std::size_t first_source = 0;  ///< the number of the source population's first neuron
    const std::vector<ArrivalPlace>* places = nullptr;  ///< of the target population's neurons
    std::uint32_t dendritic_steps = 0;                  ///< on top of every delay
};

/// Draws that differ between the synapses of one projection are told apart by these numbers; a model's values
/// follow.
inline constexpr std::uint32_t weight_draw = 0, delay_draw = 1;

[[noreturn]] void refuse_delay(const DeliveryEdges& edges, double delay_s, double steps_per_s);

/// A delay in whole steps. Throws Error, naming the projection, when it is below zero, between zero and half
/// a step, or not finite.
inline std::uint32_t delay_steps(const DeliveryEdges& edges, double delay_s, double steps_per_s) {
    const double steps = delay_s * steps_per_s;
    constexpr double to_whole = 0x1.8p52;  // adding it rounds to the nearest whole number
    const double whole = (steps + to_whole) - to_whole;
    if (!(steps >= 0.0) || !(steps < 0x1p31) || (whole == 0.0 && steps > 0.0))
        refuse_delay(edges, delay_s, steps_per_s);
    return static_cast<std::uint32_t>(whole);
}

/// The longest delay, in steps, that the synapses of a projection can have, without the dendritic one: from
/// the distribution's bounds, or by looking at all of them. Throws Error, naming the projection, for delays
/// below zero, between zero and half a step, or not finite.
std::size_t longest_delay_steps(const DeliveryEdges& edges, double dt_s);

/// The synapses of all threads: rows by page, source and delay.
class SynapseTable {
  public:
    SynapseTable() = default;
    /// Reserves room; each of `builders` threads must then call build().
    /// `page_sizes` are the slots that each page has.
    SynapseTable(std::vector<DeliveryEdges> edges, std::size_t sources,
                 const std::vector<std::size_t>& page_sizes, std::size_t longest_delay, double dt_s,
                 std::size_t builders);
    /// Draws and lays out the synapses of this builder's share of the sources. Throws Error, naming the
    /// projection, for a weight or a delay that cannot be used.
    void build(std::size_t builder);

    /// Adds to arrivals[slot] what arrives on pages [first_page, last_page) before step `step`: a spike found
    /// at the end of step s arrives before step s + 1 + delay. `due` is scratch.
    template <class Real>
    void deliver(Real* arrivals, std::size_t first_page, std::size_t last_page, const SpikeHistory& spikes,
                 std::size_t step, std::vector<std::uint32_t>& due) const;

  private:
    struct Page {
        std::size_t slots = 0;
        PagedArray<std::uint32_t> begin;  ///< [source][delay]: the first block, and the end behind the last
        PagedArray<SynapseBlock> blocks;  ///< a region for each builder, of which it uses what it needs
    };
    struct Drawn;
    void draw(std::size_t source, Drawn& drawn) const;
    void lay_out(std::size_t source, Drawn& drawn, std::vector<std::uint32_t>& next);

    std::vector<DeliveryEdges> edges_;
    std::size_t sources_ = 0, row_ = 0;  ///< row_: delays, and one for the end
    double dt_s_ = 0.0;
    std::size_t builders_ = 1, region_ = 0;
    std::vector<Page> pages_;
};

}  // namespace neurodyn::engine
