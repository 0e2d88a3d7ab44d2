// SPDX-License-Identifier: BSD-3-Clause
// The shipped synapses against published numbers and closed forms, by pairs of spikes.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "language/model.hpp"
#include "synapse_evaluator.hpp"

namespace neurodyn::language {
namespace {

using Values = SynapseEvaluator::Values;
constexpr double ms = 1e-3;

ModelPtr neuron() {
    static const ModelPtr model = parse_model(
        "model cell : neuron\n"
        "inputs\n    I_gap : nA\n    drive : 1\n"
        "equations\n"
        "    dv/dt = -v/(10*ms) : mV\n"
        "    dg/dt = -g/(5*ms) : nS\n"
        "    ddopamine/dt = -dopamine/(200*ms) : 1\n"
        "    rate = v/mV*Hz : Hz\n",
        "cell.model");
    return model;
}

SynapseEvaluator synapse(const std::string& name, Values settings = {}, const std::string& target = "g") {
    const ModelPtr text = load_model(NEURODYN_SOURCE_DIR "/library/synapses/" + name + ".model");
    const ModelPtr joined = check_synapse(*text, *neuron(), *neuron(), target);
    if (joined->find_parameter("J") && !settings.contains("J")) settings["J"] = 1e-9;
    return SynapseEvaluator(joined, settings);
}

/// The change of the weight by one pair, the post-synaptic spike `delta` after the pre-synaptic one.
double pair(SynapseEvaluator s, double delta) {
    const double before = s["w"];
    delta > 0 ? s.pre() : s.post();
    s.advance(std::abs(delta));
    delta > 0 ? s.post() : s.pre();
    return s["w"] - before;
}

TEST(SynapseLibrary, PairWindow) {
    // A+ exp(-t/tau+) and -A- exp(t/tau-), with the amplitudes and times of the file.
    const SynapseEvaluator s = synapse("stdp_pair");
    EXPECT_NEAR(pair(s, 10 * ms), 0.00551431, 5e-9);
    EXPECT_NEAR(pair(s, -10 * ms), -0.00780402, 5e-9);
    EXPECT_NEAR(pair(s, 1 * ms), 0.00942213, 5e-9);
    EXPECT_NEAR(pair(s, -1 * ms), -0.01019300, 5e-9);
    EXPECT_NEAR(pair(synapse("stdp_nearest"), 10 * ms), 0.00551431, 5e-9);
    EXPECT_NEAR(pair(synapse("metaplastic_stdp"), 10 * ms), 0.00551431 * std::exp(0.01 / 30), 5e-9);
}

TEST(SynapseLibrary, WeightsStayInTheirBounds) {
    for (const char* name : {"stdp_pair", "stdp_nearest", "stdp_triplet", "metaplastic_stdp"}) {
        EXPECT_EQ(pair(synapse(name, {{"w", 0.999}, {"w_max", 0.999}}), 1 * ms), 0.0) << name;
        EXPECT_EQ(pair(synapse(name, {{"w", 0.0}}), -1 * ms), 0.0) << name;
    }
}

TEST(SynapseLibrary, NearestSpikesOnly) {
    // Two pre-synaptic spikes: all-to-all adds both traces, nearest keeps the last.
    for (const auto& [name, expected] :
         {std::pair{"stdp_pair", 0.01 * (std::exp(-10 / 16.8) + std::exp(-5 / 16.8))},
          std::pair{"stdp_nearest", 0.01 * std::exp(-5 / 16.8)}}) {
        SynapseEvaluator s = synapse(name);
        s.pre(), s.advance(5 * ms), s.pre(), s.advance(5 * ms), s.post();
        EXPECT_NEAR(s["w"] - 0.5, expected, 1e-15) << name;
    }
}

TEST(SynapseLibrary, MultiplicativeAndPowerLawDependOnTheWeight) {
    const double window = std::exp(-0.5);
    EXPECT_NEAR(pair(synapse("stdp_multiplicative", {{"w", 0.2}}), 10 * ms), 0.005 * 0.8 * window, 1e-15);
    EXPECT_NEAR(pair(synapse("stdp_multiplicative", {{"w", 0.2}}), -10 * ms), -0.005 * 1.05 * 0.2 * window,
                1e-15);
    EXPECT_NEAR(pair(synapse("stdp_power_law", {{"w", 32.0}}), 10 * ms), 0.1 * 4.0 * window,
                1e-13);  // 32^.4 = 4
    EXPECT_NEAR(pair(synapse("stdp_power_law", {{"w", 32.0}}), -10 * ms), -0.1 * 0.11 * 32.0 * window, 1e-13);
}

// 60 pairs at a fixed frequency without bounds, Pfister & Gerstner 2006, table 4 and figure 3: computed from
// the paper's equations.
TEST(SynapseLibrary, TripletFrequencies) {
    struct Row {
        double frequency, plus, minus;
    };
    for (const Row& row : {Row{0.1, 0.0, -0.3122}, Row{10, 0.1321, -0.3336}, Row{20, 0.2470, -0.3516},
                           Row{40, 0.5337, 0.1548}, Row{50, 0.7409, 0.7272}}) {
        for (const bool pre_first : {true, false}) {
            SynapseEvaluator s = synapse("stdp_triplet", {{"w", 0.0}, {"w_min", -1e9}, {"w_max", 1e9}});
            for (int k = 0; k < 60; ++k) {
                pre_first ? s.pre() : s.post();
                s.advance(10 * ms);
                pre_first ? s.post() : s.pre();
                s.advance(1 / row.frequency - 10 * ms);
            }
            EXPECT_NEAR(s["w"], pre_first ? row.plus : row.minus, 5e-5)
                << row.frequency << " Hz " << pre_first;
        }
    }
}

/// What the n-th of a train of spikes adds to the target, in units of w.
std::vector<double> releases(SynapseEvaluator s, double interval, int count) {
    std::vector<double> all;
    for (int k = 0; k < count; ++k) {
        s["g_post"] = 0.0;
        s.pre();
        all.push_back(s["g_post"] / s["w"]);
        s.advance(interval);
    }
    return all;
}

TEST(SynapseLibrary, ShortTermDepression) {
    // 20 Hz, U = .5, 800 ms: by the recursion of Tsodyks & Markram.
    const auto r = releases(synapse("tsodyks_markram_1997", {{"w", 1e-9}}), 50 * ms, 200);
    const std::vector<double> expected = {0.5, 0.26515, 0.15483, 0.10302};
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(r[i], expected[i], 5e-6) << i;
    EXPECT_NEAR(r.back(), 0.057126, 5e-7);
}

TEST(SynapseLibrary, TheFormOf2000HoldsThatOf1997) {
    // Facilitation and inactivation over at once: the same sequence.
    const auto r =
        releases(synapse("tsodyks_markram_2000",
                         {{"w", 1e-9}, {"U", 0.5}, {"tau_rec", 0.8}, {"tau_fac", 1e-6}, {"tau_in", 1e-9}}),
                 50 * ms, 200);
    const std::vector<double> expected = {0.5, 0.26515, 0.15483, 0.10302};
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(r[i], expected[i], 5e-6) << i;
    EXPECT_NEAR(r.back(), 0.057126, 5e-7);
}

TEST(SynapseLibrary, ResourcesAreKept) {
    // The solved pair y, z against the equations stepped by Runge-Kutta, at the paper's times.
    SynapseEvaluator s = synapse("tsodyks_markram_2000", {{"w", 1e-9}, {"y", 0.3}, {"z", 0.1}});
    double y = 0.3, z = 0.1;
    const auto dz = [](double y_, double z_) { return y_ / 3e-3 - z_ / 0.1; };
    const double h = 1e-6, half = std::exp(-h / 2 / 3e-3);
    for (int i = 0; i < 20'000; ++i) {
        const double k1 = dz(y, z), k2 = dz(y * half, z + h / 2 * k1), k3 = dz(y * half, z + h / 2 * k2);
        z += h / 6 * (k1 + 2 * k2 + 2 * k3 + dz(y * half * half, z + h * k3));
        y *= half * half;
    }
    s.advance(20 * ms);
    EXPECT_NEAR(s["y"], y, 1e-13);
    EXPECT_NEAR(s["z"], z, 1e-10);
    s.advance(1000.0);  // long silence: everything has come back, and nothing overflows
    EXPECT_EQ(s["y"], 0.0);
    EXPECT_EQ(s["z"], 0.0);
}

TEST(SynapseLibrary, InhibitionIsInBalanceAtItsTargetRate) {
    SynapseEvaluator s = synapse("vogels_inhibitory", {{"w", 1.0}});
    EXPECT_NEAR(s["alpha"], 0.2, 1e-15);
    // exp(-t/20 ms) = alpha at 32.1888 ms: there a pair changes nothing, in either order.
    EXPECT_NEAR(pair(s, 32.1888 * ms), 0.0, 1e-8);
    EXPECT_NEAR(pair(s, -32.1888 * ms), 0.0, 1e-8);
    EXPECT_GT(pair(s, 30 * ms), 0.0);
    EXPECT_LT(pair(s, -35 * ms), 0.0);
}

TEST(SynapseLibrary, ClopathInHeldPotential) {
    // Held long at 0 mV both low-pass potentials are 0 mV, and one spike's trace has the integral 1.
    SynapseEvaluator s = synapse("clopath", {{"v_post", 0.0}});
    s.advance(1.0);
    EXPECT_NEAR(s["u_minus"], 0.0, 1e-12);
    const double before = s["w"];
    s.pre();
    const double weakened = s["w"];
    EXPECT_NEAR(weakened - before, -14e-5 * 70.6, 1e-9);
    s.advance(1.0);
    EXPECT_NEAR(s["w"] - weakened, 8e-5 * 45.3 * 70.6, 1e-6);
}

TEST(SynapseLibrary, BcmSelectsOnePattern) {
    // Two inputs, patterns (1, .2) and (.2, 1) with probability 1/2: stable are y = (2, 0), w = (2.0833333,
    // -.4166667) and theta = 2. The mean of the drifts over the patterns is followed by Euler's method.
    const double x[2][2] = {{1, 0.2}, {0.2, 1}};
    SynapseEvaluator s = synapse("bcm", {{"tau", 1.0}, {"eta", 0.1}}, "drive");
    double w[2] = {0.6, 0.3}, theta = 1.0;
    const NodeId dw = s.model().find_state("w")->drift, dtheta = s.model().find_state("theta")->drift;
    for (int step = 0; step < 40'000; ++step) {
        double change[3] = {};
        for (const auto& pattern : x) {
            s["rate_post"] = w[0] * pattern[0] + w[1] * pattern[1];
            s["theta"] = theta;
            for (int i = 0; i < 2; ++i) s["rate_pre"] = pattern[i], change[i] += s.of(dw) / 2;
            change[2] += s.of(dtheta) / 2;
        }
        for (int i = 0; i < 2; ++i) w[i] += 0.05 * change[i];
        theta += 0.05 * change[2];
    }
    EXPECT_NEAR(w[0], 2.0833333, 1e-6);
    EXPECT_NEAR(w[1], -0.4166667, 1e-6);
    EXPECT_NEAR(theta, 2.0, 1e-6);
    s["w"] = 3.0, s["rate_pre"] = 2.0;
    EXPECT_DOUBLE_EQ(s.of(s.model().synapse->summed[0].value), 6e-9 / 1.0 * 1.0);
}

TEST(SynapseLibrary, ScalingIsLogistic) {
    // dy/dt = .1 y (5 - y), y(0) = 1: y(1) = 1.459376, y(5) = 3.764097. The rate is the weight's, as of a
    // linear neuron.
    SynapseEvaluator s = synapse("homeostatic_scaling", {{"beta", 0.1}, {"rate_0", 5.0}});
    const double dt = 1e-4;
    const NodeId drift = s.model().find_state("w")->drift;
    double y = 1.0;
    const auto slope = [&](double at) { return s["w"] = s["a"] = at, s.of(drift); };
    for (int step = 1; step <= 50'000; ++step) {
        const double k1 = slope(y), k2 = slope(y + dt / 2 * k1), k3 = slope(y + dt / 2 * k2),
                     k4 = slope(y + dt * k3);
        y += dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
        if (step == 10'000) {
            EXPECT_NEAR(y, 1.459376, 5e-7);
        }
    }
    EXPECT_NEAR(y, 3.764097, 5e-7);
    // The measured rate of a neuron that fires at 5 Hz is 5 Hz.
    SynapseEvaluator regular = synapse("homeostatic_scaling");
    double mean = 0;
    for (int k = 0; k < 600; ++k) {
        regular.post();
        mean += regular["a"] / 600 / 2;
        regular.advance(0.2, 0.05);
        mean += regular["a"] / 600 / 2;
    }
    EXPECT_NEAR(mean, 5.0, 0.01);
}

TEST(SynapseLibrary, MetaplasticityFollowsTheRate) {
    SynapseEvaluator busy = synapse("metaplastic_stdp", {{"a", 10.0}});  // twice the rate that is held
    busy.pre(), busy.post();
    EXPECT_NEAR(busy["w"] - 0.5, 0.01 / 2, 1e-15);
    EXPECT_NEAR(busy["a"], 10.0 + 1.0 / 30, 1e-12);
    SynapseEvaluator silent = synapse("metaplastic_stdp", {{"a", 0.0}, {"q", 1.0}});
    silent.pre();
    EXPECT_NEAR(silent["w"] - 0.5, -0.0105 * 0.01, 1e-15);
}

TEST(SynapseLibrary, DopamineComesLater) {
    // c after a pair, times tonic dopamine and a pulse that decays with 200 ms, half a second later;
    // integrated over all times.
    SynapseEvaluator s = synapse("dopamine_stdp");
    s.pre(), s.advance(10 * ms), s.post();
    const double c = 0.1 * std::exp(-0.5), start = s["w"];
    EXPECT_NEAR(s["c"], c, 1e-9);
    s.advance(0.5);
    EXPECT_NEAR(s["w"] - start, c * 0.002 / 0.01 * (1 - std::exp(-0.5)), 1e-9);
    const double before = s["w"], h = 1e-3;
    for (int i = 0; i < 15'000; ++i) {  // the pulse is held at its mean over each millisecond
        s["dopamine_post"] = 0.05 * std::exp(-i * h / 0.2) * -std::expm1(-h / 0.2) / h * 0.2;
        s.advance(h, h);
    }
    const double phasic = 0.05 / (1 / 1.0 + 1 / 0.2);
    EXPECT_NEAR(s["w"] - before, c * std::exp(-0.5) / 0.01 * (0.002 + phasic), 1e-5);
}

TEST(SynapseLibrary, GapJunctionAndStaticAreWhatTheySay) {
    SynapseEvaluator gap =
        synapse("gap_junction", {{"w", 2e-9}, {"v_pre", -0.05}, {"v_post", -0.07}}, "I_gap");
    EXPECT_NEAR(gap.of(gap.model().synapse->summed[0].value), 2e-9 * 0.02, 1e-24);
    SynapseEvaluator fixed = synapse("static", {{"w", 3e-9}, {"g_post", 1e-9}});
    fixed.pre();
    EXPECT_DOUBLE_EQ(fixed["g_post"], 4e-9);
    EXPECT_TRUE(classify(fixed.model()).is_static);
}

TEST(SynapseLibrary, WhatIsKeptWhere) {
    using Keepers = std::vector<Keeper>;
    const auto keepers = [](const char* name, const char* target = "g") {
        return classify(synapse(name, {}, target).model()).keepers;
    };
    constexpr Keeper own = Keeper::synapse, pre = Keeper::pre, post = Keeper::post;
    for (const char* name : {"stdp_pair", "stdp_nearest", "stdp_multiplicative", "vogels_inhibitory"})
        EXPECT_EQ(keepers(name), (Keepers{own, pre, post})) << name;
    EXPECT_EQ(keepers("stdp_power_law"), (Keepers{own, pre, post, pre}));
    EXPECT_EQ(keepers("stdp_triplet"), (Keepers{own, pre, pre, post, post}));
    EXPECT_EQ(keepers("metaplastic_stdp"), (Keepers{own, pre, post, post}));
    EXPECT_EQ(keepers("tsodyks_markram_1997"), (Keepers{Keeper::constant, pre}));
    EXPECT_EQ(keepers("tsodyks_markram_2000"), (Keepers{Keeper::constant, pre, pre, pre}));
    EXPECT_EQ(keepers("clopath"), (Keepers{own, own, post, post}));
    EXPECT_EQ(keepers("bcm", "drive"), (Keepers{own, post}));
    EXPECT_EQ(keepers("dopamine_stdp"), (Keepers{own, own, pre, post}));
}

}  // namespace
}  // namespace neurodyn::language
