// SPDX-License-Identifier: BSD-3-Clause
// Spectrum of the rate of a whole population: do its neurons fire in a common rhythm?
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct PopulationSpectrumOptions {
    double discard_s = 0;  ///< left out at the start
    double bin_s = 5e-4;   ///< in which the events of all nodes are counted
    double segment_s = 0;  ///< of Welch's method; 0: half a second, or all that there is when it is shorter
    double low_hz = 0, high_hz = 0;  ///< where the peak is looked for; high_hz = 0: no upper limit
};

struct PopulationSpectrum {
    std::vector<double> frequency_hz;
    std::vector<double> power;  ///< one-sided density of the rate of a node, Hz^2/Hz
    double peak_frequency_hz = 0;
    double peak_ratio = 0;  ///< power there over that of as many independent Poisson trains, 2 rate/nodes
};

/// Welch's spectrum of the events per node and second. `peak_ratio` is near 1 when nodes are independent and
/// grows with their number when they are not; NaN without events. Throws OptionError.
PopulationSpectrum population_spectrum(const Events& events, const PopulationSpectrumOptions& options = {});

}  // namespace neurodyn::analysis
