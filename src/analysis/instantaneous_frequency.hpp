// SPDX-License-Identifier: BSD-3-Clause
// How fast the phase of an oscillation turns.
#pragma once

#include <vector>

#include "analysis/phases.hpp"

namespace neurodyn::analysis {

/// Rate of the phase in Hz, [channel][sample], between samples: central differences, one-sided at the ends
/// (Boashash 1992, doi:10.1109/5.135376). Throws as analytic_signal does.
std::vector<double> instantaneous_frequency(const SeriesView& series, const PhaseOptions& options);

}  // namespace neurodyn::analysis
