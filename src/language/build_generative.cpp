// SPDX-License-Identifier: BSD-3-Clause
// The lines of a generative model, checked; language/generative.hpp makes dynamics of them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "language/build.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

constexpr double most_orders = 12;

const char* role_name(Role role) {
    switch (role) {
        case Role::flow:
            return "the flow";
        case Role::prior:
            return "the prior mean";
        case Role::observation:
            return "the predicted observation";
        default:
            return "the prediction";
    }
}

// The unit of time in which a rate counts.
Unit time_of(const Unit& rate) {
    for (const char* name : {"s", "ms", "us", "min", "h"})
        if (const Unit unit = parse_unit(name); std::abs(unit.scale * rate.scale - 1.0) < 1e-9) return unit;
    return parse_unit("s");
}

}  // namespace

void Builder::generative() {
    if (ast_.kind != Kind::generative) return;
    for (const EventDecl& e : ast_.events) problems_.add(e.name_span, "a generative model has no events");
    Generative text;
    for (const Declaration& d : ast_.inputs)
        if (const Input* input = model_->find_input(d.name))
            text.inputs.push_back({Role::equation,
                                   input->name,
                                   input->description,
                                   input->unit,
                                   input->span,
                                   input->symbol,
                                   {},
                                   {}});
    for (const EquationDecl& e : ast_.equations) {
        if (e.role == Role::equation && e.differential)
            problems_.add(e.name_span,
                          fmt::format("'{}' moves, so it belongs to the section 'flow'", e.name));
        else if (e.role != Role::equation)
            generative_line(e, text);
    }
    generative_orders(text);
    for (const EquationDecl& e : ast_.effects) effect(e, text);
    for (const Declaration& d : ast_.precisions) {
        std::vector<std::string> names;
        for (const Predicted& q : text.quantities) names.push_back(q.name);
        if (problems_.empty() && std::find(names.begin(), names.end(), d.name) == names.end())
            problems_.add(
                d.name_span,
                fmt::format("'{}' has a precision, but no flow, prediction, prior or observation", d.name),
                problems_.suggestion(d.name, names));
    }
    const auto is_data = [](const Predicted& q) { return q.role == Role::observation; };
    if (problems_.empty() && std::none_of(text.quantities.begin(), text.quantities.end(), is_data))
        problems_.add(ast_.name_span, fmt::format("the generative model '{}' has no observations", ast_.name),
                      "such as 'observations' and below it 'y = x : 1'");
    if (problems_.empty() && std::all_of(text.quantities.begin(), text.quantities.end(), is_data))
        problems_.add(ast_.name_span,
                      fmt::format("the generative model '{}' has nothing to infer", ast_.name),
                      "hidden states (flow), causes (prediction) or constants (priors)");
    if (problems_.empty()) check_generative_names(text);
    if (!problems_.empty()) return;
    derive(text, *model_);
    for (std::size_t i = 0; i < model_->states.size(); ++i) {
        const State& s = model_->states[i];
        state_index_.emplace(s.name, i);
        evaluator_.define(s.name, symbol_value(s.name, s.unit), Category::state);
    }
    for (const Input& i : model_->inputs)
        evaluator_.define(i.name, symbol_value(i.name, i.unit), Category::input);
    for (const Definition& d : model_->definitions)
        if (!evaluator_.find(d.name))
            evaluator_.define(d.name, symbol_value(d.name, d.unit), Category::definition);
}

Value Builder::generative_value(ExprId id, const Dimension& wanted, const std::string& what, bool is_prior) {
    Categories allowed = only(Category::parameter);
    if (!is_prior)
        allowed = Category::parameter | Category::input | Category::state | only(Category::definition) |
                  only(Category::time);
    Value value = evaluator_.evaluate(id, allowed, is_prior ? "a prior mean" : "a generative model");
    if (value.bad || !evaluator_.expect_type(value, symbolic::Type::real, ast_[id].span) ||
        !evaluator_.expect(value, wanted, ast_[id].span, what))
        return bad_value();
    return value;
}

void Builder::generative_line(const EquationDecl& e, Generative& text) {
    const bool flows = e.role == Role::flow;
    if (flows != e.differential) {
        problems_.add(e.name_span, flows ? fmt::format("a line of 'flow' is 'd{}/dt = ...'", e.name)
                                         : fmt::format("'d{}/dt' belongs to the section 'flow'", e.name));
        return;
    }
    if (!e.unit) return;
    Predicted q;
    q.role = e.role;
    q.name = e.name;
    q.description = e.description;
    q.unit = *e.unit;
    q.span = e.name_span;
    q.symbol = model_->graph.symbol(e.name);
    if (e.role == Role::action) {
        text.actions.push_back(std::move(q));
        return;
    }
    if (e.value == no_expr) {
        problems_.add(e.name_span, fmt::format("{} of '{}' is missing", role_name(e.role), e.name),
                      fmt::format("such as '{} = ... : {}'", e.name, e.unit->name));
        return;
    }
    const Dimension wanted = flows ? e.unit->dimension / dimensions::time : e.unit->dimension;
    const Value value = generative_value(
        e.value, wanted, fmt::format("{} of '{}'", role_name(e.role), e.name), e.role == Role::prior);
    q.prediction = value.node;
    q.precision = precision_of(e);
    if (!value.bad && q.precision) text.quantities.push_back(std::move(q));
}

NodeId Builder::precision_of(const EquationDecl& e) {
    const Declaration* found = nullptr;
    for (const Declaration& d : ast_.precisions) {
        if (d.name != e.name) continue;
        if (found) problems_.add(d.name_span, fmt::format("the precision of '{}' is given twice", d.name));
        found = &d;
    }
    const Dimension of_error =
        e.role == Role::flow ? e.unit->dimension / dimensions::time : e.unit->dimension;
    const Dimension wanted = Dimension{} / (of_error * of_error);
    if (!found) {
        problems_.add(e.name_span, fmt::format("the precision of '{}' is missing", e.name),
                      fmt::format("'precisions' and below it '{} = ...', in {}", e.name, to_string(wanted)));
        return {};
    }
    if (found->value == no_expr) return {};
    const SourceSpan span = ast_[found->value].span;
    const Value value =
        generative_value(found->value, wanted, fmt::format("the precision of '{}'", e.name), false);
    if (value.bad) return {};
    for (const NodeId symbol : symbolic::free_symbols(model_->graph, std::array{value.node}))
        if (!model_->find_parameter(model_->graph.name(symbol))) return value.node;
    if (const double number = value_of_parameters(*model_, value.node); number <= 0.0) {
        problems_.add(span, fmt::format("the precision of '{}' is {:g}: it must be above 0", e.name, number),
                      "it is one over a variance");
        return {};
    }
    return value.node;
}

NodeId Builder::rate(const char* name, const Dimension& dimension, NodeId otherwise) {
    if (std::find(ast_.rates.begin(), ast_.rates.end(), name) == ast_.rates.end()) return otherwise;
    const Parameter* p = model_->find_parameter(name);
    if (!p) return otherwise;
    Value value;
    value.node = p->symbol;
    value.dimension = p->unit.dimension;
    if (!evaluator_.expect(value, dimension, p->span, fmt::format("'{}'", name))) return otherwise;
    if (const double number = value_of_parameters(*model_, p->symbol); number <= 0.0)
        problems_.add(p->span, fmt::format("'{}' is {:g}: it must be above 0", name, number));
    return p->symbol;
}

void Builder::generative_orders(Generative& text) {
    std::size_t observed = 0;
    for (const Declaration& d : ast_.orders) {
        const Value value = d.value == no_expr ? bad_value()
                                               : evaluator_.evaluate(d.value, only(Category::parameter),
                                                                     "a number of orders");
        if (value.bad) continue;
        const double number = value_of_parameters(*model_, value.node);
        if (!(number >= 1.0 && number <= most_orders && number == std::floor(number))) {
            problems_.add(ast_[d.value].span,
                          fmt::format("'{}' must be a whole number from 1 to {:g}", d.name, most_orders),
                          "1 is the value alone; 2 adds its velocity");
            continue;
        }
        (d.name == "orders" ? text.orders : observed) = static_cast<std::size_t>(number);
    }
    text.observation_orders = observed > 0 ? observed : text.orders;
    if (text.observation_orders > text.orders)
        problems_.add(
            ast_.orders.back().name_span,
            fmt::format("observations have {} orders, but beliefs {}", text.observation_orders, text.orders),
            "motion that is observed must be predicted: raise 'orders'");
    const Dimension per_time = Dimension{} / dimensions::time;
    text.smoothness = rate("smoothness", dimensions::time, {});
    text.rate = rate("rate", per_time, {});
    text.learning_rate = rate("learning_rate", per_time, text.rate);
    text.action_rate = rate("action_rate", per_time, text.rate);
    text.error_rate = rate("error_rate", per_time, {});
    if (!text.rate)
        problems_.add(ast_.name_span, "the rate of inference is missing",
                      "'inference' and below it 'rate = 1/s': how fast beliefs descend F");
    else
        text.time = time_of(model_->find_parameter("rate")->unit);
    if (text.orders > 1 && !text.smoothness)
        problems_.add(ast_.name_span, "the smoothness of the noise is missing",
                      "'smoothness = 0.5 s' in 'inference': motion has no meaning for white noise");
    if (text.orders == 1 && text.smoothness)
        problems_.add(model_->find_parameter("smoothness")->span, "'smoothness' has no meaning for one order",
                      "add 'orders = 3', or leave it out");
}

void Builder::effect(const EquationDecl& e, Generative& text) {
    std::vector<std::string> names;
    ActionEffect effect;
    const Predicted* observed = nullptr;
    for (std::size_t q = 0; q < text.quantities.size(); ++q) {
        if (text.quantities[q].role != Role::observation) continue;
        for (std::size_t i = 0; i < text.observation_orders; ++i) {
            names.push_back(motion_name(text.quantities[q].name, i));
            if (names.back() != e.name) continue;
            effect.observation = q;
            effect.order = i;
            observed = &text.quantities[q];
        }
    }
    if (!observed) {
        if (problems_.empty())
            problems_.add(e.name_span,
                          fmt::format("'{}' is no observation that an action could change", e.name),
                          problems_.suggestion(e.name, names));
        return;
    }
    const Unit unit = product_unit({{observed->unit, 1}, {text.time, -int(effect.order)}});
    const Value value =
        generative_value(e.value, unit.dimension, fmt::format("what is done to '{}'", e.name), false);
    if (value.bad) return;
    const bool acts = std::any_of(text.actions.begin(), text.actions.end(), [&](const Predicted& a) {
        return symbolic::depends_on(model_->graph, value.node, a.symbol);
    });
    if (!acts)
        problems_.add(ast_[e.value].span, fmt::format("no action changes '{}' here", e.name),
                      "declare it in the same section: 'a : unit'");
    effect.value = value.node;
    text.effects.push_back(effect);
}

// Names that the derivation makes must be free.
void Builder::check_generative_names(const Generative& text) {
    const auto taken = [&](const std::string& name, const std::string& what) {
        if (const Quantity* other = model_->find(name))
            problems_.add(other->span, fmt::format("'{}' is declared, but means {}", name, what));
    };
    taken("F", "the free energy");
    for (const Predicted& q : text.inputs)
        for (std::size_t i = 1; i < text.orders; ++i)
            taken(motion_name(q.name, i), fmt::format("the motion of '{}'", q.name));
    for (const Predicted& q : text.quantities) {
        const std::size_t orders = q.role == Role::prior         ? 1
                                   : q.role == Role::observation ? text.observation_orders
                                                                 : text.orders;
        for (std::size_t i = 0; i < orders; ++i) {
            const std::string name = motion_name(q.name, i);
            if (i > 0) taken(name, fmt::format("the motion of '{}'", q.name));
            for (const char* prefix : {"prediction_", "error_", "weighted_error_", "gradient_"})
                taken(prefix + name, fmt::format("a part of the inference of '{}'", q.name));
        }
        for (const char* prefix : {"precision_", "energy_"})
            taken(prefix + q.name, fmt::format("a part of the inference of '{}'", q.name));
    }
}

}  // namespace neurodyn::language
