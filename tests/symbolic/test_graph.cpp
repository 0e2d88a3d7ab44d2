// SPDX-License-Identifier: BSD-3-Clause
// Hash-consing, folding, and rewrites that keep every bit; the table of operations.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <utility>

#include "base/math/functions.hpp"
#include "base/math/scalar.hpp"
#include "symbolic/graph.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/random_expression.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

TEST(Graph, EqualNodesAreOne) {
    Graph g;
    const NodeId x = g.symbol("x"), y = g.symbol("y");
    EXPECT_EQ(g.add(x, y), g.add(x, y));
    EXPECT_EQ(g.add(x, y), g.add(y, x));
    EXPECT_EQ(g.mul(x, y), g.mul(y, x));
    EXPECT_NE(g.sub(x, y), g.sub(y, x));
    EXPECT_NE(g.make(Op::min, x, y), g.make(Op::min, y, x));  // differ at NaN and signed zeros
    EXPECT_EQ(g.symbol("x"), x);
    EXPECT_EQ(g.find_symbol("x"), x);
    EXPECT_FALSE(g.find_symbol("nothing"));
    EXPECT_EQ(g.name(y), "y");
    const std::size_t size = g.size();
    g.add(g.symbol("y"), g.symbol("x"));
    EXPECT_EQ(g.size(), size);
}

TEST(Graph, ConstantsAreTheirBits) {
    Graph g;
    EXPECT_NE(g.constant(0.0), g.constant(-0.0));
    EXPECT_EQ(g.constant(std::nan("")), g.constant(std::nan("")));
    EXPECT_NE(g.constant(1.0), g.boolean(true));
}

TEST(Graph, FoldsByTheFunctionsOfTheMathFolder) {
    math::Scalar<double> s;
    Graph g;
    for (const double x : {0.1, 0.7, 1.3, 2.9}) {
        const NodeId c = g.constant(x);
        EXPECT_EQ(bits(g[g.make(Op::exp, c)].value), bits(math::exp(s, x)));
        EXPECT_EQ(bits(g[g.make(Op::tanh, c)].value), bits(math::tanh(s, x)));
        EXPECT_EQ(bits(g[g.make(Op::pow, c, c)].value), bits(math::pow(s, x, x)));
        EXPECT_EQ(bits(g[g.add(c, g.constant(0.2))].value), bits(x + 0.2));
    }
    EXPECT_EQ(g.make(Op::lt, g.constant(1), g.constant(2)), g.boolean(true));
}

TEST(Graph, WhatIsNotFiniteIsNotFolded) {
    Graph g;
    EXPECT_EQ(print(g, g.div(g.constant(1.0), g.constant(0.0))), "1/0");
    EXPECT_EQ(print(g, g.make(Op::log, g.constant(-1.0))), "log(-1)");
}

// Each rewrite is tried on the numbers where a careless one would change a bit.
TEST(Graph, RewritesKeepEveryBit) {
    const double inf = std::numeric_limits<double>::infinity();
    const double values[] = {0.0, -0.0, 1.0, -1.0, 0.1, 5e-324, -5e-324, 1.7e308, inf, -inf};
    const double constants[] = {0.0, -0.0, 1.0, -1.0, 2.0};
    const Op ops[] = {Op::add, Op::sub, Op::mul, Op::div, Op::min, Op::max, Op::pow, Op::mod};
    int rewritten = 0;
    for (const Op op : ops)
        for (const double c : constants)
            for (const bool first : {false, true}) {
                Graph g;
                const NodeId x = g.symbol("x"), k = g.constant(c);
                const NodeId node = first ? g.make(op, k, x) : g.make(op, x, k);
                rewritten += g[node].op != op;
                for (const double value : values) {
                    const double plain = first ? apply(op, c, value) : apply(op, value, c);
                    const double made = evaluate(g, node, [&](const std::string&) { return value; });
                    const bool same = std::isnan(plain) ? std::isnan(made) : bits(made) == bits(plain);
                    EXPECT_TRUE(same) << info(op).name << " " << c << " " << value;
                }
            }
    EXPECT_EQ(rewritten, 6);  // x + -0.0, -0.0 + x, x - 0.0, x*1, 1*x, x/1
}

TEST(Graph, RewritesOfLogicHoldForNaN) {
    Graph g;
    const NodeId x = g.symbol("x"), y = g.symbol("y");
    const NodeId less = g.make(Op::lt, x, y), other = g.make(Op::eq, x, y);
    EXPECT_EQ(g[g.make(Op::logical_not, less)].op,
              Op::logical_not);  // not x < y holds for NaN, x >= y does not
    EXPECT_EQ(g[g.make(Op::logical_not, other)].op, Op::ne);
    EXPECT_EQ(g.make(Op::logical_not, g.make(Op::logical_not, less)), less);
    EXPECT_EQ(g.make(Op::logical_and, g.boolean(true), less), less);
    EXPECT_EQ(g.make(Op::logical_and, less, g.boolean(false)), g.boolean(false));
    EXPECT_EQ(g.make(Op::logical_or, less, g.boolean(false)), less);
    EXPECT_EQ(g.make(Op::logical_or, g.boolean(true), less), g.boolean(true));
    EXPECT_EQ(g.select(g.boolean(true), x, y), x);
    EXPECT_EQ(g.select(less, x, x), x);
    EXPECT_EQ(g.select(g.make(Op::logical_not, less), x, y), g.select(less, y, x));
    EXPECT_EQ(g.neg(g.neg(x)), x);
    EXPECT_EQ(g.make(Op::abs, g.neg(x)), g.make(Op::abs, x));
}

TEST(Graph, RefusesWrongOperands) {
    Graph g;
    const NodeId x = g.symbol("x"), b = g.boolean(true);
    EXPECT_THROW(g.make(Op::add, x), std::logic_error);
    EXPECT_THROW(g.make(Op::sin, x, x), std::logic_error);
    EXPECT_THROW(g.add(x, b), std::logic_error);
    EXPECT_THROW(g.select(x, x, x), std::logic_error);
    EXPECT_THROW(g.make(Op::logical_not, x), std::logic_error);
    EXPECT_THROW(g.neg(NodeId{1000}), std::logic_error);
}

TEST(Graph, PowersAreProducts) {
    Graph g;
    const NodeId x = g.symbol("x");
    for (int n = -7; n <= 20; ++n) {
        const double value = evaluate(g, g.power(x, n), [](const std::string&) { return 2.0; });
        EXPECT_EQ(value, std::ldexp(1.0, n)) << n;
    }
    EXPECT_EQ(g.power(x, 1), x);
    EXPECT_EQ(g.power(x, 0), g.constant(1.0));
}

TEST(Graph, OperandsPrecedeTheirUsers) {
    Graph g;
    RandomExpression random(g, 1, true);
    for (int i = 0; i < 100; ++i) simplify(g, random.grow(20));
    for (std::uint32_t i = 0; i < g.size(); ++i)
        for (const NodeId arg : g[NodeId{i}].args) EXPECT_TRUE(!arg || arg.index < i);
}

TEST(Graph, LooksUpTables) {
    Graph g;
    const auto number = g.add_table(std::make_shared<const Table>(Table{"table", {1.5, 2.5, 4.0}}));
    const NodeId x = g.symbol("x"), found = g.lookup(number, x);
    const double nan = std::nan("");
    for (const auto& [index, value] :
         {std::pair{-3.0, 1.5}, {0.9, 1.5}, {1.0, 2.5}, {2.99, 4.0}, {1e300, 4.0}, {nan, 1.5}})
        EXPECT_EQ(evaluate(g, found, [&](const std::string&) { return index; }), value) << index;
    EXPECT_EQ(g.lookup(number, g.constant(1)), g.constant(2.5));
    EXPECT_EQ(g.lookup(number, x), found);
    EXPECT_EQ(print(g, g.add(found, x)), "table[x] + x");
    EXPECT_TRUE(g.is_constant(differentiate(g, found, x), 0.0));
    Graph other;
    const NodeId copied = copy(g, found, other);
    EXPECT_EQ(other.table(copied).values, g.table(found).values);
    // A table that is filled later.
    const auto open = g.add_table(std::make_shared<const Table>(Table{"open", {}}));
    const NodeId later = g.lookup(open, g.constant(1));
    EXPECT_TRUE(std::isnan(evaluate(g, later, {})));
    g.fill(open, std::make_shared<const Table>(Table{"open", {7, 8}}));
    EXPECT_EQ(evaluate(g, later, {}), 8.0);
}

TEST(Operations, TableIsComplete) {
    std::set<std::string_view> functions;
    for (std::size_t i = 0; i < static_cast<std::size_t>(Op::count_); ++i) {
        const OpInfo& row = info(static_cast<Op>(i));
        EXPECT_EQ(static_cast<std::size_t>(row.op), i);
        EXPECT_FALSE(row.name.empty());
        EXPECT_EQ(row.precedence == 0, row.is_function || row.arity == 0) << row.name;
        if (!row.is_function) continue;
        EXPECT_TRUE(functions.insert(row.name).second) << row.name;
        EXPECT_EQ(find_function(row.name), row.op);
    }
    EXPECT_EQ(function_names().size(), functions.size());
    EXPECT_FALSE(find_function("+"));
    EXPECT_FALSE(find_function("constant"));
    EXPECT_FALSE(find_function("nothing"));
}

}  // namespace
}  // namespace neurodyn::symbolic
