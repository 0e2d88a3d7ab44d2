// SPDX-License-Identifier: BSD-3-Clause
// The expression graph: typed, hash-consed, immutable nodes in one arena, addressed by index.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace neurodyn::symbolic {

/// Every operation of the language. The table in operations.hpp has a row for each: name, arity, types, unit
/// rule, derivative.
enum class Op : std::uint8_t {
    // leaves
    constant,
    symbol,
    // arithmetic (real, real -> real)
    add,
    sub,
    mul,
    div,
    neg,
    fma,
    pow,
    mod,
    min,
    max,
    // functions
    abs,
    sign,
    sqrt,
    floor,
    ceil,
    exp,
    expm1,
    exprel,
    log,
    log10,
    log1p,
    sin,
    cos,
    tan,
    sinh,
    cosh,
    tanh,
    arcsin,
    arccos,
    arctan,
    arctan2,
    erf,
    sigmoid,
    heaviside,
    // relations (real, real -> bool) and logic
    lt,
    le,
    gt,
    ge,
    eq,
    ne,
    logical_and,
    logical_or,
    logical_not,
    // select(bool, real, real) -> real
    select,
    // table[whole part of a real] -> real
    lookup,
    count_,
};

enum class Type : std::uint8_t { real, boolean };

struct NodeId {
    std::uint32_t index = UINT32_MAX;
    auto operator<=>(const NodeId&) const = default;
    explicit operator bool() const { return index != UINT32_MAX; }
};

struct Node {
    Op op = Op::constant;
    Type type = Type::real;
    std::array<NodeId, 3> args{};
    double value = 0.0;        ///< of a constant (SI); compared by bits, so -0.0 and NaN are themselves
    std::uint32_t symbol = 0;  ///< of a symbol: index into Graph::symbols; of a lookup: into Graph::tables
};

/// Numbers that expressions look up. An empty list stands for one that is made later (Graph::fill).
struct Table {
    std::string name;
    std::vector<double> values;
};
using TablePtr = std::shared_ptr<const Table>;

/// values[whole part of index], the first or last of them where the index lies outside; NaN finds the first,
/// and there is nothing but NaN in an empty list.
double look_up(std::span<const double> values, double index);

/// An arena of nodes. Operands always come before the nodes that use them, so index order is evaluation
/// order. Making a node folds constants (with base/math, so that folding never changes bits) and applies only
/// rewrites that keep every bit (x*1, x+(-0.0), --x, ...; a NaN's payload apart); anything looser is
/// simplify()'s. a+b and b+a are one node, which keeps the order in which it was first written.
/// What would fold to an infinity or NaN is left as it was written.
class Graph {
  public:
    NodeId constant(double value);
    NodeId boolean(bool value);
    NodeId symbol(std::string_view name, Type type = Type::real);
    /// An operation on nodes of this graph. Throws std::logic_error when their number or types are wrong:
    /// that is a mistake of the caller, never of a user.
    NodeId make(Op op, NodeId a);
    NodeId make(Op op, NodeId a, NodeId b);
    NodeId make(Op op, NodeId a, NodeId b, NodeId c);
    /// x^n for an integer n by repeated multiplication (n = 0 gives 1; negative gives a quotient).
    NodeId power(NodeId x, int n);

    /// The table's index; a table that is there already keeps its own.
    std::uint32_t add_table(const TablePtr& table);
    /// look_up() in a table of this graph.
    NodeId lookup(std::uint32_t table, NodeId index);
    /// Puts another table in the place of one, for all nodes that look it up.
    void fill(std::uint32_t table, TablePtr filled) { tables_[table] = std::move(filled); }
    const std::vector<TablePtr>& tables() const { return tables_; }
    /// The table of a lookup.
    const Table& table(NodeId id) const { return *tables_[nodes_[id.index].symbol]; }

    const Node& operator[](NodeId id) const { return nodes_[id.index]; }
    std::size_t size() const { return nodes_.size(); }
    std::span<const Node> nodes() const { return nodes_; }
    bool is_constant(NodeId id) const { return nodes_[id.index].op == Op::constant; }
    bool is_constant(NodeId id, double value) const;
    /// The symbol's name; `id` must be a symbol.
    const std::string& name(NodeId id) const { return symbols_[nodes_[id.index].symbol]; }
    /// The symbol of that name, or a null id when the graph has none.
    NodeId find_symbol(std::string_view name) const;
    const std::vector<std::string>& symbols() const { return symbols_; }

    // Shorthands that read like the paper.
    NodeId add(NodeId a, NodeId b) { return make(Op::add, a, b); }
    NodeId sub(NodeId a, NodeId b) { return make(Op::sub, a, b); }
    NodeId mul(NodeId a, NodeId b) { return make(Op::mul, a, b); }
    NodeId div(NodeId a, NodeId b) { return make(Op::div, a, b); }
    NodeId neg(NodeId a) { return make(Op::neg, a); }
    NodeId select(NodeId condition, NodeId yes, NodeId no) { return make(Op::select, condition, yes, no); }

  private:
    NodeId make_node(Op op, std::array<NodeId, 3> args);
    NodeId intern(const Node& node);
    NodeId find(const Node& node) const;
    void insert(std::uint32_t index);
    std::vector<Node> nodes_;
    std::vector<std::string> symbols_;
    std::vector<TablePtr> tables_;
    std::unordered_map<std::string, std::uint32_t> symbol_index_;
    // Open addressing, a power of two long: index + 1 of a node, or 0. Copied as a block with the graph.
    std::vector<std::uint32_t> table_;
};

}  // namespace neurodyn::symbolic
