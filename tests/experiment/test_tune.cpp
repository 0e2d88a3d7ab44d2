// SPDX-License-Identifier: BSD-3-Clause
// Tuning: known fixed points are found, rates are held with noise, and members are tuned as if they were
// alone.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "experiment/plan.hpp"
#include "experiment/run.hpp"
#include "experiment/tune.hpp"
#include "record/reader.hpp"

namespace neurodyn::experiment {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A ring of regions with feedback inhibition (Deco et al. 2014).
std::string ring(const std::string& set, const std::string& tune, const std::string& rest = "") {
    return "seed: 4\ntime: {dt: 0.5 ms, duration: 1 s, method: heun}\nvalues: {G: 0.5}\n"
           "populations: {cortex: {model: reduced_wong_wang_ei, size: 4, set: {" +
           set +
           "}, initial: {S_E: 0.16, S_I: 0.04}}}\n"
           "projections: {ring: {from: cortex.S_E, to: cortex.S_ext, pattern: all_to_all, weights: 0.5, "
           "delays: "
           "5 ms, set: {G: G}}}\n"
           "monitors: {bold: {of: cortex.S_E, through: balloon_windkessel, every: 10 ms}}\n"
           "tune: {" +
           tune + "}\n" + rest;
}

struct Loading {
    Document document;
    Experiment experiment;
    Resources resources{"."};
    Built built;
    explicit Loading(const std::string& text)
        : document(parse_document(text, "f.yaml")),
          experiment(read_experiment(document)),
          built(build(experiment, resources)) {}
};

engine::RunOptions options(int threads = 1) {
    engine::RunOptions o;
    o.threads = threads;
    o.kernel.backend = compile::Backend::interpreter;
    return o;
}

Tuned tune_one(const Loading& loaded, int threads = 1) {
    return tune({loaded.built.network, {loaded.built.tuning}, loaded.built.observers, options(threads)})
        .front();
}

TEST(Tune, FindsTheInhibitionThatBalancesTheNetwork) {
    // Without noise the isolated region with J = 1 nA rests at S_E = .164757, S_I = .0392184, r_E = 3.077322
    // Hz (root of the model's equations by scipy.optimize). With the long-range input J_N G w S_E, w the sum
    // of the weights, the same state needs J = 1 nA + J_N G w S_E/S_I = 1 nA (1 + .15 .164757/.0392184 G w).
    const Loading loaded(ring(
        "sigma: 0 ms^(-1/2), J_i: 1.2 nA",
        "adjust: {cortex.J_i: {mean: cortex.r_E, target: 3.077322 Hz, within: 0.0001 Hz}}, discard: 3 s, "
        "duration: 100 ms, trials: 15"));
    const Tuned tuned = tune_one(loaded);
    EXPECT_TRUE(tuned.reached()) << describe(tuned, loaded.built.tuning, loaded.built.network);
    const double expected = 1e-9 * (1.0 + 0.15 * 0.164757 / 0.0392184 * 0.5 * 4 * 0.5);
    for (const double j : tuned.goals[0].value) EXPECT_NEAR(j, expected, 1e-4 * expected);
}

TEST(TuneSlow, HoldsTheRateOfEveryNodeWithNoise) {
    const std::string tuning =
        "adjust: {cortex.J_i: {mean: cortex.r_E, target: 3 Hz, within: 0.1 Hz}}, discard: 1 s, duration: 40 "
        "s";
    const Loading loaded(ring("J_i: [0.8 nA, 1 nA, 1.2 nA, 1.5 nA]", tuning));
    const Tuned tuned = tune_one(loaded);
    ASSERT_TRUE(tuned.reached()) << describe(tuned, loaded.built.tuning, loaded.built.network);
    for (const double rate : tuned.goals[0].mean) EXPECT_NEAR(rate, 3.0, 0.1);
    // A run of its own, with other noise, has these rates up to its sampling error.
    TuningRun again{loaded.built.network, {loaded.built.tuning}, loaded.built.observers, options()};
    network::Network network = trial_network(again);
    apply_tuning(loaded.built.tuning, {tuned}, network);
    network.seeds = {77};
    engine::RunOptions o = options();
    o.discard_s = 1.0;
    o.duration_s = 120.0;
    network.monitors[0].every_s = 120.0;
    engine::MemorySink sink;
    engine::Simulation(network, o).run(sink);
    for (const double rate : sink.series[0].values) EXPECT_NEAR(rate, 3.0, 0.5);
}

const std::string quick =
    "adjust: {cortex.J_i: {mean: cortex.r_E, target: 3 Hz, within: 0.05 Hz}}, discard: 200 ms, duration: 2 s";

TEST(Tune, MembersAreTunedAsIfTheyWereAlone) {
    const std::string over = "sweep: {over: {G: [0.2, 0.6, 0.4]}}\n";
    const Loading loaded(ring("J_i: 1 nA*(1 + G)", quick, over));
    Resources resources(".");
    const std::vector<SweepPoint> points = sweep_points(loaded.experiment.sweep);
    const std::vector<Batch> batches =
        plan_sweep(loaded.document, loaded.experiment, resources, {}, points, {0, 1, 2});
    ASSERT_EQ(batches.size(), 1u);
    const std::vector<Tuned> members =
        tune({batches[0].built.network, batches[0].tunings, batches[0].built.observers, options()});
    for (std::size_t m = 0; m < 3; ++m) {
        Document document = loaded.document;
        set_value(document, "G", loaded.experiment.sweep.axes[0].values[m]);
        const Experiment experiment = read_experiment(document);
        const Built built = build(experiment, resources);
        const Tuned alone = tune({built.network, {built.tuning}, built.observers, options()}).front();
        EXPECT_EQ(members[m].trials, alone.trials);
        EXPECT_EQ(members[m].goals[0].value, alone.goals[0].value);
        EXPECT_EQ(members[m].goals[0].mean, alone.goals[0].mean);
    }
}

TEST(Tune, ThreadsAndObserversChangeNoBit) {
    const Loading loaded(ring("J_i: 1 nA", quick));
    const Tuned one = tune_one(loaded), three = tune_one(loaded, 3);
    EXPECT_EQ(one.goals[0].value, three.goals[0].value);
    ASSERT_EQ(loaded.built.observers.size(), 1u);
    const Tuned with_observer = tune({loaded.built.network, {loaded.built.tuning}, {}, options()}).front();
    EXPECT_EQ(one.goals[0].value, with_observer.goals[0].value);
}

TEST(Tune, AdjustsOneParameterOfEachPopulationTogether) {
    const Loading loaded(
        "time: {dt: 1 ms, duration: 10 ms, method: heun}\n"
        "populations:\n"
        "  A: {model: reduced_wong_wang, size: 3, set: {sigma: 0 s^(-1/2), w: 0.5}}\n"
        "  B: {model: reduced_wong_wang_ei, size: 2, set: {sigma: 0 s^(-1/2)}}\n"
        "projections:\n"
        "  forth: {from: A.S, to: B.S_ext, weights: 0.1, pattern: all_to_all}\n"
        "  back: {from: B.S_E, to: A.S_ext, weights: 0.05, pattern: all_to_all}\n"
        "tune: {discard: 4 s, duration: 10 ms, trials: 30, adjust: {\n"
        "  A.I_0: {mean: A.rate, target: [2 Hz, 3 Hz, 4 Hz], within: 0.1 %, step: 0.001 nA},\n"
        "  B.J_i: {mean: 2*B.r_E, target: 6 Hz, within: 0.002 Hz}}}\n");
    const Tuned tuned = tune_one(loaded);
    ASSERT_TRUE(tuned.reached()) << describe(tuned, loaded.built.tuning, loaded.built.network);
    EXPECT_NEAR(tuned.goals[0].mean[2], 4.0, 0.004);
    EXPECT_NEAR(tuned.goals[1].mean[1], 6.0, 0.002);
}

const std::string square =
    "time: {dt: 1 ms, duration: 20 ms, method: euler}\n"
    "populations: {x: {equations: 'dv/dt = (p**2 - v)/(1*ms) : 1', size: 3, set: {p: 2}}}\n"
    "monitors: {v: {of: x.v, every: 1 ms}}\nanalyses: {s: {summary_statistics: v}}\n";

TEST(Tune, ZeroStartsNeedAStep) {
    Loading loaded(square + "tune: {adjust: {x.p: {mean: x.v, target: 9, within: 0.01}}, duration: 10 ms}\n");
    loaded.built.network.populations[0].parameters["p"] = network::Values({0.0, 1.0, 2.0}, 3, 1);
    try {
        tune_one(loaded);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("x.p of node 0 starts at 0"));
    }
}

class TunedRun : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / fmt::format("neurodyn-tune-{}", getpid());
        fs::create_directories(folder_);
        settings_.output = (folder_ / "out.h5").string();
        settings_.backend = compile::Backend::interpreter;
    }
    void TearDown() override { fs::remove_all(folder_); }
    Outcome run(const std::string& text) const {
        std::ofstream(folder_ / "f.yaml") << text;
        return run_experiment((folder_ / "f.yaml").string(), settings_);
    }
    fs::path folder_;
    RunSettings settings_;
};

TEST_F(TunedRun, TheRunUsesTheValuesAndTheFileHasThem) {
    const Outcome outcome =
        run(square +
            "tune: {adjust: {x.p: {mean: x.v, target: [4, 9, 2], within: 0.001}}, discard: 30 ms, "
            "duration: 10 ms}\n");
    ASSERT_TRUE(outcome.tuned && outcome.tuned->reached()) << outcome.tuning;
    EXPECT_THAT(outcome.tuning, HasSubstr("within 0.001"));
    const record::Reader reader(*settings_.output);
    const std::vector<double> v = reader.values("v");  // 20 samples of 3 nodes
    EXPECT_NEAR(v[58], 9.0, 0.001);
    EXPECT_NEAR(v[59], 2.0, 0.001);
    const auto found = [&](const std::string& name) {
        for (const record::Array& array : reader.arrays("tuning/x_p"))
            if (array.name == name) return array.values;
        return std::vector<double>{};
    };
    ASSERT_EQ(found("value").size(), 3u);
    EXPECT_NEAR(found("value")[1], 3.0, 0.001);
    EXPECT_EQ(found("target"), (std::vector<double>{4, 9, 2}));
    EXPECT_EQ(reader.arrays("tuning/x_p").size(), 4u);
}

TEST_F(TunedRun, ATargetThatIsNotReachedNamesTheWorstNode) {
    const std::string bad =
        square +
        "tune: {adjust: {x.p: {mean: x.v, target: [4, 9, -1], within: 0.01}}, discard: 30 ms, duration: "
        "10 ms, trials: 12";
    const Outcome stopped = run(bad + "}\n");
    EXPECT_FALSE(stopped.ran);
    EXPECT_THAT(stopped.failure, HasSubstr("x.v of node 2 is "));
    EXPECT_THAT(stopped.failure, HasSubstr("after 12 trials; the target is -1 within 0.01"));
    const Outcome warned = run(bad + ", otherwise: warn}\n");
    EXPECT_TRUE(warned.ran);
    EXPECT_EQ(warned.failure, "");
    ASSERT_EQ(warned.notes.size(), 1u);
    EXPECT_THAT(warned.notes[0], HasSubstr("x.v of node 2"));
}

TEST_F(TunedRun, PointsOfASweepThatCannotBeTunedAreLeftOut) {
    const Outcome outcome =
        run(square +
            "values: {aim: 4}\ntune: {adjust: {x.p: {mean: x.v, target: aim, within: 0.01}}, discard: 30 ms, "
            "duration: "
            "10 ms, trials: 12}\nsweep: {over: {aim: [9, -1, 4]}, choose: {minimise: s.overall_mean}}\n");
    ASSERT_EQ(outcome.sweep.failures.size(), 1u);
    EXPECT_THAT(outcome.sweep.failures[0], HasSubstr("aim = -1: x.v of node"));
    ASSERT_TRUE(outcome.sweep.best.has_value());
    EXPECT_EQ(*outcome.sweep.best, 2u);  // the final run takes the point's values without new trials
    EXPECT_EQ(outcome.tuned->goals[0].value, outcome.sweep.tuned.at(2).goals[0].value);
    const record::Reader reader(*settings_.output);
    EXPECT_NEAR(reader.values("v").back(), 4.0, 0.01);
}

TEST_F(TunedRun, AMemberThatBecomesNonFiniteLeavesTheOthersAlone) {
    // dv/dt = (v^2 - v + p)/ms explodes from v = 5 and comes to rest from v = 0.1, near 0.11.
    const std::string text =
        "time: {dt: 1 ms, duration: 20 ms, method: euler}\nvalues: {start: 0.1}\n"
        "populations: {x: {equations: 'dv/dt = (v**2 - v + p)/(1*ms) : 1', set: {p: 0.08}, initial: {v: "
        "start}}}\n"
        "monitors: {v: {of: x.v, every: 1 ms}}\nanalyses: {s: {summary_statistics: v}}\n"
        "tune: {adjust: {x.p: {mean: x.v, target: 0.11, within: 0.001}}, discard: 100 ms, duration: 10 ms}\n"
        "sweep: {over: {start: [0.1, 5]}}\n";
    const Outcome outcome = run(text);
    ASSERT_EQ(outcome.sweep.failures.size(), 1u);
    EXPECT_THAT(outcome.sweep.failures[0], HasSubstr("start = 5: "));
    EXPECT_TRUE(outcome.sweep.tuned.at(0).reached());
    EXPECT_FALSE(outcome.sweep.tuned.at(1).reached());
}

}  // namespace
}  // namespace neurodyn::experiment
