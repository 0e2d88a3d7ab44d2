// SPDX-License-Identifier: BSD-3-Clause
// Tokens to expressions: precedence as in Python, `^` and `**` for powers, a unit right behind a number.
#pragma once

#include <span>

#include "language/ast.hpp"
#include "language/lexer.hpp"

namespace neurodyn::language {

/// Parentheses and signs inside each other.
inline constexpr int deepest_nesting = 200;
/// Operands of one expression below each other, long sums included.
inline constexpr std::uint32_t deepest_tree = 1000;

/// Reads one expression that fills all of `tokens`. `after` is where the missing text would stand when there
/// are none. Reports one problem and returns no_expr when it cannot.
ExprId parse_expression_tokens(Ast& ast, Problems& problems, std::span<const Token> tokens, SourceSpan after);

bool is_symbol(const Token& token, std::string_view text);
bool is_name(const Token& token, std::string_view text);
/// True for `and`, `or`, `not`.
bool is_keyword(std::string_view text);
/// The place of all the tokens.
SourceSpan span_of(std::span<const Token> tokens);

}  // namespace neurodyn::language
