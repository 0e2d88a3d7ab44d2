// SPDX-License-Identifier: BSD-3-Clause
// How the rate of infinitely many neurons follows small modulations of what drives them.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "density/membrane.hpp"

namespace neurodyn::density {

/// What is modulated, by e^(i omega t): the drift, by one unit of v per second, or the diffusion D, by one
/// unit of v squared per second.
enum class Modulated { drift, diffusion };

/// Amplitude and phase of the rate (Hz per unit of the modulation) at each frequency (Hz): positive phases
/// lead. The linearised Fokker-Planck equation is integrated from the threshold down (Richardson 2007,
/// doi:10.1103/PhysRevE.76.021919), here by collocation as the stationary state is.
std::vector<std::complex<double>> linear_response(const Membrane& membrane, Modulated modulated,
                                                  std::span<const double> frequency_hz);

}  // namespace neurodyn::density
