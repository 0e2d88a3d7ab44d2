// SPDX-License-Identifier: BSD-3-Clause
// Sections of a model file and the items in them.
#include "language/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "language/expression_parser.hpp"
#include "language/items.hpp"

namespace neurodyn::language {
namespace {

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
    };
    static const std::array<Section, 11> sections;

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
    Ast& ast_;
    Problems& problems_;
    Tokens tokens_;
};

const std::array<SectionParser::Section, 11> SectionParser::sections = {{
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
}};

SourceSpan joined(SourceSpan a, SourceSpan b) { return {a.begin, b.end}; }

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
        if (is_name(header, s.name)) return (this->*s.handler)(body);
        names.emplace_back(s.name);
    }
    const bool looks_like_item = !body.empty() && body[0].kind == TokenKind::symbol && !body[0].first_on_line;
    std::string hint = problems_.suggestion(header.text, names);
    if (looks_like_item || header.column > 0) hint = "lines that belong to a section are indented";
    if (hint.empty())
        hint = "sections are parameters, inputs, equations, functions, initial, events, outputs, method";
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
                      "the first line must be 'model NAME : KIND'", "kinds are neuron, mass and coupling");
        if (!body.empty()) ast_.name = std::string(body[0].text);
        return;
    }
    ast_.name = std::string(body[0].text);
    ast_.name_span = body[0].span;
    const std::optional<Kind> kind = find_kind(body[2].text);
    if (!kind) {
        problems_.add(body[2].span, fmt::format("unknown kind of model '{}'", body[2].text),
                      "kinds are neuron, mass and coupling");
    } else if (*kind == Kind::field || *kind == Kind::synapse || *kind == Kind::generative) {
        problems_.add(body[2].span, fmt::format("models of kind '{}' cannot be read", body[2].text),
                      "this version reads neuron, mass and coupling");
    }
    ast_.kind = kind.value_or(Kind::mass);
}

void SectionParser::values(TokenRange body, std::vector<Declaration>& into, bool may_lack_value) {
    for (const TokenRange item : split_items(body, ItemStyle::values)) {
        if (item[0].kind != TokenKind::name || item.size() < 2 ||
            !(is_symbol(item[1], "=") || (may_lack_value && is_symbol(item[1], ":")))) {
            problems_.add(
                item[0].span, fmt::format("expected 'name = value', found '{}'", item[0].text),
                may_lack_value ? "write 'name = value unit', or 'name : unit' without a value" : "");
            continue;
        }
        const bool has_value = is_symbol(item[1], "=");
        Declaration d =
            value(std::string(item[0].text), item[0].span, item.subspan(has_value ? 2 : 1), item[1].span);
        d.span = span_of(item);
        d.description = description(item);
        into.push_back(std::move(d));
    }
}

Declaration SectionParser::value(std::string name, SourceSpan name_span, TokenRange tokens,
                                 SourceSpan after) {
    Declaration d;
    d.name = std::move(name);
    d.name_span = d.span = name_span;
    const std::size_t colon = find_outside(tokens, ":");
    if (colon > 0 || tokens.empty()) d.value = value_expression(tokens.first(colon), after);
    if (colon < tokens.size()) unit(d, tokens.subspan(colon + 1), tokens[colon].span);
    if (d.value == no_expr && colon > 0)
        d.unit_failed = true;  // a broken value was reported; its unit is not known
    return d;
}

void SectionParser::unit(Declaration& d, TokenRange tokens, SourceSpan colon) {
    if (tokens.empty()) {
        problems_.add(colon, fmt::format("the unit of '{}' is missing", d.name),
                      "dimensionless is written ': 1'");
        d.unit_failed = true;
        return;
    }
    d.unit_span = span_of(tokens);
    try {
        d.unit = parse_unit(problems_.sources().text(d.unit_span));
    } catch (const InputError& error) {
        problems_.add(d.unit_span, error);
        d.unit_failed = true;
    }
}

ExprId SectionParser::value_expression(TokenRange tokens, SourceSpan after) {
    const ExprId id = quantity(tokens);
    return id != no_expr ? id : expression(tokens, after);
}

// "-120 mS/cm^2": a number and units only, read as one literal whose unit is one scale.
ExprId SectionParser::quantity(TokenRange tokens) {
    const std::size_t sign = !tokens.empty() && is_symbol(tokens[0], "-") ? 1 : 0;
    if (tokens.size() < sign + 2 || tokens[sign].kind != TokenKind::number) return no_expr;
    const Token& first = tokens[sign + 1];  // a unit's name, or the 1 of "1/s"
    if (first.kind != TokenKind::name && first.text != "1") return no_expr;
    const TokenRange unit_tokens = tokens.subspan(sign + 1);
    const auto in_unit = [](const Token& t) {
        if (t.kind == TokenKind::name) return find_unit(t.text).has_value();
        static constexpr std::string_view allowed = "*/^()-";
        return t.kind == TokenKind::number ||
               (t.text.size() == 1 && allowed.find(t.text) != std::string_view::npos);
    };
    if (!std::all_of(unit_tokens.begin(), unit_tokens.end(), in_unit)) return no_expr;
    try {
        Expr expr;
        expr.kind = ExprKind::quantity;
        expr.span = span_of(tokens);
        expr.unit = static_cast<std::uint32_t>(ast_.units.size());
        const neurodyn::Quantity literal = parse_any_quantity(problems_.sources().text(expr.span));
        ast_.units.push_back(literal.unit);
        expr.value = literal.value_si;
        return ast_.add(std::move(expr));
    } catch (const InputError&) {
        return no_expr;  // such as "5 mV*(2 - 1)": an expression after all, which reports its own problems
    }
}

void SectionParser::equations(TokenRange body) {
    for (const TokenRange item : split_items(body, ItemStyle::equations)) equation(item);
}

void SectionParser::equation(TokenRange item) {
    EquationDecl e;
    e.span = span_of(item);
    e.description = description(item);
    std::size_t head = 1;
    e.name_span = item[0].span;
    e.name = std::string(item[0].text);
    if (starts_with_derivative(item)) {
        e.differential = true;
        e.name.erase(0, 1);
        head = 3;
    }
    const bool has_value = head < item.size() && is_symbol(item[head], "=");
    if (item[0].kind != TokenKind::name || head >= item.size() ||
        (!has_value && !is_symbol(item[head], ":"))) {
        problems_.add(e.span, "expected 'dx/dt = expression : unit', 'x = expression : unit' or 'x : unit'",
                      item.size() > 3 && item[0].kind == TokenKind::name && is_name(item[2], "dt")
                          ? "an equation needs its '='"
                          : "");
        return;
    }
    const std::size_t colon = find_outside(item, ":");
    if (has_value) {
        e.value = expression(item.subspan(head + 1, colon - head - 1), item[head].span);
        if (e.value == no_expr) e.unit_failed = true;
    }
    if (colon < item.size()) {
        const TokenRange rest = item.subspan(colon + 1);
        std::size_t open = 0;
        while (open < rest.size() && !(is_symbol(rest[open], "(") && open > 0 && rest[open - 1].text != "*" &&
                                       rest[open - 1].text != "/" && rest[open - 1].text != "^"))
            ++open;
        unit(e, rest.first(open), item[colon].span);
        e.flags = flags(rest.subspan(open));
    } else if (e.differential && e.value != no_expr) {
        problems_.add(e.name_span, fmt::format("the unit of '{}' is missing", e.name),
                      "end the equation with ': unit'; dimensionless is ': 1'");
        e.unit_failed = true;
    }
    ast_.equations.push_back(std::move(e));
}

// "(unless refractory, constant)": words up to a comma make one flag.
std::vector<Flag> SectionParser::flags(TokenRange tokens) {
    std::vector<Flag> flags;
    bool fresh = true;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        if (is_symbol(tokens[i], ")")) {
            if (i + 1 < tokens.size())
                problems_.add(tokens[i + 1].span,
                              fmt::format("unexpected '{}' behind the flags", tokens[i + 1].text));
            return flags;
        }
        if (is_symbol(tokens[i], ",")) {
            fresh = true;
        } else if (std::exchange(fresh, false)) {
            flags.push_back({std::string(tokens[i].text), tokens[i].span});
        } else {
            const bool glue = is_symbol(tokens[i], "-") || is_symbol(tokens[i - 1], "-");
            flags.back().text += (glue ? "" : " ") + std::string(tokens[i].text);
            flags.back().span.end = tokens[i].span.end;
        }
    }
    if (!tokens.empty()) problems_.add(tokens[0].span, "this '(' is never closed");
    return flags;
}

void SectionParser::functions(TokenRange body) {
    for (const TokenRange item : split_items(body, ItemStyle::functions)) function(item);
}

void SectionParser::function(TokenRange item) {
    FunctionDecl f;
    f.name = std::string(item[0].text);
    f.name_span = item[0].span;
    std::size_t i = 2;
    bool good = item.size() > 3 && item[0].kind == TokenKind::name && is_symbol(item[1], "(");
    for (; good && i < item.size() && !is_symbol(item[i], ")"); ++i) {
        if (i % 2 == 1) {
            good = is_symbol(item[i], ",");
        } else if ((good = item[i].kind == TokenKind::name)) {
            f.parameters.emplace_back(item[i].text);
            f.parameter_spans.push_back(item[i].span);
        }
    }
    if (!good || i + 1 >= item.size() || !is_symbol(item[i + 1], "=")) {
        problems_.add(span_of(item), "expected a function such as 'S(x, a) = 1/(1 + exp(-a*x))'");
        return;
    }
    f.body = expression(item.subspan(i + 2), item[i + 1].span);
    ast_.functions.push_back(std::move(f));
}

void SectionParser::events(TokenRange body) {
    for (const TokenRange item : split_items(body, ItemStyle::events)) event(item);
}

void SectionParser::event(TokenRange item) {
    if (item.size() < 2 || item[0].kind != TokenKind::name || !is_symbol(item[1], ":")) {
        problems_.add(item[0].span, "expected an event such as 'spike : v > v_th   reset v = v_r'");
        return;
    }
    EventDecl e;
    e.name = std::string(item[0].text);
    e.name_span = item[0].span;
    const std::size_t reset = find_outside(item, "reset", 2);
    const std::size_t refractory = find_outside(item.first(reset), "refractory", 2);
    e.condition = expression(item.subspan(2, refractory - 2), item[1].span);
    if (refractory < reset)
        e.refractory =
            expression(item.subspan(refractory + 1, reset - refractory - 1), item[refractory].span);
    if (reset < item.size()) {
        const TokenRange tokens = item.subspan(reset + 1);
        if (tokens.empty())
            problems_.add(item[reset].span, "what is reset is missing", "such as 'reset v = v_r'");
        e.reset = statements(tokens);
    }
    ast_.events.push_back(std::move(e));
}

std::vector<StatementDecl> SectionParser::statements(TokenRange body) {
    std::vector<StatementDecl> statements;
    for (const TokenRange item : split_items(body, ItemStyle::statements)) {
        static constexpr std::array<std::string_view, 5> assignments = {"=", "+=", "-=", "*=", "/="};
        if (item.size() < 2 || item[0].kind != TokenKind::name ||
            std::find(assignments.begin(), assignments.end(), item[1].text) == assignments.end()) {
            problems_.add(span_of(item), "expected a statement such as 'v = v_r' or 'w += b'",
                          "statements are separated by ';'");
            continue;
        }
        StatementDecl s;
        s.name = std::string(item[0].text);
        s.name_span = item[0].span;
        s.span = span_of(item);
        s.op = item[1].text;
        s.value = expression(item.subspan(2), item[1].span);
        statements.push_back(std::move(s));
    }
    return statements;
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
        d.span = joined(header_span_, span_of(body));
    }
    d.unit_failed = d.value == no_expr;
    into = std::move(d);
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

}  // namespace

std::optional<Kind> find_kind(std::string_view name) {
    for (const Kind kind :
         {Kind::neuron, Kind::mass, Kind::field, Kind::synapse, Kind::coupling, Kind::generative})
        if (to_string(kind) == name) return kind;
    return std::nullopt;
}

Ast parse_file(SourceSpan text, Problems& problems) {
    Ast ast;
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
