// SPDX-License-Identifier: BSD-3-Clause
// Cuts the tokens of a section into items: which line starts something, and which one continues it.
#pragma once

#include <span>
#include <vector>

#include "language/lexer.hpp"

namespace neurodyn::language {

using TokenRange = std::span<const Token>;

enum class ItemStyle : std::uint8_t {
    values,     ///< `name = value`, `name : unit`, several per line
    equations,  ///< `dx/dt = ...`, `x = ...`, `x : unit`, one per line
    functions,  ///< `f(x, y) = ...`
    events,     ///< `name : condition ...`
    statements  ///< `x = ...`, `x += ...`, also separated by ';'
};

std::vector<TokenRange> split_items(TokenRange tokens, ItemStyle style);

/// The index of the first symbol `text` outside parentheses, or tokens.size().
std::size_t find_outside(TokenRange tokens, std::string_view text, std::size_t from = 0);

/// True when the item starts with `dx/dt =`; the next token is `=`.
bool starts_with_derivative(TokenRange tokens);

}  // namespace neurodyn::language
