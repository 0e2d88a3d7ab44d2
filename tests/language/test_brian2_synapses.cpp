// SPDX-License-Identifier: BSD-3-Clause
// Synapses in Brian2's notation as its documentation writes them (notation: Stimberg et al. 2019,
// doi:10.7554/eLife.47314), and its flags and types.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/error.hpp"
#include "language/model.hpp"
#include "synapse_evaluator.hpp"

namespace neurodyn::language {
namespace {

ModelPtr neurons(const std::string& equations, std::vector<std::pair<std::string, std::string>> values = {}) {
    EquationStrings s;
    s.equations = equations;
    s.values = std::move(values);
    return parse_equations(s);
}

ModelPtr join(const SynapseStrings& strings, const ModelPtr& post, const ModelPtr& pre = nullptr) {
    return check_synapse(*parse_synapse_strings(strings), pre ? *pre : Model{}, *post);
}

std::string problems_of(const SynapseStrings& strings, const ModelPtr& post) {
    try {
        join(strings, post);
    } catch (const InputError& error) {
        return error.what();
    }
    return "no problem";
}

TEST(Brian2Synapses, SpikeTimingDependentPlasticity) {
    SynapseStrings s;
    s.model = R"(w : 1
                 dApre/dt = -Apre / taupre : 1 (event-driven)
                 dApost/dt = -Apost / taupost : 1 (event-driven))";
    s.on_pre = R"(ge += w
                  Apre += dApre
                  w = clip(w + Apost, 0, gmax))";
    s.on_post = R"(Apost += dApost
                   w = clip(w + Apre, 0, gmax))";
    s.values = {{"taupre", "20*ms"},
                {"taupost", "taupre"},
                {"gmax", ".01"},
                {"dApre", ".01*gmax"},
                {"dApost", "-dApre*taupre/taupost*1.05"}};
    const ModelPtr post = neurons("dv/dt = (ge*(Ee-v) + El - v)/taum : volt\ndge/dt = -ge/taue : 1",
                                  {{"Ee", "0*mV"}, {"El", "-74*mV"}, {"taum", "10*ms"}, {"taue", "5*ms"}});
    const ModelPtr joined = join(s, post);
    const SynapseTraits traits = classify(*joined);
    EXPECT_EQ(traits.keepers, (std::vector<Keeper>{Keeper::synapse, Keeper::pre, Keeper::post}));
    SynapseEvaluator e(
        joined, {{"w", 0.005}, {"gmax", 0.01}, {"dApre", 1e-4}, {"dApost", -1.05e-4}, {"taupost", 0.02}});
    e.pre(), e.advance(0.01), e.post();
    EXPECT_NEAR(e["w"], 0.005 + 1e-4 * std::exp(-0.5), 1e-17);
    EXPECT_DOUBLE_EQ(e["ge_post"], 0.005);
    e.advance(0.005), e.pre();
    EXPECT_NEAR(e["w"], 0.005 + 1e-4 * std::exp(-0.5) - 1.05e-4 * std::exp(-0.25), 1e-17);
}

TEST(Brian2Synapses, ShortTermPlasticityWithAValueOnTheWay) {
    SynapseStrings s;
    s.model = R"(
        # Usage of releasable neurotransmitter per single action potential:
        du_S/dt = -Omega_f * u_S     : 1 (event-driven)
        # Fraction of synaptic neurotransmitter resources available:
        dx_S/dt = Omega_d *(1 - x_S) : 1 (event-driven)
    )";
    s.on_pre = R"(
        u_S += U_0 * (1 - u_S)
        r_S = u_S * x_S
        x_S -= r_S
        g_e += w_e*r_S
    )";
    s.values = {{"Omega_f", "3.33/second"},
                {"Omega_d", "2.0/second"},
                {"U_0", "0.6"},
                {"w_e", "0.05*nS"},
                {"x_S", "1"}};
    const ModelPtr post = neurons("dg_e/dt = -g_e/(5*ms) : siemens");
    const ModelPtr joined = join(s, post);
    EXPECT_EQ(joined->synapse->on_pre[1].side, Side::local);
    EXPECT_EQ(joined->synapse->externals.size(), 1u);
    SynapseEvaluator e(joined, {{"g_e_post", 0.0}});
    e.pre();
    EXPECT_NEAR(e["g_e_post"], 0.05e-9 * 0.6, 1e-24);
    EXPECT_NEAR(e["x_S"], 0.4, 1e-15);
    e.advance(0.1);
    EXPECT_NEAR(e["u_S"], 0.6 * std::exp(-0.333), 1e-15);
    EXPECT_NEAR(e["x_S"], 1 - 0.6 * std::exp(-0.2), 1e-15);
    EXPECT_EQ(classify(*joined).keepers, (std::vector<Keeper>{Keeper::pre, Keeper::pre}));
}

TEST(Brian2Synapses, CubaIsStatic) {
    SynapseStrings s;
    s.on_pre = "ge += 1.62*mV";
    const ModelPtr post = neurons(
        "dv/dt  = (ge+gi-(v-El))/taum : volt (unless refractory)\ndge/dt = -ge/taue : volt\ndgi/dt = "
        "-gi/taui : volt",
        {{"taum", "20*ms"}, {"taue", "5*ms"}, {"taui", "10*ms"}, {"El", "-49*mV"}});
    const ModelPtr joined = join(s, post);
    EXPECT_TRUE(classify(*joined).is_static);
    EXPECT_TRUE(joined->states.empty());
    s.on_pre = "ge += we";
    s.values = {{"we", "(60*0.27/10)*mV"}};
    EXPECT_TRUE(classify(*join(s, post)).is_static);
}

TEST(Brian2Synapses, GapJunctionsAndSums) {
    SynapseStrings s;
    s.model = "w : 1 # gap junction conductance\nIgap_post = w * (v_pre - v_post) : 1 (summed)";
    const ModelPtr post = neurons("dv/dt = (v0 - v + Igap) / tau : 1\nIgap : 1 # gap junction current",
                                  {{"tau", "10*ms"}, {"v0", "1.05"}});
    const ModelPtr joined = join(s, post, post);
    ASSERT_EQ(joined->synapse->summed.size(), 1u);
    EXPECT_EQ(joined->synapse->summed[0].variable, "Igap");
    // NMDA: a gate with its own course, stepped with the clock.
    s.model = R"(s_tot_post = w * s : 1 (summed)
                 ds/dt = - s / tau_decay + alpha * x * (1 - s) : 1 (clock-driven)
                 dx/dt = - x / tau_rise : 1 (clock-driven)
                 w : 1)";
    s.on_pre = "x += 1";
    s.values = {{"tau_decay", "100*ms"}, {"alpha", "0.5/ms"}, {"tau_rise", "2*ms"}};
    EXPECT_EQ(join(s, neurons("dv/dt = (s_tot - v)/(10*ms) : 1\ns_tot : 1"))->synapse->summed[0].variable,
              "s_tot");
}

TEST(Brian2Synapses, WhatIsWrongIsToldWithItsString) {
    const ModelPtr post = neurons("dv/dt = -v/(10*ms) : volt\nI : volt", {});
    SynapseStrings s;
    s.model = "w : volt";
    s.on_pre = "v += w*k";
    EXPECT_NE(problems_of(s, post).find("<on_pre>:1:8: error: the synapse reads an unknown variable 'k'"),
              std::string::npos)
        << problems_of(s, post);
    s.on_pre = "v += w*rand()";
    EXPECT_NE(problems_of(s, post).find("rand() cannot be used"), std::string::npos);
    s.on_pre = "v += w*i";
    EXPECT_NE(problems_of(s, post).find("unknown name 'i'"), std::string::npos) << problems_of(s, post);
    s.on_pre = "I += w";
    EXPECT_NE(problems_of(s, post).find("it is a parameter"), std::string::npos) << problems_of(s, post);
    s.on_pre = "";
    EXPECT_NE(problems_of(s, post).find("does nothing"), std::string::npos);
    s.on_pre = "v += w";
    s.values = {{"ww", "3"}};
    EXPECT_NE(problems_of(s, post).find("there is a value for 'ww'"), std::string::npos);
}

TEST(Brian2Types, IntegersAndConditions) {
    EquationStrings s;
    s.equations =
        "dv/dt = int(active)*(v0 - v)/(10*ms) : 1\nactive : boolean\ncount : integer\nlevel = v > 2 : "
        "boolean\n"
        "half : integer\nv0 : 1 (constant)";
    s.threshold = "v > 1 and active and not level";
    s.reset = "v = 0; count += 1; half = count/2; active = count < 3";
    s.values = {{"active", "True"}, {"half", "2.7"}};
    const ModelPtr m = parse_equations(s);
    const auto value = [&](NodeId node, const SynapseEvaluator::Values& at) {
        return symbolic::evaluate(m->graph, node, [&](const std::string& name) { return at.at(name); });
    };
    EXPECT_EQ(m->find_state("active")->type, ValueType::boolean);
    EXPECT_EQ(value(m->find_state("active")->initial, {}), 1.0);
    EXPECT_EQ(value(m->find_state("half")->initial, {}), 2.0);
    EXPECT_EQ(value(m->find_definition("level")->value, {{"v", 3.0}}), 1.0);
    EXPECT_EQ(value(m->events[0].condition, {{"v", 1.5}, {"active", 1.0}}), 1.0);
    EXPECT_EQ(value(m->events[0].condition, {{"v", 1.5}, {"active", 0.0}}), 0.0);
    ASSERT_EQ(m->events[0].reset.size(), 4u);
    EXPECT_EQ(value(m->events[0].reset[1].value, {{"count", 4.0}}), 5.0);
    EXPECT_EQ(value(m->events[0].reset[2].value, {{"count", 5.0}}), 2.0);  // cut, as in Brian2
    EXPECT_EQ(value(m->events[0].reset[2].value, {{"count", -5.0}}), -2.0);
    EXPECT_EQ(value(m->events[0].reset[3].value, {{"count", 3.0}}), 0.0);
    EXPECT_EQ(value(m->find_state("v")->drift, {{"v", 0.0}, {"v0", 1.0}, {"active", 0.0}}), 0.0);
}

TEST(Brian2Types, RefractoryStringsAreTimesAndConditions) {
    EquationStrings s;
    s.equations = "dv/dt = (1.1 - v)/(10*ms) : 1 (unless refractory)\ntau_r : second\nw : 1 (shared)";
    s.threshold = "v > 1";
    s.reset = "v = 0";
    for (const char* time : {"2*ms", "tau_r", "1*ms + 2*tau_r", "max(tau_r, 1*ms)"}) {
        s.refractory = time;
        EXPECT_TRUE(parse_equations(s)->events[0].refractory_time) << time;
    }
    for (const char* condition : {"v > 0.5", "v > 0.5 and t > 1*second", "True"}) {
        s.refractory = condition;
        EXPECT_TRUE(parse_equations(s)->events[0].refractory_condition) << condition;
    }
    s.refractory = "False";
    EXPECT_FALSE(parse_equations(s)->events[0].refractory_condition);
    s.refractory = "3*mV";
    EXPECT_THROW(parse_equations(s), InputError);
}

}  // namespace
}  // namespace neurodyn::language
