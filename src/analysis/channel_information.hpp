// SPDX-License-Identifier: BSD-3-Clause
// Mutual information of two channels.
#pragma once

#include <Eigen/Dense>
#include <cstddef>

namespace neurodyn::analysis {

/// -0.5 log2(1 - r^2), in bits, the information of jointly normal variables. `corrected` takes off the mean
/// of the estimate's error, (psi((N - 1)/2) - psi((N - 2)/2))/(2 ln 2) of N independent samples (Goodman
/// 1963, doi:10.1214/aoms/1177704250: logarithms of determinants of sample covariances).
double normal_channel_information(const Eigen::VectorXd& x, const Eigen::VectorXd& y, bool corrected);

/// Algorithm 1 of Kraskov, Stoegbauer & Grassberger (2004), doi:10.1103/PhysRevE.69.066138, in bits, of
/// values as they are: scale both alike before. NaN where more than `neighbours` samples agree in both.
double nearest_channel_information(const Eigen::VectorXd& x, const Eigen::VectorXd& y,
                                   std::size_t neighbours);

}  // namespace neurodyn::analysis
