// SPDX-License-Identifier: BSD-3-Clause
// What the report shows of events: few enough, chosen by neuron, whatever the pieces in which they come.
#include <gtest/gtest.h>

#include "experiment/collect.hpp"

namespace neurodyn::experiment {
namespace {

struct Spikes {
    std::vector<double> time_s;
    std::vector<std::uint32_t> node;
};

// Every node fires once in every step of 1 ms.
Spikes all_fire(std::uint32_t nodes, std::size_t steps) {
    Spikes spikes;
    for (std::size_t s = 1; s <= steps; ++s)
        for (std::uint32_t n = 0; n < nodes; ++n) {
            spikes.time_s.push_back(1e-3 * static_cast<double>(s));
            spikes.node.push_back(n);
        }
    return spikes;
}

EventPreview collected(const Spikes& spikes, std::uint32_t nodes, double last_s, std::size_t piece) {
    Built built;
    built.events["spikes"] = {"spikes", false};
    Collector collector(built, {nullptr, {}, true});
    const std::size_t handle =
        collector.open_events({"spikes", "cells", "spike", nodes, 1, 0.0, last_s, 1e-3});
    for (std::size_t k = 0; k < spikes.time_s.size(); k += piece) {
        const std::size_t n = std::min(piece, spikes.time_s.size() - k);
        collector.append_events(handle, 0, std::span(spikes.time_s).subspan(k, n),
                                std::span(spikes.node).subspan(k, n));
    }
    return collector.event_previews().front();
}

TEST(EventPreviews, ThinByNeuronAndKeepEveryEventOfThose) {
    const Spikes spikes = all_fire(3000, 100);
    const EventPreview p = collected(spikes, 3000, 0.1, 100000);
    // 2000 of 3000 nodes have 200,000 events; after four halvings 125 have 12,500.
    ASSERT_EQ(p.nodes.size(), 125u);
    EXPECT_EQ(p.nodes[1], 24u);
    EXPECT_EQ(p.row.size(), 12500u);
    EXPECT_EQ(p.row[124], 124u);
    EXPECT_DOUBLE_EQ(p.time_s.back(), 0.1);
    // All events count in the rate: bins of one step, 3000 in each.
    ASSERT_EQ(p.counts.size(), 100u);
    for (const double c : p.counts) EXPECT_EQ(c, 3000.0);
    const EventPreview other = collected(spikes, 3000, 0.1, 777);
    EXPECT_EQ(other.nodes, p.nodes);
    EXPECT_EQ(other.row, p.row);
    EXPECT_EQ(other.time_s, p.time_s);
}

TEST(EventPreviews, ShowAllOfSmallPopulations) {
    const EventPreview p = collected(all_fire(4, 1000), 4, 1.0, 50);
    EXPECT_EQ(p.nodes, (std::vector<std::uint32_t>{0, 1, 2, 3}));
    EXPECT_EQ(p.row.size(), 4000u);
    EXPECT_DOUBLE_EQ(p.bin_s, 3e-3);  // 1000 steps in at most 400 bins
    EXPECT_EQ(p.counts.size(), 333u);
    for (const double c : p.counts) EXPECT_EQ(c, 12.0);
}

}  // namespace
}  // namespace neurodyn::experiment
