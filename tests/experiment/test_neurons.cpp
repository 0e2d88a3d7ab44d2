// SPDX-License-Identifier: BSD-3-Clause
// Neurons as experiments have them: Brian2's strings with values for each neuron, lists of spikes, rates that
// change with time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/simulation.hpp"
#include "experiment/build.hpp"

namespace neurodyn::experiment {
namespace {

Built built(const std::string& text, const std::string& folder = ".") {
    Resources resources(folder);
    const Document document = parse_document(text, "test.yaml");
    const Experiment experiment = read_experiment(document);
    return build(experiment, resources);
}

std::string problem_of(const std::string& text) {
    try {
        built(text);
    } catch (const Error& error) {
        return error.what();
    }
    return "no problem";
}

std::vector<engine::MemorySink::Events> run(const Built& b) {
    engine::RunOptions options;
    options.duration_s = b.duration_s;
    options.threads = 1;
    engine::Simulation simulation(b.network, options);
    engine::MemorySink sink;
    simulation.run(sink);
    return std::move(sink.events);
}

// Brian2's example IF_curve_LIF with its strings and its values for each neuron. The rate is
// 1/(5 ms - dt + tau ln(v0/(v0 - 10 mV))).
TEST(NeuronsInExperiments, BriansStringsWithValuesOfEachNeuron) {
    const Built b = built(R"yaml(
time: {dt: 0.01 ms, duration: 1 s}
values: {highest: 20 mV}
populations:
  group:
    equations: |
      dv/dt = (v0 - v) / tau : volt (unless refractory)
      v0 : volt
    threshold: v > 10*mV
    reset: v = 0*mV
    refractory: 5*ms
    method: exact
    size: 11
    set: {tau: 10*ms, v0: highest * i / (N-1)}
monitors: {spikes: group.spike}
)yaml");
    ASSERT_EQ(b.network.populations[0].parameters.at("v0").nodes, 11u);
    EXPECT_DOUBLE_EQ(b.network.populations[0].parameters.at("v0").at(7, 0), 0.014);
    const auto events = run(b);
    std::vector<double> counts(11);
    for (const std::uint32_t node : events[0].members[0].node) ++counts[node];
    EXPECT_EQ(counts[5], 0);
    for (const std::size_t i : {7u, 10u}) {
        const double v0 = 2.0 * static_cast<double>(i), interval = 5 + 10 * std::log(v0 / (v0 - 10));
        EXPECT_NEAR(counts[i], 1000 / interval, 1.0) << i;
    }
}

// A name that stands in no line of the equations takes its unit from the experiment's value.
TEST(NeuronsInExperiments, ValuesMayBeNamesOfTheExperiment) {
    const Built b = built(R"yaml(
time: {duration: 1 s}
values: {tau0: 20 ms, gain: 3}
populations:
  a: {equations: "dv/dt = (b - v)/tau : volt", size: 3, set: {tau: tau0, b: [1 mV, 2 mV, 3 mV]}}
)yaml");
    const auto& parameters = b.network.populations[0].parameters;
    EXPECT_DOUBLE_EQ(parameters.at("tau").at(0, 0), 0.02);
    EXPECT_DOUBLE_EQ(parameters.at("b").at(2, 0), 3e-3);
    EXPECT_THAT(problem_of(R"yaml(
time: {duration: 1 s}
values: {gain: 3}
populations:
  a: {equations: "dv/dt = -v/tau : volt", set: {tau: gain}}
)yaml"),
                testing::HasSubstr("dv/dt"));
}

TEST(NeuronsInExperiments, ListsOfSpikes) {
    const auto folder = std::filesystem::temp_directory_path() / "neurodyn_spikes_in_experiments";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "list.csv") << "node,time [ms]\n1,2.5\n0,1\n";
    const std::string text = R"yaml(
time: {duration: 5 ms}
populations:
  given: {spikes: list.csv, size: SIZE}
  cells: {model: lif_exp, size: 2}
projections: {carry: {from: given.spike, to: cells.I_ex, connect: one_to_one, weights: 1 nA}}
monitors: {spikes: given.spike}
)yaml";
    const auto with = [&](const std::string& size) {
        std::string changed = text;
        return changed.replace(changed.find("SIZE"), 4, size);
    };
    const auto events = run(built(with("2"), folder.string()));
    EXPECT_EQ(events[0].members[0].node, (std::vector<std::uint32_t>{0, 1}));
    EXPECT_NEAR(events[0].members[0].time_s[1], 2.5e-3, 1e-12);
    try {
        built(with("1"), folder.string());
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("has 1 neurons, but its list has a spike of neuron 1"));
    }
    EXPECT_THAT(problem_of(with("2")), testing::HasSubstr("list.csv"));
}

TEST(NeuronsInExperiments, RatesThatChangeWithTime) {
    const std::string text = R"yaml(
time: {dt: 0.1 ms, duration: 0.2 s}
values: {f: 10 Hz}
populations: {a: {model: lif_exp, size: 50}}
stimuli: {drive: {to: a.I_ex, poisson: {rate: "RATE", weight: 1 pA}}}
)yaml";
    const auto with = [&](const std::string& rate) {
        std::string changed = text;
        return changed.replace(changed.find("RATE"), 4, rate);
    };
    const Built b = built(with("50 Hz*(1 + sin(2*pi*f*t))"));
    ASSERT_EQ(b.network.poisson_inputs.size(), 1u);
    EXPECT_EQ(b.network.poisson_inputs[0].rate, "50 Hz*(1 + sin(2*pi*f*t))");
    ASSERT_EQ(b.network.poisson_inputs[0].parameters.size(), 1u);
    EXPECT_EQ(b.network.poisson_inputs[0].parameters[0].name, "f");
    EXPECT_TRUE(built(with("5*f")).network.poisson_inputs[0].rate.empty());
    EXPECT_NO_THROW(run(b));
    const Built wave = built(with("50 Hz*(1 + sin(2*pi*(f*t + i/N)))"));
    const auto& parameters = wave.network.poisson_inputs[0].parameters;
    ASSERT_EQ(parameters.size(), 3u);
    EXPECT_EQ(parameters[1].value.at(0, 0), 50.0);
    EXPECT_EQ(parameters[2].name, "i");
    EXPECT_EQ(parameters[2].value.at(7, 0), 7.0);
    EXPECT_NO_THROW(run(wave));
}

}  // namespace
}  // namespace neurodyn::experiment
