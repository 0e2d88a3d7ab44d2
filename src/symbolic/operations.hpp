// SPDX-License-Identifier: BSD-3-Clause
// The table of operations: one row for each Op, read by parser, unit check, derivative, printer and
// interpreter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "symbolic/graph.hpp"

namespace neurodyn::symbolic {

/// How the unit of a result follows from the operands'.
enum class UnitRule : std::uint8_t {
    leaf,
    same,           ///< all operands have one unit, the result has it too (add, sub, min, max, mod, abs, neg)
    product,        ///< mul
    quotient,       ///< div
    fused,          ///< a*b and c have one unit
    power,          ///< the exponent is dimensionless and, where the base has a unit, a rational constant
    root,           ///< sqrt
    dimensionless,  ///< operands and result have no unit (exp, log, sin, floor, ...)
    sign,           ///< any operand, result has no unit (sign, heaviside)
    angle,          ///< arctan2: operands have one unit, result none
    relation,       ///< operands have one unit, result is a boolean
    logic,
    select,  ///< the two branches have one unit
};

struct OpInfo {
    Op op;
    std::string_view name;  ///< as written in the language, or the operator's symbol
    int arity;
    bool is_function;  ///< written name(args) rather than as an operator
    UnitRule unit_rule;
    Type result;
    int precedence;  ///< of an operator in printed text, higher binds tighter; 0 for functions and leaves
};

const OpInfo& info(Op op);
/// The function of that name ("exp", "where" for select; "clip" is expanded by the parser), or nothing.
std::optional<Op> find_function(std::string_view name);
/// All function names, for suggestions.
std::vector<std::string> function_names();

/// The value of an operation on doubles, by base/math: what folding, evaluate() and the interpreter agree
/// on to the bit. Booleans are 0 and 1; operands that the operation does not have are ignored. The
/// leaves and lookup, whose value is look_up()'s, have no operation: they give `a`.
double apply(Op op, double a, double b = 0.0, double c = 0.0);

}  // namespace neurodyn::symbolic
