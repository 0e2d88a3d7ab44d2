// SPDX-License-Identifier: BSD-3-Clause
// Graph measures against networkx 3.6, bctpy and leidenalg, and graphs that can be counted by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/eigenmodes.hpp"
#include "analysis/errors.hpp"
#include "analysis/graph_measures.hpp"
#include "analysis/modularity.hpp"
#include "analysis/rich_club.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/small_world.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Zachary (1977), doi:10.1086/jar.33.4.3629752, without weights: the ties of each member with later ones.
const std::vector<std::vector<std::size_t>> karate_club = {
    {1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31},
    {2, 3, 7, 13, 17, 19, 21, 30},
    {3, 7, 8, 9, 13, 27, 28, 32},
    {7, 12, 13},
    {6, 10},
    {6, 10, 16},
    {16},
    {},
    {30, 32, 33},
    {33},
    {},
    {},
    {},
    {33},
    {32, 33},
    {32, 33},
    {},
    {},
    {32, 33},
    {33},
    {32, 33},
    {},
    {32, 33},
    {25, 27, 29, 32, 33},
    {25, 27, 31},
    {31},
    {29, 33},
    {33},
    {31, 33},
    {32, 33},
    {32, 33},
    {32, 33},
    {33},
    {}};

Matrix karate(bool weighted = false) {
    Matrix m = square_matrix(34);
    m.name = "karate";
    for (std::size_t i = 0; i < 34; ++i)
        for (const std::size_t j : karate_club[i])
            m(i, j) = m(j, i) = weighted ? 1.0 + static_cast<double>((7 * i + 3 * j) % 5) : 1.0;
    return m;
}

// n nodes on a ring, each joined with `near` on each side.
Matrix ring(std::size_t n, std::size_t near) {
    Matrix m = square_matrix(n);
    m.name = "ring";
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 1; k <= near; ++k) m(i, (i + k) % n) = m((i + k) % n, i) = 1;
    return m;
}

double mean(const std::vector<double>& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

TEST(GraphMeasures, OfTheKarateClub) {
    const Graph g = make_graph(karate());
    EXPECT_EQ(g.edge_count(), 78u);
    // networkx: average_clustering, transitivity, average_shortest_path_length, global_efficiency,
    // betweenness_centrality
    EXPECT_NEAR(mean(clustering(g)), 0.5706384782076823, 1e-14);
    EXPECT_NEAR(transitivity(g), 0.2556818181818182, 1e-15);
    const Paths paths = shortest_paths(g);
    EXPECT_NEAR(paths.mean_length, 2.408199643493761, 1e-14);
    EXPECT_NEAR(paths.efficiency, 0.4920083184789052, 1e-14);
    EXPECT_NEAR(paths.betweenness[0], 0.43763528138528146, 1e-14);
    EXPECT_NEAR(paths.betweenness[2], 0.14365680615680618, 1e-14);
    EXPECT_NEAR(paths.betweenness[33], 0.30407497594997596, 1e-14);
}

// Weights 1 + (7 i + 3 j) % 5, i < j; networkx with distance 1/weight; bctpy's efficiency_wei and
// clustering_coef_wu are the same.
TEST(GraphMeasures, OfTheWeightedKarateClub) {
    const Graph g = make_graph(karate(true));
    EXPECT_EQ(g.strengths()[0], 51);
    EXPECT_NEAR(mean(clustering(g)), 0.32528160449413823, 1e-14);
    EXPECT_NEAR(clustering(g)[2], 0.13773424094946843, 1e-14);
    const Paths paths = shortest_paths(g);
    EXPECT_NEAR(paths.mean_length, 0.7977421271538918, 1e-14);
    EXPECT_NEAR(paths.efficiency, 1.552923362153177, 1e-13);
    EXPECT_NEAR(paths.betweenness[0], 0.5246212121212122, 1e-14);
    EXPECT_NEAR(paths.betweenness[2], 0.04734848484848485, 1e-14);
    EXPECT_NEAR(paths.betweenness[33], 0.3020833333333333, 1e-14);
}

TEST(GraphMeasures, OfAGraphInTwoParts) {
    Matrix m = square_matrix(5);  // a path of three and a pair
    m(0, 1) = m(1, 0) = m(1, 2) = m(2, 1) = m(3, 4) = m(4, 3) = 1;
    const Result r = run(find_analysis("graph_measures"), {{"matrix", m}});
    EXPECT_EQ(r.scalar("components"), 2);
    EXPECT_DOUBLE_EQ(r.scalar("path_length"), 10.0 / 8);
    EXPECT_DOUBLE_EQ(r.scalar("efficiency"), 7.0 / 20);
    EXPECT_DOUBLE_EQ(r.scalar("density"), 0.3);
    EXPECT_THAT(r.find("betweenness")->values, ElementsAre(0, 2.0 / 12, 0, 0, 0));
    EXPECT_EQ(r.scalar("transitivity"), 0);
}

TEST(GraphMeasures, DependOnNeitherScaleNorOrder) {
    const Matrix m = karate(true);
    Matrix turned = m;
    for (std::size_t i = 0; i < 34; ++i)
        for (std::size_t j = 0; j < 34; ++j) turned((i + 5) % 34, (j + 5) % 34) = 3 * m(i, j);
    EXPECT_NEAR(clustering(make_graph(turned))[7], clustering(make_graph(m))[2], 1e-14);
    EXPECT_NEAR(shortest_paths(make_graph(turned)).betweenness[5], 0.5246212121212122, 1e-13);
    EXPECT_NEAR(find_communities(make_graph(turned)).modularity, find_communities(make_graph(m)).modularity,
                1e-12);
}

TEST(Graphs, RefuseWhatIsNone) {
    Matrix m = karate();
    m(3, 4) = 2;
    EXPECT_THAT(error_of([&] { make_graph(m); }), HasSubstr("is not symmetric: 0 at row 4, column 3 and 2"));
    EXPECT_EQ(make_graph(m, {0, false, true}).edge_count(), 79u);
    m(3, 4) = std::nan("");
    EXPECT_THAT(error_of([&] { make_graph(m); }), HasSubstr("nan at row 3, column 4"));
    EXPECT_THAT(error_of([] { make_graph(square_matrix(3)); }), HasSubstr("has no value above 0"));
    m.columns = 17;
    EXPECT_THROW(make_graph(m), ShapeError);
}

TEST(Modularity, OfTheKarateClubIsTheLargest) {
    const Communities found = find_communities(make_graph(karate()));
    EXPECT_NEAR(found.modularity, 0.4197896120973044,
                1e-14);  // Brandes et al. 2008, doi:10.1109/TKDE.2007.190689
    EXPECT_EQ(found.count, 4u);
    EXPECT_EQ(found.of[0], 0u);
    EXPECT_NE(found.of[0], found.of[33]);
    // leidenalg 0.11, best quality() of 100 seeds; networkx gives it the same modularity
    EXPECT_NEAR(find_communities(make_graph(karate(true)), 1, 50).modularity, 0.4586620644312952, 1e-12);
}

TEST(Modularity, FindsPlantedCommunities) {
    Matrix m = square_matrix(120);
    for (std::size_t i = 0; i < 120; ++i)
        for (std::size_t j = 0; j < i; ++j)
            m(i, j) = m(j, i) = uniform_at(1, 0, i, j) < (i % 4 == j % 4 ? 0.4 : 0.05) ? 1 : 0;
    const Communities found = find_communities(make_graph(m));
    EXPECT_EQ(found.count, 4u);
    for (std::size_t i = 0; i < 120; ++i) EXPECT_EQ(found.of[i], found.of[i % 4]);
}

TEST(Modularity, IsTheSameForAnyNumberOfThreads) {
    const Graph g = make_graph(karate(true));
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const Communities one = find_communities(g, 1.3, 10, 4);
    omp_set_num_threads(3);
    const Communities three = find_communities(g, 1.3, 10, 4);
    omp_set_num_threads(before);
    EXPECT_EQ(one.of, three.of);
    EXPECT_EQ(one.modularity, three.modularity);
}

TEST(Rewiring, KeepsDegreesAndWeights) {
    const Graph g = make_graph(karate(true)), other = rewired(g, 1, 0);
    EXPECT_EQ(other.degrees(), g.degrees());
    const auto weights = [](const Graph& graph) {
        std::vector<double> all;
        for (std::size_t i = 0; i < graph.nodes(); ++i)
            for (const Graph::Edge& e : graph.edges[i]) {
                EXPECT_NE(e.to, i);
                all.push_back(e.weight);
            }
        std::sort(all.begin(), all.end());
        return all;
    };
    EXPECT_EQ(weights(other), weights(g));
    EXPECT_NEAR(mean(clustering(rewired(make_graph(ring(200, 5)), 2, 0))), 10.0 / 200, 0.02);  // about k/n
}

TEST(RichClub, OfTheKarateClub) {
    const Graph g = make_graph(karate());
    const std::vector<double> phi = rich_club(g, 32);
    // networkx: rich_club_coefficient(normalized=False)
    EXPECT_NEAR(phi[0], 0.13903743315508021, 1e-15);
    EXPECT_NEAR(phi[4], 0.4888888888888889, 1e-15);
    EXPECT_NEAR(phi[11], 0.3333333333333333, 1e-15);
    EXPECT_EQ(phi[12], 0);
    EXPECT_TRUE(std::isnan(phi[16]));  // one node is left
    const RichClub club = normalised_rich_club(g, 50, 1);
    EXPECT_NEAR(club.normalised[0], 1, 1e-14);
    EXPECT_EQ(club.p[0], 1);
}

TEST(SmallWorld, OfARingWithShortcuts) {
    Matrix m = ring(200, 4);  // Watts & Strogatz 1998, doi:10.1038/30918: a few edges go anywhere
    for (std::size_t k = 0; k < 40; ++k) {
        const auto a = static_cast<std::size_t>(200 * uniform_at(1, 0, k, 0)),
                   b = static_cast<std::size_t>(200 * uniform_at(1, 0, k, 1));
        if (a != b) m(a, b) = m(b, a) = 1;
    }
    const SmallWorld s = small_world(make_graph(m), 10, 1);
    EXPECT_GT(s.gamma, 8);
    EXPECT_LT(s.lambda, 2);
    EXPECT_GT(s.sigma, 5);
    // A random graph is none.
    EXPECT_NEAR(small_world(rewired(make_graph(m), 9, 0), 10, 1).sigma, 1, 0.25);
    EXPECT_NEAR(small_world(make_graph(ring(200, 4)), 2, 1).clustering, 9.0 / 14,
                1e-12);  // 3(k - 2)/4(k - 1), k = 8
}

TEST(Eigenmodes, OfARingAreWaves) {
    const Eigenmodes e = eigenmodes(make_graph(ring(12, 1)), false);
    for (std::size_t k = 0; k < 12; ++k) {
        const double wave =
            std::floor((static_cast<double>(k) + 1) / 2);  // each twice but the first and last
        EXPECT_NEAR(e.eigenvalues[k], 2 - 2 * std::cos(2 * M_PI * wave / 12), 1e-13);
    }
    for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(e.modes[i], std::sqrt(1.0 / 12), 1e-13);
}

TEST(Eigenmodes, OfTheKarateClub) {
    // numpy.linalg.eigvalsh
    const Eigenmodes plain = eigenmodes(make_graph(karate()), false),
                     scaled = eigenmodes(make_graph(karate()), true);
    EXPECT_NEAR(plain.eigenvalues[1], 0.468525227, 1e-9);
    EXPECT_NEAR(plain.eigenvalues[33], 18.136695973, 1e-8);
    EXPECT_NEAR(scaled.eigenvalues[1], 0.132272329, 1e-9);
    EXPECT_NEAR(scaled.eigenvalues[33], 1.714611347, 1e-9);
    Series s;  // the second mode alone
    s.name = "signal", s.samples = 1, s.channels = 34, s.interval_s = 1;
    for (std::size_t i = 0; i < 34; ++i) s.values.push_back(3 * scaled.modes[34 + i]);
    const Result r =
        run(find_analysis("eigenmodes"), {{"matrix", karate()}, {"series", s}}, {{"count", 3.0}});
    EXPECT_NEAR(r.find("energy")->values[0], 0, 1e-20);
    EXPECT_NEAR(r.find("energy")->values[1], 9, 1e-12);
    s.channels = 17, s.samples = 2;
    EXPECT_THAT(error_of([&] { run(find_analysis("eigenmodes"), {{"matrix", karate()}, {"series", s}}); }),
                HasSubstr("has 17 channels, but matrix 'karate' has 34 nodes"));
}

}  // namespace
}  // namespace neurodyn::analysis
