// SPDX-License-Identifier: BSD-3-Clause
// Waves of phase on a grid: their direction, speed and how many spirals they turn about.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct PhaseWaves {
    /// For each sample: |mean gradient| over mean |gradient| of the phase (Rubino, Robbins & Hatsopoulos
    /// 2006, doi:10.1038/nn1802), 1 for a plane wave.
    std::vector<double> directionality;
    std::vector<double>
        singularities;  ///< for each sample: points about which the phase turns once; of a line 0
    double mean_directionality = 0.0, mean_singularities = 0.0;
    double direction_rad = 0.0;  ///< in which waves travel, from x towards y; mean over samples
    double speed_m_per_s = 0.0;  ///< median of -(d phase/dt)/|gradient|
    double frequency_hz = 0.0;   ///< mean rate of the phase
};

/// The phase is that of the analytic signal of each channel minus its mean; a tenth of the samples is left
/// out at both ends, where it is not exact.
PhaseWaves phase_waves(const SeriesView& series, double discard_s);

}  // namespace neurodyn::analysis
