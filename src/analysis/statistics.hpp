// SPDX-License-Identifier: BSD-3-Clause
// Distributions that confidence intervals need.
#pragma once

namespace neurodyn::analysis {

/// P(a, x), the regularised lower incomplete gamma function (DLMF 8.2.4), for a > 0 and x >= 0.
double lower_gamma(double a, double x);

/// The value below which a chi-squared variable of `freedom` degrees of freedom, whole or not, lies with
/// probability `p`, 0 < p < 1.
double chi_squared_quantile(double p, double freedom);

}  // namespace neurodyn::analysis
