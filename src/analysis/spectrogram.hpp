// SPDX-License-Identifier: BSD-3-Clause
// Power over time and frequency.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/power_spectrum.hpp"

namespace neurodyn::analysis {

struct Spectrogram {
    std::vector<double> frequency_hz, time_s;
    std::vector<double> power;  ///< [frequency][time], unit^2/Hz
};

/// The power of each segment of one channel, at the segment's middle (scipy.signal.spectrogram).
Spectrogram segment_spectrogram(const SeriesView& series, std::size_t channel,
                                const PowerSpectrumOptions& options);

/// The squared modulus of Morlet wavelets (`morlet`) over their equivalent bandwidth, a density as that of
/// segments, every `hop` samples. `discard_s` is left out first.
Spectrogram morlet_spectrogram(const SeriesView& series, std::size_t channel,
                               const std::vector<double>& frequency_hz, double cycles, std::size_t hop,
                               double discard_s);

}  // namespace neurodyn::analysis
