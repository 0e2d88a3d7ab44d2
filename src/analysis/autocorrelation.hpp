// SPDX-License-Identifier: BSD-3-Clause
// Autocorrelation of every channel, and the time in which it decays.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct Autocorrelation {
    std::vector<double> lag_s;   ///< 0, interval, ...
    std::vector<double> values;  ///< [channel][lag]; 1 at lag 0
    /// Per channel: where the autocorrelation first falls to 1/e, between samples by a straight line; NaN
    /// when it does not within the longest lag.
    std::vector<double> timescale_s;
};

/// r(k) = sum over t of (x[t] - m)(x[t+k] - m) / sum over t of (x[t] - m)^2, m the mean: the usual (biased)
/// estimate, Box & Jenkins, Time Series Analysis (1976), eq. 2.1.11. `max_lag_s` 0: a quarter of the series.
/// Throws DataError (constant channel) and OptionError.
Autocorrelation autocorrelation(const SeriesView& series, double max_lag_s = 0, double discard_s = 0);

}  // namespace neurodyn::analysis
