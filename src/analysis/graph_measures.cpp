// SPDX-License-Identifier: BSD-3-Clause
// Clustering, paths and centrality of a graph.
#include "analysis/graph_measures.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>

#include "analysis/parallel.hpp"

namespace neurodyn::analysis {
namespace {

double largest_weight(const Graph& g) {
    double largest = 0;
    for (const auto& own : g.edges)
        for (const Graph::Edge& e : own) largest = std::max(largest, e.weight);
    return largest;
}

// Sum of value(a, b, c) over the triangles at a node, each once.
template <class Value>
double over_triangles(const Graph& g, std::size_t i, const Value& value) {
    double sum = 0;
    for (const Graph::Edge& e : g.edges[i]) {
        // Neighbours that both have, by two lists in order.
        auto own = g.edges[i].begin();
        for (const Graph::Edge& f : g.edges[e.to]) {
            if (f.to >= e.to) break;
            while (own != g.edges[i].end() && own->to < f.to) ++own;
            if (own != g.edges[i].end() && own->to == f.to) sum += value(e.weight, f.weight, own->weight);
        }
    }
    return sum;
}

}  // namespace

std::vector<double> clustering(const Graph& g) {
    const double largest = largest_weight(g);
    std::vector<double> c(g.nodes());
    for (std::size_t i = 0; i < g.nodes(); ++i) {
        const double k = static_cast<double>(g.edges[i].size());
        if (k < 2) continue;
        c[i] = over_triangles(g, i, [](double a, double b, double d) { return std::cbrt(a * b * d); }) /
               largest / (k * (k - 1) / 2);
    }
    return c;
}

double transitivity(const Graph& g) {
    double triangles = 0, triples = 0;
    for (std::size_t i = 0; i < g.nodes(); ++i) {
        const double k = static_cast<double>(g.edges[i].size());
        triangles += over_triangles(g, i, [](double, double, double) { return 1.0; });
        triples += k * (k - 1) / 2;
    }
    return triples > 0 ? triangles / triples : 0;
}

namespace {

// From one node: distances, numbers of shortest paths, and the order in which nodes were reached.
struct Search {
    std::vector<double> distance, paths;
    std::vector<std::vector<std::size_t>> before;
    std::vector<std::size_t> order;

    Search(const Graph& g, std::size_t from)
        : distance(g.nodes(), std::numeric_limits<double>::infinity()), paths(g.nodes()), before(g.nodes()) {
        using Item = std::pair<double, std::size_t>;
        std::priority_queue<Item, std::vector<Item>, std::greater<>> open;
        std::vector<bool> done(g.nodes());
        distance[from] = 0;
        paths[from] = 1;
        open.push({0, from});
        while (!open.empty()) {
            const auto [d, i] = open.top();
            open.pop();
            if (done[i]) continue;
            done[i] = true;
            order.push_back(i);
            for (const Graph::Edge& e : g.edges[i])
                if (!done[e.to]) reach(i, e.to, d + 1 / e.weight, open);
        }
    }

  private:
    // Lengths that differ by rounding alone are one.
    template <class Queue>
    void reach(std::size_t i, std::size_t to, double d, Queue& open) {
        const double rounding = 1e-12 * d;
        if (!(d <= distance[to] + rounding)) return;
        if (d < distance[to] - rounding) {
            distance[to] = d;
            paths[to] = 0;
            before[to].clear();
            open.push({d, to});
        }
        paths[to] += paths[i];
        before[to].push_back(i);
    }
};

}  // namespace

Paths shortest_paths(const Graph& g) {
    const std::size_t n = g.nodes();
    std::vector<std::vector<double>> through(n);
    std::vector<double> length(n), joined(n), inverse(n);
    parallel_for(n, [&](std::size_t from) {
        const Search s(g, from);
        through[from].assign(n, 0.0);
        for (std::size_t k = s.order.size(); k-- > 1;) {
            const std::size_t i = s.order[k];
            for (const std::size_t b : s.before[i])
                through[from][b] += s.paths[b] / s.paths[i] * (1 + through[from][i]);
            length[from] += s.distance[i];
            inverse[from] += 1 / s.distance[i];
            joined[from] += 1;
        }
        through[from][from] = 0;
    });
    Paths paths;
    paths.betweenness.assign(n, 0.0);
    double pairs = 0;
    for (std::size_t from = 0; from < n; ++from) {
        paths.mean_length += length[from];
        paths.efficiency += inverse[from];
        pairs += joined[from];
        for (std::size_t i = 0; i < n; ++i) paths.betweenness[i] += through[from][i];
    }
    const double nodes = static_cast<double>(n);
    paths.mean_length /= pairs;
    paths.efficiency /= nodes * (nodes - 1);
    for (double& b : paths.betweenness) b /= std::max((nodes - 1) * (nodes - 2), 1.0);
    return paths;
}

namespace {

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_graph(a);
    return {};
}

Result run_row(const Arguments& a) {
    const Matrix& m = a.matrix("matrix");
    const Graph g = graph_of(a);
    const Dimension node{m.dimension, m.rows, {}, {}, m.labels};
    const std::vector<double> c = clustering(g);
    const Paths paths = shortest_paths(g);
    std::vector<double> degrees;
    for (const std::size_t d : g.degrees()) degrees.push_back(static_cast<double>(d));
    const std::vector<std::size_t> components = g.components();
    const double n = static_cast<double>(g.nodes()), edges = static_cast<double>(g.edge_count());
    Result result;
    result.add_vector("strength", "sum of the weights of each node", node, g.strengths(), m.unit);
    result.add_vector("degree", "edges of each node", node, degrees);
    result.add_vector("clustering", "of each node", node, c);
    result.add_vector("betweenness", "shortest paths through each node", node, paths.betweenness);
    result.add_scalar("mean_clustering", "over nodes", mean_of(c));
    result.add_scalar("transitivity", "triangles over triples", transitivity(g));
    result.add_scalar("path_length", "mean over joined pairs", paths.mean_length);
    result.add_scalar("efficiency", "mean inverse path length", paths.efficiency);
    result.add_scalar("density", "edges over pairs", edges / (n * (n - 1) / 2));
    result.add_scalar("components", "parts that no edge joins",
                      static_cast<double>(*std::max_element(components.begin(), components.end()) + 1));
    return result;
}

}  // namespace

Analysis rows::graph_measures() {
    return {"graph_measures",
            "Strength, clustering, path length, efficiency and betweenness of a connectome",
            {{"matrix", {InputKind::matrix}, true, "weights; the diagonal is left out"}},
            graph_options(),
            {{"strength", "sum of weights", {"channel"}, "@"},
             {"degree", "number of edges", {"channel"}},
             {"clustering", "neighbours that are neighbours; weighted by Onnela's rule", {"channel"}},
             {"betweenness", "part of other pairs' shortest paths, lengths 1/weight", {"channel"}},
             {"mean_clustering", "over nodes"},
             {"transitivity", "three times triangles over connected triples"},
             {"path_length", "mean over the pairs that a path joins"},
             {"efficiency", "mean of 1/length over all pairs"},
             {"density", "edges over pairs"},
             {"components", "1 when a path joins any two nodes"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
