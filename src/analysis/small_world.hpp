// SPDX-License-Identifier: BSD-3-Clause
// Whether a graph is more clustered than random ones, with paths as short.
#pragma once

#include <cstdint>

#include "analysis/graph.hpp"

namespace neurodyn::analysis {

/// Humphries & Gurney (2008), doi:10.1371/journal.pone.0002051, against rewired graphs of the same degrees.
struct SmallWorld {
    double sigma = 0;              ///< gamma/lambda, above 1 in a small world
    double gamma = 0, lambda = 0;  ///< clustering and path length over the means of rewired graphs
    double clustering = 0, path_length = 0;
    double random_clustering = 0, random_path_length = 0;
};
/// Throws DataError when rewired graphs have no triangle.
SmallWorld small_world(const Graph& graph, std::size_t surrogates, std::uint64_t seed);

}  // namespace neurodyn::analysis
