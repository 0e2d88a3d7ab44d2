// SPDX-License-Identifier: BSD-3-Clause
// Times at which an oscillation is strong.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace neurodyn::analysis {

struct Burst {
    std::size_t first = 0, samples = 0;
    double cycles = 0.0;  ///< that the phase turned
    double peak = 0.0;    ///< largest amplitude
};

struct BurstOptions {
    double threshold = 2.0;  ///< in medians of the amplitude: where a burst must get to
    double boundary = 1.0;   ///< where it begins and ends
    double least_cycles = 3.0;
};

/// Bursts by two thresholds on the amplitude (the method of Feingold et al. 2015,
/// doi:10.1073/pnas.1517629112, with a least number of cycles). `rate_hz`: of the phase, at each sample.
std::vector<Burst> find_bursts(std::span<const double> amplitude, std::span<const double> rate_hz,
                               double interval_s, const BurstOptions& options);

}  // namespace neurodyn::analysis
