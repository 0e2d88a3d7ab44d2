// SPDX-License-Identifier: BSD-3-Clause
// Checks an edge list and sorts its entries by source.
#include "network/connect_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace neurodyn::network {
namespace {

void check_entries(const EdgeList& edges, std::size_t targets, std::size_t sources, bool no_autapses) {
    if (edges.target.size() != edges.source.size())
        throw Error(fmt::format("an edge list has {} targets but {} sources; each entry needs both",
                                edges.target.size(), edges.source.size()));
    if (edges.target.size() > std::numeric_limits<std::uint32_t>::max())
        throw Error(fmt::format("an edge list of {} entries is too long; at most 2^32 - 1 can be read",
                                edges.target.size()));
    for (std::size_t k = 0; k < edges.target.size(); ++k) {
        const std::uint32_t target = edges.target[k], source = edges.source[k];
        if (target >= targets || source >= sources)
            throw Error(fmt::format(
                "entry {} of the edge list joins target {} to source {}, but there are {} targets and {} "
                "sources (numbered from 0)",
                k, target, source, targets, sources));
        if (no_autapses && target == source)
            throw Error(fmt::format(
                "entry {} of the edge list joins neuron {} with itself; remove it or allow autapses", k,
                target));
    }
}

}  // namespace

EdgeRows::EdgeRows(const ConnectionRule& rule, std::size_t targets, std::size_t sources, bool same_population)
    : edges_(rule.edges) {
    check_entries(*edges_, targets, sources, same_population && !rule.autapses);
    begin_.assign(sources + 1, 0);
    index();
    if (!rule.multapses) check_multapses(targets);
}

void EdgeRows::index() {
    const std::vector<std::uint32_t>& source = edges_->source;
    for (const std::uint32_t t : source) ++begin_[t + 1];
    for (std::size_t t = 1; t < begin_.size(); ++t) begin_[t] += begin_[t - 1];
    if (std::is_sorted(source.begin(), source.end())) return;
    entry_.resize(source.size());
    std::vector<std::uint64_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t k = 0; k < source.size(); ++k) entry_[next[source[k]]++] = static_cast<std::uint32_t>(k);
}

void EdgeRows::check_multapses(std::size_t targets) const {
    constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> seen_entry(targets, none);  // the last entry of each target so far
    for (std::size_t t = 0; t + 1 < begin_.size(); ++t)
        for (std::uint64_t place = begin_[t]; place < begin_[t + 1]; ++place) {
            const std::size_t k = entry(place);
            const std::uint32_t target = edges_->target[k];
            const std::uint32_t before = std::exchange(seen_entry[target], static_cast<std::uint32_t>(k));
            if (before != none && edges_->source[before] == t)
                throw Error(
                    fmt::format("entries {} and {} of the edge list both join target {} to source "
                                "{}; remove one or allow multapses",
                                before, k, target, t));
        }
}

}  // namespace neurodyn::network
