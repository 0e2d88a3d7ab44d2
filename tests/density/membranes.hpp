// SPDX-License-Identifier: BSD-3-Clause
// Neurons with a known stationary state.
#pragma once

#include <cmath>

#include "density/membrane.hpp"

namespace neurodyn::tests {

/// tau dv/dt = mu - v + sigma sqrt(tau) xi: mV and seconds.
inline density::Membrane leaky(double mu, double sigma, double refractory_s = 2e-3, double tau = 20e-3) {
    density::Membrane made;
    made.coefficients = [=](std::span<const double> v, std::span<double> drift, std::span<double> diffusion,
                            std::span<double> slope) {
        for (std::size_t i = 0; i < v.size(); ++i) {
            drift[i] = (mu - v[i]) / tau;
            diffusion[i] = 0.5 * sigma * sigma / tau;
            slope[i] = 0.0;
        }
    };
    made.reset = 10.0;
    made.threshold = 20.0;
    made.refractory_s = refractory_s;
    made.lowest = *density::lowest_potential(made.coefficients, made.reset, made.threshold, 40.0);
    return made;
}

/// The exponential neuron of Augustin et al. 2017 (doi:10.1371/journal.pcbi.1005545), its moments in mV/ms
/// and mV/ms^(1/2).
inline density::Membrane exponential(double mu, double sigma) {
    density::Membrane made;
    made.coefficients = [=](std::span<const double> v, std::span<double> drift, std::span<double> diffusion,
                            std::span<double> slope) {
        for (std::size_t i = 0; i < v.size(); ++i) {
            drift[i] =
                1e3 * (10.0 * (-65.0 - v[i]) + 15.0 * std::exp((v[i] + 50.0) / 1.5)) / 200.0 + 1e3 * mu;
            diffusion[i] = 0.5 * sigma * sigma * 1e3;
            slope[i] = 0.0;
        }
    };
    made.reset = -70.0;
    made.threshold = -40.0;
    made.lowest = *density::lowest_potential(made.coefficients, made.reset, made.threshold, 40.0);
    return made;
}

/// dv = (v^2 + eta) dt + sigma dW between -limit and limit, without units.
inline density::Membrane quadratic(double eta, double sigma, double limit) {
    density::Membrane made;
    made.coefficients = [=](std::span<const double> v, std::span<double> drift, std::span<double> diffusion,
                            std::span<double> slope) {
        for (std::size_t i = 0; i < v.size(); ++i) {
            drift[i] = v[i] * v[i] + eta;
            diffusion[i] = 0.5 * sigma * sigma;
            slope[i] = 0.0;
        }
    };
    made.reset = -limit;
    made.threshold = limit;
    made.lowest = *density::lowest_potential(made.coefficients, made.reset, made.threshold, 40.0);
    return made;
}

}  // namespace neurodyn::tests
