// SPDX-License-Identifier: BSD-3-Clause
// Unit, type and noise rules of the operations.
#include "language/unit_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace neurodyn::language {
namespace {

using symbolic::Op;
using symbolic::OpInfo;
using symbolic::Type;
using symbolic::UnitRule;

constexpr int largest_unrolled_power = 32;
constexpr int largest_unit_exponent = 1000;

bool same_unit(const Value& a, const Value& b) {
    return a.wild != Wild::none || b.wild != Wild::none || a.dimension == b.dimension;
}

bool has_no_unit(const Value& v) { return v.wild != Wild::none || v.dimension.is_dimensionless(); }

bool is_noisy(const Value& v) { return !v.noise.empty(); }

std::string verb(Op op) {
    switch (op) {
        case Op::add:
            return "add";
        case Op::sub:
            return "subtract";
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge:
        case Op::eq:
        case Op::ne:
            return "compare";
        default:
            return "combine";
    }
}

class Operation {
  public:
    Operation(Op op, std::span<const Operand> operands, SourceSpan span, std::string_view name, Graph& graph,
              Problems& problems)
        : op_(op),
          info_(symbolic::info(op)),
          operands_(operands),
          span_(span),
          name_(name),
          graph_(graph),
          problems_(problems) {}

    Value run() {
        for (const Operand& o : operands_)
            if (o.value.bad) return bad_value();
        if (!check_types() || !check_units() || !check_noise()) return bad_value();
        make_node();
        return result_;
    }

  private:
    const Value& arg(std::size_t i) const { return operands_[i].value; }

    bool fail(SourceSpan span, std::string message, std::string hint = {}) {
        problems_.add(span, std::move(message), std::move(hint));
        return false;
    }

    bool check_types() {
        const bool logic = info_.unit_rule == UnitRule::logic;
        for (std::size_t i = 0; i < operands_.size(); ++i) {
            const bool wants_condition = logic || (op_ == Op::select && i == 0);
            if (is_boolean(arg(i), graph_) == wants_condition) continue;
            if (wants_condition)
                return fail(operands_[i].span,
                            fmt::format("'{}' needs a condition here, this is a number", name_),
                            "compare it, such as 'x > 0'");
            return fail(operands_[i].span,
                        fmt::format("'{}' needs a number here, this is a condition", name_),
                        "int(condition) is 1 where it holds and 0 elsewhere");
        }
        return true;
    }

    bool one_unit(std::size_t first) {
        for (std::size_t i = first + 1; i < operands_.size(); ++i) {
            if (same_unit(arg(first), arg(i))) continue;
            const std::string left = describe(arg(first)), right = describe(arg(i));
            if (!info_.is_function)
                return fail(span_, fmt::format("cannot {} {} and {}", verb(op_), left, right),
                            fmt::format("both sides of '{}' need one unit", name_));
            return fail(operands_[i].span,
                        fmt::format("{}() needs one unit for all its values: this has {}, the "
                                    "first has {}",
                                    name_, right, left));
        }
        return true;
    }

    // a*b + c: the product's unit is in result_.
    bool one_unit_with(std::size_t i) {
        if (same_unit(result_, arg(i))) return true;
        return fail(operands_[i].span,
                    fmt::format("cannot add {} and {}", describe(result_), describe(arg(i))));
    }

    // The dimension and wildness of values that share a unit: of the first whose unit is known.
    void take_unit(std::size_t first) {
        result_.wild = arg(first).wild, result_.dimension = arg(first).dimension;
        for (std::size_t i = first + 1; i < operands_.size(); ++i)
            if (arg(i).wild < result_.wild) result_.wild = arg(i).wild, result_.dimension = arg(i).dimension;
    }

    bool check_units() {
        switch (info_.unit_rule) {
            case UnitRule::same:
                take_unit(0);
                return one_unit(0);
            case UnitRule::product:
            case UnitRule::quotient:
                return product();
            case UnitRule::root:
                result_.wild = arg(0).wild;
                result_.dimension = pow(arg(0).dimension, make_rational(1, 2));
                return limit_exponents();
            case UnitRule::dimensionless:
                return no_units();
            case UnitRule::angle:
            case UnitRule::relation:
                return one_unit(0);
            case UnitRule::select:
                take_unit(1);
                return one_unit(1);
            case UnitRule::sign:
            case UnitRule::logic:
                return true;
            case UnitRule::leaf:
            case UnitRule::fused:
                return product() && one_unit_with(2);
            case UnitRule::power:
                break;  // never written as a call: see apply_power
        }
        return fail(span_, fmt::format("'{}' cannot be written in an expression", name_));
    }

    bool product() {
        const bool divide = info_.unit_rule == UnitRule::quotient;
        if (arg(0).wild == Wild::any || arg(1).wild == Wild::any) {
            result_.wild = Wild::any;
            return true;
        }
        result_.dimension =
            divide ? arg(0).dimension / arg(1).dimension : arg(0).dimension * arg(1).dimension;
        return limit_exponents();
    }

    bool limit_exponents() {
        for (const Rational& r : result_.dimension.exponents)
            if (std::abs(std::int64_t{r.numerator}) > largest_unit_exponent ||
                r.denominator > largest_unit_exponent)
                return fail(span_, "the unit of this expression has an exponent that is too large");
        return true;
    }

    bool no_units() {
        for (const Operand& o : operands_)
            if (!has_no_unit(o.value))
                return fail(o.span,
                            fmt::format("{}() takes a number without unit, but this has {}", name_,
                                        describe(o.value)),
                            "divide it by a quantity of the same unit");
        return true;
    }

    bool check_noise() {
        for (std::size_t i = 0; i < operands_.size(); ++i) {
            if (!is_noisy(arg(i)) || linear_in(i)) continue;
            return fail(operands_[i].span,
                        fmt::format("noise ({}) must enter linearly, but stands inside '{}'",
                                    arg(i).noise.front().name, name_),
                        "white noise can be added, and multiplied with quantities that hold no noise");
        }
        return true;
    }

    bool linear_in(std::size_t i) const {
        switch (op_) {
            case Op::add:
            case Op::sub:
            case Op::neg:
                return true;
            case Op::mul:
                return !is_noisy(arg(1 - i));
            case Op::div:
                return i == 0;
            case Op::select:
                return i > 0;
            default:
                return false;
        }
    }

    NodeId zero() { return graph_.constant(0.0); }
    NodeId full(const Value& v) { return v.node ? v.node : zero(); }

    void make_node() {
        if (op_ == Op::select) return select();
        if (op_ == Op::add || op_ == Op::sub) return sum();
        if (op_ == Op::neg || op_ == Op::mul || op_ == Op::div) return scale();
        if (operands_.size() == 1) result_.node = graph_.make(op_, arg(0).node);
        if (operands_.size() == 2) result_.node = graph_.make(op_, arg(0).node, arg(1).node);
        if (operands_.size() == 3) result_.node = graph_.make(op_, arg(0).node, arg(1).node, arg(2).node);
    }

    void sum() {
        const bool minus = op_ == Op::sub;
        const NodeId a = arg(0).node, b = arg(1).node;
        if (a && b)
            result_.node = graph_.make(op_, a, b);
        else if (b)
            result_.node = minus ? graph_.neg(b) : b;
        else
            result_.node = a;
        result_.noise = arg(0).noise;
        for (const Noise& n : arg(1).noise) {
            const auto same = std::find_if(result_.noise.begin(), result_.noise.end(),
                                           [&](const Noise& m) { return m.name == n.name; });
            if (same != result_.noise.end())
                same->coefficient = graph_.make(op_, same->coefficient, n.coefficient);
            else
                result_.noise.push_back({n.name, minus ? graph_.neg(n.coefficient) : n.coefficient});
        }
    }

    // The noisy operand, if any, keeps its structure with each part negated, multiplied or divided.
    void scale() {
        const std::size_t noisy = operands_.size() == 2 && is_noisy(arg(1)) ? 1 : 0;
        const auto part = [&](NodeId x) -> NodeId {
            if (!x) return x;
            if (op_ == Op::neg) return graph_.neg(x);
            const NodeId other = arg(1 - noisy).node;
            return noisy == 0 ? graph_.make(op_, x, other) : graph_.make(op_, other, x);
        };
        result_.node = part(arg(noisy).node);
        result_.noise = arg(noisy).noise;
        for (Noise& n : result_.noise) n.coefficient = part(n.coefficient);
    }

    void select() {
        const NodeId condition = arg(0).node;
        const Value &yes = arg(1), &no = arg(2);
        if (yes.node || no.node) result_.node = graph_.select(condition, full(yes), full(no));
        for (const Noise& n : yes.noise)
            result_.noise.push_back({n.name, graph_.select(condition, n.coefficient, zero())});
        for (const Noise& n : no.noise) {
            const auto same = std::find_if(result_.noise.begin(), result_.noise.end(),
                                           [&](const Noise& m) { return m.name == n.name; });
            if (same == result_.noise.end()) {
                result_.noise.push_back({n.name, graph_.select(condition, zero(), n.coefficient)});
                continue;
            }
            const auto in_yes = std::find_if(yes.noise.begin(), yes.noise.end(),
                                             [&](const Noise& m) { return m.name == n.name; });
            same->coefficient = graph_.select(condition, in_yes->coefficient, n.coefficient);
        }
    }

    Op op_;
    const OpInfo& info_;
    std::span<const Operand> operands_;
    SourceSpan span_;
    std::string_view name_;
    Graph& graph_;
    Problems& problems_;
    Value result_;
};

NodeId power_node(Graph& graph, NodeId base, NodeId exponent) {
    if (!graph.is_constant(exponent)) return graph.make(Op::pow, base, exponent);
    const double n = graph[exponent].value;
    if (n == std::floor(n) && std::fabs(n) <= largest_unrolled_power)
        return graph.power(base, static_cast<int>(n));
    if (n == 0.5) return graph.make(Op::sqrt, base);
    if (n == -0.5) return graph.div(graph.constant(1.0), graph.make(Op::sqrt, base));
    return graph.make(Op::pow, base, exponent);
}

}  // namespace

Value apply(Op op, std::span<const Operand> operands, SourceSpan span, std::string_view name, Graph& graph,
            Problems& problems) {
    return Operation(op, operands, span, name, graph, problems).run();
}

Value apply_power(const Operand& base, const Operand& exponent, SourceSpan span, Graph& graph,
                  Problems& problems) {
    if (base.value.bad || exponent.value.bad) return bad_value();
    const auto fail = [&](SourceSpan place, std::string message, std::string hint = {}) {
        problems.add(place, std::move(message), std::move(hint));
        return bad_value();
    };
    for (const Operand* o : {&base, &exponent}) {
        if (is_boolean(o->value, graph)) return fail(o->span, "a condition cannot stand in a power");
        if (!o->value.noise.empty())
            return fail(o->span, fmt::format("noise ({}) must enter linearly, but stands inside '^'",
                                             o->value.noise.front().name));
    }
    if (!has_no_unit(exponent.value))
        return fail(exponent.span,
                    fmt::format("an exponent has no unit, but this one has {}", describe(exponent.value)));
    Value result;
    result.wild = base.value.wild == Wild::any ? Wild::any : Wild::none;
    result.node = power_node(graph, base.value.node, exponent.value.node);
    if (has_no_unit(base.value)) return result;
    const std::optional<Rational> r =
        graph.is_constant(exponent.value.node) ? to_rational(graph[exponent.value.node].value) : std::nullopt;
    if (!r || std::abs(std::int64_t{r->numerator}) > largest_unit_exponent)
        return fail(exponent.span,
                    fmt::format("a quantity with a unit ({}) needs a rational constant as exponent",
                                describe(base.value)),
                    "such as 2, 1/2 or -3; or divide the base by a quantity of the same unit");
    result.dimension = pow(base.value.dimension, *r);
    for (const Rational& e : result.dimension.exponents)
        if (std::abs(std::int64_t{e.numerator}) > largest_unit_exponent ||
            e.denominator > largest_unit_exponent)
            return fail(span, "the unit of this expression has an exponent that is too large");
    return result;
}

std::string describe(const Dimension& dimension) {
    return dimension.is_dimensionless() ? "no unit" : to_string(dimension);
}

std::string describe(const Value& value) {
    return value.wild == Wild::any ? "any unit" : describe(value.dimension);
}

bool is_boolean(const Value& value, const Graph& graph) {
    return value.node && graph[value.node].type == Type::boolean;
}

}  // namespace neurodyn::language
