// SPDX-License-Identifier: BSD-3-Clause
// Instantaneous frequency, bursts, phase-amplitude coupling and cycles of signals that are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "analysis/bursts.hpp"
#include "analysis/cycles.hpp"
#include "analysis/draws.hpp"
#include "analysis/errors.hpp"
#include "analysis/instantaneous_frequency.hpp"
#include "analysis/phase_amplitude_coupling.hpp"
#include "analysis/sample_series.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;
constexpr double pi = std::numbers::pi;

TEST(InstantaneousFrequency, FollowsAChirp) {
    PhaseOptions options;
    options.edge_s = 1.0;
    const Series s =
        series_of(10000, 1, 1e-3, [](double t, std::size_t) { return std::sin(2 * pi * (10 * t + t * t)); });
    const std::vector<double> f = instantaneous_frequency(s, options);
    ASSERT_EQ(f.size(), 8000u);
    for (std::size_t k = 0; k < f.size(); k += 500)
        EXPECT_NEAR(f[k], 10 + 2 * (1.0 + static_cast<double>(k) * 1e-3), 0.3);
    EXPECT_NEAR(f[4000], 20.0, 0.01);
}

// Half a second of 20 Hz every two seconds: 10 cycles.
TEST(Bursts, AreFoundWhereTheyWerePut) {
    Inputs inputs;
    inputs.emplace("series", series_of(20000, 1, 1e-3, [](double t, std::size_t) {
                       const double within = std::fmod(t, 2.0) - 1.0;
                       const double size = std::abs(within) < 0.25 ? 5.0 : 0.5;
                       return size * std::sin(2 * pi * 20 * t) +
                              0.1 * normal_at(1, 2, 0, static_cast<std::uint64_t>(t * 1e4));
                   }));
    const Options options{{"low", 15.0}, {"high", 25.0}, {"threshold", 3.0}, {"boundary", 3.0}};
    const Result r = run(find_analysis("bursts"), inputs, options);
    EXPECT_EQ(r.find("count")->values[0], 10.0);
    EXPECT_NEAR(r.find("duration")->values[0], 0.5, 0.06);
    EXPECT_NEAR(r.find("cycles")->values[0], 10.0, 1.2);
    EXPECT_NEAR(r.find("peak")->values[0], 5.2, 0.4);
    Options longer = options;
    longer["least_cycles"] = 15.0;
    const Result none = run(find_analysis("bursts"), inputs, longer);
    EXPECT_EQ(none.find("count")->values[0], 0.0);
    EXPECT_TRUE(std::isnan(none.find("duration")->values[0]));
}

TEST(Bursts, BeginAndEndAtTheLowerThreshold) {
    const std::vector<double> amplitude{1, 1, 1, 1, 1.6, 2.5, 1.7, 1, 1.9, 1, 1}, rate(11, 10.0);
    const auto found = find_bursts(amplitude, rate, 0.1, {2.0, 1.5, 3.0});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].first, 4u);
    EXPECT_EQ(found[0].samples, 3u);
    EXPECT_DOUBLE_EQ(found[0].cycles, 3.0);
    EXPECT_DOUBLE_EQ(found[0].peak, 2.5);
    EXPECT_TRUE(find_bursts(amplitude, rate, 0.1, {2.0, 1.5, 3.5}).empty());
}

// numpy: 1 + a cos(phase), averaged over each of 18 bins, gives 0.0221290 for a = 0.5 and 0.1044708 for 1.
TEST(PhaseAmplitudeCoupling, OfACosineIsItsClosedForm) {
    for (const auto& [depth, expected] : {std::pair{0.5, 0.022128976956477243}, {1.0, 0.10447080443063417}}) {
        std::vector<std::complex<double>> slow, fast;
        for (int k = 0; k < 180000; ++k) {
            const double phase = 2 * pi * (k + 0.5) / 180000.0 * 10.0;
            slow.push_back(std::polar(1.0, phase));
            fast.emplace_back(1 + depth * std::cos(phase - 1.0 * 2 * pi / 18 * 3), 0.0);
        }
        const PhaseAmplitudeCoupling c = phase_amplitude_coupling(slow, fast, 18);
        EXPECT_NEAR(c.modulation_index, expected, 1e-7);
        EXPECT_NEAR(c.preferred_rad, 2 * pi / 6, 1e-7);
    }
}

TEST(PhaseAmplitudeCoupling, IsFoundInNoiseAndNotWhereThereIsNone) {
    // About 6 Hz: shifts of a clock's amplitude would leave the coupling as it is.
    std::vector<double> drifting{0.0};
    for (std::uint64_t k = 1; k < 20000; ++k)
        drifting.push_back(drifting.back() + 2 * pi * 6 * 2e-3 + 0.05 * normal_at(7, 4, 0, k));
    const auto found = [&](double depth) {
        Inputs inputs;
        inputs.emplace("series", series_of(20000, 4, 2e-3, [&](double t, std::size_t c) {
                           const double slow = drifting[static_cast<std::size_t>(std::lround(t / 2e-3))],
                                        fast = 2 * pi * 55 * t;
                           return std::cos(slow) + 0.5 * (1 + depth * std::cos(slow - 0.5)) * std::cos(fast) +
                                  0.5 * normal_at(7, 3, c, static_cast<std::uint64_t>(t * 1e4));
                       }));
        return run(find_analysis("phase_amplitude_coupling"), inputs, {{"surrogate_count", 99.0}});
    };
    const Result coupled = found(0.8), not_coupled = found(0.0);
    for (std::size_t c = 0; c < 4; ++c) {
        EXPECT_DOUBLE_EQ(coupled.find("p")->values[c], 0.01);
        EXPECT_GT(coupled.find("z")->values[c], 10.0);
        EXPECT_NEAR(coupled.find("preferred_phase")->values[c], 0.5, 0.1);
        EXPECT_LT(not_coupled.find("modulation_index")->values[c], 1e-3);
    }
}

// Of 60 channels of noise about 3 may be found at the level of 5 %.
TEST(PhaseAmplitudeCoupling, ItsTestRaisesFewFalseAlarms) {
    Inputs inputs;
    inputs.emplace("series", white_noise(4000, 60, 4e-3, 5));
    const Result r = run(find_analysis("phase_amplitude_coupling"), inputs, {{"surrogate_count", 99.0}});
    double alarms = 0;
    for (const double p : r.find("p")->values) alarms += p <= 0.05 ? 1 : 0;
    EXPECT_LE(alarms, 8);  // 2.5 standard deviations above 3
}

TEST(PhaseAmplitudeCoupling, BandsThatOverlapAreRefused) {
    Inputs inputs;
    inputs.emplace("series", white_noise(4000, 1, 4e-3, 5));
    EXPECT_THAT(
        error_of([&] { run(find_analysis("phase_amplitude_coupling"), inputs, {{"phase_high", 40.0}}); }),
        HasSubstr("amplitude_low is 30 Hz; it must be above phase_high"));
    EXPECT_THAT(error_of([&] {
                    run(find_analysis("phase_amplitude_coupling"), inputs, {{"amplitude_high", 140.0}});
                }),
                HasSubstr("half the sampling rate"));
}

// x'' = mu (1 - x^2) x' - x by the method of Runge and Kutta.
Series van_der_pol(double mu, double step, std::size_t samples) {
    std::array<double, 2> x{2.0, 0.0};
    const auto rate = [&](const std::array<double, 2>& y) {
        return std::array<double, 2>{y[1], mu * (1 - y[0] * y[0]) * y[1] - y[0]};
    };
    return series_of(samples, 1, step, [&](double, std::size_t) {
        const double now = x[0];
        const auto at = [&](const std::array<double, 2>& k, double by) {
            return std::array<double, 2>{x[0] + by * k[0], x[1] + by * k[1]};
        };
        const auto a = rate(x), b = rate(at(a, step / 2)), c = rate(at(b, step / 2)), d = rate(at(c, step));
        for (std::size_t i = 0; i < 2; ++i) x[i] += step / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
        return now;
    });
}

// Periods of the limit cycle to ten digits (mu = 1: 6.6632868593, mu = 5: 11.612230668), amplitude mu = 1:
// 2.00862 (Andersen & Geer 1982).
TEST(Cycles, PeriodsOfVanDerPol) {
    for (const auto& [mu, period] : {std::pair{1.0, 6.6632868593}, {5.0, 11.612230668}}) {
        Inputs inputs;
        inputs.emplace("series", van_der_pol(mu, 0.005, 40000));
        const Result r = run(find_analysis("cycles"), inputs, {{"discard", 50.0}});
        EXPECT_NEAR(r.find("period")->values[0], period, 1e-6);
        EXPECT_LT(r.find("period_deviation")->values[0], 1e-5);
        if (mu == 1.0) {
            EXPECT_NEAR(r.find("crest")->values[0], 2.00862, 1e-5);
        }
    }
}

TEST(Cycles, OfASineInAnyUnitAtAnyTime) {
    for (const double scale : {1.0, -40.0}) {
        Inputs inputs;
        inputs.emplace("series", series_of(3000, 1, 2e-3, [&](double t, std::size_t) {
                           return 5.0 + scale * std::sin(2 * pi * 7.3 * t + 0.4);
                       }));
        const Result r = run(find_analysis("cycles"), inputs);
        EXPECT_NEAR(r.find("frequency")->values[0], 7.3, 1e-5);
        EXPECT_NEAR(r.find("amplitude")->values[0], 2 * std::abs(scale), 1e-5 * std::abs(scale));
        EXPECT_NEAR(r.find("crest")->values[0], 5 + std::abs(scale), 1e-5 * std::abs(scale));
    }
}

TEST(Cycles, NoiseAtTheCrossingIsNoCycleAndAConstantHasNone) {
    Inputs inputs;
    inputs.emplace("series", series_of(4000, 2, 1e-3, [](double t, std::size_t c) {
                       return c == 1 ? 3.0
                                     : std::sin(2 * pi * 5 * t) +
                                           0.03 * normal_at(2, 1, 0, static_cast<std::uint64_t>(t * 1e4));
                   }));
    const Result r = run(find_analysis("cycles"), inputs);
    EXPECT_EQ(r.find("count")->values[0], 18.0);  // crossings at 0.2, 0.4, ... 3.8 s
    EXPECT_EQ(r.find("count")->values[1], 0.0);
    EXPECT_TRUE(std::isnan(r.find("period")->values[1]));
}

}  // namespace
}  // namespace neurodyn::analysis
