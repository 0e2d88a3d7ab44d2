// SPDX-License-Identifier: BSD-3-Clause
// Events carried by synapses: exact arrival, any number of threads, overload, Poisson inputs, recording.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::ConnectionRule;
using network::Network;
using network::SynapseValue;
using network::Values;

constexpr double dt = 1e-4;

// Spikes once, at the step given by the parameter `at` (in steps), and adds up what arrives.
language::ModelPtr counter() {
    return model(R"(
model counter : neuron
parameters
    at = 1 s
equations
    dx/dt = 0/second : 1
    dfired/dt = 0/second : 1
events
    spike : (t > at) and fired < 0.5    reset fired = 1
)");
}

network::EventProjection carry(const std::string& from, const std::string& to, const std::string& target,
                               ConnectionRule::Kind kind, double weight, double delay_s) {
    network::EventProjection p;
    p.name = from + "_" + to;
    p.from = from;
    p.event = "spike";
    p.to = to;
    p.target = target;
    p.rule.kind = kind;
    p.weight = constant(weight);
    p.delay = constant(delay_s);
    return p;
}

// A neuron that spikes at the end of step s (at time (s + 1) dt) through a delay of d steps changes its
// target before step s + 1 + d, so that the sample at time (s + 1 + d) dt does not show it and the next does.
TEST(Events, ArriveExactlyAfterTheirDelay) {
    const std::vector<std::size_t> delays{0, 1, 2, 3, 15, 16, 31, 32, 33, 64, 250};
    for (const std::size_t delay : delays) {
        Network net;
        net.dt_s = dt;
        net.method = "euler";
        net.populations = {population("a", counter(), 3), population("b", counter(), 3)};
        net.populations[0].parameters["at"] = Values({3.2 * dt, 10.2 * dt, 40.2 * dt}, 3, 1);
        net.event_projections = {
            carry("a", "b", "x", ConnectionRule::Kind::one_to_one, 0.25, static_cast<double>(delay) * dt)};
        net.monitors = {monitor("b", "x", dt)};
        net.event_monitors = {{"spikes", "a", "spike"}};
        const Recorded r = run_all(net, 400 * dt);
        ASSERT_EQ(r.events[0].members[0].node, (std::vector<std::uint32_t>{0, 1, 2}));
        for (std::size_t i = 0; i < 3; ++i) {
            const auto spiked = static_cast<std::size_t>(std::lround(r.events[0].members[0].time_s[i] / dt));
            for (std::size_t k = 0; k < 400; ++k) {  // the sample at (k + 1) dt
                const double x = r.series[0].values[k * 3 + i];
                ASSERT_EQ(x, k + 1 > spiked + delay ? 0.25 : 0.0) << "delay " << delay << ", sample " << k;
            }
        }
    }
}

// Excitation and inhibition with drawn synapses, Poisson input and couplings beside the events.
Network spiking_network(std::size_t nodes, double weight) {
    Network net;
    net.dt_s = dt;
    net.method = "exact";
    net.seeds = {11};
    const auto lif =
        language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/lif_exp.model");
    net.populations = {population("e", lif, nodes), population("i", lif, nodes / 4)};
    for (const std::string from : {"e", "i"})
        for (const std::string to : {"e", "i"}) {
            auto p = carry(from, to, from == "e" ? "I_ex" : "I_in", ConnectionRule::Kind::bernoulli,
                           from == "e" ? weight : -5 * weight, 1.5e-3);
            p.rule.probability = 40.0 / static_cast<double>(nodes);  // 40 or 10 inputs of each kind
            p.delay.kind = SynapseValue::Kind::normal;
            p.delay.b = 0.8e-3;
            p.delay.minimum = dt;
            net.event_projections.push_back(p);
        }
    for (const std::string to : {"e", "i"}) {
        network::PoissonInput input;
        input.name = "drive_" + to;
        input.population = to;
        input.target = "I_ex";
        input.rate_hz = Values(8.0);
        input.sources = Values(1500.0);
        input.weight = Values(90e-12);
        net.poisson_inputs.push_back(input);
        net.event_monitors.push_back({"spikes_" + to, to, "spike"});
    }
    net.monitors = {monitor("e", "v", 10 * dt)};
    return net;
}

TEST(Events, HaveTheSameBitsForAnyThreadsAndOnTheInterpreter) {
    const Network net = spiking_network(8000, 40e-12);  // enough work for threads to share it
    const Recorded one = run_all(net, 0.05);
    ASSERT_GT(one.events[0].members[0].node.size(), 500u);
    ASSERT_GT(one.events[1].members[0].node.size(), 100u);
    for (const int threads : {2, 3}) {
        engine::RunOptions options;
        options.threads = threads;
        EXPECT_TRUE(same(one, run_all(net, 0.05, options))) << threads << " threads";
    }
    engine::RunOptions interpreted;
    interpreted.kernel.backend = compile::Backend::interpreter;
    EXPECT_TRUE(same(one, run_all(net, 0.05, interpreted)));
}

// Every neuron spikes at every step; nothing is capped.
TEST(Events, AreAllCarriedWhenEverythingSpikesAtEveryStep) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    const auto always = model(R"(
model always : neuron
equations
    dx/dt = 0/second : 1
events
    spike : x > -1
)");
    net.populations = {population("a", always, 300)};
    net.event_projections = {carry("a", "a", "x", ConnectionRule::Kind::all_to_all, 1.0, 2 * dt)};
    net.event_monitors = {{"spikes", "a", "spike"}};
    net.monitors = {monitor("a", "x", dt)};
    const Recorded r = run_all(net, 20 * dt);
    EXPECT_EQ(r.events[0].members[0].node.size(), 300u * 20u);
    for (std::size_t k = 0; k < 20; ++k)  // the sample at (k + 1) dt has the spikes of steps 0 to k - 3
        ASSERT_EQ(r.series[0].values[k * 300 + 7], k >= 3 ? 300.0 * static_cast<double>(k - 2) : 0.0) << k;
}

Network stored(network::EventProjection::Storage storage, Network network) {
    for (network::EventProjection& p : network.event_projections) p.storage = storage;
    return network;
}
Network procedural(Network network) {
    return stored(network::EventProjection::Storage::procedural, std::move(network));
}

// Rows that are drawn when their source spikes are those that are otherwise kept.
TEST(Events, ProceduralSynapsesAreThoseThatAreKept) {
    Network net = spiking_network(8000, 40e-12);
    net.event_projections[1].rule.kind = ConnectionRule::Kind::fixed_in_degree;
    net.event_projections[1].rule.count = 40;
    net.event_projections[2].rule.kind = ConnectionRule::Kind::fixed_total;
    net.event_projections[2].rule.count = 80000;
    net.event_projections[2].rule.multapses = false;
    const Recorded kept = run_all(net, 0.05);
    ASSERT_GT(kept.events[0].members[0].node.size(), 500u);
    for (const int threads : {1, 2, 3}) {
        engine::RunOptions options;
        options.threads = threads;
        EXPECT_TRUE(same(kept, run_all(procedural(net), 0.05, options))) << threads << " threads";
    }
}

// A row serves all events of its source that are on their way, and rows come back when they are given up.
TEST(Events, ProceduralRowsLiveAsLongAsTheyAreNeeded) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    const auto now_and_then = model(R"(
model now_and_then : neuron
parameters
    every = 1 ms
equations
    dx/dt = 0/second : 1
    dphase/dt = 1/every : 1
events
    spike : phase > 1    reset phase = phase - 1
)");
    net.populations = {population("a", now_and_then, 60)};
    std::vector<double> every_s;
    for (int i = 0; i < 60; ++i) every_s.push_back((0.9 + 0.37 * i) * dt);
    net.populations[0].parameters["every"] = Values(every_s, 60, 1);
    net.event_projections = {carry("a", "a", "x", ConnectionRule::Kind::bernoulli, 1.0, 0.0)};
    net.event_projections[0].rule.probability = 0.5;
    net.event_projections[0].delay.kind = SynapseValue::Kind::uniform;
    net.event_projections[0].delay.a = 0.6 * dt;
    net.event_projections[0].delay.b = 9.4 * dt;
    net.event_monitors = {{"spikes", "a", "spike"}};
    net.monitors = {monitor("a", "x", dt)};
    EXPECT_TRUE(same(run_all(net, 300 * dt), run_all(procedural(net), 300 * dt)));
}

// A group of steps in which a value became infinite is run again to find where, with rows given up since.
TEST(Events, ProceduralRowsComeBackForASecondLook) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    const auto fragile = model(R"(
model fragile : neuron
equations
    dx/dt = 0/second : 1
    dz/dt = sqrt(0.5 - x)/second : 1
)");
    net.populations = {population("a", counter(), 1), population("b", fragile, 1)};
    net.populations[0].parameters["at"] = Values(60.2 * dt);
    net.event_projections = {carry("a", "b", "x", ConnectionRule::Kind::one_to_one, 1.0, 30 * dt)};
    const std::string message = refusal(net, 400 * dt);
    EXPECT_THAT(message, testing::HasSubstr("'b'"));
    EXPECT_EQ(refusal(procedural(net), 400 * dt), message);
}

// What cannot be drawn is found when its source spikes, and ends the run.
TEST(Events, ProceduralRowsThatCannotBeDrawnNameTheirProjection) {
    Network net = procedural(spiking_network(80, 1e-12));
    net.event_projections[1].delay.minimum = -1.0;
    EXPECT_THAT(refusal(net, 0.05), testing::HasSubstr("projection 'e_i': a delay of"));
}

// Half precision has 11 bits: weights of so many are the same, others are rounded to the nearest, ties to
// even.
TEST(Events, WeightsInHalfPrecisionAreRoundedOnce) {
    constexpr std::size_t nodes = 40;
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("a", counter(), nodes), population("b", counter(), nodes)};
    net.populations[0].parameters["at"] = Values(2.2 * dt);
    net.populations[1].parameters["at"] = Values(1.0);
    net.event_projections = {carry("a", "b", "x", ConnectionRule::Kind::edge_list, 0.0, dt)};
    network::EdgeList edges;
    auto& p = net.event_projections[0];
    p.weight.kind = SynapseValue::Kind::list;
    p.storage = network::EventProjection::Storage::half;
    const auto unit = 0x1p-40;  // weights in SI units are small
    const auto at = [&](std::uint32_t node, double weight) {
        edges.source.push_back(node);
        edges.target.push_back(node);
        p.weight.list.push_back(weight * unit);
    };
    std::vector<double> expected;
    const auto expect = [&](double weight, double kept) {
        at(static_cast<std::uint32_t>(expected.size()), weight);
        expected.push_back(kept * unit);
    };
    expect(1.0, 1.0);
    expect(-1.0, -1.0);
    expect(2047.0 / 1024, 2047.0 / 1024);
    expect(1.0 + 0.49 / 1024, 1.0);
    expect(1.0 + 0.51 / 1024, 1.0 + 1.0 / 1024);
    expect(1.0 + 0.5 / 1024, 1.0);
    expect(1.0 + 1.5 / 1024, 1.0 + 2.0 / 1024);
    expect(-3.0 * 0x1p-10, -3.0 * 0x1p-10);
    expect(0.0, 0.0);
    expect(0x1p-30, 0x1p-30);               // below the normal numbers, 2^-29 here
    expect(1.4 * 0x1p-38, 0x1p-38);         // in steps of the smallest, 2^-39
    expect(1.25 * 0x1p-38, 1.0 * 0x1p-38);  // a tie
    expect(1.75 * 0x1p-38, 2.0 * 0x1p-38);  // another
    while (expected.size() < nodes)
        expect(0.125 * static_cast<double>(expected.size() % 16),
               0.125 * static_cast<double>(expected.size() % 16));
    p.rule.edges = std::make_shared<const network::EdgeList>(edges);
    net.monitors = {monitor("b", "x", 10 * dt)};
    const Recorded r = run_all(net, 10 * dt);
    for (std::size_t i = 0; i < nodes; ++i) EXPECT_EQ(r.series[0].values[i], expected[i]) << i;
}

TEST(Events, HalfPrecisionHasTheSameBitsForAnyThreadsAndRefusesUnequalWeights) {
    const auto half = network::EventProjection::Storage::half;
    Network net = stored(half, spiking_network(8000, 40e-12));
    const Recorded one = run_all(net, 0.05);
    ASSERT_GT(one.events[0].members[0].node.size(), 500u);
    for (const int threads : {2, 3}) {
        engine::RunOptions options;
        options.threads = threads;
        EXPECT_TRUE(same(one, run_all(net, 0.05, options))) << threads << " threads";
    }
    net.event_projections[2].weight.a *= 1e-9;
    EXPECT_THAT(refusal(net, 0.01), testing::AllOf(testing::HasSubstr("projection 'i_e'"),
                                                   testing::HasSubstr("storage: single")));
}

// NEST 3.9's iaf_psc_exp, default parameters, 500 pA for 1 s at 0.1 ms: 63 spikes, the first at these times.
TEST(Events, SpikeTimesOfNestsCurrentBasedNeuron) {
    Network net;
    net.dt_s = dt;
    net.method = "exact";
    net.populations = {population(
        "a", language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/lif_exp.model"), 1)};
    net.populations[0].parameters["I_e"] = Values(500e-12);
    net.event_monitors = {{"spikes", "a", "spike"}};
    const Recorded r = run_all(net, 1.0);
    const auto& times = r.events[0].members[0].time_s;
    ASSERT_EQ(times.size(), 63u);
    const double expected_ms[] = {13.9, 29.8, 45.7, 61.6};
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(times[k] * 1e3, expected_ms[k], 1e-9);
}

// Brian2's "(unless refractory)": what arrives at a held variable while the neuron is refractory is lost.
// Here v is kicked by 0.625 at each step: it spikes at the second, is held for three steps, and starts again
// from zero.
TEST(Events, DoNotReachVariablesThatAreHeld) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    const auto clock = model(R"(
model clock : neuron
equations
    dx/dt = 0/second : 1
events
    spike : x > -1
)");
    const auto held = model(R"(
model held : neuron
parameters
    t_ref = 0.3 ms
equations
    dv/dt = 0/second : 1 (unless refractory)
events
    spike : v > 1    refractory t_ref    reset v = 0
)");
    net.populations = {population("a", clock, 1), population("b", held, 1)};
    net.event_projections = {carry("a", "b", "v", ConnectionRule::Kind::one_to_one, 0.625, 0.0)};
    net.monitors = {monitor("b", "v", dt)};
    const Recorded r = run_all(net, 11 * dt);
    const std::vector<double> expected{0, 0.625, 0, 0, 0, 0, 0.625, 0, 0, 0, 0};
    for (std::size_t k = 0; k < 11; ++k) EXPECT_DOUBLE_EQ(r.series[0].values[k], expected[k]) << k;
}

// More neurons of one thread than 16 bits can number.
TEST(Events, ReachMoreNeuronsThanAPageHas) {
    constexpr std::size_t nodes = 70000;
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("a", counter(), nodes), population("b", counter(), nodes)};
    net.populations[0].parameters["at"] = Values(2.2 * dt);
    net.populations[1].parameters["at"] = Values(1.0);
    net.event_projections = {carry("a", "b", "x", ConnectionRule::Kind::one_to_one, 0.25, dt)};
    net.monitors = {monitor("b", "x", 10 * dt)};
    const Recorded r = run_all(net, 10 * dt);
    for (std::size_t i = 0; i < nodes; ++i) ASSERT_EQ(r.series[0].values[i], 0.25) << i;
}

TEST(Events, PoissonInputsHaveTheirMeanAndVariance) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.seeds = {5};
    net.populations = {population("a", counter(), 2000)};
    network::PoissonInput input;
    input.name = "drive";
    input.population = "a";
    input.target = "x";
    input.rate_hz = Values(8.0);
    input.sources = Values(2000.0);
    input.weight = Values(1.0);
    net.poisson_inputs = {input};
    net.monitors = {monitor("a", "x", 100 * dt)};
    const Recorded r = run_all(net, 100 * dt);  // a mean of 160 counts in 100 steps
    double sum = 0.0, squares = 0.0;
    for (const double x : r.series[0].values) sum += x, squares += x * x;
    const double mean = sum / 2000, variance = squares / 2000 - mean * mean;
    EXPECT_NEAR(mean, 160.0, 5 * std::sqrt(160.0 / 2000));
    EXPECT_NEAR(variance, 160.0, 5 * 160.0 * std::sqrt(2.0 / 2000));
}

TEST(Events, DelaysBelowAStepAreAnError) {
    Network net = spiking_network(80, 1e-12);
    net.event_projections[1].delay = constant(0.3 * dt);
    EXPECT_THAT(refusal(net, 0.01),
                testing::HasSubstr("projection 'e_i': a delay of 0.03 ms cannot be used"));
}

TEST(Events, UnknownTargetsAndEventsAreNamed) {
    Network net = spiking_network(80, 1e-12);
    net.event_projections[0].target = "I_exc";
    EXPECT_THAT(refusal(net, 0.01),
                testing::AllOf(testing::HasSubstr("'e.I_exc'"), testing::HasSubstr("I_ex")));
    net = spiking_network(80, 1e-12);
    net.event_projections[0].event = "burst";
    EXPECT_THROW(run_all(net, 0.01), Error);
}

}  // namespace
}  // namespace neurodyn
