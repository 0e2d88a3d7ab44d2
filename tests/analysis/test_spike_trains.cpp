// SPDX-License-Identifier: BSD-3-Clause
// Measures of spike trains against other programs: PySpike 0.9.0 (distances), Elephant and the authors' own C
// (tiling coefficient), numpy (correlation, Fano factor).
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analysis/errors.hpp"
#include "analysis/fano_factor.hpp"
#include "analysis/isi_distance.hpp"
#include "analysis/spike_distance.hpp"
#include "analysis/spike_synchronization.hpp"
#include "analysis/spike_train_correlation.hpp"
#include "analysis/sttc.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using Train = std::vector<double>;

Events to_events(const std::vector<Train>& trains, double stop_s) {
    std::vector<std::pair<double, std::uint32_t>> all;
    for (std::uint32_t node = 0; node < trains.size(); ++node)
        for (const double t : trains[node]) all.emplace_back(t, node);
    std::sort(all.begin(), all.end());
    Events events{{}, {}, trains.size(), 0.0, stop_s, "spikes"};
    for (const auto& [t, node] : all) events.time_s.push_back(t), events.node.push_back(node);
    return events;
}

TEST(SpikeDistances, AreThoseOfPySpike) {
    struct Case {
        Train a, b;
        double isi, spike;
    };
    for (const Case& c :
         {Case{{.2, .4, .6, .7}, {.3, .45, .8, .9, .95}, 0.4375, 0.397286355644331},
          Case{{.1, .35, .5, .9}, {.2, .25, .6}, 0.20678571428571424, 0.34222222222222215},
          Case{{.5}, {.1, .9}, 0.375, 0.43786982248520706}, Case{{.25, .5, .75}, {.25, .5, .75}, 0.0, 0.0}}) {
        EXPECT_NEAR(isi_distance(c.a, c.b, 0, 1), c.isi, 1e-14);
        EXPECT_NEAR(isi_distance(c.b, c.a, 0, 1), c.isi, 1e-14);
        EXPECT_NEAR(spike_distance(c.a, c.b, 0, 1), c.spike, 1e-14);
        EXPECT_NEAR(spike_distance(c.b, c.a, 0, 1), c.spike, 1e-14);
    }
}

TEST(SpikeSynchronization, IsThatOfPySpike) {
    const Train a{.2, .4, .6, .7}, b{.3, .45, .8, .9, .95}, c{.05, .21, .41, .44, .72, .9};
    EXPECT_NEAR(spike_synchronization(a, b, 0, 1), 2.0 / 9.0, 1e-14);
    EXPECT_NEAR(spike_synchronization(a, c, 0, 1), 0.6, 1e-14);
    EXPECT_NEAR(spike_synchronization(b, c, 0, 1), 0.36363636363636365, 1e-14);
    EXPECT_NEAR(spike_synchronization(c, b, 0, 1), 0.36363636363636365, 1e-14);
    EXPECT_EQ(spike_synchronization(a, a, 0, 1), 1.0);
    EXPECT_EQ(spike_synchronization(a, {}, 0, 1), 0.0);
    EXPECT_TRUE(std::isnan(spike_synchronization({}, {}, 0, 1)));
}

// Events .05 s apart are no partners where .03 s is the limit; without one they are.
TEST(SpikeSynchronization, OfPopulationsWithALimit) {
    Inputs inputs;
    inputs.emplace("events", to_events({{.2, .4, .6, .7}, {}, {.3, .45, .8, .9, .95}}, 1));
    const Analysis& row = find_analysis("spike_synchronization");
    const Matrix m = run(row, inputs).matrix();
    EXPECT_NEAR(m(0, 2), 2.0 / 9.0, 1e-14);
    EXPECT_EQ(m(0, 1), 0.0);
    EXPECT_EQ(run(row, inputs, {{"closest", 0.03}}).matrix()(2, 0), 0.0);
}

// Trains that share a third of their events within a millisecond, and trains that share nothing: of 20 such
// pairs about one may be found at the level of 5 %.
TEST(SpikeSynchronization, DitheredEventsTellChance) {
    const auto p_of = [](bool shared, std::uint64_t seed) {
        std::mt19937_64 draw(seed);
        std::uniform_real_distribution<double> time(0.0, 10.0), jitter(-0.001, 0.001);
        std::vector<Train> trains(2);
        for (int k = 0; k < 30; ++k) {
            const double t = time(draw);
            for (Train& train : trains) {
                if (shared) train.push_back(std::clamp(t + jitter(draw), 0.001, 9.999));
                for (int own = 0; own < (shared ? 2 : 3); ++own) train.push_back(time(draw) + 1e-9);
            }
        }
        Inputs inputs;
        inputs.emplace("events", to_events(trains, 10.1));
        return run(find_analysis("spike_synchronization"), inputs,
                   {{"closest", 0.005}, {"dither", 0.05}, {"surrogate_count", 99.0}})
            .scalar("p");
    };
    int alarms = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        EXPECT_DOUBLE_EQ(p_of(true, seed), 0.01);
        alarms += p_of(false, seed) <= 0.05 ? 1 : 0;
    }
    EXPECT_LE(alarms, 3);
}

TEST(SpikeDistances, OfPopulationsLeaveSilentNodesOut) {
    Inputs inputs;
    inputs.emplace("events", to_events({{.2, .4, .6, .7}, {}, {.3, .45, .8, .9, .95}}, 1));
    const Result r = run(find_analysis("isi_distance"), inputs);
    EXPECT_NEAR(r.scalar("mean"), 0.4375, 1e-14);
    const Matrix m = r.matrix();
    EXPECT_TRUE(std::isnan(m(0, 1)));
    EXPECT_NEAR(m(2, 0), 0.4375, 1e-14);
    EXPECT_EQ(m(1, 1), 0.0);
}

TEST(Sttc, IsThatOfTheAuthors) {
    // The example of Elephant's documentation; the C code of Cutts & Eglen gives the same.
    const Train a = {1.3, 7.56, 15.87, 28.23, 30.9, 34.2, 38.2, 43.2},
                b = {1.02, 2.71, 18.82, 28.46, 28.79, 43.6};
    EXPECT_NEAR(sttc(a, b, 5, 0, 50), 0.4958601655933762, 1e-14);
    EXPECT_NEAR(sttc(b, a, 5, 0, 50), 0.4958601655933762, 1e-14);
    EXPECT_EQ(sttc(a, b, 5000, 0, 50), 1.0);  // everything coincides
    EXPECT_EQ(sttc(a, a, 0.1, 0, 50), 1.0);
    EXPECT_LT(sttc(Train{1}, Train{5}, 0.1, 0, 10), 0.0);
    EXPECT_TRUE(std::isnan(sttc(a, {}, 5, 0, 50)));
}

TEST(Sttc, CountsWholeStepsAtTheEdgeAsCoincident) {
    // 0.1 + 0.2 > 0.3 in floating point.
    EXPECT_GT(sttc(Train{0.1}, Train{0.1 + 0.2}, 0.2, 0, 10), 0.5);
}

const Train binned_a = {.05, .12, .13, .31, .52, .55, .91}, binned_b = {.02, .14, .33, .34, .58, .77};

TEST(SpikeTrainCorrelation, IsThatOfBinnedCounts) {
    // numpy.corrcoef of numpy.histogram(_, 10, (0, 1)) of both.
    const Events events = to_events({binned_a, binned_b, {}}, 1);
    const std::vector<double> r = spike_train_correlations(events, {0, 1, 2}, 0.1);
    ASSERT_EQ(r.size(), 3u);
    EXPECT_NEAR(r[0], 0.5404640055375279, 1e-14);
    EXPECT_TRUE(std::isnan(r[1]));
    EXPECT_TRUE(std::isnan(r[2]));
    EXPECT_THROW(spike_train_correlations(events, {0, 1}, 0.5), OptionError);
}

TEST(FanoFactor, IsVarianceOverMean) {
    // numpy: counts.var(ddof=1)/counts.mean() of the same histograms.
    const std::vector<double> f = fano_factors(to_events({binned_a, binned_b, {}}, 1), 0.1);
    EXPECT_NEAR(f[0], 0.9682539682539684, 1e-14);
    EXPECT_NEAR(f[1], 0.8148148148148149, 1e-14);
    EXPECT_TRUE(std::isnan(f[2]));
}

TEST(FanoFactor, OfGammaIntervalsIsTheirSquaredCv) {
    // A renewal process has F = CV^2 in long windows (Cox 1962), 1/4 for gamma intervals of shape 4.
    std::mt19937 generator(5);
    std::gamma_distribution<double> interval(4.0, 0.01 / 4.0);
    std::vector<Train> trains(100);
    for (Train& train : trains)
        for (double t = interval(generator); t <= 100.0; t += interval(generator)) train.push_back(t);
    const std::vector<double> f = fano_factors(to_events(trains, 100), 2.0);
    double mean = 0;
    for (const double x : f) mean += x / 100;
    EXPECT_NEAR(mean, 0.25, 5 * 0.25 * std::sqrt(2.0 / 49 / 100));
}

TEST(SpikeTrains, RefuseWhatLeavesNothing) {
    const Events events = to_events({{.5}, {.6}}, 1);
    EXPECT_THROW(fano_factors(events, 0.6), OptionError);
    EXPECT_THROW(fano_factors(events, 0.1, 1.0), OptionError);
    Inputs one;
    one.emplace("events", to_events({{.5}}, 1));
    EXPECT_THROW(run(find_analysis("sttc"), one), DataError);
    Inputs two;
    two.emplace("events", events);
    EXPECT_THROW(run(find_analysis("sttc"), two, {{"nodes", 1.0}}), OptionError);
}

}  // namespace
}  // namespace neurodyn::analysis
