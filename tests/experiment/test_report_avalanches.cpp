// SPDX-License-Identifier: BSD-3-Clause
// Avalanches in the report: their distribution and the law that was fitted to it, by hand.
#include <gtest/gtest.h>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {
namespace {

// Of 1, 2, 4, 8 the parts 1, 3/4, 1/2, 1/4 are at least as large; a law with alpha = 2 from 2 on, which three
// of four values reach, is there 3/4 and at 8 a quarter of that.
TEST(ReportAvalanches, ShowsTheDistributionWithItsLaw) {
    AnalysisResult found{"found", "avalanches", {}};
    found.result.add_vector("sizes", "", {"avalanche", 4}, {8, 1, 4, 2});
    AnalysisResult fit{"law", "power_law", {}};
    fit.result.add_scalar("alpha", "", 2.0);
    fit.result.add_scalar("xmin", "", 2.0);
    fit.result.add_scalar("tail", "", 3.0);
    Experiment experiment;
    AnalysisSection section;
    section.name = "law";
    section.analysis.value = "power_law";
    section.inputs.emplace_back("values", Text{"found.sizes", {}});
    experiment.analyses.push_back(section);
    Built built;
    Outcome outcome;
    outcome.results = {found, fit};
    const RunSettings settings;
    const Json figures = avalanche_figures(found, {experiment, built, outcome, settings, nullptr, 0.0});
    ASSERT_EQ(figures.size(), 1u);
    EXPECT_EQ(figures[0]["x"]["scale"], "log");
    EXPECT_EQ(figures[0]["series"][0]["x"], Json::array({1.0, 2.0, 4.0, 8.0}));
    EXPECT_EQ(figures[0]["series"][0]["y"], Json::array({1.0, 0.75, 0.5, 0.25}));
    EXPECT_EQ(figures[0]["series"][1]["x"], Json::array({2.0, 8.0}));
    EXPECT_EQ(figures[0]["series"][1]["y"], Json::array({0.75, 0.1875}));
}

}  // namespace
}  // namespace neurodyn::experiment
