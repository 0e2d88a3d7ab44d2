// SPDX-License-Identifier: BSD-3-Clause
// Hash-consing, folding of constants, and the rewrites that keep every bit.
#include "symbolic/graph.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "symbolic/operations.hpp"

namespace neurodyn::symbolic {
namespace {

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

std::size_t hash_of(const Node& node) {
    std::uint64_t hash = mix(static_cast<std::uint64_t>(node.op) << 8, static_cast<std::uint64_t>(node.type));
    for (const NodeId arg : node.args) hash = mix(hash, arg.index);
    return static_cast<std::size_t>(mix(mix(hash, std::bit_cast<std::uint64_t>(node.value)), node.symbol));
}

bool same(const Node& a, const Node& b) {
    return a.op == b.op && a.type == b.type && a.args == b.args && a.symbol == b.symbol &&
           std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

bool is_commutative(Op op) {
    switch (op) {
        case Op::add:
        case Op::mul:
        case Op::eq:
        case Op::ne:
        case Op::logical_and:
        case Op::logical_or:
            return true;
        default:
            return false;
    }
}

void check_operands(const Graph& graph, Op op, const std::array<NodeId, 3>& args) {
    const auto& row = info(op);
    const bool logic = row.unit_rule == UnitRule::logic;
    for (int i = 0; i < 3; ++i) {
        const NodeId arg = args[static_cast<std::size_t>(i)];
        if (static_cast<bool>(arg) != (i < row.arity) || (arg && arg.index >= graph.size()))
            throw std::logic_error("operation '" + std::string(row.name) +
                                   "' given the wrong number of operands");
        const Type wanted = logic || (op == Op::select && i == 0) ? Type::boolean : Type::real;
        if (arg && graph[arg].type != wanted)
            throw std::logic_error("operation '" + std::string(row.name) +
                                   "' given an operand of the wrong type");
    }
}

// The node that the operation equals to the bit, or null. Only what IEEE 754 makes exact stands here:
// x + 0.0 does not (-0.0 + 0.0 is 0.0), nor does 0*x (infinities, signs).
NodeId exact_arithmetic(const Graph& g, Op op, NodeId a, NodeId b) {
    switch (op) {
        case Op::add:
            return g.is_constant(b, -0.0) ? a : g.is_constant(a, -0.0) ? b : NodeId{};
        case Op::sub:
            return g.is_constant(b, 0.0) ? a : NodeId{};
        case Op::mul:
            return g.is_constant(b, 1.0) ? a : g.is_constant(a, 1.0) ? b : NodeId{};
        case Op::div:
            return g.is_constant(b, 1.0) ? a : NodeId{};
        case Op::min:
        case Op::max:
            return a == b ? a : NodeId{};
        case Op::neg:
            return g[a].op == Op::neg ? g[a].args[0] : NodeId{};
        default:
            return {};
    }
}

NodeId exact_logic(Graph& g, Op op, const std::array<NodeId, 3>& args) {
    const auto [a, b, c] = args;
    switch (op) {
        case Op::abs:
            if (g[a].op == Op::abs) return a;
            return g[a].op == Op::neg ? g.make(Op::abs, g[a].args[0]) : NodeId{};
        case Op::logical_and:
            if (a == b) return a;
            if (g.is_constant(a)) return g[a].value != 0.0 ? b : a;
            return g.is_constant(b) ? (g[b].value != 0.0 ? a : b) : NodeId{};
        case Op::logical_or:
            if (a == b) return a;
            if (g.is_constant(a)) return g[a].value != 0.0 ? a : b;
            return g.is_constant(b) ? (g[b].value != 0.0 ? b : a) : NodeId{};
        case Op::logical_not:
            if (g[a].op == Op::logical_not) return g[a].args[0];
            // != is the negation of == also for NaN; < is not that of >=.
            if (g[a].op == Op::eq) return g.make(Op::ne, g[a].args[0], g[a].args[1]);
            return g[a].op == Op::ne ? g.make(Op::eq, g[a].args[0], g[a].args[1]) : NodeId{};
        case Op::select:
            if (b == c) return b;
            if (g.is_constant(a)) return g[a].value != 0.0 ? b : c;
            return g[a].op == Op::logical_not ? g.select(g[a].args[0], c, b) : NodeId{};
        default:
            return {};
    }
}

}  // namespace

NodeId Graph::find(const Node& node) const {
    const std::size_t mask = table_.size() - 1;
    for (std::size_t slot = hash_of(node); !table_.empty(); ++slot) {
        const std::uint32_t entry = table_[slot & mask];
        if (entry == 0) break;
        if (same(nodes_[entry - 1], node)) return {entry - 1};
    }
    return {};
}

void Graph::insert(std::uint32_t index) {
    const std::size_t mask = table_.size() - 1;
    std::size_t slot = hash_of(nodes_[index]) & mask;
    while (table_[slot] != 0) slot = (slot + 1) & mask;
    table_[slot] = index + 1;
}

NodeId Graph::intern(const Node& node) {
    if (const NodeId found = find(node)) return found;
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back(node);
    if (2 * nodes_.size() > table_.size()) {  // at most half full
        table_.assign(std::max<std::size_t>(64, 2 * table_.size()), 0);
        for (std::uint32_t i = 0; i < index; ++i) insert(i);
    }
    insert(index);
    return {index};
}

NodeId Graph::constant(double value) {
    Node node;
    node.value = value;
    return intern(node);
}

NodeId Graph::boolean(bool value) {
    Node node;
    node.type = Type::boolean;
    node.value = value ? 1.0 : 0.0;
    return intern(node);
}

NodeId Graph::symbol(std::string_view name, Type type) {
    const auto [it, is_new] =
        symbol_index_.emplace(std::string(name), static_cast<std::uint32_t>(symbols_.size()));
    if (is_new) symbols_.emplace_back(name);
    Node node;
    node.op = Op::symbol;
    node.type = type;
    node.symbol = it->second;
    return intern(node);
}

NodeId Graph::find_symbol(std::string_view name) const {
    const auto found = symbol_index_.find(std::string(name));
    if (found == symbol_index_.end()) return {};
    Node node;
    node.op = Op::symbol;
    node.symbol = found->second;
    const NodeId real = find(node);
    node.type = Type::boolean;
    return real ? real : find(node);
}

bool Graph::is_constant(NodeId id, double value) const {
    return is_constant(id) &&
           std::bit_cast<std::uint64_t>(nodes_[id.index].value) == std::bit_cast<std::uint64_t>(value);
}

NodeId Graph::make_node(Op op, std::array<NodeId, 3> args) {
    check_operands(*this, op, args);
    if (op == Op::lookup) throw std::logic_error("a lookup is made by Graph::lookup");
    const auto& row = info(op);
    bool all_constant = true;
    std::array<double, 3> values{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(row.arity); ++i) {
        all_constant = all_constant && is_constant(args[i]);
        values[i] = nodes_[args[i].index].value;
    }
    if (all_constant) {
        const double value = apply(op, values[0], values[1], values[2]);
        if (row.result == Type::boolean) return boolean(value != 0.0);
        if (std::isfinite(value) || op == Op::neg) return constant(value);
    }
    if (const NodeId exact = exact_arithmetic(*this, op, args[0], args[1])) return exact;
    if (const NodeId exact = exact_logic(*this, op, args)) return exact;
    Node node;
    node.op = op;
    node.type = row.result;
    node.args = args;
    if (is_commutative(op)) {
        Node swapped = node;
        std::swap(swapped.args[0], swapped.args[1]);
        if (const NodeId found = find(swapped)) return found;
    }
    return intern(node);
}

NodeId Graph::make(Op op, NodeId a) { return make_node(op, {a}); }
NodeId Graph::make(Op op, NodeId a, NodeId b) { return make_node(op, {a, b}); }
NodeId Graph::make(Op op, NodeId a, NodeId b, NodeId c) { return make_node(op, {a, b, c}); }

double look_up(std::span<const double> values, double index) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto last = static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(index > 0.0 ? (index < last ? index : last) : 0.0)];
}

std::uint32_t Graph::add_table(const TablePtr& table) {
    const auto found = std::find(tables_.begin(), tables_.end(), table);
    if (found == tables_.end())
        return tables_.push_back(table), static_cast<std::uint32_t>(tables_.size() - 1);
    return static_cast<std::uint32_t>(found - tables_.begin());
}

NodeId Graph::lookup(std::uint32_t table, NodeId index) {
    check_operands(*this, Op::lookup, {index});
    if (is_constant(index) && !tables_[table]->values.empty())
        return constant(look_up(tables_[table]->values, nodes_[index.index].value));
    Node node;
    node.op = Op::lookup;
    node.args = {index};
    node.symbol = table;
    return intern(node);
}

NodeId Graph::power(NodeId x, int n) {
    if (n < 0) return div(constant(1.0), power(x, -n));
    // By squaring: x^5 = x * (x^2)^2.
    NodeId result, square = x;
    for (unsigned bits = static_cast<unsigned>(n); bits != 0; bits >>= 1) {
        if (bits & 1u) result = result ? mul(result, square) : square;
        if (bits > 1) square = mul(square, square);
    }
    return result ? result : constant(1.0);
}

}  // namespace neurodyn::symbolic
