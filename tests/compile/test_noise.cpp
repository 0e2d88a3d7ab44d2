// SPDX-License-Identifier: BSD-3-Clause
// Strong and weak orders of the stochastic methods on geometric Brownian motion, and what each method
// refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/error.hpp"
#include "support.hpp"

namespace neurodyn::compile::testing {
namespace {

constexpr double mu = 0.5, sigma = 0.8;
constexpr std::size_t paths = 2048, finest = 256;

/// Increments of standard normals on the finest grid, [step][path].
const std::vector<std::vector<double>>& normals() {
    static const auto values = [] {
        std::mt19937_64 generator(20261122);
        std::normal_distribution<double> normal;
        std::vector<std::vector<double>> result(finest, std::vector<double>(paths));
        for (auto& row : result)
            for (double& x : row) x = normal(generator);
        return result;
    }();
    return values;
}

/// Mean over paths of |x(1) - solution| and the mean of x(1) - solution, with x' = mu x + sigma x xi and x(0)
/// = 1.
struct Errors {
    double strong, weak;
};
Errors errors(const std::string& method, std::size_t steps, bool stratonovich) {
    const System system =
        SystemText().parameter("m").parameter("s").state("x", "m*x").noise("x", "xi", "s*x").build();
    Runner runner(make_step(system, {method, {}, true, {}}), paths, 1.0 / static_cast<double>(steps));
    runner.set_uniform("m", mu);
    runner.set_uniform("s", sigma);
    for (double& x : runner.array("x")) x = 1.0;
    runner.start();
    const std::size_t together = finest / steps;
    std::vector<double> brownian(paths);
    for (std::size_t k = 0; k < steps; ++k)
        runner.step(0.0, [&](std::size_t, std::size_t path) {
            double sum = 0.0;
            for (std::size_t j = 0; j < together; ++j) sum += normals()[k * together + j][path];
            brownian[path] += sum / std::sqrt(static_cast<double>(finest));
            return sum / std::sqrt(static_cast<double>(together));
        });
    Errors result{};
    for (std::size_t path = 0; path < paths; ++path) {
        const double drift = stratonovich ? mu : mu - 0.5 * sigma * sigma;
        const double solution = std::exp(drift + sigma * brownian[path]);
        result.strong += std::fabs(runner.array("x")[path] - solution) / paths;
        result.weak += (runner.array("x")[path] - solution) / paths;
    }
    return result;
}

double strong_order(const std::string& method, bool stratonovich) {
    return 0.5 * std::log2(errors(method, 16, stratonovich).strong / errors(method, 64, stratonovich).strong);
}

// Strong orders as in Kloeden & Platen 1992, §10.2-10.3, and Rümelin 1982.
TEST(StrongOrder, EulerMaruyamaIsOneHalf) { EXPECT_NEAR(strong_order("euler_maruyama", false), 0.5, 0.1); }
TEST(StrongOrder, MilsteinIsOne) { EXPECT_NEAR(strong_order("milstein", false), 1.0, 0.12); }
TEST(StrongOrder, HeunIsOneForOneNoise) { EXPECT_NEAR(strong_order("heun", true), 1.0, 0.12); }

TEST(StrongOrder, HeunDoesNotConvergeToIto) {
    EXPECT_GT(errors("heun", 64, false).strong, 10.0 * errors("heun", 64, true).strong);
}

/// The mean of Euler-Maruyama on this equation is (1 + mu dt)^n whatever the draws' variance is exactly 1:
/// weak order one without sampling error, since the expectation of each step is known: here by a two-point
/// draw of every path, +1 and -1.
TEST(WeakOrder, EulerMaruyamaIsOne) {
    const auto mean_error = [](std::size_t steps) {
        const System system =
            SystemText().parameter("m").parameter("s").state("x", "m*x").noise("x", "xi", "s*x").build();
        Runner runner(make_step(system, {"euler_maruyama", {}, true, {}}), std::size_t{1} << steps,
                      1.0 / static_cast<double>(steps));
        runner.set_uniform("m", mu);
        runner.set_uniform("s", sigma);
        for (double& x : runner.array("x")) x = 1.0;
        runner.start();
        for (std::size_t k = 0; k < steps; ++k)
            runner.step(0.0, [&](std::size_t, std::size_t path) { return (path >> k) & 1U ? 1.0 : -1.0; });
        double mean = 0.0;
        for (std::size_t path = 0; path < std::size_t{1} << steps; ++path)
            mean += runner.array("x")[path] / static_cast<double>(std::size_t{1} << steps);
        return std::fabs(mean - std::exp(mu));
    };
    EXPECT_NEAR(std::log2(mean_error(6) / mean_error(12)), 1.0, 0.1);
}

TEST(Noise, TermsOfOneNameShareOneDraw) {
    const System system = SystemText()
                              .state("x", "-x")
                              .state("y", "-y")
                              .noise("x", "xi", "1")
                              .noise("y", "xi", "2")
                              .noise("y", "xi_other", "1")
                              .build();
    const StepProgram program = make_step(system, {"euler", {}, true, {}});
    ASSERT_EQ(program.noise, (std::vector<std::string>{"noise.0", "noise.1"}));
    Runner runner(program, 1, 0.25);
    runner.start();
    runner.step(0.0, [](std::size_t k, std::size_t) { return k == 0 ? 1.0 : 0.0; });
    EXPECT_DOUBLE_EQ(runner.array("x")[0], 0.5);
    EXPECT_DOUBLE_EQ(runner.array("y")[0], 1.0);
}

/// Additive noise under exponential Euler has the Ornstein-Uhlenbeck variance.
TEST(Noise, ExponentialEulerKeepsTheStationaryVariance) {
    const System system = SystemText().state("x", "-2*x").noise("x", "xi", "1").build();
    Runner runner(make_step(system, {"exponential_euler", {}, true, {}}), 1, 0.25);
    runner.start();
    runner.step(0.0, [](std::size_t, std::size_t) { return 1.0; });
    EXPECT_NEAR(runner.array("x")[0], std::sqrt(0.25 * (1.0 - std::exp(-1.0))), 1e-14);
}

struct Refusal {
    const char* name;
    const char* method;
    const char* coefficient;
    const char* message;
};
class Refused : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refused, WithAMessageThatNamesAMethodThatWorks) {
    const auto& refusal = GetParam();
    const System system =
        SystemText().state("x", "-x").state("y", "-y").noise("x", "xi", refusal.coefficient).build();
    try {
        make_step(system, {refusal.method, {}, true, {}});
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), refusal.message);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Noise, Refused,
    ::testing::Values(Refusal{"Rk4", "rk4", "1",
                              "method 'rk4' treats no noise, but the noise 'xi' of 'x' is additive: its "
                              "coefficient is 1; use one of "
                              "euler, heun, exponential_euler, exact, euler_maruyama, milstein"},
                      Refusal{"Euler", "euler", "0.1*x",
                              "method 'euler' treats additive noise at most, but the noise 'xi' of 'x' is "
                              "multiplicative (diagonal): its "
                              "coefficient is 0.1*x; use one of heun, euler_maruyama, milstein"},
                      Refusal{"Milstein", "milstein", "y",
                              "method 'milstein' treats diagonal noise at most, but the noise 'xi' of 'x' is "
                              "multiplicative and not "
                              "diagonal: its coefficient is y; use one of heun, euler_maruyama"}),
    [](const auto& info) { return info.param.name; });

TEST(ChooseMethod, ByDriftAndNoise) {
    const auto choose = [](const std::string& drift, const std::string& coefficient) {
        SystemText text;
        text.state("x", drift).state("y", "-y");
        if (!coefficient.empty()) text.noise("x", "xi", coefficient);
        return choose_method(text.build());
    };
    EXPECT_EQ(choose("-x", ""), "exact");
    EXPECT_EQ(choose("-x", "1"), "exact");
    EXPECT_EQ(choose("-x^3", ""), "rk4");
    EXPECT_EQ(choose("-x^3", "1"), "heun");
    EXPECT_EQ(choose("-x", "x"), "milstein");
    EXPECT_EQ(choose("-x", "y"), "euler_maruyama");
}

TEST(Methods, UnknownNamesAreAnswered) {
    const System system = SystemText().state("x", "-x").build();
    try {
        make_step(system, {"eular", {}, true, {}});
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "there is no integration method 'eular'; did you mean 'euler'? the methods are euler, "
                     "heun, rk4, "
                     "exponential_euler, exact, euler_maruyama, milstein, cvode");
    }
}

TEST(Methods, AliasesOfBrian2) {
    EXPECT_EQ(find_method("linear")->name, "exact");
    EXPECT_EQ(find_method("stochastic_heun")->name, "heun");
    EXPECT_EQ(find_method("nonsense"), nullptr);
}

}  // namespace
}  // namespace neurodyn::compile::testing
