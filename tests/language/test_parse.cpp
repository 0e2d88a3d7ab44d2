// SPDX-License-Identifier: BSD-3-Clause
// What a model file means: values in SI, units, order of operations, noise, events.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <string>

#include "base/error.hpp"
#include "language/model.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using Values = std::map<std::string, double>;

double value(const Model& model, NodeId node, const Values& values = {}) {
    return symbolic::evaluate(model.graph, node, [&](const std::string& name) { return values.at(name); });
}

double parameter(const Model& model, const std::string& name, const Values& values = {}) {
    return value(model, model.find_parameter(name)->value, values);
}

ModelPtr with_parameters(const std::string& lines) {
    return parse_model("model m : mass\nparameters\n" + lines + "\nequations\n    dz/dt = -z/second : 1\n",
                       "m.model");
}

TEST(Parse, LiteralsWithUnitsAreSi) {
    const ModelPtr m = with_parameters(
        "    g_Na = 120  mS/cm^2     E = -65*mV\n"
        "    C = 1 uF/cm^2           w = 0.5\n"
        "    q = 3 mV**2             r = 2 s^(-1/2)\n"
        "    third = 0.7 ms          fourth = min(0.7 ms, 1 s)\n"
        "    k = 5/ms                half = 1/2 ms   # of a millisecond: a unit binds to its number\n");
    EXPECT_DOUBLE_EQ(parameter(*m, "g_Na"), 1200.0);  // 120 mS/cm^2 = 120e-3 S / 1e-4 m^2
    EXPECT_EQ(m->find_parameter("g_Na")->unit.name, "mS/cm^2");
    EXPECT_DOUBLE_EQ(parameter(*m, "E"), -0.065);
    EXPECT_EQ(m->find_parameter("E")->unit.name, "mV");
    EXPECT_DOUBLE_EQ(parameter(*m, "C"), 0.01);
    EXPECT_DOUBLE_EQ(parameter(*m, "q"), 3e-6);
    EXPECT_DOUBLE_EQ(parameter(*m, "r"), 2.0);
    EXPECT_EQ(parameter(*m, "third"), 0.0007);  // the nearest double, not 0.7*0.001
    EXPECT_EQ(parameter(*m, "fourth"), 0.0007);
    EXPECT_DOUBLE_EQ(parameter(*m, "k"), 5000.0);
    EXPECT_DOUBLE_EQ(parameter(*m, "half"), 500.0);
    EXPECT_EQ(m->find_parameter("half")->description, "of a millisecond: a unit binds to its number");
}

TEST(Parse, PrecedenceIsPythons) {
    const ModelPtr m = with_parameters(
        "    a = -2^2\n    b = 2^3^2\n    c = 2^-1\n    d = 7 - 2 - 1\n    e = 12/3/2\n    f = -3 % 5\n    g "
        "= 7//2\n"
        "    h = where(1 < 2 and not 3 < 2 or 1 > 5, 1, 0)\n    k = int(-2.7)\n    l = clip(7, 0, 5)\n    n "
        "= max(1, 5, 3)\n");
    const auto p = [&](const char* name) { return parameter(*m, name); };
    EXPECT_EQ(p("a"), -4.0);
    EXPECT_EQ(p("b"), 512.0);
    EXPECT_EQ(p("c"), 0.5);
    EXPECT_EQ(p("d"), 4.0);
    EXPECT_EQ(p("e"), 2.0);
    EXPECT_EQ(p("f"), 2.0);  // as Python's: the sign of the divisor
    EXPECT_EQ(p("g"), 3.0);
    EXPECT_EQ(p("h"), 1.0);
    EXPECT_EQ(p("k"), -2.0);
    EXPECT_EQ(p("l"), 5.0);
    EXPECT_EQ(p("n"), 5.0);
}

TEST(Parse, OwnNamesWinOverUnits) {
    const ModelPtr m = parse_model(
        "model m : neuron\nparameters\n    L = 3 m\nequations\n"
        "    dm/dt = (1 - m)/(10*ms) : 1\n    x = m*L : m\n    dv/dt = (2 mV*m - v)/ms : mV\n",
        "m.model");
    EXPECT_DOUBLE_EQ(parameter(*m, "L"), 3.0);
    EXPECT_DOUBLE_EQ(value(*m, m->find_definition("x")->value, {{"m", 0.5}, {"L", 3.0}}), 1.5);
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("v")->drift, {{"m", 0.5}, {"v", 0.0}}), 1.0);
}

TEST(Parse, EquationsContinueOnIndentedLines) {
    const ModelPtr m = parse_model(
        "model m : mass\nequations\n    dx/dt = (1\n        - x\n      + b\n      )/ms : 1  # here\n    b = "
        "2*x\n        + 1\n",
        "m.model");
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("x")->drift, {{"x", 3.0}}), (1 - 3 + 7) * 1000.0);
    EXPECT_EQ(m->find_state("x")->description, "here");
    EXPECT_EQ(m->find_definition("b")->unit.name, "1");
}

TEST(Parse, NoiseIsTakenApart) {
    const ModelPtr m = parse_model(
        "model m : mass\nparameters\n    s = 2\n    tau = 4 second\nequations\n"
        "    dx/dt = -(x - 3*xi*tau^0.5 + xi_b*s*sqrt(tau))/tau + where(x > 0, s, 1)*xi_b/sqrt(tau) : 1\n"
        "    dy/dt = s*xi_b/tau**(1/2) : 1\n",
        "m.model");
    const State& x = *m->find_state("x");
    ASSERT_EQ(x.noise.size(), 2u);
    const Values at = {{"x", 1.0}, {"s", 2.0}, {"tau", 4.0}};
    EXPECT_EQ(x.noise[0].name, "xi");
    EXPECT_DOUBLE_EQ(value(*m, x.noise[0].coefficient, at), 3 * 2 / 4.0);
    EXPECT_EQ(x.noise[1].name, "xi_b");
    EXPECT_DOUBLE_EQ(value(*m, x.noise[1].coefficient, at), -2 * 2 / 4.0 + 2 / 2.0);
    EXPECT_DOUBLE_EQ(value(*m, x.drift, at), -0.25);
    const State& y = *m->find_state("y");
    EXPECT_DOUBLE_EQ(value(*m, y.drift, at), 0.0);
    ASSERT_EQ(y.noise.size(), 1u);
    EXPECT_DOUBLE_EQ(value(*m, y.noise[0].coefficient, at), 1.0);
}

TEST(Parse, DistributionsKeepTheirArgumentsAndBounds) {
    const ModelPtr m =
        with_parameters("    mean = 20 ms\n    tau = normal(mean, 2 ms, min = 1 ms)\n    k = gamma(3, 1)");
    const Parameter& tau = *m->find_parameter("tau");
    ASSERT_TRUE(tau.distribution);
    EXPECT_FALSE(tau.value);
    EXPECT_EQ(tau.distribution->shape, Distribution::Shape::normal);
    EXPECT_DOUBLE_EQ(value(*m, tau.distribution->arguments[0], {{"mean", 0.02}}), 0.02);
    EXPECT_DOUBLE_EQ(value(*m, tau.distribution->minimum), 1e-3);
    EXPECT_FALSE(tau.distribution->maximum);
    EXPECT_EQ(m->find_parameter("k")->distribution->shape, Distribution::Shape::gamma);
}

TEST(Parse, InitialValuesUseParametersAndEachOther) {
    const ModelPtr m = parse_model(
        "model m : mass\nparameters\n    a = 2\nequations\n    dx/dt = -x/ms : 1\n    dy/dt = -y/ms : 1\n"
        "    dz/dt = -z/ms : 1\n    dw/dt = -w/ms : 1\n    d = 3*y : 1\ninitial\n    x = d + 1    y = a^2    "
        "z = uniform(0, a)\n    w = z*2\n",
        "m.model");
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("x")->initial, {{"a", 2.0}}), 13.0);
    ASSERT_TRUE(m->find_state("z")->initial_distribution);
    EXPECT_DOUBLE_EQ(value(*m, m->find_state("w")->initial, {{"z", 0.25}}), 0.5);
}

TEST(Parse, EventsHaveResetsAndRefractoryTimesOrConditions) {
    const ModelPtr m = parse_model(
        "model m : neuron\nparameters\n    v_r = -70 mV     b = 0.5\nequations\n    dv/dt = -v/ms : mV "
        "(unless refractory)\n"
        "    dw/dt = -w/ms : 1\nevents\n    spike : v > -50*mV   refractory 2*ms   reset v = v_r; w += b; w "
        "*= 2\n"
        "    calm : w < 0.1 and v < v_r    refractory w < 0.2\n",
        "m.model");
    ASSERT_EQ(m->events.size(), 2u);
    const Event& spike = m->events[0];
    EXPECT_TRUE(m->find_state("v")->held_when_refractory);
    EXPECT_EQ(value(*m, spike.condition, {{"v", -0.049}}), 1.0);
    EXPECT_DOUBLE_EQ(value(*m, spike.refractory_time), 2e-3);
    ASSERT_EQ(spike.reset.size(), 3u);
    EXPECT_DOUBLE_EQ(value(*m, spike.reset[1].value, {{"w", 1.0}, {"b", 0.5}}), 1.5);
    EXPECT_DOUBLE_EQ(value(*m, spike.reset[2].value, {{"w", 1.5}}), 3.0);
    EXPECT_FALSE(m->events[1].refractory_time);
    EXPECT_TRUE(m->events[1].refractory_condition);
}

TEST(Parse, InputsMayHaveAFallback) {
    const ModelPtr m = parse_model(
        "model m : mass\nparameters\n    a = 2 nA\ninputs\n    u : nA    w = 3*a\nequations\n    dx/dt = (u "
        "+ w)/nA/ms : 1\n",
        "m.model");
    EXPECT_FALSE(m->find_input("u")->fallback);
    EXPECT_DOUBLE_EQ(value(*m, m->find_input("w")->fallback, {{"a", 2e-9}}), 6e-9);
    EXPECT_EQ(m->find_input("u")->unit.name, "nA");
}

TEST(Parse, TheTextIsKeptAndReadTheSameWayTwice) {
    const std::string path = NEURODYN_SOURCE_DIR "/library/neurons/hodgkin_huxley.model";
    const ModelPtr a = load_model(path), b = load_model(path);
    EXPECT_EQ(a->source_text, read_file(path));
    EXPECT_EQ(a->source_file, path);
    EXPECT_NE(a->reference.find("10.1113/jphysiol.1952.sp004764"), std::string::npos);
    ASSERT_EQ(a->graph.size(), b->graph.size());
    EXPECT_EQ(a->find_state("v")->drift, b->find_state("v")->drift);
}

TEST(Parse, LineEndsAndMarksOfOtherSystemsAreRead) {
    const ModelPtr m = parse_model(
        "\xEF\xBB\xBFmodel m : mass\r\nequations\r\n\tdx/dt = -x/ms : 1 # caf\xC3\xA9\r\n", "m.model");
    EXPECT_EQ(m->find_state("x")->description, "caf\xC3\xA9");
}

// Expressions whose unit the rules must accept (with the SI unit of the result), or refuse.
struct UnitCase {
    const char* expression;
    const char* unit;  ///< null: refused
};
class Units : public testing::TestWithParam<UnitCase> {};

TEST_P(Units, AreCheckedInEveryOperation) {
    const auto [expression, unit] = GetParam();
    Graph graph;
    std::vector<ScopeEntry> scope;
    const auto add = [&](const char* name, const char* u) {
        scope.push_back({name, graph.symbol(name), parse_unit(u).dimension});
    };
    add("v", "mV"), add("g", "nS"), add("x", "1"), add("tau", "ms"), add("C", "pF"), add("L", "m");
    if (!unit) {
        EXPECT_THROW(parse_expression(expression, "<test>", graph, scope), InputError) << expression;
        return;
    }
    const Expression result = parse_expression(expression, "<test>", graph, scope);
    EXPECT_EQ(result.dimension, parse_unit(unit).dimension)
        << expression << " has " << to_string(result.dimension);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Units,
    testing::Values(UnitCase{"g*v", "A"}, UnitCase{"g*v/C", "V/s"}, UnitCase{"v + 3*mV", "V"},
                    UnitCase{"v + 0", "V"}, UnitCase{"0 - v", "V"}, UnitCase{"v + 1", nullptr},
                    UnitCase{"v - g", nullptr}, UnitCase{"exp(v/mV)", "1"}, UnitCase{"exp(v)", nullptr},
                    UnitCase{"log(x)", "1"}, UnitCase{"sqrt(v)", "V^(1/2)"}, UnitCase{"v^2", "V^2"},
                    UnitCase{"v**-0.5", "V^(-1/2)"}, UnitCase{"v^(1/3)", "V^(1/3)"}, UnitCase{"v^x", nullptr},
                    UnitCase{"x^v", nullptr}, UnitCase{"x^x", "1"}, UnitCase{"min(v, 3*mV)", "V"},
                    UnitCase{"min(v, g)", nullptr}, UnitCase{"where(v > 0, g, 0)", "S"},
                    UnitCase{"where(v > g, 1, 2)", nullptr}, UnitCase{"where(x > 1, g, v)", nullptr},
                    UnitCase{"clip(v, -80*mV, 0)", "V"}, UnitCase{"clip(v, 0, 1)", nullptr},
                    UnitCase{"sign(v)", "1"}, UnitCase{"arctan2(v, mV)", "1"},
                    UnitCase{"arctan2(v, g)", nullptr}, UnitCase{"abs(v)", "V"}, UnitCase{"v % (3*mV)", "V"},
                    UnitCase{"v % 3", nullptr}, UnitCase{"tau*C/tau", "F"}, UnitCase{"L / (5 m/s)", "s"},
                    UnitCase{"t + tau", "s"}, UnitCase{"dt/tau", "1"}, UnitCase{"int(v > 0)*g", "S"},
                    UnitCase{"(v > 0)*g", nullptr}, UnitCase{"sin(2*pi*t/tau)", "1"},
                    UnitCase{"floor(v)", nullptr}, UnitCase{"v // (2*mV)", "1"},
                    UnitCase{"heaviside(v)", "1"}, UnitCase{"unknown", nullptr}, UnitCase{"xi", nullptr},
                    UnitCase{"", nullptr}));

TEST(Expressions, ComeFromOutsideWithDottedNames) {
    Graph graph;
    const std::vector<ScopeEntry> scope = {{"connectome.lengths", graph.symbol("L"), dimensions::length}};
    const Expression delay = parse_expression("connectome.lengths / (5 m/s)", "x.yaml", graph, scope);
    EXPECT_EQ(delay.dimension, dimensions::time);
    EXPECT_DOUBLE_EQ(symbolic::evaluate(graph, delay.node, [](const std::string&) { return 0.1; }), 0.02);
    EXPECT_TRUE(parse_expression("0", "x.yaml", graph, scope).any_dimension);
    try {
        parse_expression("conectome.lengths", "x.yaml", graph, scope);
        FAIL();
    } catch (const InputError& error) {
        EXPECT_EQ(error.diagnostics()[0].hint, "did you mean 'connectome.lengths'?");
    }
}

TEST(Couplings, AreCheckedWhenTheirSignalsAreKnown) {
    const ModelPtr c = load_model(NEURODYN_SOURCE_DIR "/library/couplings/sigmoidal.model");
    const Dimension volt = dimensions::voltage;
    EXPECT_EQ(coupling_dimension(*c, volt, volt), dimensions::frequency);
    EXPECT_THROW(coupling_dimension(*c, dimensions::current, volt), InputError);
    const ModelPtr d = load_model(NEURODYN_SOURCE_DIR "/library/couplings/difference.model");
    EXPECT_EQ(coupling_dimension(*d, volt, volt), volt);
    EXPECT_THROW(coupling_dimension(*d, volt, dimensions::one), InputError);
}

}  // namespace
}  // namespace neurodyn::language
