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

SynapseValue constant(double value) {
    SynapseValue v;
    v.a = value;
    return v;
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

struct Recorded {
    std::vector<engine::MemorySink::Series> series;
    std::vector<engine::MemorySink::Events> events;
};

Recorded run_all(const Network& network, double duration_s, engine::RunOptions options = {}) {
    options.duration_s = duration_s;
    if (options.threads == 0) options.threads = 1;
    engine::Simulation simulation(network, options);
    engine::MemorySink sink;
    simulation.run(sink);
    return {std::move(sink.series), std::move(sink.events)};
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

}  // namespace
}  // namespace neurodyn
