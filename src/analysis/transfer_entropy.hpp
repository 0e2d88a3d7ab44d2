// SPDX-License-Identifier: BSD-3-Clause
// Information that a source's past has about a target beyond the target's own past.
#pragma once

#include <Eigen/Dense>
#include <cstddef>

namespace neurodyn::analysis {

/// Schreiber (2000), doi:10.1103/PhysRevLett.85.461, in bits, of normal variables: half the binary logarithm
/// of the variances that regressions without and with the source leave.
double normal_transfer_entropy(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                               std::size_t history);

/// The same from distances to the `neighbours`-th nearest neighbour (Frenzel & Pompe 2007,
/// doi:10.1103/PhysRevLett.99.204101, after Kraskov et al. 2004), in bits. Time of the order of samples^2.
double nearest_transfer_entropy(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                                std::size_t history, std::size_t neighbours);

}  // namespace neurodyn::analysis
