// SPDX-License-Identifier: BSD-3-Clause
// Nonlinear least squares within bounds.
#pragma once

#include <Eigen/Dense>
#include <functional>

namespace neurodyn::analysis {

/// Fills a model's values at these parameters, and their derivatives (a column for each parameter). False
/// where the model has no values.
using ModelFunction =
    std::function<bool(const Eigen::VectorXd& parameters, Eigen::VectorXd& values, Eigen::MatrixXd& slopes)>;

/// Parameters that bring the model nearest to `data`, from `start` on, by Levenberg and Marquardt's steps cut
/// at the bounds.
Eigen::VectorXd fit_least_squares(const Eigen::VectorXd& data, const ModelFunction& model,
                                  Eigen::VectorXd start, const Eigen::VectorXd& lower,
                                  const Eigen::VectorXd& upper);

}  // namespace neurodyn::analysis
