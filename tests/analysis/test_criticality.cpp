// SPDX-License-Identifier: BSD-3-Clause
// Measures of criticality against mrestimator 0.2.0, numpy, and processes whose parameters are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

#include "analysis/branching_ratio.hpp"
#include "analysis/detrended_fluctuation.hpp"
#include "analysis/dynamic_range.hpp"
#include "analysis/errors.hpp"
#include "analysis/lagged_products.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/student.hpp"
#include "analysis/susceptibility.hpp"
#include "analysis/table.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// Activity of Poisson(m a + h) from its mean h/(1 - m) on; each unit is seen with this probability.
std::vector<double> branching(std::size_t bins, double m, double h, std::uint64_t seed, double seen = 1) {
    std::vector<double> x;
    double a = std::round(h / (1 - m));
    for (std::size_t t = 0; t < bins; ++t) {
        a = poisson_at(m * a + h, seed, 0, t, 0);
        double count = a;
        if (seen < 1) {
            count = 0;
            for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(a); ++k)
                count += uniform_at(seed, 1, t, k) < seen ? 1 : 0;
        }
        x.push_back(count);
    }
    return x;
}

std::vector<std::vector<double>> pieces(const std::vector<double>& x, std::size_t count) {
    std::vector<std::vector<double>> trials;
    const std::size_t n = x.size() / count;
    for (std::size_t k = 0; k < count; ++k)
        trials.emplace_back(x.begin() + static_cast<std::ptrdiff_t>(k * n),
                            x.begin() + static_cast<std::ptrdiff_t>((k + 1) * n));
    return trials;
}

Series series_of(std::vector<double> values, double interval_s = 4e-3) {
    Series s;
    s.samples = values.size();
    s.channels = 1;
    s.interval_s = interval_s;
    s.name = "activity";
    s.values = std::move(values);
    return s;
}

TEST(LaggedProducts, AreSumsOfProducts) {
    const std::vector<double> x = branching(5000, 0.9, 2, 1);
    for (const std::size_t lags : {1, 7, 300}) {
        const std::vector<double> found = lagged_products(x, lags);
        for (std::size_t k = 0; k <= lags; k += 1 + lags / 5) {
            double sum = 0;
            for (std::size_t t = 0; t + k < x.size(); ++t) sum += x[t] * x[t + k];
            EXPECT_NEAR(found[k], sum, 1e-12 * found[0]);
        }
    }
}

TEST(Student, QuantilesEqualTables) {
    EXPECT_NEAR(normal_quantile(0.975), 1.959963985, 1e-9);  // Abramowitz & Stegun, table 26.6 and 26.10
    EXPECT_NEAR(student_quantile(0.975, 5), 2.571, 1e-3);
    EXPECT_NEAR(student_quantile(0.975, 19), 2.093, 1e-3);
}

// In numpy: x[k, t] = (7 t^2 + 3 t k + 11 k) % 23 + 2 (t % 5), y[k, t] = 0.8 y[k, t - 1] + x[k, t], 4 trials
// of 300; mrestimator 0.2.0: coefficients(y, method='stationarymean', steps=(1, 10)), fit(..., 'exponential')
TEST(BranchingRatio, EqualsMrestimator) {
    std::vector<std::vector<double>> y(4);
    for (std::size_t k = 0; k < 4; ++k)
        for (std::size_t t = 0; t < 300; ++t)
            y[k].push_back((t > 0 ? 0.8 * y[k][t - 1] : 0.0) +
                           static_cast<double>((7 * t * t + 3 * t * k + 11 * k) % 23 + 2 * (t % 5)));
    const BranchingRatio b = branching_ratio(y, {10, false, false, 0, 0.95, 0}, "y");
    const double slopes[] = {0.80830273, 0.60909945, 0.41030795, 0.25839158, 0.15896912,
                             0.07722017, 0.0247494,  0.03165461, 0.02932341, 0.06289088};
    for (std::size_t k = 0; k < 10; ++k) EXPECT_NEAR(b.slopes[k], slopes[k], 6e-9) << k;
    EXPECT_NEAR(b.ratio, 0.6706231081562105, 1e-6);
    EXPECT_NEAR(b.amplitude, 1.25499119, 1e-5);
    EXPECT_EQ(b.naive, b.slopes[0]);
}

TEST(BranchingRatio, IsFoundInSamplesOfASystem) {
    const std::vector<double> whole = branching(200000, 0.95, 5, 3),
                              part = branching(200000, 0.95, 5, 3, 0.1);
    const BranchingRatio a = branching_ratio(pieces(whole, 20), {60, false, false, 100, 0.95, 1}, "x");
    const BranchingRatio b = branching_ratio(pieces(part, 20), {60, false, false, 100, 0.95, 1}, "x");
    EXPECT_NEAR(a.ratio, 0.95, 0.004);
    EXPECT_NEAR(a.naive, 0.95, 0.004);
    EXPECT_NEAR(b.ratio, 0.95, 0.008);
    EXPECT_LT(b.low, 0.95);
    EXPECT_GT(b.high, 0.95);
    // The naive estimate sees m p var/(p^2 var + p (1 - p) mean) p, var/mean = 1/(1 - m^2) of the whole.
    const double fano = 1 / (1 - 0.95 * 0.95);
    EXPECT_NEAR(b.naive, 0.95 * 0.1 * fano / (0.1 * fano + 0.9), 0.02);
}

// 100 recordings of 20,000 bins: limits of 95 % hold m in 95 of them, give or take 2.2.
TEST(BranchingRatio, LimitsCoverTheTrueValue) {
    int covered = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const BranchingRatio b = branching_ratio(pieces(branching(20000, 0.9, 3, 1000 + seed), 20),
                                                 {30, false, false, 100, 0.95, seed}, "x");
        covered += b.low <= 0.9 && 0.9 <= b.high ? 1 : 0;
    }
    EXPECT_GE(covered, 88);
    EXPECT_LE(covered, 100);
}

TEST(BranchingRatio, OfARecordingHasItsTimescale) {
    // m = 0.98 in bins of 4 ms: -4 ms/ln 0.98 = 197.993 ms
    const Result r = run(find_analysis("branching_ratio"),
                         {{"subject", series_of(branching(400000, 0.98, 2, 5))}}, {{"max_lag", 0.6}});
    const double error = (r.scalar("timescale_high") - r.scalar("timescale_low")) / 4;
    EXPECT_NEAR(r.scalar("timescale"), 0.197993, 3 * error);
    EXPECT_LT(error, 0.015);
    EXPECT_NEAR(r.scalar("timescale"), -4e-3 / std::log(r.scalar("branching_ratio")), 1e-12);
    EXPECT_EQ(r.find("slopes")->values.size(), 150u);
}

TEST(BranchingRatio, DependsOnNeitherScaleNorThreads) {
    const std::vector<double> x = branching(20000, 0.9, 3, 7);
    std::vector<double> scaled = x;
    for (double& v : scaled) v = 1000 + 3 * v;
    const BranchingOptions options{30, false, false, 50, 0.95, 1};
    const BranchingRatio a = branching_ratio(pieces(x, 10), options, "x");
    EXPECT_NEAR(branching_ratio(pieces(scaled, 10), options, "x").ratio, a.ratio, 1e-6);
    const int before = omp_get_max_threads();
    omp_set_num_threads(3);
    const BranchingRatio b = branching_ratio(pieces(x, 10), options, "x");
    omp_set_num_threads(before);
    EXPECT_EQ(a.ratio, b.ratio);
    EXPECT_EQ(a.low, b.low);
    EXPECT_EQ(a.slopes, b.slopes);
}

TEST(BranchingRatio, RefusesBadInput) {
    const auto refused = [](const Series& s, const Options& options) {
        return error_of([&] { run(find_analysis("branching_ratio"), {{"subject", s}}, options); });
    };
    EXPECT_THAT(refused(series_of(std::vector<double>(4000, 2.0)), {}), HasSubstr("is constant (2)"));
    EXPECT_THAT(refused(series_of(std::vector<double>(400, 2.0)), {}),
                HasSubstr("trials have 20 bins of 0.004 s"));
    EXPECT_THAT(refused(series_of(std::vector<double>(4000, 2.0)), {{"max_lag", 0.004}}),
                HasSubstr("three or more"));
    std::vector<double> gap = branching(4000, 0.9, 3, 7);
    gap[17] = std::nan("");
    EXPECT_THAT(refused(series_of(gap), {}), HasSubstr("nan at sample 17"));
}

TEST(DetrendedFluctuation, EqualsNumpy) {
    // In numpy of channel 0: p = cumsum(x - x.mean()); residuals of polyfit in windows from the start and the
    // end
    FluctuationOptions options;
    options.most_s = 30;
    const DetrendedFluctuation d = detrended_fluctuation(sample_series(), options);
    EXPECT_EQ(d.window_s.front(), 5);
    EXPECT_EQ(d.window_s.back(), 30);
    EXPECT_NEAR(d.fluctuation.front(), 0.8096164598449622, 1e-11);
    EXPECT_NEAR(d.fluctuation[d.window_s.size() - 1], 3.385285877861816, 1e-10);
    options.order = 2;
    const DetrendedFluctuation second = detrended_fluctuation(sample_series(), options);
    EXPECT_NEAR(second.fluctuation[d.window_s.size() - 1], 2.5442475691741393, 1e-10);
}

TEST(DetrendedFluctuation, OfWhiteNoiseAndOfARandomWalk) {
    std::vector<double> noise(100000), walk(100000);
    double sum = 0;
    for (std::size_t t = 0; t < noise.size(); ++t) {
        noise[t] = normal_at(1, 0, t, 0);
        walk[t] = sum += noise[t];
    }
    FluctuationOptions options;
    options.least_s = 0.4;
    EXPECT_NEAR(detrended_fluctuation(series_of(noise), options).exponent[0], 0.5, 0.02);
    EXPECT_NEAR(detrended_fluctuation(series_of(walk), options).exponent[0], 1.5, 0.03);
}

TEST(DetrendedFluctuation, RefusesBadInput) {
    EXPECT_THAT(error_of([] { detrended_fluctuation(series_of(std::vector<double>(300, 1.5))); }),
                HasSubstr("is constant (1.5)"));
    EXPECT_THAT(error_of([] { detrended_fluctuation(series_of({1, 2, 3})); }), HasSubstr("too short"));
    FluctuationOptions options;
    options.most_s = 10;
    EXPECT_THAT(error_of([&] { detrended_fluctuation(series_of(std::vector<double>(300, 1.5)), options); }),
                HasSubstr("windows of 10 to 2500 samples"));
}

TEST(Susceptibility, OfIndependentNodesIsTheirVariance) {
    std::vector<double> totals(20000);
    for (std::size_t t = 0; t < totals.size(); ++t)
        for (std::uint64_t i = 0; i < 50; ++i) totals[t] += uniform_at(1, 0, t, i) < 0.2 ? 1 : 0;
    const Susceptibility s = susceptibility(totals, 50, "x");
    EXPECT_NEAR(s.mean, 0.2, 0.002);
    EXPECT_NEAR(s.susceptibility, 0.2 * 0.8, 0.005);
    EXPECT_THAT(error_of([] { susceptibility(std::vector<double>{1}, 1, "x"); }), HasSubstr("has 1 samples"));
    // Two nodes that agree: N var = 2 * 1/4
    EXPECT_DOUBLE_EQ(susceptibility(std::vector<double>{0, 2, 0, 2}, 2, "x").susceptibility, 0.5);
}

TEST(DynamicRange, OfAHyperbolicResponse) {
    std::vector<double> stimuli, responses;
    for (double s = 1e-7; s < 2e7; s *= 1.02) stimuli.push_back(s), responses.push_back(3 + 20 * s / (s + 1));
    const DynamicRange r = dynamic_range(responses, stimuli);
    EXPECT_NEAR(r.decibels, 10 * std::log10(81), 0.001);  // 10 % at 1/9, 90 % at 9
    EXPECT_NEAR(r.low, 1.0 / 9, 1e-4);
    EXPECT_THAT(error_of([] { dynamic_range(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3}); }),
                HasSubstr("all responses are 1"));
    EXPECT_THAT(error_of([] { dynamic_range(std::vector<double>{1, 2, 3}, std::vector<double>{1, 1, 3}); }),
                HasSubstr("stimulus 1 is 1"));
    EXPECT_THAT(error_of([] { dynamic_range(std::vector<double>{3, 2, 1}, std::vector<double>{1, 2, 3}); }),
                HasSubstr("do not rise"));
    EXPECT_THAT(error_of([] { dynamic_range(std::vector<double>{1, 2, 3}, std::vector<double>{1, 2}); }),
                HasSubstr("3 responses and 2 stimuli"));
}

}  // namespace
}  // namespace neurodyn::analysis
