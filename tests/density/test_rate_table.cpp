// SPDX-License-Identifier: BSD-3-Clause
// stationary_rate() in equations: the spline against Siegert's formula, its slope, its limits, wrong calls.
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "density/rate_table.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::density {
namespace {

language::ModelPtr neurons() {
    static const auto model = language::load_model(NEURODYN_SOURCE_DIR "/library/neurons/lif_noisy.model");
    return model;
}

std::shared_ptr<language::Model> filled(const std::string& call) {
    const std::string text = "model test : mass\ninputs\n  m : mV\n  s : mV\nequations\n  dr/dt = (" + call +
                             " - r)/(10*ms) : Hz\n";
    auto model = std::make_shared<language::Model>(*language::parse_model(text, "<test>"));
    for (const auto& rates : model->rate_tables)
        model->graph.fill(rates.table, make_rate_table(rates, *neurons()));
    return model;
}

// The slope of r where r = 0: the stationary rate divided by 10 ms.
double rate(const language::Model& model, double mean_mv, double sigma_mv, symbolic::NodeId expression) {
    return 0.01 * symbolic::evaluate(model.graph, expression, [&](const std::string& name) {
               return name == "m" ? mean_mv * 1e-3 : name == "s" ? sigma_mv * 1e-3 : 0.0;
           });
}

struct Case {
    double mu, sigma, rate_hz;
};

// Siegert's formula (1951, doi:10.1103/PhysRev.81.617), tau 20 ms, refractory 2 ms, threshold 20 mV, reset 10
// mV, by mpmath with 30 digits.
constexpr Case siegert[] = {{15, 5, 9.460799805759126},
                            {18, 3, 12.5115277072334},
                            {20, 5, 27.34056735307727},
                            {25, 2, 42.84961379921007},
                            {10, 5, 0.8819234559756666}};

TEST(RateTable, OfTwoValuesIsSiegerts) {
    const auto model =
        filled("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*mV), sigma = between(s, 1.5*mV, 8*mV))");
    const double highest = rate(*model, 40, 1.5, model->states[0].drift);
    for (const Case& c : siegert)
        EXPECT_NEAR(rate(*model, c.mu, c.sigma, model->states[0].drift), c.rate_hz,
                    rate_table_error * highest)
            << c.mu;
}

TEST(RateTable, OfOneValueWithOthersFixed) {
    for (const Case& c : siegert) {
        const auto model = filled("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*mV), sigma = " +
                                  std::to_string(c.sigma) + "*mV)");
        const double highest = rate(*model, 40, 0, model->states[0].drift);
        EXPECT_NEAR(rate(*model, c.mu, 0, model->states[0].drift), c.rate_hz, rate_table_error * highest)
            << c.mu;
    }
}

// mu and the input drive are one drive: the text's own sum.
TEST(RateTable, InputsCountAsParametersDo) {
    const auto model =
        filled("stationary_rate(lif_noisy, mu = 10*mV, drive = between(m, -10*mV, 30*mV), sigma = 5*mV)");
    EXPECT_NEAR(rate(*model, 5, 0, model->states[0].drift), 9.460799805759126, 1e-3);
}

TEST(RateTable, SlopesFollowTheSpline) {
    auto model =
        filled("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*mV), sigma = between(s, 2*mV, 8*mV))");
    auto& graph = model->graph;
    for (const char* name : {"m", "s"}) {
        const auto slope = symbolic::differentiate(graph, model->states[0].drift, graph.symbol(name));
        const bool mean = name[0] == 'm';
        const double step = 1e-3, at = rate(*model, 17.3, 4.1, slope);
        const double up = rate(*model, 17.3 + mean * step, 4.1 + !mean * step, model->states[0].drift);
        const double down = rate(*model, 17.3 - mean * step, 4.1 - !mean * step, model->states[0].drift);
        EXPECT_NEAR(at, (up - down) / (2e-3 * step), 1e-5 * std::abs(at)) << name;
    }
}

TEST(RateTable, IsNotKnownOutsideOfBetween) {
    const auto model = filled("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*mV), sigma = 5*mV)");
    EXPECT_TRUE(std::isfinite(rate(*model, 0, 0, model->states[0].drift)));
    EXPECT_TRUE(std::isfinite(rate(*model, 40, 0, model->states[0].drift)));
    EXPECT_TRUE(std::isnan(rate(*model, -0.01, 0, model->states[0].drift)));
    EXPECT_TRUE(std::isnan(rate(*model, 40.01, 0, model->states[0].drift)));
}

TEST(RateTable, OneFunctionHasOneTable) {
    const std::string call = "stationary_rate(lif_noisy, mu = between(m, 0*mV, 30*mV), sigma = 5*mV)";
    EXPECT_EQ(filled(call + " + " + call)->rate_tables.size(), 1u);
}

std::string refusal(const std::string& call) {
    try {
        filled(call);
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

TEST(RateTable, RefusesWhatItCannotBe) {
    const auto says = [](const std::string& call, const char* part) {
        EXPECT_NE(refusal(call).find(part), std::string::npos) << call << ": " << refusal(call);
    };
    says("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*mV), nu = 3)", "no parameter or input 'nu'");
    says("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*mV), tau = 3*mV)", "'tau' has the unit ms");
    says("stationary_rate(lif_noisy, mu = between(m, 40*mV, 0*mV))", "not below");
    says("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*nA))", "must have the unit");
    says("stationary_rate(lif_noisy, mu = m)", "must be a number");
    says("stationary_rate(lif_noisy, mu = 15*mV)", "one or two values");
    says("stationary_rate(lif_noisy, m)", "NAME = value");
    says("stationary_rate(3)", "begins with the name of a model");
    says("stationary_rate(lif_noisy, mu = between(m, 0*mV, 1*mV), mu = 3*mV)", "given twice");
    says("between(m, 0*mV, 1*mV)/mV*Hz", "stands in a call of stationary_rate()");
    says("stationary_rate(lif_noisy, mu = between(m, 0*mV, 40*mV), sigma = 1e-4*mV)", "more noise");
}

}  // namespace
}  // namespace neurodyn::density
