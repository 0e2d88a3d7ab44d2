// SPDX-License-Identifier: BSD-3-Clause
// Algebraic simplification: sums as terms with coefficients, products as factors with exponents.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "symbolic/rebuild.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

constexpr double largest_unrolled_power = 32.0;
// A sum that several others share is taken apart only up to this many parts, so that sharing is kept
// where it matters and the graph cannot grow without bound.
constexpr int shared_parts = 16;

bool is_sum(Op op) { return op == Op::add || op == Op::sub || op == Op::neg; }
bool is_quotient(Op op) { return op == Op::mul || op == Op::div; }
bool is_whole(double x) { return x == std::nearbyint(x) && std::fabs(x) < 1e6; }

/// numerator/denominator * product of base^exponent, by ascending base.
struct Product {
    double numerator = 1.0, denominator = 1.0;
    std::map<NodeId, double> factors;
};

/// One part of a sum or a product that is being taken apart. `weight` is a coefficient or an exponent; an
/// old node belongs to the given expression, a new one is already simplified.
struct Part {
    NodeId id;
    double weight;
    bool old;
};

class Simplifier {
  public:
    Simplifier(Graph& graph, NodeId expression)
        : g_(graph), nodes_(reachable(graph, {&expression, 1})), result_(expression.index + 1) {
        mark_interior(expression);
    }

    NodeId run(NodeId expression) {
        for (const NodeId id : nodes_)
            if (!interior_[id.index]) result_[id.index] = simplified(id);
        return result_[expression.index];
    }

  private:
    // An interior node is part of a longer sum or product, whose root takes it apart.
    void mark_interior(NodeId expression) {
        std::vector<std::uint8_t> uses(expression.index + 1), by_sum(uses), by_product(uses);
        for (const NodeId id : nodes_) {
            const Node& node = g_[id];
            for (const NodeId arg : node.args) {
                if (!arg) continue;
                uses[arg.index] = static_cast<std::uint8_t>(std::min(uses[arg.index] + 1, 2));
                by_sum[arg.index] |= is_sum(node.op);
                by_product[arg.index] |= is_quotient(node.op);
            }
        }
        interior_.resize(expression.index + 1);
        for (const NodeId id : nodes_)
            interior_[id.index] = uses[id.index] == 1 && ((is_sum(g_[id].op) && by_sum[id.index]) ||
                                                          (is_quotient(g_[id].op) && by_product[id.index]));
    }

    NodeId simplified(NodeId id) {
        const Node node = g_[id];
        if (node.op == Op::constant || node.op == Op::symbol) return id;
        if (is_sum(node.op)) return sum(id);
        const bool constant_power = node.op == Op::pow && g_.is_constant(node.args[1]);
        if (is_quotient(node.op) || node.op == Op::sqrt || constant_power) {
            const auto product = split_product({id, 1.0, true});
            return product ? build(*product) : id;
        }
        const auto args = mapped_args(node, result_);
        return args == node.args ? id : rebuild(g_, id, g_, args);
    }

    // ---- products

    // The factors of a part; nothing when the constants overflow.
    std::optional<Product> split_product(Part root) {
        Product product;
        std::vector<Part> stack{root};
        bool at_root = true;
        while (!stack.empty()) {
            Part part = stack.back();
            stack.pop_back();
            if (part.old && !at_root && !interior_[part.id.index])
                part = {result_[part.id.index], part.weight, false};
            at_root = false;
            if (!split_factor(part, product, stack)) add_factor(product, part);
        }
        std::erase_if(product.factors, [](const auto& factor) { return factor.second == 0.0; });
        const double c = product.numerator / product.denominator;
        const bool usable =
            std::isfinite(c) && (c != 0.0 || product.numerator == 0.0) && product.denominator != 0.0;
        return usable ? std::optional(std::move(product)) : std::nullopt;
    }

    // A node as it stands in a product that is taken apart: its operands simplified when it is old.
    NodeId operand(const Part& part, NodeId arg) const { return part.old ? result_[arg.index] : arg; }

    // Pushes the parts of a product, quotient or power; false when the part is a factor of its own.
    bool split_factor(const Part& part, Product& product, std::vector<Part>& stack) {
        const Node node = g_[part.id];
        const auto [a, b, c] = node.args;
        if (!is_whole(part.weight)) return false;  // (a*b)^0.5 is not a^0.5 * b^0.5 for negative a and b
        if (is_quotient(node.op)) {
            stack.push_back({b, node.op == Op::mul ? part.weight : -part.weight, part.old});
            stack.push_back({a, part.weight, part.old});
        } else if (node.op == Op::neg && !part.old) {
            if (std::fmod(part.weight, 2.0) != 0.0) product.numerator = -product.numerator;
            stack.push_back({a, part.weight, false});
        } else if (node.op == Op::sqrt) {
            push_power(operand(part, a), 0.5 * part.weight, product, stack);
        } else if (node.op == Op::pow && g_.is_constant(b)) {
            push_power(operand(part, a), g_[b].value * part.weight, product, stack);
        } else if (node.op == Op::constant && std::fabs(part.weight) <= largest_unrolled_power) {
            double& side = part.weight > 0.0 ? product.numerator : product.denominator;
            for (int i = 0; i < static_cast<int>(std::fabs(part.weight)); ++i) side *= node.value;
        } else {
            return false;
        }
        return true;
    }

    void push_power(NodeId base, double exponent, Product& product, std::vector<Part>& stack) {
        if (is_whole(exponent))
            stack.push_back({base, exponent, false});
        else
            product.factors[base] += exponent;
    }

    static void add_factor(Product& product, const Part& part) { product.factors[part.id] += part.weight; }

    NodeId powered(NodeId base, double exponent) {
        if (exponent == 0.5) return g_.make(Op::sqrt, base);
        if (is_whole(exponent) && exponent <= largest_unrolled_power)
            return g_.power(base, static_cast<int>(exponent));
        return g_.make(Op::pow, base, g_.constant(exponent));
    }

    NodeId build(const Product& product) {
        double c = product.numerator / product.denominator;
        if (c == 0.0) return g_.constant(0.0);
        const bool negative = c < 0.0;
        c = std::fabs(c);
        // x/3 rather than 0.333*x.
        const double inverse = std::fabs(product.denominator / product.numerator);
        const bool divides = c < 1.0 && is_whole(inverse);
        NodeId above, below;
        if (divides) below = g_.constant(inverse);
        if (!divides && c != 1.0) above = g_.constant(c);
        for (const auto& [base, exponent] : product.factors) {
            NodeId& side = exponent > 0.0 ? above : below;
            const NodeId factor = powered(base, std::fabs(exponent));
            side = side ? g_.mul(side, factor) : factor;
        }
        if (!above) above = g_.constant(1.0);
        const NodeId size = below ? g_.div(above, below) : above;
        return negative ? g_.neg(size) : size;
    }

    // ---- sums

    struct Sum {
        double constant = 0.0;
        struct Term {
            double coefficient = 0.0;
            Product product;
        };
        std::map<NodeId, Term> terms;
    };

    NodeId sum(NodeId root) {
        Sum sum;
        int shared_left = shared_parts;
        std::vector<Part> stack{{root, 1.0, true}};
        bool at_root = true;
        while (!stack.empty()) {
            Part part = stack.back();
            stack.pop_back();
            if (part.old && !at_root && !interior_[part.id.index])
                part = {result_[part.id.index], part.weight, false};
            at_root = false;
            const Node node = g_[part.id];
            const bool splits = is_sum(node.op) && (part.old || node.op == Op::neg || --shared_left > 0);
            if (!splits) {
                if (!add_term(sum, part)) return root;
                continue;
            }
            const double second = node.op == Op::sub ? -part.weight : part.weight;
            if (node.args[1]) stack.push_back({node.args[1], second, part.old});
            stack.push_back({node.args[0], node.op == Op::neg ? -part.weight : part.weight, part.old});
        }
        return std::isfinite(sum.constant) ? build(sum) : root;
    }

    // False when a constant overflows.
    bool add_term(Sum& sum, const Part& part) {
        if (g_.is_constant(part.id)) {
            sum.constant += part.weight * g_[part.id].value;
            return true;
        }
        auto product = split_product({part.id, 1.0, false});
        if (!product) return false;
        const double coefficient = part.weight * (product->numerator / product->denominator);
        product->numerator = product->denominator = 1.0;
        const NodeId key = build(*product);
        auto& term = sum.terms[key];
        term.coefficient += coefficient;
        term.product = std::move(*product);
        return std::isfinite(term.coefficient);
    }

    NodeId build(Sum& sum) {
        NodeId result;
        // A positive part first, so that 1 - x is not written -x + 1.
        for (const bool positive : {true, false}) {
            for (auto& [key, term] : sum.terms) {
                if (term.coefficient == 0.0 || (term.coefficient > 0.0) != positive) continue;
                term.product.numerator = std::fabs(term.coefficient);
                append(result, build(term.product), positive);
            }
            if (sum.constant != 0.0 && (sum.constant > 0.0) == positive)
                append(result, g_.constant(std::fabs(sum.constant)), positive);
        }
        return result ? result : g_.constant(0.0);
    }

    void append(NodeId& result, NodeId part, bool positive) {
        if (result)
            result = positive ? g_.add(result, part) : g_.sub(result, part);
        else
            result = positive ? part : g_.neg(part);
    }

    Graph& g_;
    std::vector<NodeId> nodes_;
    std::vector<NodeId> result_;  // by index of an old node
    std::vector<bool> interior_;
};

}  // namespace

NodeId simplify(Graph& graph, NodeId expression) { return Simplifier(graph, expression).run(expression); }

}  // namespace neurodyn::symbolic
