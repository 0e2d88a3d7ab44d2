// SPDX-License-Identifier: BSD-3-Clause
// Matrix exponential, its integral and the covariance of linear noise over one step.
#include "compile/propagator.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

#include "base/error.hpp"

namespace neurodyn::compile {

namespace {

using Values = std::map<std::string, double, std::less<>>;
using Eigen::MatrixXd;

MatrixXd read(const std::vector<std::string>& names, Eigen::Index n, const Values& values) {
    MatrixXd matrix(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j)
            matrix(i, j) = values.at(names[static_cast<std::size_t>(i * n + j)]);
    return matrix;
}

void write(const std::vector<std::string>& names, const MatrixXd& matrix, Values& values) {
    const Eigen::Index n = matrix.rows();
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j) {
            if (!std::isfinite(matrix(i, j)))
                throw Error(
                    "method 'exact': the propagator of one step is not finite; dt is too long for this "
                    "system or a "
                    "parameter is not finite");
            values.insert_or_assign(names[static_cast<std::size_t>(i * n + j)], matrix(i, j));
        }
}

/// Q = integral of exp(A s) D exp(A^T s) over one step: Van Loan 1978 (doi:10.1109/TAC.1978.1101743) on a
/// part of the step that is short enough for exp(-A s) to be harmless, then doubled: Q(2s) = Q(s) + P(s) Q(s)
/// P(s)^T.
MatrixXd covariance(const MatrixXd& a, const MatrixXd& diffusion) {
    const Eigen::Index n = a.rows();
    const double size = a.cwiseAbs().rowwise().sum().maxCoeff();
    const int doublings = size > 0.5 ? static_cast<int>(std::ceil(std::log2(2.0 * size))) : 0;
    const double part = std::ldexp(1.0, -doublings);
    MatrixXd block = MatrixXd::Zero(2 * n, 2 * n);
    block.topLeftCorner(n, n) = -a * part;
    block.topRightCorner(n, n) = diffusion * part;
    block.bottomRightCorner(n, n) = a.transpose() * part;
    const MatrixXd f = block.exp();
    MatrixXd p = f.bottomRightCorner(n, n).transpose();
    MatrixXd q = p * f.topRightCorner(n, n);
    for (int k = 0; k < doublings; ++k) {
        q = (q + p * q * p.transpose()).eval();
        p = (p * p).eval();
    }
    return 0.5 * (q + q.transpose());
}

/// Cholesky factor of a matrix that may be singular: directions without noise get a zero column.
MatrixXd lower_root(const MatrixXd& q) {
    const Eigen::Index n = q.rows();
    const double tiny = 1e-14 * std::max(q.diagonal().maxCoeff(), 0.0);
    MatrixXd lower = MatrixXd::Zero(n, n);
    for (Eigen::Index j = 0; j < n; ++j) {
        const double pivot = q(j, j) - lower.row(j).head(j).squaredNorm();
        if (!(pivot > tiny * 1e-2)) continue;
        lower(j, j) = std::sqrt(pivot);
        for (Eigen::Index i = j + 1; i < n; ++i)
            lower(i, j) = (q(i, j) - lower.row(i).head(j).dot(lower.row(j).head(j))) / lower(j, j);
    }
    return lower;
}

}  // namespace

void run_propagator(const LinearPropagator& propagator, Values& values) {
    const auto n = static_cast<Eigen::Index>(propagator.size);
    const MatrixXd a = read(propagator.matrix, n, values);
    MatrixXd block = MatrixXd::Zero(2 * n, 2 * n);
    block.topLeftCorner(n, n) = a;
    block.topRightCorner(n, n).setIdentity();
    const MatrixXd f = block.exp();
    write(propagator.exponential, f.topLeftCorner(n, n), values);
    write(propagator.integral, f.topRightCorner(n, n), values);
    if (propagator.diffusion.empty()) return;
    write(propagator.deviation, lower_root(covariance(a, read(propagator.diffusion, n, values))), values);
}

}  // namespace neurodyn::compile
