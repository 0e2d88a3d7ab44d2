// SPDX-License-Identifier: BSD-3-Clause
// Synapses with a model, run by the engine: against the reference evaluator of their text, closed forms and
// published numbers; delays; any number of threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <tuple>

#include "../language/synapse_evaluator.hpp"
#include "base/error.hpp"
#include "language/synapse.hpp"
#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::ConnectionRule;
using network::EventProjection;
using network::Network;
using network::SynapseMonitor;
using network::SynapseValue;
using network::Values;

constexpr double dt = 1e-4, ms = 1e-3;

// Spikes with a rate and from a phase of its own; everything that the library's synapses read or write.
language::ModelPtr cell() {
    static const language::ModelPtr text = model(R"(
model cell : neuron
parameters
    f = 0 Hz
    start = 0
inputs
    I_gap : nA
equations
    dphase/dt = f : 1
    dv/dt = (I_gap/(10*pF)) - v/(10*ms) : mV
    dg/dt = -g/(5*ms) : nS
    ddopamine/dt = -dopamine/(200*ms) : 1
    rate = v/mV*Hz : Hz
events
    spike : phase > 1    reset phase = phase - 1
initial
    phase = start
)");
    return text;
}

language::ModelPtr library(const std::string& name) {
    return language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/synapses/" + name + ".model");
}

SynapseValue uniform(double low, double high) {
    SynapseValue v;
    v.kind = SynapseValue::Kind::uniform;
    v.a = low;
    v.b = high;
    return v;
}

EventProjection join(const std::string& synapse, ConnectionRule::Kind kind, double axonal_s = 0.0,
                     double dendritic_s = 0.0) {
    EventProjection p;
    p.name = "synapses";
    p.from = "a";
    p.event = "spike";
    p.to = "b";
    p.target = "g";
    p.rule.kind = kind;
    p.delay = constant(axonal_s);
    p.dendritic_delay_s = dendritic_s;
    p.synapse = library(synapse);
    if (p.synapse->find_parameter("J")) p.values["J"] = constant(1e-9);
    return p;
}

SynapseMonitor watch(const std::string& expression, double every_s) {
    return {"of_" + expression, "synapses", expression, every_s, {}, 0};
}

// One neuron of each population; spikes of `a` and `b` with these rates and starting phases.
Network pair(const EventProjection& projection, std::pair<double, double> hz,
             std::pair<double, double> start) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("a", cell(), 1), population("b", cell(), 1)};
    net.populations[0].parameters = {{"f", Values(hz.first)}, {"start", Values(start.first)}};
    net.populations[1].parameters = {{"f", Values(hz.second)}, {"start", Values(start.second)}};
    net.event_projections = {projection};
    net.event_monitors = {{"spikes_a", "a", "spike"}, {"spikes_b", "b", "spike"}};
    return net;
}

double last(const engine::MemorySink::Series& series) { return series.values.back(); }

// The change of w by one spike of each neuron, the post-synaptic one `delta` after the pre-synaptic one.
double window(double delta_s, double axonal_s, double dendritic_s) {
    constexpr double slow = 1.0;  // one spike in the tenth of a second that is run
    const double first = 0.04;
    const auto phase_for = [&](double at_s) { return 1.0 + dt / 2 - at_s * slow; };
    Network net = pair(join("stdp_pair", ConnectionRule::Kind::all_to_all, axonal_s, dendritic_s),
                       {slow, slow}, {phase_for(first), phase_for(first + delta_s)});
    net.synapse_monitors = {watch("w", 0.1)};
    const Recorded r = run_all(net, 0.1);
    EXPECT_EQ(r.events[0].members[0].node.size(), 1u);
    EXPECT_NEAR(r.events[1].members[0].time_s.at(0) - r.events[0].members[0].time_s.at(0), delta_s, 1e-12);
    return last(r.series[0]) - 0.5;
}

// A+ exp(-D/tau+) and -A- exp(D/tau-), Song, Miller & Abbott 2000, with the numbers of Bi & Poo 1998. What
// counts is the interval at the synapse: an axonal delay shortens it, a dendritic one lengthens it.
TEST(PlasticSynapses, PairWindow) {
    EXPECT_NEAR(window(10 * ms, 0, 0), 0.00551431, 5e-9);
    EXPECT_NEAR(window(-10 * ms, 0, 0), -0.00780402, 5e-9);
    EXPECT_NEAR(window(1 * ms, 0, 0), 0.00942213, 5e-9);
    EXPECT_NEAR(window(-1 * ms, 0, 0), -0.01019300, 5e-9);
    EXPECT_NEAR(window(15 * ms, 5 * ms, 0), 0.00551431, 5e-9);
    EXPECT_NEAR(window(5 * ms, 15 * ms, 0), -0.00780402, 5e-9);
    EXPECT_NEAR(window(5 * ms, 0, 5 * ms), 0.00551431, 5e-9);
    EXPECT_NEAR(window(-5 * ms, 0, 6 * ms), 0.00942213, 5e-9);
    EXPECT_NEAR(window(1 * ms, 3 * ms, 3 * ms), 0.00942213, 5e-9);
}

// What the target receives comes after both delays, and with the weight that the synapse has then.
TEST(PlasticSynapses, EffectsArriveAfterBothDelays) {
    Network net = pair(join("stdp_pair", ConnectionRule::Kind::all_to_all, 3 * dt, 4 * dt), {1, 0},
                       {1.0 + dt / 2 - 10 * dt, 0});
    net.monitors = {monitor("b", "g", dt)};
    const Recorded r = run_all(net, 30 * dt);
    for (std::size_t k = 0; k < 30; ++k)  // the spike stands at 10 dt, the sample at (k + 1) dt
        EXPECT_EQ(r.series[0].values[k] > 0, k + 1 > 10 + 7) << k;
}

// 60 pairs at a fixed frequency, Pfister & Gerstner 2006.
double triplets(double hz, double delta_s) {
    EventProjection p = join("stdp_triplet", ConnectionRule::Kind::all_to_all);
    p.values["w_min"] = constant(-10);
    p.values["w_max"] = constant(10);
    const double phase = 0.5;
    Network net = pair(p, {hz, hz}, {phase, phase - delta_s * hz});
    if (delta_s < 0) net = pair(p, {hz, hz}, {phase + delta_s * hz, phase});
    net.dt_s = 1e-5;
    const double end = (60 - phase) / hz + std::abs(delta_s) + 0.5 / hz;
    net.synapse_monitors = {watch("w", 0.5 * ms)};
    const Recorded r = run_all(net, std::floor(end / (0.5 * ms)) * 0.5 * ms);
    EXPECT_EQ(r.events[0].members[0].node.size(), 60u);
    EXPECT_EQ(r.events[1].members[0].node.size(), 60u);
    return last(r.series[0]) - 0.5;
}

TEST(PlasticSynapses, TripletsByFrequency) {
    EXPECT_NEAR(triplets(10, 10 * ms), 0.1321, 5e-4);
    EXPECT_NEAR(triplets(50, 10 * ms), 0.7409, 1e-3);
    EXPECT_NEAR(triplets(10, -10 * ms), -0.3336, 5e-4);
    EXPECT_NEAR(triplets(40, -10 * ms), 0.1548, 1e-3);
}

// Every synapse of the library that only events change, for one synapse with two trains of spikes: the same
// as its text says, statement by statement.
TEST(PlasticSynapses, FollowTheirText) {
    for (const std::string name :
         {"stdp_pair", "stdp_nearest", "stdp_multiplicative", "stdp_power_law", "stdp_triplet",
          "metaplastic_stdp", "vogels_inhibitory", "tsodyks_markram_1997", "tsodyks_markram_2000"}) {
        EventProjection p = join(name, ConnectionRule::Kind::all_to_all, 0.7 * ms);
        if (name.starts_with("tsodyks")) p.values["w"] = constant(2e-9);
        Network net = pair(p, {37.3, 23.9}, {0.1, 0.7});
        const std::string recorded = name == "tsodyks_markram_1997"   ? "x"
                                     : name == "tsodyks_markram_2000" ? "u"
                                                                      : "w";
        net.synapse_monitors = {watch(recorded, 0.5)};
        const Recorded r = run_all(net, 0.5);

        const language::ModelPtr joined = language::check_synapse(*p.synapse, *cell(), *cell(), "g");
        std::map<std::string, double> settings;
        for (const auto& [key, value] : p.values) settings[key] = value.a;
        language::SynapseEvaluator synapse(joined, settings);
        // Spikes at the end of a step, the pre-synaptic ones delayed; pre before post.
        std::vector<std::tuple<double, int>> spikes;
        for (const double t : r.events[0].members[0].time_s) spikes.emplace_back(t + 0.7 * ms, 0);
        for (const double t : r.events[1].members[0].time_s) spikes.emplace_back(t, 1);
        std::sort(spikes.begin(), spikes.end());
        double now = 0;
        std::size_t done = 0;
        for (const auto& [t, side] : spikes) {
            if (t > 0.5 - dt / 2) break;  // what is found at the end of the last step is not processed
            synapse.advance(t - now, 1.0);
            side == 0 ? synapse.pre() : synapse.post();
            now = t;
            ++done;
        }
        synapse.advance(0.5 - now, 1.0);
        EXPECT_GT(done, 25u);
        EXPECT_NEAR(last(r.series[0]), synapse[recorded], 1e-12 * std::abs(synapse[recorded])) << name;
    }
}

// U = .5, recovery 800 ms, no facilitation, 20 Hz: what successive spikes send, computed with NEST 3.9.
TEST(PlasticSynapses, DepressionOfTsodyksAndMarkram) {
    EventProjection p = join("tsodyks_markram_1997", ConnectionRule::Kind::all_to_all);
    p.values = {{"U", constant(0.5)}, {"tau_rec", constant(0.8)}, {"w", constant(1e-9)}};
    Network net = pair(p, {20, 0}, {1.0 - 0.9 * 20 * dt, 0});
    net.monitors = {monitor("b", "g", dt)};
    const Recorded r = run_all(net, 0.3);
    const double expected[] = {.5, .26514673, .15483462, .1030203, .07868278, .06725128};
    const auto& g = r.series[0].values;
    std::size_t k = 0;
    for (const double t : r.events[0].members[0].time_s) {
        const auto at = static_cast<std::size_t>(std::lround(t / dt)) - 1;  // the sample at the spike
        if (at + 1 == g.size()) continue;
        EXPECT_NEAR(g[at + 1] / (1 - dt / 5e-3) - g[at], expected[k], 1e-6) << k;
        ++k;
    }
    EXPECT_EQ(k, 6u);
}

// Many neurons with drawn weights, delays and values, plastic and static together.
Network mixed(std::size_t nodes, double hz) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.seeds = {3};
    net.populations = {population("a", cell(), nodes), population("b", cell(), nodes)};
    for (auto& p : net.populations) {
        std::vector<double> f, start;
        for (std::size_t i = 0; i < nodes; ++i) {
            f.push_back(hz * (1.0 + 0.37 * std::sin(static_cast<double>(i) + p.name[0])));
            start.push_back(0.5 + 0.5 * std::sin(1.7 * static_cast<double>(i)));
        }
        p.parameters = {{"f", Values(f, nodes, 1)}, {"start", Values(start, nodes, 1)}};
    }
    for (const std::string synapse :
         {"stdp_triplet", "clopath", "dopamine_stdp", "homeostatic_scaling", "static"}) {
        EventProjection p =
            join(synapse, ConnectionRule::Kind::bernoulli, 0, synapse == "clopath" ? 0 : 0.4 * ms);
        p.name = synapse;
        p.rule.probability = 30.0 / static_cast<double>(nodes);
        p.delay = uniform(0.2 * ms, 2.4 * ms);
        p.values["w"] = synapse == "static" ? uniform(0, 1e-9) : uniform(0.2, 0.8);
        net.event_projections.push_back(p);
        if (synapse != "static")
            net.synapse_monitors.push_back({"w_" + synapse, synapse, "w", 10 * ms, {}, 0});
    }
    net.event_projections.push_back(join("gap_junction", ConnectionRule::Kind::one_to_one));
    net.event_projections.back().name = "gap";
    net.event_projections.back().target = "I_gap";
    net.event_projections.back().values["w"] = uniform(0, 1e-9);
    net.monitors = {monitor("b", "g", 1 * ms), monitor("b", "v", 1 * ms)};
    net.populations[0].initial["v"] = Values(20e-3);
    return net;
}

TEST(PlasticSynapses, HaveTheSameBitsForAnyThreadsAndOnTheInterpreter) {
    const Network net = mixed(400, 60);
    const Recorded one = run_all(net, 0.03);
    const auto differs = [&](const Recorded& other) {
        std::string names;
        for (std::size_t m = 0; m < one.series.size(); ++m)
            if (one.series[m].values != other.series[m].values) names += one.series[m].info.name + " ";
        return names;
    };
    for (const int threads : {2, 3}) {
        engine::RunOptions options;
        options.threads = threads;
        EXPECT_EQ(differs(run_all(net, 0.03, options)), "") << threads << " threads";
    }
    engine::RunOptions interpreted;
    interpreted.kernel.backend = compile::Backend::interpreter;
    EXPECT_EQ(differs(run_all(net, 0.03, interpreted)), "") << "interpreter";
    for (const auto& series : one.series) {
        const std::size_t n = series.info.node_names.size();
        bool moved = false;
        for (std::size_t i = 0; i < n; ++i)
            moved = moved || series.values[i] != series.values[series.values.size() - n + i];
        EXPECT_TRUE(moved) << series.info.name;
    }
}

TEST(PlasticSynapses, RunWithASpikeOnEveryStepAndWithNone) {
    for (const double hz : {0.0, 9000.0}) {
        const Network net = mixed(40, hz);
        const Recorded one = run_all(net, 0.01);
        engine::RunOptions interpreted;
        interpreted.kernel.backend = compile::Backend::interpreter;
        const Recorded other = run_all(net, 0.01, interpreted);
        for (std::size_t m = 0; m < one.series.size(); ++m)
            EXPECT_EQ(one.series[m].values, other.series[m].values) << one.series[m].info.name;
    }
}

// A chunk holds 1024 synapses; a row here has 5000, and all rows are due at once.
TEST(PlasticSynapses, LongRowsAreRunWhole) {
    EventProjection p = join("stdp_pair", ConnectionRule::Kind::all_to_all);
    Network net = pair(p, {1, 0}, {1.0 - 2.5 * dt, 0});
    net.populations[0].size = 7;
    net.populations[1].size = 5000;
    net.monitors = {monitor("b", "g", dt)};
    const Recorded r = run_all(net, 10 * dt);
    const std::size_t first = 5000 * 9;
    for (std::size_t i = 0; i < 5000; ++i)
        ASSERT_EQ(r.series[0].values[first + i], r.series[0].values[first]) << i;
    EXPECT_NEAR(r.series[0].values[first], 7 * 0.5 * std::pow(1 - dt / 5e-3, 7), 1e-9);
}

// A text that only adds constants is carried as weights are, with the same bits.
TEST(PlasticSynapses, StaticTextsTakeTheFastPath) {
    EventProjection by_text = join("static", ConnectionRule::Kind::all_to_all, 1 * ms, 0.5 * ms);
    by_text.values["w"] = constant(2e-9);
    EventProjection by_weight = by_text;
    by_weight.synapse = nullptr;
    by_weight.values.clear();
    by_weight.weight = constant(2e-9);
    std::vector<double> values[2];
    for (int k = 0; k < 2; ++k) {
        Network net = pair(k ? by_weight : by_text, {50, 0}, {0.5, 0});
        net.monitors = {monitor("b", "g", dt)};
        values[k] = run_all(net, 0.1).series[0].values;
    }
    EXPECT_EQ(values[0], values[1]);
    EXPECT_GT(*std::max_element(values[0].begin(), values[0].end()), 1.9);
    Network net = pair(by_text, {50, 0}, {0.5, 0});
    net.synapse_monitors = {watch("w", 1 * ms)};
    try {
        engine::Simulation(net, {});
        FAIL() << "a weight that never changes was recorded";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("never change"));
    }
}

// dv/dt = w (v_pre - v)/C - v/tau with v_pre = V exp(-t/tau): v = V exp(-t/tau) (1 - exp(-w t/C)).
TEST(PlasticSynapses, GapJunctionOfTwoCells) {
    EventProjection p = join("gap_junction", ConnectionRule::Kind::one_to_one);
    p.event = "";
    p.target = "I_gap";
    p.values["w"] = constant(0.5e-9);
    Network net = pair(p, {0, 0}, {0, 0});
    net.dt_s = 1e-6;
    net.populations[0].initial["v"] = Values(20e-3);
    net.monitors = {monitor("b", "v", 1 * ms)};
    const Recorded r = run_all(net, 20 * ms);
    for (std::size_t k = 0; k < 20; ++k) {
        const double t = static_cast<double>(k + 1) * ms;
        EXPECT_NEAR(r.series[0].values[k], 20 * std::exp(-t / 10e-3) * (1 - std::exp(-0.5e-9 * t / 10e-12)),
                    2e-3)
            << k;
    }
}

// Benuskova & Abraham: nothing but the eligibility and dopamine change w; here dopamine is constant in time.
TEST(PlasticSynapses, ClockDrivenVariablesFollowTheirEquation) {
    EventProjection p = join("dopamine_stdp", ConnectionRule::Kind::all_to_all);
    p.values["c"] = constant(0.01);
    p.values["w"] = constant(1.0);
    Network net = pair(p, {0, 0}, {0, 0});
    net.synapse_monitors = {watch("w", 100 * ms), watch("c", 100 * ms)};
    const Recorded r = run_all(net, 1.0);
    for (std::size_t k = 0; k < 10; ++k) {
        const double t = 0.1 * static_cast<double>(k + 1);
        EXPECT_NEAR(r.series[1].values[k], 0.01 * std::exp(-t), 1e-9);
        EXPECT_NEAR(r.series[0].values[k], 1 + 0.01 * 0.002 / 0.01 * (1 - std::exp(-t)), 1e-6);
    }
}

std::string failure_of(const Network& net, double duration_s) {
    try {
        run_all(net, duration_s);
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

TEST(PlasticSynapses, SayWhatIsWrong) {
    EventProjection p = join("stdp_pair", ConnectionRule::Kind::all_to_all);
    p.values.erase("J");
    EXPECT_THAT(failure_of(pair(p, {1, 1}, {0, 0}), 0.01), testing::HasSubstr("'J' (nS)"));
    p = join("stdp_pair", ConnectionRule::Kind::all_to_all);
    p.values["tau"] = constant(1);
    EXPECT_THAT(failure_of(pair(p, {1, 1}, {0, 0}), 0.01),
                testing::HasSubstr("no such parameter or variable"));
    p = join("clopath", ConnectionRule::Kind::all_to_all);
    p.to = "c";
    Network net = pair(p, {1, 1}, {0, 0});
    net.populations.push_back(population("c",
                                         model("model c : neuron\nequations\n    dg/dt = -g/ms : nS\n"
                                               "events\n    spike : g > 1*nS\n"),
                                         1));
    EXPECT_THAT(failure_of(net, 0.01), testing::HasSubstr("v"));
    p = join("stdp_pair", ConnectionRule::Kind::all_to_all, 0.01 * dt);
    EXPECT_THAT(failure_of(pair(p, {1, 1}, {0, 0}), 0.01), testing::HasSubstr("half a step"));
    p = join("stdp_pair", ConnectionRule::Kind::all_to_all);
    p.synapse = model(
        "model breaks : synapse\nequations\n    w : 1\non pre\n    w = w - 1\n    g_post += nS/w\n"
        "initial\n    w = 3\n");
    p.values.clear();
    const std::string grown = failure_of(pair(p, {100, 0}, {0, 0}), 0.1);
    EXPECT_THAT(grown, testing::HasSubstr("'g'"));  // the neuron's variable tells it
    p.synapse = model(
        "model breaks : synapse\nequations\n    w : 1\non pre\n    w = 1/(w - 1)\n    g_post += nS*w\n"
        "initial\n    w = 2\n");
    const std::string divided = failure_of(pair(p, {100, 0}, {0, 0}), 0.1);
    EXPECT_THAT(divided, testing::HasSubstr("'w' of the synapse of source neuron 0"));
    EXPECT_THAT(divided, testing::HasSubstr("t = 0.02"));
}

}  // namespace
}  // namespace neurodyn
