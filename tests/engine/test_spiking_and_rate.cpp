// SPDX-License-Identifier: BSD-3-Clause
// Spiking and rate populations in one network: events into a rate's variable, a rate into neurons' currents,
// synaptic variables of neurons summed into a rate, against closed forms.
#include <gtest/gtest.h>

#include <cmath>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Network;
using network::Values;

constexpr double dt = 1e-4;

// v' = I: fires at exactly I/(1 V) with a constant I; s follows its own spikes.
language::ModelPtr neuron() {
    static const language::ModelPtr text = model(R"(
model perfect : neuron
parameters
    start = 0
    bias  = 1 Hz
inputs
    drive : Hz
equations
    dv/dt = bias + drive   : 1
    ds/dt = -s/(100*ms)    : Hz
events
    spike : v > 1    reset v = v - 1; s = s + 1/(100*ms)
initial
    v = start
)");
    return text;
}

language::ModelPtr unit() {
    static const language::ModelPtr text = model(R"(
model unit : mass
inputs
    input : Hz
equations
    dA/dt = -A/(100*ms)           : Hz
    dr/dt = (input - r)/(20*ms)   : Hz
)");
    return text;
}

// 500 neurons of 20 to 60 Hz, their phases spread, and one rate unit.
Network mixed() {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("cells", neuron(), 500), population("unit", unit(), 1)};
    Values start(0.0), bias(0.0);
    start.nodes = bias.nodes = 500;
    start.data.assign(500, 0.0);
    bias.data.assign(500, 0.0);
    for (std::size_t i = 0; i < 500; ++i) {
        start.data[i] = std::fmod(0.618034 * static_cast<double>(i), 1.0);
        bias.data[i] = 20.0 + 40.0 * static_cast<double>(i) / 499.0;
    }
    net.populations[0].parameters = {{"start", start}, {"bias", bias}};
    return net;
}

// Each spike adds 1/(N tau) to A, which then is the population's rate.
network::EventProjection count_spikes() {
    network::EventProjection p;
    p.name = "count";
    p.from = "cells";
    p.event = "spike";
    p.to = "unit";
    p.target = "A";
    p.rule.kind = network::ConnectionRule::Kind::all_to_all;
    p.weight = constant(1.0 / (500 * 0.1));
    p.delay = constant(0.0);
    return p;
}

double mean_after(const engine::MemorySink::Series& series, double from) {
    const auto first = static_cast<std::size_t>(from * static_cast<double>(series.values.size()));
    double sum = 0.0;
    for (std::size_t k = first; k < series.values.size(); ++k) sum += series.values[k];
    return sum / static_cast<double>(series.values.size() - first);
}

TEST(SpikingAndRate, EventsAndSynapticVariablesGiveTheSameRate) {
    Network net = mixed();
    net.event_projections = {count_spikes()};
    net.projections = {project("cells", "s", "unit", "input", network::all_to_all(1, 500, 1.0 / 500))};
    net.monitors = {monitor("unit", "A", 1e-3), monitor("unit", "r", 1e-3)};
    const Recorded r = run_all(net, 3.0);
    // The mean of the currents is the rate. A spike arrives a step late, which no mean shows.
    EXPECT_NEAR(mean_after(r.series[0], 0.5), 40.0, 0.1);
    EXPECT_NEAR(mean_after(r.series[1], 0.5), 40.0, 0.1);
}

// The loop of both: r = A/2 comes back as inhibition. nu = 40 - 0.5 nu: 26.667 Hz, for A and for the spikes
// counted.
TEST(SpikingAndRate, ALoopRestsWhereBothAgree) {
    Network net = mixed();
    net.event_projections = {count_spikes()};
    net.projections = {project("unit", "A", "unit", "input", network::all_to_all(1, 1, 0.5)),
                       project("unit", "r", "cells", "drive", network::all_to_all(500, 1, -1.0))};
    net.projections[0].name = "gain";
    net.monitors = {monitor("unit", "A", 1e-3), monitor("unit", "r", 1e-3)};
    net.event_monitors = {{"spikes", "cells", "spike"}};
    const Recorded r = run_all(net, 4.0);
    EXPECT_NEAR(mean_after(r.series[0], 0.5), 40.0 / 1.5, 0.1);
    EXPECT_NEAR(mean_after(r.series[1], 0.5), 20.0 / 1.5, 0.1);
    std::size_t late = 0;
    for (const double t : r.events[0].members[0].time_s) late += t > 2.0 ? 1 : 0;
    EXPECT_NEAR(static_cast<double>(late) / 500 / 2.0, 40.0 / 1.5, 0.1);
}

TEST(SpikingAndRate, HaveTheSameBitsForAnyThreadsAndOnTheInterpreter) {
    Network net = mixed();
    net.event_projections = {count_spikes()};
    net.projections = {project("cells", "s", "unit", "input", network::all_to_all(1, 500, 1.0 / 500)),
                       project("unit", "A", "cells", "drive", network::all_to_all(500, 1, -0.5))};
    net.monitors = {monitor("unit", "A", 1e-3), monitor("unit", "r", 1e-3), monitor("cells", "v", 0.1)};
    const Recorded one = run_all(net, 0.5);
    engine::RunOptions threads;
    threads.threads = 3;
    engine::RunOptions interpreter;
    interpreter.kernel.backend = compile::Backend::interpreter;
    for (const engine::RunOptions& options : {threads, interpreter}) {
        const Recorded other = run_all(net, 0.5, options);
        for (std::size_t s = 0; s < one.series.size(); ++s)
            EXPECT_EQ(one.series[s].values, other.series[s].values) << s;
    }
}

}  // namespace
}  // namespace neurodyn
