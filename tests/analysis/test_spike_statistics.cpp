// SPDX-License-Identifier: BSD-3-Clause
// Rates, regularity and synchrony against numbers worked out by hand and laws of renewal processes.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analysis/errors.hpp"
#include "analysis/spike_statistics.hpp"

namespace neurodyn::analysis {
namespace {

TEST(SpikeStatistics, OfAFewEvents) {
    // Intervals of node 0: 1, 1, 2 s (mean 4/3, sample variance 1/3); node 1 has one event, node 2 none.
    const Events events{{1, 2, 2.5, 3, 5}, {0, 0, 1, 0, 0}, 3, 0, 8, "spikes"};
    const SpikeStatistics s = spike_statistics(events, 0.0, 2.0);
    EXPECT_DOUBLE_EQ(s.rate_hz[0], 0.5);
    EXPECT_DOUBLE_EQ(s.rate_hz[1], 0.125);
    EXPECT_DOUBLE_EQ(s.mean_rate_hz, 0.625 / 3);
    EXPECT_NEAR(s.isi_cv[0], std::sqrt(1.0 / 3.0) / (4.0 / 3.0), 1e-12);
    EXPECT_TRUE(std::isnan(s.isi_cv[1]));
    EXPECT_NEAR(s.mean_isi_cv, s.isi_cv[0], 1e-15);
    EXPECT_NEAR(s.active_share, 2.0 / 3.0, 1e-15);
    // Bins (0,2], (2,4], (4,6], (6,8] hold 2, 2, 1, 0: mean 1.25, variance 11/12.
    EXPECT_NEAR(s.synchrony, 11.0 / 12.0 / 1.25, 1e-12);
    // Node 0 alone: 2, 1, 1, 0; mean 1, variance 2/3.
    EXPECT_NEAR(spike_statistics(events, 0.0, 2.0, 1.0).synchrony, 2.0 / 3.0, 1e-12);
}

TEST(SpikeStatistics, PoissonTrainsHaveCvAndDispersionOne) {
    std::mt19937 generator(3);
    std::exponential_distribution<double> interval(20.0);
    std::vector<std::pair<double, std::uint32_t>> all;
    for (std::uint32_t node = 0; node < 200; ++node)
        for (double t = interval(generator); t <= 50.0; t += interval(generator)) all.emplace_back(t, node);
    std::sort(all.begin(), all.end());
    Events events{{}, {}, 200, 0, 50, "spikes"};
    for (const auto& [t, node] : all) events.time_s.push_back(t), events.node.push_back(node);
    const SpikeStatistics s = spike_statistics(events, 0.0, 3e-3);
    EXPECT_NEAR(s.mean_rate_hz, 20.0, 5 * std::sqrt(20.0 / 50.0 / 200.0));
    EXPECT_NEAR(s.mean_isi_cv, 1.0, 0.01);
    EXPECT_NEAR(s.synchrony, 1.0, 5 * std::sqrt(2.0 / (50.0 / 3e-3)));
}

TEST(SpikeStatistics, RefusesEmptyTimesAndBins) {
    const Events events{{1}, {0}, 1, 0, 8, "spikes"};
    EXPECT_THROW(spike_statistics(events, 8.0, 0.1), OptionError);
    EXPECT_THROW(spike_statistics(events, -1.0, 0.1), OptionError);
    EXPECT_THROW(spike_statistics(events, 0.0, 9.0), OptionError);
    EXPECT_THROW(spike_statistics(events, 0.0, 0.0), OptionError);
}

}  // namespace
}  // namespace neurodyn::analysis
