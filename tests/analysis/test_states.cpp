// SPDX-License-Identifier: BSD-3-Clause
// States of connectivity and surrogates of networks: against scipy, and on data whose states are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

#include "analysis/connectivity_states.hpp"
#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/network_significance.hpp"
#include "analysis/power_spectrum.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// Four channels: in states of 250 samples 0 goes with 1 and 2 with 3, or 0 with 2 and 1 with 3.
Series switching(std::size_t samples = 4000) {
    Series s;
    s.samples = samples, s.channels = 4, s.interval_s = 1, s.name = "switching";
    for (std::size_t t = 0; t < samples; ++t) {
        const double a = normal_at(1, 0, t, 0), b = normal_at(1, 0, t, 1);
        const bool first = t / 250 % 3 != 2;
        const double x[] = {a, first ? a : b, first ? b : a, b};
        for (std::size_t c = 0; c < 4; ++c) s.values.push_back(x[c] + 0.3 * normal_at(1, 0, t, 2 + c));
    }
    return s;
}

TEST(LeadingEigenvectors, EqualScipyAndNumpy) {
    // theta = angle(scipy.signal.hilbert(x - x.mean(0), axis=0)); numpy.linalg.eigh(cos(theta[k, i] -
    // theta[k, j]))
    const std::vector<double> v = leading_eigenvectors(sample_series());
    const double expected[3][5] = {{-0.44952556290669227, -0.4466755524078322, -0.44577417831517324,
                                    -0.4485360654882135, -0.44554292619046776},
                                   {-0.5043164641334573, -0.5425101432530788, -0.4262521264987072,
                                    -0.03720279666726389, 0.5179505044373599},
                                   {-0.3511977403121368, -0.4922582496969309, -0.5260828677264245,
                                    -0.4733312591794011, -0.3654261870382956}};
    const std::size_t at[] = {0, 100, 321};
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t c = 0; c < 5; ++c)
            EXPECT_NEAR(v[at[k] * 5 + c], expected[k][c], 1e-10) << k << " " << c;
}

TEST(Clusters, AreFoundWhereTheyAre) {
    std::vector<double> rows;
    for (std::uint64_t r = 0; r < 300; ++r)
        for (std::uint64_t f = 0; f < 2; ++f)
            rows.push_back((r % 6 < 3   ? 0
                            : r % 6 < 5 ? 10
                                        : 20 * static_cast<double>(f)) +
                           normal_at(1, 0, r, f));
    const Clusters c = cluster_rows(rows, 2, 3, 10, 1);
    for (std::size_t r = 0; r < 300; ++r) EXPECT_EQ(c.of[r], r % 6 < 3 ? 0u : r % 6 < 5 ? 1u : 2u);
    EXPECT_NEAR(c.centres[0], 0, 0.4);
    EXPECT_NEAR(c.centres[2], 10, 0.4);
    EXPECT_NEAR(c.centres[5], 20, 0.5);
    EXPECT_NEAR(c.squares, 600, 80);  // chi-squared of 594 degrees
}

TEST(ConnectivityStates, OfASeriesThatSwitches) {
    const Options options{{"window", 50.0}, {"step", 25.0}, {"states", 2.0}};
    const Result r = run(find_analysis("connectivity_states"), {{"series", switching()}}, options);
    EXPECT_NEAR(r.find("occupancy")->values[0], 11.0 / 16, 0.05);
    const auto& first = r.find("states")->values;  // edges 01, 02, 03, 12, 13, 23
    EXPECT_GT(first[0], 0.75);
    EXPECT_LT(first[1], 0.2);
    EXPECT_GT(first[6 + 1], 0.75);
    EXPECT_LT(first[6 + 0], 0.2);
    EXPECT_NEAR(r.find("dwell_time")->values[1], 250, 30);
    EXPECT_GT(r.find("transitions")->values[0], 0.9);
    const int before = omp_get_max_threads();
    omp_set_num_threads(3);
    EXPECT_EQ(
        run(find_analysis("connectivity_states"), {{"series", switching()}}, options).find("states")->values,
        first);
    omp_set_num_threads(before);
}

TEST(ConnectivityStates, RefuseBadInput) {
    const auto refused = [](const Series& s, const Options& options) {
        return error_of([&] { run(find_analysis("connectivity_states"), {{"series", s}}, options); });
    };
    EXPECT_THAT(refused(switching(100), {{"window", 200.0}}), HasSubstr("window is 200 s"));
    EXPECT_THAT(refused(switching(100), {{"window", 90.0}, {"step", 5.0}}),
                HasSubstr("gives 3 windows, too few for 4"));
    EXPECT_THAT(refused(sample_series(600, 1), {{"window", 30.0}}), HasSubstr("has one channel"));
}

TEST(PhaseRandomised, KeepsSpectraAndOnRequestCovariances) {
    const Series s = sample_series(601);
    for (const bool together : {false, true}) {
        const Series other = phase_randomised(s, 1, 2, together);
        const Matrix before = covariance(s), after = covariance(other);
        PowerSpectrumOptions whole;
        whole.segment_s = 300.5, whole.window = TaperWindow::boxcar;
        const PowerSpectrum a = power_spectrum(s, whole), b = power_spectrum(other, whole);
        for (std::size_t k = 0; k < a.power.size(); k += 17) EXPECT_NEAR(b.power[k], a.power[k], 1e-9);
        EXPECT_NEAR(after(1, 1), before(1, 1), 1e-12);
        EXPECT_EQ(std::abs(after(0, 1) - before(0, 1)) < 1e-12, together);
        EXPECT_NE(other.values[7], s.values[7]);
    }
}

TEST(NetworkSignificance, TellsNetworksFromChance) {
    Series s = switching(1000);  // 0 and 1 share a, 2 and 3 share b most of the time
    const Labels labels{{"A", "A", "B", "B"}, "networks"};
    const Result r = run(find_analysis("network_significance"), {{"series", s}, {"labels", labels}});
    EXPECT_DOUBLE_EQ(r.matrix("p")(0, 0), 0.01);
    EXPECT_DOUBLE_EQ(r.matrix("p")(1, 1), 0.01);
    EXPECT_GT(r.matrix("z")(0, 0), 5);
    // Nothing in unrelated channels: p below 0.1 in a tenth of 60 values, give or take 2.3.
    int small = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (std::size_t k = 0; k < s.values.size(); ++k) s.values[k] = normal_at(40 + seed, 0, k, 0);
        const Matrix p =
            run(find_analysis("network_significance"), {{"series", s}, {"labels", labels}}).matrix("p");
        for (const double value : {p(0, 0), p(0, 1), p(1, 1)}) small += value <= 0.1 ? 1 : 0;
    }
    EXPECT_LE(small, 14);
    EXPECT_THAT(error_of([&] {
                    run(find_analysis("network_significance"),
                        {{"series", s}, {"labels", Labels{{"A"}, "networks"}}});
                }),
                HasSubstr("there are 1 network labels"));
}

}  // namespace
}  // namespace neurodyn::analysis
