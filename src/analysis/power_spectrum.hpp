// SPDX-License-Identifier: BSD-3-Clause
// Power spectrum by Welch's method.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

enum class TaperWindow { hann, hamming, boxcar };
enum class Detrend { constant, linear, none };

struct PowerSpectrumOptions {
    double discard_s = 0;  ///< left out at the start
    double segment_s = 0;  ///< length of a segment; 0: 256 samples, or the whole series when it is shorter
    double overlap = 0.5;  ///< fraction of a segment shared with the next, 0 to below 1
    TaperWindow window = TaperWindow::hann;
    Detrend detrend = Detrend::constant;  ///< what is taken off every segment
};

struct PowerSpectrum {
    std::vector<double> frequency_hz;  ///< 0 to the Nyquist frequency
    std::vector<double> power;         ///< [channel][frequency], unit^2/Hz
    std::size_t segments = 0;          ///< averaged
    std::size_t segment_samples = 0;

    std::span<const double> channel(std::size_t c) const {
        return std::span<const double>(power).subspan(c * frequency_hz.size(), frequency_hz.size());
    }
    /// Mean over channels.
    std::vector<double> mean() const;
};

/// One-sided power spectral density, mean over overlapping tapered segments (Welch 1967,
/// doi:10.1109/TAU.1967.1161901), with the conventions of scipy.signal.welch: periodic window, density
/// scaling, the rest that does not fill a segment left out. Throws DataError and OptionError.
PowerSpectrum power_spectrum(const SeriesView& series, const PowerSpectrumOptions& options = {});

/// The frequencies of `power_spectrum` of a series of that shape; its values are not read. Throws DataError
/// and OptionError.
std::vector<double> spectrum_frequencies(const SeriesView& series, const PowerSpectrumOptions& options);

/// The frequency of the largest power within [low_hz, high_hz], zero frequency left out; high_hz = 0: no
/// upper limit. Throws OptionError when no frequency lies within.
double peak_frequency(std::span<const double> frequency_hz, std::span<const double> power, double low_hz = 0,
                      double high_hz = 0);

}  // namespace neurodyn::analysis
