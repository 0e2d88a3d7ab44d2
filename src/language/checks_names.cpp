// SPDX-License-Identifier: BSD-3-Clause
// Each name once, and none that means something already.
#include <fmt/format.h>

#include <algorithm>

#include "language/builtin.hpp"
#include "language/checks.hpp"
#include "language/expression_parser.hpp"
#include "language/synapse.hpp"

namespace neurodyn::language {
namespace {

class NameCheck {
  public:
    NameCheck(const Ast& ast, Problems& problems) : ast_(ast), problems_(problems) {}

    void run() {
        // The values of equation strings may belong to names that the equations declare.
        for (const Declaration& d : ast_.parameters)
            if (!ast_.equation_strings || !in_equations(d.name)) declare(d.name, d.name_span);
        for (const Declaration& d : ast_.inputs) declare(d.name, d.name_span);
        for (const EquationDecl& e : ast_.equations) declare(e.name, e.name_span);
        for (const FunctionDecl& f : ast_.functions) function(f);
        std::map<std::string, SourceSpan> seen;
        for (const Declaration& d : ast_.initial)
            once(seen, d.name, d.name_span, "the initial value of '{}' is given twice");
        seen.clear();
        for (const EventDecl& e : ast_.events)
            once(seen, e.name, e.name_span, "the event '{}' is declared twice");
    }

  private:
    void once(std::map<std::string, SourceSpan>& seen, const std::string& name, SourceSpan span,
              fmt::format_string<const std::string&> message) {
        const auto [first, fresh] = seen.emplace(name, span);
        if (!fresh)
            problems_.add(span, fmt::format(message, name),
                          fmt::format("the first is in line {}", problems_.sources().line(first->second)));
    }

    bool in_equations(const std::string& name) const {
        return std::any_of(ast_.equations.begin(), ast_.equations.end(),
                           [&](const EquationDecl& e) { return e.name == name; });
    }

    /// Words of a model file's sections are names like others where an event's parts are strings of their
    /// own.
    bool is_free(const std::string& name) const {
        return ast_.equation_strings && (name == "reset" || name == "refractory" || name == "gx");
    }

    bool usable(const std::string& name, SourceSpan span) {
        static const std::vector<std::string> reserved = {"t",    "dt",    "and",   "or",         "not",
                                                          "True", "False", "reset", "refractory", "gx"};
        if (name.find('.') != std::string::npos) {
            problems_.add(span, fmt::format("'{}' cannot be declared: names of a model hold no dots", name));
        } else if (is_noise_name(name)) {
            problems_.add(span, fmt::format("'{}' cannot be declared: it means white noise", name));
        } else if ((std::find(reserved.begin(), reserved.end(), name) != reserved.end() && !is_free(name)) ||
                   (ast_.kind == Kind::synapse && (name == since_name || name == target_unit))) {
            problems_.add(span, fmt::format("'{}' cannot be declared: the name is reserved", name));
        } else if (const Builtin* builtin = find_builtin(name); builtin && !builtin->is_distribution) {
            problems_.add(span,
                          fmt::format("'{}' cannot be declared: it is a function of the language", name));
        } else {
            return true;
        }
        return false;
    }

    void declare(const std::string& name, SourceSpan span) {
        if (usable(name, span)) once(seen_, name, span, "'{}' is declared twice");
    }

    void function(const FunctionDecl& f) {
        declare(f.name, f.name_span);
        std::map<std::string, SourceSpan> arguments;
        for (std::size_t i = 0; i < f.parameters.size(); ++i)
            if (usable(f.parameters[i], f.parameter_spans[i]))
                once(arguments, f.parameters[i], f.parameter_spans[i], "the argument '{}' is named twice");
    }

    const Ast& ast_;
    Problems& problems_;
    std::map<std::string, SourceSpan> seen_;
};

void collect(const Ast& ast, ExprId id, std::set<std::string>& names) {
    if (id == no_expr) return;
    const Expr& expr = ast[id];
    if (expr.kind == ExprKind::name || expr.kind == ExprKind::call) names.emplace(expr.text);
    for (const ExprId arg : expr.args) collect(ast, arg, names);
}

}  // namespace

void check_names(const Ast& ast, Problems& problems) { NameCheck(ast, problems).run(); }

std::vector<std::string> names_in(const Ast& ast, ExprId id, const std::vector<std::string>& locals) {
    std::set<std::string> names;
    collect(ast, id, names);
    for (const std::string& local : locals) names.erase(local);
    return {names.begin(), names.end()};
}

}  // namespace neurodyn::language
