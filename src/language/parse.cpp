// SPDX-License-Identifier: BSD-3-Clause
// The ways in: a model file, a coupling joined to populations, an expression from outside.
#include <fmt/format.h>

#include "language/build.hpp"
#include "language/expression_parser.hpp"
#include "language/model.hpp"
#include "language/parser.hpp"
#include "language/unit_rules.hpp"

namespace neurodyn::language {
namespace {

struct Text {
    Sources sources;
    SourceSpan span;
};

Text checked_text(std::string_view text, const std::string& file, std::string hint_when_empty = {}) {
    if (text.size() > longest_text)
        throw InputError({make_diagnostic(
            file, text.substr(0, 80), {0, 1},
            fmt::format("the text is {} bytes long; a model has at most {}", text.size(), longest_text),
            "is it a data file?")});
    Text result;
    result.span = result.sources.add(file, text);
    Problems problems(result.sources);
    check_is_text(text, result.span, problems, std::move(hint_when_empty));
    problems.throw_if_any();
    return result;
}

}  // namespace

ModelPtr parse_model(std::string_view text, std::string file) {
    const Text source = checked_text(text, file, "a model starts with 'model NAME : KIND'");
    Problems problems(source.sources);
    Ast ast = parse_file(source.span, problems);
    return Builder(ast, problems).run(std::move(file));
}

Dimension coupling_dimension(const Model& coupling, const Dimension& x_pre, const Dimension& x_post) {
    const Text source = checked_text(coupling.source_text, coupling.source_file);
    Problems problems(source.sources);
    Ast ast = parse_file(source.span, problems);
    Builder builder(ast, problems, SignalUnits{x_pre, x_post});
    builder.run(coupling.source_file);
    return builder.post_value().dimension;
}

Expression parse_expression(std::string_view text, const std::string& file, Graph& graph,
                            const std::vector<ScopeEntry>& scope) {
    const Text source = checked_text(text, file);
    Problems problems(source.sources);
    Ast ast;
    const ExprId id = parse_expression_string(source.span, ast, problems);
    Evaluator evaluator(ast, graph, problems);
    for (const ScopeEntry& entry : scope) {
        Value value;
        value.node = entry.node;
        value.dimension = entry.dimension;
        value.wild = entry.any_dimension ? Wild::any : Wild::none;
        evaluator.define(entry.name, value, Category::parameter);
    }
    const Value value = evaluator.evaluate(id, Category::parameter | Category::time, "this expression");
    problems.throw_if_any();
    return {value.node, value.dimension, value.wild != Wild::none};
}

}  // namespace neurodyn::language
