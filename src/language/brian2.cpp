// SPDX-License-Identifier: BSD-3-Clause
// Models from strings in Brian2's notation (Stimberg et al. 2019, doi:10.7554/eLife.47314).
#include <fmt/format.h>

#include "language/build.hpp"
#include "language/parser.hpp"
#include "language/read_synapse.hpp"
#include "language/string_texts.hpp"
#include "language/synapse.hpp"

namespace neurodyn::language {
namespace {

enum EquationPart : std::size_t { equations, threshold, reset, refractory };
enum SynapsePart : std::size_t { model, on_pre, on_post };

void parse_event(const EquationStrings& strings, const StringTexts& texts, Ast& ast, Problems& problems) {
    if (!is_given(strings.threshold)) {
        if (is_given(strings.reset))
            problems.add(texts.part(reset), "there is a reset but no threshold",
                         "give threshold = 'v > v_th'");
        if (is_given(strings.refractory))
            problems.add(texts.part(refractory), "there is a refractory period but no threshold",
                         "give threshold = 'v > v_th'");
        return;
    }
    EventDecl event;
    event.name = "spike";
    event.name_span = texts.part(threshold);
    event.condition = parse_expression_string(texts.part(threshold), ast, problems);
    if (is_given(strings.refractory) && strings.refractory != "False")
        event.refractory = parse_expression_string(texts.part(refractory), ast, problems);
    if (is_given(strings.reset)) event.reset = parse_statement_string(texts.part(reset), ast, problems);
    ast.events.push_back(std::move(event));
}

Ast string_model(const std::string& name, const std::string& method, Kind kind, const StringTexts& texts) {
    Ast ast;
    ast.equation_strings = true;
    ast.name = name;
    ast.name_span = {texts.part(0).begin, texts.part(0).begin + 1};
    ast.kind = kind;
    ast.method = method;
    return ast;
}

}  // namespace

ModelPtr parse_equations(const EquationStrings& strings) {
    const StringTexts texts(strings.name,
                            {{strings.name, strings.equations},
                             {"threshold", strings.threshold},
                             {"reset", strings.reset},
                             {"refractory", strings.refractory}},
                            strings.values);
    Problems problems(texts.sources());
    texts.check(true, problems);
    Ast ast = string_model(strings.name, strings.method, Kind::neuron, texts);
    texts.parse_values(ast, problems);
    parse_equation_string(texts.part(equations), ast, problems);
    parse_event(strings, texts, ast, problems);
    check_values_are_used(ast, problems);
    return Builder(ast, problems).run(fmt::format("<{}>", strings.name));
}

std::shared_ptr<Model> read_synapse_strings(const SynapseStrings& strings, const Joined* joined) {
    const StringTexts texts(
        strings.name,
        {{strings.name, strings.model}, {"on_pre", strings.on_pre}, {"on_post", strings.on_post}},
        strings.values);
    Problems problems(texts.sources());
    texts.check(false, problems);
    Ast ast = string_model(strings.name, strings.method, Kind::synapse, texts);
    texts.parse_values(ast, problems);
    if (is_given(strings.model)) parse_equation_string(texts.part(model), ast, problems);
    if (is_given(strings.on_pre)) ast.on_pre = parse_statement_string(texts.part(on_pre), ast, problems);
    if (is_given(strings.on_post)) ast.on_post = parse_statement_string(texts.part(on_post), ast, problems);
    check_values_are_used(ast, problems);
    const std::shared_ptr<Model> result =
        Builder(ast, problems, {}, joined).run(fmt::format("<{}>", strings.name));
    result->synapse->strings = strings;
    return result;
}

ModelPtr parse_synapse_strings(const SynapseStrings& strings) {
    return read_synapse_strings(strings, nullptr);
}

}  // namespace neurodyn::language
