// SPDX-License-Identifier: BSD-3-Clause
// Coincidences of two spike trains.
#pragma once

#include <vector>

namespace neurodyn::analysis {

/// SPIKE-synchronization of two trains (Kreuz, Mulansky & Bozanic 2015, doi:10.1152/jn.00848.2014): the part
/// of all events that coincide with one of the other train, closer than half of the shortest of the four
/// intervals beside them (and than `closest_s`, where it is above 0). 1: every event has its partner. NaN
/// where neither has an event.
double spike_synchronization(const std::vector<double>& a, const std::vector<double>& b, double start_s,
                             double stop_s, double closest_s = 0.0);

}  // namespace neurodyn::analysis
