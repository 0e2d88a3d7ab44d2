// SPDX-License-Identifier: BSD-3-Clause
// Power laws against the published fits, the package powerlaw 2.0.0, and data whose law is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "analysis/errors.hpp"
#include "analysis/hurwitz.hpp"
#include "analysis/power_law.hpp"
#include "analysis/sample_series.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// "value count, value count, ..." after lines of comment.
std::vector<double> counted_values(const std::string& file) {
    std::ifstream in(std::string(NEURODYN_SOURCE_DIR) + "/tests/reference/" + file);
    std::vector<double> values;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream pairs(line);
        double value = 0, count = 0;
        for (char comma = 0; pairs >> value >> count; pairs >> comma)
            values.insert(values.end(), static_cast<std::size_t>(count), value);
    }
    return values;
}

// p(x) ~ x^-alpha from 1 on.
std::vector<double> continuous_sample(std::size_t n, double alpha, std::uint64_t seed) {
    std::vector<double> x(n);
    const std::uint64_t seeds[] = {seed};
    fill_uniform(x, 1, {seeds, 0, 0, 0, 0});
    for (double& v : x) v = std::pow(v, -1 / (alpha - 1));
    return x;
}

// Whole numbers with P(X = k) ~ k^-alpha from 1 on, by rejection (Devroye 1986, Non-Uniform Random Variate
// Generation, X.6.1).
std::vector<double> discrete_sample(std::size_t n, double alpha, std::uint64_t seed) {
    std::vector<double> x;
    const double b = std::pow(2.0, alpha - 1);
    for (std::uint64_t k = 0; x.size() < n; ++k) {
        const double u = uniform_at(seed, 0, 0, k), v = uniform_at(seed, 1, 0, k);
        const double candidate = std::floor(std::pow(u, -1 / (alpha - 1)));
        const double t = std::pow(1 + 1 / candidate, alpha - 1);
        if (v * candidate * (t - 1) / (b - 1) <= t / b) x.push_back(candidate);
    }
    return x;
}

TEST(HurwitzZeta, KnowsItsSumsAndDerivatives) {
    EXPECT_NEAR(scaled_zeta_value(2, 1), 1.6449340668482264, 1e-14);  // pi^2/6
    for (const auto& [s, q] : {std::pair{1.01, 1.0}, {2.5, 3.0}, {40.0, 2.0}, {1.9, 1e6}}) {
        // zeta(s, q) - zeta(s, q + 1) = q^-s
        const double next = scaled_zeta_value(s, q + 1) * std::pow(q / (q + 1), s);
        EXPECT_NEAR(scaled_zeta_value(s, q) - next, 1.0, 1e-9) << s << " " << q;
        const Jet jet = scaled_zeta(s, q);
        const double h = 1e-4 * (s - 1);
        EXPECT_NEAR(jet.value, scaled_zeta_value(s, q), 1e-13 * jet.value);
        EXPECT_NEAR(jet.first, (scaled_zeta_value(s + h, q) - scaled_zeta_value(s - h, q)) / (2 * h),
                    1e-6 * std::abs(jet.first));
        EXPECT_NEAR(jet.second, (scaled_zeta(s + h, q).first - scaled_zeta(s - h, q).first) / (2 * h),
                    1e-6 * std::abs(jet.second));
    }
}

TEST(PowerLaw, OfWordsInMobyDickIsThePublishedOne) {
    const std::vector<double> words = counted_values("words.txt");
    ASSERT_EQ(words.size(), 18855u);
    const RankedValues values = rank_values(words, ValueKind::discrete, "words");
    const PowerLaw law = fit_power_law(values);
    // Clauset, Shalizi & Newman (2009), table 6.1: 7 and 1.95(2), tail 2958; powerlaw 2.0.0: D = 0.00825 with
    // its approximate exponent 1.952718.
    EXPECT_NEAR(law.alpha, 1.952727, 1e-6);
    EXPECT_EQ(law.xmin, 7);
    EXPECT_EQ(law.tail, 2958);
    EXPECT_NEAR(law.ks_distance, 0.00825666, 1e-5);
    // powerlaw: distribution_compare('power_law', ...), with its approximate exponent
    const auto other = power_law_alternatives(values, law);
    EXPECT_EQ(other[1].name, "exponential");
    EXPECT_NEAR(other[1].ratio, 3025.033690, 1e-3);
    EXPECT_NEAR(other[3].ratio, -0.906358, 1e-4);
    EXPECT_NEAR(other[3].p, 0.178182, 1e-5);
    EXPECT_NEAR(other[3].parameters[0], 1.944006, 1e-4);
    // There the search for a log-normal ends at 0.0196 with mu = -724; the likelihood grows on towards the
    // power law.
    EXPECT_GT(other[0].ratio, 0);
    EXPECT_LT(other[0].ratio, 0.0196);
}

TEST(PowerLaw, OfSolarFlaresIsThePublishedOne) {
    const RankedValues values = rank_values(counted_values("flares.txt"), ValueKind::continuous, "flares");
    const PowerLaw law = fit_power_law(values);
    // ibid.: 323 and 1.79(2), tail 1711; powerlaw 2.0.0: 1.7884070781, D = 0.0082927134
    EXPECT_NEAR(law.alpha, 1.7884070781, 1e-9);
    EXPECT_EQ(law.xmin, 323);
    EXPECT_EQ(law.tail, 1711);
    EXPECT_NEAR(law.ks_distance, 0.008292713442, 1e-11);
    EXPECT_NEAR(law.alpha_error, (law.alpha - 1) / std::sqrt(1711.0), 1e-12);
    // powerlaw: distribution_compare('power_law', ...) and the parameters of the other laws
    const auto other = power_law_alternatives(values, law);
    EXPECT_NEAR(other[0].ratio, -0.7491461087, 1e-6);
    EXPECT_NEAR(other[0].p, 0.4214865, 1e-6);
    EXPECT_NEAR(other[0].parameters[0], -30.83629, 1e-3);
    EXPECT_NEAR(other[0].parameters[1], 7.040392, 1e-4);
    EXPECT_NEAR(other[1].ratio, 1800.7166, 1e-3);
    EXPECT_NEAR(other[3].ratio, -4.518997, 1e-5);
    EXPECT_NEAR(other[3].p, 0.00264426, 1e-6);
    // Its stretched exponential stays at 4.40, below the largest likelihood.
    EXPECT_LT(other[2].ratio, 4.39);
}

TEST(PowerLaw, FindsTheXminThatTryingAllFinds) {
    for (const std::uint64_t seed : {1, 2, 3})
        for (const ValueKind kind : {ValueKind::continuous, ValueKind::discrete}) {
            std::vector<double> x = kind == ValueKind::discrete ? discrete_sample(3000, 2.2, seed)
                                                                : continuous_sample(3000, 2.2, seed);
            for (std::size_t k = 0; k < x.size(); ++k)  // no power law below 5
                if (x[k] < 5)
                    x[k] = 1 + static_cast<double>(k % (kind == ValueKind::discrete ? 4 : 400)) / 100;
            if (kind == ValueKind::discrete)
                for (double& v : x) v = std::floor(v);
            const RankedValues values = rank_values(x, kind, "x");
            std::size_t best = 0;
            double least = 2;
            for (std::size_t first = 0; values.above[first] >= 10; ++first)
                if (const double d = fit_power_law_from(values, first).ks_distance; d < least)
                    least = d, best = first;
            const PowerLaw law = fit_power_law(values);
            EXPECT_EQ(law.first, best) << seed;
            EXPECT_EQ(law.ks_distance, least);
        }
}

// 300 samples of 500 values: the true exponent lies within 1.96 standard errors in 95 % of them, give or
// take 1.3 %.
TEST(PowerLaw, ErrorsCoverTheTrueExponent) {
    for (const ValueKind kind : {ValueKind::continuous, ValueKind::discrete}) {
        int covered = 0;
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            const PowerLaw law = fit_power_law_from(
                rank_values(kind == ValueKind::discrete ? discrete_sample(500, 1.8, seed)
                                                        : continuous_sample(500, 1.8, seed),
                            kind, "x"),
                0);
            covered += std::abs(law.alpha - 1.8) < 1.96 * law.alpha_error ? 1 : 0;
        }
        EXPECT_NEAR(covered / 300.0, 0.95, 0.035);
    }
}

TEST(PowerLaw, PValueTellsPowerLawsFromOthers) {
    int rejected = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const RankedValues values =
            rank_values(discrete_sample(400, 2.5, 100 + seed), ValueKind::discrete, "x");
        rejected += power_law_p_value(values, fit_power_law(values), 100, seed, true) < 0.1 ? 1 : 0;
    }
    EXPECT_LE(rejected, 6);  // two are expected; more than six come in 0.2 % of cases
    std::vector<double> exponential = continuous_sample(400, 2.5, 7);
    for (double& x : exponential) x = 1 + std::log(x);
    const RankedValues values = rank_values(exponential, ValueKind::continuous, "x");
    EXPECT_LT(power_law_p_value(values, fit_power_law_from(values, 0), 100, 1, false), 0.02);
}

TEST(PowerLaw, TellsAlternativesApart) {
    std::vector<double> lognormal(2000);
    for (std::size_t k = 0; k < lognormal.size(); ++k)
        lognormal[k] = std::exp(1 + 0.8 * normal_at(3, 0, 0, k));
    const RankedValues a = rank_values(lognormal, ValueKind::continuous, "x");
    const auto from = fit_power_law_from(a, 0);
    const auto others = power_law_alternatives(a, from);
    EXPECT_LT(others[0].ratio, -100);
    EXPECT_LT(others[0].p, 1e-6);
    EXPECT_NEAR(others[0].parameters[0], 1, 0.08);
    EXPECT_NEAR(others[0].parameters[1], 0.8, 0.08);
    std::vector<double> stretched = continuous_sample(2000, 2, 4);  // x^beta is exponential
    for (double& x : stretched) x = std::pow(1 + std::log(x), 1 / 0.6);
    const RankedValues b = rank_values(stretched, ValueKind::continuous, "x");
    const auto best = power_law_alternatives(b, fit_power_law_from(b, 0))[2];
    EXPECT_NEAR(best.parameters[1], 0.6, 0.06);
    EXPECT_LT(best.ratio, -10);
}

TEST(PowerLaw, ScalesWithTheData) {
    std::vector<double> x = continuous_sample(2000, 1.7, 5);
    const PowerLaw one = fit_power_law(rank_values(x, ValueKind::continuous, "x"));
    for (double& v : x) v *= 1000;
    const PowerLaw scaled = fit_power_law(rank_values(x, ValueKind::continuous, "x"));
    EXPECT_NEAR(scaled.alpha, one.alpha, 1e-10);
    EXPECT_NEAR(scaled.xmin, 1000 * one.xmin, 1e-6);
}

TEST(PowerLaw, HasTheSameBitsForAnyNumberOfThreads) {
    const RankedValues values = rank_values(discrete_sample(300, 2, 9), ValueKind::discrete, "x");
    const PowerLaw law = fit_power_law(values);
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const double one = power_law_p_value(values, law, 50, 3, true);
    omp_set_num_threads(3);
    EXPECT_EQ(power_law_p_value(values, law, 50, 3, true), one);
    omp_set_num_threads(before);
}

TEST(PowerLaw, RefusesWhatCannotBeFitted) {
    const auto refused = [](std::vector<double> x, ValueKind kind) {
        return error_of([&] { fit_power_law(rank_values(x, kind, "sizes")); });
    };
    std::vector<double> x(20, 3.0);
    EXPECT_THAT(refused(x, ValueKind::discrete), HasSubstr("two of them different"));
    x[7] = 2.5;
    EXPECT_THAT(refused(x, ValueKind::discrete), HasSubstr("'sizes' has the value 2.5 at 7"));
    EXPECT_EQ(refused(x, ValueKind::continuous), "");
    x[7] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(refused(x, ValueKind::continuous), HasSubstr("nan at 7"));
    x[7] = 0;
    EXPECT_THAT(refused(x, ValueKind::continuous), HasSubstr("numbers above 0"));
    EXPECT_THAT(refused({1, 2, 3}, ValueKind::discrete),
                HasSubstr("has 3 values; a power law needs at least 10"));
}

}  // namespace
}  // namespace neurodyn::analysis
