// SPDX-License-Identifier: BSD-3-Clause
// Partial correlation, transfer entropy and Granger causality against scikit-learn 1.x, numpy, scipy and
// processes whose values are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

#include "analysis/errors.hpp"
#include "analysis/granger_causality.hpp"
#include "analysis/partial_correlation.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"
#include "analysis/transfer_entropy.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// x and y are white noise, but y follows x: y[t] = gain x[t-1] + noise.
Series driven(std::size_t samples, double gain, std::uint64_t seed, std::size_t channels = 2) {
    Series s;
    s.samples = samples, s.channels = channels, s.interval_s = 0.01, s.name = "driven";
    for (std::size_t t = 0; t < samples; ++t)
        for (std::size_t c = 0; c < channels; ++c)
            s.values.push_back(normal_at(seed, 0, t, c) +
                               (c == 1 && t > 0 ? gain * s.values[(t - 1) * channels] : 0.0));
    return s;
}

Eigen::VectorXd column(const Series& s, std::size_t c) {
    Eigen::VectorXd x(static_cast<Eigen::Index>(s.samples));
    for (std::size_t t = 0; t < s.samples; ++t) x[static_cast<Eigen::Index>(t)] = s.at(t, c);
    return x;
}

TEST(PartialCorrelation, EqualsNumpyAndScikitLearn) {
    // P = numpy.linalg.inv(numpy.cov(x.T)); -P[0, 1]/sqrt(P[0, 0] P[1, 1]), the same of 2, 4
    const PartialCorrelation plain = partial_correlation(sample_series(), false, false);
    EXPECT_NEAR(plain.partial(0, 1), 0.13409076327048364, 1e-13);
    EXPECT_NEAR(plain.partial(2, 4), 0.11707688585542446, 1e-13);
    EXPECT_EQ(plain.shrinkage, 0);
    // sklearn.covariance.ledoit_wolf
    const PartialCorrelation raw = partial_correlation(sample_series(), true, false);
    EXPECT_NEAR(raw.shrinkage, 0.05225548253647908, 1e-13);
    EXPECT_NEAR(raw.covariance(0, 1), 0.12345978243792385, 1e-13);
    EXPECT_NEAR(raw.covariance(2, 2), 0.6338230130015686, 1e-13);
    const PartialCorrelation scaled = partial_correlation(sample_series(), true, true);
    EXPECT_NEAR(scaled.shrinkage, 0.05225944264545511, 1e-13);
    EXPECT_NEAR(scaled.correlation(0, 1), 0.1947470448480789, 1e-13);
    EXPECT_NEAR(scaled.partial(0, 1), 0.12928630776891933, 1e-13);
    EXPECT_EQ(partial_correlation(sample_series(12), true, true).shrinkage, 1);
}

TEST(PartialCorrelation, LeavesOutWhatAThirdExplains) {
    Series s = driven(20000, 0, 3, 3);  // 1 and 2 both follow 0
    for (std::size_t t = 0; t < s.samples; ++t)
        for (std::size_t c = 1; c < 3; ++c) s.values[3 * t + c] += s.values[3 * t];
    const PartialCorrelation p = partial_correlation(s, false, true);
    EXPECT_NEAR(p.correlation(1, 2), 0.5, 0.02);
    EXPECT_NEAR(p.partial(1, 2), 0, 0.02);
    EXPECT_NEAR(p.partial(0, 1), 1 / std::sqrt(3.0), 0.02);
}

TEST(PartialCorrelation, RefusesBadInput) {
    EXPECT_THAT(error_of([] { partial_correlation(sample_series(5), false, true); }),
                HasSubstr("5 channels and 5 samples has no inverse; take shrinkage: ledoit_wolf"));
    Series s = sample_series();
    for (std::size_t t = 0; t < s.samples; ++t) s.values[5 * t + 2] = 4;
    EXPECT_THAT(error_of([&] { partial_correlation(s, true, true); }), HasSubstr("'region_2' is constant"));
}

// x -> y with gain 1/2: the variance of y is 1.25 without x and 1 with it; half the binary logarithm of 1.25
// is 0.1609640 bits.
TEST(TransferEntropy, OfADrivenChannelIsKnown) {
    const Series s = driven(20000, 0.5, 1);
    EXPECT_NEAR(normal_transfer_entropy(column(s, 1), column(s, 0), 1), 0.1609640, 0.01);
    EXPECT_NEAR(normal_transfer_entropy(column(s, 0), column(s, 1), 1), 0, 0.001);
    const Series shorter = driven(3000, 0.5, 2);
    EXPECT_NEAR(nearest_transfer_entropy(column(shorter, 1), column(shorter, 0), 1, 4), 0.1609640, 0.04);
    EXPECT_NEAR(nearest_transfer_entropy(column(shorter, 0), column(shorter, 1), 1, 4), 0, 0.03);
}

TEST(TransferEntropy, OfNeighboursSeesWhatIsNotLinear) {
    Series s = driven(2000, 0, 5);
    for (std::size_t t = 1; t < s.samples; ++t)
        s.values[2 * t + 1] += 2 * std::cos(3 * s.values[2 * (t - 1)]);
    EXPECT_LT(normal_transfer_entropy(column(s, 1), column(s, 0), 1), 0.01);
    EXPECT_GT(nearest_transfer_entropy(column(s, 1), column(s, 0), 1, 4), 0.3);
}

TEST(TransferEntropy, TellsChanceFromFlow) {
    const Series s = driven(500, 0.5, 7);
    const Options options{{"surrogates", 99.0}};
    const Result r = run(find_analysis("transfer_entropy"), {{"series", s}}, options);
    EXPECT_DOUBLE_EQ(r.matrix("p")(1, 0), 0.01);
    EXPECT_GT(r.matrix("p")(0, 1), 0.05);
    const int before = omp_get_max_threads();
    omp_set_num_threads(3);
    EXPECT_EQ(run(find_analysis("transfer_entropy"), {{"series", s}}, options).find("p")->values,
              r.find("p")->values);
    omp_set_num_threads(before);
    // Of unrelated channels p is below 0.1 in a tenth of cases: 8 of 80, give or take 2.7.
    int small = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const Matrix p = run(find_analysis("transfer_entropy"), {{"series", driven(100, 0, 50 + seed)}},
                             {{"surrogates", 49.0}, {"seed", static_cast<double>(seed)}})
                             .matrix("p");
        small += (p(0, 1) <= 0.1 ? 1 : 0) + (p(1, 0) <= 0.1 ? 1 : 0);
    }
    EXPECT_LE(small, 17);
    EXPECT_GE(small, 1);
}

TEST(GrangerCausality, EqualsRegressionsInNumpy) {
    const Series s = sample_series();
    Series centred = s;
    for (std::size_t c = 0; c < 5; ++c) {
        const double mean = column(s, c).mean();
        for (std::size_t t = 0; t < s.samples; ++t) centred.values[5 * t + c] -= mean;
    }
    // numpy.linalg.lstsq, order 2, from channel 1 to 0; scipy.stats.f.sf
    const Granger pair = granger_causality(column(centred, 0), column(centred, 1), {}, 2);
    EXPECT_NEAR(pair.causality, 0.02189500664465844, 1e-12);
    EXPECT_NEAR(pair.p, 0.0014992100042198182, 1e-10);
    const Granger given = granger_causality(column(centred, 0), column(centred, 1),
                                            {column(centred, 2), column(centred, 3), column(centred, 4)}, 2);
    EXPECT_NEAR(given.causality, 0.015847238154961817, 1e-12);
    EXPECT_NEAR(given.p, 0.009475099587083554, 1e-10);
    EXPECT_NEAR(f_tail(2.5, 3, 40), 0.07325435201794983, 1e-13);
    EXPECT_NEAR(f_tail(0.7, 2, 500), 0.49707128852268034, 1e-13);
    EXPECT_NEAR(f_tail(30, 2, 500) / 4.960144543623522e-13, 1, 1e-9);
}

// y[t] = x[t-1]/2 + noise: ln 1.25 at all frequencies.
TEST(GrangerCausality, OfADrivenChannelIsKnown) {
    const Series s = driven(40000, 0.5, 3);
    for (const double c : spectral_causality(column(s, 1), column(s, 0), 1, {0.01, 0.1, 0.25, 0.49}))
        EXPECT_NEAR(c, std::log(1.25), 0.03);
    for (const double c : spectral_causality(column(s, 0), column(s, 1), 1, {0.01, 0.25}))
        EXPECT_NEAR(c, 0, 0.002);
    // The mean over frequencies is the causality in time (Geweke 1982, theorem 2).
    const Result r = run(find_analysis("granger_causality"), {{"series", s}}, {{"order", 1.0}});
    EXPECT_NEAR(r.matrix("causality")(1, 0), std::log(1.25), 0.02);
    EXPECT_NEAR(r.matrix("in_band")(1, 0), r.matrix("causality")(1, 0), 2e-3);
    EXPECT_LT(r.matrix("p")(1, 0), 1e-10);
    // Half of the variance of the transfer entropy of normal variables, in bits.
    EXPECT_NEAR(r.matrix("causality")(1, 0) / 2 / std::log(2.0),
                run(find_analysis("transfer_entropy"), {{"series", s}}).matrix()(1, 0), 1e-12);
}

// 400 unrelated pairs: p below 0.05 in 20 of them, give or take 4.4.
TEST(GrangerCausality, RejectsAsOftenAsItSays) {
    int rejected = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Series s = driven(200, 0, 900 + seed);
        rejected += granger_causality(column(s, 0), column(s, 1), {}, 2).p < 0.05 ? 1 : 0;
    }
    EXPECT_GE(rejected, 7);
    EXPECT_LE(rejected, 33);
}

TEST(InformationFlow, RefusesBadInput) {
    for (const char* name : {"transfer_entropy", "granger_causality"}) {
        const auto refused = [&](const Series& s, const Options& options) {
            return error_of([&] { run(find_analysis(name), {{"series", s}}, options); });
        };
        Series s = driven(100, 0, 1);
        EXPECT_THAT(refused(driven(10, 0, 1), {}), HasSubstr("has 10 samples, too short for")) << name;
        for (std::size_t t = 0; t < s.samples; ++t) s.values[2 * t] = 7;
        EXPECT_THAT(refused(s, {}), HasSubstr("is constant (7), so nothing flows")) << name;
        s = driven(100, 0, 1);
        s.values[9] = std::nan("");
        EXPECT_THAT(refused(s, {}), HasSubstr("nan at sample 4")) << name;
    }
    EXPECT_THAT(error_of([] {
                    run(find_analysis("granger_causality"), {{"series", driven(100, 0, 1)}},
                        {{"high", 60.0}});
                }),
                HasSubstr("a band below 50 Hz"));
}

}  // namespace
}  // namespace neurodyn::analysis
