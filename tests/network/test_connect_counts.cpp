// SPDX-License-Identifier: BSD-3-Clause
// Binomial and hypergeometric counts: each count takes as much of the unit interval as its probability.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "network/connect_counts.hpp"
#include "network/connect_support.hpp"

namespace neurodyn::network {
namespace {

constexpr int grid = 100'000;

/// The share of (0, 1) that gives each count, to 1/grid (a count's share is one interval).
template <class Count>
std::vector<double> shares(std::size_t most, Count count) {
    std::vector<double> shares(most + 1);
    for (int k = 0; k < grid; ++k) shares.at(count((k + 0.5) / grid)) += 1.0 / grid;
    return shares;
}

TEST(ConnectCounts, BinomialHasItsLaw) {
    struct Case {
        std::uint64_t n;
        double p;
    };
    for (const auto& [n, p] : {Case{1, .3}, Case{5, .01}, Case{20, .5}, Case{40, .97}, Case{1000, .002},
                               Case{1000, .25}, Case{5000, .999}}) {
        const std::vector<double> found = shares(n, [&](double u) { return binomial_count(u, n, p); });
        for (std::size_t k = 0; k <= n; ++k)
            EXPECT_NEAR(found[k], binomial_law(double(k), double(n), p), 2.0 / grid)
                << n << " " << p << " " << k;
    }
}

TEST(ConnectCounts, BinomialOfManyTrialsHasItsMoments) {
    const std::uint64_t n = 3'000'000'000;
    const double p = 1.0 / 77169;
    double sum = 0.0, squares = 0.0;
    for (int k = 0; k < grid; ++k) {
        const double x = double(binomial_count((k + 0.5) / grid, n, p)) - double(n) * p;
        sum += x, squares += x * x;
    }
    const double variance = double(n) * p * (1.0 - p);
    EXPECT_NEAR(sum / grid, 0.0, 1e-3 * std::sqrt(variance));
    EXPECT_NEAR(squares / grid, variance, 2e-3 * variance);  // the grid cuts the far tails
}

TEST(ConnectCounts, EdgesOfTheBinomial) {
    for (const double u : {1e-12, .5, 1.0}) {
        EXPECT_EQ(binomial_count(u, 0, .5), 0u);
        EXPECT_EQ(binomial_count(u, 7, 0.0), 0u);
        EXPECT_EQ(binomial_count(u, 7, 1.0), 7u);
    }
}

TEST(ConnectCounts, HypergeometricHasItsLaw) {
    struct Case {
        std::uint64_t total, marked, draws;
    };
    for (const auto& [total, marked, draws] : {Case{10, 4, 3}, Case{10, 9, 8}, Case{100, 3, 50},
                                               Case{5000, 400, 1000}, Case{1'000'000, 1000, 2000}}) {
        const std::vector<double> found =
            shares(marked, [&](double u) { return hypergeometric_count(u, total, marked, draws); });
        for (std::size_t k = 0; k <= marked; ++k) {
            const double others = double(total - marked), rest = double(draws) - double(k);
            const double law =
                rest < 0.0 || rest > others
                    ? 0.0
                    : std::exp(log_choose(double(marked), double(k)) + log_choose(others, rest) -
                               log_choose(double(total), double(draws)));
            EXPECT_NEAR(found[k], law, 2.0 / grid + 1e-7)
                << total << " " << marked << " " << draws << " " << k;
        }
    }
}

TEST(ConnectCounts, EdgesOfTheHypergeometric) {
    EXPECT_EQ(hypergeometric_count(.3, 10, 10, 4), 4u);
    EXPECT_EQ(hypergeometric_count(.3, 10, 4, 10), 4u);
    EXPECT_EQ(hypergeometric_count(.3, 10, 0, 5), 0u);
    EXPECT_EQ(hypergeometric_count(.3, 10, 5, 0), 0u);
}

TEST(ConnectCounts, TwoUniformsMakeOneOf53Bits) {
    EXPECT_EQ(combine_uniforms(0x1p-33, 0x1p-33), 0x1p-54);
    EXPECT_NEAR(combine_uniforms(.25, .75), .25, 0x1p-32);
    EXPECT_GT(combine_uniforms(.25, .75), combine_uniforms(.25, .5));
}

}  // namespace
}  // namespace neurodyn::network
