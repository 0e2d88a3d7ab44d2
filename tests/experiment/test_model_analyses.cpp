// SPDX-License-Identifier: BSD-3-Clause
// Bifurcations and phase planes as analyses of an experiment: values, what they may be asked for, refusals.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "experiment/analyse.hpp"
#include "experiment/model_analyses.hpp"
#include "experiment/reader_sections.hpp"

namespace neurodyn::experiment {
namespace {

using ::testing::HasSubstr;

std::string cells(const std::string& analyses, const std::string& set = "I: 38 uA/cm^2") {
    return "time: {dt: 0.05 ms, duration: 1 ms, method: rk4}\n"
           "populations: {cells: {model: morris_lecar, size: 2, set: {g_Ca: 4 mS/cm^2, V_3: 12 mV, "
           "V_4: 17.4 mV, phi: 0.23/ms, " +
           set + "}}}\nmonitors: {v: {of: cells.v, every: 0.05 ms}}\nanalyses: {" + analyses + "}\n";
}

struct Loading {
    Document document;
    Experiment experiment;
    Resources resources{"."};
    Built built;
    explicit Loading(const std::string& text)
        : document(parse_document(text, "f.yaml")),
          experiment(read_experiment(document)),
          built(build(experiment, resources)) {
        check_analyses(experiment, built);
    }
};

AnalysisResults run(const std::string& text) {
    const Loading loaded(text);
    Collector nothing(loaded.built, {});
    std::vector<std::string> failures;
    const auto order = analysis_order(loaded.experiment, loaded.built, {});
    AnalysisResults results = run_analyses(order, loaded.experiment, loaded.built, nothing, 0, failures);
    EXPECT_TRUE(failures.empty()) << failures.front();
    return results;
}

std::string refusal(const std::string& text) {
    try {
        Loading{text};
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

// Where the slope of the steady current (folds) and the trace of the Jacobian (Hopf) are zero, by SciPy.
TEST(ModelAnalyses, BifurcationsHaveThePopulationsValues) {
    const AnalysisResults results =
        run(cells("currents: {bifurcation: cells, over: I, range: -20..60, cycles: false}"));
    const auto value = [&](const std::string& path) { return find_scalar(results, path).value(); };
    EXPECT_NEAR(value("currents.fold[0]").value, -9.9490393, 1e-6);
    EXPECT_NEAR(value("currents.fold[1]").value, 39.9631531, 1e-6);
    EXPECT_EQ(value("currents.fold[1]").unit, "uA/cm^2");
    EXPECT_NEAR(value("currents.hopf[0]").value, 36.3162175, 1e-6);
    EXPECT_NEAR(value("currents.hopf_frequency[0]").value, 0.3788608 / (2 * M_PI) * 1e3, 1e-4);
    EXPECT_NEAR(value("currents.distance").value, 38.0 - 36.3162175, 1e-6);
    ASSERT_TRUE(results[0].picture);
}

TEST(ModelAnalyses, PlanesAndCurves) {
    const AnalysisResults results =
        run(cells("plane: {phase_plane: cells, x: v, y: w, box: 'v = -70..50, w = -0.1..0.7'},"
                  "curves: {bifurcation_curves: cells, over: I, range: -20..60, and: phi, "
                  "and_range: 5..450}"));
    EXPECT_EQ(find_scalar(results, "plane.count")->value, 3.0);
    EXPECT_EQ(find_scalar(results, "plane.stable[0]")->value, 1.0);
    EXPECT_EQ(find_scalar(results, "plane.stable[1]")->value, 0.0);
    EXPECT_EQ(find_scalar(results, "plane.x[0]")->unit, "mV");
    // The speed phi moves no fixed point: folds stay where they are, and there are double zeros where the
    // trace is zero at their potentials, by SciPy.
    const double corners[2][2] = {{-9.9490393, 390.96196}, {39.9631531, 11.81037}};
    for (std::size_t k = 0; k < 2; ++k) {
        const std::string index = fmt::format("[{}]", k);
        EXPECT_NEAR(find_scalar(results, "curves.bogdanov_takens" + index).value().value, corners[k][0],
                    1e-5);
        EXPECT_NEAR(find_scalar(results, "curves.bogdanov_takens_second" + index).value().value,
                    corners[k][1], 1e-4);
    }
}

TEST(ModelAnalyses, ParametersThatDifferAreVariedOrRefused) {
    const std::string differing = "I: [30 uA/cm^2, 50 uA/cm^2]";
    EXPECT_THAT(refusal(cells("plane: {phase_plane: cells}", differing)),
                HasSubstr("'I' of population 'cells' differs between its nodes"));
    EXPECT_EQ(refusal(cells("d: {bifurcation: cells, over: I, range: 0..60}", differing)), "none");
}

TEST(ModelAnalyses, MistakesAreFoundBeforeTheRun) {
    const auto of = [](const std::string& analysis) { return refusal(cells("d: {" + analysis + "}")); };
    EXPECT_THAT(of("bifurcation: cell, over: I, range: 0..1"), HasSubstr("there is no population 'cell'"));
    EXPECT_THAT(of("bifurcation: cells, range: 0..1"), HasSubstr("it needs 'over'"));
    EXPECT_THAT(of("bifurcation: cells, over: J, range: 0..1"), HasSubstr("no parameter or input 'J'"));
    EXPECT_THAT(of("bifurcation: cells, over: I, range: 5..1"), HasSubstr("the range of 'I' is empty"));
    EXPECT_THAT(of("bifurcation: cells, over: I, range: 0..1, show: u"),
                HasSubstr("no state or definition 'u'"));
    EXPECT_THAT(of("phase_plane: cells, x: v, y: v"), HasSubstr("both axes of the plane are 'v'"));
    EXPECT_THAT(of("phase_plane: cells, box: 'v'"), HasSubstr("STATE=LOW..HIGH"));
    EXPECT_THAT(of("bifurcation_curves: cells, over: I, range: 0..1, and: I, and_range: 0..1"),
                HasSubstr("both parameters of the plane are 'I'"));
}

}  // namespace
}  // namespace neurodyn::experiment
