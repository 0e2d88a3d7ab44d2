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

}  // namespace
}  // namespace neurodyn::experiment
