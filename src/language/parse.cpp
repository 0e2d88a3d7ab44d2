// SPDX-License-Identifier: BSD-3-Clause
// The ways in: a model file, a coupling joined to populations, an expression from outside.
#include <fmt/format.h>

#include "language/build.hpp"
#include "language/expression_parser.hpp"
#include "language/model.hpp"
#include "language/parser.hpp"
#include "language/read_synapse.hpp"
#include "language/synapse.hpp"
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

ModelPtr check_synapse(const Model& synapse, const Model& pre, const Model& post, std::string_view target) {
    if (!synapse.synapse)
        throw Error(fmt::format("'{}' is a model of kind {}, it cannot join populations as a synapse",
                                synapse.name, to_string(synapse.kind)));
    const Quantity* variable = post.find(target);
    if (!target.empty() && !variable)
        throw Error(fmt::format("the target '{}' of the synapse '{}' is no variable of the model '{}'. {}",
                                target, synapse.name, post.name, did_you_mean(target, post.names())));
    const Joined joined{pre, post, std::string(target)};
    if (synapse.synapse->strings) return read_synapse_strings(*synapse.synapse->strings, &joined);
    const Text source = checked_text(synapse.source_text, synapse.source_file);
    Problems problems(source.sources);
    Ast ast = parse_file(source.span, problems, variable ? std::optional(variable->unit) : std::nullopt);
    return Builder(ast, problems, {}, &joined).run(synapse.source_file);
}

Expression parse_expression(std::string_view text, const std::string& file, Graph& graph,
                            const std::vector<ScopeEntry>& scope, std::vector<Draw>* draws) {
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
    Categories allowed = Category::parameter | Category::time;
    if (draws) allowed |= only(Category::draw);
    const Value value = evaluator.evaluate(id, allowed, "this expression");
    problems.throw_if_any();
    if (draws) *draws = evaluator.draws();
    return {value.node, value.dimension, value.wild != Wild::none};
}

}  // namespace neurodyn::language
