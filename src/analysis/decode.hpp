// SPDX-License-Identifier: BSD-3-Clause
// The stimulus of largest likelihood, or of largest probability, given the counts of a population.
#pragma once

#include <vector>

#include "analysis/coding.hpp"

namespace neurodyn::analysis {

/// A normal prior (on a circle of the shorter way from its mean); none where sd is 0.
struct StimulusPrior {
    double mean = 0.0, sd = 0.0;
};

/// log p(counts | stimulus) + log prior, up to what does not depend on the stimulus, of one trial at one row
/// of the tuning. `poisson`: independent Poisson counts (a count where the mean is 0 is impossible).
/// Otherwise normal ones with the covariance of the noise model, its determinant included; throws DataError
/// for a mean below 1/(2 pi).
class Likelihood {
  public:
    Likelihood(const Tuning& tuning, const NoiseModel& noise, bool poisson, const StimulusPrior& prior);
    double at(std::size_t row, const double* counts) const;

  private:
    struct Normal {
        Eigen::VectorXd mean, scale, slope;  ///< slope: L^-1 f'/sqrt(f)
        double saturation = 0.0, log_determinant = 0.0;
    };
    double poisson_at(std::size_t row, const double* counts) const;
    double normal_at(const Normal& normal, const double* counts) const;

    const Tuning& tuning_;
    const NoiseModel& noise_;
    std::vector<double> logarithms_, sums_, prior_;
    std::vector<Normal> normals_;
};

/// The maximum for every trial: the best row of the tuning and the parabola through its neighbours.
std::vector<double> most_likely(const Trials& trials, const Tuning& tuning, const Likelihood& likelihood);

}  // namespace neurodyn::analysis
