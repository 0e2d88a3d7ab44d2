// SPDX-License-Identifier: BSD-3-Clause
// Thresholds, resets and refractoriness.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "language/model.hpp"
#include "support.hpp"

namespace neurodyn::compile::testing {
namespace {

/// Brian2's strings; the order of the arguments is that of NeuronGroup's.
struct Strings {
    std::string equations, threshold, reset, refractory;
    std::vector<std::pair<std::string, std::string>> values;
};
language::ModelPtr equations(const Strings& given) {
    language::EquationStrings strings;
    strings.equations = given.equations;
    strings.threshold = given.threshold;
    strings.reset = given.reset;
    strings.refractory = given.refractory;
    strings.values = given.values;
    return language::parse_equations(strings);
}

/// tau v' = -v + R I, as in NEST's iaf_psc_exp with its default parameters (tau 10 ms, C 250 pF, E_L -70,
/// V_th -55, V_reset -70 mV, t_ref 2 ms) and I = 500 pA: spikes at 13.9, 29.8, 45.7, 61.6 ms and 63 in one
/// second, computed with NEST 3.9 at dt 0.1 ms.
TEST(Refractory, IntegrateAndFireSpikesAtNestsTimes) {
    const auto model = equations({.equations = "dv/dt = (E_L - v)/tau + I/C : volt (unless refractory)",
                                  .threshold = "v > V_th",
                                  .reset = "v = V_r",
                                  .refractory = "2.1*ms",  // NEST's 2 ms: Brian2 counts the spiking step
                                  .values = {{"E_L", "-70*mV"},
                                             {"tau", "10*ms"},
                                             {"I", "500*pA"},
                                             {"C", "250*pF"},
                                             {"V_th", "-55*mV"},
                                             {"V_r", "-70*mV"}}});
    const System system = make_system(*model);
    const double dt = 0.1e-3;
    Runner runner(make_step(system, {"exact", {}, true, {}}), 1, dt);
    for (const auto& [name, value] : std::vector<std::pair<std::string, double>>{{"E_L", -0.070},
                                                                                 {"tau", 0.010},
                                                                                 {"I", 500e-12},
                                                                                 {"C", 250e-12},
                                                                                 {"V_th", -0.055},
                                                                                 {"V_r", -0.070}})
        runner.set_uniform(name, value);
    runner.array("v")[0] = -0.070;
    runner.start();
    std::vector<long> spikes;
    for (long k = 0; k < 10000; ++k) {
        runner.step(static_cast<double>(k) * dt);
        if (!runner.events[0].empty()) spikes.push_back(k + 1);  // the step ends at (k + 1) dt
    }
    EXPECT_EQ(spikes.size(), 63U);
    EXPECT_THAT(std::vector<long>(spikes.begin(), spikes.begin() + 4),
                ::testing::ElementsAre(139, 298, 457, 616));
}

// Three milliseconds from the beginning of the spiking step, as in Brian2: two steps behind it.
TEST(Refractory, HeldStatesKeepTheirValueForWholeSteps) {
    const auto model = equations({.equations = "dv/dt = a : 1 (unless refractory)\ndw/dt = a : 1",
                                  .threshold = "v > 1",
                                  .reset = "v = 0",
                                  .refractory = "3*ms",
                                  .values = {{"a", "500*Hz"}}});
    Runner runner(make_step(make_system(*model), {"euler", {}, true, {}}), 1, 1e-3);
    runner.set_uniform("a", 500.0);
    runner.array("v")[0] = 0.75;
    runner.start();
    std::vector<double> v;
    for (int k = 0; k < 6; ++k) v.push_back(runner.run(1, "v"));
    EXPECT_THAT(v, ::testing::ElementsAre(0.0, 0.0, 0.0, 0.5, 1.0, 0.0));
    EXPECT_DOUBLE_EQ(runner.array("w")[0], 3.0);
}

TEST(Refractory, AConditionBlocksTheEventUntilItEnds) {
    const auto model = equations({.equations = "v = sin(2*pi*t/(10*ms)) : 1\ndx/dt = 0/second : 1",
                                  .threshold = "v > 0.5",
                                  .reset = "",
                                  .refractory = "v > 0",
                                  .values = {}});
    Runner runner(make_step(make_system(*model), {"euler", {}, true, {}}), 1, 0.1e-3);
    runner.start();
    int spikes = 0;
    for (int k = 0; k < 500; ++k) {
        runner.step(k * 0.1e-3);
        spikes += static_cast<int>(runner.events[0].size());
    }
    EXPECT_EQ(spikes, 5);  // once in each of five periods
}

TEST(Reset, StatementsReadWhatEarlierOnesLeft) {
    const auto model = equations({.equations = "dv/dt = 1000/second : 1\ndw/dt = 0/second : 1",
                                  .threshold = "v >= 1",
                                  .reset = "v -= 1\nw += 2\nw *= 3\nv = w + v",
                                  .refractory = "",
                                  .values = {}});
    Runner runner(make_step(make_system(*model), {"euler", {}, true, {}}), 1, 1e-3);
    runner.array("v")[0] = 0.5;
    runner.array("w")[0] = 1.0;
    runner.start();
    runner.step(0.0);
    EXPECT_DOUBLE_EQ(runner.array("w")[0], 9.0);
    EXPECT_DOUBLE_EQ(runner.array("v")[0], 9.5);
}

TEST(Events, IndicesAscendAndPaddingRaisesNone) {
    const auto model = equations({.equations = "dv/dt = 0/second : 1",
                                  .threshold = "v < 1",
                                  .reset = "v = v",
                                  .refractory = "",
                                  .values = {}});
    Runner runner(make_step(make_system(*model), {"euler", {}, true, {}}), 300, 1e-3);
    for (std::size_t i = 0; i < 300; ++i) runner.array("v")[i] = i % 7 == 3 ? 0.0 : 2.0;
    runner.start();
    runner.step(0.0);
    ASSERT_EQ(runner.events[0].size(), 43U);
    for (std::size_t k = 0; k < 43; ++k) EXPECT_EQ(runner.events[0][k], 7 * k + 3);
}

/// A parameter that a reset assigns to runs as a state: an adaptive threshold.
TEST(Reset, ParametersMayBeAssigned) {
    const auto model = equations({.equations = "dv/dt = 1000/second : 1\ntheta : 1",
                                  .threshold = "v >= theta",
                                  .reset = "v = 0\ntheta += 1",
                                  .refractory = "",
                                  .values = {}});
    const System system = make_system(*model);
    ASSERT_EQ(system.states.size(), 2U);
    EXPECT_TRUE(system.parameters.empty());
    Runner runner(make_step(system, {"euler", {}, true, {}}), 1, 1e-3);
    runner.array("theta")[0] = 1.0;
    runner.start();
    EXPECT_DOUBLE_EQ(runner.run(6, "theta"), 4.0);  // after 1, 2 and 3 steps
}

}  // namespace
}  // namespace neurodyn::compile::testing
