// SPDX-License-Identifier: BSD-3-Clause
// The parser of sections: the table in parser.cpp says which handler reads which section, items in
// parse_items.cpp.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "language/ast.hpp"
#include "language/expression_parser.hpp"
#include "language/items.hpp"
#include "language/lexer.hpp"

namespace neurodyn::language {

class SectionParser {
  public:
    SectionParser(Ast& ast, Problems& problems, SourceSpan text)
        : ast_(ast), problems_(problems), tokens_(tokenize(text, problems)) {}

    void file();
    void equations(TokenRange body);
    std::vector<StatementDecl> statements(TokenRange body);
    Declaration value(std::string name, SourceSpan name_span, TokenRange tokens, SourceSpan after);
    TokenRange all() const { return TokenRange(tokens_.tokens).first(tokens_.tokens.size() - 1); }
    ExprId expression(TokenRange tokens, SourceSpan after) {
        return parse_expression_tokens(ast_, problems_, tokens, after);
    }

  private:
    using Handler = void (SectionParser::*)(TokenRange);
    struct Section {
        std::string_view name;
        Handler handler;
        bool is_generative = false;  ///< of generative models only
    };
    static const std::array<Section, 19> sections;

    void section(const Token& header, TokenRange body);
    void model(TokenRange body);
    void parameters(TokenRange body) { values(body, ast_.parameters, true); }
    void inputs(TokenRange body) { values(body, ast_.inputs, true); }
    void initial(TokenRange body) { values(body, ast_.initial, false); }
    void functions(TokenRange body);
    void events(TokenRange body);
    void outputs(TokenRange body);
    void method(TokenRange body);
    void pre(TokenRange body) { coupling_line(ast_.pre, "pre", body); }
    void post(TokenRange body) { coupling_line(ast_.post, "post", body); }
    void on(TokenRange body);
    template <Role role>
    void lines(TokenRange body) {
        role_ = role;
        equations(body);
        role_ = Role::equation;
    }
    void precisions(TokenRange body) { values(body, ast_.precisions, false); }
    void inference(TokenRange body);

    void values(TokenRange body, std::vector<Declaration>& into, bool may_lack_value);
    void equation(TokenRange item);
    void function(TokenRange item);
    void event(TokenRange item);
    void coupling_line(std::optional<Declaration>& into, std::string_view name, TokenRange body);
    void unit(Declaration& declaration, TokenRange tokens, SourceSpan colon);
    std::vector<Flag> flags(TokenRange tokens);
    ExprId value_expression(TokenRange tokens, SourceSpan after);
    ExprId quantity(TokenRange tokens);
    std::string description(TokenRange item) const;
    std::string comment_on(std::uint32_t line) const;
    void head_comment(std::uint32_t before_line);

    SourceSpan header_span_;
    Role role_ = Role::equation;
    Ast& ast_;
    Problems& problems_;
    Tokens tokens_;
};

}  // namespace neurodyn::language
