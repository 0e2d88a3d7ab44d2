// SPDX-License-Identifier: BSD-3-Clause
// Drawing rows of synapses and laying them out, once for all or whenever their source sends an event.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "base/machines.hpp"
#include "engine/delivery.hpp"

namespace neurodyn::engine {
namespace {

using network::SynapseValue;

NEURODYN_FOR_EACH_MACHINE
bool all_finite(const float* values, std::size_t count) {
    int bad = 0;
    for (std::size_t k = 0; k < count; ++k) bad |= static_cast<int>(!(values[k] - values[k] == 0.0F));
    return bad == 0;
}

// Rounded to the nearest half-precision number, ties to even. Values must be within its range.
NEURODYN_FOR_EACH_MACHINE
void to_half(const float* values, std::size_t count, float factor, Half* out) {
    constexpr float denormal = 0.5F;  // whose last bit is that of the smallest half-precision numbers
    std::uint32_t denormal_bits;
    __builtin_memcpy(&denormal_bits, &denormal, sizeof denormal_bits);
    for (std::size_t k = 0; k < count; ++k) {
        const float value = values[k] * factor;
        std::uint32_t bits;
        __builtin_memcpy(&bits, &value, sizeof bits);
        const std::uint32_t sign = bits >> 16 & 0x8000U, size = bits & 0x7fffffffU;
        float magnitude;
        __builtin_memcpy(&magnitude, &size, sizeof magnitude);
        const float small = magnitude + denormal;
        std::uint32_t small_bits;
        __builtin_memcpy(&small_bits, &small, sizeof small_bits);
        const std::uint32_t normal = ((size + 0xfffU + (size >> 13 & 1U)) >> 13) - (112U << 10);
        const std::uint32_t rounded = size >= 113U << 23 ? normal : small_bits - denormal_bits;
        out[k] = static_cast<Half>(rounded | sign);
    }
}

// Nodes from `first_node` on get `added_key` more and are `added_slot` further.
NEURODYN_FOR_EACH_MACHINE
void add_from(const std::uint32_t* nodes, std::size_t count, std::uint32_t first_node,
              std::uint32_t added_key, std::uint32_t added_slot, std::uint32_t* key, std::uint32_t* slot) {
    for (std::size_t k = 0; k < count; ++k) {
        const std::uint32_t is = nodes[k] >= first_node ? ~0U : 0U;
        key[k] += added_key & is;
        slot[k] += added_slot & is;
    }
}

// Adds the page to keys and finds the slots. Most populations have as many ranges as there are threads.
void find_places(std::span<const std::uint32_t> nodes, const std::vector<ArrivalRange>& ranges,
                 std::uint32_t keys_of_page, std::uint32_t* key, std::uint32_t* slot) {
    std::copy(nodes.begin(), nodes.end(), slot);
    ArrivalRange before;
    for (const ArrivalRange& range : ranges) {
        // Differences modulo 2^32.
        const std::uint32_t slots = range.slot - range.first_node - (before.slot - before.first_node);
        add_from(nodes.data(), nodes.size(), range.first_node, (range.page - before.page) * keys_of_page,
                 slots, key, slot);
        before = range;
    }
}

std::uint32_t blocks_of(std::uint32_t synapses) {
    return static_cast<std::uint32_t>((synapses + block_synapses - 1) / block_synapses);
}

// Room for procedural rows comes in multiples of this.
constexpr std::size_t class_blocks = 32;

std::size_t class_of(std::size_t blocks) { return (blocks + class_blocks - 1) / class_blocks; }

}  // namespace

SynapseTable::SynapseTable(std::vector<DeliveryEdges> edges, std::size_t sources,
                           const std::vector<std::size_t>& page_sizes, std::size_t longest_delay, double dt_s,
                           std::size_t builders, Storage storage)
    : edges_(std::move(edges)),
      sources_(sources),
      row_(longest_delay + 2),
      dt_s_(dt_s),
      storage_(storage),
      pages_(page_sizes.size()),
      builders_(builders) {
    for (std::size_t p = 0; p < pages_.size(); ++p) pages_[p].slots = page_sizes[p];
    if (storage == Storage::procedural) return;
    if (storage == Storage::half) choose_unit();
    std::uint64_t synapses = 0;
    for (const DeliveryEdges& e : edges_) synapses += e.connector->total();
    // Memory is taken as it is written, so a region may be as large as its worst case.
    const std::uint64_t rows = (sources + builders - 1) / builders * row_;
    const std::uint64_t region = synapses / block_synapses + std::min<std::uint64_t>(rows, synapses) + 1;
    reserve(region * builders);
    for (std::size_t b = 0; b < builders; ++b)
        builders_[b].drawn.first_block.assign(pages_.size(), static_cast<std::uint32_t>(b * region));
}

// A power of two, so that nothing but the rounding to 11 bits happens to weights.
void SynapseTable::choose_unit() {
    constexpr int largest_exponent = 15;  // of half precision
    constexpr double well_kept = 0x1p-24;
    std::vector<double> largest;
    for (const DeliveryEdges& e : edges_)
        largest.push_back(about(fmt::format("projection '{}'", e.name), [&] { return largest_weight(e); }));
    const double most = *std::max_element(largest.begin(), largest.end());
    if (most == 0.0 || !std::isfinite(most)) return;  // nothing to round, or refused when it is drawn
    unit_ = static_cast<float>(std::ldexp(1.0, std::ilogb(most) + 1 - largest_exponent));
    for (std::size_t i = 0; i < edges_.size(); ++i)
        if (largest[i] > 0.0 && largest[i] < most * well_kept)
            throw SubjectError(
                fmt::format("projection '{}'", edges_[i].name),
                fmt::format("weights of {:.3g} beside weights of {:.3g} (SI) in half precision would lose "
                            "their digits; keep them in single precision (storage: single)",
                            largest[i], most));
}

void SynapseTable::reserve(std::uint64_t blocks) {
    if (blocks > std::numeric_limits<std::uint32_t>::max())
        throw Error("the network has too many synapses for one process");
    for (Page& page : pages_) {
        page.begin = PagedArray<std::uint32_t>(sources_ * row_);
        page.blocks = PagedMemory(blocks * block_synapses * bytes_of_synapse(storage_));
    }
}

void SynapseTable::build(std::size_t b) {
    Builder& builder = builders_[b];
    for (std::size_t s = sources_ * b / builders_.size(); s < sources_ * (b + 1) / builders_.size(); ++s) {
        if (storage_ != Storage::procedural) {
            draw(s, builder.drawn);
            count_blocks(builder.drawn);
            lay_out(s, builder.drawn);
            continue;
        }
        std::size_t synapses = 0;
        for (const DeliveryEdges& e : edges_)
            if (sends(e, s)) synapses += e.connector->out_degree(s - e.first_source);
        builder.most_synapses = std::max(builder.most_synapses, synapses);
    }
    if (storage_ != Storage::procedural) builder.drawn = {};
}

void SynapseTable::make_room() {
    std::size_t most = 0;
    for (const Builder& builder : builders_) most = std::max(most, builder.most_synapses);
    // A row of the size class of the longest for every source.
    const std::size_t longest = class_of(most / block_synapses + std::min(most, row_));
    reserve(static_cast<std::uint64_t>(longest * class_blocks) * sources_);
    for (Page& page : pages_) page.free.resize(longest + 1);
    row_of_.assign(sources_, no_row);
    live_until_.assign(sources_, 0);
}

std::uint32_t SynapseTable::take_row(Drawn& drawn) {
    drawn.first_block.resize(pages_.size());
    const std::lock_guard lock(*free_mutex_);
    for (std::size_t p = 0; p < pages_.size(); ++p) {
        Page& page = pages_[p];
        const std::size_t size = class_of(drawn.page_blocks[p]);
        if (page.free[size].empty()) {
            drawn.first_block[p] = page.used;
            page.used += static_cast<std::uint32_t>(size * class_blocks);
        } else {
            drawn.first_block[p] = page.free[size].back();
            page.free[size].pop_back();
        }
    }
    if (free_rows_.empty()) return used_rows_++;
    const std::uint32_t row = free_rows_.back();
    free_rows_.pop_back();
    return row;
}

void SynapseTable::give_row(std::uint32_t row) {
    const std::lock_guard lock(*free_mutex_);
    for (Page& page : pages_) {
        const std::uint32_t* const begin = page.begin.data() + row * row_;
        page.free[class_of(begin[row_ - 1] - begin[0])].push_back(begin[0]);
    }
    free_rows_.push_back(row);
}

void SynapseTable::receive(std::size_t b, std::size_t step, std::span<const std::uint32_t> sources) {
    Builder& builder = builders_[b];
    for (std::size_t k = b; k < sources.size(); k += builders_.size()) {
        const std::uint32_t source = sources[k];
        live_until_[source] = std::max(live_until_[source], step + row_ - 1);
        if (row_of_[source] != no_row) continue;
        draw(source, builder.drawn);
        if (builder.drawn.key.empty()) continue;
        count_blocks(builder.drawn);
        row_of_[source] = take_row(builder.drawn);
        lay_out(row_of_[source], builder.drawn);
        builder.live.emplace_back(live_until_[source], source);
    }
}

void SynapseTable::release(std::size_t b, std::size_t step) {
    auto& live = builders_[b].live;
    while (!live.empty() && live.front().first < step) {
        const std::uint32_t source = live.front().second;
        live.pop_front();
        if (live_until_[source] >= step) {  // another event has come since
            live.emplace_back(live_until_[source], source);
            continue;
        }
        give_row(std::exchange(row_of_[source], no_row));
    }
}

void SynapseTable::draw(std::size_t source, Drawn& drawn) const {
    drawn.key.clear();
    drawn.slot.clear();
    drawn.weight.clear();
    for (const DeliveryEdges& e : edges_)
        if (sends(e, source)) draw(e, source - e.first_source, drawn);
}

void SynapseTable::draw(const DeliveryEdges& e, std::size_t node, Drawn& drawn) const {
    drawn.targets.clear();
    e.connector->outgoing(node, drawn.targets);
    const std::size_t count = drawn.targets.size(), first = drawn.key.size();
    drawn.key.resize(first + count);
    drawn.slot.resize(first + count);
    drawn.weight.resize(first + count);
    const std::span<float> weights(drawn.weight.data() + first, count);
    about(fmt::format("projection '{}'", e.name), [&] {
        e.connector->values(*e.weight, weight_draw, node, drawn.targets, weights);
        if (e.delay->kind == SynapseValue::Kind::normal)
            draw_delays(e, node, drawn.targets, 1.0 / dt_s_, drawn.delay_s, drawn.key.data() + first);
        else
            draw_delays(e, node, drawn.targets, 1.0 / dt_s_, drawn.exact_delay_s, drawn.key.data() + first);
    });
    find_places(drawn.targets, e.places, static_cast<std::uint32_t>(row_ - 1), drawn.key.data() + first,
                drawn.slot.data() + first);
    if (all_finite(weights.data(), count)) return;
    std::size_t k = 0;
    while (std::isfinite(weights[k])) ++k;
    throw SubjectError(fmt::format("projection '{}'", e.name),
                       fmt::format("the weight {} of its synapse from neuron {} to neuron {} cannot be used",
                                   weights[k], node, drawn.targets[k]));
}

// How many blocks each page gets, and how many synapses are of each page and delay.
void SynapseTable::count_blocks(Drawn& drawn) const {
    const std::size_t delays = row_ - 1;
    drawn.next.assign(pages_.size() * delays, 0);
    for (const std::uint32_t key : drawn.key) ++drawn.next[key];
    drawn.page_blocks.assign(pages_.size(), 0);
    for (std::size_t p = 0; p < pages_.size(); ++p)
        for (std::size_t d = 0; d < delays; ++d)
            drawn.page_blocks[p] += blocks_of(drawn.next[p * delays + d]);
}

// Counting sort by page and delay; equal ones stay in the order in which they were drawn. A row is put
// together in the cache and then copied, since single stores to memory would wait for it.
void SynapseTable::lay_out(std::size_t row, Drawn& drawn) {
    if (storage_ != Storage::half) return lay_out(row, drawn, drawn.weight.data(), drawn.single);
    drawn.half_weight.resize(drawn.weight.size());
    to_half(drawn.weight.data(), drawn.weight.size(), 1.0F / unit_, drawn.half_weight.data());
    lay_out(row, drawn, drawn.half_weight.data(), drawn.half);
}

template <class Weight>
void SynapseTable::lay_out(std::size_t row, Drawn& drawn, const Weight* weight,
                           std::vector<SynapseBlock<Weight>>& row_blocks) {
    using Block = SynapseBlock<Weight>;
    const std::size_t delays = row_ - 1;
    row_blocks.resize(std::reduce(drawn.page_blocks.begin(), drawn.page_blocks.end()));
    std::vector<std::uint32_t>& next = drawn.first_block;
    Block* const blocks = row_blocks.data();
    Block* to = blocks;
    for (std::size_t p = 0; p < pages_.size(); ++p) {
        std::uint32_t* const begin = pages_[p].begin.data() + row * row_;
        for (std::size_t d = 0; d < delays; ++d) {
            begin[d] = next[p];
            std::uint32_t& count = drawn.next[p * delays + d];
            const std::uint32_t here = blocks_of(count);
            // Padding adds zero to slots of the page that differ, so that no addition waits for the one
            // before.
            if (count % block_synapses != 0) {
                Block& last = to[here - 1];
                for (std::size_t k = 0; k < block_synapses; ++k) {
                    last.slot[k] = static_cast<std::uint16_t>((next[p] + 17 * k) % pages_[p].slots);
                    last.weight[k] = Weight{0};
                }
            }
            // From here on: where the next one goes.
            count = static_cast<std::uint32_t>(to - blocks) * block_synapses;
            to += here;
            next[p] += here;
        }
        begin[delays] = next[p];
    }
    const std::size_t count = drawn.key.size();
    const std::uint32_t* const key = drawn.key.data();
    const std::uint32_t* const slot = drawn.slot.data();
    std::uint32_t* const at = drawn.next.data();
    for (std::size_t k = 0; k < count; ++k) {
        const std::uint32_t place = at[key[k]]++;
        Block& block = blocks[place / block_synapses];
        block.slot[place % block_synapses] = static_cast<std::uint16_t>(slot[k]);
        block.weight[place % block_synapses] = weight[k];
    }
    const Block* from = blocks;
    for (const Page& page : pages_) {
        const std::uint32_t* const begin = page.begin.data() + row * row_;
        std::copy_n(from, begin[delays] - begin[0], static_cast<Block*>(page.blocks.data()) + begin[0]);
        from += begin[delays] - begin[0];
    }
}

}  // namespace neurodyn::engine
