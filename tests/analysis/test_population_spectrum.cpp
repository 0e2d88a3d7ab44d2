// SPDX-License-Identifier: BSD-3-Clause
// Spectra of populations whose rhythm is known, and of independent trains.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "analysis/errors.hpp"
#include "analysis/population_spectrum.hpp"

namespace neurodyn::analysis {
namespace {

// Poisson trains of 20 Hz for 40 s, their rate modulated by 1 + depth cos(2 pi 30 Hz t), in steps of 0.1 ms.
Events poisson_trains(std::size_t nodes, double depth) {
    std::mt19937 generator(5);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    Events events{{}, {}, nodes, 0.0, 40.0, "spikes"};
    for (int step = 0; step < 400'000; ++step) {
        const double t = (step + 1) * 1e-4;
        const double rate = 20.0 * (1.0 + depth * std::cos(2.0 * std::numbers::pi * 30.0 * t));
        for (std::uint32_t node = 0; node < nodes; ++node)
            if (uniform(generator) < rate * 1e-4) {
                events.time_s.push_back(t);
                events.node.push_back(node);
            }
    }
    return events;
}

TEST(PopulationSpectrum, OfIndependentTrainsIsFlat) {
    const PopulationSpectrum s = population_spectrum(poisson_trains(20, 0.0));
    double mean = 0.0;
    for (std::size_t k = 1; k + 1 < s.power.size(); ++k)
        mean += s.power[k] / static_cast<double>(s.power.size() - 2);
    // White: 2 rate/nodes, here 2 Hz^2/Hz. Of 159 segments and 998 frequencies the largest is some 30 %
    // above.
    EXPECT_NEAR(mean, 2.0, 0.02);
    EXPECT_GT(s.peak_ratio, 1.0);
    EXPECT_LT(s.peak_ratio, 1.6);
}

TEST(PopulationSpectrum, FindsACommonRhythm) {
    // A modulation of depth d of the rate r has the power (r d)^2/2. Under a Hann window of T seconds a line
    // on a frequency of the grid has the density P/(1.5/T) at its peak.
    const PopulationSpectrum s = population_spectrum(poisson_trains(20, 0.5));
    EXPECT_DOUBLE_EQ(s.peak_frequency_hz, 30.0);
    EXPECT_NEAR(s.peak_ratio, (50.0 / 3.0 + 2.0) / 2.0, 0.6);
    EXPECT_NE(population_spectrum(poisson_trains(20, 0.5), {0.0, 5e-4, 0.5, 50.0}).peak_frequency_hz, 30.0);
}

TEST(PopulationSpectrum, RefusesWhatDoesNotFit) {
    const Events events{{0.5}, {0}, 1, 0.0, 1.0, "spikes"};
    EXPECT_THROW(population_spectrum(events, {0.0, 0.5}), OptionError);        // two bins
    EXPECT_THROW(population_spectrum(events, {0.0, 1e-3, 2.0}), OptionError);  // segment longer than all
    EXPECT_THROW(population_spectrum(events, {0.0, 1e-3, 0.0, 600.0}), OptionError);
    const Events none{{}, {}, 1, 0.0, 1.0, "spikes"};
    EXPECT_TRUE(std::isnan(population_spectrum(none).peak_ratio));
}

}  // namespace
}  // namespace neurodyn::analysis
