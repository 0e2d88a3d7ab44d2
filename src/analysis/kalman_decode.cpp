// SPDX-License-Identifier: BSD-3-Clause
// The Kalman filter as a decoder.
#include "analysis/kalman_decode.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/coding.hpp"
#include "analysis/comparison.hpp"
#include "analysis/errors.hpp"

namespace neurodyn::analysis {

using Eigen::MatrixXd;
using Eigen::VectorXd;

Filtered kalman_filter(const LinearGaussian& model, const MatrixXd& observations, const VectorXd& mean,
                       const MatrixXd& covariance) {
    const Eigen::LLT<MatrixXd> q(model.q);
    if (q.info() != Eigen::Success)
        throw DataError(
            "the noise of the responses has no positive definite covariance: record longer, or leave out "
            "neurons without responses",
            "responses");
    const MatrixXd weights = q.solve(model.h);  // Q^-1 H
    const MatrixXd gained =
        model.h.transpose() * weights;  // what one observation adds to the inverse covariance
    const MatrixXd identity = MatrixXd::Identity(model.a.rows(), model.a.cols());
    Filtered f{MatrixXd(observations.rows(), model.a.rows()), covariance};
    VectorXd x = mean;
    for (Eigen::Index t = 0; t < observations.rows(); ++t) {
        x = model.a * x;
        const MatrixXd predicted = model.a * f.covariance * model.a.transpose() + model.w;
        // (P^-1 + H^T Q^-1 H)^-1 = (1 + P H^T Q^-1 H)^-1 P, which serves a singular P, too.
        f.covariance = (identity + predicted * gained).partialPivLu().solve(predicted);
        x += f.covariance * (weights.transpose() * (observations.row(t).transpose() - model.h * x));
        f.means.row(t) = x;
    }
    return f;
}

LinearGaussian fit_linear_gaussian(const MatrixXd& x, const MatrixXd& y) {
    const Eigen::Index n = x.rows();
    const MatrixXd before = x.topRows(n - 1), after = x.bottomRows(n - 1);
    LinearGaussian model;
    model.a = before.colPivHouseholderQr().solve(after).transpose();
    const MatrixXd moved = after - before * model.a.transpose();
    model.w = moved.transpose() * moved / static_cast<double>(n - 1);
    model.h = x.colPivHouseholderQr().solve(y).transpose();
    const MatrixXd rest = y - x * model.h.transpose();
    model.q = rest.transpose() * rest / static_cast<double>(n);
    return model;
}

namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::size_t number_to_learn(const Arguments& a, const Trials& trials) {
    return static_cast<std::size_t>(std::floor(a.number("learn") * static_cast<double>(trials.count)));
}

Trials decoded_part(const Trials& trials, std::size_t learn) {
    Trials part = trials;
    part.count -= learn;
    part.dimension.size = part.count;
    if (!part.dimension.values.empty())
        part.dimension.values.erase(part.dimension.values.begin(),
                                    part.dimension.values.begin() + static_cast<std::ptrdiff_t>(learn));
    return part;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const Trials trials = plan_trials(a);
    plan_stimulus(a, "stimulus", trials);
    const std::size_t learn = number_to_learn(a, trials);
    if (learn < trials.neurons + 2 || trials.count - learn < 2)
        throw OptionError(fmt::format("{} of {} trials are for learning; it needs more than the {} neurons + "
                                      "1, and 2 must be left to decode",
                                      learn, trials.count, trials.neurons),
                          "learn");
    return {decoded_part(trials, learn).dimension};
}

// Neurons without variation tell nothing, and would make the covariance singular.
MatrixXd varying(const MatrixXd& y, Eigen::Index learn) {
    std::vector<Eigen::Index> kept;
    for (Eigen::Index i = 0; i < y.cols(); ++i)
        if ((y.col(i).head(learn).array() != y(0, i)).any()) kept.push_back(i);
    if (kept.empty()) throw DataError("no neuron's response varies in the part to learn from", "responses");
    return y(Eigen::all, kept);
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Trials trials = read_trials(a);
    const std::vector<double> stimulus = stimulus_of(a, "stimulus", trials, 0.0);
    const auto learn = static_cast<Eigen::Index>(number_to_learn(a, trials));
    const auto count = static_cast<Eigen::Index>(trials.count);
    MatrixXd y = varying(
        Eigen::Map<const RowMajor>(trials.counts.data(), count, static_cast<Eigen::Index>(trials.neurons)),
        learn);
    MatrixXd x = Eigen::Map<const VectorXd>(stimulus.data(), count);
    const double middle = x.topRows(learn).mean();
    const Eigen::RowVectorXd level = y.topRows(learn).colwise().mean();
    x.array() -= middle;
    y.rowwise() -= level;
    const LinearGaussian model = fit_linear_gaussian(x.topRows(learn), y.topRows(learn));
    const MatrixXd prior = x.topRows(learn).transpose() * x.topRows(learn) / static_cast<double>(learn);
    const Filtered f = kalman_filter(model, y.bottomRows(count - learn), VectorXd::Zero(1), prior);
    std::vector<double> estimates, truth(stimulus.begin() + learn, stimulus.end());
    for (const double e : f.means.col(0)) estimates.push_back(e + middle);
    const Trials part = decoded_part(trials, static_cast<std::size_t>(learn));
    Result result;
    result.add_vector("estimate", "the stimulus", part.dimension, estimates);
    result.add_scalar("persistence", "of the stimulus from trial to trial, as learnt", model.a(0, 0));
    result.add_scalar("uncertainty", "standard deviation of the last estimate, as the filter sees it",
                      std::sqrt(f.covariance(0, 0)));
    result.add_scalar("correlation", "of estimate and stimulus",
                      pearson(estimates, truth, "estimate", "stimulus"));
    add_errors(result, part, estimates, truth, 0.0);
    return result;
}

}  // namespace

Analysis rows::kalman_decode() {
    std::vector<OptionSpec> options = trial_options();
    options.push_back(
        {"learn",
         "",
         0.5,
         "part of the trials, the first ones, from which the filter is learnt; the others are decoded",
         {},
         {0.0, 1.0, false, false}});
    return {"kalman_decode",
            "A stimulus that moves, by a Kalman filter that is learnt from the first trials",
            {{"responses",
              {InputKind::series, InputKind::events, InputKind::matrix},
              true,
              "of the neurons, one after the other"},
             {"stimulus", {InputKind::series, InputKind::vector}, true, "what they respond to"}},
            options,
            {{"estimate", "the stimulus", {"trial"}},
             {"persistence", "of the stimulus from trial to trial, as learnt"},
             {"uncertainty", "standard deviation of the last estimate, as the filter sees it"},
             {"correlation", "of estimate and stimulus"},
             {"error", "estimate minus stimulus", {"trial"}},
             {"bias", "mean error"},
             {"variance", "of the errors, divisor trials - 1"},
             {"rmse", "root of the mean squared error"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
