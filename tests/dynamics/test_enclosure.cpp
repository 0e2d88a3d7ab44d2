// SPDX-License-Identifier: BSD-3-Clause
// Proofs that all fixed points were found: against closed forms and published values.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "dynamics/enclosure.hpp"
#include "dynamics/interval.hpp"
#include "language/model.hpp"
#include "symbolic/operations.hpp"

namespace neurodyn::dynamics {
namespace {

VectorField library_field(const std::string& name, const std::vector<std::string>& free) {
    return make_vector_field(*language::load_model(NEURODYN_SOURCE_DIR "/library/" + name + ".model"), free,
                             {});
}

VectorField field_of(const std::string& text) {
    return make_vector_field(*language::parse_model(text, "<test>"), {}, {});
}

Eigen::VectorXd at(double value) { return Eigen::VectorXd::Constant(1, value); }

// The operations' bounds hold at every point of their operands.
TEST(Interval, BoundsEveryOperation) {
    using symbolic::Op;
    std::mt19937 random(5);
    std::uniform_real_distribution<double> in(-4.0, 4.0), part(0.0, 1.0);
    const auto some = [&] {
        const double a = in(random), b = in(random);
        return Interval{std::min(a, b), std::max(a, b)};
    };
    const auto inside = [&](const Interval& i) {
        return std::clamp(i.low + part(random) * i.width(), i.low, i.high);
    };
    for (int op = static_cast<int>(Op::add); op <= static_cast<int>(Op::select); ++op)
        for (int k = 0; k < 2000; ++k) {
            const bool logic = op >= static_cast<int>(Op::logical_and);
            const Interval a = logic ? Interval{0.0, 1.0} : some(),
                           b = logic && op != static_cast<int>(Op::select) ? Interval{0.0, 1.0} : some(),
                           c = some();
            const Interval bound = apply(static_cast<Op>(op), a, b, c);
            const double x = logic ? double(k % 2) : inside(a),
                         y = logic && op != static_cast<int>(Op::select) ? double(k / 2 % 2) : inside(b);
            const double value = symbolic::apply(static_cast<Op>(op), x, y, inside(c));
            if (std::isnan(value)) continue;
            if (static_cast<Op>(op) == Op::select)
                EXPECT_TRUE(bound.low <= value && value <= bound.high);
            else
                EXPECT_TRUE(bound.low <= value && value <= bound.high)
                    << symbolic::info(static_cast<Op>(op)).name << " [" << a.low << ", " << a.high << "] ["
                    << b.low << ", " << b.high << "] at " << x << ", " << y << ": " << value << " not in ["
                    << bound.low << ", " << bound.high << "]";
        }
}

// x' = sin(x) y, y' = (y - 1)(y + 2): (k pi, 1) and (k pi, -2), and no others.
TEST(Enclosure, FindsAllOfMany) {
    const VectorField field = field_of(
        "model many : mass\nequations\n  dx/dt = sin(x)*y/second : 1\n  dy/dt = (y - 1)*(y + 2)/second : "
        "1\n");
    const Box box{Eigen::Vector2d(-10.0, -5.0), Eigen::Vector2d(10.0, 5.0)};
    const Enclosure found = enclose_fixed_points(field, {}, box);
    EXPECT_TRUE(found.is_complete()) << found.open.size();
    ASSERT_EQ(found.points.size(), 14u);
    for (const Eigen::VectorXd& p : found.points) {
        EXPECT_NEAR(p[0], M_PI * std::round(p[0] / M_PI), 1e-12);
        EXPECT_NEAR(p[1] > 0 ? p[1] - 1.0 : p[1] + 2.0, 0.0, 1e-12);
    }
}

TEST(Enclosure, ProvesThatThereIsNone) {
    const VectorField field = field_of("model none : mass\nequations\n  dx/dt = (exp(x) - x)/second : 1\n");
    const Enclosure found = enclose_fixed_points(field, {}, {at(-20.0), at(20.0)});
    EXPECT_TRUE(found.is_complete());
    EXPECT_TRUE(found.points.empty());
}

// Montbrio, Pazo & Roxin 2015, Delta = 1, J = 15, eta = -5; tau = 10 ms.
TEST(Enclosure, ProvesThreeFixedPoints) {
    const VectorField field = library_field("masses/montbrio_pazo_roxin", {"eta"});
    const Box box{Eigen::Vector2d(0.001, -50.0), Eigen::Vector2d(20.0, 50.0)};
    const Enclosure found = enclose_fixed_points(field, at(-5.0), box);
    EXPECT_TRUE(found.is_complete()) << found.open.size();
    ASSERT_EQ(found.points.size(), 3u);
    EXPECT_NEAR(found.points[0][0], 0.0811344, 1e-7);
    EXPECT_NEAR(found.points[1][0], 0.4729803, 1e-7);
    EXPECT_NEAR(found.points[2][0], 1.0305968, 1e-7);
}

// At its folds Wilson and Cowan's system has a double zero, which no box proves: it is left open, not lost.
TEST(Enclosure, LeavesADoubleZeroOpen) {
    const VectorField field = field_of("model fold : mass\nequations\n  dx/dt = x^2/second : 1\n");
    const Enclosure found = enclose_fixed_points(field, {}, {at(-1.0), at(2.0)});
    EXPECT_FALSE(found.is_complete());
    ASSERT_FALSE(found.open.empty());
    for (const Box& open : found.open) EXPECT_LT(std::abs(open.low[0]), 1e-6);
}

// A jump from below zero to above is no fixed point; boxes that hold it stay open.
TEST(Enclosure, TrustsNoDerivativeAcrossAJump) {
    const VectorField field =
        field_of("model jump : mass\nequations\n  dx/dt = (heaviside(x - 0.3) - 0.5 + 0*x)/second : 1\n");
    const Enclosure found = enclose_fixed_points(field, {}, {at(-1.0), at(2.0)});
    EXPECT_TRUE(found.points.empty());
    EXPECT_FALSE(found.is_complete());
    for (const Box& open : found.open) EXPECT_NEAR(open.low[0], 0.3, 1e-6);
}

TEST(Enclosure, HodgkinAndHuxleyRestAtOnePoint) {
    const VectorField field = library_field("neurons/hodgkin_huxley", {});
    const Box box{Eigen::Vector4d(-90.0, 0.0, 0.0, 0.0), Eigen::Vector4d(50.0, 1.0, 1.0, 1.0)};
    const Enclosure found = enclose_fixed_points(field, {}, box, {200'000});
    EXPECT_TRUE(found.is_complete()) << found.open.size() << " of " << found.boxes;
    ASSERT_EQ(found.points.size(), 1u);
    EXPECT_NEAR(found.points[0][0], -65.0, 0.01);
}

}  // namespace
}  // namespace neurodyn::dynamics
