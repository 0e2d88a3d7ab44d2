// SPDX-License-Identifier: BSD-3-Clause
// Expressions taken apart: linear in a symbol, or a sum of products of what two sides know.
#include <algorithm>
#include <cmath>
#include <optional>

#include "symbolic/rebuild.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

// Null stands for zero in what follows, so that no needless sums and products arise.
NodeId plus(Graph& g, NodeId x, NodeId y) { return !x ? y : !y ? x : g.add(x, y); }
NodeId minus(Graph& g, NodeId x, NodeId y) { return !y ? x : !x ? g.neg(y) : g.sub(x, y); }
NodeId times(Graph& g, NodeId x, NodeId y) { return x && y ? g.mul(x, y) : NodeId{}; }
NodeId or_zero(Graph& g, NodeId x) { return x ? x : g.constant(0.0); }

/// coefficient * symbol + rest; a part that does not depend on the symbol has no coefficient.
struct Line {
    bool linear = true;
    NodeId coefficient, rest;
};

Line affine_select(Graph& g, NodeId condition, const Line& yes, const Line& no) {
    Line line;
    line.coefficient = g.select(condition, or_zero(g, yes.coefficient), or_zero(g, no.coefficient));
    line.rest = g.select(condition, or_zero(g, yes.rest), or_zero(g, no.rest));
    return line;
}

Line affine_product(Graph& g, const Line& x, const Line& y) {
    if (x.coefficient && y.coefficient) return {false, {}, {}};
    return {true, plus(g, times(g, x.coefficient, y.rest), times(g, x.rest, y.coefficient)),
            times(g, x.rest, y.rest)};
}

// The line of a node that depends on the symbol, from those of its operands.
Line affine_step(Graph& g, const Node& node, const std::array<Line, 3>& x) {
    const Line nothing{false, {}, {}};
    for (const Line& line : x)
        if (!line.linear) return nothing;
    switch (node.op) {
        case Op::add:
            return {true, plus(g, x[0].coefficient, x[1].coefficient), plus(g, x[0].rest, x[1].rest)};
        case Op::sub:
            return {true, minus(g, x[0].coefficient, x[1].coefficient), minus(g, x[0].rest, x[1].rest)};
        case Op::neg:
            return {true, minus(g, {}, x[0].coefficient), minus(g, {}, x[0].rest)};
        case Op::mul:
            return affine_product(g, x[0], x[1]);
        case Op::fma: {
            const Line product = affine_product(g, x[0], x[1]);
            return {product.linear, plus(g, product.coefficient, x[2].coefficient),
                    plus(g, product.rest, x[2].rest)};
        }
        case Op::div:
            if (x[1].coefficient) return nothing;
            return {true, x[0].coefficient ? g.div(x[0].coefficient, node.args[1]) : NodeId{},
                    x[0].rest ? g.div(x[0].rest, node.args[1]) : NodeId{}};
        case Op::select:
            return affine_select(g, node.args[0], x[1], x[2]);
        default:
            return nothing;
    }
}

}  // namespace

Affine as_affine(Graph& graph, NodeId expression, NodeId symbol) {
    std::vector<Line> lines(expression.index + 1);
    std::vector<bool> depends(expression.index + 1);
    for (const NodeId id : reachable(graph, {&expression, 1})) {
        const Node node = graph[id];
        Line& line = lines[id.index];
        std::array<Line, 3> operands;
        bool dependent = false;
        for (std::size_t i = 0; i < 3 && node.args[i]; ++i) {
            operands[i] = lines[node.args[i].index];
            dependent = dependent || depends[node.args[i].index];
        }
        depends[id.index] = dependent || id == symbol;
        if (id == symbol)
            line = {true, graph.constant(1.0), {}};
        else if (dependent)
            line = affine_step(graph, node, operands);
        else
            line = {true, {}, id};
    }
    const Line& line = lines[expression.index];
    if (!line.linear) return {};
    return {or_zero(graph, line.coefficient), or_zero(graph, line.rest)};
}

namespace {

constexpr std::size_t most_terms = 32;
constexpr double largest_power = 6.0;

/// left * right; null is one.
struct Term {
    NodeId left, right;
};
using Terms = std::vector<Term>;

NodeId product(Graph& g, NodeId x, NodeId y) { return !x ? y : !y ? x : g.mul(x, y); }

class Separator {
  public:
    Separator(Graph& graph, const std::function<Side(NodeId)>& side) : g_(graph), side_(side) {}

    Separated run(NodeId expression) {
        std::vector<std::optional<Terms>> terms(expression.index + 1);
        std::vector<std::uint8_t> sides(expression.index + 1);
        for (const NodeId id : reachable(g_, {&expression, 1})) {
            const Node node = g_[id];
            std::uint8_t& held = sides[id.index];
            if (node.op == Op::symbol) held = bits(side_(id));
            for (const NodeId arg : node.args)
                if (arg) held |= sides[arg.index];
            if (held != (on_left | on_right))
                terms[id.index] = Terms{held == on_right ? Term{{}, id} : Term{id, {}}};
            else
                terms[id.index] = step(node, terms, sides);
        }
        return terms[expression.index] ? finish(*terms[expression.index]) : Separated{};
    }

  private:
    static constexpr std::uint8_t on_left = 1, on_right = 2;
    static std::uint8_t bits(Side side) {
        return side == Side::left ? on_left : side == Side::right ? on_right : std::uint8_t{0};
    }
    using Found = std::vector<std::optional<Terms>>;

    // The terms of a node that holds symbols of both sides.
    std::optional<Terms> step(const Node& node, const Found& found, const std::vector<std::uint8_t>& sides) {
        for (const NodeId arg : node.args)
            if (arg && !found[arg.index]) return std::nullopt;
        const auto of = [&](std::size_t i) -> const Terms& { return *found[node.args[i].index]; };
        switch (node.op) {
            case Op::add:
                return limited(joined(of(0), of(1)));
            case Op::sub:
                return limited(joined(of(0), negated(of(1))));
            case Op::neg:
                return negated(of(0));
            case Op::mul:
                return crossed(of(0), of(1));
            case Op::fma: {
                const auto first = crossed(of(0), of(1));
                return first ? limited(joined(*first, of(2))) : std::nullopt;
            }
            case Op::div:
                if (sides[node.args[1].index] == (on_left | on_right)) return std::nullopt;
                return divided(of(0), of(1)[0]);
            case Op::pow:
                return powered(of(0), g_[node.args[1]]);
            case Op::exp:
            case Op::sin:
            case Op::cos:
                return by_addition_theorem(node.op, of(0));
            default:
                return std::nullopt;
        }
    }

    static std::optional<Terms> limited(Terms terms) {
        if (terms.size() > most_terms) return std::nullopt;
        return terms;
    }
    // Neighbours with one factor in common are one term, which keeps sums from growing.
    Terms joined(Terms terms, const Terms& more) {
        for (const Term& term : more) add(terms, term);
        return terms;
    }
    void add(Terms& terms, const Term& term) {
        for (Term& other : terms) {
            if (other.right == term.right) {
                other.left = g_.add(or_one(other.left), or_one(term.left));
                return;
            }
            if (other.left == term.left) {
                other.right = g_.add(or_one(other.right), or_one(term.right));
                return;
            }
        }
        terms.push_back(term);
    }
    NodeId or_one(NodeId id) { return id ? id : g_.constant(1.0); }

    Terms negated(Terms terms) {
        for (Term& term : terms) term.left = g_.neg(or_one(term.left));
        return terms;
    }
    std::optional<Terms> crossed(const Terms& x, const Terms& y) {
        if (x.size() * y.size() > most_terms) return std::nullopt;
        Terms terms;
        for (const Term& a : x)
            for (const Term& b : y) add(terms, {product(g_, a.left, b.left), product(g_, a.right, b.right)});
        return terms;
    }
    Terms divided(Terms terms, const Term& by) {
        for (Term& term : terms) {
            if (by.left) term.left = g_.div(or_one(term.left), by.left);
            if (by.right) term.right = g_.div(or_one(term.right), by.right);
        }
        return terms;
    }
    std::optional<Terms> powered(const Terms& base, const Node& exponent) {
        const double n = exponent.value;
        const bool small =
            exponent.op == Op::constant && n == std::nearbyint(n) && n >= 1.0 && n <= largest_power;
        std::optional<Terms> result = small ? std::optional(base) : std::nullopt;
        for (int i = 1; result && i < static_cast<int>(n); ++i) result = crossed(*result, base);
        return result;
    }

    // sin and cos of -x without the sign inside, so that both sides share their factors.
    NodeId circular(Op op, NodeId x) {
        if (g_[x].op != Op::neg) return g_.make(op, x);
        const NodeId positive = g_.make(op, g_[x].args[0]);
        return op == Op::sin ? g_.neg(positive) : positive;
    }

    // f(left + right); nothing when the argument has products of both sides.
    std::optional<Terms> by_addition_theorem(Op op, const Terms& argument) {
        NodeId left, right;
        for (const Term& term : argument) {
            if (term.left && term.right) {
                if (!move_constant(term, right)) return std::nullopt;
            } else if (term.right) {
                right = plus(g_, right, term.right);
            } else {
                left = plus(g_, left, or_one(term.left));
            }
        }
        if (!left || !right) {
            if (left) return Terms{{op == Op::exp ? g_.make(op, left) : circular(op, left), {}}};
            return Terms{{{}, op == Op::exp ? g_.make(op, right) : circular(op, right)}};
        }
        if (op == Op::exp) return Terms{{g_.make(op, left), g_.make(op, right)}};
        const NodeId sin_left = circular(Op::sin, left), cos_left = circular(Op::cos, left);
        const NodeId sin_right = circular(Op::sin, right), cos_right = circular(Op::cos, right);
        if (op == Op::sin) return Terms{{cos_left, sin_right}, {sin_left, cos_right}};
        return Terms{{cos_left, cos_right}, {g_.neg(sin_left), sin_right}};
    }

    // A left factor that holds no symbol of the left side belongs to both: 2*x_pre, g*x_pre.
    bool move_constant(const Term& term, NodeId& right) {
        for (const NodeId symbol : free_symbols(g_, {&term.left, 1}))
            if (side_(symbol) == Side::left) return false;
        NodeId factor = term.right;
        if (g_.is_constant(term.left, -1.0))
            factor = g_.neg(factor);
        else
            factor = g_.mul(term.left, factor);
        right = plus(g_, right, factor);
        return true;
    }

    Separated finish(const Terms& terms) {
        Separated result;
        for (const Term& term : terms) {
            result.left.push_back(or_one(term.left));
            result.right.push_back(or_one(term.right));
        }
        return result;
    }

    Graph& g_;
    const std::function<Side(NodeId)>& side_;
};

}  // namespace

Separated separate(Graph& graph, NodeId expression, const std::function<Side(NodeId symbol)>& side) {
    return Separator(graph, side).run(expression);
}

Separated separate(Graph& graph, NodeId expression, const std::function<bool(NodeId symbol)>& is_right) {
    const std::function<Side(NodeId)> side = [&](NodeId symbol) {
        return is_right(symbol) ? Side::right : Side::left;
    };
    return Separator(graph, side).run(expression);
}

}  // namespace neurodyn::symbolic
