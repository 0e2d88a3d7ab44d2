// SPDX-License-Identifier: BSD-3-Clause
// How the amplitude of a fast oscillation depends on the phase of a slow one.
#pragma once

#include <complex>
#include <span>
#include <vector>

namespace neurodyn::analysis {

struct PhaseAmplitudeCoupling {
    std::vector<double> distribution;  ///< mean amplitude in each bin of phase from -pi on, of sum 1
    double modulation_index = 0.0;     ///< Kullback-Leibler distance of it from even, over log(bins)
    double preferred_rad = 0.0;        ///< phase of the first moment of the distribution
};

/// Modulation index of Tort et al. (2010, doi:10.1152/jn.00106.2010) of two analytic signals.
PhaseAmplitudeCoupling phase_amplitude_coupling(std::span<const std::complex<double>> slow,
                                                std::span<const std::complex<double>> fast, std::size_t bins);

}  // namespace neurodyn::analysis
