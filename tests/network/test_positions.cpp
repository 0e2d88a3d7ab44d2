// SPDX-License-Identifier: BSD-3-Clause
// Positions of neurons, and distances between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "network/connect_expression.hpp"
#include "network/positions.hpp"

namespace neurodyn::network {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pointwise;

TEST(Positions, GridsAreCentredAndXVariesFastest) {
    const std::size_t shape[] = {3, 2};
    const double spacing[] = {2.0, 10.0};
    const Positions grid = grid_positions(shape, spacing, false);
    EXPECT_THAT(grid.axes[0], ElementsAre(-2, 0, 2, -2, 0, 2));
    EXPECT_THAT(grid.axes[1], ElementsAre(-5, -5, -5, 5, 5, 5));
    EXPECT_THAT(grid.axes[2], IsEmpty());
    EXPECT_EQ(grid.period, (std::array<double, 3>{}));
    EXPECT_EQ(grid_positions(shape, spacing, true).period, (std::array<double, 3>{6.0, 20.0, 0.0}));
}

TEST(Positions, BoxesAreUniform) {
    constexpr std::size_t size = 30000;
    const double lengths[] = {2.0, 6.0};
    const Positions box = box_positions(size, lengths, true, 5, 3, 7);
    EXPECT_EQ(box.period[1], 6.0);
    for (std::size_t axis = 0; axis < 2; ++axis) {
        double sum = 0.0, squares = 0.0, largest = 0.0;
        for (const double x : box.axes[axis]) {
            sum += x;
            squares += x * x;
            largest = std::max(largest, std::abs(x));
        }
        const double length = lengths[axis], sd = length / std::sqrt(12.0);
        EXPECT_NEAR(sum / size, 0.0, 5.0 * sd / std::sqrt(size));
        EXPECT_NEAR(squares / size, sd * sd, 5.0 * sd * sd * std::sqrt(0.8 / size));  // kurtosis 1.8
        EXPECT_LE(largest, length / 2);
    }
    double product = 0.0;
    for (std::size_t k = 0; k < size; ++k) product += box.axes[0][k] * box.axes[1][k];
    EXPECT_NEAR(product / size, 0.0, 5.0 / std::sqrt(size));  // sd of a product: 2/sqrt(12)*6/sqrt(12) = 1
}

TEST(Positions, RingsAndCentres) {
    Positions ring = ring_positions(4, 3.0);
    EXPECT_THAT(ring.axes[0], Pointwise(DoubleNear(1e-15), {3.0, 0.0, -3.0, 0.0}));
    EXPECT_THAT(ring.axes[1], Pointwise(DoubleNear(1e-15), {0.0, 3.0, 0.0, -3.0}));
    const double centre[] = {1.0, 0.0, -2.0};
    move_positions(ring, 4, centre);
    EXPECT_DOUBLE_EQ(ring.axes[0][0], 4.0);
    EXPECT_THAT(ring.axes[2], ElementsAre(-2, -2, -2, -2));
}

TEST(Positions, PeriodicDistancesGoTheShorterWay) {
    NodeScope scope{
        3, 1, {{"x", dimensions::length, {-4.0}}}, {{"x", dimensions::length, {-3.0, 0.5, 4.0}}}, {}};
    const std::uint32_t targets[] = {0, 1, 2};
    std::vector<double> out(3);
    NodeExpression("distance", "", dimensions::length, scope).evaluate(0, targets, {}, 0, 0, out);
    EXPECT_THAT(out, ElementsAre(1.0, 4.5, 8.0));
    scope.period[0] = 10.0;
    NodeExpression("distance", "", dimensions::length, scope).evaluate(0, targets, {}, 0, 0, out);
    EXPECT_THAT(out, ElementsAre(1.0, 4.5, 2.0));
}

TEST(Positions, ExpressionsAreComparedByWhatTheyGive) {
    const NodeScope scope{
        2, 1, {{"x", dimensions::length, {1.0}}}, {{"x", dimensions::length, {2.0, 3.0}}}, {}};
    NodeScope moved = scope;
    moved.post[0].values[1] = 4.0;
    const auto with = [](const NodeScope& s) {
        SynapseValue value;
        value.kind = SynapseValue::Kind::expression;
        value.expression = std::make_shared<const NodeExpression>("distance", "", dimensions::length, s);
        return value;
    };
    EXPECT_EQ(with(scope), with(scope));
    EXPECT_FALSE(with(scope) == with(moved));
    EXPECT_FALSE(with(scope) == SynapseValue{});
}

}  // namespace
}  // namespace neurodyn::network
