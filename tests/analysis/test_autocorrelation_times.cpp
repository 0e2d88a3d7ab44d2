// SPDX-License-Identifier: BSD-3-Clause
// Autocorrelation times against pyerrors 2.17.0 and processes whose times are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

#include "analysis/autocorrelation_times.hpp"
#include "analysis/draws.hpp"
#include "analysis/errors.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// x[t] = m x[t-1] + noise: integrated (1 + m)/(1 - m)/2, exponential -1/ln m samples.
Series remembering(std::size_t samples, double m, std::size_t channels, std::uint64_t seed) {
    Series s = white_noise(samples, channels, 0.01, seed);
    for (std::size_t c = 0; c < channels; ++c) s.values[c] /= std::sqrt(1 - m * m);
    for (std::size_t k = channels; k < s.values.size(); ++k) s.values[k] += m * s.values[k - channels];
    return s;
}

TEST(AutocorrelationTimes, EqualPyerrors) {
    // u = 3.99 u (1 - u) from .3; y[0] = u, y[t] = .8 y[t-1] + u; Obs([y], ["a"]).gamma_method(S=1.5):
    // e_tauint, which divides by 1 + 1/N besides, e_dtauint, e_windowsize
    std::vector<double> y;
    double u = 0.3;
    for (int t = 0; t < 600; ++t) {
        u = 3.99 * u * (1 - u);
        y.push_back(u + (t > 0 ? 0.8 * y.back() : 0));
    }
    const AutocorrelationTime time = autocorrelation_time(y);
    EXPECT_EQ(time.window, 23);
    // the chaotic map doubles rounding errors in each step: not all digits are the same everywhere
    EXPECT_NEAR(time.integrated, 6.0579143703064835 * (1 + 1.0 / 600), 1e-8);
    EXPECT_NEAR(time.error, 1.9424231124782396, 1e-8);
}

// 400 series of 2000 samples: 95 % intervals (1.96 errors) hold the true time in 92.5 to 97.5 %.
TEST(AutocorrelationTimes, IntervalsHoldTheTrueTime) {
    for (const double m : {0.0, 0.6, 0.9}) {
        const double known = 0.5 * (1 + m) / (1 - m);
        const Result r =
            run(find_analysis("autocorrelation_times"), {{"subject", remembering(2000, m, 400, 31)}});
        const std::vector<double>&tau = r.find("integrated")->values, &error = r.find("error")->values;
        int held = 0;
        for (std::size_t k = 0; k < tau.size(); ++k)
            held += std::abs(tau[k] - 0.01 * known) <= 1.96 * error[k];
        EXPECT_GE(held, 358) << m;
        EXPECT_LE(held, 395) << m;
        EXPECT_NEAR(r.scalar("mean_integrated"), 0.01 * known, 0.01 * 0.03 * known) << m;
        if (m > 0.5) {
            EXPECT_NEAR(r.scalar("mean_fitted"), -0.01 / std::log(m), -0.08 * 0.01 / std::log(m)) << m;
        }
    }
}

// White noise added to what remembers lowers the amplitude and not the fitted time.
TEST(AutocorrelationTimes, NoiseChangesTheAmplitudeAlone) {
    Series s = remembering(20000, 0.9, 1, 5);
    const double variance = 1 / (1 - 0.81);
    for (std::size_t t = 0; t < s.samples; ++t) s.values[t] += std::sqrt(variance) * normal_at(8, 0, t, 0);
    const Result r = run(find_analysis("autocorrelation_times"), {{"subject", s}});
    EXPECT_NEAR(r.find("amplitude")->values[0], 0.5, 0.05);
    EXPECT_NEAR(r.find("fitted")->values[0], -0.01 / std::log(0.9), 0.015);
}

// Events of a Poisson process remember nothing; silent nodes have no time.
TEST(AutocorrelationTimes, OfEventsAreOfTheirCounts) {
    Events events;
    events.nodes = 3, events.stop_s = 100, events.name = "spikes";
    for (std::size_t k = 0; k < 10000; ++k) {
        const double t = 0.01 * static_cast<double>(k);
        if (uniform_at(1, 0, k, 0) < 0.3) events.time_s.push_back(t + 0.001), events.node.push_back(0);
        if (std::fmod(t, 2) < 1 && uniform_at(1, 0, k, 1) < 0.5)
            events.time_s.push_back(t + 0.002), events.node.push_back(2);
    }
    const Result r = run(find_analysis("autocorrelation_times"), {{"subject", events}}, {{"bin", 0.02}});
    EXPECT_NEAR(r.find("integrated")->values[0], 0.01, 0.001);  // half a bin
    EXPECT_TRUE(std::isnan(r.find("integrated")->values[1]));
    EXPECT_GT(r.find("fitted")->values[2], 0.1);
    EXPECT_NEAR(r.find("effective_samples")->values[0], 5000, 500);
}

TEST(AutocorrelationTimes, AreTheSameForScaledMovedAndReversedSeriesAndAnyThreads) {
    const Series s = remembering(500, 0.8, 3, 2);
    Series scaled = s, reversed = s;
    for (double& v : scaled.values) v = 4 * v + 64;
    for (std::size_t t = 0; t < 500; ++t)
        for (std::size_t c = 0; c < 3; ++c) reversed.values[3 * t + c] = s.at(499 - t, c);
    const int before = omp_get_max_threads();
    const std::vector<double> one =
        run(find_analysis("autocorrelation_times"), {{"subject", s}}).find("integrated")->values;
    omp_set_num_threads(3);
    EXPECT_EQ(run(find_analysis("autocorrelation_times"), {{"subject", s}}).find("integrated")->values, one);
    omp_set_num_threads(before);
    for (const Series& other : {scaled, reversed}) {
        const Result r = run(find_analysis("autocorrelation_times"), {{"subject", other}});
        for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(r.find("integrated")->values[c], one[c], 1e-12);
    }
}

TEST(AutocorrelationTimes, RefuseBadInput) {
    const Analysis& analysis = find_analysis("autocorrelation_times");
    EXPECT_THAT(error_of([&] { run(analysis, {{"subject", sample_series(19)}}); }), HasSubstr("19 samples"));
    EXPECT_THAT(error_of([&] { run(analysis, {{"subject", sample_series()}}, {{"bin", 1.0}}); }),
                HasSubstr("bin is of events"));
    Series s = sample_series();
    s.values[5 * 40 + 3] = INFINITY;
    EXPECT_THAT(error_of([&] { run(analysis, {{"subject", s}}); }),
                testing::AllOf(HasSubstr("region_3"), HasSubstr("40")));
    s = sample_series();
    for (std::size_t t = 0; t < s.samples; ++t) s.values[5 * t + 1] = 0.1;
    EXPECT_THAT(error_of([&] { run(analysis, {{"subject", s}}); }),
                HasSubstr("'region_1' is constant (0.1), so it has no autocorrelation"));
    Events events;
    events.nodes = 2, events.stop_s = 0.05, events.name = "spikes";
    EXPECT_THROW(run(analysis, {{"subject", events}}), OptionError);  // 12 bins
    // A trend never decays within half of the series.
    Series trend = sample_series(40, 1);
    for (std::size_t t = 0; t < 40; ++t) trend.values[t] = static_cast<double>(t);
    EXPECT_TRUE(std::isnan(run(analysis, {{"subject", trend}}).find("integrated")->values[0]) ||
                run(analysis, {{"subject", trend}}).find("integrated")->values[0] > 2);
}

}  // namespace
}  // namespace neurodyn::analysis
