// SPDX-License-Identifier: BSD-3-Clause
// The rich club and the same of rewired graphs.
#include "analysis/rich_club.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/coding.hpp"
#include "analysis/parallel.hpp"

namespace neurodyn::analysis {

std::vector<double> rich_club(const Graph& g, std::size_t most) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<std::size_t> degree = g.degrees();
    // Nodes of this degree, and edges whose less joined end has it; then sums from above.
    std::vector<double> nodes(most + 2), edges(most + 2);
    for (std::size_t i = 0; i < g.nodes(); ++i) {
        nodes[std::min(degree[i], most + 1)] += 1;
        for (const Graph::Edge& e : g.edges[i])
            if (i < e.to) edges[std::min(std::min(degree[i], degree[e.to]), most + 1)] += 1;
    }
    std::vector<double> phi(most + 1);
    double n = 0, m = 0;
    for (std::size_t k = most + 1; k-- > 0;) {
        n += nodes[k + 1], m += edges[k + 1];
        phi[k] = n < 2 ? nan : m / (n * (n - 1) / 2);
    }
    return phi;
}

RichClub normalised_rich_club(const Graph& g, std::size_t surrogates, std::uint64_t seed) {
    const std::size_t most = g.nodes() - 2;
    RichClub club;
    club.phi = rich_club(g, most);
    std::vector<std::vector<double>> others(surrogates);
    parallel_for(surrogates, [&](std::size_t k) { others[k] = rich_club(rewired(g, seed, k), most); });
    for (std::size_t k = 0; k <= most; ++k) {
        double mean = 0, as_large = 1;
        for (const auto& other : others) {
            mean += other[k] / static_cast<double>(surrogates);
            as_large += other[k] >= club.phi[k] ? 1 : 0;
        }
        const bool known = mean > 0 && !std::isnan(club.phi[k]);
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        club.normalised.push_back(known ? club.phi[k] / mean : nan);
        club.p.push_back(known ? as_large / static_cast<double>(surrogates + 1) : nan);
    }
    return club;
}

namespace {

Dimension degree_dimension(const Arguments& a) {
    const std::size_t n = a.matrix("matrix").rows;
    Dimension d{"more_than", n < 2 ? 0 : n - 1, "", {}, {}};
    for (std::size_t k = 0; k < d.size; ++k) d.values.push_back(static_cast<double>(k));
    return d;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_graph(a);
    whole(a, "surrogates"), whole(a, "seed");
    return {degree_dimension(a)};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const RichClub club = normalised_rich_club(graph_of(a), whole(a, "surrogates"), whole(a, "seed"));
    Result result;
    result.add_vector("phi", "density among nodes of more than so many edges", degree_dimension(a), club.phi);
    result.add_vector("normalised", "over that of rewired graphs", degree_dimension(a), club.normalised);
    result.add_vector("p", "of a density as large by chance", degree_dimension(a), club.p);
    return result;
}

}  // namespace

Analysis rows::rich_club() {
    return {"rich_club",
            "Density of edges among the nodes of many edges, against rewired graphs",
            {{"matrix", {InputKind::matrix}, true, "weights; the diagonal is left out"}},
            graph_options({{"surrogates", "", 100.0, "rewired graphs of the same degrees", {}, {1}},
                           {"seed", "", 0.0, "of the rewiring", {}, not_negative}}),
            {{"phi", "NaN where fewer than two nodes are left", {"more_than"}},
             {"normalised", "above 1: a rich club", {"more_than"}},
             {"p", "part of the rewired graphs, the graph counted in, with phi as large", {"more_than"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
