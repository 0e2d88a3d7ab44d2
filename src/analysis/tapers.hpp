// SPDX-License-Identifier: BSD-3-Clause
// Tapers of segments: the windows of Welch's method, and discrete prolate spheroidal sequences.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace neurodyn::analysis {

enum class TaperWindow { hann, hamming, boxcar, dpss };

/// The first `count` discrete prolate spheroidal sequences (Slepian 1978,
/// doi:10.1002/j.1538-7305.1978.tb02104.x) of this length and product of half-bandwidth and length: the
/// eigenvectors of a tridiagonal matrix, of unit sum of squares, with the signs of
/// scipy.signal.windows.dpss (even ones have a positive sum, odd ones begin with a positive lobe).
std::vector<std::vector<double>> dpss(std::size_t length, double half_bandwidth, std::size_t count);

/// One taper (hann, hamming: periodic ones), or 2 half_bandwidth - 1 of dpss, each of unit sum of squares.
std::vector<std::vector<double>> tapers(TaperWindow window, std::size_t length, double half_bandwidth);

/// Degrees of freedom of a power that is the mean over `segments` segments `hop` apart and all tapers:
/// 2/(relative variance) for white noise (Welch 1967; Percival & Walden 1993, equation 292b).
double degrees_of_freedom(const std::vector<std::vector<double>>& tapers, std::size_t segments,
                          std::size_t hop);

}  // namespace neurodyn::analysis
