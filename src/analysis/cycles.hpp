// SPDX-License-Identifier: BSD-3-Clause
// Periods and amplitudes of single cycles.
#pragma once

#include <span>
#include <vector>

namespace neurodyn::analysis {

/// One cycle from an upward crossing of the level to the next.
struct Cycle {
    double start_s = 0.0, period_s = 0.0;
    double highest = 0.0, lowest = 0.0;
};

/// Cycles of values about `level`. A crossing counts when the values were below level - hysteresis since the
/// last one; its time is that of a cubic through four samples, and extremes are those of parabolas through
/// three, so that errors are of the fourth and third order of the interval.
std::vector<Cycle> find_cycles(std::span<const double> values, double interval_s, double level,
                               double hysteresis);

}  // namespace neurodyn::analysis
