// SPDX-License-Identifier: BSD-3-Clause
// Calls of stationary_rate(): the rate of another text's neurons as a spline over a table.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "language/evaluate.hpp"
#include "language/unit_rules.hpp"

namespace neurodyn::language {
namespace {

using symbolic::Op;

constexpr std::string_view form = "stationary_rate(lif_noisy, mu = between(x, 0*mV, 40*mV), sigma = 5*mV)";
constexpr std::size_t most_axes = 2;

bool same(const RateTable::Setting& a, const RateTable::Setting& b) {
    return a.name == b.name && a.low == b.low && a.high == b.high && a.dimension == b.dimension;
}

bool same(const RateTable& a, const RateTable& b) {
    const auto equal = [](const auto& x, const auto& y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [](const auto& s, const auto& t) { return same(s, t); });
    };
    return a.neuron == b.neuron && equal(a.axes, b.axes) && equal(a.fixed, b.fixed);
}

/// A cubic spline's value by its coefficients, which stand at one point before the interval, its two ends and
/// one behind it: de Boor 1978, A practical guide to splines, for even knots.
class Spline {
  public:
    Spline(Graph& graph, const RateTable& rates, const std::vector<NodeId>& arguments)
        : g_(graph), rates_(rates), arguments_(arguments) {}

    NodeId value() {
        NodeId inside;
        for (std::size_t axis = 0; axis < rates_.axes.size(); ++axis) {
            place(axis);
            const NodeId x = arguments_[axis];
            const NodeId within = g_.make(Op::logical_and, g_.make(Op::ge, x, number(rates_.axes[axis].low)),
                                          g_.make(Op::le, x, number(rates_.axes[axis].high)));
            inside = inside ? g_.make(Op::logical_and, inside, within) : within;
        }
        NodeId sum;
        if (rates_.axes.size() == 1) {
            sum = row(g_.add(number(rate_table_header), cell_[0]));
        } else {
            const NodeId length = g_.add(look_up(number(1)), number(3));
            const NodeId first =
                g_.add(g_.add(number(rate_table_header), cell_[0]), g_.mul(cell_[1], length));
            for (std::size_t j = 0; j < 4; ++j) {
                const NodeId start = g_.add(first, g_.mul(number(static_cast<double>(j)), length));
                const NodeId term = g_.mul(weights_[1][j], row(start));
                sum = sum ? g_.add(sum, term) : term;
            }
        }
        return g_.select(inside, sum, number(std::numeric_limits<double>::quiet_NaN()));
    }

  private:
    NodeId number(double value) { return g_.constant(value); }
    NodeId look_up(NodeId index) { return g_.lookup(rates_.table, index); }

    // Interval and weights of the argument's four coefficients.
    void place(std::size_t axis) {
        const NodeId scale = look_up(number(static_cast<double>(2 * axis)));
        const NodeId last = g_.sub(look_up(number(static_cast<double>(2 * axis + 1))), number(1));
        const NodeId u = g_.mul(g_.sub(arguments_[axis], number(rates_.axes[axis].low)), scale);
        cell_[axis] = g_.make(Op::max, g_.make(Op::min, g_.make(Op::floor, u), last), number(0));
        const NodeId t = g_.sub(u, cell_[axis]), rest = g_.sub(number(1), t);
        const auto cube = [&](NodeId x) { return g_.mul(g_.mul(g_.mul(x, x), x), number(1.0 / 6)); };
        // (3 x^3 - 6 x^2 + 4)/6
        const auto middle = [&](NodeId x) {
            return g_.add(g_.mul(g_.mul(x, x), g_.sub(g_.mul(number(0.5), x), number(1))), number(2.0 / 3));
        };
        weights_[axis] = {cube(rest), middle(t), middle(rest), cube(t)};
    }

    // Along the first axis.
    NodeId row(NodeId start) {
        NodeId sum;
        for (std::size_t i = 0; i < 4; ++i) {
            const NodeId at = i == 0 ? start : g_.add(start, number(static_cast<double>(i)));
            const NodeId term = g_.mul(weights_[0][i], look_up(at));
            sum = sum ? g_.add(sum, term) : term;
        }
        return sum;
    }

    Graph& g_;
    const RateTable& rates_;
    const std::vector<NodeId>& arguments_;
    std::array<NodeId, most_axes> cell_{};
    std::array<std::array<NodeId, 4>, most_axes> weights_{};
};

}  // namespace

std::optional<Value> Evaluator::constant_value(ExprId id, std::string_view what) {
    const Value value = visit(id);
    if (value.bad || !expect_type(value, symbolic::Type::real, ast_[id].span)) return std::nullopt;
    if (value.noise.empty() && graph_.is_constant(value.node) && std::isfinite(graph_[value.node].value))
        return value;
    problems_.add(ast_[id].span, fmt::format("{} must be a number with its unit", what),
                  "what changes while the model runs is tabled: NAME = between(x, low, high)");
    return std::nullopt;
}

bool Evaluator::read_setting(const Expr& named, RateTable& rates, std::vector<NodeId>& arguments) {
    RateTable::Setting setting;
    setting.name = std::string(named.text);
    setting.span = named.span;
    const Expr& given = ast_[named.args[0]];
    const bool tabled = given.kind == ExprKind::call && given.text == "between";
    if (!tabled) {
        const auto value = constant_value(named.args[0], fmt::format("'{}' of these neurons", setting.name));
        if (!value) return false;
        setting.low = setting.high = graph_[value->node].value;
        setting.dimension = value->dimension;
        rates.fixed.push_back(std::move(setting));
        return true;
    }
    if (given.args.size() != 3) {
        problems_.add(given.span, fmt::format("between() takes 3 arguments, but has {}", given.args.size()),
                      std::string(form));
        return false;
    }
    const Value argument = visit(given.args[0]);
    const auto low = constant_value(given.args[1], "the lower end of between()");
    const auto high = constant_value(given.args[2], "the upper end of between()");
    if (argument.bad || !low || !high ||
        !expect_type(argument, symbolic::Type::real, ast_[given.args[0]].span))
        return false;
    if (!argument.noise.empty()) {
        problems_.add(ast_[given.args[0]].span,
                      "noise must enter linearly, but stands inside 'stationary_rate'");
        return false;
    }
    const bool known = argument.wild == Wild::none;
    setting.dimension = known ? argument.dimension : high->dimension;
    if (!expect(*low, setting.dimension, ast_[given.args[1]].span, "the lower end of between()") ||
        !expect(*high, setting.dimension, ast_[given.args[2]].span, "the upper end of between()"))
        return false;
    setting.low = graph_[low->node].value;
    setting.high = graph_[high->node].value;
    if (!(setting.low < setting.high)) {
        problems_.add(given.span, "the lower end of between() is not below the upper one", std::string(form));
        return false;
    }
    rates.axes.push_back(std::move(setting));
    arguments.push_back(argument.node);
    return true;
}

// The same function keeps its table.
std::uint32_t Evaluator::table_of(RateTable rates) {
    const auto known = std::find_if(rate_tables_.begin(), rate_tables_.end(),
                                    [&](const RateTable& r) { return same(r, rates); });
    if (known != rate_tables_.end()) return known->table;
    symbolic::Table empty;
    empty.name = fmt::format("stationary_rate.{}", rate_tables_.size());
    rates.table = graph_.add_table(std::make_shared<const symbolic::Table>(std::move(empty)));
    rate_tables_.push_back(rates);
    return rates.table;
}

Value Evaluator::stationary_rate(const Expr& expr) {
    const auto fail = [&](SourceSpan span, std::string message) {
        problems_.add(span, std::move(message), std::string(form));
        return bad_value();
    };
    if (expr.args.empty() || ast_[expr.args[0]].kind != ExprKind::name)
        return fail(expr.span, "stationary_rate() begins with the name of a model of neurons");
    RateTable rates;
    rates.neuron = std::string(ast_[expr.args[0]].text);
    rates.span = expr.span;
    std::vector<NodeId> arguments;
    bool good = true;
    for (std::size_t k = 1; k < expr.args.size(); ++k) {
        const Expr& named = ast_[expr.args[k]];
        if (named.kind != ExprKind::named)
            return fail(named.span,
                        "behind the model, stationary_rate() takes values of its parameters and inputs: NAME "
                        "= value");
        for (const auto* list : {&rates.axes, &rates.fixed})
            for (const RateTable::Setting& setting : *list)
                if (setting.name == named.text)
                    return fail(named.span, fmt::format("'{}' is given twice", named.text));
        good = read_setting(named, rates, arguments) && good;
    }
    if (!good) return bad_value();
    if (rates.axes.empty() || rates.axes.size() > most_axes)
        return fail(expr.span, fmt::format("stationary_rate() is a function of one or two values, written "
                                           "between(x, low, high); this one has {}",
                                           rates.axes.size()));
    rates.table = table_of(rates);
    Value value;
    value.node = Spline(graph_, rates, arguments).value();
    value.dimension = dimensions::frequency;
    return value;
}

}  // namespace neurodyn::language
