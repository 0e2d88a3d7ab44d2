// SPDX-License-Identifier: BSD-3-Clause
// Lyapunov equation and the functional connectivity of a linear network.
#include "analysis/linear_network_fc.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "analysis/comparison.hpp"
#include "analysis/errors.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Real = Eigen::MatrixXd;
using Complex = Eigen::MatrixXcd;

Eigen::Map<const RowMajor> view(const Matrix& m) {
    return {m.values.data(), static_cast<Eigen::Index>(m.rows), static_cast<Eigen::Index>(m.columns)};
}

Matrix with_values(const Matrix& like, const Real& values) {
    Matrix m = like;
    Eigen::Map<RowMajor>(m.values.data(), values.rows(), values.cols()) = values;
    m.unit.clear();
    return m;
}

void require_convergence(bool converged, const Matrix& m) {
    if (!converged)
        throw DataError(fmt::format("the eigenvalues of matrix '{}' ({} x {}) could not be found", m.name,
                                    m.rows, m.columns),
                        m.name);
}

void require_stable(const Matrix& a, const Eigen::VectorXcd& eigenvalues) {
    for (const std::complex<double>& e : eigenvalues)
        if (!(e.real() < 0))
            throw DataError(
                fmt::format("the linear system '{}' is not stable: it has the eigenvalue {} {} {}i, whose "
                            "real part must be negative; lower the coupling",
                            a.name, e.real(), e.imag() < 0 ? '-' : '+', std::abs(e.imag())),
                a.name);
}

// T X + X T* + F = 0 with T upper triangular, column by column from the last: in column j, everything but
// (T + conj(T_jj)) X_j is known.
Complex solve_triangular(const Complex& t, Complex f) {
    Complex shifted = t;
    for (Eigen::Index j = t.rows() - 1; j >= 0; --j) {
        shifted.diagonal() = t.diagonal().array() + std::conj(t(j, j));
        const Eigen::VectorXcd column = shifted.triangularView<Eigen::Upper>().solve(-f.col(j));
        f.col(j) = column;
        f.leftCols(j).noalias() += column * t.col(j).head(j).adjoint();
    }
    return f;
}

}  // namespace

Matrix stationary_covariance(const Matrix& a, const Matrix& q) {
    require_square(a);
    require_square(q);
    if (a.rows != q.rows)
        throw ShapeError(fmt::format("the system '{}' is {} x {} and its noise '{}' is {} x {}", a.name,
                                     a.rows, a.rows, q.name, q.rows, q.rows),
                         a.name, q.name);
    require_finite(a);
    require_finite(q);
    if (a.rows == 0) return a;
    const Eigen::ComplexSchur<Complex> schur(view(a).cast<std::complex<double>>());
    require_convergence(schur.info() == Eigen::Success, a);
    require_stable(a, schur.matrixT().diagonal());
    const Complex& u = schur.matrixU();
    const Complex f = u.adjoint() * view(q).cast<std::complex<double>>() * u;
    const Complex x = u * solve_triangular(schur.matrixT(), f) * u.adjoint();
    const Real s = x.real();
    return with_values(a, (s + s.transpose()) / 2);
}

Matrix correlation_of(const Matrix& covariance) {
    require_square(covariance);
    require_finite(covariance);
    Matrix r = covariance;
    for (std::size_t i = 0; i < r.rows; ++i)
        if (!(covariance(i, i) > 0))
            throw DataError(fmt::format("matrix '{}' has the variance {} in row {}; it must be positive",
                                        covariance.name, covariance(i, i), i),
                            covariance.name);
    for (std::size_t i = 0; i < r.rows; ++i)
        for (std::size_t j = 0; j < r.columns; ++j)
            r(i, j) =
                i == j
                    ? 1
                    : std::clamp(covariance(i, j) / std::sqrt(covariance(i, i)) / std::sqrt(covariance(j, j)),
                                 -1.0, 1.0);
    r.unit.clear();
    return r;
}

Matrix linear_network(const Matrix& weights, double coupling, bool relative) {
    require_square(weights);
    require_finite(weights);
    if (!std::isfinite(coupling))
        throw OptionError(fmt::format("coupling is {}; it must be finite", coupling), "coupling");
    double unit = 1.0;
    if (relative) {
        const Eigen::EigenSolver<Real> solver(view(weights), false);
        require_convergence(solver.info() == Eigen::Success, weights);
        unit = weights.rows == 0 ? 0.0 : solver.eigenvalues().real().maxCoeff();
        if (!(unit > 0))
            throw DataError(
                fmt::format("the largest eigenvalue of weights '{}' is {}; it must be positive to scale by",
                            weights.name, unit),
                weights.name);
    }
    Matrix a = weights;
    for (double& v : a.values) v *= coupling / unit;
    for (std::size_t i = 0; i < a.rows; ++i) a(i, i) -= 1;
    a.unit.clear();
    return a;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    require_square_shape(a.matrix("weights"));
    if (a.has("compare")) plan_comparison(a.matrix("weights"), a.matrix("compare"));
    return {};
}

Result run_row(const Arguments& a) {
    const Matrix& weights = a.matrix("weights");
    const Matrix system = linear_network(weights, a.number("coupling"), a.flag("relative"));
    Matrix noise = square_matrix(weights.rows);
    for (std::size_t i = 0; i < noise.rows; ++i) noise(i, i) = 1;
    const Matrix covariance = stationary_covariance(system, noise);
    const Matrix fc = correlation_of(covariance);
    Result result;
    result.add_matrix("fc", "exact functional connectivity of the linear network", fc);
    result.add_matrix("covariance", "exact covariance for unit noise", covariance);
    if (a.has("compare")) add_comparison(result, fc, a.matrix("compare"));
    return result;
}

}  // namespace

Analysis rows::linear_network_fc() {
    return {
        "linear_network_fc",
        "Exact functional connectivity of the linear network dx/dt = -x + G W/lambda_max x + unit noise",
        {{"weights", {InputKind::matrix}, true, "W: to the row's region from the column's"},
         {"compare", {InputKind::matrix}, false, "a measured FC to compare with"}},
        {{"coupling", "", 0.8, "G; lambda_max is the largest real part of W's eigenvalues"},
         {"relative", "", true, "to lambda_max, so that G is stable below 1; false: G W, with lambda_max 1"}},
        with_comparison({{"fc", "correlation matrix", {"channel", "other_channel"}},
                         {"covariance", "covariance matrix for unit noise", {"channel", "other_channel"}}}),
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
