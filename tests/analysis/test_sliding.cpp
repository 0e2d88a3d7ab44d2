// SPDX-License-Identifier: BSD-3-Clause
// Sliding-window connectivity and its dynamics against numpy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <numeric>

#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/functional_connectivity_dynamics.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/shared_windows.hpp"
#include "analysis/sliding_functional_connectivity.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// In numpy: L = 60; S = 7; W = (600 - L)//S + 1; iu = numpy.triu_indices(5, 1)
// E = [numpy.corrcoef(x[w*S : w*S + L].T)[iu] for w in range(W)]; F = numpy.corrcoef(E)
constexpr double window_s = 30, step_s = 3.5;

TEST(SlidingFunctionalConnectivity, EqualsNumpyInEveryWindow) {
    const SlidingFunctionalConnectivity s =
        sliding_functional_connectivity(sample_series(), window_s, step_s);
    EXPECT_EQ(s.windows.length, 60u);
    EXPECT_EQ(s.windows.step, 7u);
    ASSERT_EQ(s.windows.count, 78u);
    ASSERT_EQ(s.edges, 10u);
    EXPECT_NEAR(s.values[3 * 10 + 2], 0.22738908546951336, 1e-13);   // E[3, 2]
    EXPECT_NEAR(s.values[77 * 10 + 9], 0.28132747929375435, 1e-13);  // E[-1, 9]
    EXPECT_DOUBLE_EQ(s.windows.centre_s[0], 14.75);                  // the middle of samples 0 to 59
    EXPECT_DOUBLE_EQ(s.windows.centre_s[2], 14.75 + 7);
}

TEST(SlidingFunctionalConnectivity, OneWindowOfTheWholeSeriesIsFunctionalConnectivity) {
    const Series series = sample_series(200, 40);
    const SlidingFunctionalConnectivity s = sliding_functional_connectivity(series, 100, 1);
    ASSERT_EQ(s.windows.count, 1u);
    const std::vector<double> fc = upper_triangle(functional_connectivity(series));
    ASSERT_EQ(s.values.size(), fc.size());
    for (std::size_t e = 0; e < fc.size(); ++e) EXPECT_NEAR(s.values[e], fc[e], 1e-13);
}

TEST(SlidingFunctionalConnectivity, RefusesWindowsThatDoNotFit) {
    const Series s = sample_series();
    EXPECT_THAT(error_of([&] { sliding_functional_connectivity(s, 301, 1); }),
                HasSubstr("window is 301 s, but series 'bold' is only 300 s long"));
    EXPECT_THAT(error_of([&] { sliding_functional_connectivity(s, 1, 1); }), HasSubstr("at least 3 samples"));
    EXPECT_THAT(error_of([&] { sliding_functional_connectivity(s, 30, 0.1); }), HasSubstr("step is 0.1 s"));
    EXPECT_THROW(sliding_functional_connectivity(s, -30, 1), OptionError);
    EXPECT_THAT(error_of([&] { sliding_functional_connectivity(s, 30, 1, 1000); }),
                HasSubstr("take a longer step"));
}

TEST(SlidingFunctionalConnectivity, NamesTheChannelAndWindowThatIsConstant) {
    Series s = sample_series();
    for (std::size_t t = 200; t < 320; ++t) s.values[t * 5 + 4] = 3;
    // The first window inside samples 200 to 319 is the 29th, samples 203 to 262.
    const std::string text = error_of([&] { sliding_functional_connectivity(s, window_s, step_s); });
    EXPECT_THAT(text, HasSubstr("region 'region_4' is constant (3) in the window around t = 116.25 s"));
    EXPECT_EQ(error_of([&] { functional_connectivity_dynamics(s, window_s, step_s); }), text);
}

TEST(FunctionalConnectivityDynamics, EqualsNumpy) {
    const FunctionalConnectivityDynamics d =
        functional_connectivity_dynamics(sample_series(), window_s, step_s);
    ASSERT_EQ(d.fcd.rows, 78u);
    EXPECT_NEAR(d.fcd(0, 1), 0.2329784153898094, 1e-11);    // F[0, 1]
    EXPECT_NEAR(d.fcd(5, 60), 0.12192855140047282, 1e-11);  // F[5, 60]
    const std::vector<double> values = d.distribution();
    ASSERT_EQ(values.size(), 78u * 77 / 2);
    // F[numpy.triu_indices(78, 1)].mean()
    EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0) / 3003, -0.00754997731901597, 1e-12);
    const std::vector<double> apart =
        d.distribution(true);        // windows 9 steps of 7 samples apart share none of 60
    ASSERT_EQ(apart.size(), 2415u);  // F[numpy.triu_indices(78, 9)]
    EXPECT_NEAR(std::accumulate(apart.begin(), apart.end(), 0.0) / 2415, -0.004463472323046441, 1e-12);
}

TEST(FunctionalConnectivityDynamics, BlocksOfEdgesAndThreadsDoNotChangeABit) {
    // 120 channels x 1181 windows: several blocks of edges.
    const Series s = sample_series(1200, 120);
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const FunctionalConnectivityDynamics one = functional_connectivity_dynamics(s, 10, 1);
    omp_set_num_threads(3);
    EXPECT_EQ(functional_connectivity_dynamics(s, 10, 1).fcd.values, one.fcd.values);
    omp_set_num_threads(before);
    const SlidingFunctionalConnectivity sliding = sliding_functional_connectivity(s, 10, 1);
    const std::span<const double> a = std::span(sliding.values).subspan(3 * sliding.edges, sliding.edges);
    const std::span<const double> b = std::span(sliding.values).subspan(500 * sliding.edges, sliding.edges);
    double ab = 0, aa = 0, bb = 0;
    const double am = std::accumulate(a.begin(), a.end(), 0.0) / static_cast<double>(a.size());
    const double bm = std::accumulate(b.begin(), b.end(), 0.0) / static_cast<double>(b.size());
    for (std::size_t e = 0; e < a.size(); ++e) {
        ab += (a[e] - am) * (b[e] - bm);
        aa += (a[e] - am) * (a[e] - am);
        bb += (b[e] - bm) * (b[e] - bm);
    }
    EXPECT_NEAR(one.fcd(3, 500), ab / std::sqrt(aa * bb), 1e-12);
}

// Overlapping, adjoining and separate windows, with and without a rest of a piece.
TEST(SharedWindows, GiveTheCorrelationsOfEachWindow) {
    const Series s = sample_series(300, 6);
    for (const auto& [length, step] :
         {std::pair{60, 7}, {60, 3}, {60, 1}, {5, 5}, {7, 20}, {9, 4}, {300, 2}}) {
        const SlidingFunctionalConnectivity each =
            sliding_functional_connectivity(s, 0.5 * length, 0.5 * step);
        const SharedWindows shared(s, each.windows);
        ASSERT_TRUE(shared.precise());
        SharedWindows::Scratch scratch;
        std::vector<double> r(each.windows.count);
        for (std::size_t i = 0, e = 0; i < 6; ++i)
            for (std::size_t j = i + 1; j < 6; ++j, ++e) {
                shared.correlations(i, j, r.data(), scratch);
                for (std::size_t w = 0; w < r.size(); ++w)
                    EXPECT_NEAR(r[w], each.values[w * each.edges + e], 1e-12) << length << ' ' << step;
            }
    }
}

// A jump of a million deviations: each window is centred on its own, and nothing is lost.
TEST(FunctionalConnectivityDynamics, KeepsItsDigitsBesideAJump) {
    Series s = sample_series();
    const FunctionalConnectivityDynamics before = functional_connectivity_dynamics(s, window_s, 30);
    for (std::size_t t = 300; t < 600; ++t)
        for (std::size_t c = 0; c < 5; ++c) s.values[5 * t + c] += 1e6;
    EXPECT_FALSE(SharedWindows(s, before.windows).precise());
    const FunctionalConnectivityDynamics after = functional_connectivity_dynamics(s, window_s, 30);
    for (std::size_t k = 0; k < before.fcd.values.size(); ++k)  // the values have lost six digits themselves
        EXPECT_NEAR(after.fcd.values[k], before.fcd.values[k], 1e-9);
}

TEST(FunctionalConnectivityDynamics, RefusesOneWindowAndTwoChannels) {
    EXPECT_THAT(error_of([] { functional_connectivity_dynamics(sample_series(), 300, 1); }),
                HasSubstr("has only one window of 300 s"));
    EXPECT_THAT(error_of([] { functional_connectivity_dynamics(sample_series(600, 2), 30, 1); }),
                HasSubstr("has 2 channels"));
}

}  // namespace
}  // namespace neurodyn::analysis
