// SPDX-License-Identifier: BSD-3-Clause
// One row for each operation: its instructions, by the math templates.
#include "compile/llvm/operations.hpp"

#include "base/math/functions.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

using Value = llvm::Value*;
using Args = const std::array<Value, 3>&;

struct Row {
    Op op;
    Value (*emit)(IrBackend& b, Args x);
};

constexpr Row rows[] = {
    {Op::add, [](IrBackend& b, Args x) { return b.add(x[0], x[1]); }},
    {Op::sub, [](IrBackend& b, Args x) { return b.sub(x[0], x[1]); }},
    {Op::mul, [](IrBackend& b, Args x) { return b.mul(x[0], x[1]); }},
    {Op::div, [](IrBackend& b, Args x) { return b.div(x[0], x[1]); }},
    {Op::neg, [](IrBackend& b, Args x) { return b.neg(x[0]); }},
    {Op::fma, [](IrBackend& b, Args x) { return b.fma(x[0], x[1], x[2]); }},
    {Op::pow, [](IrBackend& b, Args x) { return math::pow(b, x[0], x[1]); }},
    {Op::mod, [](IrBackend& b, Args x) { return math::mod(b, x[0], x[1]); }},
    {Op::min, [](IrBackend& b, Args x) { return math::min(b, x[0], x[1]); }},
    {Op::max, [](IrBackend& b, Args x) { return math::max(b, x[0], x[1]); }},
    {Op::abs, [](IrBackend& b, Args x) { return math::abs(b, x[0]); }},
    {Op::sign, [](IrBackend& b, Args x) { return math::sign(b, x[0]); }},
    {Op::sqrt, [](IrBackend& b, Args x) { return math::sqrt(b, x[0]); }},
    {Op::floor, [](IrBackend& b, Args x) { return math::floor(b, x[0]); }},
    {Op::ceil, [](IrBackend& b, Args x) { return math::ceil(b, x[0]); }},
    {Op::exp, [](IrBackend& b, Args x) { return math::exp(b, x[0]); }},
    {Op::expm1, [](IrBackend& b, Args x) { return math::expm1(b, x[0]); }},
    {Op::exprel, [](IrBackend& b, Args x) { return math::exprel(b, x[0]); }},
    {Op::log, [](IrBackend& b, Args x) { return math::log(b, x[0]); }},
    {Op::log10, [](IrBackend& b, Args x) { return math::log10(b, x[0]); }},
    {Op::log1p, [](IrBackend& b, Args x) { return math::log1p(b, x[0]); }},
    {Op::sin, [](IrBackend& b, Args x) { return math::sin(b, x[0]); }},
    {Op::cos, [](IrBackend& b, Args x) { return math::cos(b, x[0]); }},
    {Op::tan, [](IrBackend& b, Args x) { return math::tan(b, x[0]); }},
    {Op::sinh, [](IrBackend& b, Args x) { return math::sinh(b, x[0]); }},
    {Op::cosh, [](IrBackend& b, Args x) { return math::cosh(b, x[0]); }},
    {Op::tanh, [](IrBackend& b, Args x) { return math::tanh(b, x[0]); }},
    {Op::arcsin, [](IrBackend& b, Args x) { return math::arcsin(b, x[0]); }},
    {Op::arccos, [](IrBackend& b, Args x) { return math::arccos(b, x[0]); }},
    {Op::arctan, [](IrBackend& b, Args x) { return math::arctan(b, x[0]); }},
    {Op::arctan2, [](IrBackend& b, Args x) { return math::arctan2(b, x[0], x[1]); }},
    {Op::erf, [](IrBackend& b, Args x) { return math::erf(b, x[0]); }},
    {Op::sigmoid, [](IrBackend& b, Args x) { return math::sigmoid(b, x[0]); }},
    {Op::heaviside, [](IrBackend& b, Args x) { return math::heaviside(b, x[0]); }},
    {Op::lt, [](IrBackend& b, Args x) { return b.lt(x[0], x[1]); }},
    {Op::le, [](IrBackend& b, Args x) { return b.le(x[0], x[1]); }},
    {Op::gt, [](IrBackend& b, Args x) { return b.gt(x[0], x[1]); }},
    {Op::ge, [](IrBackend& b, Args x) { return b.ge(x[0], x[1]); }},
    {Op::eq, [](IrBackend& b, Args x) { return b.eq(x[0], x[1]); }},
    {Op::ne, [](IrBackend& b, Args x) { return b.ne(x[0], x[1]); }},
    {Op::logical_and, [](IrBackend& b, Args x) { return b.mask_and(x[0], x[1]); }},
    {Op::logical_or, [](IrBackend& b, Args x) { return b.mask_or(x[0], x[1]); }},
    {Op::logical_not, [](IrBackend& b, Args x) { return b.mask_not(x[0]); }},
    {Op::select, [](IrBackend& b, Args x) { return b.select(x[0], x[1], x[2]); }},
};

/// Rows by operation; an operation without one stays empty.
constexpr auto by_operation = [] {
    std::array<Row, static_cast<std::size_t>(Op::count_)> table{};
    for (const Row& row : rows) table[static_cast<std::size_t>(row.op)] = row;
    return table;
}();

static_assert(
    [] {
        for (auto op = static_cast<std::size_t>(Op::add); op < by_operation.size(); ++op)
            if (by_operation[op].emit == nullptr && op != static_cast<std::size_t>(Op::lookup)) return false;
        return true;
    }(),
    "every operation but the leaves and lookup, which reads a module's memory, needs a row");

}  // namespace

llvm::Value* emit_operation(IrBackend& b, Op op, const std::array<llvm::Value*, 3>& args) {
    return by_operation[static_cast<std::size_t>(op)].emit(b, args);
}

}  // namespace neurodyn::compile
