// SPDX-License-Identifier: BSD-3-Clause
// A power spectrum as peaks on an aperiodic background.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace neurodyn::analysis {

struct SpectralPeaksOptions {
    bool knee = false;                            ///< of the background
    double narrowest_hz = 0.5, widest_hz = 12.0;  ///< widths of peaks, 2 standard deviations
    std::size_t most_peaks = 6;
    double threshold = 2.0;      ///< standard deviations of the flattened spectrum that a peak must exceed
    double least_height = 0.0;   ///< in log10 of power
    double line_hz = 0.0;        ///< of the mains: it and its multiples are left out; 0: none
    double line_width_hz = 2.0;  ///< to either side
};

struct SpectralPeak {
    double frequency_hz = 0.0, height = 0.0, width_hz = 0.0;  ///< height in log10 of power, width 2 SD
};

struct SpectralPeaks {
    double offset = 0.0, knee = 0.0, exponent = 0.0;  ///< log10 P = offset - log10(knee + f^exponent)
    std::vector<SpectralPeak> peaks;                  ///< by frequency
    double r_squared = 0.0, error = 0.0;              ///< of the fit: squared correlation, mean |difference|
    double aperiodic(double frequency_hz) const;
    double fit(double frequency_hz) const;
};

/// The parametrisation of Donoghue et al. (2020, doi:10.1038/s41593-020-00744-x) of a power (not its
/// logarithm) at ascending frequencies above 0: a background fitted to what lies below a first one; Gaussians
/// found one after the other and fitted together; the background fitted again without them.
SpectralPeaks spectral_peaks(std::span<const double> frequency_hz, std::span<const double> power,
                             const SpectralPeaksOptions& options);

/// 50 or 60 where the mains stand out of the spectrum, else 0: the largest log10 power within 1 Hz against
/// the median of those 2 to 6 Hz away exceeds 0.3 and four of their deviations.
double find_line(std::span<const double> frequency_hz, std::span<const double> power);

}  // namespace neurodyn::analysis
