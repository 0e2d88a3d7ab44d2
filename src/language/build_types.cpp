// SPDX-License-Identifier: BSD-3-Clause
// What a declaration's flags and type say: which names are states, and how their values are kept.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "language/build.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using symbolic::Node;
using symbolic::Op;
using symbolic::Type;

// Where a flag is honoured.
enum Place : unsigned { nowhere = 0, on_state = 1, on_variable = 2, on_definition = 4, on_sum = 8 };

struct FlagRow {
    std::string_view flag;
    unsigned places, synapse_places;
    std::string_view reason, synapse_reason;  // why it is refused elsewhere, or everywhere
};

constexpr std::string_view every_stage = "definitions are evaluated at every stage of the method";
constexpr std::array<FlagRow, 9> flag_rows = {{
    {"unless refractory", on_state, nowhere, "it belongs to dx/dt equations",
     "a synapse is never refractory; 'reset' and 'refractory' belong to neurons"},
    {"constant", on_variable, on_variable, "it belongs to parameters ('x : unit')",
     "it belongs to variables without an equation ('x : unit')"},
    {"shared", on_variable | on_definition, on_variable | on_definition, "each node has its own state",
     "each synapse has its own state"},
    {"scalar", on_variable | on_definition, on_variable | on_definition, "each node has its own state",
     "each synapse has its own state"},
    {"clock-driven", on_state, on_state, "it belongs to dx/dt equations", "it belongs to dx/dt equations"},
    {"event-driven", nowhere, on_state,
     "it belongs to synapses; every equation here is stepped with the clock",
     "it belongs to dx/dt equations"},
    {"constant over dt", nowhere, nowhere, every_stage, every_stage},
    {"summed", nowhere, on_sum, "sums over synapses are inputs: declare an input and project into it",
     "a sum over synapses is written 'NAME_post = expression : unit (summed)'"},
    {"linked", nowhere, nowhere, "project the other population's variable into an input instead",
     "name the variable of the other population: NAME_pre or NAME_post"},
}};

// One value of an operation whose operands are whole or not.
bool is_whole(const Node& n, bool a, bool b, bool c) {
    switch (n.op) {
        case Op::constant:
            return n.value == std::floor(n.value);
        case Op::floor:
        case Op::ceil:
        case Op::sign:
        case Op::heaviside:
            return true;
        case Op::abs:
        case Op::neg:
            return a;
        case Op::add:
        case Op::sub:
        case Op::mul:
        case Op::min:
        case Op::max:
            return a && b;
        case Op::select:
            return b && c;
        default:
            return false;
    }
}

bool is_whole(const Graph& graph, NodeId root, const std::map<std::string, ValueType>& types) {
    std::vector<bool> whole(root.index + 1);
    for (const NodeId id : symbolic::reachable(graph, {&root, 1})) {
        const Node& n = graph[id];
        const auto arg = [&](std::size_t i) { return n.args[i] && whole[n.args[i].index]; };
        if (n.op == Op::symbol) {
            const auto type = types.find(graph.name(id));
            whole[id.index] = type != types.end() && type->second == ValueType::integer;
        } else {
            whole[id.index] = is_whole(n, arg(0), arg(1), arg(2));
        }
    }
    return whole[root.index];
}

}  // namespace

bool has_flag(const EquationDecl& e, std::string_view flag) {
    return std::any_of(e.flags.begin(), e.flags.end(), [&](const Flag& f) { return f.text == flag; });
}

// A synapse's `x : unit` is a variable of its own, unless all share it.
bool Builder::is_state(const EquationDecl& e) const {
    if (e.role != Role::equation) return e.role != Role::observation;
    if (e.differential) return true;
    if (e.value != no_expr) return false;
    if (ast_.kind == Kind::synapse) return !has_flag(e, "shared") && !has_flag(e, "scalar");
    return became_states_.contains(e.name);
}

// NAME_post = expression (summed), in a synapse.
bool Builder::is_summed(const EquationDecl& e) const {
    return ast_.kind == Kind::synapse && !e.differential && e.value != no_expr && has_flag(e, "summed");
}

void Builder::check_flags(const EquationDecl& e) {
    const bool synapse = ast_.kind == Kind::synapse;
    const bool moves = e.differential || (!synapse && is_state(e));
    const unsigned place = moves                                ? on_state
                           : e.value == no_expr                 ? on_variable
                           : synapse && split_side(e.name).side ? on_sum
                                                                : on_definition;
    for (const Flag& flag : e.flags) {
        std::vector<std::string> names;
        const FlagRow* found = nullptr;
        for (const FlagRow& row : flag_rows) {
            names.emplace_back(row.flag);
            if (row.flag == flag.text) found = &row;
        }
        if (!found)
            problems_.add(flag.span, fmt::format("unknown flag '{}'", flag.text),
                          problems_.suggestion(flag.text, names));
        else if (!((synapse ? found->synapse_places : found->places) & place))
            problems_.add(flag.span, fmt::format("the flag '{}' cannot be used for '{}'", flag.text, e.name),
                          std::string(synapse ? found->synapse_reason : found->reason));
    }
    if (has_flag(e, "event-driven") && has_flag(e, "clock-driven"))
        problems_.add(e.flags[0].span,
                      fmt::format("'{}' cannot be both event-driven and clock-driven", e.name));
    if (e.differential && e.type != ValueType::real)
        problems_.add(e.unit_span, fmt::format("'{}' follows an equation, so it needs a unit", e.name),
                      "whole numbers and conditions change by statements only");
}

bool Builder::is_open(const Unit& unit) const {
    return ast_.kind == Kind::synapse && unit.name == target_unit;
}

bool Builder::has_unit(const Value& value, const Unit& unit, SourceSpan span, const std::string& what) {
    return is_open(unit) || evaluator_.expect(value, unit.dimension, span, what);
}

bool Builder::has_type(const Value& value, ValueType type, SourceSpan span) {
    return evaluator_.expect_type(value, type == ValueType::boolean ? Type::boolean : Type::real, span);
}

bool Builder::may_be_drawn(const std::string& name, ValueType type, ExprId value) {
    if (type == ValueType::real) return true;
    problems_.add(ast_[value].span,
                  fmt::format("'{}' is {} and cannot be drawn from a distribution", name,
                              type == ValueType::boolean ? "a condition" : "a whole number"),
                  "draw a number and compare it, or cut it with int()");
    return false;
}

NodeId Builder::kept(NodeId node, ValueType type) {
    Graph& graph = model_->graph;
    if (!node || type == ValueType::real) return node;
    if (type == ValueType::boolean) return graph.select(node, graph.constant(1.0), graph.constant(0.0));
    if (is_whole(graph, node, types_)) return node;
    return graph.mul(graph.make(Op::sign, node), graph.make(Op::floor, graph.make(Op::abs, node)));
}

}  // namespace neurodyn::language
