// SPDX-License-Identifier: BSD-3-Clause
// Simplification: what it makes of textbook forms, and that it keeps the value.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "symbolic/random_expression.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

class Simplify : public ::testing::Test {
  protected:
    std::string text(NodeId expression) { return print(g, simplify(g, expression)); }
    NodeId number(double value) { return g.constant(value); }
    NodeId pow(NodeId base, double exponent) { return g.make(Op::pow, base, number(exponent)); }
    Graph g;
    NodeId x = g.symbol("x"), y = g.symbol("y"), z = g.symbol("z");
};

TEST_F(Simplify, GathersLikeTerms) {
    EXPECT_EQ(text(g.add(x, x)), "2*x");
    EXPECT_EQ(text(g.sub(x, x)), "0");
    EXPECT_EQ(text(g.sub(g.add(x, y), x)), "y");
    EXPECT_EQ(text(g.add(g.mul(number(2), x), g.mul(x, number(3)))), "5*x");
    EXPECT_EQ(text(g.sub(y, g.sub(y, x))), "x");
    EXPECT_EQ(text(g.neg(g.sub(x, y))), "y - x");
    EXPECT_EQ(text(g.add(g.add(number(1), x), number(2))), "x + 3");
    EXPECT_EQ(text(g.sub(number(1), x)), "1 - x");
    EXPECT_EQ(text(g.add(g.mul(x, y), g.mul(y, x))), "2*x*y");
    EXPECT_EQ(text(g.add(x, number(0.0))), "x");
}

TEST_F(Simplify, GathersFactors) {
    EXPECT_EQ(text(g.mul(x, number(0.0))), "0");
    EXPECT_EQ(text(g.div(x, x)), "1");
    EXPECT_EQ(text(g.div(g.mul(x, y), x)), "y");
    EXPECT_EQ(text(g.mul(g.mul(number(2), x), g.mul(number(3), y))), "6*x*y");
    EXPECT_EQ(text(g.mul(x, g.mul(x, x))), "x*(x*x)");
    EXPECT_EQ(text(g.div(g.mul(x, x), x)), "x");
    EXPECT_EQ(text(g.div(g.div(x, y), z)), "x/(y*z)");
    EXPECT_EQ(text(g.div(x, g.div(y, z))), "x*z/y");
    EXPECT_EQ(text(g.mul(g.neg(x), g.neg(y))), "x*y");
    EXPECT_EQ(text(g.mul(g.neg(x), y)), "-(x*y)");
    EXPECT_EQ(text(g.div(g.mul(x, number(2)), number(6))), "x/3");
    EXPECT_EQ(text(g.mul(x, number(0.001))), "x/1000");
}

TEST_F(Simplify, Powers) {
    EXPECT_EQ(text(pow(x, 0)), "1");
    EXPECT_EQ(text(pow(x, 1)), "x");
    EXPECT_EQ(text(pow(x, 2)), "x*x");
    EXPECT_EQ(text(pow(x, -1)), "1/x");
    EXPECT_EQ(text(pow(x, -2)), "1/(x*x)");
    EXPECT_EQ(text(pow(x, 0.5)), "sqrt(x)");
    EXPECT_EQ(text(pow(x, -0.5)), "1/sqrt(x)");
    EXPECT_EQ(text(pow(x, 0.3)), "x^0.3");
    EXPECT_EQ(text(pow(pow(x, 2), 3)), print(g, g.power(x, 6)));
    EXPECT_EQ(text(g.mul(g.make(Op::sqrt, x), g.make(Op::sqrt, x))), "x");
    EXPECT_EQ(text(g.mul(pow(x, 0.3), pow(x, 0.4))), "x^0.7");
    EXPECT_EQ(text(pow(x, 100)), "x^100");
    // |x| is not x.
    EXPECT_EQ(text(g.make(Op::sqrt, g.mul(x, x))), "sqrt(x*x)");
    EXPECT_EQ(text(g.make(Op::pow, x, y)), "x^y");
}

TEST_F(Simplify, ConstantsThatOverflowAreLeftAlone) {
    const NodeId huge = g.mul(g.mul(number(1e200), x), g.mul(number(1e200), y));
    EXPECT_EQ(simplify(g, huge), huge);
    const NodeId by_zero = g.div(x, number(0.0));
    EXPECT_EQ(simplify(g, by_zero), by_zero);
}

TEST(SimplifyRandom, KeepsTheValueAndIsSettled) {
    int compared = 0;
    for (unsigned seed = 0; seed < 4000; ++seed) {
        Graph g;
        RandomExpression random(g, seed, false);
        const NodeId expression = random.grow(4 + static_cast<int>(seed % 16));
        const NodeId simple = simplify(g, expression);
        const NodeId again = simplify(g, simple);
        for (int trial = 0; trial < 4; ++trial) {
            const std::map<std::string, double> point{
                {"x", random.uniform(-2, 2)}, {"y", random.uniform(0.2, 2)}, {"z", random.uniform(-1, 1)}};
            const auto value = [&](const std::string& name) { return point.at(name); };
            // Points where a part is so large, or changes so fast, that rounding shows are left out.
            double largest = 0.0;
            const double expected = evaluate(g, expression, value);
            const double nudged = evaluate(
                g, expression, [&](const std::string& name) { return point.at(name) * (1 + 1e-13); });
            const std::array<NodeId, 1> root{expression};
            for (const NodeId id : reachable(g, root))
                largest = std::max(largest, std::fabs(evaluate(g, id, value)));
            if (!std::isfinite(expected) || !(largest < 1e4) || !(std::fabs(nudged - expected) < 1e-10))
                continue;
            const double tolerance = 1e-8 * (1 + std::fabs(expected));
            EXPECT_NEAR(evaluate(g, simple, value), expected, tolerance)
                << "seed " << seed << ": " << print(g, expression) << "\n  became " << print(g, simple);
            EXPECT_NEAR(evaluate(g, again, value), expected, tolerance) << "seed " << seed;
            ++compared;
        }
    }
    EXPECT_GT(compared, 5000);
}

}  // namespace
}  // namespace neurodyn::symbolic
