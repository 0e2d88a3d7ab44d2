// SPDX-License-Identifier: BSD-3-Clause
// Orders of convergence of the deterministic methods, on problems with known solutions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "support.hpp"

namespace neurodyn::compile::testing {
namespace {

/// Error at t = 1 of a method on the logistic equation x' = r x (1 - x), x(0) = 0.1, whose solution is
/// closed.
double logistic_error(const std::string& method, std::size_t steps) {
    const System system = SystemText().parameter("r").state("x", "r*x*(1 - x)").build();
    Runner runner(make_step(system, {method, {}, true, {}}), 1, 1.0 / static_cast<double>(steps));
    runner.set_uniform("r", 2.0);
    runner.array("x")[0] = 0.1;
    runner.start();
    const double exact = 0.1 * std::exp(2.0) / (1.0 + 0.1 * (std::exp(2.0) - 1.0));
    return std::fabs(runner.run(steps, "x") - exact);
}

/// x' = x cos(t), x(0) = 1: exp(sin t). Tests the times of the stages.
double driven_error(const std::string& method, std::size_t steps) {
    const System system = SystemText().state("x", "x*cos(t)").build();
    Runner runner(make_step(system, {method, {}, true, {}}), 1, 1.0 / static_cast<double>(steps));
    runner.array("x")[0] = 1.0;
    runner.start();
    return std::fabs(runner.run(steps, "x") - std::exp(std::sin(1.0)));
}

struct Order {
    const char* method;
    double order;
};
class DeterministicOrder : public ::testing::TestWithParam<Order> {};
class ConditionallyLinearOrder : public DeterministicOrder {};

/// x' = -y x, y' = -y with x(0) = y(0) = 1: x = exp(e^-t - 1). Each equation is linear in its own variable.
double coupled_error(const std::string& method, std::size_t steps) {
    const System system = SystemText().state("x", "-y*x").state("y", "-y").build();
    Runner runner(make_step(system, {method, {}, true, {}}), 1, 1.0 / static_cast<double>(steps));
    runner.array("x")[0] = runner.array("y")[0] = 1.0;
    runner.start();
    return std::fabs(runner.run(steps, "x") - std::exp(std::exp(-1.0) - 1.0));
}

TEST_P(ConditionallyLinearOrder, OnACoupledPair) {
    const auto [method, order] = GetParam();
    const double ratio = coupled_error(method, 64) / coupled_error(method, 128);
    EXPECT_NEAR(std::log2(ratio), order, 0.1);
}
INSTANTIATE_TEST_SUITE_P(Methods, ConditionallyLinearOrder,
                         ::testing::Values(Order{"exponential_euler", 1.0}, Order{"rk4", 4.0}),
                         [](const auto& info) { return std::string(info.param.method); });

TEST_P(DeterministicOrder, OnTheLogisticEquation) {
    const auto [method, order] = GetParam();
    if (std::string(method) == "exponential_euler")
        GTEST_SKIP() << "the logistic equation is not linear in x";
    const double ratio = logistic_error(method, 64) / logistic_error(method, 128);
    EXPECT_NEAR(std::log2(ratio), order, 0.1);
}

TEST_P(DeterministicOrder, WithExplicitTime) {
    const auto [method, order] = GetParam();
    const double ratio = driven_error(method, 64) / driven_error(method, 128);
    EXPECT_NEAR(std::log2(ratio), order, 0.1);
}

INSTANTIATE_TEST_SUITE_P(Methods, DeterministicOrder,
                         ::testing::Values(Order{"euler", 1.0}, Order{"heun", 2.0}, Order{"rk4", 4.0},
                                           Order{"euler_maruyama", 1.0}, Order{"milstein", 1.0}),
                         [](const auto& info) { return std::string(info.param.method); });

/// The solution between the states held fixed is exact, so that equations which are alone and linear have no
/// error at all.
TEST(ExponentialEuler, IsExactForOneLinearEquation) {
    const System system = SystemText().parameter("tau").state("v", "(1 - v)/tau").build();
    Runner runner(make_step(system, {"exponential_euler", {}, true, {}}), 1, 0.1);
    runner.set_uniform("tau", 0.02);  // a step of five time constants
    runner.start();
    EXPECT_NEAR(runner.run(2, "v"), 1.0 - std::exp(-10.0), 1e-15);
}

/// x' = -x^2 from 1 is 1/(1 + t). With the slope of the equation in place of a coefficient the error of one
/// variable falls with the square of the step.
TEST(ExponentialEuler, TakesTheSlopeOfWhatIsNotLinear) {
    const System system = SystemText().state("x", "-x*x").build();
    std::vector<double> errors;
    for (const int steps : {50, 100}) {
        Runner runner(make_step(system, {"exponential_euler", {}, true, {}}), 1, 1.0 / steps);
        runner.array("x")[0] = 1.0;
        runner.start();
        errors.push_back(runner.run(steps, "x") - 0.5);
    }
    EXPECT_LT(std::abs(errors[1]), 2e-5);
    EXPECT_NEAR(errors[0] / errors[1], 4.0, 0.2);
}

}  // namespace
}  // namespace neurodyn::compile::testing
