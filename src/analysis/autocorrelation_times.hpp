// SPDX-License-Identifier: BSD-3-Clause
// How long a channel remembers: integrated autocorrelation time and fitted exponential.
#pragma once

#include <cstddef>
#include <span>

namespace neurodyn::analysis {

/// In samples; all NaN where the series is too short to tell or constant.
struct AutocorrelationTime {
    double integrated = 0;  ///< 1/2 + the sum of the autocorrelations of all positive lags
    double error = 0;       ///< standard error of `integrated`
    double fitted = 0;      ///< tau of a exp(-lag/tau)
    double amplitude = 0;   ///< a; below 1 where noise is added to what decays
    double window = 0;      ///< the longest lag that was taken
};

/// The method of Wolff (2004), doi:10.1016/S0010-4655(03)00467-3 (hep-lat/0306017): the sum ends where the
/// error of cutting it equals that of its noise, `factor` being the ratio of the exponential to the
/// integrated time that is assumed for it; the mean that was taken off is corrected for (its eq. 49), the
/// error is its eq. 42. The exponential is fitted by least squares to the corrected
/// autocorrelations of lags 1 to `window`, three at least.
AutocorrelationTime autocorrelation_time(std::span<const double> x, double factor = 1.5);

}  // namespace neurodyn::analysis
