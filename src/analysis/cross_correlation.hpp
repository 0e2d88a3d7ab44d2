// SPDX-License-Identifier: BSD-3-Clause
// Cross-correlation functions of channels.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct CrossCorrelation {
    std::vector<double> lag_s;     ///< -max_lag to max_lag
    std::vector<double> function;  ///< [pair][lag], i < j in the order of upper_triangle
    /// Where the function is farthest from 0, refined by the parabola through three points, and its value
    /// there, for each pair.
    std::vector<double> lag_of_peak_s, peak;
};

/// c_ij(lag) = sum over t of x_i(t) x_j(t + lag)/(samples s_i s_j) of values about their means: a peak at a
/// positive lag says that j follows i. max_lag_s = 0: a tenth of the series. Throws DataError (fewer than 2
/// channels, a constant one) and OptionError.
CrossCorrelation cross_correlation(const SeriesView& series, double discard_s = 0.0, double max_lag_s = 0.0);

}  // namespace neurodyn::analysis
