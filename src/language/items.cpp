// SPDX-License-Identifier: BSD-3-Clause
// Where one item ends and the next begins.
#include "language/items.hpp"

#include "language/expression_parser.hpp"

namespace neurodyn::language {
namespace {

bool is_open(const Token& token) { return is_symbol(token, "("); }
bool is_close(const Token& token) { return is_symbol(token, ")"); }

bool at_symbol(TokenRange tokens, std::size_t i, std::string_view text) {
    return i < tokens.size() && is_symbol(tokens[i], text);
}

bool is_assignment(TokenRange tokens, std::size_t i) {
    if (i + 1 >= tokens.size() || tokens[i].kind != TokenKind::name ||
        tokens[i + 1].kind != TokenKind::symbol)
        return false;
    const std::string_view op = tokens[i + 1].text;
    return op == "=" || op == "+=" || op == "-=" || op == "*=" || op == "/=";
}

bool is_declaration(TokenRange tokens, std::size_t i) {
    return tokens[i].kind == TokenKind::name && at_symbol(tokens, i + 1, ":");
}

// `dx/dt`, whatever follows.
bool is_derivative(TokenRange tokens, std::size_t i) {
    return tokens[i].kind == TokenKind::name && tokens[i].text.front() == 'd' &&
           at_symbol(tokens, i + 1, "/") && i + 2 < tokens.size() && is_name(tokens[i + 2], "dt");
}

bool is_function_head(TokenRange tokens, std::size_t i) {
    if (tokens[i].kind != TokenKind::name || !at_symbol(tokens, i + 1, "(")) return false;
    for (std::size_t k = i + 2; k < tokens.size() && !is_open(tokens[k]); ++k)
        if (is_close(tokens[k])) return at_symbol(tokens, k + 1, "=");
    return false;
}

// An operator, ',' or '=' that needs something behind it.
bool wants_more(const Token& token) {
    if (token.kind == TokenKind::name) return is_keyword(token.text);
    return token.kind == TokenKind::symbol && token.text != ")" && token.text != ";";
}

// A line that cannot be a start because of its first token.
bool leans_back(const Token& token) {
    if (token.kind == TokenKind::name) return token.text == "and" || token.text == "or";
    return token.kind == TokenKind::symbol;
}

class Splitter {
  public:
    Splitter(TokenRange tokens, ItemStyle style) : tokens_(tokens), style_(style) {}

    std::vector<TokenRange> run() {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            const Token& token = tokens_[i];
            if (is_symbol(token, ";") && style_ == ItemStyle::statements) {
                cut(i);
                begin_ = i + 1, depth_ = 0;
                continue;
            }
            if (i > begin_ && starts(i)) cut(i), depth_ = 0, has_colon_ = false;
            if (is_open(token)) ++depth_;
            if (is_close(token) && depth_ > 0) --depth_;
            if (is_symbol(token, ":") && depth_ == 0) has_colon_ = true;
        }
        cut(tokens_.size());
        return std::move(items_);
    }

  private:
    void cut(std::size_t end) {
        if (end > begin_) items_.push_back(tokens_.subspan(begin_, end - begin_));
        begin_ = end;
    }

    bool starts(std::size_t i) const {
        const Token& token = tokens_[i];
        const bool continues = wants_more(tokens_[i - 1]);
        switch (style_) {
            case ItemStyle::values:
                // A line that assigns ends whatever was left open, so that one lost ')' costs one item.
                if (is_assignment(tokens_, i)) return depth_ == 0 || (token.first_on_line && !continues);
                if (depth_ > 0) return false;
                if (!is_declaration(tokens_, i) || continues) return false;
                return has_colon_ || (token.first_on_line && !deeper(i));
            case ItemStyle::equations:
                if (!token.first_on_line || leans_back(token)) return false;
                if (is_derivative(tokens_, i) || is_assignment(tokens_, i)) return true;
                if (depth_ > 0 || continues || !is_declaration(tokens_, i)) return false;
                return has_colon_ || !deeper(i);
            case ItemStyle::functions:
                return token.first_on_line && is_function_head(tokens_, i);
            case ItemStyle::events:
                return token.first_on_line && depth_ == 0 && !continues && is_declaration(tokens_, i);
            case ItemStyle::statements:
                return token.first_on_line && depth_ == 0 && !continues && !leans_back(token);
        }
        return false;
    }

    bool deeper(std::size_t i) const { return tokens_[i].column > tokens_[begin_].column; }

    TokenRange tokens_;
    ItemStyle style_;
    std::size_t begin_ = 0;
    int depth_ = 0;
    bool has_colon_ = false;
    std::vector<TokenRange> items_;
};

}  // namespace

std::vector<TokenRange> split_items(TokenRange tokens, ItemStyle style) {
    return Splitter(tokens, style).run();
}

std::size_t find_outside(TokenRange tokens, std::string_view text, std::size_t from) {
    int depth = 0;
    for (std::size_t i = from; i < tokens.size(); ++i) {
        if (depth == 0 && tokens[i].kind != TokenKind::number && tokens[i].text == text) return i;
        if (is_open(tokens[i])) ++depth;
        if (is_close(tokens[i]) && depth > 0) --depth;
    }
    return tokens.size();
}

bool starts_with_derivative(TokenRange tokens) {
    return tokens.size() >= 4 && tokens[0].kind == TokenKind::name && tokens[0].text.size() > 1 &&
           tokens[0].text.front() == 'd' && is_symbol(tokens[1], "/") && is_name(tokens[2], "dt") &&
           is_symbol(tokens[3], "=");
}

}  // namespace neurodyn::language
