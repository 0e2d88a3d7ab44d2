// SPDX-License-Identifier: BSD-3-Clause
// Counting the synapses of every source, and adding those that are due.
#include "engine/quad_synapses.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace neurodyn::engine {
namespace {

constexpr std::size_t kinds = QuadTable::kinds;

std::size_t begins_of_row(std::size_t delays) { return delays * quad_slices + 1; }

// Choice after choice, quad after quad.
template <class Real>
void add_quads(const std::uint32_t* slot, const std::uint32_t* level, std::size_t count, const float* levels,
               Real* to) {
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t w = 0; w < quad_size; ++w)
            to[slot[w * quads_at_once + k]] += static_cast<Real>(levels[level[w * quads_at_once + k]]);
}

// The thread's neurons among a projection's targets, and the slot of the first.
struct Own {
    std::uint32_t first = 0, last = 0, slot = 0;
};
Own own_part(const DeliveryEdges& edges, std::size_t first_page, std::size_t last_page) {
    Own own;
    const auto mine = [&](const ArrivalRange& range) {
        return range.page >= first_page && range.page < last_page;
    };
    const auto begin = std::ranges::find_if(edges.places, mine);
    if (begin == edges.places.end()) return own;
    const auto end = std::find_if_not(begin, edges.places.end(), mine);
    own.first = begin->first_node;
    own.last =
        end == edges.places.end() ? static_cast<std::uint32_t>(edges.connector->targets()) : end->first_node;
    own.slot = static_cast<std::uint32_t>((begin->page - first_page) * page_slots + begin->slot);
    return own;
}

}  // namespace

std::uint64_t memory_of_quads(const network::Connector& connector, std::size_t longest_delay) {
    const std::uint64_t cells = connector.sources() * begins_of_row(longest_delay + 1);
    const std::uint64_t synapses = connector.total();
    return sizeof(std::uint16_t) * (std::min(synapses, synapses / quad_size + cells / 2) + cells / kinds);
}

QuadSynapses::QuadSynapses(const std::vector<DeliveryEdges>& edges,
                           const std::vector<std::size_t>& longest_delays, double dt_s, std::size_t builders,
                           std::size_t history)
    : edges_(edges), levels_{0.0F}, history_(history) {
    std::vector<std::pair<const network::SynapseValue*, std::uint32_t>> known;
    for (std::size_t i = 0; i < edges_.size(); ++i) {
        laws_.emplace_back(edges_[i], longest_delays[i], dt_s);
        const network::SynapseValue& weight = *edges_[i].weight;
        auto same = std::ranges::find_if(known, [&](const auto& entry) { return *entry.first == weight; });
        if (same == known.end()) {
            known.emplace_back(&weight, static_cast<std::uint32_t>(levels_.size()));
            same = known.end() - 1;
            for (const float level : levels_of(weight)) levels_.push_back(level);
        }
        first_level_.push_back(same->second);
    }
    make_groups(builders);
    rows_.emplace<0>(groups_.size());
    reserve(std::get<0>(rows_));
}

void QuadSynapses::make_groups(std::size_t builders) {
    for (std::size_t i = 0; i < laws_.size(); ++i) {
        const auto first = static_cast<std::uint32_t>(edges_[i].first_source);
        auto group = std::ranges::find_if(groups_, [&](const Group& g) {
            return g.first_source == first && g.sources == laws_[i].sources() && g.laws.size() < kinds;
        });
        if (group == groups_.end()) {
            groups_.push_back({first, laws_[i].sources(), 0, {}, {}});
            group = groups_.end() - 1;
        }
        group->laws.push_back(i);
        group->delays = std::max(group->delays, laws_[i].delays());
    }
    std::ranges::sort(groups_, {}, [](const Group& g) { return std::pair(g.first_source, g.laws.front()); });
    for (Group& group : groups_) {
        std::size_t synapses = 0;
        for (std::size_t b = 0; b < builders; ++b) {
            group.room.push_back(synapses);
            for (std::size_t s = group.sources * b / builders; s < group.sources * (b + 1) / builders; ++s)
                for (const std::size_t law : group.laws) synapses += edges_[law].connector->out_degree(s);
        }
        group.room.push_back(synapses);
    }
}

template <class R>
void QuadSynapses::reserve(std::vector<R>& rows) const {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const Group& group = groups_[g];
        // Memory is taken as it is written. More quads are read than a run has.
        rows[g].quads = PagedArray<typename R::Quad>(group.room.back() + quad_step);
        rows[g].first = PagedArray<std::uint64_t>(group.sources);
        rows[g].begin = PagedArray<typename R::Begin>(group.sources * begins_of_row(group.delays));
    }
}

void QuadSynapses::build(std::size_t builder) {
    std::visit(
        [&](const auto& rows) {
            for (std::size_t g = 0; g < groups_.size(); ++g)
                if (!build(builder, groups_[g], rows[g])) too_large_->store(true);
        },
        rows_);
}

bool QuadSynapses::widen() {
    if (!too_large_->exchange(false)) return false;
    rows_.emplace<1>(groups_.size());
    reserve(std::get<1>(rows_));
    return true;
}

template <class R>
bool QuadSynapses::build(std::size_t builder, const Group& group, const R& rows) const {
    QuadLaw::Scratch scratch;
    std::vector<std::uint32_t> counts(quad_slices * group.delays * kinds);
    const std::size_t builders = group.room.size() - 1;
    std::size_t at = group.room[builder];
    for (std::size_t s = group.sources * builder / builders; s < group.sources * (builder + 1) / builders;
         ++s) {
        std::ranges::fill(counts, 0);
        for (std::size_t kind = 0; kind < group.laws.size(); ++kind)
            laws_[group.laws[kind]].count(s, scratch, group.delays, counts.data() + kind, kinds);
        if (!lay_out(group, rows, s, counts, at)) return false;
    }
    return true;
}

// The cells of a source as quads; false when a number does not fit.
template <class R>
bool QuadSynapses::lay_out(const Group& group, const R& rows, std::size_t source,
                           std::span<const std::uint32_t> counts, std::size_t& at) const {
    using Quad = typename R::Quad;
    using Begin = typename R::Begin;
    const std::size_t first = at;
    rows.first[source] = first;
    Begin* begin = rows.begin.data() + source * begins_of_row(group.delays);
    for (std::size_t delay = 0; delay < group.delays; ++delay)
        for (std::size_t slice = 0; slice < quad_slices; ++slice) {
            if (at - first > std::numeric_limits<Begin>::max()) return false;
            *begin++ = static_cast<Begin>(at - first);
            const std::uint32_t* const count = counts.data() + (slice * group.delays + delay) * kinds;
            for (std::size_t kind = 0; kind < kinds; ++kind)
                for (std::uint32_t done = 0; done < count[kind]; done += quad_size) {
                    const std::uint32_t here = std::min<std::uint32_t>(count[kind] - done, quad_size);
                    const std::uint32_t bits = quad_bits(kind, here, done / quad_size);
                    if (bits > std::numeric_limits<Quad>::max()) return false;
                    rows.quads[at++] = static_cast<Quad>(bits);
                }
        }
    if (at - first > std::numeric_limits<Begin>::max()) return false;
    *begin = static_cast<Begin>(at - first);
    return true;
}

QuadSynapses::Share::Share(const QuadSynapses& all, std::size_t first_page, std::size_t last_page)
    : all_(&all), begin_(all.history_ * 2 * all.groups_.size()) {
    first_slice_ = quad_slices;
    for (std::size_t g = 0; g < all.groups_.size(); ++g)
        for (std::size_t slice = 0; slice < quad_slices; ++slice) {
            QuadTable& table = tables_.emplace_back();
            for (std::size_t kind = 0; kind < all.groups_[g].laws.size(); ++kind) {
                const std::size_t i = all.groups_[g].laws[kind];
                const QuadLaw& law = all.laws_[i];
                const Own own = own_part(all.edges_[i], first_page, last_page);
                law.fill(table, kind, slice, own.first, own.last, own.slot, all.first_level_[i]);
                if (law.first_target(slice) >= own.last || law.first_target(slice + 1) <= own.first) continue;
                first_slice_ = std::min(first_slice_, slice);
                last_slice_ = std::max(last_slice_, slice + 1);
            }
        }
}

// Where each group's spikes begin in the list of the step before.
void QuadSynapses::Share::note_spikes(const SpikeHistory& spikes, std::size_t step) {
    if (step == 0) return;
    const std::span<const std::uint32_t> list = spikes.at(step - 1);
    const std::vector<Group>& groups = all_->groups_;
    std::uint32_t* const begin = begin_.data() + (step - 1) % all_->history_ * (2 * groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const auto first = std::ranges::lower_bound(list, groups[g].first_source);
        const auto last = std::lower_bound(first, list.end(), groups[g].first_source + groups[g].sources);
        begin[2 * g] = static_cast<std::uint32_t>(first - list.begin());
        begin[2 * g + 1] = static_cast<std::uint32_t>(last - list.begin());
    }
}

// Sources by descending delay and ascending number; their rows' bounds are asked for on the way.
template <class R>
void QuadSynapses::Share::find_sources(const R& rows, std::size_t g, const SpikeHistory& spikes,
                                       std::size_t step) {
    const Group& group = all_->groups_[g];
    const std::size_t apart = begins_of_row(group.delays);
    due_sources_.clear();
    for (std::size_t delay = std::min(group.delays, step); delay-- > 0;) {
        const std::size_t then = step - 1 - delay;
        const std::uint32_t* const range =
            begin_.data() + then % all_->history_ * (2 * all_->groups_.size()) + 2 * g;
        for (std::uint32_t k = range[0]; k < range[1]; ++k) {
            const std::uint32_t row = spikes.at(then)[k] - group.first_source;
            __builtin_prefetch(rows.begin.data() + row * apart + delay * quad_slices);
            __builtin_prefetch(rows.first.data() + row);
            due_sources_.push_back({row, static_cast<std::uint32_t>(delay)});
        }
    }
}

// Their runs in each slice, which are asked for, too.
template <class R>
void QuadSynapses::Share::find_due(const R& rows, std::size_t g) {
    const std::size_t apart = begins_of_row(all_->groups_[g].delays);
    for (auto& due : due_) due.clear();
    for (const auto [row, delay] : due_sources_) {
        const auto* const begin = rows.begin.data() + row * apart + delay * quad_slices;
        const auto* const quads = rows.quads.data() + rows.first[row];
        for (std::size_t slice = first_slice_; slice < last_slice_; ++slice) {
            const std::uint32_t count = static_cast<std::uint32_t>(begin[slice + 1]) - begin[slice];
            if (count == 0) continue;
            __builtin_prefetch(quads + begin[slice]);
            due_[slice].push_back({quads + begin[slice], count, row, quad_place(delay)});
        }
    }
}

template <class Real>
void QuadSynapses::Share::add_batch(const QuadTable& table, std::size_t slice, std::size_t count,
                                    Real* arrivals) {
    alignas(64) std::uint32_t slot[quad_size * quads_at_once], level[quad_size * quads_at_once];
    draw_quads(table, all_->laws_.front().seed(), quad_purpose(slice),
               {batch_.row, batch_.place, batch_.quad}, (count + quad_step - 1) / quad_step * quad_step, slot,
               level);
    add_quads(slot, level, count, all_->levels_.data(), arrivals);
}

template <class Quad, class Real>
void QuadSynapses::Share::add_due(std::size_t group, std::size_t slice, Real* arrivals) {
    const QuadTable& table = tables_[group * quad_slices + slice];
    std::size_t count = 0;
    for (const Run& run : due_[slice]) {
        const Quad* const quads = static_cast<const Quad*>(run.quads);
        for (std::uint32_t done = 0; done < run.count; done += quad_step) {
            // As many are written as most runs have, and those too many are overwritten.
            for (std::uint32_t k = 0; k < quad_step; ++k) {
                batch_.row[count + k] = run.row;
                batch_.place[count + k] = run.place;
                batch_.quad[count + k] = quads[done + k];
            }
            count += std::min<std::uint32_t>(run.count - done, quad_step);
            if (count < quads_at_once) continue;
            add_batch(table, slice, quads_at_once, arrivals);
            count -= quads_at_once;
            std::copy_n(batch_.row + quads_at_once, quad_step, batch_.row);
            std::copy_n(batch_.place + quads_at_once, quad_step, batch_.place);
            std::copy_n(batch_.quad + quads_at_once, quad_step, batch_.quad);
        }
    }
    if (count > 0) add_batch(table, slice, count, arrivals);
}

template <class Real>
void QuadSynapses::Share::deliver(Real* arrivals, const SpikeHistory& spikes, std::size_t step) {
    note_spikes(spikes, step);
    std::visit(
        [&](const auto& rows) {
            for (std::size_t group = 0; group < rows.size(); ++group) {
                find_sources(rows[group], group, spikes, step);
                find_due(rows[group], group);
                for (std::size_t slice = first_slice_; slice < last_slice_; ++slice)
                    add_due<typename std::decay_t<decltype(rows[0])>::Quad>(group, slice, arrivals);
            }
        },
        all_->rows_);
}

template void QuadSynapses::Share::deliver(float*, const SpikeHistory&, std::size_t);
template void QuadSynapses::Share::deliver(double*, const SpikeHistory&, std::size_t);

}  // namespace neurodyn::engine
