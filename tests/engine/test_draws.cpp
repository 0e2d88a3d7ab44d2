// SPDX-License-Identifier: BSD-3-Clause
// What is drawn at each step: rand() and randn() of events, Poisson inputs whose rate changes; and events
// that are given. The same bits for any number of threads and on the interpreter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Network;
using network::Values;

constexpr double dt = 1e-4;

engine::MemorySink run_to(const Network& network, double duration_s, int threads = 1,
                          compile::Backend backend = compile::Backend::automatic) {
    engine::RunOptions options;
    options.duration_s = duration_s;
    options.threads = threads;
    options.kernel.backend = backend;
    engine::Simulation simulation(network, options);
    engine::MemorySink sink;
    simulation.run(sink);
    return sink;
}

Network drawing(const std::string& events, std::size_t size = 3000) {
    Network net;
    net.dt_s = dt;
    net.seeds = {5};
    net.populations = {population("a",
                                  model("model drawing : neuron\nparameters\n    p = 0.01\nequations\n"
                                        "    dx/dt = 0/second : 1\n    dy/dt = 0/second : 1\n"
                                        "events\n" +
                                        events),
                                  size)};
    net.event_monitors = {{"spikes", "a", "spike"}};
    net.monitors = {monitor("a", "x", 100 * dt)};
    return net;
}

TEST(Draws, HaveTheirDistribution) {
    const Network net = drawing("    spike : rand() < p    reset x = randn(); y = rand()\n");
    const auto sink = run_to(net, 1000 * dt);
    const double events = static_cast<double>(sink.events[0].members[0].node.size());
    EXPECT_NEAR(events, 3000 * 1000 * 0.01, 4 * std::sqrt(3000 * 1000 * 0.01));
    double sum = 0, squares = 0;
    const std::size_t last = sink.series[0].values.size() - 3000;
    for (std::size_t i = last; i < sink.series[0].values.size(); ++i)
        sum += sink.series[0].values[i], squares += std::pow(sink.series[0].values[i], 2);
    EXPECT_NEAR(sum / 3000, 0.0, 4 / std::sqrt(3000.0));
    EXPECT_NEAR(squares / 3000, 1.0, 4 * std::sqrt(2 / 3000.0));
}

// Two calls are two draws: both are below 1/10 in one of a hundred steps.
TEST(Draws, AreIndependentForEachCall) {
    const Network net = drawing("    spike : rand() < 0.1 and rand() < 0.1\n");
    const double expected = 3000 * 1000 * 0.01;
    EXPECT_NEAR(static_cast<double>(run_to(net, 1000 * dt).events[0].members[0].node.size()), expected,
                4 * std::sqrt(expected));
}

TEST(Draws, HaveTheSameBitsForAnyThreadsAndOnTheInterpreter) {
    const Network net = drawing("    spike : rand() < p    reset x = randn()\n");
    const auto one = run_to(net, 500 * dt);
    for (const auto& [threads, backend] :
         {std::pair{2, compile::Backend::automatic}, std::pair{3, compile::Backend::automatic},
          std::pair{1, compile::Backend::interpreter}}) {
        const auto other = run_to(net, 500 * dt, threads, backend);
        EXPECT_EQ(one.events[0].members[0].node, other.events[0].members[0].node);
        EXPECT_EQ(one.series[0].values, other.series[0].values);
    }
}

// A model may have events and nothing else.
TEST(Draws, MakePoissonSources) {
    Network net;
    net.dt_s = dt;
    net.populations = {
        population("source",
                   language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/poisson.model"),
                   1000),
        population("target", leaky(false), 1000)};
    net.populations[1].method = "euler";
    net.populations[0].parameters["rate"] = Values(100.0);
    network::EventProjection p;
    p.name = "drive";
    p.from = "source";
    p.event = "spike";
    p.to = "target";
    p.target = "x";
    p.rule.kind = network::ConnectionRule::Kind::one_to_one;
    p.weight.a = 1.0;
    net.event_projections = {p};
    net.monitors = {monitor("target", "x", 0.05)};
    net.event_monitors = {{"spikes", "source", "spike"}};
    const auto sink = run_to(net, 0.5);
    // Shot noise of rate r through tau x' = -x: mean r tau = 1, variance r tau/2 (Campbell's theorem).
    double sum = 0, squares = 0;
    for (std::size_t i = 9000; i < 10000; ++i)
        sum += sink.series[0].values[i], squares += std::pow(sink.series[0].values[i], 2);
    EXPECT_NEAR(sum / 1000, 1.0, 0.1);
    EXPECT_NEAR(squares / 1000 - std::pow(sum / 1000, 2), 0.5, 0.1);
}

Network modulated(const std::string& rate, std::size_t size, Values depth = Values(1.0)) {
    Network net;
    net.dt_s = dt;
    net.seeds = {9};
    net.populations = {population("a", model(R"(
model counting : neuron
equations
    dx/dt = 0/second : 1
)"),
                                  size)};
    net.populations[0].method = "euler";
    network::PoissonInput input;
    input.name = "drive";
    input.population = "a";
    input.target = "x";
    input.rate = rate;
    input.parameters = {{"depth", std::move(depth), Dimension{}}};
    input.sources = Values(20.0);
    input.weight = Values(1.0);
    net.poisson_inputs = {input};
    net.monitors = {monitor("a", "x", 250 * dt)};
    return net;
}

// Counts have the mean and the variance of the integral of the rate (Cox & Lewis 1966, The Statistical
// Analysis of Series of Events).
TEST(PoissonRates, FollowTheirExpression) {
    const std::string rate = "100*Hz*(1 + depth*sin(2*pi*10*Hz*t))";
    for (const bool each : {false, true}) {
        std::vector<double> depth(2000, 0.8);
        const Network net = modulated(rate, 2000, each ? Values(depth, 2000, 1) : Values(0.8));
        const auto values = run_to(net, 1000 * dt).series[0].values;
        for (std::size_t k = 0; k < 4; ++k) {  // the integral to the ends of quarter periods
            const double t = 0.025 * static_cast<double>(k + 1);
            const double expected =
                20 * 100 * (t + 0.8 / (20 * std::numbers::pi) * (1 - std::cos(20 * std::numbers::pi * t)));
            double sum = 0, squares = 0;
            for (std::size_t i = 0; i < 2000; ++i)
                sum += values[k * 2000 + i], squares += std::pow(values[k * 2000 + i], 2);
            const double mean = sum / 2000, variance = squares / 2000 - mean * mean;
            // The rate at the beginning of a step holds for the step: half a step's change at most.
            EXPECT_NEAR(mean, expected, 4 * std::sqrt(expected / 2000) + 20 * 100 * 0.8 * 0.5 * dt) << t;
            EXPECT_NEAR(variance, expected, 4 * expected * std::sqrt(2.0 / 2000)) << t;
        }
    }
}

TEST(PoissonRates, HaveTheSameBitsForAnyThreadsAndOnTheInterpreter) {
    for (const bool each : {false, true}) {
        std::vector<double> depth(3000);
        for (std::size_t i = 0; i < 3000; ++i) depth[i] = static_cast<double>(i) / 3000;
        const Network net =
            modulated("50*Hz*(1 + depth*cos(t/(3*ms)))", 3000, each ? Values(depth, 3000, 1) : Values(0.5));
        const auto one = run_to(net, 250 * dt).series[0].values;
        EXPECT_EQ(one, run_to(net, 250 * dt, 3).series[0].values) << each;
        EXPECT_EQ(one, run_to(net, 250 * dt, 1, compile::Backend::interpreter).series[0].values) << each;
    }
}

// A member of a sweep equals a run of its own.
TEST(PoissonRates, OfMembersAreThoseOfSingleRuns) {
    const std::string rate = "100*Hz*(1 + depth*sin(t/(5*ms)))";
    Network both = modulated(rate, 100, Values({0.2, 0.9}, 1, 2));
    both.members = 2;
    const auto joined = run_to(both, 250 * dt).series[0].values;
    for (const std::size_t m : {0u, 1u}) {
        const auto alone =
            run_to(modulated(rate, 100, Values(m == 0 ? 0.2 : 0.9)), 250 * dt).series[0].values;
        for (std::size_t i = 0; i < 100; ++i) ASSERT_EQ(joined[i * 2 + m], alone[i]) << m << ", " << i;
    }
}

TEST(PoissonRates, SayWhatIsWrong) {
    EXPECT_THAT(refusal(modulated("100*Hz*(0.5 - t/(20*ms))", 10)),
                testing::AllOf(testing::HasSubstr("stimulus 'drive': node 0 of population 'a' would get -"),
                               testing::HasSubstr("max(rate, 0*Hz)")));
    EXPECT_THAT(refusal(modulated("3*mV + 0*t*mV/second", 10)),
                testing::HasSubstr("must have the unit Hz, it has V"));
}

Network listed(std::vector<double> time_s, std::vector<std::uint32_t> node) {
    Network net;
    net.dt_s = dt;
    const auto source =
        language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/spike_list.model");
    net.populations = {population("source", source, 3), population("target", model(R"(
model counting : neuron
equations
    dx/dt = 0/second : 1
)"),
                                                                   3)};
    net.populations[0].given_events =
        std::make_shared<network::EventList>(network::EventList{std::move(time_s), std::move(node)});
    network::EventProjection p;
    p.name = "carry";
    p.from = "source";
    p.event = "spike";
    p.to = "target";
    p.target = "x";
    p.rule.kind = network::ConnectionRule::Kind::one_to_one;
    p.weight.a = 0.5;
    p.delay.a = 2 * dt;
    net.event_projections = {p};
    net.monitors = {monitor("target", "x", dt)};
    net.event_monitors = {{"spikes", "source", "spike"}};
    return net;
}

// Times are those of steps' ends, to the nearest; several events of a neuron in one step all count.
TEST(GivenEvents, AreSentAndRecordedAtTheirTimes) {
    const Network net = listed({1 * dt, 3.4 * dt, 3.0 * dt, 3.0 * dt, 7 * dt, 900 * dt}, {1, 2, 0, 2, 1, 0});
    for (const int threads : {1, 2}) {
        const auto sink = run_to(net, 12 * dt, threads);
        const auto& events = sink.events[0].members[0];
        EXPECT_EQ(events.node, (std::vector<std::uint32_t>{1, 0, 2, 2, 1}));
        const std::vector<double> steps{1, 3, 3, 3, 7};
        for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(events.time_s[k] / dt, steps[k], 1e-9);
        const auto x = [&](std::size_t sample, std::size_t node) {  // at (sample + 1) dt
            return sink.series[0].values[sample * 3 + node];
        };
        EXPECT_EQ(x(2, 1), 0.0);  // at 1 dt, two steps of delay, seen after the step that begins at 3 dt
        EXPECT_EQ(x(3, 1), 0.5);
        EXPECT_EQ(x(9, 1), 1.0);
        EXPECT_EQ(x(4, 2), 0.0);
        EXPECT_EQ(x(5, 2), 1.0);
        EXPECT_EQ(x(5, 0), 0.5);
    }
}

TEST(GivenEvents, SayWhatIsWrong) {
    EXPECT_THAT(refusal(listed({0.0}, {1})), testing::HasSubstr("an event of node 1 at 0 s"));
    EXPECT_THAT(refusal(listed({dt}, {7})), testing::HasSubstr("an event of node 7, but it has 3 nodes"));
}

}  // namespace
}  // namespace neurodyn
