// SPDX-License-Identifier: BSD-3-Clause
// Surrogates of maps that keep their spatial autocorrelation, by Moran's eigenvectors.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Moran spectral randomisation (Wagner & Dray 2015, doi:10.1111/2041-210X.12407). Weights are the inverse
/// distances; a distance of 0 between two regions means that they are no neighbours. The eigenvectors of the
/// centred weights are patterns from smooth to rough; a surrogate has the same amplitude of each with random
/// sign ("singleton"), hence exactly the same mean, variance and Moran's I.
class MoranBasis {
  public:
    /// Throws ShapeError (not square) and DataError (not symmetric, negative, not finite, a region without
    /// neighbours, fewer than 4 regions).
    explicit MoranBasis(const Matrix& distances);

    std::size_t size() const { return static_cast<std::size_t>(weights_.rows()); }
    /// Moran's I = n sum w_ij y_i y_j / (sum w_ij sum y_i^2) of deviations y from the mean.
    double index(const Eigen::VectorXd& map) const;
    /// Of the patterns, from smooth (positive autocorrelation) to rough.
    const Eigen::VectorXd& eigenvalues() const { return values_; }

    /// The map with mean 0 that has these amplitudes of the patterns.
    Eigen::VectorXd map_of(const Eigen::VectorXd& amplitudes) const { return vectors_ * amplitudes; }

    /// One random sign for each pattern: a function of seed and number.
    Eigen::VectorXd signs(std::uint64_t seed, std::uint64_t number) const;
    /// The map with these signs.
    Eigen::VectorXd surrogate(const Eigen::VectorXd& map, const Eigen::VectorXd& signs) const;
    /// The covariance of signals whose maps at all times are given the same signs.
    Eigen::MatrixXd surrogate(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& signs) const;

  private:
    Eigen::MatrixXd weights_, vectors_;
    Eigen::VectorXd values_;
};

/// How far one value lies from those of surrogates.
struct Standing {
    double p = 0;  ///< twice the smaller of (1 + as small)/(1 + n) and (1 + as large)/(1 + n), at most 1
    double z = 0;  ///< in standard deviations of the surrogates
};
Standing standing(double found, const std::vector<double>& surrogates);

}  // namespace neurodyn::analysis
