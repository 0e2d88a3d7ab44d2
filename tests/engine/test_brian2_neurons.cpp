// SPDX-License-Identifier: BSD-3-Clause
// Strings of Brian2's documentation, run unmodified: spike for spike as Brian2 does it
// (tests/reference/brian2_neurons.json, made by bench/rivals/brian2_neurons.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Values;
using nlohmann::json;

class Brian2Neurons : public testing::TestWithParam<std::string> {};

network::Population read(const json& reference) {
    language::EquationStrings strings;
    strings.equations = reference["equations"];
    strings.threshold = reference["threshold"];
    strings.reset = reference["reset"];
    strings.refractory = reference["refractory"];
    strings.method = reference["method"];
    for (const auto& [name, text] : reference["values"].items()) strings.values.emplace_back(name, text);
    const std::size_t size = reference["each"].front().size();
    network::Population group = population("group", language::parse_equations(strings), size);
    for (const auto& [name, values] : reference["each"].items()) {
        auto& into = group.model->find_state(name) ? group.initial : group.parameters;
        into[name] = Values(values.get<std::vector<double>>(), size, 1);
    }
    return group;
}

json reference_of(const std::string& name) {
    std::ifstream in(std::string(NEURODYN_SOURCE_DIR) + "/tests/reference/brian2_neurons.json");
    return json::parse(in).at("neurons").at(name);
}

/// The steps of each neuron's spikes, named by their beginning as in Brian2.
std::vector<std::vector<int>> spike_steps(const json& reference) {
    network::Network net;
    net.dt_s = reference["dt_ms"].get<double>() * 1e-3;
    net.populations = {read(reference)};
    net.event_monitors = {{"spikes", "group", "spike"}};
    engine::RunOptions options;
    options.duration_s = reference["duration_ms"].get<double>() * 1e-3;
    options.threads = 1;
    engine::Simulation simulation(net, options);
    engine::MemorySink sink;
    simulation.run(sink);
    std::vector<std::vector<int>> steps(net.populations[0].size);
    const auto& events = sink.events[0].members[0];
    for (std::size_t k = 0; k < events.time_s.size(); ++k)
        steps[events.node[k]].push_back(static_cast<int>(std::lround(events.time_s[k] / net.dt_s)) - 1);
    return steps;
}

TEST_P(Brian2Neurons, SpikeAtTheSameSteps) {
    const json reference = reference_of(GetParam());
    const auto steps = spike_steps(reference);
    for (std::size_t node = 0; node < steps.size(); ++node)
        EXPECT_EQ(steps[node], reference["spike_steps"][node].get<std::vector<int>>()) << "neuron " << node;
}

// Its gate m follows the potential at once, so that dv/dt is not linear in v. Brian2 holds m over a step of
// exponential Euler, here the slope of the whole equation counts; both are of first order.
TEST(Brian2Strings, WangBuzsakiFiresAtTheSameRate) {
    const json reference = reference_of("Wang_Buszaki_1996");
    const auto expected = reference["spike_steps"][0].get<std::vector<int>>();
    const auto steps = spike_steps(reference)[0];
    ASSERT_EQ(steps.size(), expected.size());
    EXPECT_NEAR(steps.back(), expected.back(), 0.005 * expected.back());
}

// What a definition makes of not_refractory is recorded for each step as that step saw it.
TEST(Brian2Strings, NotRefractoryCanBeRecorded) {
    const json reference = reference_of("not_refractory");
    network::Network net;
    net.dt_s = 1e-4;
    net.populations = {read(reference)};
    net.monitors = {monitor("group", "I", net.dt_s)};
    const auto drive = run(net, 0.1)[0].values;
    const auto first = reference["spike_steps"][0][0].get<std::size_t>();
    for (std::size_t step = 0; step <= first; ++step) ASSERT_EQ(drive[step], 3.0) << step;
    for (std::size_t step = first + 1; step < first + 40; ++step) ASSERT_EQ(drive[step], 0.0) << step;
    EXPECT_EQ(drive[first + 40], 3.0);
}

INSTANTIATE_TEST_SUITE_P(Documentation, Brian2Neurons,
                         testing::Values("IF_curve_LIF", "IF_curve_Hodgkin_Huxley", "Brette_Gerstner_2005",
                                         "Naud_2008_regular_bursting", "phase_locking", "adaptive_threshold",
                                         "not_refractory", "Hindmarsh_Rose_1984"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace neurodyn
