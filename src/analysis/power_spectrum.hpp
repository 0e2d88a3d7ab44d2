// SPDX-License-Identifier: BSD-3-Clause
// Power spectrum by Welch's method.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/data.hpp"
#include "analysis/table.hpp"
#include "analysis/tapers.hpp"
#include "analysis/transform.hpp"

namespace neurodyn::analysis {

enum class Detrend { constant, linear, none };

struct PowerSpectrumOptions {
    double discard_s = 0;  ///< left out at the start
    double segment_s = 0;  ///< length of a segment; 0: 256 samples, or the whole series when it is shorter
    double overlap = 0.5;  ///< fraction of a segment shared with the next, 0 to below 1
    TaperWindow window = TaperWindow::hann;
    Detrend detrend = Detrend::constant;  ///< what is taken off every segment
    double half_bandwidth = 4.0;          ///< of the window dpss, times the segment's length
};

struct PowerSpectrum {
    std::vector<double> frequency_hz;  ///< 0 to the Nyquist frequency
    std::vector<double> power;         ///< [channel][frequency], unit^2/Hz
    std::size_t segments = 0;          ///< averaged
    std::size_t segment_samples = 0;
    double freedom = 0;  ///< degrees of freedom of each power, as of a chi-squared variable

    std::span<const double> channel(std::size_t c) const {
        return std::span<const double>(power).subspan(c * frequency_hz.size(), frequency_hz.size());
    }
    /// Mean over channels.
    std::vector<double> mean() const;
};

/// The Fourier transforms whose products spectra are means of: one for each segment and taper.
class TaperedSegments {
  public:
    /// Throws DataError and OptionError; of a shape without values, too.
    TaperedSegments(const SeriesView& series, const PowerSpectrumOptions& options);
    const SeriesView& series() const { return series_; }  ///< without its start
    std::size_t length() const { return length_; }
    std::size_t hop() const { return hop_; }
    std::size_t segments() const { return segments_; }
    std::size_t estimates() const { return segments_ * tapers_.size(); }
    std::vector<double> frequency_hz() const;
    double freedom() const;
    /// 2 where a frequency stands for its negative, too.
    double sides(std::size_t bin) const { return bin == 0 || 2 * bin == length_ ? 1.0 : 2.0; }
    /// Fills `transform`, of length(), with estimate `estimate` of a channel.
    void transform(std::size_t channel, std::size_t estimate, RealTransform& transform) const;

  private:
    SeriesView series_;
    std::size_t length_, hop_, segments_;
    Detrend detrend_;
    std::vector<std::vector<double>> tapers_;
};

/// Options that analyses of spectra share ("discard", "segment", "overlap", "window", "half_bandwidth",
/// "detrend"), followed by an analysis's own.
std::vector<OptionSpec> with_spectrum_options(std::vector<OptionSpec> own);
PowerSpectrumOptions read_spectrum_options(const Arguments& arguments);

/// One-sided power spectral density, mean over overlapping tapered segments (Welch 1967,
/// doi:10.1109/TAU.1967.1161901) and, with the window dpss, over orthogonal tapers (Thomson 1982,
/// doi:10.1109/PROC.1982.12433), with the conventions of scipy.signal.welch: periodic window, density
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
