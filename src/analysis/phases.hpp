// SPDX-License-Identifier: BSD-3-Clause
// Phases and amplitudes of oscillations: analytic signals by the Hilbert transform or by Morlet wavelets, and
// what the analyses of phases share.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/data.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {

inline constexpr double two_pi = 6.283185307179586476925286766559;

enum class PhaseMethod { hilbert, morlet, given };

struct PhaseOptions {
    double discard_s = 0.0;  ///< left out at the start, before anything else
    PhaseMethod method = PhaseMethod::hilbert;
    double low_hz = 0.0, high_hz = 0.0;        ///< band of the Hilbert transform; both 0: all frequencies
    double frequency_hz = 10.0, cycles = 7.0;  ///< of the Morlet wavelet
    double edge_s = 0.0;  ///< left out at both ends afterwards; 0: as far as filters lack data
};

/// Analytic signals, [channel][sample], of the samples `first` to `first + samples` of the series without
/// its start.
struct AnalyticSignal {
    std::vector<std::complex<double>> values;
    std::size_t channels = 0, samples = 0, first = 0;
    std::span<const std::complex<double>> channel(std::size_t c) const {
        return std::span(values).subspan(c * samples, samples);
    }
};

/// x + i H(x) of one channel's values about their mean, as scipy.signal.hilbert has it.
std::vector<std::complex<double>> hilbert(std::span<const double> values);

/// The same within a band: zero-phase Butterworth filter of order 3 (its gain squared, as filtering forth and
/// back has it, of scipy.signal.butter(3, [low, high], 'bandpass')) of the values reflected about both ends.
std::vector<std::complex<double>> band_hilbert(std::span<const double> values, double interval_s,
                                               double low_hz, double high_hz);

/// Convolution with the wavelet exp(2 pi i f t) exp(-t^2/(2 s^2)), s = cycles/(2 pi f), so scaled that a
/// cosine of amplitude a at f gives the modulus a; zeros beyond the ends.
std::vector<std::complex<double>> morlet(std::span<const double> values, double interval_s,
                                         double frequency_hz, double cycles);

/// Analytic signals of all channels, in parallel. Phases that are `given` (in radians) become exp(i phase).
/// Throws DataError (too short, not finite, constant) and OptionError.
AnalyticSignal analytic_signal(const SeriesView& series, const PhaseOptions& options);

/// The samples that analytic_signal would give: {first, count}; throws what it would because of shapes.
std::pair<std::size_t, std::size_t> analytic_samples(const SeriesView& series, const PhaseOptions& options);

/// Options "discard", "phases", "low", "high", "frequency", "cycles" and "edge"; `given` allows phases that
/// are recorded as such.
std::vector<OptionSpec> phase_option_specs(bool given);
PhaseOptions read_phase_options(const Arguments& arguments);
/// Times of the samples that are left.
Dimension phase_times(const SeriesView& series, const PhaseOptions& options);

/// Throws OptionError "low" unless 0 < low < high < half the sampling rate.
void require_band(const SeriesView& series, double low_hz, double high_hz, const std::string& low_option);

/// The phase nearest to 0 that differs by whole turns.
double wrapped(double phase);

}  // namespace neurodyn::analysis
