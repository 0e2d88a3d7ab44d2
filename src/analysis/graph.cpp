// SPDX-License-Identifier: BSD-3-Clause
// Graphs from matrices, and their rewiring.
#include "analysis/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "analysis/errors.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

void check_symmetry(const Matrix& m) {
    double largest = 0;
    for (const double w : m.values) largest = std::max(largest, std::abs(w));
    for (std::size_t i = 0; i < m.rows; ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (std::abs(m(i, j) - m(j, i)) > 1e-9 * largest)
                throw DataError(
                    fmt::format("matrix '{}' is not symmetric: {} at row {}, column {} and {} the other "
                                "way; take symmetrise: true for the mean of both",
                                m.name, m(i, j), i, j, m(j, i)),
                    m.name);
}

}  // namespace

std::size_t Graph::edge_count() const {
    std::size_t ends = 0;
    for (const auto& own : edges) ends += own.size();
    return ends / 2;
}

std::vector<double> Graph::strengths() const {
    std::vector<double> s(nodes());
    for (std::size_t i = 0; i < nodes(); ++i)
        for (const Edge& e : edges[i]) s[i] += e.weight;
    return s;
}

std::vector<std::size_t> Graph::degrees() const {
    std::vector<std::size_t> d(nodes());
    for (std::size_t i = 0; i < nodes(); ++i) d[i] = edges[i].size();
    return d;
}

std::vector<std::size_t> Graph::components() const {
    std::vector<std::size_t> component(nodes(), nodes());
    std::size_t count = 0;
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < nodes(); ++i) {
        if (component[i] != nodes()) continue;
        component[i] = count;
        open.push_back(i);
        while (!open.empty()) {
            const std::size_t at = open.back();
            open.pop_back();
            for (const Edge& e : edges[at])
                if (component[e.to] == nodes()) component[e.to] = count, open.push_back(e.to);
        }
        ++count;
    }
    return component;
}

Graph make_graph(const Matrix& m, const GraphOptions& options) {
    require_square(m);
    require_finite(m);
    if (!options.symmetrise) check_symmetry(m);
    Graph g;
    g.name = m.name;
    g.edges.resize(m.rows);
    for (std::size_t i = 0; i < m.rows; ++i)
        for (std::size_t j = 0; j < m.rows; ++j) {
            const double w = options.symmetrise ? (m(i, j) + m(j, i)) / 2 : i < j ? m(i, j) : m(j, i);
            if (i != j && w > options.threshold) g.edges[i].push_back({j, options.binary ? 1.0 : w});
        }
    if (g.edge_count() == 0)
        throw DataError(fmt::format("matrix '{}' has no value above {} off its diagonal: a graph needs edges",
                                    m.name, options.threshold),
                        m.name);
    return g;
}

std::vector<OptionSpec> graph_options(std::vector<OptionSpec> more) {
    more.insert(
        more.begin(),
        {{"threshold", "", 0.0, "weights above it are edges; negative ones never are", {}, not_negative},
         {"binary", "", false, "all edges have the weight 1"},
         {"symmetrise", "", false, "take the mean of both directions"}});
    return more;
}

Graph graph_of(const Arguments& a) {
    return make_graph(a.matrix("matrix"), {a.number("threshold"), a.flag("binary"), a.flag("symmetrise")});
}

void plan_graph(const Arguments& a) { require_square_shape(a.matrix("matrix")); }

namespace {

struct Link {
    std::size_t a = 0, b = 0;
    double weight = 0;
};

std::uint64_t key(std::size_t a, std::size_t b) {
    return (static_cast<std::uint64_t>(std::min(a, b)) << 32) | std::max(a, b);
}

}  // namespace

Graph rewired(const Graph& graph, std::uint64_t seed, std::uint64_t replicate) {
    std::vector<Link> links;
    std::unordered_set<std::uint64_t> taken;
    for (std::size_t i = 0; i < graph.nodes(); ++i)
        for (const Graph::Edge& e : graph.edges[i])
            if (i < e.to) links.push_back({i, e.to, e.weight}), taken.insert(key(i, e.to));
    const double count = static_cast<double>(links.size());
    std::vector<double> draws(30 * links.size());
    const std::uint64_t seeds[] = {seed};
    fill_uniform(draws, 1, {seeds, 0, replicate, 0, 0});
    for (std::size_t k = 0; k + 2 < draws.size(); k += 3) {
        Link& first = links[static_cast<std::size_t>(draws[k] * count)];
        Link& second = links[static_cast<std::size_t>(draws[k + 1] * count)];
        std::size_t c = second.a, d = second.b;
        if (draws[k + 2] < 0.5) std::swap(c, d);
        // a-b and c-d become a-d and c-b, unless this makes a loop or a second edge.
        if (first.a == d || c == first.b || taken.contains(key(first.a, d)) ||
            taken.contains(key(c, first.b)))
            continue;
        taken.erase(key(first.a, first.b));
        taken.erase(key(c, d));
        const std::size_t b = first.b;
        first.b = d;
        second.a = c, second.b = b;
        taken.insert(key(first.a, first.b));
        taken.insert(key(second.a, second.b));
    }
    Graph g;
    g.name = graph.name;
    g.edges.resize(graph.nodes());
    for (const Link& l : links) {
        g.edges[l.a].push_back({l.b, l.weight});
        g.edges[l.b].push_back({l.a, l.weight});
    }
    for (auto& own : g.edges)
        std::sort(own.begin(), own.end(), [](const auto& x, const auto& y) { return x.to < y.to; });
    return g;
}

}  // namespace neurodyn::analysis
