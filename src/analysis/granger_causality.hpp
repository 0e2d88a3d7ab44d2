// SPDX-License-Identifier: BSD-3-Clause
// Granger causality in time and by frequency.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

namespace neurodyn::analysis {

struct Granger {
    double causality = 0;  ///< ln of the residual variances without and with the source
    double p = 0;          ///< of the F test of Granger (1969), doi:10.2307/1912791
};

/// Of regressions on `order` past samples of the target, of all `others` and of the source.
Granger granger_causality(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                          const std::vector<Eigen::VectorXd>& others, std::size_t order);

/// Geweke (1982), doi:10.1080/01621459.1982.10477803, of the pair's autoregression of this order, at
/// frequencies in cycles per sample. Its mean over 0 to 1/2 is the causality in time.
std::vector<double> spectral_causality(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                                       std::size_t order, const std::vector<double>& frequencies);

/// P(F > f) of the F distribution.
double f_tail(double f, double numerator_degrees, double denominator_degrees);

}  // namespace neurodyn::analysis
