// SPDX-License-Identifier: BSD-3-Clause
// Bordered matrices: their last entries vanish where the matrix is singular, and have short derivatives.
#include "dynamics/bifurcation_curve.hpp"

#include <algorithm>
#include <cmath>

#include "dynamics/multilinear.hpp"

namespace neurodyn::dynamics {
namespace {

constexpr double frequency_weight = 0.1;

}  // namespace

BifurcationCurve::BifurcationCurve(const VectorField& field, Bifurcation kind, const Range& first,
                                   const Range& second, const Eigen::VectorXd& width,
                                   const Eigen::VectorXd& start, double frequency_squared)
    : kind_(kind),
      n_(field.dimension()),
      equations_(with_derivative_along(field)),
      width_(width),
      weights_(n_ + (is_hopf() ? 3 : 2)),
      start_(weights_.size()) {
    start_.head(n_ + 2) = start;
    if (is_hopf()) start_[frequency()] = frequency_squared;
    const Eigen::MatrixXd jacobian = states_jacobian(start_);
    rate_ = scaled(jacobian).norm() / std::sqrt(static_cast<double>(n_));
    weights_.head(n_) = width.cwiseAbs2().cwiseInverse();
    weights_[n_] = 1.0 / ((first.high - first.low) * (first.high - first.low));
    weights_[n_ + 1] = 1.0 / ((second.high - second.low) * (second.high - second.low));
    if (is_hopf()) {
        const double size = std::max(std::abs(frequency_squared), 1e-3 * rate_ * rate_);
        weights_[frequency()] = frequency_weight * frequency_weight / (size * size);
    }
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(singular(start_, jacobian),
                                                Eigen::ComputeFullU | Eigen::ComputeFullV);
    left_border_ = svd.matrixU().rightCols(is_hopf() ? 2 : 1);
    right_border_ = svd.matrixV().rightCols(is_hopf() ? 2 : 1);
}

Eigen::MatrixXd BifurcationCurve::scaled(const Eigen::MatrixXd& jacobian) const {
    return width_.cwiseInverse().asDiagonal() * jacobian * width_.asDiagonal();
}

Eigen::MatrixXd BifurcationCurve::singular(const Eigen::VectorXd& u, const Eigen::MatrixXd& jacobian) const {
    const Eigen::MatrixXd j = scaled(jacobian) / rate_;
    if (!is_hopf()) return j;
    return j * j + u[frequency()] / (rate_ * rate_) * Eigen::MatrixXd::Identity(n_, n_);
}

// The field at u, linearised, with one direction (in widths of the box) after another.
std::vector<Linearised> BifurcationCurve::along(const Eigen::VectorXd& u, const Eigen::MatrixXd& directions) {
    Eigen::MatrixXd at(2 * n_ + 2, directions.cols());
    at.topRows(n_ + 2).colwise() = u.head(n_ + 2);
    at.bottomRows(n_) = width_.asDiagonal() * directions;
    return equations_.at(at);
}

Eigen::MatrixXd BifurcationCurve::states_jacobian(const Eigen::VectorXd& u) {
    return along(u, Eigen::MatrixXd::Zero(n_, 1)).front().jacobian.topLeftCorner(n_, n_);
}

std::optional<BifurcationCurve::Bordered> BifurcationCurve::bordered(const Eigen::VectorXd& u) {
    const Linearised here = along(u, Eigen::MatrixXd::Zero(n_, 1)).front();
    if (!here.value.allFinite() || !here.jacobian.allFinite()) return std::nullopt;
    Bordered made;
    made.f = here.value.head(n_);
    made.f_slopes = here.jacobian.topLeftCorner(n_, n_ + 2);
    made.jacobian = made.f_slopes.leftCols(n_);
    const Eigen::Index k = right_border_.cols();
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n_ + k, n_ + k);
    m.topLeftCorner(n_, n_) = singular(u, made.jacobian);
    m.topRightCorner(n_, k) = left_border_;
    m.bottomLeftCorner(k, n_) = right_border_.transpose();
    Eigen::MatrixXd unit = Eigen::MatrixXd::Zero(n_ + k, k);
    unit.bottomRows(k).setIdentity();
    const Eigen::PartialPivLU<Eigen::MatrixXd> lu(m);
    const Eigen::MatrixXd right = lu.solve(unit), left = lu.transpose().solve(unit);
    if (!right.allFinite() || !left.allFinite()) return std::nullopt;
    made.right = right.topRows(n_);
    made.left = left.topRows(n_);
    made.rest = right.bottomRows(k);
    return made;
}

// dG = -W^T dN V, one row for each entry of G: with dN V = dJ V, or dJ (J V) + J (dJ V) + d(frequency^2) V.
Eigen::MatrixXd BifurcationCurve::slopes(const Eigen::VectorXd& u, const Bordered& at) {
    const Eigen::Index k = right_border_.cols();
    const Eigen::MatrixXd j = scaled(at.jacobian) / rate_;
    Eigen::MatrixXd directions(n_, is_hopf() ? 2 * k : k);
    directions.leftCols(k) = at.right;
    if (is_hopf()) directions.rightCols(k) = j * at.right;
    const std::vector<Linearised> derivatives = along(u, directions);
    const auto turned = [&](Eigen::Index column) -> Eigen::MatrixXd {
        return (width_ * rate_).cwiseInverse().asDiagonal() *
               derivatives[static_cast<std::size_t>(column)].jacobian.bottomLeftCorner(n_, n_ + 2);
    };
    Eigen::MatrixXd rows(k * k, u.size());
    for (Eigen::Index column = 0; column < k; ++column) {
        Eigen::MatrixXd change(n_, u.size());
        if (is_hopf())
            change << turned(k + column) + j * turned(column), at.right.col(column) / (rate_ * rate_);
        else
            change = turned(column);
        rows.middleRows(column * k, k) = -at.left.transpose() * change;
    }
    return rows;
}

std::optional<Eigen::VectorXd> BifurcationCurve::solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row,
                                                       bool residual, double along_row) {
    const auto here = bordered(u);
    if (!here) return std::nullopt;
    const Eigen::MatrixXd conditions = slopes(u, *here);
    if (!conditions.allFinite()) return std::nullopt;
    const Eigen::Index k = conditions.rows();
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n_ + k + 1, u.size());
    m.topLeftCorner(n_, n_ + 2) = here->f_slopes;
    m.middleRows(n_, k) = conditions;
    m.row(n_ + k) = row.transpose();
    Eigen::VectorXd right = Eigen::VectorXd::Zero(m.rows());
    if (residual) {
        right.head(n_) = -here->f;
        right.segment(n_, k) = -here->rest.reshaped();
    }
    right[n_ + k] = along_row;
    const Eigen::VectorXd columns = weights_.cwiseSqrt().cwiseInverse();
    m = m * columns.asDiagonal();
    Eigen::VectorXd size = m.rowwise().norm();
    size.segment(n_, k).setConstant(size.segment(n_, k).maxCoeff());  // two of the four may say nothing
    size = size.cwiseMax(1e-300);
    m = size.cwiseInverse().asDiagonal() * m;
    // Of Hopf points there are two conditions more than are needed, which agree.
    const Eigen::VectorXd d = m.colPivHouseholderQr().solve(right.cwiseQuotient(size));
    if (!d.allFinite()) return std::nullopt;
    return columns.cwiseProduct(d);
}

void BifurcationCurve::adapt(Eigen::VectorXd& u, Eigen::VectorXd&) {
    const auto here = bordered(u);
    if (!here) return;
    const auto orthonormal = [](const Eigen::MatrixXd& m) -> Eigen::MatrixXd {
        return Eigen::HouseholderQR<Eigen::MatrixXd>(m).householderQ() *
               Eigen::MatrixXd::Identity(m.rows(), m.cols());
    };
    right_border_ = orthonormal(here->right);
    left_border_ = orthonormal(here->left);
}

BifurcationCurve::NullVectors BifurcationCurve::null_vectors(const Eigen::VectorXd& u) {
    const auto here = bordered(u);
    if (!here) return {Eigen::VectorXd::Zero(n_), Eigen::VectorXd::Zero(n_)};
    return {here->right.col(0).normalized(), here->left.col(0).normalized()};
}

std::optional<CurvePoint> BifurcationCurve::start() {
    const auto here = bordered(start_);
    if (!here) return std::nullopt;
    const Eigen::VectorXd columns = weights_.cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd conditions = slopes(start_, *here) * columns.asDiagonal();
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n_ + conditions.rows(), start_.size());
    m.leftCols(n_ + 2).topRows(n_) = here->f_slopes * columns.head(n_ + 2).asDiagonal();
    m.topRows(n_).rowwise().normalize();
    m.bottomRows(conditions.rows()) = conditions / conditions.rowwise().norm().maxCoeff();
    if (!m.allFinite()) return std::nullopt;
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(m, Eigen::ComputeFullV);
    const Eigen::VectorXd d = columns.cwiseProduct(svd.matrixV().col(start_.size() - 1));
    return CurvePoint{start_, d / length(*this, d)};
}

}  // namespace neurodyn::dynamics
