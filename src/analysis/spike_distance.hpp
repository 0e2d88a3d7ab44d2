// SPDX-License-Identifier: BSD-3-Clause
// Distance of two spike trains by the times of their events.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// SPIKE-distance of two trains recorded from `start_s` to `stop_s` (Kreuz et al. 2013,
/// doi:10.1152/jn.00873.2012, with the borders of Mulansky et al. 2015): the mean over time of the distance
/// from each event to the nearest of the other train, relative to the intervals; 0 for equal trains. Neither
/// may be empty.
double spike_distance(const std::vector<double>& a, const std::vector<double>& b, double start_s,
                      double stop_s);

}  // namespace neurodyn::analysis
