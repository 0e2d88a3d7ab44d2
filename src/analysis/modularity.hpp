// SPDX-License-Identifier: BSD-3-Clause
// Communities of a graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/graph.hpp"

namespace neurodyn::analysis {

struct Communities {
    std::vector<std::size_t>
        of;  ///< community of each node, counted from 0 in the order of their first nodes
    std::size_t count = 0;
    double modularity = 0;
};

/// sum over communities of (weight within)/m - resolution (strength/2m)^2 (Newman 2006,
/// doi:10.1073/pnas.0601602103, eq. 4; m: all weight).
double modularity_of(const Graph& graph, const std::vector<std::size_t>& community, double resolution = 1);

/// The Leiden algorithm (Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z), again from its own
/// result until that stays; the best of `runs` runs, the first of equal ones. Every draw is a function of the
/// seed, so that the result is the same for any number of threads.
Communities find_communities(const Graph& graph, double resolution = 1, std::size_t runs = 20,
                             std::uint64_t seed = 0);

}  // namespace neurodyn::analysis
