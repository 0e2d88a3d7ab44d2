// SPDX-License-Identifier: BSD-3-Clause
// Method `exact` against closed forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/error.hpp"
#include "support.hpp"

namespace neurodyn::compile::testing {
namespace {

StepOptions exact(std::vector<std::string> element_parameters = {}) {
    return {"exact", std::move(element_parameters), true, {}};
}

TEST(Exact, ScalarRelaxationEqualsItsClosedForm) {
    const System system = SystemText().parameter("E").parameter("tau").state("v", "(E - v)/tau").build();
    Runner runner(make_step(system, exact()), 1, 0.1e-3);
    runner.set_uniform("E", -0.05);
    runner.set_uniform("tau", 10e-3);
    runner.array("v")[0] = -0.07;
    runner.start();
    const double v = runner.run(137, "v");
    EXPECT_NEAR(v, -0.05 - 0.02 * std::exp(-1.37), 1e-13 * 0.07);
}

TEST(Exact, RateZeroIsPlainIntegration) {
    const System system = SystemText().parameter("a").parameter("b").state("x", "a*x + b").build();
    Runner runner(make_step(system, exact()), 1, 0.25);
    runner.set_uniform("a", 0.0);
    runner.set_uniform("b", 3.0);
    runner.array("x")[0] = 1.0;
    runner.start();
    EXPECT_DOUBLE_EQ(runner.run(4, "x"), 4.0);
}

/// v' = (g - v)/tau, g' = -g/tau_s: v(t) = g0 tau_s/(tau_s - tau) (e^(-t/tau_s) - e^(-t/tau)) from v = 0.
void membrane_with_synapse(const std::vector<std::string>& element_parameters) {
    const System system = SystemText()
                              .parameter("tau")
                              .parameter("tau_s")
                              .state("v", "(g - v)/tau")
                              .state("g", "-g/tau_s")
                              .build();
    const StepProgram program = make_step(system, exact(element_parameters));
    EXPECT_TRUE(program.propagators.empty());
    Runner runner(program, 3, 1e-3);
    const std::array<double, 3> decay{2e-3, 5e-3, 7e-3};
    for (std::size_t i = 0; i < 3; ++i) {
        runner.array("g")[i] = 1.0;
        if (!element_parameters.empty()) runner.array("tau_s")[i] = decay[i];
    }
    for (std::size_t i = 3; i < 16 && !element_parameters.empty(); ++i) runner.array("tau_s")[i] = 1.0;
    runner.set_uniform("tau", 10e-3);
    runner.set_uniform("tau_s", decay[0]);
    runner.start();
    runner.run(20, "v");
    for (std::size_t i = 0; i < (element_parameters.empty() ? 1U : 3U); ++i) {
        const double t = 20e-3, tau = 10e-3, s = decay[i];
        const double expected = s / (s - tau) * (std::exp(-t / s) - std::exp(-t / tau));
        EXPECT_NEAR(runner.array("v")[i], expected, 1e-13);
    }
}

TEST(Exact, MembraneWithExponentialSynapse) { membrane_with_synapse({}); }
TEST(Exact, MembraneWithExponentialSynapseOfOwnTimeConstants) { membrane_with_synapse({"tau_s"}); }

TEST(Exact, EqualTimeConstantsAreNoSpecialCase) {
    const System system =
        SystemText().parameter("tau").parameter("s").state("v", "(g - v)/tau").state("g", "-g/s").build();
    Runner runner(make_step(system, exact()), 1, 1e-3);
    runner.set_uniform("tau", 10e-3);
    runner.set_uniform("s", 10e-3);
    runner.array("g")[0] = 1.0;
    runner.start();
    EXPECT_NEAR(runner.run(20, "v"), 2.0 * std::exp(-2.0), 1e-13);  // (t/tau) e^(-t/tau)
}

TEST(Exact, DampedOscillatorThroughTheMatrixExponential) {
    const System system = SystemText()
                              .parameter("w")
                              .parameter("c")
                              .parameter("f")
                              .state("x", "y")
                              .state("y", "-w^2*x - 2*c*y + f")
                              .build();
    const StepProgram program = make_step(system, exact());
    ASSERT_EQ(program.propagators.size(), 1U);
    Runner runner(program, 1, 0.01);
    const double w = 5.0, c = 0.3, f = 2.0;
    runner.set_uniform("w", w);
    runner.set_uniform("c", c);
    runner.set_uniform("f", f);
    runner.array("x")[0] = 1.0;
    runner.start();
    const double x = runner.run(200, "x"), rest = f / (w * w), d = std::sqrt(w * w - c * c), t = 2.0;
    const double expected =
        rest + (1.0 - rest) * std::exp(-c * t) * (std::cos(d * t) + c / d * std::sin(d * t));
    EXPECT_NEAR(x, expected, 1e-13);
}

TEST(Exact, CoupledEquationsRefuseParametersPerElement) {
    const System system = SystemText().parameter("w").state("x", "y").state("y", "-w^2*x").build();
    try {
        make_step(system, exact({"w"}));
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "method 'exact' cannot be used: the coupling of 'y' and 'x' holds 'w', which differs "
                     "from element to "
                     "element; coupled linear equations need uniform coefficients; use exponential_euler, "
                     "heun or rk4");
    }
}

TEST(Exact, RefusesNonlinearEquations) {
    const System system = SystemText().state("x", "sin(x)").build();
    try {
        make_step(system, exact());
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_STREQ(
            error.what(),
            "method 'exact' cannot be used: dx/dt = sin(x) is not linear with constant coefficients; use "
            "exponential_euler, heun or rk4");
    }
}

/// dx = -2x dt + sqrt(2*0.5) dW: stationary variance 0.25 and autocorrelation e^(-2 lag), for any step.
TEST(Exact, OrnsteinUhlenbeckHasTheExactVarianceAtALongStep) {
    const System system = SystemText().state("x", "-2*x").noise("x", "xi", "1").build();
    const StepProgram program = make_step(system, exact());
    Runner runner(program, 1, 0.25);
    runner.array("x")[0] = 0.0;
    runner.start();
    runner.step(0.0, [](std::size_t, std::size_t) { return 1.0; });
    const double deviation = std::sqrt(0.25 * (1.0 - std::exp(-1.0)));
    EXPECT_NEAR(runner.array("x")[0], deviation, 1e-14);
    runner.step(0.25, [](std::size_t, std::size_t) { return 0.0; });
    EXPECT_NEAR(runner.array("x")[0], deviation * std::exp(-0.5), 1e-14);
}

/// Two variables, noise on one alone. The covariance of one step obeys the Lyapunov relation Q = S - P S P^T
/// with the stationary S of A S + S A^T + B = 0; for A = [[-1,.5],[.2,-1]], B = diag(0, .02) S is
/// [[.00138889,.00277778],[.00277778,.01055556]] (solved by hand from the three linear equations).
TEST(Exact, CoupledNoiseHasTheExactCovariance) {
    const System system =
        SystemText().state("x", "0.5*y - x").state("y", "0.2*x - y").noise("y", "xi", "sqrt(0.02)").build();
    const StepProgram program = make_step(system, exact());
    ASSERT_EQ(program.noise.size(), 2U);
    Runner runner(program, 1, 0.7);
    runner.start();
    const auto column = [&](double x, double y, std::size_t draw) {
        runner.array("x")[0] = x;
        runner.array("y")[0] = y;
        runner.step(0.0, [&](std::size_t k, std::size_t) { return k == draw ? 1.0 : 0.0; });
        return std::array{runner.array("x")[0], runner.array("y")[0]};
    };
    const auto p0 = column(1, 0, 9), p1 = column(0, 1, 9), l0 = column(0, 0, 0), l1 = column(0, 0, 1);
    const double s00 = 0.02 * 0.125 / 1.8, s01 = 2.0 * s00, s11 = 0.01 + 0.2 * s01;
    const auto psp = [&](int i, int j) {
        const double a = p0[i] * s00 + p1[i] * s01, b = p0[i] * s01 + p1[i] * s11;
        return a * p0[j] + b * p1[j];
    };
    EXPECT_NEAR(l0[0] * l0[0] + l1[0] * l1[0], s00 - psp(0, 0), 1e-15);
    EXPECT_NEAR(l0[0] * l0[1] + l1[0] * l1[1], s01 - psp(0, 1), 1e-15);
    EXPECT_NEAR(l0[1] * l0[1] + l1[1] * l1[1], s11 - psp(1, 1), 1e-15);
}

}  // namespace
}  // namespace neurodyn::compile::testing
