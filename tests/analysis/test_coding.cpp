// SPDX-License-Identifier: BSD-3-Clause
// Population codes: tuning curves, noise, decoders and information against closed forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/kalman_decode.hpp"
#include "analysis/mutual_information.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using std::numbers::pi;
using testing::HasSubstr;

/// Rates in Hz of neurons (columns) at stimuli (rows).
struct Population {
    Matrix tuning;
    Vector stimuli;
    Vector preferred;

    Inputs inputs() const { return {{"tuning", tuning}, {"stimuli", stimuli}}; }
};

Population population(double low, double step, std::size_t rows, double first, double spacing,
                      std::size_t neurons, const std::function<double(double, double)>& rate) {
    Population p{
        {{}, rows, neurons, "tuning", "Hz", {}, "stimulus"}, {{}, "stimuli", ""}, {{}, "preferred", ""}};
    for (std::size_t i = 0; i < neurons; ++i)
        p.preferred.values.push_back(first + spacing * static_cast<double>(i));
    for (std::size_t k = 0; k < rows; ++k) {
        p.stimuli.values.push_back(low + step * static_cast<double>(k));
        for (const double s : p.preferred.values) p.tuning.values.push_back(rate(p.stimuli.values.back(), s));
    }
    return p;
}

// 20 Hz, width 10, one every 5 from -100 to 100, known every 0.5 from -50 to 50.
Population gaussian() {
    return population(-50, 0.5, 201, -100, 5, 41,
                      [](double s, double s0) { return 20 * std::exp(-(s - s0) * (s - s0) / 200); });
}

// 10 Hz + 8 Hz cos, 64 neurons around the circle, known at 180 directions.
Population cosine() {
    return population(0, pi / 90, 180, 0, 2 * pi / 64, 64,
                      [](double s, double s0) { return 10 + 8 * std::cos(s - s0); });
}

Matrix draw(const Population& p, Options options) {
    return run(find_analysis("population_responses"), p.inputs(), options).matrix();
}

Result decoded(const Population& p, const Matrix& responses, double truth, Options options,
               const char* analysis = "decode") {
    Inputs inputs = p.inputs();
    if (std::string(analysis) == "population_vector") inputs = {{"preferred", p.preferred}};
    inputs.emplace("responses", responses);
    inputs.emplace("truth", Vector{std::vector<double>(responses.rows, truth), "truth", ""});
    return run(find_analysis(analysis), inputs, options);
}

// sqrt(2 pi) r T/(sigma delta), Dayan & Abbott 2001, section 3.3. The derivative from the table is of fourth
// order in its step.
TEST(Coding, FisherInformationOfGaussianTuning) {
    const Result f = run(find_analysis("fisher_information"), gaussian().inputs());
    EXPECT_NEAR(f.find("information")->values[100], std::sqrt(2 * pi) * 20 / (10 * 5), 2e-5);
    EXPECT_NEAR(f.find("information")->values[100], 1.0026513, 2e-5);
    const Result half = run(find_analysis("fisher_information"), gaussian().inputs(), {{"window", 0.5}});
    EXPECT_NEAR(half.find("information")->values[37], f.find("information")->values[37] / 2, 1e-12);
}

// N T (b - sqrt(b^2 - k^2)) = 256 at every direction, and the bound 1/16 = 3.580986 degrees.
TEST(Coding, FisherInformationOfCosineTuning) {
    const Result f = run(find_analysis("fisher_information"), cosine().inputs(), {{"period", 2 * pi}});
    for (const double i : f.find("information")->values) EXPECT_NEAR(i, 256.0, 1e-4);
    EXPECT_NEAR(f.find("cramer_rao")->values[17] * 180 / pi, 3.580986, 1e-6);
}

// Von Mises tuning without a baseline: N r T kappa exp(-kappa) I_1(kappa), I_1 the modified Bessel
// function, 1.59063685 at 2.
TEST(Coding, FisherInformationOfVonMisesTuning) {
    const Population p = population(0, pi / 180, 360, 0, 2 * pi / 40, 40, [](double s, double s0) {
        return 20 * std::exp(2 * (std::cos(s - s0) - 1));
    });
    const Result f = run(find_analysis("fisher_information"), p.inputs(), {{"period", 2 * pi}});
    EXPECT_NEAR(f.scalar("mean_information"), 40 * 20 * 2 * std::exp(-2) * 1.59063685, 1e-4);
}

// Moreno-Bote et al. 2014: I = I0/(1 + epsilon I0), whatever the other correlations. With all correlations c
// alike in N neurons and f'/sqrt(f) = x the inverse of (1 - c) 1 + c J gives I0 = (|x|^2 - c (sum x)^2/(1 + c
// (N - 1)))/(1 - c) (Sherman & Morrison).
TEST(Coding, CorrelationsLimitInformation) {
    const Population p = cosine();
    const Options options = {{"period", 2 * pi}, {"correlation", 0.2}, {"differential", 0.001}};
    const Result f = run(find_analysis("fisher_information"), p.inputs(), options);
    for (const std::size_t k : {0u, 41u, 100u}) {
        double squares = 0, sum = 0;
        for (const double s : p.preferred.values) {
            const double d = p.stimuli.values[k] - s, x = -8 * std::sin(d) / std::sqrt(10 + 8 * std::cos(d));
            squares += x * x, sum += x;
        }
        const double without = (squares - 0.2 * sum * sum / (1 + 0.2 * 63)) / 0.8;
        EXPECT_NEAR(f.find("without_differential")->values[k], without, 1e-4);
        EXPECT_NEAR(f.find("information")->values[k], without / (1 + 0.001 * without), 1e-4);
        EXPECT_NEAR(f.find("independent")->values[k], 256, 1e-4);
    }
    // Limited range: neighbours share what they could tell, and information is lost.
    Options limited = options;
    limited["range"] = 0.5, limited["differential"] = 0.0;
    const double lost =
        run(find_analysis("fisher_information"), p.inputs(), limited).find("information")->values[0];
    EXPECT_LT(lost, 0.6 * 256);
}

// The variance of the likeliest stimulus, sigma^2 E[1/n] = 1.0075075; that of the centre of mass is the same.
// 20,000 trials: 1 % of sampling error.
TEST(Coding, LikelihoodOfGaussianTuning) {
    const Population p = gaussian();
    const Matrix counts = draw(p, {{"trials", 20000.0}, {"at", 2.3}, {"seed", 5.0}});
    const Result ml = decoded(p, counts, 2.3, {});
    EXPECT_NEAR(ml.scalar("variance"), 1.0075075, 0.03);
    EXPECT_NEAR(ml.scalar("bias"), 0.0, 0.03);
    EXPECT_NEAR(ml.scalar("rmse"), std::sqrt(1.0075075), 0.015);
    const Result centre = decoded(p, counts, 2.3, {}, "population_vector");
    for (std::size_t k = 0; k < 20000; k += 997)
        EXPECT_NEAR(ml.find("estimate")->values[k], centre.find("estimate")->values[k], 1e-4) << k;
}

// With a normal prior the posterior is normal, too: (sum n s/sigma^2 + mu/sd^2)/(sum n/sigma^2 + 1/sd^2).
TEST(Coding, PosteriorOfGaussianTuning) {
    const Population p = gaussian();
    const Matrix counts = draw(p, {{"trials", 50.0}, {"at", -4.0}, {"seed", 6.0}});
    const Result map =
        decoded(p, counts, -4,
                {{"method", std::string("maximum_a_posteriori")}, {"prior_mean", 1.5}, {"prior_sd", 0.7}});
    for (std::size_t k = 0; k < counts.rows; ++k) {
        double n = 0, ns = 0;
        for (std::size_t i = 0; i < 41; ++i) n += counts(k, i), ns += counts(k, i) * p.preferred.values[i];
        const double wanted = (ns / 100 + 1.5 / 0.49) / (n / 100 + 1 / 0.49);
        EXPECT_NEAR(map.find("estimate")->values[k], wanted, 1e-4);
    }
}

// Population vector: variance 2b/(N k^2 T) = 0.0048828, its efficiency 0.8 beside the bound 1/256 that the
// likelihood comes near to.
TEST(Coding, PopulationVectorOfCosineTuning) {
    const Population p = cosine();
    const Options drawn = {{"trials", 20000.0}, {"at", 6.2}, {"period", 2 * pi}, {"seed", 7.0}};
    const Matrix counts = draw(p, drawn);
    const double vector =
        decoded(p, counts, 6.2, {{"period", 2 * pi}}, "population_vector").scalar("variance");
    const double ml = decoded(p, counts, 6.2, {{"period", 2 * pi}}).scalar("variance");
    EXPECT_NEAR(vector, 0.0048828, 0.03 * 0.0048828);
    EXPECT_NEAR(ml, 1.0 / 256, 0.04 / 256);
    EXPECT_NEAR(ml / vector, 0.8, 0.03);
}

// Differential correlations are a jitter of the stimulus: a decoder of the means has the variance 1/I0 +
// epsilon, for Poisson and for normal counts. Normal counts tell more, by their variances: f'^T S^-1 f' +
// tr((S^-1 S')^2)/2 (Kay 1993, Fundamentals of statistical signal processing, 3.9) is 148.848, of which the
// likelihood makes use.
TEST(Coding, DifferentialCorrelationsAddToTheVariance) {
    const Population p = cosine();
    for (const char* noise : {"poisson", "gaussian"}) {
        const Matrix counts = draw(p, {{"trials", 10000.0},
                                       {"at", 1.0},
                                       {"period", 2 * pi},
                                       {"differential", 0.004},
                                       {"noise", std::string(noise)},
                                       {"seed", 8.0}});
        EXPECT_NEAR(decoded(p, counts, 1, {{"period", 2 * pi}}).scalar("variance"), 1.0 / 256 + 0.004,
                    0.05 * 0.008)
            << noise;
        if (std::string(noise) == "poisson") continue;
        const Result knowing =
            decoded(p, counts, 1,
                    {{"period", 2 * pi}, {"likelihood", std::string("gaussian")}, {"differential", 0.004}});
        EXPECT_GT(knowing.scalar("variance"), 0.97 / 148.848);
        EXPECT_LT(knowing.scalar("variance"), 1.06 / 148.848);
    }
}

double mean_of(const Matrix& m, std::size_t i) {
    double sum = 0;
    for (std::size_t k = 0; k < m.rows; ++k) sum += m(k, i);
    return sum / static_cast<double>(m.rows);
}

double covariance_of(const Matrix& m, std::size_t i, std::size_t j) {
    const double a = mean_of(m, i), b = mean_of(m, j);
    double sum = 0;
    for (std::size_t k = 0; k < m.rows; ++k) sum += (m(k, i) - a) * (m(k, j) - b);
    return sum / static_cast<double>(m.rows - 1);
}

// Limited-range correlations c exp(-d/L): exactly for normal counts, a little less for Poisson counts, whose
// means and variances stay those of Poisson.
TEST(Coding, DrawnCountsHaveTheirCorrelations) {
    const Population p = cosine();
    for (const char* noise : {"poisson", "gaussian"}) {
        const Matrix counts = draw(p, {{"trials", 40000.0},
                                       {"at", 0.0},
                                       {"period", 2 * pi},
                                       {"correlation", 0.4},
                                       {"range", 0.5},
                                       {"noise", std::string(noise)},
                                       {"seed", 9.0}});
        EXPECT_NEAR(mean_of(counts, 3), 10 + 8 * std::cos(6 * pi / 64), 0.1) << noise;
        EXPECT_NEAR(covariance_of(counts, 3, 3) / mean_of(counts, 3), 1.0, 0.03) << noise;
        for (const std::size_t other : {4u, 8u, 60u}) {
            const double d = std::abs(way(p.preferred.values[3], p.preferred.values[other], 2 * pi));
            const double wanted = 0.4 * std::exp(-d / 0.5);
            const double found = covariance_of(counts, 3, other) /
                                 std::sqrt(covariance_of(counts, 3, 3) * covariance_of(counts, other, other));
            EXPECT_NEAR(found, wanted, 0.02) << noise << " " << other;
        }
    }
}

// With correlations the decoder that knows them reaches the bound 1/I, and the one that does not is worse.
TEST(Coding, KnowingCorrelationsHelps) {
    const Population p = cosine();
    const Options noise = {{"period", 2 * pi}, {"correlation", 0.3}, {"range", 0.3}};
    Options drawn = noise;
    drawn["trials"] = 10000.0, drawn["at"] = 2.0, drawn["noise"] = std::string("gaussian"),
    drawn["seed"] = 10.0;
    const Matrix counts = draw(p, drawn);
    Options knowing = noise;
    knowing["likelihood"] = std::string("gaussian");
    const double information =
        run(find_analysis("fisher_information"), p.inputs(), noise).find("information")->values[57];
    const double best = decoded(p, counts, 2, knowing).scalar("variance");
    const double blind = decoded(p, counts, 2, {{"period", 2 * pi}}).scalar("variance");
    EXPECT_LT(best, 1.05 / information);
    EXPECT_GT(blind, 1.02 * best);
}

// A neuron that is silent outside of a range rules out what lies there, and two that exclude each other rule
// out everything.
TEST(Coding, SilentNeuronsRuleStimuliOut) {
    Population p{{{0, 0, 4, 0, 0, 0, 0, 3, 0, 9}, 5, 2, "tuning", "", {}, "stimulus"},
                 {{0, 1, 2, 3, 4}, "stimuli", ""},
                 {}};
    Inputs inputs = p.inputs();
    inputs.emplace("responses", Matrix{{3, 0, 0, 7, 1, 1}, 3, 2, "responses", "", {}, "trial"});
    const std::vector<double> found = run(find_analysis("decode"), inputs).find("estimate")->values;
    EXPECT_EQ(found[0], 1.0);
    EXPECT_EQ(found[1], 4.0);
    EXPECT_TRUE(std::isnan(found[2]));
}

TEST(Coding, DrawsDependOnSeedAndTrialAlone) {
    const Population p = cosine();
    const Matrix few = draw(p, {{"trials", 10.0}, {"period", 2 * pi}, {"seed", 3.0}});
    const Matrix many = draw(p, {{"trials", 30.0}, {"period", 2 * pi}, {"seed", 3.0}});
    for (std::size_t k = 0; k < few.values.size(); ++k) ASSERT_EQ(few.values[k], many.values[k]);
    EXPECT_NE(draw(p, {{"trials", 10.0}, {"period", 2 * pi}, {"seed", 4.0}}).values, few.values);
}

// Uniform stimuli fill the range, and measured curves are those that the counts were drawn from.
TEST(Coding, TuningCurvesAreMeasured) {
    const Population p = cosine();
    const Result drawn = run(find_analysis("population_responses"), p.inputs(),
                             {{"trials", 20000.0}, {"period", 2 * pi}, {"stimulus", std::string("uniform")}});
    const Inputs inputs = {{"responses", drawn.matrix()},
                           {"stimulus", Vector{drawn.find("stimulus")->values, "stimulus", ""}}};
    const Result t = run(find_analysis("tuning_curves"), inputs, {{"bins", 16.0}, {"period", 2 * pi}});
    const Matrix tuning = t.matrix(), variance = t.matrix("variance");
    for (std::size_t k = 0; k < 16; ++k) {
        const double s = t.find("stimuli")->values[k];
        EXPECT_NEAR(way(s, 2 * pi * static_cast<double>(k) / 16, 2 * pi), 0, 0.02);
        EXPECT_NEAR(tuning(k, 5), 10 + 8 * std::cos(s - p.preferred.values[5]), 0.6) << k;
        EXPECT_NEAR(variance(k, 5) / tuning(k, 5), 1.0, 0.25) << k;
    }
    EXPECT_NEAR(way(t.find("preferred")->values[5], p.preferred.values[5], 2 * pi), 0, 0.2);
}

// Events are counted in windows, and the stimulus is the mean of its series in each.
TEST(Coding, EventsAndSeriesMakeTrials) {
    const Events events{{0.2, 0.6, 1.0, 1.1, 2.6}, {0, 1, 1, 0, 1}, 2, 0.0, 3.0, "spikes"};
    Series stimulus{{1, 2, 3, 4, 5, 6}, 6, 1, 0.5, 0.5, "stimulus", "", "node", {}, {}};
    const Inputs inputs = {{"responses", events}, {"stimulus", stimulus}};
    const Result t = run(find_analysis("tuning_curves"), inputs, {{"bins", 3.0}});
    EXPECT_EQ(t.find("stimuli")->values, (std::vector<double>{1.5, 3.5, 5.5}));
    EXPECT_EQ(t.find("tuning")->values, (std::vector<double>{1, 2, 1, 0, 0, 1}));
}

// The scalar example of the filter, a = 0.9, q = 0.5, r = 1, prior N(0, 10): mean and variance after eight
// observations, computed with exact Gaussian conditioning.
TEST(Coding, KalmanFilterOfOneVariable) {
    const auto one = [](double v) { return Eigen::MatrixXd::Constant(1, 1, v); };
    Eigen::MatrixXd y(8, 1);
    y << 1.2, 0.8, 1.5, 2.1, 1.9, 2.4, 2.0, 1.7;
    // The prior is that of the state one step before the first observation.
    const LinearGaussian model{one(0.9), one(0.5), one(1), one(1)};
    const Filtered f = kalman_filter(model, y, Eigen::VectorXd::Zero(1), one(10));
    EXPECT_NEAR(f.means(7, 0), 1.67927060, 1e-8);
    EXPECT_NEAR(f.covariance(0, 0), 0.46778404, 1e-8);
}

// A stimulus that moves as a first-order process and 6 neurons that see it with noise: the filter learns a,
// and its error is that of the stationary Riccati equation.
TEST(Coding, KalmanDecoderLearnsTheFilter) {
    const std::size_t trials = 20000, neurons = 6;
    const double a = 0.95, w = 1 - a * a, q = 4.0;
    const Series noise = [] {
        Series s{{}, trials, neurons + 1, 1.0, 1.0, "noise", "", "node", {}, {}};
        s.values.resize(trials * (neurons + 1));
        const std::uint64_t seed = 12;
        fill_normal(s.values, 1, {{&seed, 1}, 1, 0});
        return s;
    }();
    Matrix responses{{}, trials, neurons, "responses", "", {}, "trial"};
    Vector stimulus{{}, "stimulus", ""};
    double x = 0;
    for (std::size_t k = 0; k < trials; ++k) {
        x = a * x + std::sqrt(w) * noise.at(k, neurons);
        stimulus.values.push_back(x);
        for (std::size_t i = 0; i < neurons; ++i)
            responses.values.push_back(3 + (i < 3 ? 1.0 : -1.0) * x + std::sqrt(q) * noise.at(k, i));
    }
    double p = 1;
    for (int k = 0; k < 1000; ++k) p = 1 / (1 / (a * a * p + w) + neurons / q);
    const Result r =
        run(find_analysis("kalman_decode"), {{"responses", responses}, {"stimulus", stimulus}}, {});
    EXPECT_NEAR(r.scalar("persistence"), a, 0.01);
    EXPECT_NEAR(r.scalar("uncertainty"), std::sqrt(p), 0.01);
    EXPECT_NEAR(r.scalar("rmse"), std::sqrt(p), 0.02);
}

// A normal channel of signal-to-noise ratio 3 carries 0.5 log2(1 + 3) = 1 bit; two independent looks at the
// signal 0.5 log2(1 + 6).
TEST(Coding, InformationOfNormalChannels) {
    const std::size_t trials = 50000;
    std::vector<double> z(3 * trials), s;
    const std::uint64_t seed = 13;
    fill_normal(z, 1, {{&seed, 1}, 1, 0});
    Matrix responses{{}, trials, 2, "responses", "", {}, "trial"};
    for (std::size_t k = 0; k < trials; ++k) {
        s.push_back(std::sqrt(3.0) * z[3 * k]);
        responses.values.insert(responses.values.end(), {s.back() + z[3 * k + 1], s.back() + z[3 * k + 2]});
    }
    const Result r =
        run(find_analysis("mutual_information"), {{"responses", responses}, {"stimulus", Vector{s, "s", ""}}},
            {{"stimulus_bins", 30.0}, {"response_bins", 30.0}});
    EXPECT_NEAR(r.find("normal")->values[0], 1.0, 0.01);
    EXPECT_NEAR(r.scalar("population"), 0.5 * std::log2(7.0), 0.01);
    EXPECT_NEAR(r.find("information")->values[1], 1.0, 0.04);  // bins lose a little
}

// Poisson counts of means 2 and 6 at two equally likely stimuli: by enumeration of all counts.
TEST(Coding, InformationOfPoissonCounts) {
    double exact = 0;
    for (int n = 0; n < 60; ++n) {
        const double a = std::exp(-2 + n * std::log(2.0) - std::lgamma(n + 1)),
                     b = std::exp(-6 + n * std::log(6.0) - std::lgamma(n + 1));
        exact += 0.5 * a * std::log2(2 * a / (a + b)) + 0.5 * b * std::log2(2 * b / (a + b));
    }
    const auto information = [](std::size_t trials, std::uint64_t seed, bool corrected) {
        std::vector<std::size_t> s, n;
        for (std::size_t k = 0; k < trials; ++k) {
            s.push_back(k % 2);
            n.push_back(static_cast<std::size_t>(poisson_at(k % 2 == 0 ? 2 : 6, seed, 1, k, 0)));
        }
        return histogram_information(s, n, corrected);
    };
    EXPECT_NEAR(information(200000, 14, true), exact, 0.005);
    // Few trials: the plain estimate is too large by about (m_AB - m_A - m_B + 1)/(2 n ln 2), here 0.01.
    double plain = 0, better = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        plain += information(300, seed, false) / 100, better += information(300, seed, true) / 100;
    EXPECT_GT(plain, exact + 0.008);
    EXPECT_NEAR(better, exact, 0.006);
}

// The tuning as `tuning_curves` measures it from recorded rates.
Inputs measured_tuning(const Population& p, Options options) {
    Series rates{p.tuning.values, p.tuning.rows, p.tuning.columns, 1.0, 1.0, "rates", "Hz", "node", {}, {}};
    Series shown{p.stimuli.values, p.tuning.rows, 1, 1.0, 1.0, "shown", "", "node", {}, {}};
    options["bins"] = static_cast<double>(p.tuning.rows);
    const Result t =
        run(find_analysis("tuning_curves"), {{"responses", rates}, {"stimulus", shown}}, options);
    return {{"tuning", t.matrix()}, {"stimuli", Vector{t.find("stimuli")->values, "stimuli", ""}}};
}

// Information is proportional to time (sqrt(2 pi) r T/(sigma delta), as above), whatever the window in which
// the tuning was measured; a decoder in windows of 0.1 s has the variance of the same decoder of rates.
TEST(Coding, MeasuredTuningKnowsItsWindow) {
    const Population p = gaussian();
    for (const double window : {0.5, 1.0}) {
        const Inputs tuning = measured_tuning(p, {{"window", window}});
        const Result f = run(find_analysis("fisher_information"), tuning, {{"window", 2.0}});
        EXPECT_NEAR(f.find("information")->values[100], 2 * 1.0026513, 1e-4) << window;
    }
    const Result drawn = run(find_analysis("population_responses"), p.inputs(),
                             {{"trials", 500.0}, {"window", 0.1}, {"at", 3.0}});
    Inputs inputs = measured_tuning(p, {});
    inputs.emplace("responses", drawn.matrix());
    const auto estimates = [&](const Inputs& all) {
        return run(find_analysis("decode"), all, {{"window", 0.1}}).find("estimate")->values;
    };
    const std::vector<double> measured = estimates(inputs);
    for (const auto& [name, input] : p.inputs()) inputs.insert_or_assign(name, input);
    const std::vector<double> given = estimates(inputs);
    for (std::size_t k = 0; k < given.size(); ++k) ASSERT_NEAR(measured[k], given[k], 1e-6) << k;
    EXPECT_THAT(error_of([&] { run(find_analysis("decode"), inputs, {}); }),
                HasSubstr("were counted in 0.1 s, but window is 1 s; give window: 0.1 s"));
    // A pure number is counts already: it has no window, whatever the option says, nor have draws from it.
    Population counts = p;
    counts.tuning.unit = "";
    EXPECT_EQ(draw(counts, {{"window", 2.0}}).counted.window_s, 0.0);
    EXPECT_EQ(draw(p, {{"window", 2.0}}).counted.window_s, 2.0);
    const Result f = run(find_analysis("fisher_information"), counts.inputs(), {{"window", 2.0}});
    EXPECT_NEAR(f.find("information")->values[100], 1.0026513, 1e-4);
}

TEST(Coding, MeasuredTuningKnowsItsPeriod) {
    const Inputs circle = measured_tuning(cosine(), {{"period", 2 * pi}});
    const auto refused = [](const Inputs& inputs, const Options& options) {
        return error_of([&] { outline(find_analysis("fisher_information"), inputs, options); });
    };
    EXPECT_EQ(refused(circle, {{"period", 2 * pi}}), "");
    EXPECT_THAT(refused(circle, {}), HasSubstr("was measured with period: 6.28"));
    EXPECT_THAT(refused(circle, {{"period", 360.0}}), HasSubstr("but period is 360 here"));
    EXPECT_THAT(refused(measured_tuning(gaussian(), {}), {{"period", 360.0}}),
                HasSubstr("was measured with period: 0, but period is 360 here"));
}

// Everything that options and lengths decide is known before there are values.
TEST(Coding, PlansFindWhatOptionsDecide) {
    Population p = cosine();
    p.tuning.values.clear();
    Inputs inputs = p.inputs();
    const auto refused = [&](const char* analysis, const Options& options) {
        return error_of([&] { outline(find_analysis(analysis), inputs, options); });
    };
    const Options circle = {{"period", 2 * pi}};
    const auto with = [&](const Options& more) {
        Options all = circle;
        all.insert(more.begin(), more.end());
        return all;
    };
    for (const char* analysis : {"fisher_information", "population_responses"}) {
        EXPECT_EQ(refused(analysis, circle), "");
        EXPECT_THAT(refused(analysis, with({{"range", 0.5}})), HasSubstr("give correlation, too"));
        EXPECT_THAT(refused(analysis, {{"period", 3.0}}), HasSubstr("period is 3, but the stimuli"));
    }
    EXPECT_THAT(refused("population_responses", {{"at", -1.0}}), HasSubstr("at is -1, but the tuning is"));
    EXPECT_THAT(refused("population_responses", with({{"at", 1.0}, {"stimulus", std::string("uniform")}})),
                HasSubstr("at is for stimulus: one"));
    inputs.emplace("responses", Matrix{{}, 5, 64, "responses", "", {}, "trial"});
    EXPECT_EQ(refused("decode", circle), "");
    EXPECT_THAT(refused("decode", with({{"prior_mean", 1.0}})), HasSubstr("prior_mean is for method"));
    EXPECT_THAT(refused("decode", with({{"range", 1.0}})), HasSubstr("give correlation, too"));
    for (const char* noise : {"correlation", "differential"})
        EXPECT_THAT(refused("decode", with({{noise, 0.1}})), HasSubstr("likelihood: poisson is that of"));
    inputs = {{"responses", Matrix{{}, 5, 64, "responses", "", {}, "trial"}},
              {"stimulus", Vector{std::vector<double>(5), "s", ""}}};
    EXPECT_EQ(refused("tuning_curves", {{"bins", 5.0}}), "");
    EXPECT_THAT(refused("tuning_curves", {{"bins", 6.0}}), HasSubstr("bins is 6, but there are 5 trials"));
}

// A jitter that leaves the measured range would be answered by a polynomial beyond it.
TEST(Coding, JitterStaysInTheTuning) {
    const auto refused = [](const Population& p, Options options) {
        options["trials"] = 100.0;
        return error_of([&] { draw(p, options); });
    };
    EXPECT_THAT(refused(gaussian(), {{"at", 0.0}, {"differential", 1000.0}}),
                HasSubstr("the tuning is known from -50 to 50"));
    EXPECT_THAT(refused(gaussian(), {{"at", 50.0}, {"differential", 1e-6}}),
                HasSubstr("move the stimulus 50"));
    EXPECT_EQ(refused(gaussian(), {{"at", 0.0}, {"differential", 1.0}}), "");
    EXPECT_EQ(refused(gaussian(), {{"at", 50.0}}), "");
    const Matrix around = draw(cosine(), {{"trials", 2000.0}, {"period", 2 * pi}, {"differential", 100.0}});
    EXPECT_NEAR(mean_of(around, 0), 10.0, 0.6);  // a jitter of many turns is no tuning at all
}

// The density of a normal count at its own mean f, 1/sqrt(2 pi f), is above 1 below f = 1/(2 pi).
TEST(Coding, NormalCountsNeedMeans) {
    const auto error = [](double least) {
        const Population p = population(0, 1, 5, 0, 1, 2, [&](double, double) { return least; });
        Inputs inputs = p.inputs();
        inputs.emplace("responses", Matrix{{0, 1}, 1, 2, "responses", "", {}, "trial"});
        return error_of(
            [&] { run(find_analysis("decode"), inputs, {{"likelihood", std::string("gaussian")}}); });
    };
    EXPECT_THAT(error(1e-30), HasSubstr("normal counts need one of 1/(2 pi) or more"));
    EXPECT_THAT(error(0.159), HasSubstr("give it a baseline"));
    EXPECT_EQ(error(0.1592), "");
}

// Means of directions are taken around the circle: of 350 and 10 it is 0, which a neuron tells from 180, the
// mean of 170 and 190: 1 bit. On a line both are 180.
TEST(Coding, InformationOfDirections) {
    Series directions{{}, 400, 1, 0.5, 0.5, "direction", "", "node", {}, {}};
    Series counts{{}, 200, 1, 1.0, 1.0, "counts", "", "node", {}, {}};
    for (std::size_t k = 0; k < 200; ++k) {
        const double middle = k % 2 == 0 ? 0.0 : 180.0;
        for (const double d : {middle - 10, middle + 10}) directions.values.push_back(wrapped(d, 360));
        counts.values.push_back(k % 2 == 0 ? 1.0 : 4.0);
    }
    const auto information = [&](double period) {
        return run(find_analysis("mutual_information"), {{"responses", counts}, {"stimulus", directions}},
                   {{"period", period}, {"stimulus_bins", 4.0}, {"corrected", false}})
            .find("information")
            ->values[0];
    };
    EXPECT_NEAR(information(360), 1.0, 1e-12);
    EXPECT_NEAR(information(0), 0.0, 1e-12);
    // One turn more is the same direction.
    const Inputs turns = {{"responses", Matrix{{1, 1, 4, 4}, 4, 1, "responses", "", {}, "trial"}},
                          {"stimulus", Vector{{0, 360, 90, 450}, "s", ""}}};
    const Result r =
        run(find_analysis("mutual_information"), turns, {{"period", 360.0}, {"corrected", false}});
    EXPECT_NEAR(r.find("information")->values[0], 1.0, 1e-12);
}

// Responses cos + noise and sin + noise of a direction of few values: the coordinates have the variance 1/2
// each, and R^2 = (1/2)/(1/2 + q) of each gives log2(1 + 1/(2 q)) bits in all, wherever the circle begins.
TEST(Coding, NormalInformationOfDirections) {
    const std::size_t trials = 36000;
    const double q = 0.25;
    std::vector<double> z(2 * trials);
    const std::uint64_t seed = 15;
    fill_normal(z, 1, {{&seed, 1}, 1, 0});
    for (const double turned : {0.0, 137.0}) {
        Matrix responses{{}, trials, 2, "responses", "", {}, "trial"};
        Vector stimulus{{}, "direction", ""};
        for (std::size_t k = 0; k < trials; ++k) {
            const double d = 10 * static_cast<double>(k % 36);
            stimulus.values.push_back(wrapped(d + turned, 360));
            responses.values.push_back(std::cos(d * pi / 180) + std::sqrt(q) * z[2 * k]);
            responses.values.push_back(std::sin(d * pi / 180) + std::sqrt(q) * z[2 * k + 1]);
        }
        const Result r =
            run(find_analysis("mutual_information"), {{"responses", responses}, {"stimulus", stimulus}},
                {{"period", 360.0}, {"response_bins", 20.0}});
        EXPECT_NEAR(r.scalar("population"), std::log2(1 + 0.5 / q), 0.02);
        EXPECT_NEAR(r.find("normal")->values[0], 0.5 * std::log2(1 + 0.5 / q), 0.02);
    }
}

TEST(Coding, ExplainsWhatCannotBe) {
    const Population p = cosine();
    const auto refused = [&](const char* analysis, Inputs inputs, const Options& options) {
        return error_of([&] { run(find_analysis(analysis), inputs, options); });
    };
    Inputs inputs = p.inputs();
    EXPECT_THAT(refused("fisher_information", inputs, {{"period", 3.0}}),
                HasSubstr("period is 3, but the stimuli"));
    EXPECT_THAT(refused("population_responses", gaussian().inputs(), {{"at", 99.0}}),
                HasSubstr("the tuning is known from -50 to 50"));
    EXPECT_THAT(refused("population_responses", gaussian().inputs(), {{"window", 100.0}}),
                HasSubstr("above 700"));
    EXPECT_THAT(refused("population_responses", inputs, {{"trials", 2.5}}),
                HasSubstr("trials is 2.5; a whole number"));
    inputs.emplace("responses", draw(p, {{"trials", 5.0}, {"period", 2 * pi}}));
    EXPECT_THAT(refused("decode", inputs, {{"prior_sd", 1.0}}), HasSubstr("prior_sd is for"));
    EXPECT_THAT(refused("decode", inputs, {{"method", std::string("maximum_a_posteriori")}}),
                HasSubstr("needs prior_sd"));
    EXPECT_THAT(refused("decode", inputs, {{"period", 2 * pi}, {"correlation", 0.1}}),
                HasSubstr("likelihood: poisson is that of independent neurons"));
    inputs.insert_or_assign("truth", Vector{{1, 2}, "t", ""});
    EXPECT_THAT(refused("decode", inputs, {}), HasSubstr("truth 't' has 2 values, but there are 5 trials"));
    inputs.insert_or_assign("stimuli", Vector{{1, 2}, "few", ""});
    EXPECT_THAT(refused("decode", inputs, {}), HasSubstr("has 180 rows, but there are 2 stimuli"));
    Population negative = p;
    negative.tuning.values[3] = -1;
    EXPECT_THAT(refused("fisher_information", negative.inputs(), {}), HasSubstr("must not be negative"));
    negative = p;
    std::swap(negative.stimuli.values[3], negative.stimuli.values[4]);
    EXPECT_THAT(refused("fisher_information", negative.inputs(), {}), HasSubstr("they must ascend"));
    const Inputs constant = {{"responses", draw(p, {{"trials", 5.0}, {"period", 2 * pi}})},
                             {"stimulus", Vector{std::vector<double>(5, 1.0), "s", ""}}};
    EXPECT_THAT(refused("tuning_curves", constant, {{"bins", 5.0}}), HasSubstr("tuning needs several"));
    Inputs unknown = constant;
    std::get<Vector>(unknown.at("stimulus")).values[2] = std::nan("");
    EXPECT_THAT(refused("tuning_curves", unknown, {{"bins", 5.0}}),
                HasSubstr("stimulus 's' is nan in trial 2"));
    EXPECT_THAT(refused("kalman_decode", constant, {}), HasSubstr("are for learning"));
    Inputs continuous = {{"responses", square_matrix(50)},
                         {"stimulus", Vector{std::vector<double>(50), "s", ""}}};
    for (std::size_t k = 0; k < 50; ++k)
        std::get<Vector>(continuous.at("stimulus")).values[k] = static_cast<double>(k);
    EXPECT_THAT(refused("mutual_information", continuous, {}), HasSubstr("give stimulus_bins"));
    const Inputs two = {{"responses", sample_series()}, {"stimulus", sample_series(600, 2)}};
    EXPECT_THAT(refused("tuning_curves", two, {}), HasSubstr("record one (nodes: [0])"));
}

}  // namespace
}  // namespace neurodyn::analysis
