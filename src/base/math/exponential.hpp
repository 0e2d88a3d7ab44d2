// SPDX-License-Identifier: BSD-3-Clause
// exp and what is built from it: expm1, exprel, sigmoid, sinh, cosh, tanh, erf.
#pragma once

#include "base/math/coefficients.hpp"
#include "base/math/elementary.hpp"

namespace neurodyn::math {

namespace detail {

/// e^x = (1 + tail) first second, with |tail| < 0.42 and powers of two that stay normal even where e^x
/// is subnormal or overflows.
template <Backend B>
struct ExponentialParts {
    typename B::Real tail, first, second;
};

/// x = n ln 2 + r: n by the rounder, r by two fused steps of which the first is exact; then the
/// polynomial in r. `low` is added to x where it is given. NaN passes into the tail.
template <Backend B>
ExponentialParts<B> exponential_parts(B& b, typename B::Real x, const typename B::Real* low = nullptr) {
    // Beyond these bounds e^x is 0 or infinite, and stays so; min and max keep NaN as they stand here.
    x = b.min(constant(b, 711.0, 90.0), x);
    x = b.max(constant(b, -746.0, -104.0), x);
    const auto magic = rounder(b);
    const auto inverse = constant(b, 0x1.71547652b82fep+0, 0x1.715476p+0);
    const auto shifted = b.fma(x, inverse, magic);
    const auto n = b.sub(shifted, magic);
    const auto coarse = b.fma(n, constant(b, -0x1.62e42fefa39efp-1, -0x1.62e430p-1), x);
    const auto ln2_low = constant(b, -0x1.abc9e3b39803fp-56, 0x1.05c610p-29);
    const auto r = low ? b.add(coarse, b.fma(n, ln2_low, *low)) : b.fma(n, ln2_low, coarse);
    const auto q = polynomial(b, r, coefficients::exponential_f64, coefficients::exponential_f32);
    const auto first = b.shift_right(b.to_bits(shifted), 1);  // n/2, rounded down, in the low bits
    return {b.fma(b.mul(r, r), q, r), power_of_two(b, first),
            power_of_two(b, b.bits_sub(b.to_bits(shifted), first))};
}

/// e^x - 1 from its parts, without loss near zero.
template <Backend B>
typename B::Real minus_one(B& b, const ExponentialParts<B>& e) {
    const auto one_bits = b.bits_constant(b.is_double() ? 0x7fe0000000000000u : 0x7f000000u);
    const auto inverse = b.from_bits(b.bits_sub(one_bits, b.to_bits(e.second)));
    return b.mul(b.fma(e.first, e.tail, b.sub(e.first, inverse)), e.second);
}

/// e^x / 2, also where e^x overflows.
template <Backend B>
typename B::Real half_of(B& b, const ExponentialParts<B>& e) {
    return b.mul(b.fma(e.first, e.tail, e.first), b.mul(b.constant(0.5), e.second));
}

}  // namespace detail

/// e^x; within 1.1 ulp, down to the last subnormal number.
template <Backend B>
typename B::Real exp(B& b, typename B::Real x) {
    const auto e = detail::exponential_parts(b, x);
    return b.mul(b.fma(e.first, e.tail, e.first), e.second);
}

/// e^x - 1; within 2.3 ulp.
template <Backend B>
typename B::Real expm1(B& b, typename B::Real x) {
    const auto value = detail::minus_one(b, detail::exponential_parts(b, x));
    return b.select(b.eq(x, b.constant(0.0)), x, value);
}

/// (e^x - 1)/x, 1 at zero; within 2.8 ulp. 0 at minus infinity.
template <Backend B>
typename B::Real exprel(B& b, typename B::Real x) {
    const auto quotient = b.div(detail::minus_one(b, detail::exponential_parts(b, x)), x);
    const auto bounded = b.select(b.eq(x, detail::infinity(b)), x, quotient);
    return b.select(b.eq(x, b.constant(0.0)), b.constant(1.0), bounded);
}

/// 1/(1 + e^-x), from e^-|x| so that neither side overflows or loses digits; within 2.5 ulp.
template <Backend B>
typename B::Real sigmoid(B& b, typename B::Real x) {
    const auto one = b.constant(1.0);
    const auto decay = exp(b, b.neg(b.abs(x)));
    return b.div(b.select(b.lt(x, b.constant(0.0)), decay, one), b.add(one, decay));
}

/// (E + E/(E + 1))/2 with E = e^|x| - 1; e^|x|/2 where that would overflow.
template <Backend B>
typename B::Real sinh(B& b, typename B::Real x) {
    const auto size = b.abs(x);
    const auto e = detail::exponential_parts(b, size);
    const auto growth = detail::minus_one(b, e);
    const auto near = b.mul(b.constant(0.5), b.add(growth, b.div(growth, b.add(growth, b.constant(1.0)))));
    const auto far = b.gt(size, detail::constant(b, 22.0, 10.0));
    return detail::with_sign(b, b.select(far, detail::half_of(b, e), near), x);
}

/// h + 1/(4 h) with h = e^|x|/2.
template <Backend B>
typename B::Real cosh(B& b, typename B::Real x) {
    const auto half = detail::half_of(b, detail::exponential_parts(b, b.abs(x)));
    return b.add(half, b.div(b.constant(0.25), half));
}

/// E/(E + 2) with E = e^(2|x|) - 1; 1 to the last bit beyond |x| = 22 (11 in single precision).
template <Backend B>
typename B::Real tanh(B& b, typename B::Real x) {
    const auto size = b.min(detail::constant(b, 22.0, 11.0), b.abs(x));
    const auto growth = detail::minus_one(b, detail::exponential_parts(b, b.add(size, size)));
    return detail::with_sign(b, b.div(growth, b.add(growth, b.constant(2.0))), x);
}

/// The error function: x + x P(x^2) up to 1, 1 - e^(-x^2) Q((x - 2)/(x + 2)) up to 6, 1 beyond.
template <Backend B>
typename B::Real erf(B& b, typename B::Real x) {
    const auto one = b.constant(1.0), two = b.constant(2.0);
    const auto size = b.min(b.constant(6.0), b.abs(x));
    const auto square = b.mul(size, size);
    const auto excess = detail::polynomial(b, b.min(one, square), coefficients::error_function_f64,
                                           coefficients::error_function_f32);
    const auto near = b.fma(size, excess, size);
    const auto t = b.div(b.sub(b.max(one, size), two), b.add(b.max(one, size), two));
    const auto tail = detail::polynomial(b, t, coefficients::error_tail_f64, coefficients::error_tail_f32);
    const auto far = b.fma(b.neg(exp(b, b.neg(square))), tail, one);
    return detail::with_sign(b, b.select(b.gt(size, one), far, near), x);
}

}  // namespace neurodyn::math
