// SPDX-License-Identifier: BSD-3-Clause
// Linear forms and sums of products, on the couplings of the literature and on random expressions.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "symbolic/random_expression.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

class Separate : public ::testing::Test {
  protected:
    // "left * right + ..." as text; x_pre and y_pre stand on the right, k on either side.
    std::string text(NodeId expression) {
        const Separated s = separate(g, expression, side());
        std::string result;
        for (std::size_t i = 0; i < s.left.size(); ++i)
            result += (i ? " + [" : "[") + print(g, s.left[i]) + "]*[" + print(g, s.right[i]) + "]";
        return result;
    }
    std::function<Side(NodeId)> side() {
        return [this](NodeId id) {
            const std::string& name = g.name(id);
            return name.ends_with("_pre") ? Side::right : name == "k" ? Side::either : Side::left;
        };
    }
    Graph g;
    NodeId pre = g.symbol("x_pre"), post = g.symbol("x_post"), k = g.symbol("k");
};

TEST_F(Separate, Presets) {
    EXPECT_EQ(text(pre), "[1]*[x_pre]");
    EXPECT_EQ(text(post), "[x_post]*[1]");
    EXPECT_EQ(text(g.sub(pre, post)), "[1]*[x_pre] + [-x_post]*[1]");
    const NodeId sigmoid = g.make(Op::sigmoid, g.mul(k, pre));
    EXPECT_EQ(text(sigmoid), "[1]*[sigmoid(k*x_pre)]");
    EXPECT_EQ(text(g.mul(post, sigmoid)), "[x_post]*[sigmoid(k*x_pre)]");
}

TEST_F(Separate, Kuramoto) {
    EXPECT_EQ(text(g.make(Op::sin, g.sub(pre, post))),
              "[cos(x_post)]*[sin(x_pre)] + [-sin(x_post)]*[cos(x_pre)]");
    EXPECT_EQ(text(g.make(Op::sin, g.sub(post, pre))),
              "[cos(x_post)]*[-sin(x_pre)] + [sin(x_post)]*[cos(x_pre)]");
    // With a phase lag (Sakaguchi & Kuramoto 1986, doi:10.1143/PTP.76.576).
    const NodeId lagged = g.make(Op::sin, g.sub(g.sub(pre, post), k));
    EXPECT_EQ(separate(g, lagged, side()).left.size(), 2u);
    EXPECT_EQ(separate(g, g.make(Op::cos, g.sub(pre, post)), side()).left.size(), 2u);
}

TEST_F(Separate, ProductsPowersAndExponentials) {
    EXPECT_EQ(text(g.make(Op::exp, g.add(pre, post))), "[exp(x_post)]*[exp(x_pre)]");
    EXPECT_EQ(separate(g, g.make(Op::pow, g.sub(pre, post), g.constant(2)), side()).left.size(), 3u);
    EXPECT_EQ(separate(g, g.power(g.sub(pre, post), 3), side()).left.size(), 4u);
    EXPECT_EQ(text(g.div(g.sub(pre, post), k)), "[1/k]*[x_pre] + [-x_post/k]*[1]");
    EXPECT_EQ(text(g.div(g.sub(pre, post), pre)), "[1]*[x_pre/x_pre] + [-x_post]*[1/x_pre]");
}

TEST_F(Separate, WhatCannotBeSeparated) {
    EXPECT_TRUE(separate(g, g.make(Op::sigmoid, g.sub(pre, post)), side()).empty());
    EXPECT_TRUE(separate(g, g.make(Op::sin, g.mul(pre, post)), side()).empty());
    EXPECT_TRUE(separate(g, g.div(k, g.add(pre, post)), side()).empty());
    EXPECT_TRUE(separate(g, g.make(Op::pow, g.sub(pre, post), g.constant(0.5)), side()).empty());
    EXPECT_TRUE(separate(g, g.make(Op::max, pre, post), side()).empty());
    EXPECT_TRUE(
        separate(g, g.power(g.add(g.add(pre, post), g.mul(g.make(Op::sin, pre), g.make(Op::tanh, post))), 32),
                 side())
            .empty());
}

TEST_F(Separate, TwoSidesOnly) {
    const std::function<bool(NodeId)> is_right = [this](NodeId id) { return id == pre; };
    const Separated s = separate(g, g.mul(k, g.sub(pre, post)), is_right);
    ASSERT_EQ(s.left.size(), 2u);
    EXPECT_EQ(print(g, s.left[0]), "k");
    EXPECT_EQ(print(g, s.right[0]), "x_pre");
}

TEST(SeparateRandom, SumOfProductsIsTheExpression) {
    int compared = 0, separated = 0;
    for (unsigned seed = 0; seed < 20000; ++seed) {
        Graph g;
        RandomExpression random(g, seed, true);
        const NodeId expression = random.grow(3 + static_cast<int>(seed % 6));
        const auto side = [&](NodeId id) {
            return g.name(id) == "x" ? Side::right : g.name(id) == "y" ? Side::left : Side::either;
        };
        const Separated s = separate(g, expression, side);
        separated += s.left.size() > 1;
        for (std::size_t i = 0; i < s.left.size(); ++i) {
            EXPECT_FALSE(depends_on(g, s.left[i], g.symbol("x")));
            EXPECT_FALSE(depends_on(g, s.right[i], g.symbol("y")));
        }
        for (int trial = 0; !s.empty() && trial < 3; ++trial) {
            const std::map<std::string, double> point{
                {"x", random.uniform(-2, 2)}, {"y", random.uniform(0.2, 2)}, {"z", random.uniform(-1, 1)}};
            const auto value = [&](const std::string& name) { return point.at(name); };
            double sum = 0.0, size = 0.0;
            for (std::size_t i = 0; i < s.left.size(); ++i) {
                const double term = evaluate(g, s.left[i], value) * evaluate(g, s.right[i], value);
                sum += term;
                size += std::fabs(term);
            }
            const double expected = evaluate(g, expression, value);
            if (!std::isfinite(expected) || !(size < 1e6)) continue;
            EXPECT_NEAR(sum, expected, 1e-9 * (1 + size)) << "seed " << seed << ": " << print(g, expression);
            ++compared;
        }
    }
    EXPECT_GT(compared, 5000);
    EXPECT_GT(separated, 120);
}

TEST(AsAffine, TakesThePassiveMembraneApart) {
    Graph g;
    const NodeId v = g.symbol("v"), conductance = g.symbol("g"), reversal = g.symbol("E"),
                 current = g.symbol("I"), capacitance = g.symbol("C");
    const NodeId dv = g.div(g.sub(current, g.mul(conductance, g.sub(v, reversal))), capacitance);
    const Affine line = as_affine(g, dv, v);
    ASSERT_TRUE(line);
    EXPECT_EQ(print(g, line.coefficient), "-g/C");
    EXPECT_EQ(print(g, simplify(g, line.rest)),
              print(g, simplify(g, g.div(g.add(current, g.mul(conductance, reversal)), capacitance))));
    EXPECT_FALSE(as_affine(g, g.mul(v, v), v));
    EXPECT_FALSE(as_affine(g, g.make(Op::exp, v), v));
    EXPECT_FALSE(as_affine(g, g.div(current, v), v));
    EXPECT_FALSE(as_affine(g, g.select(g.make(Op::lt, v, reversal), v, current), v));
    const Affine flat = as_affine(g, current, v);
    EXPECT_EQ(flat.coefficient, g.constant(0.0));
    EXPECT_EQ(flat.rest, current);
    const NodeId gated = g.select(g.make(Op::lt, current, reversal), v, g.mul(conductance, v));
    EXPECT_EQ(print(g, as_affine(g, gated, v).coefficient), "where(I < E, 1, g)");
}

TEST(AsAffine, RandomLinesKeepTheirValue) {
    int compared = 0;
    for (unsigned seed = 0; seed < 10000; ++seed) {
        Graph g;
        RandomExpression random(g, seed, true);
        const NodeId x = g.symbol("x"), expression = random.grow(3 + static_cast<int>(seed % 8));
        const Affine line = as_affine(g, expression, x);
        if (!line || !depends_on(g, expression, x)) continue;
        EXPECT_FALSE(depends_on(g, line.coefficient, x));
        EXPECT_FALSE(depends_on(g, line.rest, x));
        const std::map<std::string, double> point{
            {"x", random.uniform(-2, 2)}, {"y", random.uniform(0.2, 2)}, {"z", random.uniform(-1, 1)}};
        const auto value = [&](const std::string& name) { return point.at(name); };
        const double slope = evaluate(g, line.coefficient, value), rest = evaluate(g, line.rest, value);
        const double expected = evaluate(g, expression, value);
        if (!std::isfinite(expected) || !(std::fabs(slope) + std::fabs(rest) < 1e6)) continue;
        EXPECT_NEAR(slope * point.at("x") + rest, expected, 1e-9 * (1 + std::fabs(slope) + std::fabs(rest)))
            << "seed " << seed << ": " << print(g, expression);
        ++compared;
    }
    EXPECT_GT(compared, 300);
}

}  // namespace
}  // namespace neurodyn::symbolic
