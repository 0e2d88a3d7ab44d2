// SPDX-License-Identifier: BSD-3-Clause
// Sections of a model file and the items in them.
#include "language/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "language/section_parser.hpp"

namespace neurodyn::language {

const std::array<SectionParser::Section, 19> SectionParser::sections = {{
    {"model", &SectionParser::model},
    {"parameters", &SectionParser::parameters},
    {"inputs", &SectionParser::inputs},
    {"equations", &SectionParser::equations},
    {"functions", &SectionParser::functions},
    {"initial", &SectionParser::initial},
    {"events", &SectionParser::events},
    {"outputs", &SectionParser::outputs},
    {"method", &SectionParser::method},
    {"pre", &SectionParser::pre},
    {"post", &SectionParser::post},
    {"on", &SectionParser::on},
    {"flow", &SectionParser::lines<Role::flow>, true},
    {"prediction", &SectionParser::lines<Role::prediction>, true},
    {"priors", &SectionParser::lines<Role::prior>, true},
    {"observations", &SectionParser::lines<Role::observation>, true},
    {"actions", &SectionParser::lines<Role::action>, true},
    {"precisions", &SectionParser::precisions, true},
    {"inference", &SectionParser::inference, true},
}};

void SectionParser::file() {
    const TokenRange tokens = all();
    if (tokens.empty()) {
        problems_.add(tokens_.tokens.back().span, "the text holds comments only",
                      "a model starts with 'model NAME : KIND'");
        return;
    }
    if (!is_name(tokens[0], "model"))
        problems_.add(tokens[0].span, "a model file starts with 'model NAME : KIND'",
                      "for example 'model my_neuron : neuron'");
    head_comment(tokens[0].line);
    for (std::size_t i = 0; i < tokens.size();) {
        std::size_t end = i + 1;
        while (end < tokens.size() && !(tokens[end].first_on_line && tokens[end].column == 0)) ++end;
        section(tokens[i], tokens.subspan(i + 1, end - i - 1));
        i = end;
    }
    if (ast_.name.empty() && is_name(tokens[0], "model") && problems_.empty())
        problems_.add(tokens[0].span, "the model has no name");
}

void SectionParser::section(const Token& header, TokenRange body) {
    header_span_ = header.span;
    std::vector<std::string> names;
    for (const Section& s : sections) {
        if (s.is_generative && ast_.kind != Kind::generative) {
            if (is_name(header, s.name))
                return problems_.add(header.span,
                                     fmt::format("'{}' is a section of generative models", s.name),
                                     "such a model starts with 'model NAME : generative'");
            continue;
        }
        if (is_name(header, s.name)) return (this->*s.handler)(body);
        names.emplace_back(s.name);
    }
    const bool looks_like_item = !body.empty() && body[0].kind == TokenKind::symbol && !body[0].first_on_line;
    std::string hint = problems_.suggestion(header.text, names);
    if (looks_like_item || header.column > 0) hint = "lines that belong to a section are indented";
    if (hint.empty())
        hint =
            ast_.kind == Kind::generative
                ? "sections are parameters, flow, prediction, priors, observations, precisions, actions, "
                  "inference, equations, functions, initial, outputs, method"
                : "sections are parameters, inputs, equations, functions, initial, events, outputs, method";
    problems_.add(header.span, fmt::format("unknown section '{}'", header.text), hint);
}

void SectionParser::head_comment(std::uint32_t before_line) {
    for (const Comment& comment : tokens_.comments) {
        if (comment.line >= before_line) break;
        if (!ast_.reference.empty()) ast_.reference += '\n';
        ast_.reference += comment.text;
    }
}

void SectionParser::model(TokenRange body) {
    if (!ast_.name.empty()) {
        problems_.add(header_span_, "a file holds one model; this is a second 'model' line");
        return;
    }
    if (body.size() != 3 || body[0].kind != TokenKind::name || !is_symbol(body[1], ":") ||
        body[2].kind != TokenKind::name) {
        problems_.add(body.empty() ? header_span_ : span_of(body),
                      "the first line must be 'model NAME : KIND'",
                      "kinds are neuron, mass, field, synapse, coupling and generative");
        if (!body.empty()) ast_.name = std::string(body[0].text);
        return;
    }
    ast_.name = std::string(body[0].text);
    ast_.name_span = body[0].span;
    const std::optional<Kind> kind = find_kind(body[2].text);
    if (!kind) {
        problems_.add(body[2].span, fmt::format("unknown kind of model '{}'", body[2].text),
                      "kinds are neuron, mass, field, synapse, coupling and generative");
    }
    ast_.kind = kind.value_or(Kind::mass);
}

void SectionParser::outputs(TokenRange body) {
    for (const Token& token : body) {
        if (is_symbol(token, ",")) continue;
        if (token.kind == TokenKind::name)
            ast_.outputs.push_back({std::string(token.text), token.span});
        else
            problems_.add(token.span, fmt::format("unexpected '{}' among the outputs", token.text),
                          "outputs are names; define 'x = expression' under equations and name x here");
    }
}

void SectionParser::method(TokenRange body) {
    if (body.size() != 1 || body[0].kind != TokenKind::name)
        return problems_.add(body.empty() ? header_span_ : span_of(body), "expected the name of one method",
                             "such as 'method heun'");
    if (!ast_.method.empty()) return problems_.add(header_span_, "the method is given twice");
    ast_.method = std::string(body[0].text);
    ast_.method_span = body[0].span;
}

void SectionParser::coupling_line(std::optional<Declaration>& into, std::string_view name, TokenRange body) {
    if (into) return problems_.add(header_span_, fmt::format("'{}' is given twice", name));
    Declaration d;
    d.name = std::string(name);
    d.name_span = header_span_;
    if (body.empty() || !is_symbol(body[0], "=")) {
        problems_.add(header_span_, fmt::format("expected '{} = expression'", name));
    } else {
        d.value = expression(body.subspan(1), body[0].span);
        d.span = {header_span_.begin, span_of(body).end};
    }
    d.unit_failed = d.value == no_expr;
    into = std::move(d);
}

// `on pre` and `on post`: what a spike does to a synapse.
void SectionParser::on(TokenRange body) {
    const bool pre = !body.empty() && is_name(body[0], "pre"),
               post = !body.empty() && is_name(body[0], "post");
    if (!pre && !post)
        return problems_.add(header_span_, "expected 'on pre' or 'on post'",
                             "a spike of the neuron before or behind the synapse");
    if (ast_.on_span.end == 0) ast_.on_span = {header_span_.begin, body[0].span.end};
    if (body.size() == 1)
        return problems_.add({header_span_.begin, body[0].span.end},
                             fmt::format("what happens 'on {}' is missing", body[0].text),
                             "such as 'g_post += w'");
    std::vector<StatementDecl>& into = pre ? ast_.on_pre : ast_.on_post;
    for (StatementDecl& s : statements(body.subspan(1))) into.push_back(std::move(s));
}

std::string SectionParser::comment_on(std::uint32_t line) const {
    const auto found = std::lower_bound(tokens_.comments.begin(), tokens_.comments.end(), line,
                                        [](const Comment& c, std::uint32_t l) { return c.line < l; });
    return found != tokens_.comments.end() && found->line == line ? std::string(found->text) : std::string{};
}

std::string SectionParser::description(TokenRange item) const {
    const std::string last = comment_on(item.back().line);
    return last.empty() && item.front().line != item.back().line ? comment_on(item.front().line) : last;
}

std::optional<Kind> find_kind(std::string_view name) {
    for (const Kind kind :
         {Kind::neuron, Kind::mass, Kind::field, Kind::synapse, Kind::coupling, Kind::generative})
        if (to_string(kind) == name) return kind;
    return std::nullopt;
}

Ast parse_file(SourceSpan text, Problems& problems, std::optional<Unit> target) {
    Ast ast;
    ast.target = std::move(target);
    SectionParser(ast, problems, text).file();
    return ast;
}

void parse_equation_string(SourceSpan text, Ast& ast, Problems& problems) {
    SectionParser parser(ast, problems, text);
    parser.equations(parser.all());
}

std::vector<StatementDecl> parse_statement_string(SourceSpan text, Ast& ast, Problems& problems) {
    SectionParser parser(ast, problems, text);
    return parser.statements(parser.all());
}

Declaration parse_value_string(std::string name, SourceSpan text, Ast& ast, Problems& problems) {
    SectionParser parser(ast, problems, text);
    return parser.value(std::move(name), text, parser.all(), text);
}

ExprId parse_expression_string(SourceSpan text, Ast& ast, Problems& problems) {
    SectionParser parser(ast, problems, text);
    return parser.expression(parser.all(), text);
}

}  // namespace neurodyn::language
