// SPDX-License-Identifier: BSD-3-Clause
// What a one-dimensional integrate-and-fire neuron in white noise is to its density: drift and diffusion of
// the potential, threshold, reset and refractory time.
#pragma once

#include <functional>
#include <optional>
#include <span>

namespace neurodyn::density {

/// Itô drift a (unit of v per second) and diffusion D = b^2/2 (unit of v squared per second) of dv = a dt + b
/// dW, at each potential; the third is dD/dv.
using Coefficients = std::function<void(std::span<const double> v, std::span<double> drift,
                                        std::span<double> diffusion, std::span<double> slope)>;

/// A neuron that starts at `reset`, fires at `threshold` and stays out for `refractory_s`. Potentials below
/// `lowest` are not looked at; a wall stands there. Throws nothing by itself; check() does.
struct Membrane {
    Coefficients coefficients;
    double lowest = 0.0, reset = 0.0, threshold = 0.0;
    double refractory_s = 0.0;
};

/// Throws Error when lowest < reset < threshold does not hold, or the refractory time is negative.
void check(const Membrane& membrane);

/// A potential below which hardly anything is ever found: where the drift's pull upwards makes exp(-`depth`)
/// of the density there. Where there is no diffusion, one span (the distance from reset to threshold) below
/// the reset. Nothing where no pull is found within tens of thousands of spans.
std::optional<double> lowest_potential(const Coefficients& coefficients, double reset, double threshold,
                                       double depth);

}  // namespace neurodyn::density
