// SPDX-License-Identifier: BSD-3-Clause
// Inverse covariances.
#include "analysis/partial_correlation.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/linear_network_fc.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Means, and the factors that standardise.
struct Scaling {
    std::vector<double> mean, factor;
};

Scaling scaling_of(const SeriesView& s, const Matrix& covariance, bool standardise) {
    Scaling scaling{std::vector<double>(s.channels), std::vector<double>(s.channels, 1.0)};
    for (std::size_t c = 0; c < s.channels; ++c) {
        double sum = 0;
        for (std::size_t t = 0; t < s.samples; ++t) sum += s.at(t, c) - s.at(0, c);
        scaling.mean[c] = s.at(0, c) + sum / static_cast<double>(s.samples);
        if (standardise) scaling.factor[c] = 1 / std::sqrt(covariance(c, c));
    }
    return scaling;
}

// How far the sample covariance is from the mean variance, and how much of it is sampling error.
double ledoit_wolf_part(const SeriesView& s, const Matrix& covariance, const Scaling& scaling) {
    const double n = static_cast<double>(s.samples), p = static_cast<double>(s.channels);
    double trace = 0, squares = 0, fourth = 0;
    for (std::size_t i = 0; i < s.channels; ++i) trace += covariance(i, i);
    for (const double v : covariance.values) squares += v * v;
    for (std::size_t t = 0; t < s.samples; ++t) {
        double length = 0;
        for (std::size_t c = 0; c < s.channels; ++c) {
            const double x = (s.at(t, c) - scaling.mean[c]) * scaling.factor[c];
            length += x * x;
        }
        fourth += length * length / n;
    }
    const double distance = squares / p - (trace / p) * (trace / p);
    const double error = (fourth - squares) / (n * p);
    return distance > 0 ? std::clamp(error / distance, 0.0, 1.0) : 0;
}

Matrix inverse_of(const Matrix& covariance, const SeriesView& s) {
    const auto n = static_cast<Eigen::Index>(covariance.rows);
    const Eigen::Map<const RowMajor> view(covariance.values.data(), n, n);
    // Of the correlation, whose eigenvalues tell what can be inverted.
    const Eigen::VectorXd scale = view.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scale.asDiagonal() * view *
                                                                scale.asDiagonal());
    const Eigen::VectorXd& sizes = solver.eigenvalues();
    if (solver.info() != Eigen::Success || !(sizes[0] > 1e-12 * sizes[n - 1]))
        throw DataError(
            fmt::format("series '{}': the covariance of {} channels and {} samples has no inverse; take "
                        "shrinkage: ledoit_wolf, or record longer",
                        s.name, s.channels, s.samples),
            s.name);
    Matrix inverse = covariance;
    Eigen::Map<RowMajor>(inverse.values.data(), n, n) =
        scale.asDiagonal() * solver.eigenvectors() * sizes.cwiseInverse().asDiagonal() *
        solver.eigenvectors().transpose() * scale.asDiagonal();
    return inverse;
}

}  // namespace

PartialCorrelation partial_correlation(const SeriesView& s, bool shrink, bool standardise) {
    require_samples(s, 3, "a partial correlation");
    functional_connectivity(s);  // names a constant channel
    PartialCorrelation out;
    Matrix c = covariance(s);
    const double n = static_cast<double>(s.samples);
    for (double& v : c.values) v *= (n - 1) / n;
    const Scaling scaling = scaling_of(s, c, standardise);
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.rows; ++j) c(i, j) *= scaling.factor[i] * scaling.factor[j];
    if (standardise) c.unit.clear();
    if (shrink) {
        out.shrinkage = ledoit_wolf_part(s, c, scaling);
        double mean = 0;
        for (std::size_t i = 0; i < c.rows; ++i) mean += c(i, i) / static_cast<double>(c.rows);
        for (double& v : c.values) v *= 1 - out.shrinkage;
        for (std::size_t i = 0; i < c.rows; ++i) c(i, i) += out.shrinkage * mean;
    }
    const Matrix inverse = inverse_of(c, s);
    out.partial = inverse;
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.rows; ++j)
            out.partial(i, j) =
                i == j ? 1 : -inverse(i, j) / std::sqrt(inverse(i, i)) / std::sqrt(inverse(j, j));
    out.partial.unit.clear();
    out.correlation = correlation_of(c);
    out.covariance = std::move(c);
    return out;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    require_samples(without_start(a.series("series"), a.number("discard")), 3, "a partial correlation");
    return {};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const PartialCorrelation p =
        partial_correlation(without_start(series, a.number("discard")), a.word("shrinkage") == "ledoit_wolf",
                            a.word("channels") == "standardised");
    Result result;
    result.add_matrix("partial", "correlation that all others do not explain", p.partial);
    result.add_matrix("correlation", "of the covariance used", p.correlation);
    Matrix covariance = p.covariance;
    covariance.unit.clear();
    result.add_matrix("covariance", "the covariance used", covariance);
    result.add_scalar("shrinkage", "part of the mean variance in it", p.shrinkage);
    return result;
}

}  // namespace

Analysis rows::partial_correlation() {
    return {"partial_correlation",
            "Correlation of two channels given all others, of a covariance that may be regularised",
            {{"series", {InputKind::series}, true, "what was recorded, e.g. a BOLD signal"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"shrinkage", "", std::string("none"), "none, or by Ledoit and Wolf", {"none", "ledoit_wolf"}},
             {"channels",
              "",
              std::string("standardised"),
              "in units of their deviations, or as they are",
              {"standardised", "raw"}}},
            {{"partial", "diagonal 1", {"channel", "other_channel"}},
             {"correlation", "of the covariance used", {"channel", "other_channel"}},
             {"covariance",
              "divisor samples; of standardised channels, or in the square of the unit",
              {"channel", "other_channel"}},
             {"shrinkage", "0 to 1"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
