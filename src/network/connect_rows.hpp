// SPDX-License-Identifier: BSD-3-Clause
// An edge list by source: where the entries of each source stand.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "network/connect.hpp"

namespace neurodyn::network {

class EdgeRows {
  public:
    /// Throws Error when an entry is out of range or breaks the rule about autapses or multapses.
    EdgeRows(const ConnectionRule& rule, std::size_t targets, std::size_t sources, bool same_population);

    std::uint64_t begin(std::size_t source) const { return begin_[source]; }
    std::uint64_t end(std::size_t source) const { return begin_[source + 1]; }
    /// The entry at a place of a row: rows have the list's order.
    std::size_t entry(std::uint64_t place) const { return entry_.empty() ? place : entry_[place]; }
    std::size_t size() const { return edges_->source.size(); }

  private:
    void index();
    void check_multapses(std::size_t targets) const;

    std::shared_ptr<const EdgeList> edges_;
    std::vector<std::uint64_t> begin_;
    std::vector<std::uint32_t> entry_;  ///< empty where the list is sorted by source
};

}  // namespace neurodyn::network
