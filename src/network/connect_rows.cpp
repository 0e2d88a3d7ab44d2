// SPDX-License-Identifier: BSD-3-Clause
// Checks an edge list and sorts its entries by target.
#include "network/connect_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace neurodyn::network {
namespace {

void check_entries(const EdgeList& edges, std::size_t sources, std::size_t targets, bool no_autapses) {
    if (edges.source.size() != edges.target.size())
        throw Error(fmt::format("an edge list has {} sources but {} targets; each entry needs both",
                                edges.source.size(), edges.target.size()));
    if (edges.source.size() > std::numeric_limits<std::uint32_t>::max())
        throw Error(fmt::format("an edge list of {} entries is too long; at most 2^32 - 1 can be read",
                                edges.source.size()));
    for (std::size_t k = 0; k < edges.source.size(); ++k) {
        const std::uint32_t source = edges.source[k], target = edges.target[k];
        if (source >= sources || target >= targets)
            throw Error(fmt::format(
                "entry {} of the edge list joins source {} to target {}, but there are {} sources and {} "
                "targets (numbered from 0)",
                k, source, target, sources, targets));
        if (no_autapses && source == target)
            throw Error(fmt::format(
                "entry {} of the edge list joins neuron {} with itself; remove it or allow autapses", k,
                source));
    }
}

}  // namespace

EdgeRows::EdgeRows(const ConnectionRule& rule, std::size_t sources, std::size_t targets, bool same_population)
    : edges_(rule.edges) {
    check_entries(*edges_, sources, targets, same_population && !rule.autapses);
    begin_.assign(targets + 1, 0);
    index();
    if (!rule.multapses) check_multapses(sources);
}

void EdgeRows::index() {
    const std::vector<std::uint32_t>& target = edges_->target;
    for (const std::uint32_t t : target) ++begin_[t + 1];
    for (std::size_t t = 1; t < begin_.size(); ++t) begin_[t] += begin_[t - 1];
    if (std::is_sorted(target.begin(), target.end())) return;
    entry_.resize(target.size());
    std::vector<std::uint64_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t k = 0; k < target.size(); ++k) entry_[next[target[k]]++] = static_cast<std::uint32_t>(k);
}

void EdgeRows::check_multapses(std::size_t sources) const {
    constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> seen_entry(sources, none);  // the last entry of each source so far
    for (std::size_t t = 0; t + 1 < begin_.size(); ++t)
        for (std::uint64_t place = begin_[t]; place < begin_[t + 1]; ++place) {
            const std::size_t k = entry(place);
            const std::uint32_t source = edges_->source[k];
            const std::uint32_t before = std::exchange(seen_entry[source], static_cast<std::uint32_t>(k));
            if (before != none && edges_->target[before] == t)
                throw Error(
                    fmt::format("entries {} and {} of the edge list both join source {} to target "
                                "{}; remove one or allow multapses",
                                before, k, source, t));
        }
}

}  // namespace neurodyn::network
