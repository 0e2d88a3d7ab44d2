// SPDX-License-Identifier: BSD-3-Clause
// Decoders by likelihood.
#include "analysis/decode.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"

namespace neurodyn::analysis {
namespace {

// Below it the density of a normal count at its mean is above 1, and grows without bound towards 0: stimuli
// to which neurons are silent would draw estimates.
constexpr double least_normal_mean = 0.5 / std::numbers::pi;

}  // namespace

Likelihood::Likelihood(const Tuning& tuning, const NoiseModel& noise, bool poisson,
                       const StimulusPrior& prior)
    : tuning_(tuning), noise_(noise) {
    for (std::size_t row = 0; row < tuning.stimuli.size(); ++row) {
        const double z =
            prior.sd > 0.0 ? way(prior.mean, tuning.stimuli[row], tuning.period) / prior.sd : 0.0;
        prior_.push_back(-0.5 * z * z);
        if (poisson) {
            double sum = 0.0;
            for (std::size_t i = 0; i < tuning.neurons; ++i) {
                sum += tuning.at(row, i);
                logarithms_.push_back(std::log(tuning.at(row, i)));
            }
            sums_.push_back(sum);
            continue;
        }
        const TuningAt at = tuning_at(tuning, tuning.stimuli[row]);
        if (!(at.means.minCoeff() >= least_normal_mean))
            throw DataError(fmt::format("a neuron has a mean of {} at the stimulus {}; normal counts need "
                                        "one of 1/(2 pi) or more: give it a baseline, or take likelihood: "
                                        "poisson",
                                        at.means.minCoeff(), tuning.stimuli[row]),
                            "tuning");
        Normal normal{at.means, at.means.cwiseSqrt().cwiseInverse(), {}};
        normal.slope = at.slopes.cwiseProduct(normal.scale);
        if (noise.correlations) normal.slope = noise.correlations->matrixL().solve(normal.slope);
        const double information = normal.slope.squaredNorm();
        normal.saturation = noise.epsilon / (1.0 + noise.epsilon * information);
        normal.log_determinant = at.means.array().log().sum() + std::log1p(noise.epsilon * information);
        normals_.push_back(std::move(normal));
    }
}

double Likelihood::poisson_at(std::size_t row, const double* counts) const {
    double sum = -sums_[row];
    const double* logarithms = logarithms_.data() + row * tuning_.neurons;
    for (std::size_t i = 0; i < tuning_.neurons; ++i)
        if (counts[i] != 0.0) sum += counts[i] * logarithms[i];
    return sum;
}

double Likelihood::normal_at(const Normal& normal, const double* counts) const {
    const Eigen::Map<const Eigen::VectorXd> n(counts, static_cast<Eigen::Index>(tuning_.neurons));
    Eigen::VectorXd r = (n - normal.mean).cwiseProduct(normal.scale);
    if (noise_.correlations) r = noise_.correlations->matrixL().solve(r);
    const double along = normal.slope.dot(r);
    return -0.5 * (r.squaredNorm() - normal.saturation * along * along + normal.log_determinant);
}

double Likelihood::at(std::size_t row, const double* counts) const {
    return prior_[row] + (normals_.empty() ? poisson_at(row, counts) : normal_at(normals_[row], counts));
}

std::vector<double> most_likely(const Trials& trials, const Tuning& tuning, const Likelihood& likelihood) {
    std::vector<double> estimates(trials.count);
    const std::size_t rows = tuning.stimuli.size();
    parallel_for(trials.count, [&](std::size_t k) {
        std::vector<double> values(rows);
        std::size_t best = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            values[row] = likelihood.at(row, trials.counts.data() + k * trials.neurons);
            if (values[row] > values[best]) best = row;
        }
        const bool possible = values[best] > -std::numeric_limits<double>::infinity();
        estimates[k] = possible ? peak_near(tuning, best, [&](std::size_t row) { return values[row]; })
                                : std::numeric_limits<double>::quiet_NaN();
    });
    return estimates;
}

namespace {

void plan_prior(const Arguments& a) {
    const bool prior = a.number("prior_sd") > 0.0;
    if (prior != (a.word("method") == "maximum_a_posteriori"))
        throw OptionError(
            prior ? "prior_sd is for method: maximum_a_posteriori"
                  : "method maximum_a_posteriori needs prior_sd, the standard deviation of the prior",
            "prior_sd");
    if (!prior && a.number("prior_mean") != 0.0)
        throw OptionError("prior_mean is for method: maximum_a_posteriori", "prior_mean");
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const Trials trials = plan_trials(a);
    plan_tuning(a);
    const Matrix& tuning = a.matrix("tuning");
    if (tuning.columns != trials.neurons)
        throw ShapeError(fmt::format("tuning '{}' has {} neurons, but the responses have {}", tuning.name,
                                     tuning.columns, trials.neurons),
                         tuning.name, "responses");
    plan_noise(a);
    if (a.word("likelihood") == "poisson" &&
        (a.number("correlation") > 0.0 || a.number("differential") > 0.0))
        throw OptionError(
            "likelihood: poisson is that of independent neurons; take likelihood: gaussian with correlations",
            "likelihood");
    plan_prior(a);
    if (a.has("truth")) plan_stimulus(a, "truth", trials);
    return {trials.dimension};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Trials trials = read_trials(a);
    const Tuning tuning = read_tuning(a);
    const NoiseModel noise = noise_model(a, tuning);
    const bool poisson = a.word("likelihood") == "poisson";
    const Likelihood likelihood(tuning, noise, poisson, {a.number("prior_mean"), a.number("prior_sd")});
    const std::vector<double> estimates = most_likely(trials, tuning, likelihood);
    Result result;
    result.add_vector("estimate", "the stimulus", trials.dimension, estimates);
    if (a.has("truth"))
        add_errors(result, trials, estimates, stimulus_of(a, "truth", trials, tuning.period), tuning.period);
    return result;
}

}  // namespace

Analysis rows::decode() {
    std::vector<OptionSpec> options = trial_options();
    options.push_back(period_option());
    options.push_back({"method",
                       "",
                       std::string("maximum_likelihood"),
                       "largest likelihood, or largest probability with a normal prior",
                       {"maximum_likelihood", "maximum_a_posteriori"}});
    options.push_back(
        {"likelihood",
         "",
         std::string("poisson"),
         "of independent Poisson counts, or of normal ones (means of 1/(2 pi) or more) with the noise below",
         {"poisson", "gaussian"}});
    options.push_back({"prior_mean", "", 0.0, "of the prior"});
    options.push_back({"prior_sd", "", 0.0, "its standard deviation", {}, not_negative});
    for (OptionSpec& option : noise_options()) options.push_back(std::move(option));
    return {"decode",
            "The stimulus by maximum likelihood or maximum a posteriori from the responses of a population",
            with_tuning({{"responses",
                          {InputKind::matrix, InputKind::series, InputKind::events},
                          true,
                          "of the neurons, trial by trial"},
                         truth_input()}),
            options,
            with_errors({{"estimate", "the stimulus; NaN where the counts are impossible", {"trial"}}}),
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
