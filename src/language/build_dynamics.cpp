// SPDX-License-Identifier: BSD-3-Clause
// Drifts and noise, initial values, events, couplings: what a model does.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "language/build.hpp"
#include "language/unit_rules.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using symbolic::Op;
using symbolic::Type;

constexpr Categories in_events = Category::parameter | Category::input | Category::state |
                                 only(Category::definition) | Category::time | only(Category::draw);

std::vector<std::string> state_names(const Model& model) {
    std::vector<std::string> names;
    for (const State& s : model.states) names.push_back(s.name);
    return names;
}

}  // namespace

State* Builder::find_state(const std::string& name) {
    const auto found = state_index_.find(name);
    return found == state_index_.end() ? nullptr : &model_->states[found->second];
}

void Builder::drifts() {
    for (const EquationDecl& e : ast_.equations) {
        if (!e.differential || e.role != Role::equation) continue;
        const bool synapse = ast_.kind == Kind::synapse;
        constexpr Categories drift = everything & ~only(Category::draw);
        const Value value =
            evaluator_.evaluate(e.value, drift & ~(synapse ? Category::noise | Category::neighbours : 0u),
                                synapse ? "an equation of a synapse" : "an equation");
        State* state = find_state(e.name);
        if (value.bad || !state || !evaluator_.expect_type(value, Type::real, ast_[e.value].span)) continue;
        if (!is_open(state->unit))
            evaluator_.expect(value, state->unit.dimension / dimensions::time, ast_[e.value].span,
                              fmt::format("d{}/dt, with '{}' in {},", e.name, e.name, state->unit.name));
        if (value.node) state->drift = value.node;
        state->noise = value.noise;
    }
}

void Builder::initial_values() {
    if (ast_.equation_strings)
        for (const State& s : model_->states)
            if (const Declaration* given = given_value(s.name)) ast_.initial.push_back(*given);
    for (const Declaration& d : ast_.initial) {
        State* state = find_state(d.name);
        if (!state) {
            if (evaluator_.find(d.name) && evaluator_.find(d.name)->value.bad) continue;
            problems_.add(
                d.name_span,
                fmt::format("'{}' has an initial value, but no equation d{}/dt = ...", d.name, d.name),
                problems_.suggestion(d.name, state_names(*model_)));
            continue;
        }
        if (d.value == no_expr) continue;
        const std::string place = "an initial value";
        if (is_distribution(d.value)) {
            Value value;
            state->initial_distribution = distribution(d.value, place, value.dimension);
            if (state->initial_distribution && may_be_drawn(state->name, state->type, d.value))
                has_unit(value, state->unit, ast_[d.value].span,
                         fmt::format("the initial value of '{}'", d.name));
            continue;
        }
        const Value value = evaluator_.evaluate(
            d.value, Category::parameter | Category::state | only(Category::definition), place);
        if (value.bad || !has_type(value, state->type, ast_[d.value].span)) continue;
        has_unit(value, state->unit, ast_[d.value].span, fmt::format("the initial value of '{}'", d.name));
        state->initial = kept(value.node, state->type);
    }
    if (problems_.empty()) resolve_initial_values();
}

// Initial values may use each other: they are put in place until only parameters and drawn initial values are
// left.
void Builder::resolve_initial_values() {
    Graph& graph = model_->graph;
    std::vector<Dependency> items;
    for (const State& s : model_->states) {
        Dependency item{s.name, s.span, {}};
        for (const Declaration& d : ast_.initial)
            if (d.name == s.name) item.span = d.name_span;
        if (!s.initial_distribution && !graph.is_constant(s.initial))
            for (const NodeId symbol : symbolic::free_symbols(graph, std::array{s.initial})) {
                const std::string& name = graph.name(symbol);
                if (find_state(name)) item.uses.push_back(name);
                const bool neighbours = name.starts_with("laplacian.");
                if (model_->find_input(name) || name == "t" || name == "dt" || neighbours)
                    problems_.add(
                        item.span,
                        fmt::format("the initial value of '{}' depends on '{}', which has no value yet",
                                    s.name, neighbours ? "laplacian()" : name),
                        "initial values may use parameters and other initial values");
            }
        items.push_back(std::move(item));
    }
    const Order order = order_of(items, "initial values go in a circle", problems_);
    if (!order.circular.empty() || !problems_.empty()) return;
    symbolic::Substitution known;
    for (const std::size_t i : order.order) {
        State& s = model_->states[i];
        if (s.initial_distribution) continue;
        if (!graph.is_constant(s.initial)) s.initial = symbolic::substitute(graph, s.initial, known);
        known[s.symbol] = s.initial;
        if (is_not_finite(graph, s.initial))
            problems_.add(items[i].span, fmt::format("the initial value of '{}' is not finite", s.name));
    }
}

void Builder::events() {
    for (const EventDecl& e : ast_.events) event(e);
    model_->draws = evaluator_.draws();
    model_->laplacians = evaluator_.laplacians();
    model_->rate_tables = evaluator_.rate_tables();
}

void Builder::event(const EventDecl& e) {
    Event event;
    event.name = e.name;
    event.span = e.name_span;
    event.spike_step_counts = ast_.equation_strings;
    const Value condition = evaluator_.evaluate(e.condition, in_events, "the condition of an event");
    if (e.condition != no_expr) evaluator_.expect_type(condition, Type::boolean, ast_[e.condition].span);
    event.condition = condition.node;
    if (e.refractory != no_expr) {
        const Value value = evaluator_.evaluate(e.refractory, in_events, "a refractory period");
        if (is_boolean(value, model_->graph)) {
            event.refractory_condition = value.node;
        } else {
            evaluator_.expect(value, dimensions::time, ast_[e.refractory].span, "a refractory period");
            event.refractory_time = value.node;
        }
    }
    for (const StatementDecl& s : e.reset) statement(s, event);
    model_->events.push_back(std::move(event));
}

void Builder::statement(const StatementDecl& s, Event& event) {
    const State* state = find_state(s.name);
    const Value value = evaluator_.evaluate(s.value, in_events, "a reset");
    if (!state) {
        const NamedValue* known = evaluator_.find(s.name);
        if (known && known->category == Category::state) return;
        const std::string what =
            known ? fmt::format("'{}' is {} and cannot be reset", s.name, to_string(known->category))
                  : fmt::format("unknown variable '{}' in a reset", s.name);
        std::string hint = problems_.suggestion(s.name, state_names(*model_));
        if (known && known->category == Category::parameter)
            hint = fmt::format("a variable that only events change is written 'd{}/dt = 0/second : unit'",
                               s.name);
        problems_.add(s.name_span, what, hint);
        return;
    }
    Value variable;
    variable.node = state->symbol;
    variable.dimension = state->unit.dimension;
    if (const NodeId node = new_value(s, variable, state->type, value))
        event.reset.push_back({s.name, node, s.span});
}

// The value of a variable behind a statement, in terms of the values before it; null after a problem.
NodeId Builder::new_value(const StatementDecl& s, const Value& variable, ValueType type, const Value& value) {
    if (value.bad || variable.bad) return {};
    if (type == ValueType::boolean && s.op != "=") {
        problems_.add(s.span, fmt::format("'{}' is a condition and has no '{}'", s.name, s.op),
                      fmt::format("write '{} = condition'", s.name));
        return {};
    }
    if (!has_type(value, type, ast_[s.value].span)) return {};
    const bool scales = s.op == "*=" || s.op == "/=";
    if (scales &&
        !evaluator_.expect(value, Dimension{}, ast_[s.value].span, fmt::format("the factor of '{}'", s.name)))
        return {};
    if (!scales && variable.wild == Wild::none &&
        !evaluator_.expect(value, variable.dimension, ast_[s.value].span, fmt::format("'{}'", s.name)))
        return {};
    if (s.op == "=") return kept(value.node, type);
    const Op op = s.op == "+=" ? Op::add : s.op == "-=" ? Op::sub : s.op == "*=" ? Op::mul : Op::div;
    return kept(model_->graph.make(op, variable.node, value.node), type);
}

void Builder::coupling() {
    const bool is_coupling = ast_.kind == Kind::coupling;
    for (const auto* line : {&ast_.pre, &ast_.post})
        if (*line && !is_coupling)
            problems_.add((*line)->name_span,
                          fmt::format("'{}' stands in models of kind coupling only", (*line)->name));
    if (!is_coupling) return;
    if (!ast_.pre || !ast_.post) {
        problems_.add(
            ast_.name_span,
            fmt::format("the coupling '{}' has no line '{} = ...'", ast_.name, ast_.pre ? "post" : "pre"),
            "a coupling gives post(sum of weight*pre): at least 'pre = x_pre' and 'post = gx'");
        return;
    }
    const auto signal = [&](const char* name, const std::optional<Dimension>& dimension, Category category) {
        Value value;
        value.node = model_->graph.symbol(name);
        if (dimension) value.dimension = *dimension;
        value.wild = dimension ? Wild::none : Wild::any;
        evaluator_.define(name, value, category);
    };
    const auto known = [&](Dimension SignalUnits::* which) {
        return signals_ ? std::optional<Dimension>((*signals_).*which) : std::nullopt;
    };
    signal("x_pre", known(&SignalUnits::x_pre), Category::source);
    signal("x_post", known(&SignalUnits::x_post), Category::signal);
    evaluator_.declare("gx", Category::sum);
    const Value pre =
        evaluator_.evaluate(ast_.pre->value, Category::parameter | Category::signal | Category::source,
                            "the 'pre' line of a coupling");
    if (ast_.pre->value != no_expr) evaluator_.expect_type(pre, Type::real, ast_[ast_.pre->value].span);
    signal("gx", signals_ && !pre.bad && pre.wild == Wild::none ? std::optional(pre.dimension) : std::nullopt,
           Category::sum);
    post_value_ =
        evaluator_.evaluate(ast_.post->value, Category::parameter | Category::signal | Category::sum,
                            "the 'post' line of a coupling");
    if (ast_.post->value != no_expr)
        evaluator_.expect_type(post_value_, Type::real, ast_[ast_.post->value].span);
    model_->coupling = Coupling{pre.node, post_value_.node};
}

void Builder::outputs() {
    for (const NameUse& use : ast_.outputs) {
        const NamedValue* known = evaluator_.find(use.name);
        if (known && (known->category == Category::state || known->category == Category::definition ||
                      known->category == Category::input)) {
            model_->outputs.push_back(use.name);
            continue;
        }
        if (known && known->value.bad) continue;
        problems_.add(
            use.span,
            known ? fmt::format("'{}' is {} and cannot be an output", use.name, to_string(known->category))
                  : fmt::format("unknown output '{}'", use.name),
            known ? "" : problems_.suggestion(use.name, model_->names()));
    }
    if (ast_.outputs.empty()) model_->outputs = state_names(*model_);
}

void Builder::check_kind() {
    if (ast_.kind == Kind::coupling) {
        for (const EquationDecl& e : ast_.equations)
            problems_.add(e.name_span, "a coupling has no equations",
                          "it has parameters, 'pre = ...' and 'post = ...'");
        return;
    }
    if (ast_.kind == Kind::synapse || ast_.kind == Kind::generative) return;
    const bool moves = std::any_of(ast_.equations.begin(), ast_.equations.end(),
                                   [](const EquationDecl& e) { return e.differential; });
    if (!moves && ast_.events.empty() && problems_.empty())
        problems_.add(ast_.name_span, fmt::format("the model '{}' has no equation dx/dt = ...", ast_.name),
                      "a model has at least one state variable or one event");
}

}  // namespace neurodyn::language
