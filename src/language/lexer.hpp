// SPDX-License-Identifier: BSD-3-Clause
// Text to tokens: numbers, names, operators and comments, each with its place.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "language/source.hpp"

namespace neurodyn::language {

enum class TokenKind : std::uint8_t { number, name, symbol, end };

struct Token {
    TokenKind kind = TokenKind::end;
    bool first_on_line = false;
    std::uint32_t column = 0;  ///< 0-based; a tab counts to the next multiple of 8
    std::uint32_t line = 0;    ///< 1-based
    SourceSpan span;
    std::string_view text;  ///< of a symbol: its operator; "**" reads as "^"
    double value = 0.0;     ///< of a number
};

struct Comment {
    std::uint32_t line = 0;
    std::string_view text;  ///< without the '#' and blanks around it
};

struct Tokens {
    std::vector<Token> tokens;  ///< the last has kind `end`
    std::vector<Comment> comments;
};

/// Characters that have no meaning are reported and left out. Names may hold dots between letters
/// (`cortex.S`).
Tokens tokenize(SourceSpan span, Problems& problems);

}  // namespace neurodyn::language
