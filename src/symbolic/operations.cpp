// SPDX-License-Identifier: BSD-3-Clause
// One row for each operation: how it is written, what it is worth, and which units it takes.
#include "symbolic/operations.hpp"

#include <algorithm>
#include <iterator>

#include "base/math/functions.hpp"
#include "base/math/scalar.hpp"

namespace neurodyn::symbolic {
namespace {

using Scalar = math::Scalar<double>;
using Value = double (*)(Scalar&, double, double, double);

struct Row {
    OpInfo info;
    Value value;
};

constexpr bool operator_ = false, function = true;
constexpr Type real = Type::real, boolean = Type::boolean;
using U = UnitRule;

// A lambda for each kind of row; `s` is the scalar backend.
#define VALUE(expression)                                               \
    [](Scalar& s, [[maybe_unused]] double a, [[maybe_unused]] double b, \
       [[maybe_unused]] double c) -> double {                           \
        (void)s;                                                        \
        return expression;                                              \
    }

// Precedence is Python's: or < and < not < relations < + - < * / % < unary minus < ^.
constexpr Row rows[] = {
    {{Op::constant, "constant", 0, operator_, U::leaf, real, 0}, VALUE(a)},
    {{Op::symbol, "symbol", 0, operator_, U::leaf, real, 0}, VALUE(a)},
    {{Op::add, "+", 2, operator_, U::same, real, 5}, VALUE(s.add(a, b))},
    {{Op::sub, "-", 2, operator_, U::same, real, 5}, VALUE(s.sub(a, b))},
    {{Op::mul, "*", 2, operator_, U::product, real, 6}, VALUE(s.mul(a, b))},
    {{Op::div, "/", 2, operator_, U::quotient, real, 6}, VALUE(s.div(a, b))},
    {{Op::neg, "-", 1, operator_, U::same, real, 7}, VALUE(s.neg(a))},
    {{Op::fma, "fma", 3, function, U::fused, real, 0}, VALUE(s.fma(a, b, c))},
    {{Op::pow, "^", 2, operator_, U::power, real, 8}, VALUE(math::pow(s, a, b))},
    {{Op::mod, "%", 2, operator_, U::same, real, 6}, VALUE(math::mod(s, a, b))},
    {{Op::min, "min", 2, function, U::same, real, 0}, VALUE(math::min(s, a, b))},
    {{Op::max, "max", 2, function, U::same, real, 0}, VALUE(math::max(s, a, b))},
    {{Op::abs, "abs", 1, function, U::same, real, 0}, VALUE(math::abs(s, a))},
    {{Op::sign, "sign", 1, function, U::sign, real, 0}, VALUE(math::sign(s, a))},
    {{Op::sqrt, "sqrt", 1, function, U::root, real, 0}, VALUE(math::sqrt(s, a))},
    {{Op::floor, "floor", 1, function, U::dimensionless, real, 0}, VALUE(math::floor(s, a))},
    {{Op::ceil, "ceil", 1, function, U::dimensionless, real, 0}, VALUE(math::ceil(s, a))},
    {{Op::exp, "exp", 1, function, U::dimensionless, real, 0}, VALUE(math::exp(s, a))},
    {{Op::expm1, "expm1", 1, function, U::dimensionless, real, 0}, VALUE(math::expm1(s, a))},
    {{Op::exprel, "exprel", 1, function, U::dimensionless, real, 0}, VALUE(math::exprel(s, a))},
    {{Op::log, "log", 1, function, U::dimensionless, real, 0}, VALUE(math::log(s, a))},
    {{Op::log10, "log10", 1, function, U::dimensionless, real, 0}, VALUE(math::log10(s, a))},
    {{Op::log1p, "log1p", 1, function, U::dimensionless, real, 0}, VALUE(math::log1p(s, a))},
    {{Op::sin, "sin", 1, function, U::dimensionless, real, 0}, VALUE(math::sin(s, a))},
    {{Op::cos, "cos", 1, function, U::dimensionless, real, 0}, VALUE(math::cos(s, a))},
    {{Op::tan, "tan", 1, function, U::dimensionless, real, 0}, VALUE(math::tan(s, a))},
    {{Op::sinh, "sinh", 1, function, U::dimensionless, real, 0}, VALUE(math::sinh(s, a))},
    {{Op::cosh, "cosh", 1, function, U::dimensionless, real, 0}, VALUE(math::cosh(s, a))},
    {{Op::tanh, "tanh", 1, function, U::dimensionless, real, 0}, VALUE(math::tanh(s, a))},
    {{Op::arcsin, "arcsin", 1, function, U::dimensionless, real, 0}, VALUE(math::arcsin(s, a))},
    {{Op::arccos, "arccos", 1, function, U::dimensionless, real, 0}, VALUE(math::arccos(s, a))},
    {{Op::arctan, "arctan", 1, function, U::dimensionless, real, 0}, VALUE(math::arctan(s, a))},
    {{Op::arctan2, "arctan2", 2, function, U::angle, real, 0}, VALUE(math::arctan2(s, a, b))},
    {{Op::erf, "erf", 1, function, U::dimensionless, real, 0}, VALUE(math::erf(s, a))},
    {{Op::sigmoid, "sigmoid", 1, function, U::dimensionless, real, 0}, VALUE(math::sigmoid(s, a))},
    {{Op::heaviside, "heaviside", 1, function, U::sign, real, 0}, VALUE(math::heaviside(s, a))},
    {{Op::lt, "<", 2, operator_, U::relation, boolean, 4}, VALUE(s.lt(a, b))},
    {{Op::le, "<=", 2, operator_, U::relation, boolean, 4}, VALUE(s.le(a, b))},
    {{Op::gt, ">", 2, operator_, U::relation, boolean, 4}, VALUE(s.gt(a, b))},
    {{Op::ge, ">=", 2, operator_, U::relation, boolean, 4}, VALUE(s.ge(a, b))},
    {{Op::eq, "==", 2, operator_, U::relation, boolean, 4}, VALUE(s.eq(a, b))},
    {{Op::ne, "!=", 2, operator_, U::relation, boolean, 4}, VALUE(s.ne(a, b))},
    {{Op::logical_and, "and", 2, operator_, U::logic, boolean, 2}, VALUE(a != 0.0 && b != 0.0)},
    {{Op::logical_or, "or", 2, operator_, U::logic, boolean, 1}, VALUE(a != 0.0 || b != 0.0)},
    {{Op::logical_not, "not", 1, operator_, U::logic, boolean, 3}, VALUE(a == 0.0)},
    {{Op::select, "where", 3, function, U::select, real, 0}, VALUE(a != 0.0 ? b : c)},
    {{Op::lookup, "lookup", 1, operator_, U::leaf, real, 9}, VALUE(a)},
};
#undef VALUE

constexpr bool in_order() {
    for (std::size_t i = 0; i < std::size(rows); ++i)
        if (static_cast<std::size_t>(rows[i].info.op) != i) return false;
    return std::size(rows) == static_cast<std::size_t>(Op::count_);
}
static_assert(in_order(), "the table has one row for each Op, in the order of the enumeration");

}  // namespace

const OpInfo& info(Op op) { return rows[static_cast<std::size_t>(op)].info; }

std::optional<Op> find_function(std::string_view name) {
    const auto found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) {
        return row.info.is_function && row.info.name == name;
    });
    if (found == std::end(rows)) return std::nullopt;
    return found->info.op;
}

std::vector<std::string> function_names() {
    std::vector<std::string> names;
    for (const Row& row : rows)
        if (row.info.is_function) names.emplace_back(row.info.name);
    return names;
}

double apply(Op op, double a, double b, double c) {
    Scalar backend;
    return rows[static_cast<std::size_t>(op)].value(backend, a, b, c);
}

}  // namespace neurodyn::symbolic
