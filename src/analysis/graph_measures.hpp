// SPDX-License-Identifier: BSD-3-Clause
// Clustering, paths and centrality of a graph.
#pragma once

#include <vector>

#include "analysis/graph.hpp"

namespace neurodyn::analysis {

/// Of each node: the part of pairs of neighbours that are neighbours; with weights the mean over pairs of the
/// cubic root of the triangle's weights, in units of the graph's largest weight (Onnela et al. 2005,
/// doi:10.1103/PhysRevE.71.065103). 0 with fewer than two neighbours.
std::vector<double> clustering(const Graph& graph);

/// Three times the number of triangles over the number of connected triples (weights do not count).
double transitivity(const Graph& graph);

/// Lengths of shortest paths, an edge being 1/weight long.
struct Paths {
    double mean_length = 0;           ///< over pairs that a path joins
    double efficiency = 0;            ///< mean of 1/length over all pairs; 0 without a path
    std::vector<double> betweenness;  ///< of each node: the part of other pairs' shortest paths through it
};
/// Brandes (2001), doi:10.1080/0022250X.2001.9990249; Latora & Marchiori (2001),
/// doi:10.1103/PhysRevLett.87.198701.
Paths shortest_paths(const Graph& graph);

}  // namespace neurodyn::analysis
