// SPDX-License-Identifier: BSD-3-Clause
// Substitution, copies, printing and reading back, and graphs too deep for recursion.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "base/error.hpp"
#include "symbolic/random_expression.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

TEST(Substitute, ReplacesAtOnce) {
    Graph g;
    const NodeId x = g.symbol("x"), y = g.symbol("y");
    const NodeId expression = g.sub(g.mul(x, x), y);
    EXPECT_EQ(print(g, substitute(g, expression, {{x, y}, {y, x}})), "y*y - x");
    EXPECT_EQ(substitute(g, expression, {}), expression);
    EXPECT_EQ(substitute(g, expression, {{g.symbol("z"), x}}), expression);
    EXPECT_EQ(print(g, substitute(g, expression, {{g.mul(x, x), g.constant(2.0)}})), "2 - y");
    EXPECT_EQ(substitute(g, expression, {{x, g.constant(3.0)}, {y, g.constant(4.0)}}), g.constant(5.0));
}

TEST(Copy, KeepsTheTextAndRenames) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        Graph from, to;
        RandomExpression random(from, seed, true);
        const NodeId expression = random.grow(12);
        to.symbol("other");
        const NodeId copied = copy(from, expression, to);
        const auto value = [](const std::string& name) {
            return name == "x" ? 0.3 : name == "y" ? 0.7 : 0.9;
        };
        const double a = evaluate(from, expression, value), b = evaluate(to, copied, value);
        EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b)));
        EXPECT_EQ(print(from, expression), print(to, copied));
    }
    Graph from, to;
    const NodeId sum = from.add(from.symbol("x"), from.constant(1.0));
    EXPECT_EQ(print(to, copy(from, sum, to, [](const std::string& name) { return "node." + name; })),
              "node.x + 1");
}

TEST(Ask, WhatAnExpressionHolds) {
    Graph g;
    const NodeId x = g.symbol("x"), y = g.symbol("y"), z = g.symbol("z");
    const NodeId expression = g.add(g.mul(z, x), g.constant(1.0));
    EXPECT_TRUE(depends_on(g, expression, x));
    EXPECT_FALSE(depends_on(g, expression, y));
    const std::array<NodeId, 2> both{expression, y};
    EXPECT_EQ(free_symbols(g, both), (std::vector<NodeId>{x, y, z}));
    EXPECT_EQ(reachable(g, {}).size(), 0u);
}

TEST(Print, UsesFewParentheses) {
    Graph g;
    const NodeId x = g.symbol("x"), y = g.symbol("y"), z = g.symbol("z");
    EXPECT_EQ(print(g, g.sub(x, g.sub(y, z))), "x - (y - z)");
    EXPECT_EQ(print(g, g.sub(g.sub(x, y), z)), "x - y - z");
    EXPECT_EQ(print(g, g.div(x, g.mul(y, z))), "x/(y*z)");
    EXPECT_EQ(print(g, g.mul(g.div(x, y), z)), "x/y*z");
    EXPECT_EQ(print(g, g.mul(g.add(x, y), z)), "(x + y)*z");
    EXPECT_EQ(print(g, g.neg(g.mul(x, y))), "-(x*y)");
    EXPECT_EQ(print(g, g.mul(g.neg(x), y)), "-x*y");
    EXPECT_EQ(print(g, g.mul(x, g.neg(y))), "x*(-y)");
    EXPECT_EQ(print(g, g.mul(x, g.constant(-2.0))), "x*(-2)");
    EXPECT_EQ(print(g, g.neg(g.make(Op::pow, x, y))), "-x^y");
    EXPECT_EQ(print(g, g.make(Op::pow, g.neg(x), y)), "(-x)^y");
    EXPECT_EQ(print(g, g.make(Op::pow, g.constant(-2.0), y)), "(-2)^y");
    EXPECT_EQ(print(g, g.make(Op::pow, x, g.neg(y))), "x^(-y)");
    EXPECT_EQ(print(g, g.make(Op::pow, g.make(Op::pow, x, y), z)), "(x^y)^z");
    EXPECT_EQ(print(g, g.make(Op::mod, x, g.mul(y, z))), "x % (y*z)");
    EXPECT_EQ(print(g, g.make(Op::fma, x, y, g.neg(z))), "fma(x, y, -z)");
    const NodeId a = g.make(Op::lt, x, y), b = g.make(Op::ge, x, g.constant(0.001)), c = g.make(Op::eq, y, z);
    EXPECT_EQ(print(g, g.select(g.make(Op::logical_and, g.make(Op::logical_or, a, b), c), x, y)),
              "where((x < y or x >= 0.001) and y == z, x, y)");
    EXPECT_EQ(print(g, g.make(Op::logical_not, g.make(Op::logical_and, a, b))), "not (x < y and x >= 0.001)");
    EXPECT_EQ(print(g, g.make(Op::logical_not, a)), "not x < y");
    EXPECT_EQ(print(g, g.constant(0.1)), "0.1");
    EXPECT_EQ(print(g, g.constant(-0.0)), "-0");
    EXPECT_EQ(print(g, g.boolean(true)), "True");
}

// A reader of Python's precedence, as small as can be; only for what print() writes.
class Reader {
  public:
    Reader(Graph& graph, std::string_view text) : g_(graph), text_(text) {}
    NodeId read() {
        const NodeId result = binary(1);
        if (position_ != text_.size()) throw Error("unread text");
        return result;
    }

  private:
    bool accept(std::string_view word) {
        while (text_.substr(position_, 1) == " ") ++position_;
        if (!text_.substr(position_).starts_with(word)) return false;
        position_ += word.size();
        while (text_.substr(position_, 1) == " ") ++position_;
        return true;
    }
    NodeId binary(int level) {
        if (level == 3 && accept("not ")) return g_.make(Op::logical_not, binary(3));
        if (level == 3) return binary(4);
        if (level == 7) return accept("-") ? g_.neg(binary(7)) : power();
        NodeId left = binary(level + 1);
        for (bool found = true; found;) {
            found = false;
            for (std::size_t i = 2; i < static_cast<std::size_t>(Op::count_) && !found; ++i) {
                const Op op = static_cast<Op>(i);
                const OpInfo& row = info(op);
                if (row.precedence != level || row.arity != 2) continue;
                const bool longer = (op == Op::lt || op == Op::gt) &&
                                    text_.substr(position_).substr(0, 3).find('=') != std::string_view::npos;
                if (longer || !accept(row.name)) continue;
                left = g_.make(op, left, binary(level + 1));
                found = true;
            }
        }
        return left;
    }
    NodeId power() {
        const NodeId base = atom();
        return accept("^") ? g_.make(Op::pow, base, binary(7)) : base;
    }
    NodeId atom() {
        if (accept("(")) {
            const NodeId inner = binary(1);
            if (!accept(")")) throw Error("')' is missing");
            return inner;
        }
        if (std::isdigit(static_cast<unsigned char>(text_[position_]))) {
            const std::string rest(text_.substr(position_));
            char* end = nullptr;
            const double value = std::strtod(rest.c_str(), &end);
            position_ += static_cast<std::size_t>(end - rest.c_str());
            return g_.constant(value);
        }
        std::size_t length = 0;
        while (position_ + length < text_.size() &&
               std::isalnum(static_cast<unsigned char>(text_[position_ + length])))
            ++length;
        const std::string_view name = text_.substr(position_, length);
        position_ += length;
        if (name == "True" || name == "False") return g_.boolean(name == "True");
        const auto op = find_function(name);
        if (!op || !accept("(")) return g_.symbol(name);
        const int arity = info(*op).arity;
        const NodeId a = binary(1), b = accept(",") ? binary(1) : NodeId{},
                     c = accept(",") ? binary(1) : NodeId{};
        if (!accept(")")) throw Error("')' is missing");
        return arity == 1 ? g_.make(*op, a) : arity == 2 ? g_.make(*op, a, b) : g_.make(*op, a, b, c);
    }

    Graph& g_;
    std::string_view text_;
    std::size_t position_ = 0;
};

TEST(Print, IsReadBackAsTheSameNode) {
    for (unsigned seed = 0; seed < 3000; ++seed) {
        Graph g;
        RandomExpression random(g, seed, true);
        const NodeId expression = random.grow(3 + static_cast<int>(seed % 12));
        const std::string text = print(g, expression);
        EXPECT_EQ(Reader(g, text).read(), expression) << text;
    }
}

TEST(Print, RefusesTextWithoutEnd) {
    Graph g;
    NodeId node = g.symbol("x");
    for (int i = 0; i < 64; ++i) node = g.make(Op::sin, g.add(node, g.mul(node, node)));
    EXPECT_THROW(print(g, node), Error);
}

class DeepGraph : public ::testing::Test {
  protected:
    static constexpr int depth = 100000;
    static double value(const std::string& name) { return name == "x" ? 0.5 : 0.25; }
    Graph g;
    NodeId x = g.symbol("x"), y = g.symbol("y");
};

TEST_F(DeepGraph, LongSum) {
    NodeId sum = x;
    for (int i = 0; i < depth; ++i) sum = i % 2 ? g.add(sum, y) : g.sub(sum, g.mul(g.constant(3.0), y));
    EXPECT_EQ(evaluate(g, sum, value), 0.5 - depth * 0.25);
    EXPECT_EQ(print(g, simplify(g, sum)), "x - 100000*y");
    EXPECT_EQ(differentiate(g, sum, y), g.constant(-100000.0));
    EXPECT_EQ(simplify(g, as_affine(g, sum, y).coefficient), g.constant(-100000.0));
    EXPECT_GT(print(g, sum).size(), std::size_t{depth});
    Graph other;
    EXPECT_EQ(evaluate(other, copy(g, sum, other), value), 0.5 - depth * 0.25);
    EXPECT_EQ(evaluate(g, substitute(g, sum, {{y, x}}), value), 0.5 - depth * 0.5);
    const auto separated = separate(g, sum, [&](NodeId id) { return id == x; });
    EXPECT_EQ(separated.left.size(), 2u);
}

TEST_F(DeepGraph, LongChainOfFunctions) {
    NodeId chain = x;
    for (int i = 0; i < depth; ++i) chain = g.make(Op::tanh, g.add(g.mul(chain, g.constant(0.5)), y));
    const double v = evaluate(g, chain, value);
    EXPECT_NEAR(v, std::tanh(0.5 * v + 0.25), 1e-15);  // the fixed point of the map
    EXPECT_EQ(evaluate(g, simplify(g, chain), value), v);
    EXPECT_NEAR(evaluate(g, differentiate(g, chain, x), value), 0.0, 1e-300);
    EXPECT_TRUE(depends_on(g, chain, y));
    EXPECT_FALSE(as_affine(g, chain, x));
    EXPECT_TRUE(separate(g, chain, [&](NodeId id) { return id == x; }).empty());
}

TEST_F(DeepGraph, SharedSumsStaySmall) {
    NodeId sum = x, others = y;
    for (int i = 0; i < 20000; ++i) {
        sum = g.add(sum, g.mul(sum, y));
        others = g.add(others, g.make(Op::sin, sum));
    }
    const std::size_t before = g.size();
    simplify(g, others);
    EXPECT_LT(g.size(), 40 * before);
}

}  // namespace
}  // namespace neurodyn::symbolic
