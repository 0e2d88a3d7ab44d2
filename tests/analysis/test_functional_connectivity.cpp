// SPDX-License-Identifier: BSD-3-Clause
// Functional connectivity against numpy, closed forms and its own invariances.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <limits>
#include <vector>

#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/sample_series.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

TEST(FunctionalConnectivity, EqualsNumpyCorrcoef) {
    const Matrix r = functional_connectivity(sample_series());
    EXPECT_NEAR(r(0, 1), 0.2054856082045089, 1e-14);  // numpy.corrcoef(x.T)[0, 1]
    EXPECT_NEAR(r(1, 4), 0.19087436779158423, 1e-14);
    EXPECT_NEAR(r(2, 3), 0.20352928402125822, 1e-14);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(r(i, i), 1.0);
        for (std::size_t j = 0; j < 5; ++j) EXPECT_EQ(r(i, j), r(j, i));
    }
    EXPECT_EQ(r.labels[3], "region_3");
    EXPECT_EQ(r.dimension, "region");
}

TEST(FunctionalConnectivity, CovarianceEqualsNumpyCov) {
    const Matrix c = covariance(sample_series());
    EXPECT_NEAR(c(0, 0), 0.6372392682806762, 1e-14);  // numpy.cov(x.T)[0, 0]
    EXPECT_NEAR(c(0, 3), 0.12308569605487336, 1e-14);
    EXPECT_EQ(c.unit, "(mV)^2");
}

TEST(FunctionalConnectivity, DiscardLeavesOutTheStart) {
    FunctionalConnectivityOptions options;
    options.discard_s = 10;  // 20 samples
    // numpy.corrcoef(x[20:].T)[0, 1]
    EXPECT_NEAR(functional_connectivity(sample_series(), options)(0, 1), 0.20041147749788704, 1e-14);
}

TEST(FunctionalConnectivity, FisherZIsAtanhWithAZeroDiagonal) {
    FunctionalConnectivityOptions options;
    options.fisher_z = true;
    const Matrix z = functional_connectivity(sample_series(), options);
    EXPECT_NEAR(z(0, 1), 0.20845332950608875, 1e-14);  // numpy.arctanh(numpy.corrcoef(x.T)[0, 1])
    EXPECT_EQ(z(2, 2), 0.0);
}

TEST(FunctionalConnectivity, DoesNotChangeWithScaleOrOffset) {
    const Series s = sample_series();
    Series moved = s;
    for (std::size_t t = 0; t < s.samples; ++t)
        for (std::size_t c = 0; c < s.channels; ++c) {
            double& v = moved.values[t * s.channels + c];
            v = v * (c == 2 ? -8.0 : 4.0) + 1e6 * static_cast<double>(c);
        }
    const Matrix r = functional_connectivity(s), q = functional_connectivity(moved);
    for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t j = 0; j < 5; ++j) {
            const double sign = i != j && (i == 2 || j == 2) ? -1.0 : 1.0;
            // An offset of 4e6 leaves 16 - 6.6 digits of the samples themselves.
            EXPECT_NEAR(q(i, j), sign * r(i, j), 1e-9);
        }
}

TEST(FunctionalConnectivity, ExactlyDependentChannelsHaveCorrelationOne) {
    Series s = sample_series(600, 3);
    for (std::size_t t = 0; t < s.samples; ++t) {
        s.values[t * 3 + 1] = 2 * s.values[t * 3];
        s.values[t * 3 + 2] = -s.values[t * 3];
    }
    const Matrix r = functional_connectivity(s);
    EXPECT_DOUBLE_EQ(r(0, 1), 1.0);
    EXPECT_DOUBLE_EQ(r(0, 2), -1.0);
    EXPECT_LE(r(0, 1), 1.0);
}

TEST(FunctionalConnectivity, KeepsItsDigitsUnderAHugeMean) {
    // Alternating +-1 about 2^40, all exact: variance n / (n - 1), correlation of the two channels -1.
    Series s = sample_series(1000, 2);
    for (std::size_t t = 0; t < s.samples; ++t) {
        const double sign = t % 2 == 0 ? 1 : -1;
        s.values[2 * t] = std::ldexp(1.0, 40) + sign;
        s.values[2 * t + 1] = std::ldexp(1.0, 40) - sign;
    }
    EXPECT_NEAR(covariance(s)(0, 0), 1000.0 / 999.0, 1e-12);
    EXPECT_NEAR(functional_connectivity(s)(0, 1), -1.0, 1e-12);
}

TEST(FunctionalConnectivity, RunningSumsGiveTheSameBitsHoweverSamplesArrive) {
    const Series s = sample_series(1000, 30);
    const Matrix whole = functional_connectivity(s);
    CovarianceAccumulator one_by_one(30), strided(30);
    std::vector<double> ensemble(30 * 3, -7.0);
    for (std::size_t t = 0; t < s.samples; ++t) {
        one_by_one.add(std::span(s.values).subspan(t * 30, 30));
        for (std::size_t c = 0; c < 30; ++c) ensemble[c * 3 + 1] = s.at(t, c);
        strided.add(ensemble.data() + 1, 3);
        if (t % 100 == 50) (void)one_by_one.correlation();  // looking must not disturb
    }
    EXPECT_EQ(one_by_one.correlation().values, whole.values);
    EXPECT_EQ(strided.correlation().values, whole.values);
    EXPECT_EQ(one_by_one.samples(), 1000u);
    double sum = 0;
    for (std::size_t t = 0; t < s.samples; ++t) sum += s.at(t, 0);
    EXPECT_NEAR(one_by_one.means()[0], sum / 1000, 1e-14);
}

TEST(FunctionalConnectivity, AStateSavedMidwayContinuesToTheSameBits) {
    const Series s = sample_series(700, 30);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{5}, std::size_t{256}, std::size_t{333}}) {
        CovarianceAccumulator first(30);
        for (std::size_t t = 0; t < cut; ++t) first.add(std::span(s.values).subspan(t * 30, 30));
        CovarianceAccumulator second = CovarianceAccumulator::from_state(30, first.state());
        for (std::size_t t = cut; t < s.samples; ++t) second.add(std::span(s.values).subspan(t * 30, 30));
        EXPECT_EQ(second.correlation().values, functional_connectivity(s).values) << "cut at " << cut;
    }
    EXPECT_THROW(CovarianceAccumulator::from_state(29, CovarianceAccumulator(30).state()), ShapeError);
}

TEST(FunctionalConnectivity, ThreadsDoNotChangeABit) {
    const Series s = sample_series(400, 200);
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const Matrix one = functional_connectivity(s);
    for (const int threads : {2, 3}) {
        omp_set_num_threads(threads);
        EXPECT_EQ(functional_connectivity(s).values, one.values);
    }
    omp_set_num_threads(before);
}

TEST(CrossProducts, AllInstructionSetsGiveTheBitsOfThePlainLoop) {
    constexpr std::size_t samples = 37, stride = panel_width;
    AlignedVector<double> a(samples * panel_width), b(samples * panel_width);
    for (std::size_t k = 0; k < a.size(); ++k) {
        a[k] = std::sin(1.7 * static_cast<double>(k));
        b[k] = std::cos(0.3 * static_cast<double>(k * k % 101));
    }
    AlignedVector<double> expected(panel_width * panel_width);
    for (std::size_t i = 0; i < panel_width; ++i)
        for (std::size_t j = 0; j < panel_width; ++j)
            for (std::size_t t = 0; t < samples; ++t)
                expected[i * stride + j] =
                    std::fma(a[t * panel_width + i], b[t * panel_width + j], expected[i * stride + j]);
    int sets = 0;
    for (const char* set : {"baseline", "avx2", "avx512f"}) {
        const detail::PanelKernel kernel = detail::panel_kernel(set);
        if (kernel == nullptr) continue;  // not on this machine
        AlignedVector<double> sums(panel_width * panel_width);
        kernel(a.data(), b.data(), samples, sums.data(), stride);
        EXPECT_EQ(sums, expected) << set;
        ++sets;
    }
    EXPECT_GE(sets, 1);
    EXPECT_EQ(detail::panel_kernel("sse9"), nullptr);
    EXPECT_NE(detail::panel_kernel(cross_products_instructions()), nullptr);
}

TEST(FunctionalConnectivity, NamesAConstantChannel) {
    Series s = sample_series();
    for (std::size_t t = 0; t < s.samples; ++t) s.values[t * 5 + 3] = 0.1;
    const std::string text = error_of([&] { functional_connectivity(s); });
    EXPECT_THAT(text, HasSubstr("'bold'"));
    EXPECT_THAT(text, HasSubstr("channel 'region_3' is constant"));
    try {
        functional_connectivity(s);
        FAIL();
    } catch (const DataError& e) {
        EXPECT_EQ(e.channel, "region_3");
        EXPECT_EQ(e.data, "bold");
    }
}

TEST(FunctionalConnectivity, NamesTheFirstValueThatIsNotFinite) {
    Series s = sample_series();
    s.values[123 * 5 + 2] = std::numeric_limits<double>::quiet_NaN();
    try {
        functional_connectivity(s);
        FAIL();
    } catch (const DataError& e) {
        EXPECT_EQ(e.channel, "region_2");
        EXPECT_EQ(e.sample, 123u);
        EXPECT_THAT(e.what(), HasSubstr("region 'region_2' is nan at sample 123 (t = 61.5 s)"));
    }
    s.values[123 * 5 + 2] = std::numeric_limits<double>::infinity();
    EXPECT_THAT(error_of([&] { functional_connectivity(s); }), HasSubstr("is inf at sample 123"));
    CovarianceAccumulator running(5);
    running.add(s);
    EXPECT_THAT(error_of([&] { running.correlation(s.labels, "bold"); }),
                HasSubstr("channel 'region_2' has values that are not finite"));
}

TEST(FunctionalConnectivity, RefusesWhatIsTooShortOrDoesNotFit) {
    EXPECT_THAT(error_of([] { functional_connectivity(sample_series(2)); }),
                HasSubstr("has 2 samples, too short for"));
    FunctionalConnectivityOptions options;
    options.discard_s = 300;
    EXPECT_THAT(error_of([&] { functional_connectivity(sample_series(), options); }),
                HasSubstr("discard is 300 s, but series 'bold' is only 300 s long"));
    options.discard_s = -1;
    EXPECT_THROW(functional_connectivity(sample_series(), options), OptionError);
    Series s = sample_series();
    s.samples = 601;
    EXPECT_THAT(error_of([&] { functional_connectivity(s); }),
                HasSubstr("has 3000 values, but its shape is 601 samples x 5 channels"));
    CovarianceAccumulator running(4);
    EXPECT_THAT(error_of([&] { running.add(std::span(s.values).first(5)); }),
                HasSubstr("a sample has 5 values, but the accumulator has 4 channels"));
    EXPECT_THROW(running.add(sample_series()), ShapeError);
    EXPECT_THROW(running.covariance(), DataError);
}

}  // namespace
}  // namespace neurodyn::analysis
