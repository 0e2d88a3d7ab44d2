// SPDX-License-Identifier: BSD-3-Clause
// Harmonics of a connectome: the eigenvectors of its Laplacian.
#pragma once

#include <vector>

#include "analysis/graph.hpp"

namespace neurodyn::analysis {

struct Eigenmodes {
    std::vector<double> eigenvalues;  ///< ascending; as many zeros as the graph has components
    std::vector<double> modes;        ///< [mode][node], each of length 1, its largest entry positive
};

/// Of L = D - W, or with `normalised` of 1 - D^-1/2 W D^-1/2, where nodes without edges have the value 0
/// (Atasoy, Donnelly & Pearson 2016, doi:10.1038/ncomms10340). The first `count` modes; 0: all.
Eigenmodes eigenmodes(const Graph& graph, bool normalised, std::size_t count = 0);

}  // namespace neurodyn::analysis
