// SPDX-License-Identifier: BSD-3-Clause
// Avalanches of a critical branching process, whose sizes and durations are known, and of small examples.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/avalanche_scaling.hpp"
#include "analysis/avalanches.hpp"
#include "analysis/errors.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Series counts(std::vector<double> values) {
    Series s;
    s.samples = values.size();
    s.channels = 1;
    s.interval_s = 0.01;
    s.name = "counts";
    s.values = std::move(values);
    return s;
}

Result run_on(const Input& subject, const Options& options = {}) {
    return run(find_analysis("avalanches"), {{"subject", subject}}, options);
}

// Each unit has Poisson(1) descendants; avalanches begin with one unit, end at 100,000 at the latest, and are
// separated by a silent bin.
std::vector<double> critical_process(std::size_t avalanches, std::uint64_t seed) {
    std::vector<double> activity{0};
    std::uint64_t step = 0;
    for (std::size_t k = 0; k < avalanches; ++k) {
        double size = 0;
        for (double now = 1; now > 0 && size < 1e5; now = poisson_at(now, seed, 0, step++, 0)) {
            activity.push_back(now);
            size += now;
        }
        activity.push_back(0);
    }
    return activity;
}

TEST(Avalanches, AreWhatLiesBetweenSilence) {
    const Result r = run_on(counts({0, 2, 3, 0, 1, 0, 0, 4, 5, 1, 0}));
    EXPECT_THAT(r.find("sizes")->values, ElementsAre(5, 1, 10));
    EXPECT_THAT(r.find("durations")->values, ElementsAre(2, 1, 3));
    EXPECT_THAT(r.find("sizes")->dimensions[0].values, ElementsAre(0.01, 0.04, 0.07));
    EXPECT_THAT(r.find("mean_size")->values, ElementsAre(1, 5, 10));
    EXPECT_EQ(r.scalar("cut"), 0);
}

TEST(Avalanches, ThatReachTheEndsAreCountedAndLeftOut) {
    const Result r = run_on(counts({7, 0, 2, 0, 1}));
    EXPECT_THAT(r.find("sizes")->values, ElementsAre(2));
    EXPECT_EQ(r.scalar("cut"), 2);
}

TEST(Avalanches, OfASignalAreWhatLiesAboveTheThreshold) {
    const Result r = run_on(counts({0, 2.5, 3, 0.5, 1, 0}), {{"threshold", 0.75}});
    EXPECT_THAT(r.find("sizes")->values, ElementsAre(4, 0.25));
}

TEST(Avalanches, OfEventsTakeTheMeanIntervalAsBin) {
    // 8 events in 2 s: bins of 0.25 s, (0, 0.25], ...
    const Events spikes{
        {0.30, 0.40, 0.60, 0.80, 1.30, 1.31, 1.60, 1.70}, {0, 1, 2, 0, 1, 1, 2, 0}, 3, 0, 2, "spikes"};
    const Result r = run_on(spikes);
    EXPECT_DOUBLE_EQ(r.scalar("bin"), 0.25);
    EXPECT_THAT(r.find("sizes")->values, ElementsAre(4, 4));
    EXPECT_THAT(r.find("durations")->values, ElementsAre(3, 2));
    const Result finer = run_on(spikes, {{"bin", 0.1}});
    EXPECT_THAT(finer.find("sizes")->values, ElementsAre(2, 1, 1, 2, 2));
}

TEST(Avalanches, OfExcursionsCountTheirExtrema) {
    std::vector<double> x(400);  // two channels, 200 samples: +-1, with two excursions in each
    for (std::size_t t = 0; t < 200; ++t) x[2 * t] = t % 2 == 0 ? 1 : -1, x[2 * t + 1] = t % 2 == 0 ? -1 : 1;
    x[2 * 50] = 6, x[2 * 51] = 9, x[2 * 52] = 7;
    x[2 * 52 + 1] = -8;
    x[2 * 120 + 1] = 9, x[2 * 121 + 1] = -9;
    Series s = counts(x);
    s.samples = 200, s.channels = 2;
    const Result r = run_on(s, {{"signal", std::string("excursions")}, {"threshold", 3.0}});
    EXPECT_THAT(r.find("sizes")->values, ElementsAre(2, 2));
    EXPECT_THAT(r.find("sizes")->dimensions[0].values,
                ElementsAre(testing::DoubleEq(0.51), testing::DoubleEq(1.2)));
    for (double& v : s.values) v = 1e3 - 5 * v;  // neither scale nor sign nor zero matter
    EXPECT_THAT(run_on(s, {{"signal", std::string("excursions")}, {"threshold", 3.0}}).find("sizes")->values,
                ElementsAre(2, 2));
}

TEST(Avalanches, DoNotDependOnTheOrderOfChannels) {
    Series s = sample_series(), turned = s;
    for (std::size_t t = 0; t < s.samples; ++t)
        for (std::size_t c = 0; c < 5; ++c) turned.values[t * 5 + c] = s.values[t * 5 + (c + 2) % 5];
    const Options options{{"signal", std::string("excursions")}, {"threshold", 1.5}};
    EXPECT_EQ(run_on(s, options).find("sizes")->values, run_on(turned, options).find("sizes")->values);
}

// Sizes have the Borel distribution exp(-s) s^(s-1)/s!; P(duration > t) by iterating exp(q - 1) from 0.
TEST(Avalanches, OfTheCriticalBranchingProcess) {
    const std::vector<double> activity = critical_process(40000, 1);
    const Avalanches found = find_avalanches(activity, 0);
    ASSERT_EQ(found.all.size(), 40000u);
    std::vector<double> sizes, durations;
    for (const Avalanche& a : found.all)
        sizes.push_back(a.size), durations.push_back(static_cast<double>(a.length));
    const auto part = [](const std::vector<double>& x, auto&& is) {
        return static_cast<double>(std::count_if(x.begin(), x.end(), is)) / 40000;
    };
    const double borel[] = {0.3678794, 0.1353353, 0.0746806, 0.0488417};
    for (int s = 1; s <= 4; ++s)
        EXPECT_NEAR(part(sizes, [&](double x) { return x == s; }), borel[s - 1],
                    4 * std::sqrt(borel[s - 1] / 40000));
    EXPECT_NEAR(part(durations, [](double t) { return t > 10; }), 0.1582352, 4 * 0.00182);
    EXPECT_NEAR(part(durations, [](double t) { return t > 100; }), 0.0193529, 4 * 0.00069);
    const AvalancheScaling s = avalanche_scaling(sizes, durations, ValueKind::discrete, 20, 30);
    EXPECT_NEAR(s.sizes.alpha, 1.5, 0.03);
    EXPECT_NEAR(s.durations.alpha, 2, 0.08);
    EXPECT_NEAR(s.predicted, 2, 0.2);
    EXPECT_NEAR(s.fitted, 2, 0.1);
    const ShapeCollapse shape = collapse_shapes(activity, found, 0);
    EXPECT_NEAR(shape.exponent, 2, 0.2);
    // A parabola: symmetric, 3/4 of its height at a quarter.
    const double middle = (shape.shape[9] + shape.shape[10]) / 2,
                 quarter = (shape.shape[4] + shape.shape[5]) / 2;
    EXPECT_NEAR(quarter / middle, 0.75, 0.08);
    EXPECT_NEAR(shape.shape[3] / shape.shape[16], 1, 0.15);
}

TEST(Avalanches, CollapseExactlyWhereTheyAreScaled) {
    std::vector<double> activity{0};
    for (const int T : {10, 20, 40, 80})
        for (int copy = 0; copy < 20; ++copy) {
            for (int t = 0; t < T; ++t) {
                const double x = (t + 0.5) / T;
                activity.push_back(std::pow(T, 0.7) * x * (1 - x));
            }
            activity.push_back(0);
        }
    const ShapeCollapse shape = collapse_shapes(activity, find_avalanches(activity, 0), 0, 5, 20, 10);
    EXPECT_EQ(shape.durations, 4u);
    EXPECT_NEAR(shape.exponent, 1.7, 1e-2);  // bins are averages over a part of the parabola
    EXPECT_LT(shape.error, 1e-4);
}

TEST(Avalanches, RefuseBadInput) {
    EXPECT_THAT(error_of([] { run_on(counts({0, 0, 0, 0})); }),
                HasSubstr("no avalanche between two silent bins"));
    EXPECT_THAT(error_of([] { run_on(counts({1, 1, 1, 1})); }), HasSubstr("1 reach its ends"));
    EXPECT_THAT(error_of([] { run_on(counts({0, std::nan(""), 1, 0})); }), HasSubstr("is nan at sample 1"));
    EXPECT_THAT(error_of([] { run_on(counts({0, 1, 1, 0}), {{"bin", 1.0}}); }), HasSubstr("bin is 1 s"));
    EXPECT_THAT(error_of([] {
                    run_on(counts({3, 3, 3, 3}), {{"signal", std::string("excursions")}, {"threshold", 3.0}});
                }),
                HasSubstr("is constant (3)"));
    EXPECT_THAT(error_of([] { run_on(counts({3, 3, 3, 3}), {{"signal", std::string("excursions")}}); }),
                HasSubstr("threshold is not above 0"));
    EXPECT_THAT(error_of([] { run_on(Events{{0.5}, {0}, 1, 0, 1, "spikes"}); }),
                HasSubstr("has 1 events after"));
    EXPECT_THAT(error_of([] {
                    avalanche_scaling(std::vector<double>(20, 1.0), std::vector<double>(19, 1.0),
                                      ValueKind::discrete);
                }),
                HasSubstr("20 sizes and 19 durations"));
}

}  // namespace
}  // namespace neurodyn::analysis
