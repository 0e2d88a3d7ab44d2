// SPDX-License-Identifier: BSD-3-Clause
// Networks and delays: characteristic roots and critical values against closed forms.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "dynamics/lyapunov.hpp"
#include "experiment/analyse.hpp"
#include "experiment/network_dynamics.hpp"

namespace neurodyn::experiment {
namespace {

using dynamics::Bifurcation;
using dynamics::Special;
using ::testing::HasSubstr;

constexpr double pi = std::numbers::pi;

struct Loading {
    Document document;
    Experiment experiment;
    Resources resources{"."};
    Built built;
    explicit Loading(const std::string& text)
        : document(parse_document(text, "f.yaml")),
          experiment(read_experiment(document)),
          built(build(experiment, resources)) {}
    dynamics::NetworkField field(const std::string& parameter) const {
        return network_field(built.network, {.parameter = parameter});
    }
};

std::vector<Special> found(const std::string& text, const std::string& parameter,
                           const dynamics::Range& range, Bifurcation kind) {
    const Loading loaded(text);
    const dynamics::NetworkField field = loaded.field(parameter);
    std::vector<Special> all;
    for (const auto& branch : dynamics::network_branches(field, range, {}))
        for (const Special& special : branch.special)
            if (special.kind == kind) all.push_back(special);
    return all;
}

const std::string head = "time: {dt: 0.1 ms, duration: 1 ms, method: rk4}\n";

// dx/dt = (-x + G mu x(t - delay))/T for each eigenvalue mu of the weights: for mu = -1 a Hopf point where
// T omega = sqrt(G^2 - 1) and cos(omega delay) = -1/G (Hayes 1950, doi:10.1112/jlms/s1-25.3.226), for mu = 1
// a zero at G = 1. With delay = 2 pi/(3 sqrt(3)) T the first is at G = 2.
std::string inhibited_pair() {
    return head +
           "populations: {x: {model: linear, size: 2, set: {tau: 10 ms}}}\n"
           "projections: {loop: {from: x.x, to: x.x_ext, pattern: all_to_all, weights: \"where(i != j, -1, "
           "0)\", delays: "
           "12.1 ms, set: {G: 2}}}\n";
}

TEST(NetworkDynamics, DelayedInhibitionHasItsClosedForms) {
    const auto hopf = found(inhibited_pair(), "loop.delay", {2.0, 20.0}, Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 1u);
    EXPECT_NEAR(hopf[0].parameter, 10.0 * 2.0 * pi / (3.0 * std::sqrt(3.0)), 1e-8);
    EXPECT_NEAR(hopf[0].frequency_rad_s, std::sqrt(3.0) / 10e-3, 1e-6);
    const auto crossing = found(inhibited_pair(), "loop.G", {0.2, 1.5}, Bifurcation::branch_point);
    ASSERT_EQ(crossing.size(), 1u);
    EXPECT_NEAR(crossing[0].parameter, 1.0, 1e-9);
}

TEST(NetworkDynamics, HopfPointOverTheGainOfADelayedLoop) {
    const auto hopf = found(inhibited_pair(), "loop.G", {1.5, 3.0}, Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 1u);
    const double gain = hopf[0].parameter, omega = hopf[0].frequency_rad_s;
    EXPECT_NEAR(omega, std::sqrt(gain * gain - 1.0) / 10e-3, 1e-6);
    EXPECT_NEAR(std::cos(omega * 12.1e-3), -1.0 / gain, 1e-9);
    EXPECT_NEAR(gain, 2.0, 0.01);
}

// Mackey & Glass 1977, doi:10.1126/science.267326: x' = b x_d/(1 + x_d^n) - g x, b = 0.2, g = 0.1, n = 10
// (per s). Rest at (b/g - 1)^(1/n) = 1; its linearisation z + g + k exp(-z d) = 0 with k = g (n (b - g)/b -
// 1) = 0.4 per s has its Hopf point at omega = sqrt(k^2 - g^2), d = arccos(-g/k)/omega.
TEST(NetworkDynamics, MackeyAndGlassTurnAtTheirCriticalDelay) {
    const auto hopf =
        found(head +
                  "populations: {cells: {model: mackey_glass, size: 1}}\n"
                  "projections: {loop: {from: cells.x, to: cells.late, pattern: one_to_one, delays: 1 s}}\n",
              "loop.delay", {1000.0, 8000.0}, Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 1u);
    const double omega = std::sqrt(0.4 * 0.4 - 0.1 * 0.1);
    EXPECT_NEAR(hopf[0].parameter, 1e3 * std::acos(-0.1 / 0.4) / omega, 1e-4);
    EXPECT_NEAR(hopf[0].frequency_rad_s, omega, 1e-9);
}

dynamics::LyapunovSpectrum spectrum_of(const std::string& text, Eigen::Index exponents) {
    const Loading loaded(text);
    return dynamics::lyapunov_spectrum(dynamics::tangent_flow(network_field(loaded.built.network, {}), "net"),
                                       {.exponents = exponents, .discard_s = 50.0, .duration_s = 100.0});
}

// Two locked phase oscillators: nothing holds their common phase, and their difference, whose sine is
// 1 rad/s/(2 K), returns at 2 K cos(difference) = sqrt(3)/s for K = 1/s.
TEST(NetworkDynamics, LockedOscillatorsHaveTheirLyapunovExponents) {
    const dynamics::LyapunovSpectrum found = spectrum_of(
        head +
            "populations: {phases: {model: kuramoto, size: 2, set: {omega: [10 rad/s, 11 rad/s]}}}\n"
            "projections: {mutual: {from: phases.theta, to: phases.theta_ext, coupling: kuramoto, weights: "
            "1, "
            "pattern: all_to_all}}\n",
        2);
    EXPECT_NEAR(found.exponents[0], 0.0, 1e-6);
    EXPECT_NEAR(found.exponents[1], -std::sqrt(3.0), 1e-5);
}

// A ring in which each node sends g to the next: eigenvalues -1/T + g/T exp(2 pi i k/N).
TEST(NetworkDynamics, ALinearRingHasItsEigenvaluesAsLyapunovExponents) {
    const dynamics::LyapunovSpectrum found =
        spectrum_of(head +
                        "populations: {x: {model: linear, size: 6, set: {tau: 1 s}, initial: {x: 1}}}\n"
                        "projections: {ring: {from: x.x, to: x.x_ext, pattern: all_to_all, weights: "
                        "\"where((i - j) % 6 == 1, 0.5, 0)\"}}\n",
                    6);
    const double expected[] = {-0.5, -0.75, -0.75, -1.25, -1.25, -1.5};
    for (int k = 0; k < 6; ++k) EXPECT_NEAR(found.exponents[k], expected[k], 2e-2) << k;
    EXPECT_NEAR(found.exponents[0], -0.5, 1e-4);
    EXPECT_NEAR(found.sum, -6.0, 1e-6);
}

TEST(NetworkDynamics, DelaysHaveNoLyapunovExponents) {
    try {
        spectrum_of(inhibited_pair(), 1);
        FAIL() << "delays were not refused";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("'x' sends to 'x' is delayed by up to 0.0121 s"));
    }
}

// Roots of z = -z_0 exp(-z delay) are W_k(-z_0 delay)/delay, W_k being the branches of Lambert's function:
// here by SciPy's lambertw, z_0 delay = 1.
TEST(NetworkDynamics, RootsAreLambertsFunction) {
    dynamics::NetworkLinearised at;
    at.value = Eigen::VectorXd::Zero(1);
    at.slope = Eigen::VectorXd::Zero(1);
    at.jacobian = {{0, 0, -100.0, 10e-3}};
    const auto roots = dynamics::characteristic_roots(at);
    EXPECT_NEAR(roots[0].real() * 10e-3, -0.31813150520476, 1e-10);
    EXPECT_NEAR(roots[0].imag() * 10e-3, 1.33723570143069, 1e-10);
    EXPECT_NEAR(roots[1].imag() * 10e-3, -1.33723570143069, 1e-10);
    EXPECT_NEAR(roots[2].real() * 10e-3, -2.06227772959828, 1e-10);
    EXPECT_NEAR(roots[2].imag() * 10e-3, 7.58863117847251, 1e-10);
}

// With the weights' largest eigenvalue 1: (a + G, -omega; omega, a) has a trace of zero at G = -2 a, and
// there the frequency sqrt(omega^2 - a^2).
TEST(NetworkDynamics, OscillatorsOnAConnectomeHaveACriticalCoupling) {
    const std::string text =
        head +
        "connectome: {path: hcp_schaefer100, normalise: spectral_radius}\n"
        "populations: {cortex: {model: stuart_landau, size: connectome, set: {a: -0.02}, initial: {x: 0}}}\n"
        "projections: {long_range: {from: cortex.x, to: cortex.x_ext, weights: connectome.weights, set: {G: "
        "0.01}}}\n";
    const auto hopf = found(text, "long_range.G", {0.0, 0.045}, Bifurcation::hopf);
    ASSERT_FALSE(hopf.empty());
    EXPECT_NEAR(hopf[0].parameter, 0.04, 1e-9);
    EXPECT_NEAR(hopf[0].frequency_rad_s, std::sqrt(std::pow(0.3141592653589793, 2) - 4e-4), 1e-9);
    const auto own = found(text, "cortex.a", {-0.04, -0.0045}, Bifurcation::hopf);
    ASSERT_FALSE(own.empty());
    EXPECT_NEAR(own[0].parameter, -0.005, 1e-9);
}

// dr/dt and dv/dt of Montbrio, Pazo & Roxin fold at eta = -5.7435272 and -3.1361341 for J = 15: with J = 10
// inside and 5 through the projection the same.
TEST(NetworkDynamics, FoldsOfANetworkOfOneNode) {
    const std::string text =
        head +
        "populations: {column: {model: montbrio_pazo_roxin, set: {J: 15}}}\n"
        "projections: {none: {from: column.r, to: column.I_ext, pattern: one_to_one, weights: 0}}\n";
    const auto folds = found(text, "column.eta", {-8.0, 0.0}, Bifurcation::fold);
    ASSERT_EQ(folds.size(), 2u);
    EXPECT_NEAR(std::min(folds[0].parameter, folds[1].parameter), -5.7435272, 1e-6);
    EXPECT_NEAR(std::max(folds[0].parameter, folds[1].parameter), -3.1361341, 1e-6);
}

TEST(NetworkDynamics, RefusesWhatIsNotSmooth) {
    const auto refusal = [](const std::string& text, const std::string& parameter) -> std::string {
        try {
            Loading(text).field(parameter);
        } catch (const Error& error) {
            return error.what();
        }
        return "none";
    };
    EXPECT_THAT(refusal(inhibited_pair(), "lop.G"), HasSubstr("did you mean"));
    EXPECT_THAT(refusal(inhibited_pair(), "loop.H"), HasSubstr("no parameter or input 'H'"));
    EXPECT_THAT(refusal(head + "populations: {cells: {model: lif}}\n", "cells.tau"),
                HasSubstr("resets variables"));
}

}  // namespace
}  // namespace neurodyn::experiment
