// SPDX-License-Identifier: BSD-3-Clause
// Walks an expression and makes its nodes: names, calls, functions put in place.
#include "language/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/unit_names.hpp"
#include "language/builtin.hpp"
#include "language/externals.hpp"
#include "language/unit_rules.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using symbolic::Op;

// Functions are put in place at each call, so a short text can ask for an endless expression; these stop it.
constexpr std::size_t most_steps = 500'000;
constexpr std::size_t most_nodes = 200'000;
constexpr int deepest_evaluation = 2500;

struct OperatorRow {
    std::string_view text;
    Op op;
};
constexpr std::array<OperatorRow, 13> operators = {{{"+", Op::add},
                                                    {"-", Op::sub},
                                                    {"*", Op::mul},
                                                    {"/", Op::div},
                                                    {"%", Op::mod},
                                                    {"<", Op::lt},
                                                    {"<=", Op::le},
                                                    {">", Op::gt},
                                                    {">=", Op::ge},
                                                    {"==", Op::eq},
                                                    {"!=", Op::ne},
                                                    {"and", Op::logical_and},
                                                    {"or", Op::logical_or}}};

}  // namespace

Value bad_value() {
    Value value;
    value.bad = true;
    return value;
}

std::string_view to_string(Category category) {
    static constexpr std::array<std::string_view, 12> names = {"a parameter",
                                                               "an input",
                                                               "a state variable",
                                                               "a definition",
                                                               "the time",
                                                               "noise",
                                                               "the target's signal",
                                                               "the source's signal",
                                                               "the sum over the sources",
                                                               "a variable of a joined population",
                                                               "a random draw",
                                                               "what neighbours send"};
    return names[static_cast<std::size_t>(category)];
}

Evaluator::Evaluator(const Ast& ast, Graph& graph, Problems& problems)
    : ast_(ast), graph_(graph), problems_(problems) {
    for (const FunctionDecl& f : ast.functions) functions_.emplace(f.name, &f);
}

void Evaluator::define(const std::string& name, Value value, Category category) {
    scope_[name] = {std::move(value), category};
}

void Evaluator::declare(const std::string& name, Category category) { declared_.emplace(name, category); }

const NamedValue* Evaluator::find(const std::string& name) const {
    const auto found = scope_.find(name);
    return found == scope_.end() ? nullptr : &found->second;
}

Value Evaluator::evaluate(ExprId id, Categories allowed, std::string place) {
    if (id == no_expr) return bad_value();
    allowed_ = allowed;
    place_ = std::move(place);
    depth_ = 0;
    frames_.clear();
    return visit(id);
}

Value Evaluator::visit(ExprId id) {
    if (id == no_expr) return bad_value();
    const Expr& expr = ast_[id];
    if (too_large_ || ++steps_ > most_steps || graph_.size() > most_nodes) {
        if (!std::exchange(too_large_, true))
            problems_.add(expr.span, "the model is too large once its functions are put in place",
                          fmt::format("it may have {} operations", most_nodes));
        return bad_value();
    }
    if (++depth_ > deepest_evaluation) {
        --depth_;
        problems_.add(expr.span, "the expression is nested too deep once its functions are put in place");
        return bad_value();
    }
    Value value;
    switch (expr.kind) {
        case ExprKind::number:
            value.node = graph_.constant(expr.value);
            value.wild = expr.value == 0.0 ? Wild::zero : Wild::none;
            break;
        case ExprKind::quantity:
            value.node = graph_.constant(expr.value);
            value.dimension = ast_.units[expr.unit].dimension;
            break;
        case ExprKind::name:
            value = name(expr);
            break;
        case ExprKind::unit:
            value = unit(expr);
            break;
        case ExprKind::unary:
            value = unary(expr);
            break;
        case ExprKind::binary:
            value = binary(expr);
            break;
        case ExprKind::call:
            value = call(expr);
            break;
        case ExprKind::named:
            problems_.add(expr.span, fmt::format("a named value ('{} = ...') has no meaning here", expr.text),
                          "only distributions take 'min = ...' and 'max = ...'");
            value = bad_value();
            break;
    }
    --depth_;
    return value;
}

Value Evaluator::name(const Expr& expr) {
    const std::string text(expr.text);
    if (!frames_.empty()) {
        const auto argument = frames_.back().find(text);
        if (argument != frames_.back().end()) return argument->second;
    }
    if (const NamedValue* known = find(text)) {
        if (allowed_ & only(known->category)) return known->value;
        problems_.add(expr.span, fmt::format("'{}' is {} and cannot be used in {}", text,
                                             to_string(known->category), place_));
        return bad_value();
    }
    const auto later = declared_.find(text);
    if (later != declared_.end()) {
        if (allowed_ & only(later->second))
            problems_.add(expr.span, fmt::format("'{}' is used before it has a value", text),
                          "a parameter may use the parameters above it");
        else
            problems_.add(expr.span, fmt::format("'{}' is {} and cannot be used in {}", text,
                                                 to_string(later->second), place_));
        return bad_value();
    }
    if (const std::optional<Value> joined = from_outside(expr, false)) return *joined;
    if (is_noise_name(text)) {
        Value noise;
        if (!(allowed_ & only(Category::noise))) {
            problems_.add(expr.span, fmt::format("noise ('{}') cannot be used in {}", text, place_),
                          ast_.kind == Kind::synapse
                              ? "white noise belongs to the equations of neurons and masses"
                              : "white noise stands in dx/dt equations");
            return bad_value();
        }
        noise.dimension = pow(dimensions::time, make_rational(-1, 2));
        noise.noise.push_back({text, graph_.constant(1.0)});
        return noise;
    }
    Value value;
    if (const std::optional<double> constant = find_constant(text)) {
        value.node = graph_.constant(*constant);
        return value;
    }
    if (text == "True" || text == "False") {
        value.node = graph_.boolean(text == "True");
        return value;
    }
    if (text == "t" || text == "dt") {
        if (!(allowed_ & only(Category::time))) {
            problems_.add(expr.span, fmt::format("the time ('{}') cannot be used in {}", text, place_));
            return bad_value();
        }
        value.node = graph_.symbol(text);
        value.dimension = dimensions::time;
        return value;
    }
    if (text == "not_refractory" && ast_.equation_strings && allowed_ & only(Category::time)) {
        value.node = graph_.make(Op::eq, graph_.symbol(refractory_symbol), graph_.constant(0.0));
        return value;
    }
    if (const std::optional<Unit> u = find_unit(text)) {
        value.node = graph_.constant(u->scale);
        value.dimension = u->dimension;
        return value;
    }
    if (const std::optional<Value> joined = from_outside(expr, true)) return *joined;
    return unknown_name(expr);
}

std::optional<Value> Evaluator::from_outside(const Expr& expr, bool bare) {
    if (!outside_) return std::nullopt;
    // A name of Brian2 that nothing here has is told as such.
    if (bare && (find_builtin(expr.text) || functions_.contains(std::string(expr.text)) ||
                 !unsupported_name(expr.text).empty()))
        return std::nullopt;
    std::optional<Value> value = outside_(expr.text, expr.span, bare);
    if (!value || value->bad || allowed_ & only(Category::external)) return value;
    problems_.add(expr.span, fmt::format("'{}' is {} and cannot be used in {}", expr.text,
                                         to_string(Category::external), place_));
    return bad_value();
}

Value Evaluator::unit(const Expr& expr) {
    const std::optional<Unit> u = find_unit(expr.text);
    if (!u) {
        const std::string text(expr.text);
        const bool own = find(text) || declared_.contains(text);
        problems_.add(expr.span, fmt::format("'{}' is not a unit", text),
                      own ? fmt::format("write '*{}' for a product", text) : unit_suggestion(text));
        return bad_value();
    }
    Value value;
    value.node = graph_.constant(u->scale);
    value.dimension = u->dimension;
    return value;
}

Value Evaluator::unary(const Expr& expr) {
    const std::array<Operand, 1> operand = {{{visit(expr.args[0]), ast_[expr.args[0]].span}}};
    if (expr.text == "not") return apply(Op::logical_not, operand, expr.span, expr.text, graph_, problems_);
    Value value = apply(Op::neg, operand, expr.span, expr.text, graph_, problems_);
    return value;
}

// "5 mV": the double nearest to 0.005, as everywhere where a quantity is read.
std::optional<Value> Evaluator::literal(const Expr& expr) {
    const Expr &number = ast_[expr.args[0]], &unit = ast_[expr.args[1]];
    if (number.kind != ExprKind::number || unit.kind != ExprKind::unit || !find_unit(unit.text))
        return std::nullopt;
    try {
        const auto quantity = parse_any_quantity(fmt::format("{} {}", number.text, unit.text));
        Value value;
        value.node = graph_.constant(quantity.value_si);
        value.dimension = quantity.unit.dimension;
        return value;
    } catch (const InputError&) {
        return std::nullopt;  // out of a double's range: the product of both shows what comes of it
    }
}

Value Evaluator::binary(const Expr& expr) {
    if (const std::optional<Value> value = literal(expr)) return *value;
    const std::array<Operand, 2> operands = {
        {{visit(expr.args[0]), ast_[expr.args[0]].span}, {visit(expr.args[1]), ast_[expr.args[1]].span}}};
    if (expr.text == "^") return apply_power(operands[0], operands[1], expr.span, graph_, problems_);
    if (expr.text == "//") {
        const std::array<Operand, 1> quotient = {
            {{apply(Op::div, operands, expr.span, "//", graph_, problems_), expr.span}}};
        return apply(Op::floor, quotient, expr.span, "//", graph_, problems_);
    }
    for (const OperatorRow& row : operators)
        if (row.text == expr.text) return apply(row.op, operands, expr.span, expr.text, graph_, problems_);
    return bad_value();
}

Value Evaluator::call(const Expr& expr) {
    const std::string text(expr.text);
    const auto own = functions_.find(text);
    if (own != functions_.end()) return own->second ? call_own(expr, *own->second) : bad_value();
    const Builtin* function = find_builtin(text);
    if (!function) return unknown_function(expr);
    if ((text == "rand" || text == "randn") && (allowed_ & only(Category::draw))) return draw(expr);
    if (text == "laplacian" && (allowed_ & only(Category::neighbours)) && expr.args.size() == 1)
        return laplacian(expr);
    if (text == "stationary_rate" && (allowed_ & only(Category::neighbours))) return stationary_rate(expr);
    if (!function->refusal.empty()) {
        const bool draws = ast_.kind == Kind::synapse && !function->is_distribution && text != "timestep" &&
                           text != "laplacian";
        problems_.add(expr.span, fmt::format("{}() cannot be used: {}", text, function->refusal),
                      draws ? "the initial values of a synapse's variables may be drawn: 'w = uniform(0, 1)'"
                            : std::string(function->hint));
        return bad_value();
    }
    const auto count = static_cast<int>(expr.args.size());
    if (count < function->least_arguments || count > function->most_arguments) {
        problems_.add(expr.span,
                      fmt::format("{}() takes {} argument{}, but has {}", text, function->least_arguments,
                                  function->least_arguments == 1 ? "" : "s", count),
                      std::string(function->hint));
        return bad_value();
    }
    std::vector<Operand> operands;
    for (const ExprId arg : expr.args) operands.push_back({visit(arg), ast_[arg].span});
    return function->expand(*function, operands, expr.span, graph_, problems_);
}

Value Evaluator::call_own(const Expr& expr, const FunctionDecl& function) {
    if (expr.args.size() != function.parameters.size()) {
        problems_.add(expr.span, fmt::format("{}() takes {} argument{}, but has {}", function.name,
                                             function.parameters.size(),
                                             function.parameters.size() == 1 ? "" : "s", expr.args.size()));
        return bad_value();
    }
    std::map<std::string, Value> frame;
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
        frame.emplace(function.parameters[i], visit(expr.args[i]));
    }
    if (frames_.empty())
        problems_.set_context(
            fmt::format("in the call of {} in line {}", function.name, problems_.sources().line(expr.span)));
    frames_.push_back(std::move(frame));
    Value value = visit(function.body);
    frames_.pop_back();
    if (frames_.empty()) problems_.set_context({});
    return value;
}

// A number that is drawn anew for each node and step: each call is one of its own.
Value Evaluator::draw(const Expr& expr) {
    if (!expr.args.empty()) {
        problems_.add(
            expr.span, fmt::format("{}() takes no argument", expr.text),
            expr.text == "rand" ? "it is uniform between 0 and 1" : "its mean is 0, its deviation 1");
        return bad_value();
    }
    draws_.push_back({fmt::format("{}.{}", expr.text, draws_.size()), expr.text == "randn"});
    Value value;
    value.node = graph_.symbol(draws_.back().name);
    return value;
}

// A sum over the neighbours of a node: the engine makes it of an argument that all nodes know when a step
// begins.
Value Evaluator::laplacian(const Expr& expr) {
    const SourceSpan span = ast_[expr.args[0]].span;
    Value value = visit(expr.args[0]);
    if (value.bad || !expect_type(value, symbolic::Type::real, span)) return bad_value();
    std::string holds = value.noise.empty() ? "" : "white noise";
    if (value.node)
        for (const NodeId symbol : symbolic::free_symbols(graph_, std::array{value.node})) {
            const std::string& name = graph_.name(symbol);
            const NamedValue* known = find(name);
            if (known && known->category == Category::input) holds = fmt::format("the input '{}'", name);
            if (name.starts_with("laplacian.")) holds = "another laplacian";
        }
    if (!holds.empty()) {
        problems_.add(span, fmt::format("laplacian() cannot be taken of {}", holds),
                      "its argument holds state variables, parameters and the time; give what is smoothed an "
                      "equation of its own");
        return bad_value();
    }
    const auto same = std::find_if(laplacians_.begin(), laplacians_.end(),
                                   [&](const Laplacian& l) { return l.argument == value.node; });
    const std::string name =
        same != laplacians_.end() ? same->name : fmt::format("laplacian.{}", laplacians_.size());
    if (same == laplacians_.end()) laplacians_.push_back({name, value.node});
    value.node = graph_.symbol(name);
    value.dimension = value.dimension / pow(dimensions::length, make_rational(2, 1));
    return value;
}

bool Evaluator::is_known_name(const std::string& name) const {
    return find(name) || declared_.contains(name) || is_noise_name(name) || find_constant(name) ||
           name == "t" || name == "dt" || name == "True" || name == "False" || find_unit(name) ||
           (outside_ && split_side(name).side);
}

Value Evaluator::unknown_name(const Expr& expr) {
    if (!is_new_place(expr.span)) return bad_value();
    const std::string text(expr.text);
    std::vector<std::string> near;
    if (problems_.full()) {
        problems_.add(expr.span, fmt::format("unknown name '{}'", text));
        return bad_value();
    }
    for (const auto& [name, value] : scope_) near.push_back(name);
    for (const auto& [name, category] : declared_)
        if (!scope_.contains(name)) near.push_back(name);
    if (!frames_.empty())
        for (const auto& [name, value] : frames_.back()) near.push_back(name);
    std::string hint = problems_.suggestion(text, near);
    if (functions_.contains(text) || find_builtin(text))
        hint = fmt::format("'{}' is a function: write {}(...)", text, text);
    if (hint.empty()) hint = unsupported_name(text);
    if (hint.empty() && text.size() > 1) hint = unit_suggestion(text);
    if (hint.empty() && ast_.equation_strings) hint = "give it among the values, or declare it with ': unit'";
    problems_.add(expr.span, fmt::format("unknown name '{}'", text), hint);
    return bad_value();
}

Value Evaluator::unknown_function(const Expr& expr) {
    if (!is_new_place(expr.span)) return bad_value();
    const std::string text(expr.text);
    std::vector<std::string> near = builtin_names();
    for (const auto& [name, f] : functions_) near.push_back(name);
    std::string hint = problems_.suggestion(text, near);
    if (is_known_name(text)) hint = fmt::format("'{}' is not a function; write '*' for a product", text);
    problems_.add({expr.span.begin, expr.span.begin + static_cast<std::uint32_t>(text.size())},
                  fmt::format("unknown function '{}'", text), hint);
    return bad_value();
}

void Evaluator::check_names(ExprId id, const std::vector<std::string>& locals) {
    if (id == no_expr) return;
    const Expr& expr = ast_[id];
    const std::string text(expr.text);
    const bool local = std::find(locals.begin(), locals.end(), text) != locals.end();
    if (expr.kind == ExprKind::name && !local && !is_known_name(text)) {
        frames_.emplace_back();
        for (const std::string& name : locals) frames_.back().emplace(name, Value{});
        unknown_name(expr);
        frames_.pop_back();
    }
    if (expr.kind == ExprKind::call && !functions_.contains(text) && !find_builtin(text))
        unknown_function(expr);
    const bool names_model = expr.kind == ExprKind::call && text == "stationary_rate";
    for (std::size_t k = names_model ? 1 : 0; k < expr.args.size(); ++k) check_names(expr.args[k], locals);
}

bool Evaluator::expect(const Value& value, const Dimension& wanted, SourceSpan span,
                       const std::string& what) {
    if (value.bad || value.wild != Wild::none || value.dimension == wanted) return true;
    problems_.add(span, fmt::format("{} must have {}, but has {}", what,
                                    wanted.is_dimensionless() ? "no unit" : "the unit " + describe(wanted),
                                    describe(value.dimension)));
    return false;
}

bool Evaluator::expect_type(const Value& value, symbolic::Type type, SourceSpan span) {
    if (value.bad || is_boolean(value, graph_) == (type == symbolic::Type::boolean)) return true;
    if (type == symbolic::Type::boolean)
        problems_.add(span, "a condition is needed here, this is a number", "compare it, such as 'v > v_th'");
    else
        problems_.add(span, "a number is needed here, this is a condition",
                      "int(condition) is 1 where it holds and 0 elsewhere");
    return false;
}

}  // namespace neurodyn::language
