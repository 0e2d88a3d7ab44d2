// SPDX-License-Identifier: BSD-3-Clause
// Expressions as text, in the language's own syntax.
#include <fmt/format.h>

#include <cmath>
#include <variant>

#include "base/error.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

constexpr std::size_t longest_text = std::size_t{16} << 20;
constexpr int unary_minus = 7, atom = 9;

/// A node still to be written; parentheses are set when it binds less than `least`.
struct Pending {
    NodeId id;
    int least;
};
using Item = std::variant<std::string_view, Pending>;

bool is_negative_number(const Node& node) {
    return node.op == Op::constant && node.type == Type::real && std::signbit(node.value);
}

int precedence(const Node& node) {
    if (is_negative_number(node)) return unary_minus;
    const int row = info(node.op).precedence;
    return row == 0 ? atom : row;
}

bool starts_with_minus(const Node& node) { return node.op == Op::neg || is_negative_number(node); }

std::string leaf_text(const Graph& graph, NodeId id) {
    const Node& node = graph[id];
    if (node.op == Op::symbol) return graph.name(id);
    if (node.type == Type::boolean) return node.value != 0.0 ? "True" : "False";
    return fmt::format("{}", node.value);
}

/// The pieces of one node, in the order of reading.
std::vector<Item> pieces(const Graph& graph, const Node& node) {
    const OpInfo& row = info(node.op);
    const auto [a, b, c] = node.args;
    if (node.op == Op::lookup)
        return {std::string_view(graph.tables()[node.symbol]->name), std::string_view("["), Pending{a, 0},
                std::string_view("]")};
    if (row.is_function) {
        std::vector<Item> items{row.name, std::string_view("("), Pending{a, 0}};
        for (const NodeId arg : {b, c})
            if (arg) items.insert(items.end(), {std::string_view(", "), Pending{arg, 0}});
        items.emplace_back(std::string_view(")"));
        return items;
    }
    const int p = row.precedence;
    if (row.arity == 1) return {row.name, std::string_view(node.op == Op::neg ? "" : " "), Pending{a, p}};
    const bool binds_neither_side = row.unit_rule == UnitRule::relation || node.op == Op::pow;
    const int right = starts_with_minus(graph[b]) && row.result == Type::real ? atom : p + 1;
    const bool tight = node.op == Op::mul || node.op == Op::div || node.op == Op::pow;
    const std::string_view space = tight ? "" : " ";
    return {Pending{a, binds_neither_side ? p + 1 : p}, space, row.name, space, Pending{b, right}};
}

}  // namespace

std::string print(const Graph& graph, NodeId expression) {
    std::string text;
    std::vector<Item> stack{Pending{expression, 0}};
    while (!stack.empty()) {
        const Item item = stack.back();
        stack.pop_back();
        if (text.size() > longest_text) throw Error("the expression is too long to be printed");
        if (const auto* literal = std::get_if<std::string_view>(&item)) {
            text += *literal;
            continue;
        }
        const auto [id, least] = std::get<Pending>(item);
        const Node& node = graph[id];
        const bool parentheses = precedence(node) < least;
        if (parentheses) text += '(';
        if (parentheses) stack.emplace_back(std::string_view(")"));
        if (info(node.op).arity == 0) {
            text += leaf_text(graph, id);
            continue;
        }
        const std::vector<Item> parts = pieces(graph, node);
        stack.insert(stack.end(), parts.rbegin(), parts.rend());
    }
    return text;
}

}  // namespace neurodyn::symbolic
