// SPDX-License-Identifier: BSD-3-Clause
// Rows of the operation table as functions, and the short forms around them.
#include "language/builtin.hpp"

#include <algorithm>
#include <array>
#include <numbers>

namespace neurodyn::language {
namespace {

using symbolic::Op;
using Operands = std::span<const Operand>;

Value plain(const Builtin& self, Operands x, SourceSpan span, Graph& graph, Problems& problems) {
    return apply(self.op, x, span, self.name, graph, problems);
}

// min and max of several values, from the left.
Value folded(const Builtin& self, Operands x, SourceSpan span, Graph& graph, Problems& problems) {
    std::array<Operand, 2> pair = {x[0], x[1]};
    for (std::size_t i = 1; i < x.size(); ++i) {
        pair[1] = x[i];
        pair[0] = {apply(self.op, pair, span, self.name, graph, problems), x[0].span};
    }
    return pair[0].value;
}

Value clip(const Builtin& self, Operands x, SourceSpan span, Graph& graph, Problems& problems) {
    const std::array<Operand, 2> low = {x[0], x[1]};
    const std::array<Operand, 2> high = {
        {{apply(Op::max, low, span, self.name, graph, problems), x[0].span}, x[2]}};
    return apply(Op::min, high, span, self.name, graph, problems);
}

Value power(const Builtin&, Operands x, SourceSpan span, Graph& graph, Problems& problems) {
    return apply_power(x[0], x[1], span, graph, problems);
}

// 1 or 0 of a condition; of a number, its whole part.
Value whole(const Builtin& self, Operands x, SourceSpan span, Graph& graph, Problems& problems) {
    if (!x[0].value.bad && is_boolean(x[0].value, graph)) {
        Value value;
        value.node = graph.select(x[0].value.node, graph.constant(1.0), graph.constant(0.0));
        return value;
    }
    const auto one = [&](Op op, const Value& v) {
        const std::array<Operand, 1> operand = {{{v, x[0].span}}};
        return apply(op, operand, span, self.name, graph, problems);
    };
    const Value size = one(Op::floor, one(Op::abs, x[0].value));
    const std::array<Operand, 2> product = {{{one(Op::sign, x[0].value), span}, {size, span}}};
    return apply(Op::mul, product, span, self.name, graph, problems);
}

constexpr std::string_view use_noise = "use white noise (xi) in the equation, or a noise stimulus";

const std::vector<Builtin>& table() {
    static const std::vector<Builtin> rows = [] {
        std::vector<Builtin> all = {
            {"min", 2, 16, folded, Op::min, "", "min(a, b)"},
            {"max", 2, 16, folded, Op::max, "", "max(a, b)"},
            {"where", 3, 3, plain, Op::select, "", "where(condition, value, otherwise)"},
            {"ifelse", 3, 3, plain, Op::select, "", "ifelse(condition, value, otherwise)"},
            {"clip", 3, 3, clip, Op::count_, "", "clip(x, low, high)"},
            {"int", 1, 1, whole, Op::count_, "", ""},
            {"pow", 2, 2, power, Op::count_, "", "pow(base, exponent)"},
            {"mod", 2, 2, plain, Op::mod, "", "mod(a, b)"},
            {"rand", 0, 16, nullptr, Op::count_,
             "random draws stand in the conditions and resets of events only", use_noise},
            {"randn", 0, 16, nullptr, Op::count_,
             "random draws stand in the conditions and resets of events only", use_noise},
            {"poisson", 0, 16, nullptr, Op::count_,
             "random draws are made for each node, not inside expressions", use_noise},
            {"binomial", 0, 16, nullptr, Op::count_,
             "random draws are made for each node, not inside expressions", use_noise},
            {"laplacian", 1, 1, nullptr, Op::count_,
             "it is a sum over neighbours, which stands in the equations of populations", "laplacian(u)"},
            {"stationary_rate", 1, 16, nullptr, Op::count_,
             "the rate of other neurons stands in the equations of populations",
             "stationary_rate(lif_noisy, mu = between(x, 0*mV, 40*mV))"},
            {"between", 3, 3, nullptr, Op::count_, "it stands in a call of stationary_rate()",
             "stationary_rate(lif_noisy, mu = between(x, 0*mV, 40*mV))"},
            {"timestep", 0, 16, nullptr, Op::count_, "equations do not see the step number",
             "compare times: t > 5*ms"},
        };
        for (const char* name : {"normal", "uniform", "lognormal", "exponential", "gamma"})
            all.push_back({name, 0, 16, nullptr, Op::count_, "it is a distribution",
                           "a distribution is the whole value of a parameter or an initial value", true});
        for (const std::string& name : symbolic::function_names()) {
            const Op op = *symbolic::find_function(name);
            const symbolic::OpInfo& info = symbolic::info(op);
            const bool known =
                std::any_of(all.begin(), all.end(), [&](const Builtin& b) { return b.name == info.name; });
            if (!known) all.push_back({info.name, info.arity, info.arity, plain, op, "", ""});
        }
        return all;
    }();
    return rows;
}

}  // namespace

const Builtin* find_builtin(std::string_view name) {
    for (const Builtin& row : table())
        if (row.name == name) return &row;
    return nullptr;
}

std::vector<std::string> builtin_names() {
    std::vector<std::string> names;
    for (const Builtin& row : table())
        if (row.refusal.empty()) names.emplace_back(row.name);
    return names;
}

std::optional<double> find_constant(std::string_view name) {
    if (name == "pi") return std::numbers::pi;
    if (name == "e") return std::numbers::e;
    return std::nullopt;
}

bool is_noise_name(std::string_view name) {
    return name == "xi" || (name.starts_with("xi_") && name.size() > 3);
}

std::string unsupported_name(std::string_view name) {
    if (name == "inf" || name == "nan") return "values are finite; leave out a bound that does not hold";
    if (name == "i" || name == "j" || name == "N" || name == "lastspike" || name == "not_refractory" ||
        name == "t_in_timesteps")
        return "this name of Brian2 is not known here; equations see the state of their own node and the "
               "time t";
    if (name.ends_with("_pre") || name.ends_with("_post") || name == "gx")
        return "x_pre, x_post and gx stand in couplings only";
    return {};
}

}  // namespace neurodyn::language
