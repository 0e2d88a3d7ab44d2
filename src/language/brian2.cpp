// SPDX-License-Identifier: BSD-3-Clause
// Models from equation strings in Brian2's notation (Stimberg et al. 2019, doi:10.7554/eLife.47314).
#include <fmt/format.h>

#include <numeric>

#include "language/build.hpp"
#include "language/builtin.hpp"
#include "language/parser.hpp"

namespace neurodyn::language {
namespace {

// The strings of one model behind each other, each with its own name in messages.
struct Texts {
    Sources sources;
    SourceSpan equations, threshold, reset, refractory;
    std::vector<SourceSpan> values;
};

bool is_given(std::string_view text) { return text.find_first_not_of(" \t\r\n") != std::string_view::npos; }

void check_length(const EquationStrings& strings) {
    std::size_t length = strings.equations.size() + strings.threshold.size() + strings.reset.size() +
                         strings.refractory.size();
    for (const auto& [name, value] : strings.values) length += name.size() + value.size();
    if (length <= longest_text) return;
    Diagnostic d;
    d.file = "<" + strings.name + ">";
    d.message = fmt::format("the equations are {} bytes long; a model has at most {}", length, longest_text);
    throw InputError({d});
}

void gather(const EquationStrings& strings, Texts& texts) {
    const auto add = [&](const char* what, const std::string& text) {
        return texts.sources.add(fmt::format("<{}>", what), text);
    };
    texts.equations = texts.sources.add("<" + strings.name + ">", strings.equations);
    texts.threshold = add("threshold", strings.threshold);
    texts.reset = add("reset", strings.reset);
    texts.refractory = add("refractory", strings.refractory);
    for (const auto& [name, value] : strings.values)
        texts.values.push_back(texts.sources.add(fmt::format("<value of {}>", name), value));
}

void check_texts(const EquationStrings& strings, const Texts& texts, Problems& problems) {
    check_is_text(strings.equations, texts.equations, problems);
    if (is_given(strings.threshold)) check_is_text(strings.threshold, texts.threshold, problems);
    if (is_given(strings.reset)) check_is_text(strings.reset, texts.reset, problems);
    if (is_given(strings.refractory)) check_is_text(strings.refractory, texts.refractory, problems);
    for (std::size_t i = 0; i < texts.values.size(); ++i)
        check_is_text(strings.values[i].second, texts.values[i], problems);
    problems.throw_if_any();
}

void parse_event(const EquationStrings& strings, const Texts& texts, Ast& ast, Problems& problems) {
    if (!is_given(strings.threshold)) {
        if (is_given(strings.reset))
            problems.add(texts.reset, "there is a reset but no threshold", "give threshold = 'v > v_th'");
        if (is_given(strings.refractory))
            problems.add(texts.refractory, "there is a refractory period but no threshold",
                         "give threshold = 'v > v_th'");
        return;
    }
    EventDecl event;
    event.name = "spike";
    event.name_span = texts.threshold;
    event.condition = parse_expression_string(texts.threshold, ast, problems);
    if (is_given(strings.refractory) && strings.refractory != "False")
        event.refractory = parse_expression_string(texts.refractory, ast, problems);
    if (is_given(strings.reset)) event.reset = parse_statement_string(texts.reset, ast, problems);
    ast.events.push_back(std::move(event));
}

// A value for a name that nothing in the strings mentions is most likely misspelt.
void check_used(const Ast& ast, Problems& problems) {
    std::set<std::string> used;
    for (const Expr& expr : ast.exprs)
        if (expr.kind == ExprKind::name || expr.kind == ExprKind::call) used.emplace(expr.text);
    for (const EquationDecl& e : ast.equations) used.insert(e.name);
    for (const Declaration& d : ast.parameters)
        if (!used.contains(d.name))
            problems.add(d.name_span,
                         fmt::format("there is a value for '{}', which no equation uses", d.name),
                         problems.suggestion(d.name, {used.begin(), used.end()}));
}

}  // namespace

ModelPtr parse_equations(const EquationStrings& strings) {
    check_length(strings);
    Texts texts;
    gather(strings, texts);
    Problems problems(texts.sources);
    check_texts(strings, texts, problems);
    Ast ast;
    ast.equation_strings = true;
    ast.name = strings.name;
    ast.name_span = {texts.equations.begin, texts.equations.begin + 1};
    ast.kind = Kind::neuron;
    ast.method = strings.method;
    for (std::size_t i = 0; i < texts.values.size(); ++i)
        ast.parameters.push_back(parse_value_string(strings.values[i].first, texts.values[i], ast, problems));
    parse_equation_string(texts.equations, ast, problems);
    parse_event(strings, texts, ast, problems);
    check_used(ast, problems);
    return Builder(ast, problems).run(fmt::format("<{}>", strings.name));
}

}  // namespace neurodyn::language
