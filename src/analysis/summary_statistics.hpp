// SPDX-License-Identifier: BSD-3-Clause
// Mean, standard deviation and extremes of every channel.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// One value per channel, in the series' unit.
struct SummaryStatistics {
    std::vector<double> mean, standard_deviation, minimum, maximum;
};

/// The standard deviation has the divisor samples - 1 (0 for a single sample). Throws DataError and
/// OptionError.
SummaryStatistics summary_statistics(const SeriesView& series, double discard_s = 0);

}  // namespace neurodyn::analysis
