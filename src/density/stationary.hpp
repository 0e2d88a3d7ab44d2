// SPDX-License-Identifier: BSD-3-Clause
// The stationary state of infinitely many integrate-and-fire neurons, for any drift and diffusion: rate,
// variability of intervals, density.
#pragma once

#include <span>
#include <vector>

#include "density/membrane.hpp"

namespace neurodyn::density {

/// The rate in Hz and the coefficient of variation of the intervals between spikes. A neuron that never gets
/// to the threshold (no noise, or exp(-700) of it) has the rate 0 and the coefficient 1 of rare events.
struct Firing {
    double rate_hz = 0.0, isi_cv = 1.0;
};

/// From the first two moments of the passage time from reset to threshold (Ricciardi 1977, Diffusion
/// processes and related topics in biology, section 3): its negative slope g in the potential obeys D g' + a
/// g = 1, which is integrated upwards, where it is well conditioned for every sign of a, by Radau collocation
/// of order 15 (Hairer & Wanner 1996, section IV.5) on intervals that follow a/D. Relative error about 1e-11.
Firing stationary_firing(const Membrane& membrane);

/// The density (per unit of v) at the ascending potentials `v`: of neurons that are not refractory, so that
/// its integral is 1 - rate * refractory time; 0 beyond the threshold.
std::vector<double> stationary_density(const Membrane& membrane, std::span<const double> v);

/// Mean potential of the neurons that are not refractory times their share, plus that of the refractory ones,
/// which wait at the reset.
double stationary_mean(const Membrane& membrane);

}  // namespace neurodyn::density
