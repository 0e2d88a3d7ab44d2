// SPDX-License-Identifier: BSD-3-Clause
// What the parser makes of a text: expressions in one arena, and declarations by section.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/units.hpp"
#include "language/model.hpp"

namespace neurodyn::language {

using ExprId = std::uint32_t;

/// The unit of the variable that a synapse's projection names; known once the synapse is joined.
inline constexpr std::string_view target_unit = "target";
inline constexpr ExprId no_expr = UINT32_MAX;

enum class ExprKind : std::uint8_t {
    number,    ///< value
    name,      ///< text; own name, constant, or unit
    unit,      ///< text; a name behind a number, always a unit
    quantity,  ///< value (SI) and unit: "120 mS/cm^2" in a declaration
    call,      ///< text(args)
    unary,     ///< text is "-" or "not"
    binary,    ///< text is the operator
    named,     ///< text = args[0], inside a call
};

struct Expr {
    ExprKind kind = ExprKind::number;
    SourceSpan span;
    std::string_view text;
    double value = 0.0;
    std::uint32_t unit = 0;   ///< index into Ast::units, of a quantity
    std::uint32_t depth = 1;  ///< of the tree below
    std::vector<ExprId> args;
};

/// `name = value : unit (flags)` with whatever parts it has.
struct Declaration {
    std::string name;
    SourceSpan name_span, span;
    ExprId value = no_expr;
    std::optional<Unit> unit;
    ValueType type = ValueType::real;
    SourceSpan unit_span;
    bool unit_failed = false;  ///< a unit was written but is none (already reported)
    std::string description;
};

struct Flag {
    std::string text;
    SourceSpan span;
};

/// What a line of a generative model's sections states.
enum class Role : std::uint8_t {
    equation,     ///< of any model: dx/dt = ..., or a definition
    flow,         ///< dx/dt = f, of a hidden state
    prediction,   ///< v = g, of a cause, by what stands above it
    prior,        ///< theta = its mean: believed to be constant
    observation,  ///< y = g
    action        ///< a : unit
};

struct EquationDecl : Declaration {
    bool differential = false;
    Role role = Role::equation;
    std::vector<Flag> flags;
};

struct FunctionDecl {
    std::string name;
    SourceSpan name_span;
    std::vector<std::string> parameters;
    std::vector<SourceSpan> parameter_spans;
    ExprId body = no_expr;
};

struct StatementDecl {
    std::string name;
    SourceSpan name_span, span;
    std::string_view op;  ///< "=", "+=", "-=", "*=", "/="
    ExprId value = no_expr;
};

struct EventDecl {
    std::string name;
    SourceSpan name_span;
    ExprId condition = no_expr, refractory = no_expr;
    std::vector<StatementDecl> reset;
};

struct NameUse {
    std::string name;
    SourceSpan span;
};

struct Ast {
    std::vector<Expr> exprs;
    std::vector<Unit> units;

    std::string name, reference;
    SourceSpan name_span;
    Kind kind = Kind::mass;
    bool equation_strings =
        false;  ///< Brian2 strings: resets may change parameters, parameters without value are zero
    std::vector<Declaration> parameters, inputs, initial;
    std::vector<EquationDecl> equations;
    std::vector<FunctionDecl> functions;
    std::vector<EventDecl> events;
    std::vector<StatementDecl> on_pre, on_post;
    SourceSpan on_span;          ///< of the first `on pre` or `on post`
    std::optional<Unit> target;  ///< what the unit `target` is, where it is known
    std::vector<NameUse> outputs;
    std::string method;
    SourceSpan method_span;
    std::optional<Declaration> pre, post;
    // Of a generative model:
    std::vector<Declaration> precisions;  ///< by the name of what they belong to
    std::vector<Declaration> orders;      ///< `orders`, `observation_orders`
    std::vector<std::string> rates;       ///< parameters that the section `inference` gave
    std::vector<EquationDecl> effects;    ///< y_1 = ...: what actions do to an observation

    const Expr& operator[](ExprId id) const { return exprs[id]; }
    ExprId add(Expr expr);
};

}  // namespace neurodyn::language
