// SPDX-License-Identifier: BSD-3-Clause
// Spike time tiling coefficient: a measure of correlation that does not depend on rates.
#pragma once

#include <span>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Spike time tiling coefficient of two trains recorded from `start_s` to `stop_s` (Cutts & Eglen 2014,
/// doi:10.1523/JNEUROSCI.2767-14.2014, with times at a distance of exactly `dt_s` counted as coincident):
/// 1 where all events of both coincide, about 0 for independent trains, whatever their rates. NaN without
/// events.
double sttc(std::span<const double> a, std::span<const double> b, double dt_s, double start_s, double stop_s);

}  // namespace neurodyn::analysis
