// SPDX-License-Identifier: BSD-3-Clause
// Measured tuning curves: mean responses to each of several stimuli.
#pragma once

#include <vector>

#include "analysis/coding.hpp"

namespace neurodyn::analysis {

/// Trials sorted into `bins` stimuli, evenly from the lowest to the highest, or evenly around a circle of the
/// given period. A row's stimulus is the mean of its trials. Throws DataError for a bin without trials, and
/// where all stimuli are the same.
struct TuningCurves {
    std::vector<double> stimuli;  ///< ascending
    std::vector<double> means,
        variances;               ///< [stimulus][neuron]; variances with the divisor n - 1, NaN for one trial
    std::vector<double> trials;  ///< in each bin
};
TuningCurves tuning_curves(const Trials& trials, const std::vector<double>& stimulus, std::size_t bins,
                           double period);

}  // namespace neurodyn::analysis
