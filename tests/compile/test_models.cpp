// SPDX-License-Identifier: BSD-3-Clause
// Published numbers of single models through the compiler: Van der Pol's period, Hodgkin-Huxley's spikes;
// CVODE's refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/error.hpp"
#include "compile/cvode.hpp"
#include "language/model.hpp"
#include "support.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile::testing {
namespace {

System van_der_pol() {
    return SystemText().parameter("mu").state("x", "y").state("y", "mu*(1 - x^2)*y - x").build();
}

/// Mean interval between upward zero crossings of x, each found by the cubic through values and slopes at
/// both ends of a step. `step` moves {x, y} by dt.
double period(double dt, double until, double from, const std::function<void(double&, double&)>& step) {
    double x = 2.0, y = 0.0, first = -1.0, last = -1.0;
    int count = 0;
    for (long k = 0; static_cast<double>(k) * dt < until; ++k) {
        const double x0 = x, y0 = y;
        step(x, y);
        if (!(x0 < 0.0 && x >= 0.0) || static_cast<double>(k) * dt < from) continue;
        double low = 0.0, high = 1.0;
        for (int i = 0; i < 60; ++i) {
            const double s = 0.5 * (low + high);
            const double value = (1 + 2 * s) * (1 - s) * (1 - s) * x0 + s * (1 - s) * (1 - s) * dt * y0 +
                                 s * s * (3 - 2 * s) * x + s * s * (s - 1) * dt * y;
            (value < 0.0 ? low : high) = s;
        }
        last = (static_cast<double>(k) + low) * dt;
        if (first < 0.0) first = last;
        ++count;
    }
    return (last - first) / (count - 1);
}

double period_by_rk4(double mu) {
    Runner runner(make_step(van_der_pol(), {"rk4", {}, true, {}}), 1, 1e-3);
    runner.set_uniform("mu", mu);
    runner.start();
    return period(1e-3, 120.0, 60.0, [&](double& x, double& y) {
        runner.array("x")[0] = x;
        runner.array("y")[0] = y;
        runner.step(0.0);
        x = runner.array("x")[0];
        y = runner.array("y")[0];
    });
}

double period_by_cvode(double mu) {
    CvodeSolver solver(van_der_pol(), 1, {{"mu", {mu}}}, {1e-11, {1e-12}, 1'000'000});
    std::vector<double> state{2.0, 0.0};
    double t = 0.0;
    return period(1e-3, 120.0, 60.0, [&](double& x, double& y) {
        t += 1e-3;
        solver.advance(t, state);
        x = state[0];
        y = state[1];
    });
}

// Periods to eleven digits from two independent computations.
TEST(VanDerPol, PeriodByRungeKutta) {
    EXPECT_NEAR(period_by_rk4(1.0), 6.6632868593, 1e-9);
    EXPECT_NEAR(period_by_rk4(5.0), 11.612230668, 1e-8);
}
TEST(VanDerPol, PeriodByCvode) {
    EXPECT_NEAR(period_by_cvode(1.0), 6.6632868593, 1e-7);
    EXPECT_NEAR(period_by_cvode(5.0), 11.612230668, 1e-7);
}

TEST(Cvode, ElementsHaveTheirOwnParametersAndSteps) {
    CvodeSolver solver(van_der_pol(), 2, {{"mu", {1.0, 1000.0}}}, {1e-8, {1e-10}, 1'000'000});
    std::vector<double> state{2.0, 2.0, 0.0, 0.0};
    solver.advance(10.0, state);
    CvodeSolver alone(van_der_pol(), 1, {{"mu", {1000.0}}}, {1e-8, {1e-10}, 1'000'000});
    std::vector<double> stiff{2.0, 0.0};
    alone.advance(10.0, stiff);
    EXPECT_EQ(state[1], stiff[0]);
    EXPECT_EQ(state[3], stiff[1]);
    // On the slow manifold y = x/(mu (1 - x^2)): dx/dt there gives ln x - x^2/2 + t/mu = ln 2 - 2 to order
    // 1/mu^2.
    EXPECT_NEAR(std::log(stiff[0]) - 0.5 * stiff[0] * stiff[0], std::log(2.0) - 2.0 + 10.0 / 1000.0, 2e-6);
    EXPECT_LT(alone.counts().steps, 500);  // an explicit method would need thousands
}

TEST(Cvode, AChangedStateIsANewBeginning) {
    const System system = SystemText().parameter("k").state("x", "-k*x").build();
    CvodeSolver solver(system, 1, {{"k", {1.0}}}, {1e-10, {1e-14}, 100000});
    std::vector<double> state{1.0};
    solver.advance(1.0, state);
    EXPECT_NEAR(state[0], std::exp(-1.0), 1e-8);
    state[0] = 5.0;
    solver.advance(2.0, state);
    EXPECT_NEAR(state[0], 5.0 * std::exp(-1.0), 1e-7);
}

std::string refusal(const System& system, const ParameterValues& values) {
    try {
        CvodeSolver solver(system, 1, values);
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Cvode, RefusesWhatItCannotTreat) {
    EXPECT_EQ(refusal(SystemText().state("x", "-x").noise("x", "xi", "1").build(), {}),
              "method 'cvode' treats no noise, but dx/dt has the noise 'xi'; use heun or euler_maruyama");
    EXPECT_EQ(
        refusal(SystemText().input("I").state("x", "I - x").build(), {}),
        "method 'cvode' runs a population by itself, but its input 'I' is driven at every step; use rk4");
    EXPECT_EQ(refusal(SystemText().parameter("k").state("x", "-k*x").build(), {}),
              "method 'cvode': the parameter 'k' has no value for element 0");
    EXPECT_THROW(make_step(van_der_pol(), {"cvode", {}, true, {}}), Error);
}

TEST(Cvode, SaysWhyItGivesUp) {
    const System system = SystemText().state("x", "x^2").build();  // infinite at t = 1
    CvodeSolver solver(system, 1, {}, {1e-8, {1e-12}, 2000});
    std::vector<double> state{1.0};
    try {
        solver.advance(2.0, state);
        FAIL() << "went through a pole";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("method 'cvode' failed at element 0: "));
    }
}

/// Values of all parameters and of the initial states, which may hold parameters and earlier initial values.
std::map<std::string, double> model_values(const language::Model& model) {
    std::map<std::string, double> values;
    const auto value = [&](const std::string& name) { return values.at(name); };
    for (const auto& parameter : model.parameters)
        values[parameter.name] = symbolic::evaluate(model.graph, parameter.value, value);
    for (const auto& state : model.states)
        values[state.name] = state.initial ? symbolic::evaluate(model.graph, state.initial, value) : 0.0;
    return values;
}

/// Spikes of the library's squid axon in 200 ms at 10 uA/cm^2 from rest. A simulation outside neurodyn counts
/// 14 at 10 and none at 0 (with E_L = -54.4 mV).
std::size_t hodgkin_huxley_spikes(const std::string& method, double dt, double current) {
    const auto model = language::load_model(NEURODYN_SOURCE_DIR "/library/neurons/hodgkin_huxley.model");
    const System system = make_system(*model, true);
    Runner runner(make_step(system, {method, {}, true, {}}), 1, dt);
    for (const auto& [name, value] : model_values(*model)) {
        runner.set_uniform(name, value);
        if (model->find_state(name)) runner.array(name)[0] = value;
    }
    runner.set_uniform("I", current);
    runner.set_uniform("E_L", -54.4e-3);
    runner.start();
    std::size_t spikes = 0;
    const auto steps = static_cast<long>(std::lround(0.2 / dt));
    for (long k = 0; k < steps; ++k) {
        runner.step(static_cast<double>(k) * dt);
        spikes += runner.events[0].size();
    }
    return spikes;
}

TEST(HodgkinHuxley, FourteenSpikesInTwoHundredMilliseconds) {
    EXPECT_EQ(hodgkin_huxley_spikes("rk4", 0.01e-3, 0.1), 14U);  // 10 uA/cm^2 = 0.1 A/m^2
    EXPECT_EQ(hodgkin_huxley_spikes("euler", 0.01e-3, 0.1), 14U);
    EXPECT_EQ(hodgkin_huxley_spikes("exponential_euler", 0.02e-3, 0.1), 14U);
    EXPECT_EQ(hodgkin_huxley_spikes("rk4", 0.01e-3, 0.0), 0U);
}

}  // namespace
}  // namespace neurodyn::compile::testing
