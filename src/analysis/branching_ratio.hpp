// SPDX-License-Identifier: BSD-3-Clause
// The branching ratio of activity: how much of it each activity causes in the next bin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace neurodyn::analysis {

struct BranchingOptions {
    std::size_t lags = 100;         ///< 1 .. lags bins
    bool offset = false;            ///< fit r_k = b m^k + c instead of b m^k
    bool each_mean = false;         ///< every trial about its own mean, not all about one
    std::size_t resamplings = 200;  ///< of trials, for the limits; 0: none
    double confidence = 0.95;
    std::uint64_t seed = 0;
};

struct BranchingRatio {
    std::vector<double> slopes;  ///< r_k: regression of the activity k bins later on the activity, k = 1 ..
    std::vector<double> fit;     ///< of the slopes
    double ratio = 0, amplitude = 0, offset = 0;  ///< m, b, c
    double low = 0, high = 0;                     ///< confidence limits of m; NaN without them
    double naive = 0;                             ///< r_1, which subsampling makes smaller
};

/// Multistep regression (Wilting & Priesemann 2018, doi:10.1038/s41467-018-04725-4): the slopes of all lags
/// fall as b m^k, and seeing a part of the system changes b alone. `trials` have one length each; their sums
/// of squares and products are added. Limits: trials are drawn with replacement, and ln(-1/ln m) is taken as
/// normal, by Student's distribution with trials - 1 degrees. Throws DataError for constant or too short
/// trials.
BranchingRatio branching_ratio(const std::vector<std::vector<double>>& trials,
                               const BranchingOptions& options, const std::string& name);

}  // namespace neurodyn::analysis
