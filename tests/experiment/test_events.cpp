// SPDX-License-Identifier: BSD-3-Clause
// Spiking networks as experiments: what the YAML becomes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "experiment/build.hpp"
#include "experiment/plan.hpp"

namespace neurodyn::experiment {
namespace {

using network::ConnectionRule;
using network::SynapseValue;

Built built(const std::string& text, Resources& resources) {
    const Document document = parse_document(text, "test.yaml");
    const Experiment experiment = read_experiment(document);
    return build(experiment, resources);
}

TEST(EventsInExperiments, SynapsesWithAModel) {
    Resources resources(".");
    const Built b = built(R"yaml(
time: {duration: 1 s}
populations:
  a: &cell {model: lif_exp, size: 20}
  b: *cell
projections:
  by_name:
    from: a
    to: b.I_ex
    synapse: stdp_pair
    connect: one_to_one
    weights: uniform(0, 1)
    delays: 1 ms
    dendritic_delay: 0.5 ms
    set: {J: 5 pA, A_plus: 0.02}
  by_strings:
    from: a.spike
    to: b.I_in
    synapse:
      model: "w : 1"
      on_pre: "I_in += w*q"
    connect: all_to_all
    set: {q: 2*pA}
    weights: 3
monitors:
  w: {of: by_name.w, every: 100 ms, synapses: 5}
  both: {of: [by_name.w, by_name.a], every: 1 s}
)yaml",
                          resources);
    const auto& p = b.network.event_projections;
    ASSERT_EQ(p.size(), 2u);
    EXPECT_EQ(p[0].event, "spike");
    EXPECT_EQ(p[0].synapse->name, "stdp_pair");
    EXPECT_DOUBLE_EQ(p[0].values.at("J").a, 5e-12);
    EXPECT_DOUBLE_EQ(p[0].values.at("A_plus").a, 0.02);
    EXPECT_EQ(p[0].values.at("w").kind, SynapseValue::Kind::uniform);
    EXPECT_DOUBLE_EQ(p[0].delay.a, 1e-3);
    EXPECT_DOUBLE_EQ(p[0].dendritic_delay_s, 0.5e-3);
    EXPECT_DOUBLE_EQ(p[1].values.at("w").a, 3.0);
    const auto& m = b.network.synapse_monitors;
    ASSERT_EQ(m.size(), 3u);
    EXPECT_EQ(m[0].name, "w");
    EXPECT_EQ(m[0].count, 5u);
    EXPECT_EQ(m[1].name, "both.w");
    EXPECT_EQ(m[2].expression, "a");
}

TEST(EventsInExperiments, ListsStandForPairs) {
    Resources resources(".");
    const Built b = built(R"yaml(
time: {duration: 1 s}
populations:
  a: &cell {model: lif_exp, size: 200}
  b: {<<: *cell, size: 100}
projections:
  net:
    from: [a.spike, b.spike]
    to: [a.I_ex, b.I_in]
    connect: {rule: fixed_total_number, probability: [[0.1, 0], [0.3, 0.2]], autapses: false}
    weights: [2 pA, "normal(-3 pA, 1 pA, max = 0 pA)"]
    delays: 1.5 ms
stimuli:
  drive: {
    to:
        b.I_ex, poisson : {
        rate:
            8 Hz, sources : 1500, weight : 90 pA
        }}
monitors:
  spikes: {of: [a.spike, b.spike]}
)yaml",
                          resources);
    const auto& p = b.network.event_projections;
    ASSERT_EQ(p.size(), 3u);
    EXPECT_EQ(p[0].name, "net_a_a");
    EXPECT_EQ(p[1].name, "net_b_a");
    EXPECT_EQ(p[2].name, "net_b_b");
    EXPECT_EQ(p[1].from, "a");
    EXPECT_EQ(p[1].to, "b");
    EXPECT_EQ(p[1].target, "I_in");
    EXPECT_EQ(p[1].rule.kind, ConnectionRule::Kind::fixed_total);
    EXPECT_FALSE(p[1].rule.autapses);
    // Potjans & Diesmann 2014, eq. 1: K = ln(1 - p)/ln(1 - 1/(N_pre N_post)).
    EXPECT_EQ(p[1].rule.count,
              static_cast<std::uint64_t>(std::llround(std::log(0.7) / std::log(1 - 1 / 2e4))));
    EXPECT_DOUBLE_EQ(p[1].weight.a, 2e-12);
    EXPECT_EQ(p[2].weight.kind, SynapseValue::Kind::normal);
    EXPECT_DOUBLE_EQ(p[2].weight.a, -3e-12);
    EXPECT_DOUBLE_EQ(p[2].weight.b, 1e-12);
    EXPECT_DOUBLE_EQ(p[2].weight.maximum, 0.0);
    EXPECT_DOUBLE_EQ(p[2].delay.a, 1.5e-3);
    ASSERT_EQ(b.network.poisson_inputs.size(), 1u);
    EXPECT_DOUBLE_EQ(b.network.poisson_inputs[0].rate_hz.at(0, 0), 8.0);
    EXPECT_DOUBLE_EQ(b.network.poisson_inputs[0].sources.at(0, 0), 1500.0);
    ASSERT_EQ(b.network.event_monitors.size(), 2u);
    EXPECT_EQ(b.network.event_monitors[1].name, "spikes.b");
}

TEST(EventsInExperiments, MembersWithOtherSynapsesRunApart) {
    Resources resources(".");  // models are shared
    const auto with = [&](const std::string& weight, int seed) {
        return built(fmt::format("seed: {}", seed) + R"(
time: {duration: 1 s}
populations: {a: {model: lif_exp, size: 20}}
projections: {net: {from: a.spike, to: a.I_ex, connect: all_to_all, weights: )" +
                         weight + "}}\n",
                     resources)
            .network;
    };
    EXPECT_TRUE(same_structure(with("1 pA", 1), with("1 pA", 1)));
    EXPECT_FALSE(same_structure(with("1 pA", 1), with("2 pA", 1)));
    EXPECT_FALSE(same_structure(with("1 pA", 1), with("1 pA", 2)));
}

}  // namespace
}  // namespace neurodyn::experiment
