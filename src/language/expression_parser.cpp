// SPDX-License-Identifier: BSD-3-Clause
// Precedence climbing over a range of tokens.
#include "language/expression_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace neurodyn::language {
namespace {

struct BinaryOperator {
    std::string_view text;
    int precedence;
};
constexpr int comparison_precedence = 3;
constexpr std::array<BinaryOperator, 14> binary_operators = {{{"or", 1},
                                                              {"and", 2},
                                                              {"<", comparison_precedence},
                                                              {"<=", comparison_precedence},
                                                              {">", comparison_precedence},
                                                              {">=", comparison_precedence},
                                                              {"==", comparison_precedence},
                                                              {"!=", comparison_precedence},
                                                              {"+", 4},
                                                              {"-", 4},
                                                              {"*", 5},
                                                              {"/", 5},
                                                              {"%", 5},
                                                              {"//", 5}}};

struct Failure {};  // thrown after the problem was reported; never leaves this file

class Parser {
  public:
    Parser(Ast& ast, Problems& problems, std::span<const Token> tokens, SourceSpan after)
        : ast_(ast), problems_(problems), tokens_(tokens), after_(after) {}

    ExprId parse() {
        const ExprId id = binary(0);
        if (at_ < tokens_.size()) unexpected();
        return id;
    }

  private:
    const Token* peek() const { return at_ < tokens_.size() ? &tokens_[at_] : nullptr; }
    bool next_is(std::string_view text) const { return peek() && is_symbol(*peek(), text); }

    SourceSpan end_place() const {
        const std::uint32_t end = tokens_.empty() ? after_.end : tokens_.back().span.end;
        return {end == 0 ? 0 : end - 1, end};
    }

    [[noreturn]] void fail(SourceSpan span, std::string message, std::string hint = {}) {
        problems_.add(span, std::move(message), std::move(hint));
        throw Failure{};
    }

    [[noreturn]] void unexpected() {
        const Token& token = tokens_[at_];
        std::string hint;
        if (token.text == "=") hint = "a comparison is written '=='";
        if (token.text == "&&") hint = "write 'and'";
        if (token.text == "||") hint = "write 'or'";
        if (token.text == "if") hint = "a choice is written where(condition, value, otherwise)";
        if (token.text == ")") hint = "there is no '(' for it";
        if (hint.empty() && (token.kind != TokenKind::symbol || token.text == "("))
            hint = "is an operator missing, such as '*'?";
        fail(token.span, fmt::format("unexpected '{}' in an expression", token.text), hint);
    }

    struct Nest {
        explicit Nest(Parser& parser, SourceSpan span) : parser_(parser) {
            if (++parser_.depth_ > deepest_nesting)
                parser_.fail(
                    span, fmt::format("the expression is nested more than {} levels deep", deepest_nesting),
                    "give parts of it names of their own");
        }
        ~Nest() { --parser_.depth_; }
        Parser& parser_;
    };

    ExprId add(ExprKind kind, SourceSpan span, std::string_view text, std::vector<ExprId> args) {
        Expr expr;
        expr.kind = kind, expr.span = span, expr.text = text;
        for (const ExprId arg : args) expr.depth = std::max(expr.depth, ast_[arg].depth + 1);
        if (expr.depth > deepest_tree)
            fail(span,
                 fmt::format("the expression has more than {} operations below each other", deepest_tree),
                 "give parts of it names of their own");
        expr.args = std::move(args);
        return ast_.add(std::move(expr));
    }

    const BinaryOperator* binary_operator() const {
        const Token* token = peek();
        if (!token || token->kind == TokenKind::number) return nullptr;
        for (const BinaryOperator& op : binary_operators)
            if (op.text == token->text) return &op;
        return nullptr;
    }

    ExprId binary(int least) {
        ExprId left = unary();
        bool compared = false;
        for (const BinaryOperator* op = binary_operator(); op && op->precedence >= least;
             op = binary_operator()) {
            if (op->precedence == comparison_precedence && std::exchange(compared, true))
                fail(peek()->span, "comparisons cannot be chained", "write 'a < b and b < c'");
            const std::string_view text = tokens_[at_++].text;
            const ExprId right = binary(op->precedence + 1);
            left = add(ExprKind::binary, {ast_[left].span.begin, ast_[right].span.end}, text, {left, right});
        }
        return left;
    }

    ExprId unary() {
        const Token* token = peek();
        if (!token) missing();
        const Nest nest(*this, token->span);
        if (token->text == "-" || token->text == "+") {
            ++at_;
            const ExprId operand = unary();
            if (token->text == "+") return operand;
            return add(ExprKind::unary, {token->span.begin, ast_[operand].span.end}, token->text, {operand});
        }
        if (is_name(*token, "not")) {
            ++at_;
            const ExprId operand = binary(comparison_precedence);
            return add(ExprKind::unary, {token->span.begin, ast_[operand].span.end}, token->text, {operand});
        }
        return power(primary());
    }

    ExprId power(ExprId base) {
        if (!next_is("^")) return base;
        const std::string_view text = tokens_[at_++].text;
        const ExprId exponent = unary();
        return add(ExprKind::binary, {ast_[base].span.begin, ast_[exponent].span.end}, text,
                   {base, exponent});
    }

    [[noreturn]] void missing() {
        if (tokens_.empty()) fail(after_, "an expression is missing here");
        fail(end_place(), fmt::format("the expression ends too early, after '{}'", tokens_.back().text),
             tokens_.back().text == "%" ? "'%' is the remainder of a division; write 0.05 for 5 %"
                                        : "an operand is missing");
    }

    ExprId primary() {
        const Token* token = peek();
        if (!token) missing();
        if (token->kind == TokenKind::number) return number();
        if (token->kind == TokenKind::name && !is_keyword(token->text)) return name();
        if (is_symbol(*token, "(")) {
            const SourceSpan open = token->span;
            ++at_;
            const ExprId inner = binary(0);
            close(open);
            return inner;
        }
        if (token->kind == TokenKind::name || binary_operator())
            fail(token->span, fmt::format("an operand is missing before '{}'", token->text));
        unexpected();
    }

    void close(SourceSpan open) {
        if (!peek()) fail(open, "this '(' is never closed");
        if (!next_is(")")) unexpected();
        ++at_;
    }

    ExprId number() {
        const Token& token = tokens_[at_++];
        const ExprId value = add(ExprKind::number, token.span, token.text, {});
        ast_.exprs[value].value = token.value;
        const Token* unit = peek();
        if (!unit || unit->kind != TokenKind::name || is_keyword(unit->text)) return value;
        ++at_;
        const ExprId factor = power(add(ExprKind::unit, unit->span, unit->text, {}));
        return add(ExprKind::binary, {token.span.begin, ast_[factor].span.end}, "*", {value, factor});
    }

    ExprId name() {
        const Token& token = tokens_[at_++];
        if (!next_is("(")) return add(ExprKind::name, token.span, token.text, {});
        const SourceSpan open = tokens_[at_++].span;
        std::vector<ExprId> args;
        while (!next_is(")")) {
            if (!peek()) fail(open, "this '(' is never closed");
            args.push_back(argument());
            if (!next_is(")") && !next_is(",")) {
                if (!peek()) fail(open, "this '(' is never closed");
                unexpected();
            }
            if (next_is(",")) ++at_;
        }
        const SourceSpan end = tokens_[at_++].span;
        return add(ExprKind::call, {token.span.begin, end.end}, token.text, std::move(args));
    }

    ExprId argument() {
        if (at_ + 1 < tokens_.size() && tokens_[at_].kind == TokenKind::name &&
            is_symbol(tokens_[at_ + 1], "=")) {
            const Token& key = tokens_[at_];
            at_ += 2;
            const ExprId value = binary(0);
            return add(ExprKind::named, {key.span.begin, ast_[value].span.end}, key.text, {value});
        }
        return binary(0);
    }

    Ast& ast_;
    Problems& problems_;
    std::span<const Token> tokens_;
    SourceSpan after_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace

ExprId Ast::add(Expr expr) {
    exprs.push_back(std::move(expr));
    return static_cast<ExprId>(exprs.size() - 1);
}

ExprId parse_expression_tokens(Ast& ast, Problems& problems, std::span<const Token> tokens,
                               SourceSpan after) {
    try {
        return Parser(ast, problems, tokens, after).parse();
    } catch (const Failure&) {
        return no_expr;
    }
}

bool is_symbol(const Token& token, std::string_view text) {
    return token.kind == TokenKind::symbol && token.text == text;
}

bool is_name(const Token& token, std::string_view text) {
    return token.kind == TokenKind::name && token.text == text;
}

bool is_keyword(std::string_view text) { return text == "and" || text == "or" || text == "not"; }

SourceSpan span_of(std::span<const Token> tokens) {
    if (tokens.empty()) return {};
    return {tokens.front().span.begin, tokens.back().span.end};
}

}  // namespace neurodyn::language
