// SPDX-License-Identifier: BSD-3-Clause
// Experiments that infer without a network: read, run, held against expectations, and what is wrong named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "experiment/run.hpp"
#include "record/reader.hpp"

namespace neurodyn::experiment {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class InferenceSections : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("neurodyn_inference_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return (folder_ / name).string();
    }
    Outcome run(const std::string& text, int threads = 1) const {
        RunSettings settings;
        settings.output = (folder_ / "result.h5").string();
        settings.threads = threads;
        return run_experiment(write("f.yaml", text), settings);
    }
    std::string errors(const std::string& text) const {
        try {
            check_experiment(write("f.yaml", text), {});
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    // An array of the entry 'n'; nothing when there is none.
    static std::vector<double> values(const record::Reader& reader, const std::string& name) {
        for (const record::Array& a : reader.arrays("inference/n"))
            if (a.name == name) return a.values;
        return {};
    }

    fs::path folder_;
};

// The inputs, parameters and numbers of BinaryAsPyhgf in tests/inference: pyhgf 0.2.12.
const std::string as_pyhgf =
    "level_2: {tonic_volatility: -2.5, volatility_coupling: 0.8, mean: 0.1, precision: 1.5}, "
    "level_3: {tonic_volatility: -4, mean: 0.5, precision: 1.2}}\n";
const std::string outcomes =
    "1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, "
    "0, 0, 0, 0, 0, 0";

TEST_F(InferenceSections, FilterAsPyhgf) {
    std::string column = outcomes;
    for (char& c : column)
        if (c == ',') c = '\n';
    write("u.csv", column);
    const Outcome outcome =
        run("filters:\n  a: {inputs: [" + outcomes + "], " + as_pyhgf +
            "  b: {update: enhanced, inputs: u.csv, " + as_pyhgf +
            "expect:\n  - {that: a.total_surprise, equals: 25.9043111980286, within: 1e-11}\n"
            "  - {that: b.total_surprise, equals: 25.905306324029983, within: 1e-11}\n"
            "  - {that: \"a.level_3_mean[39]\", equals: 0.46668341476767206, within: 1e-11}\n");
    for (const ExpectationOutcome& e : outcome.expectations)
        EXPECT_TRUE(e.passed) << e.that << " " << e.found;
    const record::Reader reader((folder_ / "result.h5").string());
    EXPECT_THAT(reader.groups("inference"), testing::ElementsAre("a", "b"));
}

TEST_F(InferenceSections, SetsAreRunSideBySide) {
    const std::string inputs = "inputs: {probability: [0.9, 0.2], trials: [30, 30], seed: 3}, ";
    const Outcome many = run("filters: {a: {" + inputs + "level_2: {tonic_volatility: [-4, -2]}}}\n", 2);
    for (std::size_t s = 0; s < 2; ++s) {
        const Outcome one = run("filters: {a: {" + inputs +
                                "level_2: {tonic_volatility: " + (s == 0 ? "-4" : "-2") + "}}}\n");
        EXPECT_EQ(find_scalar(many.results, "a.total_surprise[" + std::to_string(s) + "]")->value,
                  find_scalar(one.results, "a.total_surprise")->value);
    }
}

TEST_F(InferenceSections, WrongFiltersAreNamed) {
    EXPECT_THAT(errors("filters: {a: {input: binry, inputs: [1], level_2: {mean: 0}}}\n"),
                HasSubstr("'input' of filter 'a' must be binary or continuous, not 'binry'"));
    EXPECT_THAT(errors("filters: {a: {inputs: [1], level_3: {mean: 0}}}\n"),
                HasSubstr("filter 'a' has level_3 but no level_2"));
    EXPECT_THAT(errors("filters: {a: {inputs: [1, 0.5], level_2: {mean: 0}}}\n"),
                HasSubstr("input 1 is 0.5; a binary filter takes 0, 1 and nan"));
    EXPECT_THAT(errors("filters: {a: {inputs: none.csv, level_2: {mean: 0}}}\n"),
                HasSubstr("none.csv: no such file"));
    EXPECT_THAT(errors("filters: {a: {inputs: [1], level_2: {precision: 0}}}\n"),
                HasSubstr("precision of level 2 is 0 in set 0: it must be above 0"));
    EXPECT_THAT(
        errors("filters: {a: {inputs: [1], level_2: {mean: 0}}}\nexpect: [{that: a.surprize, above: 0}]\n"),
        HasSubstr("filter 'a' gives no 'surprize'"));
    EXPECT_THAT(errors("filters: {a: {inputs: [1], level_2: {mean: 0}}}\nmonitors: {m: x.v}\n"),
                HasSubstr("the experiment has no populations"));
    EXPECT_THAT(errors("filters: {a: {inputs: [1], level_2: {mean: 0}}}\n"
                       "analyses: {a: {compare_matrices: a.level_2_mean, compare: a.level_2_mean}}\n"),
                HasSubstr("analysis 'a' has the name of filter 'a'"));
}

// x = 1, y = 1 clamped, h free, weights as they are drawn: learning with an output of large variance is
// backpropagation up to terms that fall as 1/variance; with fixed predictions it is exact (Millidge et al.
// 2022).
const std::string small_network =
    "layers: {x: {units: 2}, h: {units: 3, activation: tanh}, y: {units: 2, variance: 1e4}}, "
    "train: {x: {values: [[1, -0.5], [0.3, 0.2], [0, 1]]}, y: {values: [1, 0, 1], classes: 2}}, "
    "test: {x: {values: [[1, -0.5], [0.3, 0.2], [0, 1]]}, y: {values: [1, 0, 1], classes: 2}}, target: y, "
    "inference: {steps: 400, rate: 0.1}, ";

TEST_F(InferenceSections, PredictiveNetworkLearnsAndComesBack) {
    const std::string learning = "learning: {epochs: 300, batch: 3, optimiser: adam, rate: 0.02}, ";
    const std::string text =
        "seed: 2\npredictive_networks: {n: {" + small_network + learning + "check_gradient: true}}\n";
    run(text);
    fs::rename(folder_ / "result.h5", folder_ / "trained.h5");
    const record::Reader trained((folder_ / "trained.h5").string());
    run("predictive_networks: {n: {" + small_network + "start_from: trained.h5:n}}\n");
    const record::Reader again((folder_ / "result.h5").string());
    EXPECT_LT(values(trained, "backpropagation_error").at(0), 1e-3);
    EXPECT_EQ(values(trained, "accuracy"), std::vector<double>{1.0});
    ASSERT_EQ(values(trained, "prediction").size(), 6u);
    EXPECT_EQ(values(again, "prediction"), values(trained, "prediction"));
    EXPECT_EQ(values(again, "weights_h_y"), values(trained, "weights_h_y"));
}

TEST_F(InferenceSections, PredictiveNetworkIsTheSameForAnyThreads) {
    const std::string text = "seed: 2\npredictive_networks: {n: {" + small_network +
                             "learning: {epochs: 3, batch: 2, rate: 0.05}}}\n";
    const auto weights = [&](int threads) {
        run(text, threads);
        return values(record::Reader((folder_ / "result.h5").string()), "weights_h_y");
    };
    EXPECT_EQ(weights(1).size(), 6u);
    EXPECT_EQ(weights(1), weights(2));
}

// A top layer that predicts what is seen is inferred in the test, and its learned variances come back.
TEST_F(InferenceSections, PredictiveNetworkInfersCauses) {
    const std::string network =
        "layers: {cause: {units: 1}, seen: {units: 2, learned_variance: full}}, "
        "test: {cause: {values: [1, 2]}, seen: {values: [[1, 0], [0, 1]]}}, target: cause, "
        "inference: {steps: 500, rate: 0.1}, ";
    run("seed: 2\npredictive_networks: {n: {" + network +
        "train: {seen: {values: [[1, 0], [0, 1], [1, 1]]}}, learning: {epochs: 5, variance_rate: 0.1}}}\n");
    fs::rename(folder_ / "result.h5", folder_ / "trained.h5");
    run("predictive_networks: {n: {" + network + "start_from: trained.h5:n}}\n");
    const record::Reader again((folder_ / "result.h5").string());
    const std::vector<double> s = values(again, "covariance_seen");
    ASSERT_EQ(s.size(), 4u);
    EXPECT_EQ(s, values(record::Reader((folder_ / "trained.h5").string()), "covariance_seen"));
    EXPECT_NEAR(s[1], s[2], 1e-15);
    EXPECT_NE(s[0], 1.0);
}

TEST_F(InferenceSections, WrongPredictiveNetworksAreNamed) {
    const auto with = [&](const std::string& more) {
        return errors("predictive_networks: {n: {layers: {a: {units: 2}, b: {units: 1}}, " + more + "}}\n");
    };
    EXPECT_THAT(with("target: c"), HasSubstr("predictive network 'n' has no layer 'c'"));
    EXPECT_THAT(with("projections: [[a, b], [b, a]]"), HasSubstr("predicts itself through other layers"));
    EXPECT_THAT(with("learning: {rate: 0.1}"), HasSubstr("learns, but has no 'train'"));
    EXPECT_THAT(with("learning: {rate: -1}, train: {a: {values: [[1, 2]]}}"),
                HasSubstr("'rate' of 'learning' of predictive network 'n' is -1: it must be above 0"));
    EXPECT_THAT(with("learning: {}, train: {a: {values: [[1, 2, 3]]}}"),
                HasSubstr("layer 'a' has 2 units, but its samples have 3 values"));
    EXPECT_THAT(with("learning: {}, train: {a: {values: [[1, 2], [3, 4]]}, b: {values: [1]}}"),
                HasSubstr("layer 'b' has 1 samples, layer 'a' 2"));
    EXPECT_THAT(with("train: {b: {values: [1, 2.5], classes: 3}}, learning: {}"),
                HasSubstr("the label of sample 1 is 2.5; 3 classes are 0 to 2"));
    EXPECT_THAT(with("train: {b: {file: none.npy}}, learning: {}"), HasSubstr("none.npy: no such file"));
    EXPECT_THAT(with("train: {b: {values: [1], rows: [0, 5]}}, learning: {}"),
                HasSubstr("row 4 and column 0 are asked for, but the data are 1 x 1"));
    EXPECT_THAT(with("start_from: old.h5:n"), HasSubstr("old.h5: no such file"));
    EXPECT_THAT(with("test: {a: {values: [[1, 2]]}}"), HasSubstr("samples of the layer that 'target' names"));
    EXPECT_THAT(errors("predictive_networks: {n: {layers: {a: {units: 2, activation: step}}}}\n"),
                HasSubstr("'activation' of layer 'a' must be linear or tanh or sigmoid or relu, not 'step'"));
}

// Too fast an inference diverges: told with the epoch, not recorded as numbers.
TEST_F(InferenceSections, DivergenceIsTold) {
    const Outcome outcome =
        run("predictive_networks: {n: {layers: {a: {units: 2}, h: {units: 2}, b: {units: 1}}, "
            "inference: {rate: 9, steps: 900}, learning: {epochs: 1}, "
            "train: {a: {values: [[1, 2]]}, b: {values: [1]}}}}\n");
    EXPECT_THAT(outcome.failed_analyses,
                testing::ElementsAre(
                    HasSubstr("not finite in epoch 0, at sample 0 of it: the rate of inference (9)")));
}

const std::string one_factor =
    "states: {room: [dark, bright]}, outcomes: {light: [off, on]}, actions: {room: [keep, switch]}, "
    "likelihood: {light: [[0.9, 0.2], [0.1, 0.8]]}, ";

// Bayes' rule by hand: .3 x .1 / (.3 x .1 + .7 x .8), F = -ln of the denominator.
TEST_F(InferenceSections, AgentsInferAndAct) {
    const std::string text =
        "seed: 1\nagents: {n: {" + one_factor +
        "transition: {room: {next: [[dark, bright], [bright, dark]]}}, agents: 50, trials: 3, "
        "initial: {room: [0.3, 0.7]}, preferences: {light: [0, 9]}, world: {initial: {room: [0, 1]}, "
        "likelihood: {light: [[1, 0], [0, 1]]}}, learning: {initial: 1}}}\n";
    run(text, 1);
    const record::Reader one((folder_ / "result.h5").string());
    const std::vector<double> belief = values(one, "belief_room");
    ASSERT_EQ(belief.size(), 50u * 3 * 2 * 2);
    EXPECT_NEAR(belief[0], 0.03 / 0.59, 1e-14);
    EXPECT_NEAR(values(one, "free_energy").at(0), -std::log(0.59), 1e-13);
    EXPECT_EQ(values(one, "first_action_room"), (std::vector<double>{1, 0}));
    EXPECT_EQ(values(one, "last_outcome_light"), (std::vector<double>{0, 1}));
    EXPECT_GT(values(one, "initial_room").at(1), 0.9);
    const std::vector<double> plans = values(one, "plan_probability");
    fs::rename(folder_ / "result.h5", folder_ / "one.h5");
    run(text, 2);
    EXPECT_EQ(values(record::Reader((folder_ / "result.h5").string()), "plan_probability"), plans);
}

TEST_F(InferenceSections, WrongAgentsAreNamed) {
    const auto with = [&](const std::string& more) {
        return errors("agents: {n: {" + one_factor + more + "}}\n");
    };
    EXPECT_EQ(with("trials: 2"), "");
    EXPECT_THAT(with("initial: {room: [0.5, 0.6]}"),
                HasSubstr("column 0 of table D[0] sums to 1.1, not to 1"));
    EXPECT_THAT(with("initial: {roam: [0.5, 0.5]}"),
                HasSubstr("there is no owner of a table in 'initial' 'roam'"));
    EXPECT_THAT(with("initial: {room: [0.5, 0.25, 0.25]}"),
                HasSubstr("'initial' of 'room' has a list of 3 where a list of 2 belongs"));
    EXPECT_THAT(with("transition: {room: {next: [[dark, brite], [bright, dark]]}}"),
                HasSubstr("'room' has no state 'brite'"));
    EXPECT_THAT(with("transition: {room: none.npy}"), HasSubstr("none.npy"));
    EXPECT_THAT(with("planning: {precision: 0}"),
                HasSubstr("'precision' of the agent is 0: it must be above 0"));
    EXPECT_THAT(with("planning: {policies: [[keep, swich]]}"), HasSubstr("'room' has no action 'swich'"));
    EXPECT_THAT(with("planning: {habit: [1]}"), HasSubstr("table E has 1 values, but there are 2 policies"));
    EXPECT_THAT(with("learning: {initial: -1}"), HasSubstr("it must not be negative"));
    EXPECT_THAT(with("planning: {horizon: 30}"), HasSubstr("make more than 1000000 policies"));
    EXPECT_THAT(errors("agents: {n: {states: {a: 2}, outcomes: {b: 2}}}\n"),
                HasSubstr("has no 'likelihood' of 'b'"));
    EXPECT_THAT(errors("agents: {n: {}}\n"), HasSubstr("needs 'states' and 'outcomes'"));
    // The world shows what the agent holds to be impossible: told when it happens.
    const Outcome outcome =
        run("agents: {n: {states: {a: 2}, outcomes: {b: 2}, likelihood: {b: [[1, 1], [0, 0]]}, "
            "world: {likelihood: {b: [[0.5, 0.5], [0.5, 0.5]]}}, agents: 100}}\n");
    EXPECT_THAT(outcome.failed_analyses, testing::ElementsAre(HasSubstr("outcomes (1) are impossible")));
}

}  // namespace
}  // namespace neurodyn::experiment
