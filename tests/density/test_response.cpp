// SPDX-License-Identifier: BSD-3-Clause
// The rate's linear response against the leaky neuron's closed form and against differences of stationary
// rates.
#include <gtest/gtest.h>

#include "density/response.hpp"
#include "density/stationary.hpp"
#include "membranes.hpp"

namespace neurodyn::density {
namespace {

struct Case {
    double mu, sigma, frequency_hz, real, imaginary;
};

// Lindner & Schimansky-Geier 2001, doi:10.1103/PhysRevLett.86.2934, eq. 5, by mpmath's parabolic cylinder
// functions: Hz per mV of mu; tau 20 ms, refractory 2 ms, threshold 20 mV, reset 10 mV.
TEST(LinearResponse, OfLeakyNeuronsIsTheClosedForm) {
    const Case cases[] = {
        {15, 5, 1, 2.90072324147, -0.121359679215},   {15, 5, 10, 2.4137494314, -0.936836246913},
        {15, 5, 50, 0.915159625968, -0.917268606235}, {15, 5, 200, 0.395551003432, -0.436988281979},
        {25, 2, 1, 4.43428848698, 0.0562697659605},   {25, 2, 50, 6.88950360655, -3.82987330326},
        {25, 2, 200, 4.11928189405, -2.2055812611}};
    for (const Case& c : cases) {
        const double frequencies[] = {c.frequency_hz};
        const auto response =
            linear_response(tests::leaky(c.mu, c.sigma), Modulated::drift, frequencies).front() / 20e-3;
        EXPECT_NEAR(response.real(), c.real, 1e-7) << c.mu << " " << c.frequency_hz;
        EXPECT_NEAR(response.imag(), c.imaginary, 1e-7) << c.mu << " " << c.frequency_hz;
    }
}

// Slow modulations move along the stationary rates.
TEST(LinearResponse, SlowModulationsFollowTheStationaryRate) {
    const double slow[] = {1e-4};
    const auto of = [&](double mu, double sigma, Modulated what) {
        return linear_response(tests::leaky(mu, sigma), what, slow).front().real();
    };
    const auto rate = [](double mu, double sigma) {
        return stationary_firing(tests::leaky(mu, sigma)).rate_hz;
    };
    const double step = 1e-3;
    EXPECT_NEAR(of(18.0, 4.0, Modulated::drift),
                (rate(18.0 + step, 4.0) - rate(18.0 - step, 4.0)) / (2.0 * step) * 20e-3, 1e-6);
    // D = sigma^2 / (2 tau)
    EXPECT_NEAR(
        of(18.0, 4.0, Modulated::diffusion),
        (rate(18.0, std::sqrt(16.0 + step)) - rate(18.0, std::sqrt(16.0 - step))) / (2.0 * step) * 40e-3,
        1e-7);
}

}  // namespace
}  // namespace neurodyn::density
