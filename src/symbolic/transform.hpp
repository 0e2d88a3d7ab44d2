// SPDX-License-Identifier: BSD-3-Clause
// What can be done with an expression: derive, substitute, simplify, copy between graphs, print, ask.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "symbolic/graph.hpp"

namespace neurodyn::symbolic {

struct NodeHash {
    std::size_t operator()(NodeId id) const { return id.index; }
};
using Substitution = std::unordered_map<NodeId, NodeId, NodeHash>;

/// d expression / d symbol, simplified. abs, min, max, sign, heaviside and select are differentiated
/// piecewise.
NodeId differentiate(Graph& graph, NodeId expression, NodeId symbol);
/// Rows: expressions; columns: symbols. Null ids never occur; zeros are the constant 0.
std::vector<std::vector<NodeId>> jacobian(Graph& graph, std::span<const NodeId> expressions,
                                          std::span<const NodeId> symbols);

/// The expression with every key of `map` replaced by its value (at once, not repeatedly). A key may be any
/// node, not only a symbol.
NodeId substitute(Graph& graph, NodeId expression, const Substitution& map);

/// Algebraic simplification that may change rounding: sums and products in canonical order, like terms and
/// factors collected, constants gathered, x^0.5 -> sqrt, pow by small integers -> products, exp(a)*exp(b)
/// left alone. Models are compiled as written; simplify is for derivatives, Jacobians and printing.
NodeId simplify(Graph& graph, NodeId expression);

/// Copies an expression into another graph; symbols keep their names unless `rename` says otherwise.
NodeId copy(const Graph& from, NodeId expression, Graph& to,
            const std::function<std::string(const std::string&)>& rename = {});

/// True when the expression contains the symbol (or any of them).
bool depends_on(const Graph& graph, NodeId expression, NodeId symbol);
/// All symbols in the expression, in order of index.
std::vector<NodeId> free_symbols(const Graph& graph, std::span<const NodeId> expressions);
/// All nodes that the expressions need, in evaluation order.
std::vector<NodeId> reachable(const Graph& graph, std::span<const NodeId> expressions);

/// expression = coefficient * symbol + rest, when it is linear (affine) in symbol; null ids otherwise.
/// Neither is simplified: the operations are those of the expression, regrouped.
struct Affine {
    NodeId coefficient, rest;
    explicit operator bool() const { return static_cast<bool>(coefficient); }
};
Affine as_affine(Graph& graph, NodeId expression, NodeId symbol);

/// On which side of a product a symbol may stand.
enum class Side : std::uint8_t {
    left,
    right,
    either,  ///< known on both sides, such as a parameter that all nodes share
};
/// A sum of products: expression = sum_k left[k] * right[k], where right[k] holds only symbols of the right
/// side (or either) and left[k] none of the right side. sin(a-b), cos(a-b), sin(a+b), cos(a+b), exp(a+b),
/// powers with small whole exponents and products of sums are expanded when that separates them; like
/// factors are gathered. Empty when it cannot be done (or takes more than 32 terms).
struct Separated {
    std::vector<NodeId> left, right;
    bool empty() const { return left.empty(); }
};
Separated separate(Graph& graph, NodeId expression, const std::function<Side(NodeId symbol)>& side);
/// The same with two sides only: a symbol for which `is_right` is false stands on the left.
Separated separate(Graph& graph, NodeId expression, const std::function<bool(NodeId symbol)>& is_right);

/// The value for given symbol values (SI), by the scalar reference evaluator; booleans are 0 and 1.
double evaluate(const Graph& graph, NodeId expression,
                const std::function<double(const std::string& symbol)>& value);

/// The expression in the language's own syntax (Python's precedence, ^ for powers), with as few parentheses
/// as needed; parses back to the same graph. A shared part is written out wherever it is used: throws Error
/// when the text would be longer than 16 MB.
std::string print(const Graph& graph, NodeId expression);

}  // namespace neurodyn::symbolic
