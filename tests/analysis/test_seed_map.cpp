// SPDX-License-Identifier: BSD-3-Clause
// Seed maps against numpy, and how often they see what is not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/draws.hpp"
#include "analysis/errors.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/seed_map.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

TEST(SeedMap, EqualsNumpy) {
    // m = x[:, [1, 3]].mean(1); numpy.corrcoef(m, x[:, c])[0, 1], numpy.arctanh of it
    const SeedMap map = seed_map(sample_series(), {1, 3});
    EXPECT_NEAR(map.r[0], 0.25824650086383977, 1e-13);
    EXPECT_NEAR(map.r[3], 0.7729774069628748, 1e-13);
    EXPECT_NEAR(map.z[1], 1.026044206524083, 1e-12);
    EXPECT_NEAR(map.z[4], 0.26085327927641266, 1e-13);
    const SeedMap one = seed_map(sample_series(), {2});
    EXPECT_EQ(one.r[2], 1);
    EXPECT_EQ(one.z[2], 0);
    EXPECT_TRUE(std::isnan(one.p[2]));
}

TEST(SeedMap, TakesNamesNumbersAndNetworks) {
    const Analysis& analysis = find_analysis("seed_map");
    const Series s = sample_series();
    const Labels labels{{"Vis", "Default", "Vis", "Default", "Cont"}, "networks"};
    const std::vector<double> wanted = seed_map(s, {1, 3}).z;
    for (const char* seed : {"region_3, region_1", "1,3", "Default", "Default, region_3"})
        EXPECT_EQ(run(analysis, {{"series", s}, {"labels", labels}}, {{"seed", std::string(seed)}})
                      .find("z")
                      ->values,
                  wanted)
            << seed;
    EXPECT_THAT(error_of([&] { run(analysis, {{"series", s}}, {{"seed", std::string("region_33")}}); }),
                HasSubstr("has no region 'region_33'; did you mean"));
    EXPECT_THAT(error_of([&] { run(analysis, {{"series", s}}, {{"seed", std::string("9")}}); }),
                HasSubstr("has no region '9'; seeds are names, numbers from 0 to 4"));
    EXPECT_THROW(run(analysis, {{"series", s}, {"labels", Labels{{"a"}, "networks"}}}), ShapeError);
}

// Unrelated channels of x[t] = m x[t-1] + noise: p is at or below 0.05 in 5 % of 2000, give or take 0.5.
TEST(SeedMap, FalseAlarmsComeAsOftenAsTheySay) {
    for (const double m : {0.0, 0.9}) {
        Series s = white_noise(1000, 2001, 1, 77);
        for (std::size_t k = 2001; k < s.values.size(); ++k) s.values[k] += m * s.values[k - 2001];
        const SeedMap map = seed_map(s, {0});
        int found = 0;
        for (std::size_t c = 1; c < 2001; ++c) found += map.p[c] <= 0.05;
        EXPECT_NEAR(found, 100, m > 0 ? 40 : 30) << m;
        // (1 + 2 sum of m^2k)^-1 = (1 - m^2)/(1 + m^2) of the samples count.
        double mean = 0;
        for (std::size_t c = 1; c < 2001; ++c) mean += map.effective_samples[c] / 2000;
        EXPECT_NEAR(mean, 1000 * (1 - m * m) / (1 + m * m), 40) << m;
    }
}

TEST(SeedMap, IsTheSameForScaledAndMovedChannels) {
    const Series s = sample_series();
    Series other = s;
    for (double& v : other.values) v = 4 * v + 32;
    const SeedMap a = seed_map(s, {1}), b = seed_map(other, {1});
    for (std::size_t c = 0; c < 5; ++c) EXPECT_NEAR(a.z[c], b.z[c], 1e-12);
}

TEST(SeedMap, RefusesBadInput) {
    EXPECT_THAT(error_of([] { seed_map(sample_series(19), {0}); }), HasSubstr("19 samples"));
    Series s = sample_series();
    s.values[5 * 7 + 4] = NAN;
    EXPECT_THAT(error_of([&] { seed_map(s, {0}); }), testing::AllOf(HasSubstr("region_4"), HasSubstr("7")));
    s = sample_series();
    for (std::size_t t = 0; t < s.samples; ++t) s.values[5 * t + 1] = -s.values[5 * t];
    EXPECT_THAT(error_of([&] { seed_map(s, {0, 1}); }), HasSubstr("the mean of the seeds is constant"));
    for (std::size_t t = 0; t < s.samples; ++t) s.values[5 * t + 1] = 1;
    EXPECT_THAT(error_of([&] { seed_map(s, {0}); }), HasSubstr("'region_1' is constant"));
}

}  // namespace
}  // namespace neurodyn::analysis
