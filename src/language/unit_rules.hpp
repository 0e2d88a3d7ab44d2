// SPDX-License-Identifier: BSD-3-Clause
// One operation on values: its unit rule, its type rule, and what it does to noise.
#pragma once

#include <span>

#include "language/evaluate.hpp"

namespace neurodyn::language {

/// An operand and where it stands.
struct Operand {
    Value value;
    SourceSpan span;
};

/// `op` of the operands, checked by the row of the operation table. `span` is the whole operation; `name` as
/// the user wrote it.
Value apply(symbolic::Op op, std::span<const Operand> operands, SourceSpan span, std::string_view name,
            Graph& graph, Problems& problems);
/// base ^ exponent, where a base with a unit needs a rational constant as exponent.
Value apply_power(const Operand& base, const Operand& exponent, SourceSpan span, Graph& graph,
                  Problems& problems);

/// "mV" for a dimension: its SI text, or "no unit" for 1.
std::string describe(const Dimension& dimension);
std::string describe(const Value& value);
bool is_boolean(const Value& value, const Graph& graph);

}  // namespace neurodyn::language
