// SPDX-License-Identifier: BSD-3-Clause
// Limit cycles: periods, folds, multipliers and phase response against published and closed values.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "dynamics/cycles.hpp"
#include "fields.hpp"

namespace neurodyn::dynamics {
namespace {

using tests::library_field;
using tests::specials;

VectorField field_of(const std::string& text, const std::string& free) {
    return make_vector_field(*language::parse_model(text, "<test>"), {free}, {});
}

std::string van_der_pol(const std::string& mu) {
    return "model van_der_pol : mass\nparameters\n  mu = " + mu +
           "/second\nequations\n  dx/dt = y/second : 1\n  dy/dt = mu*(1 - x^2)*y - x/second : 1\ninitial\n  "
           "x = 1\n";
}

// To twelve digits by Fourier series: Andersen & Geer 1982, doi:10.1137/0142047.
TEST(Cycles, PeriodOfVanDerPol) {
    const struct {
        const char* mu;
        double value, period;
    } cases[] = {{"1", 1.0, 6.6632868593}, {"5", 5.0, 11.612230668}};
    for (const auto& c : cases) {
        const VectorField field = field_of(van_der_pol(c.mu), "mu");
        const Box box{Eigen::Vector2d(-3, -10), Eigen::Vector2d(3, 10)};
        CycleSettings settings;
        settings.intervals = 80;
        const Cycle cycle = find_cycle(field, box, c.value, settings);
        EXPECT_NEAR(cycle.period_s / c.period, 1.0, 1e-8) << c.mu;
        ASSERT_EQ(cycle.multipliers.size(), 1u);
        EXPECT_LT(std::abs(cycle.multipliers[0]), 1.0);
    }
}

// r' = r (mu - r^2), theta' = 1 + r^2 - mu: the cycle has r = sqrt(mu), period 2 pi, the multiplier exp(-4 pi
// mu), and, from isochrons theta + log(r) = const, the response (-sin - cos, cos - sin)/r.
TEST(Cycles, RadialOscillatorHasItsClosedForm) {
    const VectorField field = field_of(
        "model radial : mass\nparameters\n  mu = 0.25\nequations\n"
        "  dx/dt = (x*(mu - x^2 - y^2) - y*(1 + x^2 + y^2 - mu))/second : 1\n"
        "  dy/dt = (y*(mu - x^2 - y^2) + x*(1 + x^2 + y^2 - mu))/second : 1\ninitial\n  x = 0.4\n",
        "mu");
    const Box box{Eigen::Vector2d(-1, -1), Eigen::Vector2d(1, 1)};
    const Cycle cycle = find_cycle(field, box, 0.25, {});
    EXPECT_NEAR(cycle.period_s, 2.0 * std::numbers::pi, 1e-8);
    EXPECT_NEAR(cycle.multipliers[0].real(), std::exp(-std::numbers::pi), 1e-8);
    for (std::size_t k = 0; k < cycle.phase.size(); ++k) {
        const auto i = static_cast<Eigen::Index>(k);
        const double x = cycle.states(0, i), y = cycle.states(1, i);
        EXPECT_NEAR(x * x + y * y, 0.25, 1e-8);
        EXPECT_NEAR(cycle.response(0, i), (x - y) / 0.25, 1e-6) << k;
        EXPECT_NEAR(cycle.response(1, i), (x + y) / 0.25, 1e-6) << k;
    }
}

// By two independent programs: a fold of cycles between 6.2602 and 6.2605, period 14.63621 ms at I = 10.
TEST(Cycles, HodgkinAndHuxley) {
    const VectorField field = library_field("neurons/hodgkin_huxley", {"I"});
    const Range range{0, 20};
    const Box box = visited_box(field, range);
    const auto hopf = specials(equilibrium_branches(field, range, box, {}), Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 1u);
    const CycleBranch branch = cycle_branch(field, range, box, hopf[0], {});
    std::vector<double> folds;
    for (const Special& s : branch.special)
        if (s.kind == Bifurcation::cycle_fold) folds.push_back(s.parameter);
    ASSERT_FALSE(folds.empty());
    const double lowest = *std::min_element(folds.begin(), folds.end());
    EXPECT_GT(lowest, 6.2602);
    EXPECT_LT(lowest, 6.2605);
    CycleSettings fine;
    fine.intervals = 60;
    const Cycle at_10 = find_cycle(field, box, 10.0, fine);
    EXPECT_NEAR(at_10.period_s * 1e3, 14.63621, 1e-5);
}

// By two independent programs: period 4.9958943 time constants, E between 0.1025593 and 0.2696595 at P
// = 1.25.
TEST(Cycles, WilsonAndCowan) {
    const VectorField field = library_field("masses/wilson_cowan", {"P"});
    CycleSettings settings;
    settings.intervals = 60;
    const Cycle cycle = find_cycle(field, visited_box(field, {1.0, 1.5}), 1.25, settings);
    EXPECT_NEAR(cycle.period_s / 8e-3, 4.9958943, 1e-6);
    EXPECT_NEAR(cycle.states.row(0).maxCoeff(), 0.2696595, 1e-4);
    EXPECT_NEAR(cycle.states.row(0).minCoeff(), 0.1025593, 1e-4);
}

// The branch from the upper Hopf point passes a fold at 137.38 and ends on the saddle-node at 113.586
// (Grimbert & Faugeras 2006, doi:10.1162/neco.2006.18.12.3052, figure 4).
TEST(Cycles, JansenAndRitEndOnTheSaddleNode) {
    const VectorField field = library_field("masses/jansen_rit", {"p"});
    const Range range{-50, 400};
    const Box box = visited_box(field, range);
    const auto hopf = specials(equilibrium_branches(field, range, box, {}), Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 3u);
    const CycleBranch large = cycle_branch(field, range, box, hopf[0], {});
    ASSERT_EQ(large.special.size(), 2u);
    EXPECT_EQ(large.special[0].kind, Bifurcation::cycle_fold);
    EXPECT_NEAR(large.special[0].parameter, 137.38, 0.01);
    EXPECT_EQ(large.special[1].kind, Bifurcation::homoclinic);
    EXPECT_NEAR(large.special[1].parameter, 113.586, 0.01);
    const CycleBranch alpha = cycle_branch(field, range, box, hopf[1], {});
    EXPECT_TRUE(alpha.end.starts_with("a Hopf point near p = 315")) << alpha.end;
    for (const CyclePoint& point : alpha.points) EXPECT_EQ(point.unstable, 0u);
}

// The error of a cycle's period at the mesh's ends falls as the intervals' length to the power 2 * degree: de
// Boor & Swartz 1973, doi:10.1137/0710052.
TEST(Cycles, CollocationHasItsOrder) {
    const VectorField field = field_of(van_der_pol("1"), "mu");
    const Box box{Eigen::Vector2d(-3, -3), Eigen::Vector2d(3, 3)};
    const auto error = [&](std::size_t intervals) {
        CycleSettings settings;
        settings.intervals = intervals;
        settings.degree = 2;
        return std::abs(find_cycle(field, box, 1.0, settings).period_s - 6.6632868593);
    };
    const double order = std::log2(error(20) / error(40));
    EXPECT_GT(order, 3.3);
    EXPECT_LT(order, 4.9);
}

TEST(Cycles, RestIsNoCycle) {
    const VectorField field = library_field("neurons/hodgkin_huxley", {"I"});
    try {
        find_cycle(field, visited_box(field, {0, 1}), 0.0, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("there is no cycle"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace neurodyn::dynamics
