// SPDX-License-Identifier: BSD-3-Clause
// The Kalman filter, and a decoder that learns it.
#pragma once

#include <Eigen/Dense>
#include <vector>

namespace neurodyn::analysis {

/// x' = A x + noise of covariance W; y = H x + noise of covariance Q.
struct LinearGaussian {
    Eigen::MatrixXd a, w, h, q;
};

/// Means of the states given all observations up to each (a row for each time), and the covariance after the
/// last. Each step predicts, then sees a row of `observations`. Throws DataError unless Q is positive
/// definite.
struct Filtered {
    Eigen::MatrixXd means, covariance;
};
Filtered kalman_filter(const LinearGaussian& model, const Eigen::MatrixXd& observations,
                       const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance);

/// The model of largest likelihood where the states are known (Wu et al. 2006,
/// doi:10.1162/089976606774841585). Rows are times.
LinearGaussian fit_linear_gaussian(const Eigen::MatrixXd& states, const Eigen::MatrixXd& observations);

}  // namespace neurodyn::analysis
