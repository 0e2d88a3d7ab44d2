// SPDX-License-Identifier: BSD-3-Clause
// The items of sections: parameters, equations, functions, events, statements.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "language/section_parser.hpp"

namespace neurodyn::language {

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
    if (tokens.size() == 1 && (tokens[0].text == "boolean" || tokens[0].text == "integer")) {
        d.type = tokens[0].text == "boolean" ? ValueType::boolean : ValueType::integer;
        d.unit = Unit{};
        return;
    }
    if (tokens.size() == 1 && ast_.kind == Kind::synapse && tokens[0].text == target_unit) {
        d.unit = ast_.target ? *ast_.target : Unit{{}, 1.0, std::string(target_unit)};
        return;
    }
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
    e.role = role_;
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
    const bool is_effect = role_ == Role::action && has_value;
    (is_effect ? ast_.effects : ast_.equations).push_back(std::move(e));
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

// `rate = 1/s`: a parameter like others; the numbers of orders shape the equations.
void SectionParser::inference(TokenRange body) {
    static const std::vector<std::string> names = {
        "orders", "observation_orders", "smoothness", "rate", "learning_rate", "action_rate", "error_rate"};
    std::vector<Declaration> items;
    values(body, items, false);
    for (Declaration& d : items) {
        if (std::find(names.begin(), names.end(), d.name) == names.end()) {
            problems_.add(d.name_span, fmt::format("inference has no '{}'", d.name),
                          problems_.suggestion(d.name, names));
        } else if (d.name.ends_with("orders")) {
            ast_.orders.push_back(std::move(d));
        } else {
            ast_.rates.push_back(d.name);
            ast_.parameters.push_back(std::move(d));
        }
    }
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

}  // namespace neurodyn::language
