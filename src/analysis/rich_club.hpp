// SPDX-License-Identifier: BSD-3-Clause
// Whether nodes of many edges are joined with one another more than by chance.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/graph.hpp"

namespace neurodyn::analysis {

/// phi(k): edges among the nodes of more than k edges over their pairs, k = 0, 1, ... (Colizza et al. 2006,
/// doi:10.1038/nphys209); NaN where fewer than two nodes are left.
std::vector<double> rich_club(const Graph& graph, std::size_t most);

struct RichClub {
    std::vector<double> phi;         ///< for k = 0 .. nodes - 2
    std::vector<double> normalised;  ///< over the mean of rewired graphs; NaN where either is not known or 0
    std::vector<double> p;           ///< part of the rewired graphs, and the graph itself, with phi as large
};
RichClub normalised_rich_club(const Graph& graph, std::size_t surrogates, std::uint64_t seed);

}  // namespace neurodyn::analysis
