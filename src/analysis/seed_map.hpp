// SPDX-License-Identifier: BSD-3-Clause
// Correlation of every channel with one, or with the mean of several.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct SeedMap {
    std::vector<double> r, z;  ///< z = atanh r, 0 for a seed that is a single channel
    /// N/(1 + 2 sum over lags of (1 - lag/N) rho_x rho_y): how many independent samples would correlate with
    /// the same variance without a connection (Bartlett 1946, doi:10.2307/2983611; Pyper & Peterman 1998,
    /// doi:10.1139/f98-104, lags up to a quarter of the series); at most N, at least 4.
    std::vector<double> effective_samples;
    /// Two-sided, of z root(effective_samples - 3) as a standard normal value; NaN for a single seed.
    std::vector<double> p;
};

/// Throws DataError (constant channel, fewer than 20 samples, not finite).
SeedMap seed_map(const SeriesView& series, const std::vector<std::size_t>& seeds);

}  // namespace neurodyn::analysis
