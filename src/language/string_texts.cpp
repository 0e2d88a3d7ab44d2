// SPDX-License-Identifier: BSD-3-Clause
// Strings of a model gathered, checked and told apart.
#include "language/string_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "language/parser.hpp"

namespace neurodyn::language {

bool is_given(std::string_view text) { return text.find_first_not_of(" \t\r\n") != std::string_view::npos; }

StringTexts::StringTexts(const std::string& name,
                         const std::vector<std::pair<std::string, std::string_view>>& parts,
                         const Values& values)
    : values_(values) {
    std::size_t length = 0;
    for (const auto& [what, text] : parts) length += text.size();
    for (const auto& [what, text] : values) length += what.size() + text.size();
    if (length > longest_text) {
        Diagnostic d;
        d.file = fmt::format("<{}>", name);
        d.message =
            fmt::format("the equations are {} bytes long; a model has at most {}", length, longest_text);
        throw InputError({d});
    }
    for (const auto& [what, text] : parts) {
        spans_.push_back(sources_.add(fmt::format("<{}>", what), text));
        texts_.push_back(text);
    }
    for (const auto& [what, text] : values)
        value_spans_.push_back(sources_.add(fmt::format("<value of {}>", what), text));
}

void StringTexts::check(bool first_needed, Problems& problems) const {
    for (std::size_t i = 0; i < texts_.size(); ++i)
        if ((i == 0 && first_needed) || is_given(texts_[i])) check_is_text(texts_[i], spans_[i], problems);
    for (std::size_t i = 0; i < values_.size(); ++i)
        check_is_text(values_[i].second, value_spans_[i], problems);
    problems.throw_if_any();
}

void StringTexts::parse_values(Ast& ast, Problems& problems) const {
    for (std::size_t i = 0; i < values_.size(); ++i)
        ast.parameters.push_back(parse_value_string(values_[i].first, value_spans_[i], ast, problems));
}

void check_values_are_used(const Ast& ast, Problems& problems) {
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

}  // namespace neurodyn::language
