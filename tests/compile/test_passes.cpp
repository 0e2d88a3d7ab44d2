// SPDX-License-Identifier: BSD-3-Clause
// Golden tests of the passes: text, pass, text; and of staging.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/error.hpp"
#include "compile/passes.hpp"
#include "compile/rewrite.hpp"
#include "support.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile::testing {
namespace {

/// x' = text, where x, y, z vary and a, b, c are parameters.
Program program_of(const std::string& text) {
    System system = SystemText()
                        .state("x", "y")
                        .state("y", "y")
                        .state("z", "y")
                        .parameter("a")
                        .parameter("b")
                        .parameter("c")
                        .build();
    Program program;
    program.name = "test";
    const NodeId value = SystemText::expression(system, text);
    program.graph = system.graph;
    program.arrays = {"x", "y", "z"};
    program.uniforms = {"a", "b", "c"};
    program.stores = {{0, value}};
    return program;
}

const PassContext context{{"x", "y", "z"}};

struct Golden {
    const char* name;
    const char* pass;
    const char* before;
    const char* after;
};
class PassText : public ::testing::TestWithParam<Golden> {};

TEST_P(PassText, IsAsWritten) {
    const auto& golden = GetParam();
    for (const auto& pass : passes()) {
        if (pass.name != golden.pass) continue;
        const Program result = pass.run(program_of(golden.before), context);
        verify(result);
        EXPECT_EQ(print(result), golden.after);
        return;
    }
    FAIL() << "no pass " << golden.pass;
}

INSTANTIATE_TEST_SUITE_P(
    Passes, PassText,
    ::testing::Values(
        Golden{"Reciprocal", "quotients", "x/a", "    x' = x*(1/a)\n"},
        Golden{"PowerOfTwo", "quotients", "a/8", "    x' = a*0.125\n"},
        Golden{"InvariantQuotientStays", "quotients", "a/b", "    x' = a/b\n"},
        Golden{"VaryingQuotientStays", "quotients", "x/y", "    x' = x/y\n"},
        Golden{"SharedDenominator", "quotients", "x/y + z/y", "    _1 = 1/y\n    x' = x*_1 + z*_1\n"},
        Golden{"OverExprel", "quotients", "a/exprel(x)", "    x' = a*where(x == 0, 1, x/expm1(x))\n"},
        Golden{"Gathered", "products", "a*x*b*y*c", "    x' = x*y*(a*b*c)\n"},
        Golden{"OneInvariantStays", "products", "(a*x)*y", "    x' = a*x*y\n"},
        Golden{"SignGoesToTheInvariant", "products", "-x*a", "    x' = x*(-a)\n"},
        Golden{"Shift", "arguments", "exp((x - a)*b)", "    x' = exp(fma(x, b, -(a*b)))\n"},
        Golden{"ShiftFromTheLeft", "arguments", "exp((a - x)*b)", "    x' = exp(fma(x, -b, a*b))\n"},
        Golden{"LogKeepsItsArgument", "arguments", "log((x - a)*b)", "    x' = log((x - a)*b)\n"},
        Golden{"FusedRight", "contraction", "x + y*z", "    x' = fma(y, z, x)\n"},
        Golden{"FusedLeft", "contraction", "y*z + x", "    x' = fma(y, z, x)\n"},
        Golden{"FusedDifference", "contraction", "x - y*a", "    x' = fma(y, -a, x)\n"},
        Golden{"FusedMinus", "contraction", "y*z - x", "    x' = fma(y, z, -x)\n"},
        Golden{"SharedProductStays", "contraction", "x + y*z + exp(y*z)",
               "    _1 = y*z\n    x' = x + _1 + exp(_1)\n"},
        Golden{"InvariantProductStays", "contraction", "x + a*b", "    x' = x + a*b\n"}),
    [](const auto& info) { return info.param.name; });

TEST(Powers, BecomeProducts) {
    Program program = program_of("x");
    auto& g = program.graph;
    const NodeId x = g.symbol("x");
    program.stores[0].value = g.make(Op::pow, x, g.constant(3.0));
    EXPECT_EQ(print(powers_pass(program, context)), "    x' = x*(x*x)\n");
    program.stores[0].value = g.make(Op::pow, x, g.constant(0.5));
    EXPECT_EQ(print(powers_pass(program, context)), "    x' = sqrt(x)\n");
    program.stores[0].value = g.make(Op::pow, x, g.constant(2.5));
    EXPECT_EQ(print(powers_pass(program, context)), "    x' = x^2.5\n");
}

TEST(Passes, CanBeSwitchedOffAndAreTimed) {
    std::vector<PassRecord> records;
    const Program kept = run_passes(program_of("x/a + y*z"), context, {"quotients", "contraction"}, records);
    EXPECT_EQ(print(kept), "    x' = x/a + y*z\n");
    ASSERT_EQ(records.size(), passes().size() - 2);
    EXPECT_GE(records[0].milliseconds, 0.0);
    try {
        run_passes(program_of("x"), context, {"contractoin"}, records);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(),
                    ::testing::StartsWith("there is no pass 'contractoin'; did you mean 'contraction'?"));
    }
}

TEST(Verifier, FindsBrokenPrograms) {
    Program twice = program_of("x");
    twice.stores.push_back(twice.stores[0]);
    EXPECT_THROW(verify(twice), std::logic_error);
    Program unknown = program_of("x + a");
    unknown.uniforms = {"b", "c"};
    EXPECT_THROW(verify(unknown), std::logic_error);
    Program truth = program_of("x");
    truth.stores[0].value = truth.graph.make(Op::lt, truth.graph.symbol("x"), truth.graph.symbol("y"));
    EXPECT_THROW(verify(truth), std::logic_error);
    Program doubled = program_of("x");
    doubled.uniforms.push_back("x");
    EXPECT_THROW(verify(doubled), std::logic_error);
}

TEST(Hash, DependsOnStructureAndConstantsNotOnNames) {
    const std::string hash = program_of("x + 2*a").hash();
    EXPECT_EQ(hash.size(), 32U);
    EXPECT_EQ(hash, program_of("x + 2*a").hash());
    EXPECT_NE(hash, program_of("x + 3*a").hash());
    EXPECT_NE(hash, program_of("x - 2*a").hash());
    EXPECT_NE(hash, program_of("y + 2*a").hash());
    EXPECT_NE(hash, program_of("x + 2*b").hash());
}

TEST(Print, StagesReadAsEquations) {
    System system = SystemText()
                        .parameter("tau")
                        .input("I")
                        .state("v", "(I - v)/tau + exp(v) + exp(v)^2")
                        .noise("v", "xi", "0.5")
                        .build();
    system.signals.push_back({"rate", system.graph.mul(system.graph.constant(2.0), system.states[0].symbol)});
    EXPECT_EQ(print(system),
              "parameters: tau\n"
              "inputs: I\n"
              "equations:\n"
              "    _1 = exp(v)\n"
              "    dv/dt = (I - v)/tau + _1 + _1*_1 + (0.5)*xi\n"
              "    signal rate = 2*v\n");
    const std::string step = print(make_step(system, {"euler", {}, true, {}}));
    EXPECT_THAT(step, ::testing::StartsWith("method: euler\n"
                                            "noise: noise.0\n"
                                            "setup, for all elements:\n"
                                            "    setup.0' = 0.5*sqrt(dt)\n"
                                            "    setup.1' = 1/tau\n"
                                            "setup, for each element: nothing\n"
                                            "clock, once per step: nothing\n"
                                            "step:\n"
                                            "    _1 = exp(v)\n"));
    EXPECT_THAT(step, ::testing::HasSubstr("    signal.rate' = 2*_2\n"));
}

TEST(Staging, EachValueIsComputedAsRarelyAsPossible) {
    const System system = SystemText()
                              .parameter("tau")
                              .parameter("A")
                              .parameter("k")
                              .state("x", "(A*sin(t) - x*exp(-k))/tau")
                              .build();
    const StepProgram program = make_step(system, {"euler", {"k"}, true, {}});
    EXPECT_EQ(print(program.setup_uniform), "    setup.1' = dt*(1/tau)\n");
    EXPECT_EQ(print(program.setup_element), "    setup.0' = -exp(-k)\n");
    EXPECT_EQ(print(program.clock), "    clock.0' = A*sin(t)\n");
    EXPECT_EQ(print(program.step), "    x' = fma(fma(x, setup.0, clock.0), setup.1, x)\n");
    EXPECT_THAT(program.step.arrays, ::testing::ElementsAre("x", "setup.0"));
}

TEST(Staging, SetupInOneProgramGivesTheSameBits) {
    const System system =
        SystemText().parameter("tau").parameter("k").state("x", "(sin(t)*k - x*exp(-k))/tau").build();
    std::vector<double> results;
    for (const bool split : {true, false})
        for (const bool per_element : {true, false}) {
            StepOptions options{"rk4", {}, split, {}};
            if (per_element) options.element_parameters = {"k"};
            Runner runner(make_step(system, options), 1, 0.03);
            if (per_element)
                runner.array("k")[0] = 0.7;
            else
                runner.set_uniform("k", 0.7);
            runner.set_uniform("tau", 0.31);
            runner.array("x")[0] = 0.4;
            runner.start();
            results.push_back(runner.run(100, "x"));
        }
    for (double result : results) EXPECT_EQ(result, results[0]);
}

}  // namespace
}  // namespace neurodyn::compile::testing
