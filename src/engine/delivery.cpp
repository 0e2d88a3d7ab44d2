// SPDX-License-Identifier: BSD-3-Clause
// Delays in steps, and adding up what arrives.
#include "engine/delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/machines.hpp"

namespace neurodyn::engine {
namespace {

using network::SynapseValue;

// No normal draw is larger than 6.77 standard deviations (random.hpp).
constexpr double largest_normal = 6.77;
// Blocks are asked for this long before they are added: about the latency of memory.
constexpr std::size_t prefetch_blocks = 48;

// The least and the most that can be drawn; infinite where only looking tells.
std::pair<double, double> bounds_of(const SynapseValue& value) {
    using Kind = SynapseValue::Kind;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double low = -infinity, high = infinity;
    if (value.kind == Kind::constant) low = high = value.a;
    if (value.kind == Kind::normal) {
        low = value.a - largest_normal * value.b;
        high = value.a + largest_normal * value.b;
    }
    if (value.kind == Kind::uniform) {
        low = value.a;
        high = value.b;
    }
    if (value.kind == Kind::list && !value.list.empty()) {
        const auto [least, most] = std::minmax_element(value.list.begin(), value.list.end());
        low = *least;
        high = *most;
    }
    return {std::max(low, value.minimum), std::min(high, value.maximum)};
}

// All values of a projection's synapses, drawn in turn.
template <class Real, class Visit>
void for_each_value(const network::Connector& connector, const SynapseValue& value, std::uint32_t variable,
                    Visit visit) {
    std::vector<std::uint32_t> targets;
    std::vector<Real> row;
    for (std::size_t source = 0; source < connector.sources(); ++source) {
        targets.clear();
        connector.outgoing(source, targets);
        row.resize(targets.size());
        connector.values(value, variable, source, targets, std::span<Real>(row));
        for (const Real x : row) visit(x);
    }
}

// To the nearest whole number of steps; true where a delay cannot be used. Compiled for several machines.
template <class Real>
[[gnu::always_inline]] inline bool round_delays(const Real* delay_s, std::size_t count, double steps_per_s,
                                                std::uint32_t added, std::uint32_t* steps) {
    constexpr double to_whole = 0x1.8p52;  // adding it rounds, and leaves the number in the low bits
    std::uint64_t bad = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const double exact = static_cast<double>(delay_s[k]) * steps_per_s;
        const double rounded = exact + to_whole;
        std::uint64_t bits;
        __builtin_memcpy(&bits, &rounded, sizeof bits);
        steps[k] = static_cast<std::uint32_t>(bits) + added;
        bad |= static_cast<std::uint64_t>(exact != 0.0) &
               (static_cast<std::uint64_t>(!(exact > 0.5)) | static_cast<std::uint64_t>(!(exact < 0x1p31)));
    }
    return bad != 0;
}
NEURODYN_FOR_EACH_MACHINE
bool delays_to_steps(const float* delay_s, std::size_t count, double steps_per_s, std::uint32_t added,
                     std::uint32_t* steps) {
    return round_delays(delay_s, count, steps_per_s, added, steps);
}
NEURODYN_FOR_EACH_MACHINE
bool delays_to_steps(const double* delay_s, std::size_t count, double steps_per_s, std::uint32_t added,
                     std::uint32_t* steps) {
    return round_delays(delay_s, count, steps_per_s, added, steps);
}

// A block is asked for long before it is added; it may begin in one line of the cache and end in the next.
template <class Block>
[[gnu::always_inline]] inline void prefetch(const Block* block) {
    const char* const bytes = reinterpret_cast<const char*>(block);
    __builtin_prefetch(bytes);
    if constexpr (64 % sizeof(Block) != 0) __builtin_prefetch(bytes + sizeof(Block) - 1);
}

// Adds the weights of `count` blocks; behind their numbers stand `prefetch_blocks` more.
template <class Real>
void add_blocks(const SynapseBlock<float>* blocks, const std::uint32_t* due, std::size_t count, Real* to) {
    for (std::size_t i = 0; i < count; ++i) {
        prefetch(blocks + due[i + prefetch_blocks]);
        const SynapseBlock<float>& block = blocks[due[i]];
        for (std::size_t k = 0; k < block_synapses; ++k)
            to[block.slot[k]] += static_cast<Real>(block.weight[k]);
    }
}

template <class Real>
[[gnu::always_inline]] inline void add_halves(const SynapseBlock<Half>* blocks, const std::uint32_t* due,
                                              std::size_t count, float unit, Real* to) {
    typedef std::uint16_t Halves __attribute__((vector_size(16), aligned(2)));
    typedef std::uint32_t Bits __attribute__((vector_size(32)));
    typedef float Floats __attribute__((vector_size(32)));
    const float from_bits = unit * 0x1p112F;  // the exponents of the two formats differ by that
    for (std::size_t i = 0; i < count; ++i) {
        prefetch(blocks + due[i + prefetch_blocks]);
        const SynapseBlock<Half>& block = blocks[due[i]];
        const Bits half = __builtin_convertvector(*reinterpret_cast<const Halves*>(block.weight), Bits);
        const Bits bits = (half & 0x7fffU) << 13 | (half & 0x8000U) << 16;
        const Floats weight = reinterpret_cast<Floats>(bits) * from_bits;
        for (std::size_t k = 0; k < block_synapses; ++k) to[block.slot[k]] += static_cast<Real>(weight[k]);
    }
}
NEURODYN_FOR_EACH_MACHINE
void add_blocks(const SynapseBlock<Half>* blocks, const std::uint32_t* due, std::size_t count, float unit,
                float* to) {
    add_halves(blocks, due, count, unit, to);
}
NEURODYN_FOR_EACH_MACHINE
void add_blocks(const SynapseBlock<Half>* blocks, const std::uint32_t* due, std::size_t count, float unit,
                double* to) {
    add_halves(blocks, due, count, unit, to);
}

}  // namespace

void refuse_delay(const DeliveryEdges& edges, double delay_s, double steps_per_s) {
    throw SubjectError(
        fmt::format("projection '{}'", edges.name),
        fmt::format("a delay of {:.6g} ms cannot be used; delays are zero or at least half a step of "
                    "{:.6g} ms. Give the distribution a minimum",
                    delay_s * 1e3, 1e3 / steps_per_s));
}

std::uint32_t delay_steps(const DeliveryEdges& edges, double delay_s, double steps_per_s) {
    std::uint32_t steps = 0;
    if (delays_to_steps(&delay_s, 1, steps_per_s, 0, &steps)) refuse_delay(edges, delay_s, steps_per_s);
    return steps;
}

std::size_t longest_delay_steps(const DeliveryEdges& edges, double dt_s) {
    const double bound = bounds_of(*edges.delay).second;
    if (std::isfinite(bound)) return delay_steps(edges, std::max(bound, 0.0), 1.0 / dt_s);
    std::uint32_t longest = 0;
    for_each_value<double>(*edges.connector, *edges.delay, delay_draw, [&](double delay_s) {
        longest = std::max(longest, delay_steps(edges, delay_s, 1.0 / dt_s));
    });
    return longest;
}

double largest_weight(const DeliveryEdges& edges) {
    const auto [low, high] = bounds_of(*edges.weight);
    const double bound = std::max(std::abs(low), std::abs(high));
    if (std::isfinite(bound)) return bound;
    double largest = 0.0;
    for_each_value<float>(*edges.connector, *edges.weight, weight_draw, [&](float weight) {
        largest = std::max(largest, std::abs(static_cast<double>(weight)));
    });
    return largest;
}

template <class Real>
void draw_delays(const DeliveryEdges& edges, std::size_t node, std::span<const std::uint32_t> targets,
                 double steps_per_s, std::vector<Real>& delay_s, std::uint32_t* steps) {
    delay_s.resize(targets.size());
    edges.connector->values(*edges.delay, delay_draw, node, targets, std::span<Real>(delay_s));
    if (delays_to_steps(delay_s.data(), delay_s.size(), steps_per_s, edges.dendritic_steps, steps))
        for (const Real d : delay_s)
            delay_steps(edges, static_cast<double>(d), steps_per_s);  // finds the one
}
template void draw_delays(const DeliveryEdges&, std::size_t, std::span<const std::uint32_t>, double,
                          std::vector<float>&, std::uint32_t*);
template void draw_delays(const DeliveryEdges&, std::size_t, std::span<const std::uint32_t>, double,
                          std::vector<double>&, std::uint32_t*);

template <class Real>
void SynapseTable::deliver(Real* arrivals, std::size_t first_page, std::size_t last_page,
                           const SpikeHistory& spikes, std::size_t step,
                           std::vector<std::uint32_t>& due) const {
    for (std::size_t p = first_page; p < last_page; ++p) {
        const Page& page = pages_[p];
        std::size_t count = 0;
        for (std::size_t delay = std::min(row_ - 1, step); delay-- > 0;) {
            const std::span<const std::uint32_t> sources = spikes.at(step - 1 - delay);
            const std::uint32_t* const begin = page.begin.data() + delay;
            // The bounds of the next list's rows are asked for a list ahead.
            const std::span<const std::uint32_t> next =
                delay > 0 ? spikes.at(step - delay) : std::span<const std::uint32_t>();
            for (std::size_t i = 0; i < sources.size(); ++i) {
                if (i < next.size()) __builtin_prefetch(begin - 1 + row_number(next[i]) * row_);
                const std::size_t row = row_number(sources[i]);
                if (row == no_row) continue;
                const std::uint32_t* const range = begin + row * row_;
                const std::uint32_t first = range[0], blocks = range[1] - first;
                // Numbers are written in eights, and those too many are overwritten.
                if (count + blocks + 8 > due.size()) due.resize(2 * due.size() + blocks + 8);
                std::uint32_t* const here = due.data() + count;
                for (std::uint32_t b = 0; b < blocks; b += 8)
                    for (std::uint32_t k = 0; k < 8; ++k) here[b + k] = first + b + k;
                count += blocks;
            }
        }
        if (count + prefetch_blocks > due.size()) due.resize(count + prefetch_blocks);
        std::fill_n(due.begin() + static_cast<std::ptrdiff_t>(count), prefetch_blocks, 0U);
        Real* const to = arrivals + (p - first_page) * page_slots;
        if (storage_ == Storage::half)
            add_blocks(static_cast<const SynapseBlock<Half>*>(page.blocks.data()), due.data(), count, unit_,
                       to);
        else
            add_blocks(static_cast<const SynapseBlock<float>*>(page.blocks.data()), due.data(), count, to);
    }
}

template void SynapseTable::deliver(float*, std::size_t, std::size_t, const SpikeHistory&, std::size_t,
                                    std::vector<std::uint32_t>&) const;
template void SynapseTable::deliver(double*, std::size_t, std::size_t, const SpikeHistory&, std::size_t,
                                    std::vector<std::uint32_t>&) const;

}  // namespace neurodyn::engine
