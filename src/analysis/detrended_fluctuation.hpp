// SPDX-License-Identifier: BSD-3-Clause
// Detrended fluctuation analysis: how fluctuations grow with the length of the window.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct FluctuationOptions {
    double least_s = 0;        ///< shortest window; 0: 10 samples
    double most_s = 0;         ///< longest window; 0: a tenth of the series
    std::size_t windows = 20;  ///< different lengths, evenly over their logarithm
    std::size_t order = 1;     ///< of the polynomial taken off each window
};

struct DetrendedFluctuation {
    std::vector<double> window_s;
    std::vector<double> fluctuation;     ///< [channel][window]
    std::vector<double> exponent;        ///< of each channel: slope of ln F over ln(window)
    std::vector<double> exponent_error;  ///< standard error of the slope
};

/// F(n)^2 is the mean square of the cumulated deviations from the mean about a polynomial in windows of n
/// samples, taken from the start and again from the end (Peng et al. 1994, doi:10.1103/PhysRevE.49.1685;
/// Kantelhardt et al. 2001, doi:10.1016/S0378-4371(01)00144-3). White noise has 0.5, a random walk 1.5.
/// Throws DataError, OptionError.
DetrendedFluctuation detrended_fluctuation(const SeriesView& series, const FluctuationOptions& options = {});

}  // namespace neurodyn::analysis
