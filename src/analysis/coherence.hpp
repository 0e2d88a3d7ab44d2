// SPDX-License-Identifier: BSD-3-Clause
// Coherence between channels.
#pragma once

#include <complex>
#include <vector>

#include "analysis/power_spectrum.hpp"

namespace neurodyn::analysis {

struct Coherence {
    std::vector<double> frequency_hz;
    std::vector<std::complex<double>> coherency;  ///< [pair][frequency], S_ij/sqrt(S_ii S_jj), i < j
    double freedom = 0;                           ///< degrees of freedom of each power
    /// Above which a magnitude squared lies with 5 % probability when there is none: 1 - 0.05^(1/(L - 1)) of
    /// L = freedom/2 independent estimates (Halliday et al. 1995, doi:10.1016/S0079-6107(96)00009-0).
    double threshold() const;
};

/// Coherency of all pairs with the segments and tapers of power_spectrum, so that its magnitude squared is
/// scipy.signal.coherence's. Throws DataError (fewer than 2 channels, a constant one) and OptionError
/// ("segment": a single estimate, whose coherence is 1).
Coherence coherence(const SeriesView& series, const PowerSpectrumOptions& options);

}  // namespace neurodyn::analysis
