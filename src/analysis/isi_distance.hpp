// SPDX-License-Identifier: BSD-3-Clause
// Distance of two spike trains by their intervals.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// ISI-distance of two trains recorded from `start_s` to `stop_s` (Kreuz et al. 2007,
/// doi:10.1016/j.jneumeth.2007.05.031, in the form of 2013): the mean over time of |difference| over the
/// larger of the two current intervals; 0 for equal trains, below 1. Neither may be empty.
double isi_distance(const std::vector<double>& a, const std::vector<double>& b, double start_s,
                    double stop_s);

}  // namespace neurodyn::analysis
