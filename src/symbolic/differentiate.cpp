// SPDX-License-Identifier: BSD-3-Clause
// Derivatives: a table with one rule for each operation, applied in index order.
#include <array>
#include <iterator>
#include <numbers>

#include "symbolic/rebuild.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

/// What a rule sees: the operation's own node, its operands, and their derivatives (null where zero).
struct Site {
    Graph& g;
    NodeId self;
    NodeId a, b, c;
    NodeId da, db, dc;

    NodeId number(double value) const { return g.constant(value); }
    NodeId square(NodeId x) const { return g.mul(x, x); }
    NodeId inverse(NodeId x) const { return g.div(number(1.0), x); }
    NodeId or_zero(NodeId x) const { return x ? x : number(0.0); }
};

// Null is zero, so that no product with a zero ever arises: 0*inf would not be zero.
NodeId plus(Graph& g, NodeId x, NodeId y) { return !x ? y : !y ? x : g.add(x, y); }
NodeId minus(Graph& g, NodeId x, NodeId y) { return !y ? x : !x ? g.neg(y) : g.sub(x, y); }
NodeId times(Graph& g, NodeId x, NodeId y) { return x && y ? g.mul(x, y) : NodeId{}; }

NodeId choose(const Site& s, NodeId condition, NodeId yes, NodeId no) {
    if (!yes && !no) return {};
    return s.g.select(condition, s.or_zero(yes), s.or_zero(no));
}

using Rule = NodeId (*)(const Site&);

NodeId no_derivative(const Site&) { return {}; }

// outer'(a) * da, with the outer derivative from the rule of a function of one operand.
template <NodeId (*outer)(const Site&)>
NodeId chain(const Site& s) {
    return s.da ? s.g.mul(s.da, outer(s)) : NodeId{};
}

NodeId power_rule(const Site& s) {
    NodeId by_base;
    if (s.da) {
        const NodeId lower = s.g.make(Op::pow, s.a, s.g.sub(s.b, s.number(1.0)));
        by_base = s.g.mul(s.g.mul(s.b, lower), s.da);
    }
    const NodeId by_exponent = s.db ? s.g.mul(s.g.mul(s.self, s.g.make(Op::log, s.a)), s.db) : NodeId{};
    return plus(s.g, by_base, by_exponent);
}

// d/dx ((e^x - 1)/x) = (e^x - exprel(x))/x loses all digits near 0; there, its series
// sum_k x^k / (k! (k + 2)) is used. At |x| = 0.02 both are good to 1e-14.
NodeId exprel_outer(const Site& s) {
    constexpr double series_below = 0.02;
    constexpr std::array<double, 7> series{1.0 / 2,   1.0 / 3,   1.0 / 8,   1.0 / 30,
                                           1.0 / 144, 1.0 / 840, 1.0 / 5760};
    NodeId near = s.number(series.back());
    for (std::size_t k = series.size() - 1; k-- > 0;) near = s.g.add(s.g.mul(near, s.a), s.number(series[k]));
    const NodeId far = s.g.div(s.g.sub(s.g.make(Op::exp, s.a), s.self), s.a);
    const NodeId is_near = s.g.make(Op::lt, s.g.make(Op::abs, s.a), s.number(series_below));
    return s.g.select(is_near, near, far);
}

NodeId arctan2_rule(const Site& s) {
    const NodeId radius2 = s.g.add(s.square(s.a), s.square(s.b));
    const NodeId above = minus(s.g, times(s.g, s.b, s.da), times(s.g, s.a, s.db));
    return above ? s.g.div(above, radius2) : NodeId{};
}

NodeId quotient_rule(const Site& s) {
    const NodeId above = minus(s.g, s.da, times(s.g, s.self, s.db));
    return above ? s.g.div(above, s.b) : NodeId{};
}

NodeId mod_rule(const Site& s) {
    const NodeId turns = s.db ? s.g.make(Op::floor, s.g.div(s.a, s.b)) : NodeId{};
    return minus(s.g, s.da, times(s.g, turns, s.db));
}

NodeId arc_root(const Site& s) {
    return s.inverse(s.g.make(Op::sqrt, s.g.sub(s.number(1.0), s.square(s.a))));
}

// A function of one operand, by its outer derivative.
#define OUTER(expression) chain<[](const Site& s) -> NodeId { return expression; }>

struct Row {
    Op op;
    Rule rule;
};

constexpr Row rows[] = {
    {Op::constant, no_derivative},
    {Op::symbol, no_derivative},  // of itself: seeded with 1
    {Op::add, [](const Site& s) { return plus(s.g, s.da, s.db); }},
    {Op::sub, [](const Site& s) { return minus(s.g, s.da, s.db); }},
    {Op::mul, [](const Site& s) { return plus(s.g, times(s.g, s.da, s.b), times(s.g, s.a, s.db)); }},
    {Op::div, quotient_rule},
    {Op::neg, [](const Site& s) { return s.da ? s.g.neg(s.da) : NodeId{}; }},
    {Op::fma,
     [](const Site& s) { return plus(s.g, plus(s.g, times(s.g, s.da, s.b), times(s.g, s.a, s.db)), s.dc); }},
    {Op::pow, power_rule},
    {Op::mod, mod_rule},
    {Op::min, [](const Site& s) { return choose(s, s.g.make(Op::lt, s.a, s.b), s.da, s.db); }},
    {Op::max, [](const Site& s) { return choose(s, s.g.make(Op::gt, s.a, s.b), s.da, s.db); }},
    {Op::abs, OUTER(s.g.make(Op::sign, s.a))},
    {Op::sign, no_derivative},
    {Op::sqrt, OUTER(s.g.div(s.number(0.5), s.self))},
    {Op::floor, no_derivative},
    {Op::ceil, no_derivative},
    {Op::exp, OUTER(s.self)},
    {Op::expm1, OUTER(s.g.make(Op::exp, s.a))},
    {Op::exprel, chain<exprel_outer>},
    {Op::log, OUTER(s.inverse(s.a))},
    {Op::log10, OUTER(s.g.div(s.number(std::numbers::log10e), s.a))},
    {Op::log1p, OUTER(s.inverse(s.g.add(s.number(1.0), s.a)))},
    {Op::sin, OUTER(s.g.make(Op::cos, s.a))},
    {Op::cos, OUTER(s.g.neg(s.g.make(Op::sin, s.a)))},
    {Op::tan, OUTER(s.g.add(s.number(1.0), s.square(s.self)))},
    {Op::sinh, OUTER(s.g.make(Op::cosh, s.a))},
    {Op::cosh, OUTER(s.g.make(Op::sinh, s.a))},
    {Op::tanh, OUTER(s.g.sub(s.number(1.0), s.square(s.self)))},
    {Op::arcsin, chain<arc_root>},
    {Op::arccos, OUTER(s.g.neg(arc_root(s)))},
    {Op::arctan, OUTER(s.inverse(s.g.add(s.number(1.0), s.square(s.a))))},
    {Op::arctan2, arctan2_rule},
    {Op::erf,
     OUTER(s.g.mul(s.number(2.0 * std::numbers::inv_sqrtpi), s.g.make(Op::exp, s.g.neg(s.square(s.a)))))},
    {Op::sigmoid, OUTER(s.g.mul(s.self, s.g.sub(s.number(1.0), s.self)))},
    {Op::heaviside, no_derivative},
    {Op::lt, no_derivative},
    {Op::le, no_derivative},
    {Op::gt, no_derivative},
    {Op::ge, no_derivative},
    {Op::eq, no_derivative},
    {Op::ne, no_derivative},
    {Op::logical_and, no_derivative},
    {Op::logical_or, no_derivative},
    {Op::logical_not, no_derivative},
    {Op::select, [](const Site& s) { return choose(s, s.a, s.db, s.dc); }},
    {Op::lookup, no_derivative},  // piecewise constant
};
#undef OUTER

constexpr bool in_order() {
    for (std::size_t i = 0; i < std::size(rows); ++i)
        if (static_cast<std::size_t>(rows[i].op) != i) return false;
    return std::size(rows) == static_cast<std::size_t>(Op::count_);
}
static_assert(in_order(), "the table has one rule for each Op, in the order of the enumeration");

// The derivative as the rules give it; null when it is zero everywhere.
NodeId raw_derivative(Graph& graph, const std::vector<NodeId>& nodes, NodeId expression, NodeId symbol) {
    std::vector<NodeId> derivative(expression.index + 1);
    const auto of = [&](NodeId id) { return id ? derivative[id.index] : NodeId{}; };
    for (const NodeId id : nodes) {
        if (id == symbol) {
            derivative[id.index] = graph.constant(1.0);
            continue;
        }
        const Node node = graph[id];
        const auto [a, b, c] = node.args;
        const Site site{graph, id, a, b, c, of(a), of(b), of(c)};
        if (site.da || site.db || site.dc)
            derivative[id.index] = rows[static_cast<std::size_t>(node.op)].rule(site);
    }
    return derivative[expression.index];
}

}  // namespace

NodeId differentiate(Graph& graph, NodeId expression, NodeId symbol) {
    const NodeId raw = raw_derivative(graph, reachable(graph, {&expression, 1}), expression, symbol);
    return raw ? simplify(graph, raw) : graph.constant(0.0);
}

std::vector<std::vector<NodeId>> jacobian(Graph& graph, std::span<const NodeId> expressions,
                                          std::span<const NodeId> symbols) {
    std::vector<std::vector<NodeId>> rows_of_result;
    for (const NodeId expression : expressions) {
        const std::vector<NodeId> nodes = reachable(graph, {&expression, 1});
        auto& row = rows_of_result.emplace_back();
        for (const NodeId symbol : symbols) {
            const NodeId raw = raw_derivative(graph, nodes, expression, symbol);
            row.push_back(raw ? simplify(graph, raw) : graph.constant(0.0));
        }
    }
    return rows_of_result;
}

}  // namespace neurodyn::symbolic
