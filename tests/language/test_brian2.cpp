// SPDX-License-Identifier: BSD-3-Clause
// Brian2's notation: models as its users write them, read unmodified (notation: Stimberg et al. 2019,
// doi:10.7554/eLife.47314).
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "base/error.hpp"
#include "language/model.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

double value(const Model& model, NodeId node, const std::map<std::string, double>& values = {}) {
    return symbolic::evaluate(model.graph, node, [&](const std::string& name) { return values.at(name); });
}

std::string problems_of(const EquationStrings& strings) {
    try {
        parse_equations(strings);
    } catch (const InputError& error) {
        return error.what();
    }
    return "no problem";
}

TEST(Brian2, LeakyIntegrateAndFire) {
    EquationStrings s;
    s.equations = "dv/dt = (v_rest - v + R*I)/tau : volt (unless refractory)\nI : amp (constant)";
    s.threshold = "v > -50*mV";
    s.reset = "v = v_rest";
    s.refractory = "5*ms";
    s.values = {{"v_rest", "-70*mV"}, {"R", "100*Mohm"}, {"tau", "10 ms"}, {"v", "-60*mV"}};
    const ModelPtr m = parse_equations(s);
    EXPECT_EQ(m->kind, Kind::neuron);
    EXPECT_TRUE(m->find_state("v")->held_when_refractory);
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("v")->initial), -0.06);
    EXPECT_DOUBLE_EQ(value(*m, m->find_parameter("I")->value), 0.0);
    EXPECT_NEAR(value(*m, m->find_state("v")->drift,
                      {{"v_rest", -0.07}, {"v", -0.06}, {"R", 1e8}, {"I", 1e-10}, {"tau", 0.01}}),
                0.0, 1e-12);
    ASSERT_EQ(m->events.size(), 1u);
    EXPECT_EQ(m->events[0].name, "spike");
    EXPECT_DOUBLE_EQ(value(*m, m->events[0].refractory_time), 5e-3);
}

TEST(Brian2, AdaptiveExponentialWithAMultiLineReset) {
    EquationStrings s;
    s.equations = R"(
        dvm/dt = (gL*(EL - vm) + gL*DeltaT*exp((vm - VT)/DeltaT) + I - w)/C : volt
        dw/dt = (a*(vm - EL) - w)/tauw : amp
        I : amp
    )";
    s.threshold = "vm > Vcut";
    s.reset = "vm = Vr\nw += b";
    s.values = {{"C", "281 * pF"},    {"gL", "30 * nS"},          {"EL", "-70.6 * mV"}, {"VT", "-50.4 * mV"},
                {"DeltaT", "2 * mV"}, {"tauw", "144*ms"},         {"a", "4*nS"},        {"b", "0.0805*nA"},
                {"Vr", "-70.6*mV"},   {"Vcut", "VT + 5 * DeltaT"}};
    const ModelPtr m = parse_equations(s);
    EXPECT_EQ(m->states.size(), 2u);
    ASSERT_EQ(m->events[0].reset.size(), 2u);
    EXPECT_DOUBLE_EQ(value(*m, m->find_parameter("Vcut")->value, {{"VT", -0.0504}, {"DeltaT", 0.002}}),
                     -0.0404);
    EXPECT_DOUBLE_EQ(value(*m, m->events[0].reset[1].value, {{"w", 1e-10}, {"b", 8.05e-11}}), 1.805e-10);
}

TEST(Brian2, HodgkinHuxleyWithConstantsOfExprel) {
    EquationStrings s;
    s.equations = R"(
        dv/dt = (gl*(El-v) - g_na*(m*m*m)*h*(v-ENa) - g_kd*(n*n*n*n)*(v-EK) + I)/Cm : volt
        dm/dt = 0.32*(mV**-1)*4*mV/exprel((13.*mV-v+VT)/(4*mV))/ms*(1-m)
                -0.28*(mV**-1)*5*mV/exprel((v-VT-40.*mV)/(5*mV))/ms*m : 1
        dn/dt = 0.032*(mV**-1)*5*mV/exprel((15.*mV-v+VT)/(5*mV))/ms*(1.-n)-.5*exp((10.*mV-v+VT)/(40.*mV))/ms*n : 1
        dh/dt = 0.128*exp((17.*mV-v+VT)/(18.*mV))/ms*(1.-h)-4./(1+exp((40.*mV-v+VT)/(5.*mV)))/ms*h : 1
        I : amp
    )";
    s.threshold = "v > -40*mV";
    s.refractory = "v > -40*mV";
    s.method = "exponential_euler";
    s.values = {{"area", "20000*umetre**2"},
                {"Cm", "1*ufarad*cm**-2 * area"},
                {"gl", "5e-5*siemens*cm**-2 * area"},
                {"El", "-65*mV"},
                {"EK", "-90*mV"},
                {"ENa", "50*mV"},
                {"g_na", "100*msiemens*cm**-2 * area"},
                {"g_kd", "30*msiemens*cm**-2 * area"},
                {"VT", "-63*mV"}};
    const ModelPtr m = parse_equations(s);
    EXPECT_EQ(m->default_method, "exponential_euler");
    EXPECT_DOUBLE_EQ(value(*m, m->find_parameter("Cm")->value, {{"area", 2e-8}}), 2e-10);
    EXPECT_TRUE(m->events[0].refractory_condition);
    EXPECT_FALSE(m->events[0].refractory_time);
}

TEST(Brian2, ConductancesAndDefinitionsInLongUnits) {
    EquationStrings s;
    s.equations = R"(
        dv/dt = (ge*(Ee - v) + gi*(Ei - v) - (v - El))*(1./taum) : volt (unless refractory)
        dge/dt = -ge*(1./taue) : 1   # excitatory, in units of the leak
        dgi/dt = -gi*(1./taui) : 1
        total = ge + gi : 1 (shared)
    )";
    s.threshold = "v>Vt";
    s.reset = "v = Vr; gi = clip(gi, 0, 10)";
    s.refractory = "5*msecond";
    s.values = {{"taum", "20*msecond"}, {"taue", "5*ms"},    {"taui", "10*ms"}, {"Ee", "0*mvolt"},
                {"Ei", "-80*mvolt"},    {"El", "-60*mvolt"}, {"Vt", "-50*mV"},  {"Vr", "-60*mV"}};
    const ModelPtr m = parse_equations(s);
    EXPECT_EQ(m->find_state("ge")->description, "excitatory, in units of the leak");
    EXPECT_TRUE(m->find_definition("total"));
    EXPECT_EQ(m->events[0].reset.size(), 2u);
}

TEST(Brian2, NoiseInItsTwoSpellings) {
    EquationStrings s;
    s.equations = "dv/dt = -v/tau + sigma*sqrt(2/tau)*xi : volt\ndw/dt = -w/tau + xi_2*tau**-0.5 : 1";
    s.values = {{"tau", "10*ms"}, {"sigma", "1*mV"}};
    const ModelPtr m = parse_equations(s);
    ASSERT_EQ(m->find_state("v")->noise.size(), 1u);
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("v")->noise[0].coefficient, {{"tau", 0.01}, {"sigma", 1e-3}}),
                     1e-3 * std::sqrt(200.0));
    EXPECT_EQ(m->find_state("w")->noise[0].name, "xi_2");
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("w")->noise[0].coefficient, {{"tau", 0.01}}), 10.0);
}

TEST(Brian2, AParameterThatAResetChangesIsAState) {
    EquationStrings s;
    s.equations = "dv/dt = -v/(10*ms) : 1\nvt : 1\ncount : 1";
    s.threshold = "v > vt";
    s.reset = "vt += 0.1; count += 1; v = 0";
    s.values = {{"vt", "1"}};
    const ModelPtr m = parse_equations(s);
    ASSERT_TRUE(m->find_state("vt"));
    EXPECT_FALSE(m->find_parameter("vt"));
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("vt")->drift), 0.0);
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("vt")->initial), 1.0);
}

// A group of Poisson sources, and refractory times that are drawn.
TEST(Brian2, RandomNumbersInEvents) {
    EquationStrings s;
    s.equations = "rates : Hz";
    s.threshold = "rand()<rates*dt";
    s.refractory = "(1 + 2*rand())*ms";
    const ModelPtr m = parse_equations(s);
    ASSERT_EQ(m->draws.size(), 2u);
    EXPECT_FALSE(m->draws[0].is_normal);
    EXPECT_NE(m->draws[0].name, m->draws[1].name);
    EXPECT_DOUBLE_EQ(value(*m, m->events[0].refractory_time, {{m->draws[1].name, 0.5}}), 2e-3);
    s.threshold = "rand(3) < rates*dt";
    EXPECT_NE(problems_of(s).find("rand() takes no argument"), std::string::npos) << problems_of(s);
}

// A refractory time that each spike makes longer, as Brian2's page on refractoriness has it.
TEST(Brian2, RefractoryMayBeAVariable) {
    EquationStrings s;
    s.equations =
        "dv/dt = -v/(10*ms) : 1 (unless refractory)\n"
        "drefractory/dt = (refractory_0 - refractory) / tau_refractory : second";
    s.threshold = "v > 1";
    s.reset = "v = 0\nrefractory += 1*ms";
    s.refractory = "refractory";
    s.values = {{"refractory_0", "2*ms"}, {"tau_refractory", "50*ms"}, {"refractory", "refractory_0"}};
    const ModelPtr m = parse_equations(s);
    EXPECT_DOUBLE_EQ(value(*m, m->events[0].refractory_time, {{"refractory", 3e-3}}), 3e-3);
    EXPECT_DOUBLE_EQ(value(*m, m->events[0].reset[1].value, {{"refractory", 3e-3}}), 4e-3);
}

TEST(Brian2, NotRefractoryIsACondition) {
    EquationStrings s;
    s.equations = "dv/dt = (3*int(not_refractory) - v)/(10*ms) : 1";
    s.threshold = "v > 2 and not_refractory";
    s.refractory = "2*ms";
    const ModelPtr m = parse_equations(s);
    EXPECT_TRUE(m->events[0].spike_step_counts);
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("v")->drift, {{"v", 1.0}, {refractory_symbol, 0.0}}), 200.0);
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("v")->drift, {{"v", 1.0}, {refractory_symbol, 1.0}}), -100.0);
    s.values = {{"v", "int(not_refractory)"}};
    EXPECT_NE(problems_of(s).find("unknown name 'not_refractory'"), std::string::npos) << problems_of(s);
}

TEST(Brian2, RefusalsSayWhy) {
    EquationStrings s;
    s.equations = "dv/dt = -v/tau + rand()/ms : 1 (event-driven)";
    s.values = {{"tau", "10*mV"}, {"unused", "3"}};
    s.reset = "v = 0";
    const std::string text = problems_of(s);
    for (const char* part : {"rand() cannot be used", "it belongs to synapses",
                             "there is a reset but no threshold", "there is a value for 'unused'"})
        EXPECT_NE(text.find(part), std::string::npos) << "missing: " << part << "\nin:\n" << text;
    s = {};
    s.equations = "dv/dt = (v0 - v)/tau : volt";
    s.values = {{"v0", "3*nA"}, {"tau", "10*ms"}};
    EXPECT_NE(problems_of(s).find("cannot subtract A and V"), std::string::npos) << problems_of(s);
    s.values.pop_back();
    EXPECT_NE(problems_of(s).find("unknown name 'tau'"), std::string::npos);
    s.equations = "   ";
    EXPECT_NE(problems_of(s).find("<equations>:1:1: error: the text is empty"), std::string::npos)
        << problems_of(s);
}

}  // namespace
}  // namespace neurodyn::language
