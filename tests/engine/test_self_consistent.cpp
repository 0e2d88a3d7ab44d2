// SPDX-License-Identifier: BSD-3-Clause
// States of rest of networks of neurons, against Brunel's theory and against Siegert's formula scanned by
// hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/self_consistent.hpp"
#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using engine::RateNetwork;
using engine::RestState;
using network::Network;
using network::Values;
using testing::HasSubstr;

language::ModelPtr delta_neuron() {
    return language::load_model(NEURODYN_SOURCE_DIR "/library/neurons/lif_delta.model");
}

network::PoissonInput external(const std::string& to, double rate_hz, double weight) {
    network::PoissonInput input;
    input.name = "external_" + to;
    input.population = to;
    input.target = "v";
    input.rate_hz = Values{rate_hz};
    input.weight = Values{weight};
    return input;
}

// Network A of Brunel 2000, doi:10.1023/A:1008925309027.
Network brunel(double g, double eta) {
    Network net;
    net.dt_s = 1e-4;
    net.populations = {population("exc", delta_neuron(), 10000), population("inh", delta_neuron(), 2500)};
    for (const char* to : {"exc", "inh"}) {
        net.event_projections.push_back(jumps("exc", to, 1000, 0.1e-3, 1.5e-3));
        net.event_projections.push_back(jumps("inh", to, 250, -g * 0.1e-3, 1.5e-3));
        net.poisson_inputs.push_back(external(to, eta * 20e-3 / (0.1e-3 * 20e-3), 0.1e-3));
    }
    return net;
}

TEST(RestStates, OfBrunelsNetworkAreItsTheory) {
    struct Case {
        double g, eta, rate_hz;
    };
    for (const Case& c : {Case{3, 2, 327.008}, Case{6, 4, 55.8413}, Case{5, 2, 37.9497}}) {
        RateNetwork network(brunel(c.g, c.eta));
        const std::vector<RestState> states = network.rest_states({});
        ASSERT_EQ(states.size(), 1u) << c.g;
        EXPECT_NEAR(states[0].rate_hz[0], c.rate_hz, 1e-3);
        EXPECT_NEAR(states[0].rate_hz[1], states[0].rate_hz[0], 1e-6);
        EXPECT_TRUE(states[0].is_stable());
    }
}

// Siegert's formula by Simpson's rule: tau 20 ms, refractory 2 ms, threshold 20 mV, reset 10 mV.
double siegert(double mu, double sigma) {
    const auto f = [](double x) { return std::exp(x * x) * std::erfc(-x); };
    const double low = (10.0 - mu) / sigma, high = (20.0 - mu) / sigma;
    constexpr int pieces = 4000;
    double sum = 0.0;
    for (int k = 0; k <= pieces; ++k)
        sum += f(low + (high - low) * k / pieces) * (k == 0 || k == pieces ? 1.0 : (k % 2 == 1 ? 4.0 : 2.0));
    return 1.0 / (2e-3 + 20e-3 * std::sqrt(std::numbers::pi) * sum * (high - low) / (3.0 * pieces));
}

// One population that excites itself: rates at which Siegert's formula returns what it is given, by scanning.
TEST(RestStates, OfAnExcitatoryPopulationAreAllThatAScanFinds) {
    const double weight = 0.2, external_hz = 4000.0;  // mV
    constexpr std::uint64_t indegree = 60;
    const auto excess = [&](double rate) {
        const double events = external_hz + static_cast<double>(indegree) * rate;
        return siegert(weight * 20e-3 * events, weight * std::sqrt(20e-3 * events)) - rate;
    };
    std::vector<double> expected;
    for (double rate = 0.005; rate < 480.0; rate *= 1.01) {
        double low = rate, high = rate * 1.01;
        if ((excess(low) > 0.0) == (excess(high) > 0.0)) continue;
        for (int k = 0; k < 60; ++k) {
            const double middle = 0.5 * (low + high);
            ((excess(middle) > 0.0) == (excess(low) > 0.0) ? low : high) = middle;
        }
        expected.push_back(low);
    }
    ASSERT_EQ(expected.size(), 3u);
    Network net;
    net.dt_s = 1e-4;
    net.populations = {population("exc", delta_neuron(), 1000)};
    net.event_projections = {jumps("exc", "exc", indegree, weight * 1e-3, 1.5e-3)};
    net.poisson_inputs = {external("exc", external_hz, weight * 1e-3)};
    const std::vector<RestState> states = RateNetwork(net).rest_states({});
    ASSERT_EQ(states.size(), 3u);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(states[k].rate_hz[0] / expected[k], 1.0, 1e-5);
        EXPECT_EQ(states[k].is_stable(), k != 1);
    }
}

// A table counts with its value at time 0.
TEST(RestStates, TablesAct) {
    Network net;
    net.populations = {population(
        "cells", language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/lif_noisy.model"),
        10)};
    network::Stimulus stimulus;
    stimulus.name = "table";
    stimulus.population = "cells";
    stimulus.target = "drive";
    auto table = std::make_shared<network::Stimulus::Table>();
    table->time_s = {0.0, 1.0};
    table->values = {5e-3, 5e-3};
    stimulus.table = table;
    net.stimuli = {stimulus};
    EXPECT_NEAR(RateNetwork(net).rest_states({}).at(0).rate_hz[0], siegert(20.0, 5.0), 1e-6);
}

TEST(RestStates, NeedProjectionsOfRates) {
    Network net = brunel(5, 2);
    net.populations[0].model = language::load_model(NEURODYN_SOURCE_DIR "/library/neurons/lif_delta.model");
    net.projections = {project("exc", "v", "inh", "drive", network::all_to_all(2500, 10000, 1e-4))};
    try {
        RateNetwork network(net);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("another signal than the rate"));
    }
}

}  // namespace
}  // namespace neurodyn
