// SPDX-License-Identifier: BSD-3-Clause
// Moran's eigenvectors and random signs of them.
#include "analysis/moran.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::uint16_t sign_stream = 3;

Eigen::MatrixXd inverse_distances(const Matrix& d) {
    require_square(d);
    require_finite(d);
    if (d.rows < 4)
        throw DataError(
            fmt::format("distances '{}' are of {} regions; spatial surrogates need 4", d.name, d.rows),
            d.name);
    const auto n = static_cast<Eigen::Index>(d.rows);
    Eigen::MatrixXd w = Eigen::MatrixXd::Zero(n, n);
    for (std::size_t i = 0; i < d.rows; ++i)
        for (std::size_t j = 0; j < d.rows; ++j) {
            if (d(i, j) < 0 || std::abs(d(i, j) - d(j, i)) > 1e-9 * std::abs(d(i, j)))
                throw DataError(
                    fmt::format("distances '{}': the value of row {}, column {} is {}, that of row "
                                "{}, column {} is {}; distances are symmetric and not negative",
                                d.name, i, j, d(i, j), j, i, d(j, i)),
                    d.name);
            if (i != j && d(i, j) > 0)
                w(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = 2 / (d(i, j) + d(j, i));
        }
    for (Eigen::Index i = 0; i < n; ++i)
        if (!(w.row(i).sum() > 0))
            throw DataError(
                fmt::format("distances '{}': region {} has no distance to any other above 0", d.name, i),
                d.name);
    return w;
}

// Columns that with the constant make an orthonormal basis (Helmert).
Eigen::MatrixXd contrasts(Eigen::Index n) {
    Eigen::MatrixXd b = Eigen::MatrixXd::Zero(n, n - 1);
    for (Eigen::Index k = 0; k + 1 < n; ++k) {
        const double m = static_cast<double>(k + 1), size = std::sqrt(m * (m + 1));
        b.col(k).head(k + 1).setConstant(1 / size);
        b(k + 1, k) = -m / size;
    }
    return b;
}

}  // namespace

MoranBasis::MoranBasis(const Matrix& distances) : weights_(inverse_distances(distances)) {
    const Eigen::MatrixXd b = contrasts(weights_.rows());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(b.transpose() * weights_ * b);
    vectors_ = (b * solver.eigenvectors()).rowwise().reverse();
    values_ = solver.eigenvalues().reverse();
}

double MoranBasis::index(const Eigen::VectorXd& map) const {
    const Eigen::VectorXd y = map.array() - map.mean();
    return static_cast<double>(y.size()) * y.dot(weights_ * y) / (weights_.sum() * y.squaredNorm());
}

Eigen::VectorXd MoranBasis::signs(std::uint64_t seed, std::uint64_t number) const {
    Eigen::VectorXd s(vectors_.cols());
    for (Eigen::Index k = 0; k < s.size(); ++k)
        s[k] = uniform_at(seed, sign_stream, number, static_cast<std::uint64_t>(k)) < 0.5 ? -1.0 : 1.0;
    return s;
}

Eigen::VectorXd MoranBasis::surrogate(const Eigen::VectorXd& map, const Eigen::VectorXd& signs) const {
    const double mean = map.mean();
    const Eigen::VectorXd amplitude = vectors_.transpose() * (map.array() - mean).matrix();
    return (vectors_ * signs.cwiseProduct(amplitude)).array() + mean;
}

Eigen::MatrixXd MoranBasis::surrogate(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& signs) const {
    const auto n = vectors_.rows();
    const Eigen::MatrixXd turn =
        vectors_ * signs.asDiagonal() * vectors_.transpose() +
        Eigen::MatrixXd::Constant(n, n, 1 / static_cast<double>(n));  // the mean over regions stays
    return turn * covariance * turn.transpose();
}

Standing standing(double found, const std::vector<double>& surrogates) {
    double small = 1, large = 1, sum = 0, squares = 0;
    for (const double s : surrogates) {
        small += s <= found, large += s >= found;
        sum += s, squares += s * s;
    }
    const double n = static_cast<double>(surrogates.size()), mean = sum / n;
    const double variance = (squares / n - mean * mean) * n / (n - 1);
    return {std::min(1.0, 2 * std::min(small, large) / (n + 1)),
            variance > 0 ? (found - mean) / std::sqrt(variance) : std::numeric_limits<double>::quiet_NaN()};
}

}  // namespace neurodyn::analysis
