// SPDX-License-Identifier: BSD-3-Clause
// Parameters, inputs, state variables and definitions: every name gets its symbol, unit and value.
#include "language/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "language/unit_rules.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

struct ShapeRow {
    std::string_view name;
    Distribution::Shape shape;
    std::size_t arguments;
    std::string_view form;
};
constexpr std::array<ShapeRow, 5> shapes = {{
    {"normal", Distribution::Shape::normal, 2, "normal(mean, sd)"},
    {"uniform", Distribution::Shape::uniform, 2, "uniform(low, high)"},
    {"lognormal", Distribution::Shape::lognormal, 2, "lognormal(mean, sd)"},
    {"exponential", Distribution::Shape::exponential, 1, "exponential(mean)"},
    {"gamma", Distribution::Shape::gamma, 2, "gamma(mean, sd)"},
}};

const ShapeRow* find_shape(std::string_view name) {
    for (const ShapeRow& row : shapes)
        if (row.name == name) return &row;
    return nullptr;
}

}  // namespace

std::string problem_of(Distribution::Shape shape, double a, double b) {
    using Shape = Distribution::Shape;
    if (shape == Shape::uniform) return a > b ? "the low end is above the high end" : "";
    if (shape != Shape::normal && !(a > 0.0)) return "the mean is not above 0";
    if (shape == Shape::gamma && !(b > 0.0)) return "the standard deviation is not above 0";
    return shape != Shape::exponential && b < 0.0 ? "the standard deviation is negative" : "";
}

// Graphs fold constants where the result is finite; what is left of a constant expression is looked at here.
bool is_not_finite(const Graph& graph, NodeId node) {
    if (graph.is_constant(node)) return !std::isfinite(graph[node].value);
    if (!symbolic::free_symbols(graph, std::array{node}).empty()) return false;
    return !std::isfinite(symbolic::evaluate(graph, node, [](const std::string&) { return 0.0; }));
}

namespace {

Unit si_unit(const Dimension& dimension) { return {dimension, 1.0, to_string(dimension)}; }

}  // namespace

Builder::Builder(Ast& ast, Problems& problems, std::optional<SignalUnits> signals, const Joined* joined)
    : ast_(ast),
      problems_(problems),
      model_(std::make_shared<Model>()),
      evaluator_(ast, model_->graph, problems),
      signals_(std::move(signals)),
      externals_(model_->graph, problems, joined) {
    if (ast.kind == Kind::synapse)
        evaluator_.set_outside([this](std::string_view name, SourceSpan span, bool bare) {
            return externals_.read(name, span, bare);
        });
}

std::shared_ptr<Model> Builder::run(std::string file) {
    model_->name = ast_.name;
    model_->kind = ast_.kind;
    model_->reference = ast_.reference;
    model_->source_file = std::move(file);
    model_->source_text = problems_.sources().buffer();
    if (!model_->source_text.empty()) model_->source_text.pop_back();  // the end mark behind the last text
    model_->default_method = ast_.method;
    model_->from_strings = ast_.equation_strings;
    check_names(ast_, problems_);
    declare_all();
    order_ = definition_order(ast_, problems_);
    for (const FunctionDecl& f : ast_.functions)
        if (order_.circular.contains(f.name)) evaluator_.forbid_function(f.name);
    parameters();
    inputs();
    states();
    definitions();
    generative();
    drifts();
    initial_values();
    events();
    coupling();
    synapse();
    outputs();
    check_kind();
    check_unused_functions();
    problems_.throw_if_any();
    return model_;
}

void Builder::declare_all() {
    for (const Declaration& d : ast_.parameters) evaluator_.declare(d.name, Category::parameter);
    for (const Declaration& d : ast_.inputs) evaluator_.declare(d.name, Category::input);
    if (ast_.equation_strings)
        for (const EventDecl& event : ast_.events)
            for (const StatementDecl& s : event.reset) became_states_.insert(s.name);
    for (const EquationDecl& e : ast_.equations) {
        types_.emplace(e.name, e.type);
        if (is_summed(e)) continue;
        evaluator_.declare(e.name, e.role == Role::observation ? Category::input
                                   : is_state(e)               ? Category::state
                                   : e.value == no_expr        ? Category::parameter
                                                               : Category::definition);
    }
    for (const Declaration& d : ast_.parameters) types_.emplace(d.name, d.type);
}

template <class T>
T Builder::quantity(const Declaration& d, const Unit& unit) {
    T q;
    q.name = d.name;
    q.unit = unit;
    q.type = d.type;
    q.description = d.description;
    q.span = d.name_span;
    q.symbol = model_->graph.symbol(d.name);
    return q;
}

Value Builder::symbol_value(const std::string& name, const Unit& unit) {
    Value value;
    Graph& graph = model_->graph;
    value.node = graph.symbol(name);
    const auto type = types_.find(name);
    if (type != types_.end() && type->second == ValueType::boolean)
        value.node = graph.make(symbolic::Op::ne, value.node, graph.constant(0.0));
    value.dimension = unit.dimension;
    if (is_open(unit)) value.wild = Wild::any;
    return value;
}

// The unit in which a value is shown: the declared one, the literal's, or one that its expression mentions.
std::optional<Unit> Builder::unit_of(const Declaration& d, const Value& value) {
    if (d.unit) return d.unit;
    if (d.unit_failed || value.bad) return std::nullopt;
    if (value.dimension.is_dimensionless()) return Unit{};
    if (const std::optional<Unit> unit = unit_in(d.value, value.dimension)) return unit;
    return si_unit(value.dimension);
}

std::optional<Unit> Builder::unit_in(ExprId id, const Dimension& dimension) const {
    const Expr& expr = ast_[id];
    std::optional<Unit> unit;
    if (expr.kind == ExprKind::quantity) unit = ast_.units[expr.unit];
    if (expr.kind == ExprKind::unit ||
        (expr.kind == ExprKind::name && !evaluator_.find(std::string(expr.text))))
        unit = find_unit(expr.text);
    if (unit && unit->dimension == dimension) return unit;
    for (const ExprId arg : expr.args)
        if (const std::optional<Unit> found = unit_in(arg, dimension)) return found;
    return std::nullopt;
}

bool Builder::is_distribution(ExprId id) const {
    if (id == no_expr || ast_[id].kind != ExprKind::call) return false;
    const bool own = std::any_of(ast_.functions.begin(), ast_.functions.end(),
                                 [&](const FunctionDecl& f) { return f.name == ast_[id].text; });
    return !own && find_shape(ast_[id].text);
}

std::optional<Distribution> Builder::distribution(ExprId id, const std::string& place, Dimension& dimension) {
    const Expr& expr = ast_[id];
    const ShapeRow& shape = *find_shape(expr.text);
    Distribution result;
    result.shape = shape.shape;
    bool good = true, first = true;
    for (const ExprId arg : expr.args) {
        const bool named = ast_[arg].kind == ExprKind::named;
        const Value value =
            evaluator_.evaluate(named ? ast_[arg].args[0] : arg, only(Category::parameter), place);
        if (value.bad || !evaluator_.expect_type(value, symbolic::Type::real, ast_[arg].span)) {
            good = false;
            continue;
        }
        if (std::exchange(first, false)) dimension = value.dimension;
        good &=
            evaluator_.expect(value, dimension, ast_[arg].span, fmt::format("this value of {}", shape.form));
        if (!named) {
            result.arguments.push_back(value.node);
        } else if (ast_[arg].text == "min" || ast_[arg].text == "max") {
            (ast_[arg].text == "min" ? result.minimum : result.maximum) = value.node;
        } else {
            problems_.add(ast_[arg].span, fmt::format("a distribution has no '{}'", ast_[arg].text),
                          "its bounds are 'min = ...' and 'max = ...'");
            good = false;
        }
    }
    if (good && result.arguments.size() != shape.arguments) {
        problems_.add(expr.span, fmt::format("expected {}", shape.form));
        good = false;
    }
    if (!good || !has_meaning(result, expr.span)) return std::nullopt;
    return result;
}

// Values that are known here; those that follow from other parameters are looked at when nodes are drawn.
bool Builder::has_meaning(const Distribution& d, SourceSpan span) {
    const auto known = [&](NodeId node) -> std::optional<double> {
        if (!node || !model_->graph.is_constant(node)) return std::nullopt;
        return model_->graph[node].value;
    };
    const auto first = known(d.arguments[0]), last = known(d.arguments.back());
    const auto low = known(d.minimum), high = known(d.maximum);
    std::string wrong;
    if (first && last) wrong = problem_of(d.shape, *first, *last);
    if (wrong.empty() && low && high && *low > *high) wrong = "min is above max";
    if (!wrong.empty()) problems_.add(span, fmt::format("in this distribution {}", wrong));
    return wrong.empty();
}

const Declaration* Builder::given_value(const std::string& name) const {
    if (!ast_.equation_strings) return nullptr;
    for (const Declaration& d : ast_.parameters)
        if (d.name == name) return &d;
    return nullptr;
}

void Builder::parameters() {
    std::vector<std::size_t> order;
    if (ast_.equation_strings) {
        std::vector<Dependency> items;
        for (const Declaration& d : ast_.parameters)
            items.push_back({d.name, d.name_span, names_in(ast_, d.value)});
        order = order_of(items, "values go in a circle", problems_).order;
    } else {
        for (std::size_t i = 0; i < ast_.parameters.size(); ++i) order.push_back(i);
    }
    for (const std::size_t i : order) {
        const Declaration& d = ast_.parameters[i];
        const bool declared_in_equations =
            std::any_of(ast_.equations.begin(), ast_.equations.end(),
                        [&](const EquationDecl& e) { return e.name == d.name; });
        if (!ast_.equation_strings || !declared_in_equations) parameter(d);
    }
    for (const EquationDecl& e : ast_.equations)
        if (e.value == no_expr && !e.unit_failed && !is_state(e) && e.role == Role::equation)
            equation_parameter(e);
}

void Builder::parameter(const Declaration& d) {
    const std::string place = "the value of a parameter";
    Value value;
    std::optional<Distribution> drawn;
    if (is_distribution(d.value)) {
        drawn = distribution(d.value, place, value.dimension);
        value.bad = !drawn || !may_be_drawn(d.name, d.type, d.value);
    } else if (d.value != no_expr) {
        value = evaluator_.evaluate(d.value, only(Category::parameter), place);
        if (!has_type(value, d.type, ast_[d.value].span)) value.bad = true;
        if (!value.bad && is_not_finite(model_->graph, value.node)) {
            problems_.add(ast_[d.value].span, fmt::format("the value of '{}' is not finite", d.name));
            value.bad = true;
        }
    }
    if (d.value != no_expr && d.unit &&
        !has_unit(value, *d.unit, ast_[d.value].span, fmt::format("'{}'", d.name)))
        value.bad = true;
    const std::optional<Unit> unit = unit_of(d, value);
    if (!unit) return evaluator_.define(d.name, bad_value(), Category::parameter);
    Parameter p = quantity<Parameter>(d, *unit);
    p.value = value.bad ? NodeId{} : kept(value.node, d.type);
    p.distribution = std::move(drawn);
    model_->parameters.push_back(std::move(p));
    evaluator_.define(d.name, symbol_value(d.name, *unit), Category::parameter);
}

// `I : amp`: a parameter that the user sets; Brian2 starts it at zero.
void Builder::equation_parameter(const EquationDecl& e) {
    if (e.unit) {
        Parameter p = quantity<Parameter>(e, *e.unit);
        if (ast_.equation_strings) p.value = model_->graph.constant(0.0);
        if (const Declaration* given = given_value(e.name)) {
            Dimension dimension = e.unit->dimension;
            if (is_distribution(given->value)) {
                p.distribution = distribution(given->value, "the value of a parameter", dimension);
                p.value = {};
                Value drawn;
                drawn.dimension = dimension;
                if (p.distribution && may_be_drawn(e.name, e.type, given->value))
                    has_unit(drawn, *e.unit, given->span, fmt::format("'{}'", e.name));
            } else {
                const Value value =
                    evaluator_.evaluate(given->value, only(Category::parameter), "the value of a parameter");
                if (has_type(value, e.type, given->span))
                    has_unit(value, *e.unit, given->span, fmt::format("'{}'", e.name));
                p.value = value.bad ? NodeId{} : kept(value.node, e.type);
            }
        }
        model_->parameters.push_back(std::move(p));
    }
    check_flags(e);
    evaluator_.define(e.name, e.unit ? symbol_value(e.name, *e.unit) : bad_value(), Category::parameter);
}

void Builder::inputs() {
    for (const Declaration& d : ast_.inputs) {
        Value value;
        if (is_distribution(d.value)) {
            problems_.add(ast_[d.value].span, "an input cannot be drawn from a distribution",
                          "name a parameter with the distribution as its value");
            value.bad = true;
        } else if (d.value != no_expr) {
            value = evaluator_.evaluate(d.value, only(Category::parameter),
                                        "the value of an input that nothing drives");
            if (d.unit &&
                !evaluator_.expect(value, d.unit->dimension, ast_[d.value].span, fmt::format("'{}'", d.name)))
                value.bad = true;
        }
        const std::optional<Unit> unit = unit_of(d, value);
        if (unit) {
            Input input = quantity<Input>(d, *unit);
            input.fallback = value.node;
            model_->inputs.push_back(std::move(input));
        }
        evaluator_.define(d.name, unit ? symbol_value(d.name, *unit) : bad_value(), Category::input);
    }
    for (const EquationDecl& e : ast_.equations) {
        if (e.role != Role::observation) continue;
        if (e.unit) model_->inputs.push_back(quantity<Input>(e, *e.unit));
        evaluator_.define(e.name, e.unit ? symbol_value(e.name, *e.unit) : bad_value(), Category::input);
    }
}

void Builder::states() {
    for (const EquationDecl& e : ast_.equations) {
        if (e.role != Role::equation && !e.unit && !e.unit_failed)
            problems_.add(e.name_span, fmt::format("the unit of '{}' is missing", e.name),
                          "end the line with ': unit'; dimensionless is ': 1'");
        if (!is_state(e)) continue;
        state_equations_.emplace(e.name, &e);
        check_flags(e);
        if (!e.unit) {
            evaluator_.define(e.name, bad_value(), Category::state);
            continue;
        }
        State s = quantity<State>(e, *e.unit);
        s.held_when_refractory = has_flag(e, "unless refractory");
        s.drift = s.initial = model_->graph.constant(0.0);
        state_index_.emplace(s.name, model_->states.size());
        model_->states.push_back(std::move(s));
        evaluator_.define(e.name, symbol_value(e.name, *e.unit), Category::state);
    }
}

void Builder::definitions() {
    for (const std::size_t i : order_.order)
        if (!ast_.equations[i].differential && ast_.equations[i].role == Role::equation &&
            !is_summed(ast_.equations[i]) &&
            (ast_.equations[i].value != no_expr || ast_.equations[i].unit_failed))
            definition(ast_.equations[i]);
}

void Builder::definition(const EquationDecl& e) {
    check_flags(e);
    Value value = bad_value();
    if (!order_.circular.contains(e.name))
        value =
            evaluator_.evaluate(e.value,
                                Category::parameter | Category::input | Category::state |
                                    only(Category::definition) | Category::time | only(Category::external) |
                                    (ast_.kind == Kind::synapse ? 0u : only(Category::neighbours)),
                                "a definition");
    if (!value.bad && !has_type(value, e.type, ast_[e.value].span)) value.bad = true;
    if (!value.bad && e.unit && !has_unit(value, *e.unit, ast_[e.value].span, fmt::format("'{}'", e.name)))
        value.bad = true;
    const std::optional<Unit> unit = unit_of(e, value);
    if (!value.bad && unit) {
        Definition d = quantity<Definition>(e, *unit);
        d.value = kept(value.node, e.type);
        if (e.type == ValueType::integer) value.node = d.value;
        value.dimension = unit->dimension;
        value.wild = is_open(*unit) || (!e.unit && value.wild == Wild::any) ? Wild::any : Wild::none;
        model_->definitions.push_back(std::move(d));
    } else if (unit) {
        // Its unit is declared, so what uses it can still be checked.
        value = symbol_value(e.name, *unit);
    }
    evaluator_.define(e.name, value, Category::definition);
}

void Builder::check_unused_functions() {
    for (const FunctionDecl& f : ast_.functions) evaluator_.check_names(f.body, f.parameters);
}

}  // namespace neurodyn::language
