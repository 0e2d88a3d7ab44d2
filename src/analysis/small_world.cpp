// SPDX-License-Identifier: BSD-3-Clause
// Clustering and path length against rewired graphs.
#include "analysis/small_world.hpp"

#include <fmt/format.h>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/graph_measures.hpp"
#include "analysis/parallel.hpp"

namespace neurodyn::analysis {
namespace {

double mean_clustering(const Graph& g) {
    double sum = 0;
    for (const double c : clustering(g)) sum += c;
    return sum / static_cast<double>(g.nodes());
}

}  // namespace

SmallWorld small_world(const Graph& g, std::size_t surrogates, std::uint64_t seed) {
    SmallWorld s;
    s.clustering = mean_clustering(g);
    s.path_length = shortest_paths(g).mean_length;
    std::vector<double> c(surrogates), l(surrogates);
    parallel_for(surrogates, [&](std::size_t k) {
        const Graph other = rewired(g, seed, k);
        c[k] = mean_clustering(other);
        l[k] = shortest_paths(other).mean_length;
    });
    for (std::size_t k = 0; k < surrogates; ++k) {
        s.random_clustering += c[k] / static_cast<double>(surrogates);
        s.random_path_length += l[k] / static_cast<double>(surrogates);
    }
    if (!(s.random_clustering > 0))
        throw DataError(
            fmt::format("no rewired graph of matrix '{}' has a triangle; its edges are too few for "
                        "small-worldness",
                        g.name),
            g.name);
    s.gamma = s.clustering / s.random_clustering;
    s.lambda = s.path_length / s.random_path_length;
    s.sigma = s.gamma / s.lambda;
    return s;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_graph(a);
    whole(a, "surrogates"), whole(a, "seed");
    return {};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const SmallWorld s = small_world(graph_of(a), whole(a, "surrogates"), whole(a, "seed"));
    Result result;
    result.add_scalar("sigma", "gamma over lambda", s.sigma);
    result.add_scalar("gamma", "clustering over that of rewired graphs", s.gamma);
    result.add_scalar("lambda", "path length over that of rewired graphs", s.lambda);
    result.add_scalar("clustering", "mean over nodes", s.clustering);
    result.add_scalar("path_length", "mean over joined pairs", s.path_length);
    result.add_scalar("random_clustering", "mean of rewired graphs", s.random_clustering);
    result.add_scalar("random_path_length", "mean of rewired graphs", s.random_path_length);
    return result;
}

}  // namespace

Analysis rows::small_world() {
    return {"small_world",
            "Clustering and path length against rewired graphs of the same degrees",
            {{"matrix", {InputKind::matrix}, true, "weights; the diagonal is left out"}},
            graph_options({{"surrogates", "", 100.0, "rewired graphs", {}, {1}},
                           {"seed", "", 0.0, "of the rewiring", {}, not_negative}}),
            {{"sigma", "above 1: a small world"},
             {"gamma", "clustering, relative"},
             {"lambda", "path length, relative"},
             {"clustering", "mean over nodes"},
             {"path_length", "mean over joined pairs"},
             {"random_clustering", "mean over rewired graphs"},
             {"random_path_length", "mean over rewired graphs"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
