// SPDX-License-Identifier: BSD-3-Clause
// Mutual information of channels against scikit-learn 1.9.1, normal variables and chance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

#include "analysis/channel_information.hpp"
#include "analysis/digamma.hpp"
#include "analysis/draws.hpp"
#include "analysis/errors.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

Eigen::VectorXd unit_column(const Series& s, std::size_t c) {
    Eigen::VectorXd x(static_cast<Eigen::Index>(s.samples));
    for (std::size_t t = 0; t < s.samples; ++t) x[static_cast<Eigen::Index>(t)] = s.at(t, c);
    x.array() -= x.mean();
    return x / x.norm();
}

// Channel 1 is r times channel 0 and noise: -0.5 log2(1 - r^2) bits.
Series correlated(std::size_t samples, double r, std::uint64_t seed) {
    Series s = white_noise(samples, 2, 0.1, seed);
    for (std::size_t t = 0; t < samples; ++t)
        s.values[2 * t + 1] = r * s.values[2 * t] + std::sqrt(1 - r * r) * s.values[2 * t + 1];
    return s;
}

TEST(Digamma, HasScipysValues) {  // scipy.special.digamma
    EXPECT_NEAR(digamma(0.5), -1.9635100260214235, 1e-14);
    EXPECT_NEAR(digamma(1), -0.5772156649015329, 1e-14);
    EXPECT_NEAR(digamma(37.5), 3.6109483445963386, 1e-13);
    EXPECT_NEAR(Digamma(40)(38), digamma(38), 1e-13);
}

TEST(ChannelInformation, EqualsScikitLearnAndTheFormula) {
    // sklearn.feature_selection._mutual_info._compute_mi_cc(a, b, k)/ln 2 of channels of unit length
    const Series s = sample_series();
    const auto nearest = [&](std::size_t i, std::size_t j, std::size_t k) {
        return nearest_channel_information(unit_column(s, i), unit_column(s, j), k);
    };
    EXPECT_NEAR(nearest(0, 1, 3), 0.45440802389016366, 1e-12);
    EXPECT_NEAR(nearest(2, 4, 3), 0.26874866500092565, 1e-12);
    EXPECT_NEAR(nearest(0, 1, 5), 0.4862287796820911, 1e-12);
    EXPECT_NEAR(nearest(1, 0, 5), nearest(0, 1, 5), 1e-12);
    // -.5*log2(1 - numpy.corrcoef(x.T)[0, 1]**2), and less (digamma(599/2) - digamma(598/2))/(2 ln 2)
    EXPECT_NEAR(normal_channel_information(unit_column(s, 0), unit_column(s, 1), false), 0.031120157433049713,
                1e-13);
    EXPECT_NEAR(normal_channel_information(unit_column(s, 0), unit_column(s, 1), true), 0.029912882093619902,
                1e-13);
}

// Means over 200 pairs of 60 samples of normal variables; independent ones have none, r = 0.6 has 0.3219
// bits.
TEST(ChannelInformation, OfNormalVariablesIsRightOnAverage) {
    for (const double r : {0.0, 0.6}) {
        double corrected = 0, plain = 0, nearest = 0;
        for (std::uint64_t k = 0; k < 200; ++k) {
            const Series s = correlated(60, r, 100 + k);
            const Eigen::VectorXd x = unit_column(s, 0), y = unit_column(s, 1);
            corrected += normal_channel_information(x, y, true) / 200;
            plain += normal_channel_information(x, y, false) / 200;
            nearest += nearest_channel_information(x, y, 3) / 200;
        }
        const double known = -0.5 * std::log2(1 - r * r);
        EXPECT_NEAR(corrected, known, r > 0 ? 0.025 : 0.004) << r;  // three standard errors of the mean
        EXPECT_NEAR(plain - corrected, 0.012544226031498674,
                    1e-12);  // scipy: (digamma(29.5) - digamma(29))/(2 ln 2)
        EXPECT_NEAR(nearest, known, 0.045) << r;
    }
}

TEST(ChannelInformation, SeesWhatIsNoCorrelation) {
    Series s = white_noise(800, 2, 0.1, 3);
    for (std::size_t t = 0; t < s.samples; ++t)
        s.values[2 * t + 1] = s.values[2 * t] * s.values[2 * t] + 0.3 * s.values[2 * t + 1];
    const Result nearest = run(find_analysis("channel_information"), {{"series", s}},
                               {{"method", std::string("nearest")}, {"surrogates", 49.0}});
    EXPECT_GT(nearest.matrix()(0, 1), 0.7);
    EXPECT_DOUBLE_EQ(nearest.matrix("p")(0, 1), 0.02);
    EXPECT_GT(nearest.matrix("strength")(0, 1), 0.7);
    EXPECT_LT(run(find_analysis("channel_information"), {{"series", s}}).matrix("strength")(0, 1), 0.2);
}

TEST(ChannelInformation, IsTheSameForScaledMovedAndExchangedChannelsAndAnyThreads) {
    const Series s = correlated(300, 0.5, 9);
    Series other = s;
    for (std::size_t t = 0; t < s.samples; ++t) {
        other.values[2 * t] = 8 * s.at(t, 1) + 4;
        other.values[2 * t + 1] = 0.5 * s.at(t, 0) - 2;
    }
    const int before = omp_get_max_threads();
    for (const char* method : {"nearest", "normal"}) {
        const Options options{{"method", std::string(method)}, {"surrogates", 19.0}};
        const Result one = run(find_analysis("channel_information"), {{"series", s}}, options);
        EXPECT_NEAR(run(find_analysis("channel_information"), {{"series", other}}, options).matrix()(0, 1),
                    one.matrix()(0, 1), 1e-12);
        omp_set_num_threads(3);
        EXPECT_EQ(run(find_analysis("channel_information"), {{"series", s}}, options).find("p")->values[1],
                  one.find("p")->values[1]);
        omp_set_num_threads(before);
    }
}

// Channels that remember and have nothing in common: p at or below 0.1 in a tenth of 120, give or take 3.3.
TEST(ChannelInformation, FalseAlarmsComeAsOftenAsTheySay) {
    int small = 0;
    for (std::uint64_t k = 0; k < 120; ++k) {
        Series s = white_noise(200, 2, 0.1, 500 + k);
        for (std::size_t t = 2; t < s.values.size(); ++t) s.values[t] += 0.7 * s.values[t - 2];
        small += run(find_analysis("channel_information"), {{"series", s}}, {{"surrogates", 49.0}})
                     .matrix("p")(0, 1) <= 0.1;
    }
    EXPECT_GE(small, 3);
    EXPECT_LE(small, 22);
}

TEST(ChannelInformation, RefusesBadInput) {
    const Analysis& analysis = find_analysis("channel_information");
    Series s = sample_series();
    EXPECT_THAT(error_of([&] { run(analysis, {{"series", sample_series(9)}}); }), HasSubstr("9 samples"));
    EXPECT_THAT(error_of([&] { run(analysis, {{"series", sample_series(600, 1)}}); }), HasSubstr("channel"));
    s.values[5 * 17 + 2] = NAN;
    EXPECT_THAT(error_of([&] { run(analysis, {{"series", s}}); }),
                testing::AllOf(HasSubstr("region_2"), HasSubstr("17")));
    s = sample_series();
    for (double& v : s.values) v = std::floor(v);
    EXPECT_THAT(error_of([&] { run(analysis, {{"series", s}}, {{"method", std::string("nearest")}}); }),
                HasSubstr("nearest neighbours need values that do not repeat, take method: normal"));
    for (std::size_t t = 0; t < s.samples; ++t) s.values[5 * t + 1] = 2;
    EXPECT_THAT(error_of([&] { run(analysis, {{"series", s}}); }), HasSubstr("'region_1' is constant"));
}

}  // namespace
}  // namespace neurodyn::analysis
