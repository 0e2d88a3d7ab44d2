// SPDX-License-Identifier: BSD-3-Clause
// Quantiles of the normal and of Student's distribution.
#pragma once

namespace neurodyn::analysis {

/// z with P(Z < z) = p for a standard normal Z.
double normal_quantile(double p);
/// The same of Student's distribution, by Fisher's expansion about the normal (Abramowitz & Stegun 26.7.5):
/// relative error below 1e-3 from 3 degrees of freedom on, at usual levels.
double student_quantile(double p, double degrees);

}  // namespace neurodyn::analysis
