// SPDX-License-Identifier: BSD-3-Clause
// Broyden's method on systems whose solution is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "experiment/root_search.hpp"

namespace neurodyn::experiment {
namespace {

using Vector = std::vector<double>;

double worst(const Vector& v) {
    double most = 0.0;
    for (const double x : v) most = std::max(most, std::abs(x));
    return most;
}

// Observations until every deviation is below `tolerance`.
template <class Function>
int observations(RootSearch& search, Function deviation, double tolerance, int most) {
    for (int k = 1; k <= most; ++k) {
        const Vector found = deviation(search.point());
        if (worst(found) < tolerance) return k;
        search.observe(found);
    }
    return most + 1;
}

TEST(RootSearch, SolvesALinearSystemInTwiceItsSize) {
    // Broyden's method ends on a linear system of n unknowns after at most 2 n steps (Gay 1979, SIAM J Numer
    // Anal 16:623), here after the one that gives the first slopes. The system is rows (4 1 0; 1 5 2; 0 2 6),
    // x = (1, 2, 3).
    const auto linear = [](const Vector& x) {
        return Vector{4 * x[0] + x[1] - 6, x[0] + 5 * x[1] + 2 * x[2] - 17, 2 * x[1] + 6 * x[2] - 22};
    };
    RootSearch search({1.1, 1.9, 2.9}, {0.1, 0.1, 0.1});
    EXPECT_LE(observations(search, linear, 1e-9, 20), 8);
    EXPECT_NEAR(search.point()[2], 3.0, 1e-9);
}

TEST(RootSearch, FindsRootsOfCurvedAndFallingFunctions) {
    const auto falling = [](const Vector& x) {
        return Vector{std::exp(-x[0]) + 0.1 * x[1] - 0.5, 1.0 / x[1] - 0.2 * x[0] - 0.3};
    };
    RootSearch search({3.0, 5.0}, {0.15, 0.25});
    EXPECT_LE(observations(search, falling, 1e-8, 40), 25);
    EXPECT_LT(worst(falling(search.point())), 1e-8);
}

TEST(RootSearch, StartsFromZeroAndCrossesIt) {
    const auto shifted = [](const Vector& x) { return Vector{x[0] + 2.0}; };
    RootSearch search({0.0}, {0.1});
    EXPECT_LE(observations(search, shifted, 1e-12, 12), 12);
    EXPECT_NEAR(search.point()[0], -2.0, 1e-12);
}

TEST(RootSearch, ChangesNoUnknownByMoreThanThreeTenths) {
    RootSearch search({10.0, 1.0}, {0.5, 0.05});
    search.observe({1000.0, 1.0});
    const Vector second = search.point();
    EXPECT_DOUBLE_EQ(second[0], 10.5);
    search.observe({999.9, 0.9});  // slopes say: go 5000 further
    EXPECT_NEAR(search.point()[0], 10.5 * 1.3, 1e-12);
}

TEST(RootSearch, GoesHalfwayBackFromAPointThatIsFarWorse) {
    RootSearch search({1.0}, {0.05});
    search.observe({1.0});
    search.observe({20.0});
    EXPECT_DOUBLE_EQ(search.point()[0], 1.025);
}

}  // namespace
}  // namespace neurodyn::experiment
