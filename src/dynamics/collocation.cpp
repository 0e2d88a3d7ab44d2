// SPDX-License-Identifier: BSD-3-Clause
// Gauss collocation; per interval the inner points are eliminated, then the intervals one by one with
// orthogonal transformations, which keep large and small multipliers apart (Wright 1992,
// doi:10.1137/0913007).
#include "dynamics/collocation.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace neurodyn::dynamics {
namespace {

/// Gauss's points and weights on [0, 1] from the eigenvalues of Jacobi's matrix (Golub & Welsch 1969).
void gauss_rule(int count, Eigen::VectorXd& points, Eigen::VectorXd& weights) {
    Eigen::MatrixXd jacobi = Eigen::MatrixXd::Zero(count, count);
    for (int k = 1; k < count; ++k) jacobi(k, k - 1) = jacobi(k - 1, k) = k / std::sqrt(4.0 * k * k - 1.0);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(jacobi);
    points = 0.5 * (solver.eigenvalues().array() + 1.0);
    weights = solver.eigenvectors().row(0).transpose().cwiseAbs2();
}

/// Lagrange's polynomials over even points 0, 1/m, ..., 1 and their slopes at x.
void lagrange(int degree, double x, Eigen::Ref<Eigen::RowVectorXd> value,
              Eigen::Ref<Eigen::RowVectorXd> slope) {
    const auto point = [&](int k) { return static_cast<double>(k) / degree; };
    for (int j = 0; j <= degree; ++j) {
        double product = 1.0, sum = 0.0;
        for (int k = 0; k <= degree; ++k) {
            if (k == j) continue;
            product *= (x - point(k)) / (point(j) - point(k));
            double term = 1.0 / (point(j) - point(k));
            for (int l = 0; l <= degree; ++l)
                if (l != j && l != k) term *= (x - point(l)) / (point(j) - point(l));
            sum += term;
        }
        value[j] = product;
        slope[j] = sum;
    }
}

}  // namespace

/// Unknowns of an interval are its first point X and the rest Y: A X + B Y + C (T, p) = r.
struct CycleCurve::Interval {
    Eigen::MatrixXd a, b, c;
    Eigen::VectorXd r;
    /// Y = y0 + yx X + yl (T, p)
    Eigen::VectorXd y0;
    Eigen::MatrixXd yx, yl;
};

CycleCurve::CycleCurve(const VectorField& field, const Range& range, const Box& box, CycleMesh mesh)
    : n_(field.dimension()),
      equations_(field.equations()),
      mesh_(std::move(mesh)),
      width_(box.high - box.low),
      range_(range.high - range.low) {
    const int m = mesh_.degree;
    gauss_rule(m, gauss_, gauss_weight_);
    basis_.resize(m, m + 1);
    slope_basis_.resize(m, m + 1);
    for (int c = 0; c < m; ++c) {
        Eigen::RowVectorXd value(m + 1), slope(m + 1);
        lagrange(m, gauss_[c], value, slope);
        basis_.row(c) = value;
        slope_basis_.row(c) = slope;
    }
    make_weights();
}

void CycleCurve::make_weights() {
    const auto points = static_cast<Eigen::Index>(mesh_.points());
    weights_.resize(points * n_ + 2);
    for (Eigen::Index k = 0; k < points; ++k) {
        const std::size_t i = static_cast<std::size_t>(k / mesh_.degree);
        const double part = (mesh_.at[i + 1] - mesh_.at[i]) / mesh_.degree;
        weights_.segment(k * n_, n_) = part * width_.cwiseAbs2().cwiseInverse();
    }
    weights_[points * n_] = 0.01 / (period_scale_ * period_scale_);
    weights_[points * n_ + 1] = 1.0 / (range_ * range_);
}

void CycleCurve::set_period_scale(double period_s) {
    period_scale_ = period_s;
    make_weights();
}

Eigen::VectorXd CycleCurve::state(const Eigen::VectorXd& u, std::size_t point) const {
    return u.segment(static_cast<Eigen::Index>(point % mesh_.points()) * n_, n_);
}

Eigen::MatrixXd CycleCurve::nodes_of(const Eigen::VectorXd& u, std::size_t interval) const {
    Eigen::MatrixXd nodes(n_, mesh_.degree + 1);
    for (int j = 0; j <= mesh_.degree; ++j)
        nodes.col(j) =
            state(u, interval * static_cast<std::size_t>(mesh_.degree) + static_cast<std::size_t>(j));
    return nodes;
}

std::vector<CycleCurve::Interval> CycleCurve::linearise(const Eigen::VectorXd& u) {
    const int m = mesh_.degree;
    const double period_s = period(u);
    Eigen::MatrixXd at(n_ + 1, static_cast<Eigen::Index>(mesh_.points()));
    for (std::size_t i = 0; i < mesh_.intervals(); ++i)
        at.block(0, static_cast<Eigen::Index>(i) * m, n_, m) = nodes_of(u, i) * basis_.transpose();
    at.row(n_).setConstant(parameter(u));
    const std::vector<Linearised> field = equations_.at(at);
    std::vector<Interval> intervals(mesh_.intervals());
    for (std::size_t i = 0; i < intervals.size(); ++i) {
        Interval& made = intervals[i];
        const double h = mesh_.at[i + 1] - mesh_.at[i];
        const Eigen::MatrixXd nodes = nodes_of(u, i);
        made.a.resize(n_ * m, n_);
        made.b.resize(n_ * m, n_ * m);
        made.c.resize(n_ * m, 2);
        made.r.resize(n_ * m);
        for (int c = 0; c < m; ++c) {
            const Linearised& f = field[i * static_cast<std::size_t>(m) + static_cast<std::size_t>(c)];
            const Eigen::MatrixXd j = f.jacobian.leftCols(n_);
            for (int k = 0; k <= m; ++k) {
                Eigen::MatrixXd block = -period_s * h * basis_(c, k) * j;
                block.diagonal().array() += slope_basis_(c, k);
                if (k == 0)
                    made.a.middleRows(c * n_, n_) = block;
                else
                    made.b.block(c * n_, (k - 1) * n_, n_, n_) = block;
            }
            made.c.block(c * n_, 0, n_, 1) = -h * f.value;
            made.c.block(c * n_, 1, n_, 1) = -h * period_s * f.jacobian.col(n_);
            made.r.segment(c * n_, n_) = h * period_s * f.value - nodes * slope_basis_.row(c).transpose();
        }
    }
    return intervals;
}

// Integral of x . x_reference' over the cycle, as a row over the unknowns.
Eigen::VectorXd CycleCurve::phase_row(const Eigen::VectorXd& u) const {
    const int m = mesh_.degree;
    Eigen::VectorXd row = Eigen::VectorXd::Zero(u.size());
    const Eigen::VectorXd scale = width_.cwiseAbs2().cwiseInverse();
    for (std::size_t i = 0; i < mesh_.intervals(); ++i) {
        const Eigen::MatrixXd nodes = nodes_of(reference_, i);
        for (int c = 0; c < m; ++c) {
            const Eigen::VectorXd turn =
                gauss_weight_[c] * scale.cwiseProduct(nodes * slope_basis_.row(c).transpose());
            for (int j = 0; j <= m; ++j) {
                const std::size_t point =
                    (i * static_cast<std::size_t>(m) + static_cast<std::size_t>(j)) % mesh_.points();
                row.segment(static_cast<Eigen::Index>(point) * n_, n_) += basis_(c, j) * turn;
            }
        }
    }
    return row;
}

std::optional<Eigen::VectorXd> CycleCurve::solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row,
                                                 bool residual, double along) {
    if (!(period(u) > 0.0)) return std::nullopt;
    std::vector<Interval> intervals = linearise(u);
    const auto m = static_cast<Eigen::Index>(mesh_.degree);
    const std::size_t count = intervals.size();
    const Eigen::VectorXd phase = phase_row(u);
    // Two rows over all unknowns, as they shrink to the ends of the intervals.
    Eigen::MatrixXd border(2, u.size());
    border << phase.transpose(), row.transpose();
    Eigen::MatrixXd on_ends(2, static_cast<Eigen::Index>(count) * n_);
    Eigen::MatrixXd on_lambda = border.rightCols(2);
    Eigen::Vector2d right(residual ? -phase.dot(u) + phase.dot(reference_) : 0.0, along);
    for (std::size_t i = 0; i < count; ++i)
        on_ends.middleCols(static_cast<Eigen::Index>(i) * n_, n_) =
            border.middleCols(static_cast<Eigen::Index>(i) * m * n_, n_);
    for (std::size_t i = 0; i < count; ++i) {
        Interval& one = intervals[i];
        if (!one.b.allFinite() || !one.a.allFinite() || !one.r.allFinite()) return std::nullopt;
        if (!residual) one.r.setZero();
        const Eigen::PartialPivLU<Eigen::MatrixXd> lu(one.b);
        one.y0 = lu.solve(one.r);
        one.yx = -lu.solve(one.a);
        one.yl = -lu.solve(one.c);
        // Inner points leave the border rows; the last of Y is the next interval's first.
        const Eigen::MatrixXd inner =
            border.middleCols((static_cast<Eigen::Index>(i) * m + 1) * n_, (m - 1) * n_);
        on_ends.middleCols(static_cast<Eigen::Index>(i) * n_, n_) += inner * one.yx.topRows((m - 1) * n_);
        on_lambda += inner * one.yl.topRows((m - 1) * n_);
        right -= inner * one.y0.head((m - 1) * n_);
    }
    // Rows G X_0 + H X_{i+1} + K l = s; each X_{i+1} is written by X_0, X_{i+2} and l.
    struct Eliminated {
        Eigen::MatrixXd first, next, lambda;
        Eigen::VectorXd constant;
    };
    std::vector<Eliminated> eliminated;
    Eigen::MatrixXd g = -intervals[0].yx.bottomRows(n_), h = Eigen::MatrixXd::Identity(n_, n_);
    Eigen::MatrixXd k = -intervals[0].yl.bottomRows(n_);
    Eigen::VectorXd s = intervals[0].y0.tail(n_);
    for (std::size_t i = 1; i < count; ++i) {
        Eigen::MatrixXd stack(2 * n_, n_);
        stack << h, -intervals[i].yx.bottomRows(n_);
        const Eigen::HouseholderQR<Eigen::MatrixXd> qr(stack);
        Eigen::MatrixXd rest = Eigen::MatrixXd::Zero(2 * n_, 2 * n_ + 3);  // X_0, X_{i+1}, l, right side
        rest.topLeftCorner(n_, n_) = g;
        rest.block(n_, n_, n_, n_).setIdentity();
        rest.block(0, 2 * n_, n_, 2) = k;
        rest.block(n_, 2 * n_, n_, 2) = -intervals[i].yl.bottomRows(n_);
        rest.block(0, 2 * n_ + 2, n_, 1) = s;
        rest.block(n_, 2 * n_ + 2, n_, 1) = intervals[i].y0.tail(n_);
        rest = qr.householderQ().transpose() * rest;
        const auto triangle = qr.matrixQR().topRows(n_).triangularView<Eigen::Upper>();
        const Eigen::MatrixXd solved = triangle.solve(rest.topRows(n_));
        eliminated.push_back({-solved.leftCols(n_), -solved.middleCols(n_, n_), -solved.middleCols(2 * n_, 2),
                              solved.col(2 * n_ + 2)});
        const Eliminated& e = eliminated.back();
        const Eigen::MatrixXd here = on_ends.middleCols(static_cast<Eigen::Index>(i) * n_, n_);
        on_ends.leftCols(n_) += here * e.first;
        const Eigen::Index next = i + 1 < count ? static_cast<Eigen::Index>(i + 1) * n_ : 0;
        on_ends.middleCols(next, n_) += here * e.next;
        on_lambda += here * e.lambda;
        right -= here * e.constant;
        g = rest.bottomLeftCorner(n_, n_);
        h = rest.block(n_, n_, n_, n_);
        k = rest.block(n_, 2 * n_, n_, 2);
        s = rest.block(n_, 2 * n_ + 2, n_, 1);
    }
    Eigen::MatrixXd last(n_ + 2, n_ + 2);
    last << g + h, k, on_ends.leftCols(n_), on_lambda;
    Eigen::VectorXd last_right(n_ + 2);
    last_right << s, right;
    const Eigen::VectorXd size = last.rowwise().norm().cwiseMax(1e-300);
    last = size.cwiseInverse().asDiagonal() * last;
    const Eigen::VectorXd ends = last.fullPivLu().solve(last_right.cwiseQuotient(size));
    if (!ends.allFinite()) return std::nullopt;
    Eigen::VectorXd d(u.size());
    const Eigen::Vector2d lambda = ends.tail(2);
    d.tail(2) = lambda;
    std::vector<Eigen::VectorXd> x(count + 1);
    x[0] = x[count] = ends.head(n_);
    for (std::size_t i = count - 1; i >= 1; --i) {
        const Eliminated& e = eliminated[i - 1];
        x[i] = e.first * x[0] + e.next * x[i + 1] + e.lambda * lambda + e.constant;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Eigen::VectorXd y = intervals[i].y0 + intervals[i].yx * x[i] + intervals[i].yl * lambda;
        d.segment(static_cast<Eigen::Index>(i) * m * n_, n_) = x[i];
        d.segment((static_cast<Eigen::Index>(i) * m + 1) * n_, (m - 1) * n_) = y.head((m - 1) * n_);
    }
    return d;
}

std::vector<Eigen::MatrixXd> CycleCurve::maps(const Eigen::VectorXd& u) {
    std::vector<Eigen::MatrixXd> maps;
    for (const Interval& one : linearise(u))
        maps.push_back(-one.b.partialPivLu().solve(one.a).bottomRows(n_));
    return maps;
}

std::vector<std::complex<double>> CycleCurve::multipliers(const Eigen::VectorXd& u) {
    const std::vector<Eigen::MatrixXd> all = maps(u);
    Eigen::MatrixXd g = -all[0], h = Eigen::MatrixXd::Identity(n_, n_);
    for (std::size_t i = 1; i < all.size(); ++i) {
        Eigen::MatrixXd stack(2 * n_, n_);
        stack << h, -all[i];
        const Eigen::MatrixXd q = Eigen::HouseholderQR<Eigen::MatrixXd>(stack).householderQ();
        g = q.topRightCorner(n_, n_).transpose() * g;
        h = q.bottomRightCorner(n_, n_).transpose();
    }
    // G x + mu H x = 0
    const Eigen::GeneralizedEigenSolver<Eigen::MatrixXd> solver(-g, h, false);
    std::vector<std::complex<double>> found;
    for (Eigen::Index i = 0; i < n_; ++i) {
        const double beta = solver.betas()[i];
        found.push_back(beta != 0.0 ? solver.alphas()[i] / beta : std::complex<double>(INFINITY, 0.0));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return std::abs(a) != std::abs(b) ? std::abs(a) > std::abs(b) : a.imag() > b.imag();
    });
    return found;
}

Eigen::VectorXd CycleCurve::slope(const Eigen::VectorXd& u, std::size_t point) {
    Eigen::VectorXd at(n_ + 1);
    at << state(u, point), parameter(u);
    return equations_.value(at);
}

void CycleCurve::adapt(Eigen::VectorXd& u, Eigen::VectorXd& direction) {
    const int m = mesh_.degree;
    const std::size_t count = mesh_.intervals();
    // The highest derivative is constant in an interval; its change between intervals stands for the next.
    Eigen::VectorXd differences(m + 1);
    double binomial = 1.0;
    for (int j = 0; j <= m; ++j) {
        differences[j] = (m - j) % 2 == 0 ? binomial : -binomial;
        binomial *= static_cast<double>(m - j) / (j + 1);
    }
    std::vector<Eigen::VectorXd> highest(count);
    for (std::size_t i = 0; i < count; ++i)
        highest[i] = (nodes_of(u, i) * differences).cwiseQuotient(width_) /
                     std::pow((mesh_.at[i + 1] - mesh_.at[i]) / m, m);
    std::vector<double> bend(count);
    double total = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t before = (i + count - 1) % count, after = (i + 1) % count;
        const auto h = [&](std::size_t k) { return mesh_.at[k + 1] - mesh_.at[k]; };
        const double rise = 0.5 * ((highest[i] - highest[before]).norm() / (0.5 * (h(i) + h(before))) +
                                   (highest[after] - highest[i]).norm() / (0.5 * (h(i) + h(after))));
        bend[i] = std::pow(rise, 1.0 / (m + 1));
        total += bend[i] * h(i);
    }
    if (!(total > 0.0) || !std::isfinite(total)) {
        reference_ = u;
        return;
    }
    std::vector<double> cumulative(count + 1, 0.0);
    for (std::size_t i = 0; i < count; ++i)  // a tenth stays even, so that no interval grows too long
        cumulative[i + 1] = cumulative[i] + (mesh_.at[i + 1] - mesh_.at[i]) * (0.9 * bend[i] / total + 0.1);
    CycleMesh made = mesh_;
    for (std::size_t k = 1, i = 0; k < count; ++k) {
        const double wanted = cumulative[count] * static_cast<double>(k) / static_cast<double>(count);
        while (cumulative[i + 1] < wanted) ++i;
        made.at[k] = mesh_.at[i] + (mesh_.at[i + 1] - mesh_.at[i]) * (wanted - cumulative[i]) /
                                       (cumulative[i + 1] - cumulative[i]);
    }
    const auto moved = [&](const Eigen::VectorXd& old) {
        Eigen::VectorXd next = old;
        Eigen::RowVectorXd value(m + 1), slope(m + 1);
        for (std::size_t k = 0, i = 0; k < made.points(); ++k) {
            const std::size_t interval = k / static_cast<std::size_t>(m);
            const double t = made.at[interval] + (made.at[interval + 1] - made.at[interval]) *
                                                     static_cast<double>(k % static_cast<std::size_t>(m)) / m;
            while (i + 1 < count && mesh_.at[i + 1] <= t) ++i;
            lagrange(m, (t - mesh_.at[i]) / (mesh_.at[i + 1] - mesh_.at[i]), value, slope);
            next.segment(static_cast<Eigen::Index>(k) * n_, n_) = nodes_of(old, i) * value.transpose();
        }
        return next;
    };
    const Eigen::VectorXd new_u = moved(u), new_direction = moved(direction);
    mesh_ = std::move(made);
    u = new_u;
    direction = new_direction;
    make_weights();
    direction /= length(*this, direction);
    reference_ = u;
}

}  // namespace neurodyn::dynamics
