// SPDX-License-Identifier: BSD-3-Clause
// Lyapunov exponents against published and closed values.
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "dynamics/lyapunov.hpp"

namespace neurodyn::dynamics {
namespace {

VectorField field_of(const std::string& text) {
    return make_vector_field(*language::parse_model(text, "<test>"), {}, {});
}

LyapunovSpectrum spectrum_of(const std::string& text, double discard_s, double duration_s,
                             Eigen::Index exponents = 0) {
    return lyapunov_spectrum(tangent_flow(field_of(text)),
                             {.exponents = exponents, .discard_s = discard_s, .duration_s = duration_s});
}

const std::string lorenz =
    "model lorenz : mass\nequations\n  dx/dt = 10*(y - x)/second : 1\n"
    "  dy/dt = (x*(28 - z) - y)/second : 1\n  dz/dt = (x*y - 8/3*z)/second : 1\n"
    "initial\n  x = 1\n  y = 1\n  z = 20\n";

// Sprott 2003, Chaos and Time-Series Analysis, table of flows: 0.9056, 0, -14.5723, dimension 2.06215.
TEST(Lyapunov, LorenzHasItsPublishedSpectrum) {
    const LyapunovSpectrum found = spectrum_of(lorenz, 20.0, 1000.0);
    EXPECT_NEAR(found.exponents[0], 0.9056, 4.0 * found.standard_error[0] + 1e-4);
    EXPECT_LT(found.standard_error[0], 0.02);
    EXPECT_NEAR(found.exponents[1], 0.0, 2e-3);
    EXPECT_NEAR(found.exponents[2], -14.5723, 0.03);
    EXPECT_NEAR(found.sum, -(10.0 + 1.0 + 8.0 / 3.0), 1e-5);  // the divergence is constant
    EXPECT_NEAR(found.dimension, 2.06215, 2e-3);
}

// The same book: 0.0714, 0, -5.3943, dimension 2.0132.
TEST(Lyapunov, RoesslerHasItsPublishedSpectrum) {
    const LyapunovSpectrum found = spectrum_of(
        "model roessler : mass\nequations\n  dx/dt = (-y - z)/second : 1\n  dy/dt = (x + 0.2*y)/second : 1\n"
        "  dz/dt = (0.2 + z*(x - 5.7))/second : 1\ninitial\n  x = 1\n",
        200.0, 4000.0);
    EXPECT_NEAR(found.exponents[0], 0.0714, 4.0 * found.standard_error[0] + 5e-5);
    EXPECT_LT(found.standard_error[0], 0.005);
    EXPECT_NEAR(found.exponents[1], 0.0, 1e-3);
    EXPECT_NEAR(found.exponents[2], -5.3943, 0.03);
    EXPECT_NEAR(found.dimension, 2.0132, 2e-3);
}

// Exponents do not change with the units in which states are counted, and follow the unit of time.
TEST(Lyapunov, UnitsOfStatesDoNotMatter) {
    const LyapunovSpectrum found = spectrum_of(
        "model lorenz : mass\nequations\n  dx/dt = 10*(y*mV/pA - x)/ms : mV\n"
        "  dy/dt = (x*pA/mV*(28 - z/MHz) - y)/ms : pA\n  dz/dt = (x*y*MHz/mV/pA - 8/3*z)/ms : MHz\n"
        "initial\n  x = 1*mV\n  y = 1*pA\n  z = 20*MHz\n",
        0.02, 0.5);
    EXPECT_NEAR(found.exponents[0], 905.6, 4.0 * found.standard_error[0]);
    EXPECT_LT(found.standard_error[0], 20.0);
    EXPECT_NEAR(found.sum, -(10.0 + 1.0 + 8.0 / 3.0) * 1e3, 1e-2);
}

// dx/dt = A x with eigenvalues -1, -2 and -5: the exponents are these.
TEST(Lyapunov, LinearSystemsHaveTheirEigenvalues) {
    const LyapunovSpectrum found = spectrum_of(
        "model linear : mass\nequations\n  dx/dt = (-x + 3*y - z)/second : 1\n  dy/dt = (-2*y + 4*z)/second "
        ": 1\n"
        "  dz/dt = -5*z/second : 1\ninitial\n  x = 1\n  y = 1\n  z = 1\n",
        30.0, 400.0);
    EXPECT_NEAR(found.exponents[0], -1.0, 0.01);
    EXPECT_NEAR(found.exponents[1], -2.0, 0.01);
    EXPECT_NEAR(found.exponents[2], -5.0, 0.01);
    EXPECT_DOUBLE_EQ(found.dimension, 0.0);
}

// r' = r (mu - r^2): on the cycle the exponents are 0 and -2 mu.
// Forward Euler with the step 1 makes the logistic map x <- 4 x (1 - x) of this, whose exponent is ln 2; and
// the map of Henon 1976, doi:10.1007/BF01608556, whose exponents are 0.41922 and -1.62319 (Sprott 2003, Chaos
// and Time-Series Analysis), with the sum ln 0.3.
TEST(Lyapunov, MapsHaveTheirOwn) {
    const auto of = [](const std::string& text, double duration_s) {
        return lyapunov_spectrum(tangent_flow(field_of(text)),
                                 {.discard_s = 100.0, .duration_s = duration_s, .step_s = 1.0});
    };
    const auto logistic =
        of("model logistic : mass\nequations\n  dx/dt = (4*x*(1 - x) - x)/second : 1\ninitial\n  x = 0.3\n",
           200000.0);
    EXPECT_NEAR(logistic.exponents[0], std::log(2.0), 3e-4);
    const auto henon =
        of("model henon : mass\nequations\n  dx/dt = (1 - 1.4*x^2 + y - x)/second : 1\n"
           "  dy/dt = (0.3*x - y)/second : 1\n",
           200000.0);
    EXPECT_NEAR(henon.exponents[0], 0.41922, 2e-3);
    EXPECT_NEAR(henon.sum, std::log(0.3), 1e-9);
}

TEST(Lyapunov, CycleHasZeroAndItsMultiplier) {
    const std::string text =
        "model radial : mass\nparameters\n  mu = 0.25\nequations\n"
        "  dx/dt = (x*(mu - x^2 - y^2) - y)/second : 1\n  dy/dt = (y*(mu - x^2 - y^2) + x)/second : 1\n"
        "initial\n  x = 0.4\n";
    const LyapunovSpectrum found = spectrum_of(text, 60.0, 2000.0);
    EXPECT_NEAR(found.exponents[0], 0.0, 1e-3);
    EXPECT_NEAR(found.exponents[1], -0.5, 1e-3);
    EXPECT_NEAR(found.dimension, 1.0, 2e-3);
    const LyapunovSpectrum first = spectrum_of(text, 60.0, 2000.0, 1);
    ASSERT_EQ(first.exponents.size(), 1);
    EXPECT_NEAR(first.exponents[0], 0.0, 1e-3);
    EXPECT_TRUE(std::isnan(first.sum));
}

std::string refusal(const std::string& text, LyapunovSettings settings) {
    try {
        lyapunov_spectrum(tangent_flow(field_of(text)), settings);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(Lyapunov, BadInputIsNamed) {
    EXPECT_EQ(refusal("model grows : mass\nequations\n  dx/dt = x^2/second : 1\n  dy/dt = -y/second : "
                      "1\ninitial\n  x = 1\n",
                      {.discard_s = 2.0, .duration_s = 10.0}),
              "'x' of 'grows' runs away after 1 s; a trajectory that stays bounded is needed");
    EXPECT_EQ(refusal(lorenz, {.discard_s = 1.0, .duration_s = 0.0}),
              "the duration of Lyapunov exponents is 0 s; it must be above 0");
    EXPECT_EQ(refusal(lorenz, {.exponents = 4, .discard_s = 1.0, .duration_s = 1.0}),
              "4 Lyapunov exponents are asked for, but 'lorenz' has 3 states");
    EXPECT_NE(
        refusal(lorenz, {.discard_s = 1.0, .duration_s = 1e6, .most_steps = 1000}).find("in 1000 steps"),
        std::string::npos);
}

}  // namespace
}  // namespace neurodyn::dynamics
