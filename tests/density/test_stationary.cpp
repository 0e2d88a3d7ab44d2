// SPDX-License-Identifier: BSD-3-Clause
// Stationary rate, variability and density against Siegert's formula and other closed forms.
#include <gtest/gtest.h>

#include <numbers>

#include "base/error.hpp"
#include "density/stationary.hpp"
#include "membranes.hpp"

namespace neurodyn::density {
namespace {

struct Case {
    double mu, sigma, rate_hz;
};

// Siegert's formula (1951, doi:10.1103/PhysRev.81.617) with tau 20 ms, refractory 2 ms, threshold 20 mV,
// reset 10 mV, by mpmath with 30 digits.
TEST(Stationary, RatesOfLeakyNeuronsAreSiegerts) {
    const Case cases[] = {{15, 5, 9.460799805759126},
                          {18, 3, 12.5115277072334},
                          {20, 5, 27.34056735307727},
                          {25, 2, 42.84961379921007},
                          {10, 5, 0.8819234559756666}};
    for (const Case& c : cases)
        EXPECT_NEAR(stationary_firing(tests::leaky(c.mu, c.sigma)).rate_hz / c.rate_hz, 1.0, 1e-10) << c.mu;
}

// The second moment of the passage time, by numerical quadrature of its double integral.
TEST(Stationary, VariabilityOfLeakyNeurons) {
    const Case cases[] = {{15, 5, 0.81476}, {20, 5, 0.58264}, {25, 2, 0.20831}};
    for (const Case& c : cases)
        EXPECT_NEAR(stationary_firing(tests::leaky(c.mu, c.sigma)).isi_cv, c.rate_hz, 5e-6) << c.mu;
}

// Rates of the exponential neuron by the method of Richardson 2007 (doi:10.1103/PhysRevE.76.021919).
TEST(Stationary, RatesOfExponentialNeurons) {
    EXPECT_NEAR(stationary_firing(tests::exponential(1.5, 2.0)).rate_hz, 45.88688, 1e-5);
    EXPECT_NEAR(stationary_firing(tests::exponential(0.5, 2.0)).rate_hz, 8.903474, 1e-6);
    EXPECT_NEAR(stationary_firing(tests::exponential(1.0, 1.5)).rate_hz, 25.393265, 1e-6);
}

// Without noise the quadratic neuron takes 2 arctan(limit / sqrt(eta)) / sqrt(eta).
TEST(Stationary, QuadraticNeuronWithoutNoiseHasItsPeriod) {
    const double eta = 2.0, limit = 100.0;
    const double period = 2.0 * std::atan(limit / std::sqrt(eta)) / std::sqrt(eta);
    EXPECT_NEAR(stationary_firing(tests::quadratic(eta, 0.0, limit)).rate_hz * period, 1.0, 1e-9);
    EXPECT_NEAR(stationary_firing(tests::quadratic(eta, 0.0, limit)).isi_cv, 0.0, 1e-6);
    EXPECT_EQ(stationary_firing(tests::quadratic(-1.0, 0.0, limit)).rate_hz, 0.0);
}

// Brunel & Latham 2003, doi:10.1162/089976603322362365: for dv = (v^2 + eta) dt + sigma dW from -infinity to
// infinity 1/rate = sqrt(pi) times the integral of exp(-eta x^2 - sigma^4 x^6 / 48) over all x.
TEST(Stationary, QuadraticNeuronWithNoiseFollowsBrunelAndLatham) {
    for (const double eta : {-1.0, 0.0, 1.0}) {
        const double sigma = 1.5;
        double integral = 0.0;
        const double step = 1e-3;
        for (double x = -12.0 + 0.5 * step; x < 12.0; x += step)
            integral += std::exp(-eta * x * x - std::pow(sigma, 4) * std::pow(x, 6) / 48.0) * step;
        const double rate = 1.0 / (std::sqrt(std::numbers::pi) * integral);
        // What is beyond the limits takes 2/limit.
        const double limit = 400.0;
        const double measured = stationary_firing(tests::quadratic(eta, sigma, limit)).rate_hz;
        EXPECT_NEAR((1.0 / measured + 2.0 / limit) * rate, 1.0, 1e-5) << eta;
    }
}

// By numerical quadrature of the closed form.
TEST(Stationary, DensityOfLeakyNeurons) {
    const std::vector<double> v = {0, 5, 10, 15, 18, 25};
    const double expected[] = {2.7324e-5, 4.05519e-3, 0.0814506, 0.1107028, 0.0413016, 0.0};
    const std::vector<double> density = stationary_density(tests::leaky(15.0, 5.0), v);
    for (std::size_t i = 0; i < v.size(); ++i)
        EXPECT_NEAR(density[i], expected[i], 2e-5 * expected[i] + 1e-15) << v[i];
}

TEST(Stationary, DensityIntegratesToTheNeuronsThatAreNotRefractory) {
    const Membrane membrane = tests::leaky(15.0, 5.0);
    double sum = 0.0, moment = 0.0;
    std::vector<double> v;
    const double step = 0.001;
    for (double x = membrane.lowest + 0.5 * step; x < 20.0; x += step) v.push_back(x);
    const std::vector<double> density = stationary_density(membrane, v);
    for (std::size_t i = 0; i < v.size(); ++i) {
        sum += density[i] * step;
        moment += v[i] * density[i] * step;
    }
    const double rate = stationary_firing(membrane).rate_hz;
    EXPECT_NEAR(sum, 0.98107840, 1e-7);  // the closed form's
    EXPECT_NEAR(sum, 1.0 - rate * 2e-3, 1e-7);
    EXPECT_NEAR(stationary_mean(membrane), moment + rate * 2e-3 * 10.0, 1e-5);
}

TEST(Stationary, NeuronsThatNeverFireHaveTheRateZero) {
    EXPECT_LT(stationary_firing(tests::leaky(0.0, 1.0)).rate_hz, 1e-100);
    EXPECT_EQ(stationary_firing(tests::leaky(15.0, 0.0)).rate_hz, 0.0);
}

// By mpmath: a reset so near to the threshold that the density reaches 400 times as far below it.
TEST(Stationary, ResetsNearTheThreshold) {
    Membrane membrane = tests::leaky(15.0, 5.0);
    membrane.reset = 19.9;
    membrane.lowest = *lowest_potential(membrane.coefficients, 19.9, 20.0, 40.0);
    EXPECT_NEAR(stationary_firing(membrane).rate_hz, 182.69, 0.005);
}

// Boltzmann's density, or the point of rest without noise.
TEST(Stationary, MeanOfNeuronsThatNeverFire) {
    EXPECT_NEAR(stationary_mean(tests::leaky(5.0, 0.0)), 5.0, 1e-9);
    EXPECT_NEAR(stationary_mean(tests::leaky(15.0, 0.0)), 15.0, 1e-9);
    EXPECT_NEAR(stationary_mean(tests::leaky(-130.0, 0.0)), -130.0, 1e-6);
    EXPECT_NEAR(stationary_mean(tests::leaky(5.0, 0.3)), 5.0, 1e-3);
}

// The passage between a wall and the threshold: with s = (v - mu)/sigma, 1/rate = tau_ref + 2 tau times the
// integral from reset to threshold of exp(s^2) times the integral of exp(-r^2) from the wall to s.
TEST(Stationary, WallsReflect) {
    Membrane membrane = tests::leaky(15.0, 5.0);
    membrane.lowest = 8.0;
    constexpr int pieces = 20000;
    const double wall = (8.0 - 15.0) / 5.0, low = -1.0, high = 1.0, step = (high - low) / pieces;
    double sum = 0.0;
    for (int k = 0; k < pieces; ++k) {
        const double s = low + (k + 0.5) * step;
        sum += std::exp(s * s) * 0.5 * std::sqrt(std::numbers::pi) * (std::erf(s) - std::erf(wall)) * step;
    }
    EXPECT_NEAR(stationary_firing(membrane).rate_hz * (2e-3 + 2.0 * 20e-3 * sum), 1.0, 1e-8);
}

// Nothing pulls a free random walk up.
TEST(Stationary, FreeDiffusionHasNoLowestPotential) {
    const auto free = [](std::span<const double> v, std::span<double> drift, std::span<double> diffusion,
                         std::span<double> slope) {
        for (std::size_t i = 0; i < v.size(); ++i) {
            drift[i] = slope[i] = 0.0;
            diffusion[i] = 1.0;
        }
    };
    EXPECT_FALSE(lowest_potential(free, 10.0, 20.0, 40.0).has_value());
}

TEST(Stationary, RefusesAResetAboveTheThreshold) {
    Membrane membrane = tests::leaky(15.0, 5.0);
    membrane.reset = 25.0;
    EXPECT_THROW(stationary_firing(membrane), Error);
}

}  // namespace
}  // namespace neurodyn::density
