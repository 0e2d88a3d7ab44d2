// SPDX-License-Identifier: BSD-3-Clause
// What a synapse's text means: names of its neurons, units once they are joined, event-driven solutions,
// traits.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/error.hpp"
#include "language/model.hpp"
#include "synapse_evaluator.hpp"

namespace neurodyn::language {
namespace {

const std::string post_text =
    "model cell : neuron\n"
    "parameters\n    v_th = -50 mV    C = 200 pF\n"
    "inputs\n    I_syn : nA\n"
    "equations\n"
    "    dv/dt = -v/(10*ms) + I_syn/C : mV\n"
    "    dg_e/dt = -g_e/(5*ms) : nS\n"
    "    dm/dt = -m/(5*ms) : 1\n"
    "    gate = m^3 : 1\n";

ModelPtr cell() {
    static const ModelPtr model = parse_model(post_text, "cell.model");
    return model;
}

ModelPtr synapse(const std::string& body) { return parse_model("model s : synapse\n" + body, "s.model"); }

ModelPtr joined(const std::string& body, const std::string& target = {}) {
    return check_synapse(*synapse(body), *cell(), *cell(), target);
}

std::string problems_of(const std::string& body, const std::string& target = {}) {
    try {
        joined(body, target);
    } catch (const Error& error) {
        return error.what();
    }
    return "no problem";
}

void expect_problem(const std::string& body, const std::vector<std::string>& parts,
                    const std::string& target = {}) {
    const std::string text = problems_of(body, target);
    for (const std::string& part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << "missing: " << part << "\nin:\n" << text;
}

TEST(Synapses, NamesOfTheNeurons) {
    const ModelPtr s = joined(
        "equations\n    w : nS\non pre\n    g_e += w*int(v_pre > v_th)\n    v_post = v_post + 1*mV\non post\n"
        "    w *= m_post\n");
    const Synapse& made = *s->synapse;
    EXPECT_TRUE(made.is_joined);
    ASSERT_EQ(made.on_pre.size(), 2u);
    EXPECT_EQ(made.on_pre[0].variable, "g_e");
    EXPECT_EQ(made.on_pre[0].side, Side::post);
    EXPECT_EQ(s->graph.name(made.on_pre[0].symbol), "g_e_post");
    EXPECT_TRUE(made.on_pre[0].added);
    EXPECT_FALSE(made.on_pre[1].added);
    EXPECT_EQ(made.on_post[0].side, Side::synapse);
    const auto external = [&](const std::string& name, Side side) {
        for (const External& e : made.externals)
            if (e.name == name && e.side == side)
                return std::string(e.read ? "r" : "") + (e.written ? "w" : "");
        return std::string("none");
    };
    EXPECT_EQ(external("g_e", Side::post), "w");
    EXPECT_EQ(external("v", Side::post), "rw");
    EXPECT_EQ(external("v", Side::pre), "r");
    EXPECT_EQ(external("v_th", Side::post), "r");
    EXPECT_EQ(external("v_th", Side::pre), "none");
}

TEST(Synapses, StatementsSeeWhatTheOnesBeforeThemLeft) {
    SynapseEvaluator s(
        joined(
            "equations\n    u : 1\n    x : 1\non pre\n    u += 0.5*(1 - u); x = u*2\n    x -= u/4; x /= 2\n"),
        {{"u", 0.5}});
    s.pre();
    EXPECT_DOUBLE_EQ(s["u"], 0.75);
    EXPECT_DOUBLE_EQ(s["x"], (1.5 - 0.1875) / 2);
}

TEST(Synapses, UnitsAreKnownOnceItIsJoined) {
    // Alone nothing is known of the neurons; joined, everything is checked with the neurons' units.
    const std::string body = "equations\n    w : nA\non pre\n    g_e += w\n    v_post = w\n";
    EXPECT_NO_THROW(synapse(body));
    expect_problem(body, {"s.model:5:12: error: 'g_e' must have the unit S, but has A",
                          "s.model:6:14: error: 'v_post' must have the unit V, but has A"});
}

TEST(Synapses, TheTargetIsWhatTheProjectionNames) {
    const std::string body =
        "parameters\n    J : target\nequations\n    w : 1\n    k = 2*J\non pre\n    target_post += k*w\n";
    const ModelPtr s = joined(body, "g_e");
    EXPECT_EQ(s->graph.name(s->synapse->on_pre[0].symbol), "g_e_post");
    EXPECT_EQ(s->find_parameter("J")->unit.name, "nS");
    EXPECT_EQ(s->find_definition("k")->unit.dimension, dimensions::conductance);
    EXPECT_EQ(joined(body, "v")->find_parameter("J")->unit.dimension, dimensions::voltage);
    expect_problem(body, {"unknown variable 'target_post'", "to: population.g"});
    expect_problem(body, {"the target 'g_i' of the synapse 's' is no variable", "did you mean 'g_e'?"},
                   "g_i");
}

TEST(Synapses, WhatCannotBeRead) {
    expect_problem("on pre\n    g_ee += 1*nS\n    v += w_post*mV\n",
                   {"the synapse writes an unknown variable 'g_ee' of the postsynaptic neuron (model 'cell')",
                    "did you mean 'g_e'?", "the synapse reads an unknown variable 'w_post'"});
    expect_problem(
        "on pre\n    v_th += 1*mV\n    gate += 1\n    I_syn += 1*nA\n",
        {"cannot write 'v_th': it is a parameter", "dv_th/dt = 0/second",
         "cannot write 'gate': it is a definition", "cannot write 'I_syn': it is an input", "(summed)"});
    expect_problem("equations\n    v_post = v_pre : mV (summed)\n",
                   {"a sum cannot fill 'v_post': it is no input", "declare 'v : unit' under inputs"});
    expect_problem("on pre\n    g_e += nS*m\n",
                   {"'m' is a unit or constant, but also a variable", "write m_post"});
    EXPECT_THROW(check_synapse(*cell(), *cell(), *cell()), Error);
    // A list of spikes has no variables.
    EXPECT_THROW(check_synapse(*synapse("on pre\n    g_e += nS*int(v_pre > 0*mV)\n"), Model{}, *cell()),
                 InputError);
    EXPECT_NO_THROW(check_synapse(*synapse("on pre\n    g_e += 1*nS\n"), Model{}, *cell()));
}

TEST(Synapses, ThousandsOfVariablesAreTooMany) {
    std::string text = "equations\n";
    for (int i = 0; i < 12'000; ++i)
        text += "    dx" + std::to_string(i) + "/dt = -x0/ms : 1 (event-driven)\n";
    expect_problem(text + "on pre\n    g_e += 1*nS\n", {"has 12000 variables of its own; it may have 256"});
}

TEST(Synapses, WhatAStatementWritesIsNoUnit) {
    const ModelPtr s = joined("on pre\n    m += 1 - m\n");
    ASSERT_EQ(s->synapse->externals.size(), 1u);
    EXPECT_TRUE(s->synapse->externals[0].read && s->synapse->externals[0].written);
}

TEST(Synapses, SumsOverSynapses) {
    const ModelPtr s = joined("equations\n    w : nS\n    I_syn_post = w*(v_pre - v_post) : nA (summed)\n");
    ASSERT_EQ(s->synapse->summed.size(), 1u);
    EXPECT_EQ(s->synapse->summed[0].variable, "I_syn");
    EXPECT_FALSE(classify(*s).is_static);
    expect_problem("equations\n    w : nS\n    I_syn_post = w : nS (summed)\n",
                   {"'I_syn_post' must have the unit A, but has S"});
}

/// x(t + since) of the event-driven variable `x`, by the text's solution and by Runge-Kutta on its drift.
void expect_solution(const std::string& equations, const SynapseEvaluator::Values& start, double interval) {
    const ModelPtr made = synapse("equations\n" + equations + "on pre\n    v_post += mV*x\n");
    SynapseEvaluator s(made, start);
    std::vector<double> values;
    const auto& states = made->states;
    for (const State& state : states) values.push_back(s[state.name]);
    const auto slopes = [&](const std::vector<double>& at) {
        std::vector<double> k;
        for (std::size_t i = 0; i < states.size(); ++i) s[states[i].name] = at[i];
        for (const State& state : states) k.push_back(s.of(state.drift));
        return k;
    };
    const int steps = 4000;
    const double h = interval / steps;
    const auto along = [&](const std::vector<double>& k, double by) {
        std::vector<double> at = values;
        for (std::size_t i = 0; i < at.size(); ++i) at[i] += by * k[i];
        return at;
    };
    for (int n = 0; n < steps; ++n) {
        const auto k1 = slopes(values), k2 = slopes(along(k1, h / 2)), k3 = slopes(along(k2, h / 2)),
                   k4 = slopes(along(k3, h));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    SynapseEvaluator solved(made, start);
    solved.advance(interval);
    for (std::size_t i = 0; i < states.size(); ++i)
        EXPECT_NEAR(solved[states[i].name], values[i], 1e-12 * (1 + std::abs(values[i]))) << equations;
}

TEST(EventDriven, SolutionsAreExact) {
    const SynapseEvaluator::Values at = {{"x", 0.7}};
    expect_solution("    dx/dt = -x/(20*ms) : 1 (event-driven)\n", at, 0.03);
    expect_solution("    dx/dt = (0.2 - x)/(20*ms) : 1 (event-driven)\n", at, 0.03);
    expect_solution("    dx/dt = 3*x/second : 1 (event-driven)\n", at, 0.5);
    expect_solution("    dx/dt = 2/second : 1 (event-driven)\n", at, 0.5);
    expect_solution("    dx/dt = 0/second : 1 (event-driven)\n", at, 0.5);
    const SynapseEvaluator::Values two = {{"x", 0.7}, {"y", 0.4}};
    expect_solution(
        "    dx/dt = -x/(20*ms) : 1 (event-driven)\n    dy/dt = (x - y)/(5*ms) : 1 (event-driven)\n", two,
        0.03);
    expect_solution(
        "    dx/dt = -x/(5*ms) : 1 (event-driven)\n    dy/dt = (x - y)/(5*ms) : 1 (event-driven)\n", two,
        0.03);
    expect_solution(
        "    dx/dt = -x/(5*ms) : 1 (event-driven)\n    dy/dt = (1 + 2*x - y)/(20*ms) : 1 (event-driven)\n",
        two, 0.03);
    // Constants between events may be anything; here a variable of the synapse.
    expect_solution("    U : 1 (constant)\n    dx/dt = (U - x)/(20*ms) : 1 (event-driven)\n",
                    {{"x", 0.7}, {"U", 0.3}}, 0.03);
}

TEST(EventDriven, AtTheSameMomentNothingChanges) {
    SynapseEvaluator s(
        synapse("parameters\n    tau = 5 ms\nequations\n    dx/dt = (1 - x)/tau : 1 (event-driven)\n"
                "on pre\n    v_post += mV*x\n"),
        {{"x", 0.3}});
    s.advance(0.0);
    EXPECT_EQ(s["x"], 0.3);
}

TEST(Traits, AStaticSynapseOnlyAdds) {
    const auto is_static = [](const std::string& body) { return classify(*joined(body)).is_static; };
    EXPECT_TRUE(is_static("equations\n    w : nS\non pre\n    g_e += w\n"));
    EXPECT_TRUE(is_static(
        "parameters\n    k = 2\nequations\n    w : nS\n    z : mV\non pre\n    g_e += k*w; v -= z\n"));
    EXPECT_FALSE(is_static("equations\n    w : nS\non pre\n    g_e = w\n"));
    EXPECT_FALSE(is_static("equations\n    w : nS\non pre\n    g_e += w*int(v > 0*mV)\n"));
    EXPECT_FALSE(is_static("equations\n    w : nS\non pre\n    g_e += w\n    w *= 0.9\n"));
    EXPECT_FALSE(is_static("equations\n    w : nS\non pre\n    g_e += w\non post\n    w *= 0.9\n"));
    EXPECT_FALSE(is_static("equations\n    w : nS\non pre\n    g_e += w*int(t > 1*second)\n"));
    EXPECT_FALSE(is_static("equations\n    w : nS\non pre\n    g_e_pre += w\n"));
    EXPECT_FALSE(is_static("equations\n    dw/dt = -w/second : nS (event-driven)\non pre\n    g_e += w\n"));
    const SynapseTraits traits =
        classify(*joined("equations\n    w : nS\non pre\n    v += 1*mV; g_e -= w\n"));
    ASSERT_EQ(traits.effects.size(), 2u);
    EXPECT_EQ(traits.effects[1].variable, "g_e");
    EXPECT_EQ(traits.keepers[0], Keeper::constant);
}

TEST(Traits, TracesThatReadMoreAreKeptPerSynapse) {
    const auto keeper = [](const std::string& parameter, const std::string& on_pre,
                           const std::string& initial = {},
                           const std::function<bool(const std::string&)>& is_uniform = {}) {
        const ModelPtr s =
            joined("parameters\n    " + parameter +
                   "\nequations\n    da/dt = -a/tau : 1 (event-driven)\n    w : 1\non pre\n    " + on_pre +
                   "\n    v += a*mV\n" + initial);
        return classify(*s, is_uniform).keepers[0];
    };
    EXPECT_EQ(keeper("tau = 5 ms", "a += 1"), Keeper::pre);
    EXPECT_EQ(keeper("tau = normal(5 ms, 1 ms)", "a += 1"), Keeper::synapse);
    EXPECT_EQ(keeper("tau0 = normal(5 ms, 1 ms)\n    tau = 2*tau0", "a += 1"), Keeper::synapse);
    EXPECT_EQ(keeper("tau = 5 ms", "a += w"), Keeper::synapse);
    EXPECT_EQ(keeper("tau = 5 ms", "a += int(v_pre > 0*mV)"), Keeper::synapse);
    EXPECT_EQ(keeper("tau = 5 ms", "a += t/second"), Keeper::pre);  // one spike arrives at one time
    EXPECT_EQ(keeper("tau = 5 ms", "a += 1", "initial\n    a = uniform(0, 1)\n"), Keeper::synapse);
    EXPECT_EQ(keeper("tau = 5 ms", "a += 1", "on post\n    a = 0\n"), Keeper::synapse);
    EXPECT_EQ(keeper("tau = 5 ms", "a += 1", "", [](const std::string&) { return false; }), Keeper::synapse);
}

}  // namespace
}  // namespace neurodyn::language
