// SPDX-License-Identifier: BSD-3-Clause
// Correlation of two channels that all others do not explain, and covariance that short data cannot spoil.
#pragma once

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct PartialCorrelation {
    Matrix partial, correlation, covariance;
    double shrinkage = 0;  ///< part of the target, the mean variance times the identity, in the covariance
};

/// -P_ij/sqrt(P_ii P_jj) of the inverse P of the covariance (divisor: samples), diagonal 1. With `shrink` the
/// covariance is that of Ledoit & Wolf (2004), doi:10.1016/S0047-259X(03)00096-4; with `standardise` of
/// channels in units of their standard deviations. Throws DataError (constant channel, too few samples to
/// invert, not finite).
PartialCorrelation partial_correlation(const SeriesView& series, bool shrink, bool standardise);

}  // namespace neurodyn::analysis
