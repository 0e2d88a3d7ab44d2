// SPDX-License-Identifier: BSD-3-Clause
// A connectivity matrix as an undirected graph, and random graphs of the same degrees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/table.hpp"

namespace neurodyn::analysis {

/// An undirected graph without loops; weights above 0.
struct Graph {
    struct Edge {
        std::size_t to = 0;
        double weight = 0;
    };
    std::string name;
    std::vector<std::vector<Edge>> edges;  ///< of each node, by ascending `to`; each edge in both lists

    std::size_t nodes() const { return edges.size(); }
    std::size_t edge_count() const;
    std::vector<double> strengths() const;
    std::vector<std::size_t> degrees() const;
    /// Component of each node, counted from 0 in the order of their first nodes.
    std::vector<std::size_t> components() const;
};

struct GraphOptions {
    double threshold = 0;     ///< weights above it are edges
    bool binary = false;      ///< all weights become 1
    bool symmetrise = false;  ///< take the mean of both directions
};

/// The diagonal is left out. Throws ShapeError, DataError (not finite, a negative threshold's negative
/// weights, a matrix that is not symmetric, no edge at all).
Graph make_graph(const Matrix& matrix, const GraphOptions& options = {});

/// Option specs "threshold", "binary" and "symmetrise" and how to read them.
std::vector<OptionSpec> graph_options(std::vector<OptionSpec> more = {});
Graph graph_of(const Arguments& arguments);
/// The checks that need no values; for plans.
void plan_graph(const Arguments& arguments);

/// A graph of the same degrees: pairs of edges exchange their ends, ten times per edge (Maslov & Sneppen
/// 2002, doi:10.1126/science.1065103). Each edge keeps its weight. `replicate` sets graphs of one seed apart.
Graph rewired(const Graph& graph, std::uint64_t seed, std::uint64_t replicate);

}  // namespace neurodyn::analysis
