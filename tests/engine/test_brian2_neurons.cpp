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

TEST_P(Brian2Neurons, SpikeAtTheSameSteps) {
    std::ifstream in(std::string(NEURODYN_SOURCE_DIR) + "/tests/reference/brian2_neurons.json");
    const json reference = json::parse(in).at("neurons").at(GetParam());
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
    for (std::size_t k = 0; k < events.time_s.size(); ++k)  // Brian2 names a step by its beginning
        steps[events.node[k]].push_back(static_cast<int>(std::lround(events.time_s[k] / net.dt_s)) - 1);
    for (std::size_t node = 0; node < steps.size(); ++node)
        EXPECT_EQ(steps[node], reference["spike_steps"][node].get<std::vector<int>>()) << "neuron " << node;
}

INSTANTIATE_TEST_SUITE_P(Documentation, Brian2Neurons,
                         testing::Values("IF_curve_LIF", "IF_curve_Hodgkin_Huxley", "Wang_Buszaki_1996",
                                         "Brette_Gerstner_2005", "Naud_2008_regular_bursting",
                                         "phase_locking", "adaptive_threshold", "not_refractory",
                                         "Hindmarsh_Rose_1984"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace neurodyn
