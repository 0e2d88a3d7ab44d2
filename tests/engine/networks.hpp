// SPDX-License-Identifier: BSD-3-Clause
// Small networks that the engine's tests are made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "engine/simulation.hpp"
#include "network/network.hpp"

namespace neurodyn::tests {

inline language::ModelPtr model(const std::string& text) { return language::parse_model(text, "test.model"); }

/// A variable that grows by 1 per second, and an input that does nothing but can be recorded.
inline language::ModelPtr ramp() {
    return model(R"(
model ramp : mass
inputs
    I : 1
equations
    dx/dt = rate : 1
    seen = I : 1
parameters
    rate = 1 Hz
)");
}

/// tau dx/dt = -x + I + sigma*sqrt(tau)*xi, an Ornstein-Uhlenbeck process with an input.
inline language::ModelPtr leaky(bool noisy) {
    const std::string noise = noisy ? " + sigma*sqrt(2/tau)*xi" : "";
    return model(R"(
model leaky : mass
parameters
    tau = 10 ms
    sigma = 0.5
inputs
    I : 1
equations
    dx/dt = (I - x)/tau)" +
                 noise + R"( : 1
initial
    x = 0.1
)");
}

inline language::ModelPtr linear_coupling() {
    return model(R"(
model linear : coupling
parameters
    G = 1
pre = x_pre
post = G*gx
)");
}

inline network::Projection project(const std::string& from, const std::string& source, const std::string& to,
                                   const std::string& target, network::Connectivity connectivity,
                                   language::ModelPtr coupling = linear_coupling()) {
    network::Projection p;
    p.name = from + "_" + to;
    p.from = from;
    p.source = source;
    p.to = to;
    p.target = target;
    p.coupling = std::move(coupling);
    p.connectivity = std::make_shared<const network::Connectivity>(std::move(connectivity));
    return p;
}

inline network::Population population(const std::string& name, language::ModelPtr m, std::size_t size) {
    network::Population p;
    p.name = name;
    p.model = std::move(m);
    p.size = size;
    return p;
}

inline network::Monitor monitor(const std::string& population, const std::string& expression, double every_s,
                                bool average = false) {
    network::Monitor m;
    m.name = population + "_" + expression;
    m.population = population;
    m.expression = expression;
    m.every_s = every_s;
    m.average = average;
    return m;
}

inline network::SynapseValue constant(double value) {
    network::SynapseValue v;
    v.a = value;
    return v;
}

/// What a run has recorded, in the order of the monitors.
struct Recorded {
    std::vector<engine::MemorySink::Series> series;
    std::vector<engine::MemorySink::Events> events;
};

inline Recorded run_all(const network::Network& network, double duration_s, engine::RunOptions options = {}) {
    options.duration_s = duration_s;
    if (options.threads == 0) options.threads = 1;
    engine::Simulation simulation(network, options);
    engine::MemorySink sink;
    simulation.run(sink);
    return {std::move(sink.series), std::move(sink.events)};
}

/// What a run fails with; "accepted" when it does not.
inline std::string refusal(const network::Network& network, double duration_s = 0.1) {
    try {
        run_all(network, duration_s);
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

/// The same samples and events of the first member, bit for bit.
inline bool same(const Recorded& a, const Recorded& b) {
    bool equal = a.series[0].values == b.series[0].values;
    for (std::size_t m = 0; m < a.events.size(); ++m)
        equal = equal && a.events[m].members[0].time_s == b.events[m].members[0].time_s &&
                a.events[m].members[0].node == b.events[m].members[0].node;
    return equal;
}

/// Spikes that move the target's potential v by a weight, from so many neurons each.
inline network::EventProjection jumps(const std::string& from, const std::string& to, std::uint64_t indegree,
                                      double weight, double delay_s) {
    network::EventProjection p;
    p.name = from + "_" + to;
    p.from = from;
    p.event = "spike";
    p.to = to;
    p.target = "v";
    p.rule.kind = network::ConnectionRule::Kind::fixed_in_degree;
    p.rule.count = indegree;
    p.weight = constant(weight);
    p.delay = constant(delay_s);
    return p;
}

/// The samples alone.
inline std::vector<engine::MemorySink::Series> run(const network::Network& network, double duration_s,
                                                   engine::RunOptions options = {}) {
    return run_all(network, duration_s, std::move(options)).series;
}

}  // namespace neurodyn::tests
