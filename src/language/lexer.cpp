// SPDX-License-Identifier: BSD-3-Clause
// The lexer: one pass over the bytes.
#include "language/lexer.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace neurodyn::language {
namespace {

constexpr std::array<std::string_view, 12> long_symbols = {
    "**", "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "//", "&&", "||"};
constexpr std::string_view short_symbols = "+-*/^%<>=(),:;";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Lexer {
  public:
    Lexer(SourceSpan span, Problems& problems)
        : problems_(problems), text_(problems.sources().text(span)), base_(span.begin) {}

    Tokens run() {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        while (at_ < text_.size()) step();
        Token end;
        end.line = line_;
        end.first_on_line = true;
        end.span = span(at_, at_);
        out_.tokens.push_back(end);
        return std::move(out_);
    }

  private:
    char peek(std::size_t offset = 0) const {
        return at_ + offset < text_.size() ? text_[at_ + offset] : '\0';
    }

    SourceSpan span(std::size_t begin, std::size_t end) const {
        return {base_ + static_cast<std::uint32_t>(begin), base_ + static_cast<std::uint32_t>(end)};
    }

    void step() {
        const char c = peek();
        if (c == '\n') {
            ++at_, ++line_;
            column_ = 0, first_ = true;
        } else if (c == ' ' || c == '\r') {
            ++at_, ++column_;
        } else if (c == '\t') {
            ++at_, column_ = (column_ / 8 + 1) * 8;
        } else if (c == '#') {
            comment();
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            number();
        } else if (is_letter(c)) {
            name();
        } else {
            symbol();
        }
    }

    void push(TokenKind kind, std::size_t length, double value = 0.0) {
        Token token;
        token.kind = kind;
        token.first_on_line = first_;
        token.column = column_;
        token.line = line_;
        token.span = span(at_, at_ + length);
        token.text = text_.substr(at_, length);
        if (token.text == "**") token.text = "^";
        token.value = value;
        out_.tokens.push_back(token);
        at_ += length, column_ += static_cast<std::uint32_t>(length), first_ = false;
    }

    void comment() {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view text = text_.substr(at_ + 1, end - at_ - 1);
        while (!text.empty() && (text.front() == ' ' || text.front() == '#')) text.remove_prefix(1);
        while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
        out_.comments.push_back({line_, text});
        at_ = end;
    }

    void number() {
        std::size_t end = at_;
        const auto digits = [&] {
            while (end < text_.size() && is_digit(text_[end])) ++end;
        };
        digits();
        if (end < text_.size() && text_[end] == '.') ++end, digits();
        if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
            std::size_t exponent = end + 1;
            if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
            if (exponent < text_.size() && is_digit(text_[exponent])) end = exponent, digits();
        }
        double value = 0.0;
        const auto result = std::from_chars(text_.data() + at_, text_.data() + end, value);
        if (result.ec == std::errc::result_out_of_range)
            problems_.add(span(at_, end), "this number does not fit into a double",
                          "magnitudes from 2.2e-308 to 1.8e308 can be written");
        push(TokenKind::number, end - at_, value);
    }

    void name() {
        std::size_t end = at_;
        const auto part = [&] {
            while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
        };
        part();
        while (end + 1 < text_.size() && text_[end] == '.' && is_letter(text_[end + 1])) ++end, part();
        push(TokenKind::name, end - at_);
    }

    void symbol() {
        for (const std::string_view s : long_symbols)
            if (text_.substr(at_).starts_with(s)) return push(TokenKind::symbol, s.size());
        if (short_symbols.find(peek()) != std::string_view::npos) return push(TokenKind::symbol, 1);
        std::size_t length = 1;
        while ((static_cast<unsigned char>(peek(length)) & 0xC0u) == 0x80u) ++length;
        const std::string_view what = text_.substr(at_, length);
        std::string hint;
        if (what == "\xC2\xB5" || what == "\xCE\xBC") hint = "write 'u' for micro: uA, um, us";
        if (what == "[" || what == "]" || what == "{" || what == "}")
            hint = "expressions use parentheses ( ) only";
        if (what == "\"" || what == "'") hint = "values are written without quotation marks";
        if (what == "!") hint = "write 'not'";
        if (what == "\xE2\x88\x92") hint = "write '-' for minus";
        if (what == "\xC2\xB7" || what == "\xC3\x97") hint = "write '*' for a product";
        problems_.add(span(at_, at_ + length), fmt::format("unexpected character '{}'", what), hint);
        at_ += length, ++column_;
    }

    Problems& problems_;
    std::string_view text_;
    std::uint32_t base_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1, column_ = 0;
    bool first_ = true;
    Tokens out_;
};

}  // namespace

Tokens tokenize(SourceSpan span, Problems& problems) { return Lexer(span, problems).run(); }

}  // namespace neurodyn::language
