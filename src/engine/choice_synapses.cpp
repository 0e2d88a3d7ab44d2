// SPDX-License-Identifier: BSD-3-Clause
// Counting the synapses of every source, and adding those that are due.
#include "engine/choice_synapses.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace neurodyn::engine {
namespace {

constexpr std::size_t kinds = ChoiceTable::kinds;

std::size_t begins_of_row(std::size_t delays) { return delays * choice_slices + 1; }

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

std::uint64_t memory_of_choices(const network::Connector& connector, std::size_t longest_delay) {
    return connector.total() +
           sizeof(std::uint16_t) * connector.sources() * begins_of_row(longest_delay + 1) / kinds;
}

ChoiceSynapses::ChoiceSynapses(const std::vector<DeliveryEdges>& edges,
                               const std::vector<std::size_t>& longest_delays, double dt_s,
                               std::size_t builders, std::size_t history)
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

void ChoiceSynapses::make_groups(std::size_t builders) {
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
void ChoiceSynapses::reserve(std::vector<R>& rows) const {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const Group& group = groups_[g];
        // Memory is taken as it is written. More are read than a run has.
        rows[g].kinds = PagedArray<std::uint8_t>(group.room.back() + choice_step);
        rows[g].first = PagedArray<std::uint64_t>(group.sources);
        rows[g].begin = PagedArray<typename R::Begin>(group.sources * begins_of_row(group.delays));
    }
}

void ChoiceSynapses::build(std::size_t builder) {
    std::visit(
        [&](const auto& rows) {
            for (std::size_t g = 0; g < groups_.size(); ++g)
                if (!build(builder, groups_[g], rows[g])) too_large_->store(true);
        },
        rows_);
}

bool ChoiceSynapses::widen() {
    if (!too_large_->exchange(false)) return false;
    rows_.emplace<1>(groups_.size());
    reserve(std::get<1>(rows_));
    return true;
}

template <class R>
bool ChoiceSynapses::build(std::size_t builder, const Group& group, const R& rows) const {
    ChoiceLaw::Scratch scratch;
    std::vector<std::uint32_t> counts(choice_slices * group.delays * kinds);
    const std::size_t builders = group.room.size() - 1;
    std::size_t at = group.room[builder];
    for (std::size_t s = group.sources * builder / builders; s < group.sources * (builder + 1) / builders;
         ++s) {
        std::ranges::fill(counts, 0);
        for (std::size_t kind = 0; kind < group.laws.size(); ++kind)
            laws_[group.laws[kind]].count(s, scratch, group.delays, counts.data() + kind, kinds);
        if (!lay_out(group, rows, s, counts, at)) return false;
        at += std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    }
    return true;
}

// The cells of a source, from `at` on; false when a number does not fit.
template <class R>
bool ChoiceSynapses::lay_out(const Group& group, const R& rows, std::size_t source,
                             std::span<const std::uint32_t> counts, std::size_t at) const {
    using Begin = typename R::Begin;
    rows.first[source] = at;
    Begin* begin = rows.begin.data() + source * begins_of_row(group.delays);
    std::size_t synapses = 0;
    for (std::size_t delay = 0; delay < group.delays; ++delay)
        for (std::size_t slice = 0; slice < choice_slices; ++slice) {
            *begin++ = static_cast<Begin>(synapses);
            const std::uint32_t* const count = counts.data() + (slice * group.delays + delay) * kinds;
            for (std::size_t kind = 0; kind < kinds; ++kind) {
                std::fill_n(rows.kinds.data() + at + synapses, count[kind], static_cast<std::uint8_t>(kind));
                synapses += count[kind];
            }
        }
    *begin = static_cast<Begin>(synapses);
    return synapses <= std::numeric_limits<Begin>::max();
}

ChoiceSynapses::Share::Share(const ChoiceSynapses& all, std::size_t first_page, std::size_t last_page)
    : all_(&all), begin_(all.history_ * 2 * all.groups_.size()) {
    first_slice_ = choice_slices;
    for (std::size_t g = 0; g < all.groups_.size(); ++g)
        for (std::size_t slice = 0; slice < choice_slices; ++slice) {
            ChoiceTable& table = tables_.emplace_back();
            for (std::size_t kind = 0; kind < all.groups_[g].laws.size(); ++kind) {
                const std::size_t i = all.groups_[g].laws[kind];
                const ChoiceLaw& law = all.laws_[i];
                const Own own = own_part(all.edges_[i], first_page, last_page);
                law.fill(table, kind, slice, own.first, own.last, own.slot, all.first_level_[i]);
                if (law.first_target(slice) >= own.last || law.first_target(slice + 1) <= own.first) continue;
                first_slice_ = std::min(first_slice_, slice);
                last_slice_ = std::max(last_slice_, slice + 1);
            }
        }
}

// Where each group's spikes begin in the list of the step before.
void ChoiceSynapses::Share::note_spikes(const SpikeHistory& spikes, std::size_t step) {
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
void ChoiceSynapses::Share::find_sources(const R& rows, std::size_t g, const SpikeHistory& spikes,
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
            __builtin_prefetch(rows.begin.data() + row * apart + delay * choice_slices);
            __builtin_prefetch(rows.first.data() + row);
            due_sources_.push_back({row, static_cast<std::uint32_t>(delay)});
        }
    }
}

// Their runs in each slice.
template <class R>
void ChoiceSynapses::Share::find_due(const R& rows, std::size_t g) {
    const std::size_t apart = begins_of_row(all_->groups_[g].delays);
    for (auto& due : due_) due.clear();
    for (const auto [row, delay] : due_sources_) {
        const auto* const begin = rows.begin.data() + row * apart + delay * choice_slices;
        const std::uint8_t* const these = rows.kinds.data() + rows.first[row];
        for (std::size_t slice = first_slice_; slice < last_slice_; ++slice) {
            const std::uint32_t count = static_cast<std::uint32_t>(begin[slice + 1]) - begin[slice];
            if (count == 0) continue;
            __builtin_prefetch(these + begin[slice]);
            due_[slice].push_back({these + begin[slice], count, row, choice_place(delay)});
        }
    }
}

template <class Real>
void ChoiceSynapses::Share::deliver(Real* arrivals, const SpikeHistory& spikes, std::size_t step) {
    note_spikes(spikes, step);
    std::visit(
        [&](const auto& rows) {
            for (std::size_t group = 0; group < rows.size(); ++group) {
                find_sources(rows[group], group, spikes, step);
                find_due(rows[group], group);
                for (std::size_t slice = first_slice_; slice < last_slice_; ++slice)
                    add_choices(tables_[group * choice_slices + slice], all_->draws(group, slice),
                                due_[slice], all_->levels_.data(), arrivals);
            }
        },
        all_->rows_);
}

template void ChoiceSynapses::Share::deliver(float*, const SpikeHistory&, std::size_t);
template void ChoiceSynapses::Share::deliver(double*, const SpikeHistory&, std::size_t);

}  // namespace neurodyn::engine
