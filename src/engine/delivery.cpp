// SPDX-License-Identifier: BSD-3-Clause
// Building the rows by counting, and adding them up.
#include "engine/delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"

namespace neurodyn::engine {
namespace {

using network::SynapseValue;

// No normal draw is larger than 6.77 standard deviations (random.hpp).
constexpr double largest_normal = 6.77;
// Blocks are asked for this long before they are added: about the latency of memory.
constexpr std::size_t prefetch_blocks = 48;
constexpr std::size_t prefetch_ranges = 12;

// An upper bound of the draws, or infinity where only looking tells.
double upper_bound(const SynapseValue& value) {
    using Kind = SynapseValue::Kind;
    double bound = std::numeric_limits<double>::infinity();
    if (value.kind == Kind::constant) bound = value.a;
    if (value.kind == Kind::normal) bound = value.a + largest_normal * value.b;
    if (value.kind == Kind::uniform) bound = value.b;
    if (value.kind == Kind::list && !value.list.empty())
        bound = *std::max_element(value.list.begin(), value.list.end());
    return std::min(bound, value.maximum);
}

}  // namespace

void refuse_delay(const DeliveryEdges& edges, double delay_s, double steps_per_s) {
    throw SubjectError(
        fmt::format("projection '{}'", edges.name),
        fmt::format("a delay of {:.6g} ms cannot be used; delays are zero or at least half a step of "
                    "{:.6g} ms. Give the distribution a minimum",
                    delay_s * 1e3, 1e3 / steps_per_s));
}

std::size_t longest_delay_steps(const DeliveryEdges& edges, double dt_s) {
    const double bound = upper_bound(*edges.delay);
    if (std::isfinite(bound)) return delay_steps(edges, std::max(bound, 0.0), 1.0 / dt_s);
    std::uint32_t longest = 0;
    std::vector<std::uint32_t> targets;
    std::vector<double> delay_s;
    for (std::size_t source = 0; source < edges.connector->sources(); ++source) {
        targets.clear();
        edges.connector->outgoing(source, targets);
        delay_s.resize(targets.size());
        edges.connector->values(*edges.delay, delay_draw, source, targets, delay_s);
        for (const double d : delay_s) longest = std::max(longest, delay_steps(edges, d, 1.0 / dt_s));
    }
    return longest;
}

/// The synapses of one source, as drawn and sorted.
struct SynapseTable::Drawn {
    std::vector<std::uint32_t> targets;
    std::vector<double> delay_s, weights;
    std::vector<std::uint32_t> key;  ///< page * delays + delay
    std::vector<std::uint16_t> slot;
    std::vector<float> weight;
    std::vector<std::uint32_t> count;  ///< per key
};

SynapseTable::SynapseTable(std::vector<DeliveryEdges> edges, std::size_t sources,
                           const std::vector<std::size_t>& page_sizes, std::size_t longest_delay, double dt_s,
                           std::size_t builders)
    : edges_(std::move(edges)),
      sources_(sources),
      row_(longest_delay + 2),
      dt_s_(dt_s),
      builders_(builders),
      pages_(page_sizes.size()) {
    std::uint64_t synapses = 0;
    for (const DeliveryEdges& e : edges_) synapses += e.connector->total();
    // Memory is taken as it is written, so a region may be as large as its worst case.
    const std::uint64_t rows = (sources + builders - 1) / builders * row_;
    region_ = synapses / block_synapses + std::min<std::uint64_t>(rows, synapses) + 1;
    if (region_ * builders > std::numeric_limits<std::uint32_t>::max())
        throw Error(fmt::format("{} synapses are too many for one process", synapses));
    for (std::size_t p = 0; p < pages_.size(); ++p) {
        Page& page = pages_[p];
        page.slots = page_sizes[p];
        page.begin = PagedArray<std::uint32_t>(sources_ * row_);
        page.blocks = PagedArray<SynapseBlock>(region_ * builders);
    }
}

void SynapseTable::build(std::size_t builder) {
    std::vector<std::uint32_t> next(pages_.size(), static_cast<std::uint32_t>(builder * region_));
    Drawn drawn;
    for (std::size_t s = sources_ * builder / builders_; s < sources_ * (builder + 1) / builders_; ++s) {
        draw(s, drawn);
        lay_out(s, drawn, next);
    }
}

void SynapseTable::draw(std::size_t source, Drawn& drawn) const {
    drawn.key.clear();
    drawn.slot.clear();
    drawn.weight.clear();
    const auto delays = static_cast<std::uint32_t>(row_ - 1);
    const double steps_per_s = 1.0 / dt_s_;
    for (const DeliveryEdges& e : edges_) {
        if (source < e.first_source || source - e.first_source >= e.connector->sources()) continue;
        const std::size_t node = source - e.first_source;
        drawn.targets.clear();
        e.connector->outgoing(node, drawn.targets);
        const std::size_t count = drawn.targets.size();
        drawn.delay_s.resize(count);
        drawn.weights.resize(count);
        about(fmt::format("projection '{}'", e.name), [&] {
            e.connector->values(*e.delay, delay_draw, node, drawn.targets, drawn.delay_s);
            e.connector->values(*e.weight, weight_draw, node, drawn.targets, drawn.weights);
        });
        const std::size_t first = drawn.key.size();
        drawn.key.resize(first + count);
        drawn.slot.resize(first + count);
        drawn.weight.resize(first + count);
        bool finite = true;
        for (std::size_t k = 0; k < count; ++k) {
            const ArrivalPlace place = (*e.places)[drawn.targets[k]];
            const std::uint32_t delay = e.dendritic_steps + delay_steps(e, drawn.delay_s[k], steps_per_s);
            drawn.key[first + k] = place.page * delays + delay;
            drawn.slot[first + k] = static_cast<std::uint16_t>(place.slot);
            drawn.weight[first + k] = static_cast<float>(drawn.weights[k]);
            finite &= std::isfinite(drawn.weight[first + k]);
        }
        if (finite) continue;
        std::size_t k = 0;
        while (std::isfinite(drawn.weight[first + k])) ++k;
        throw SubjectError(
            fmt::format("projection '{}'", e.name),
            fmt::format("the weight {} of its synapse from neuron {} to neuron {} cannot be used",
                        drawn.weights[k], node, drawn.targets[k]));
    }
}

// Counting sort by page and delay; equal ones stay in the order in which they were drawn.
void SynapseTable::lay_out(std::size_t source, Drawn& drawn, std::vector<std::uint32_t>& next) {
    const std::size_t delays = row_ - 1;
    drawn.count.assign(pages_.size() * delays, 0);
    for (const std::uint32_t key : drawn.key) ++drawn.count[key];
    for (std::size_t p = 0; p < pages_.size(); ++p) {
        std::uint32_t* const begin = pages_[p].begin.data() + source * row_;
        for (std::size_t d = 0; d < delays; ++d) {
            std::uint32_t& count = drawn.count[p * delays + d];
            begin[d] = next[p];
            const std::uint32_t blocks = (count + block_synapses - 1) / block_synapses;
            // Padding adds zero to slots of the page that differ, so that no addition waits for the one
            // before.
            if (count % block_synapses != 0) {
                SynapseBlock& last = pages_[p].blocks[next[p] + blocks - 1];
                for (std::size_t k = 0; k < block_synapses; ++k)
                    last.slot[k] = static_cast<std::uint16_t>((next[p] + 17 * k) % pages_[p].slots);
            }
            count = 0;  // from here on: how many are placed
            next[p] += blocks;
        }
        begin[delays] = next[p];
    }
    for (std::size_t k = 0; k < drawn.key.size(); ++k) {
        const std::uint32_t at = drawn.count[drawn.key[k]]++;
        const Page& page = pages_[drawn.key[k] / delays];
        const std::size_t first = page.begin[source * row_ + drawn.key[k] % delays];
        SynapseBlock& block = page.blocks[first + at / block_synapses];
        block.slot[at % block_synapses] = drawn.slot[k];
        block.weight[at % block_synapses] = drawn.weight[k];
    }
}

template <class Real>
void SynapseTable::deliver(Real* arrivals, std::size_t first_page, std::size_t last_page,
                           const SpikeHistory& spikes, std::size_t step,
                           std::vector<std::uint32_t>& due) const {
    for (std::size_t p = first_page; p < last_page; ++p) {
        const Page& page = pages_[p];
        due.clear();
        for (std::size_t delay = std::min(row_ - 1, step); delay-- > 0;) {
            const std::span<const std::uint32_t> sources = spikes.at(step - 1 - delay);
            const std::uint32_t* const begin = page.begin.data() + delay;
            for (std::size_t i = 0; i < sources.size(); ++i) {
                if (i + prefetch_ranges < sources.size())
                    __builtin_prefetch(begin + sources[i + prefetch_ranges] * row_);
                const std::uint32_t* const range = begin + sources[i] * row_;
                for (std::uint32_t b = range[0]; b < range[1]; ++b) due.push_back(b);
            }
        }
        Real* const to = arrivals + (p - first_page) * page_slots;
        const SynapseBlock* const blocks = page.blocks.data();
        const std::size_t count = due.size();
        due.resize(count + prefetch_blocks, 0);
        for (std::size_t i = 0; i < count; ++i) {
            const char* const ahead = reinterpret_cast<const char*>(blocks + due[i + prefetch_blocks]);
            __builtin_prefetch(ahead);
            __builtin_prefetch(ahead + sizeof(SynapseBlock) - 1);
            const SynapseBlock& block = blocks[due[i]];
            for (std::size_t k = 0; k < block_synapses; ++k)
                to[block.slot[k]] += static_cast<Real>(block.weight[k]);
        }
    }
}

template void SynapseTable::deliver(float*, std::size_t, std::size_t, const SpikeHistory&, std::size_t,
                                    std::vector<std::uint32_t>&) const;
template void SynapseTable::deliver(double*, std::size_t, std::size_t, const SpikeHistory&, std::size_t,
                                    std::vector<std::uint32_t>&) const;

}  // namespace neurodyn::engine
