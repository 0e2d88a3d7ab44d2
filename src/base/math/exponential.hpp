// SPDX-License-Identifier: BSD-3-Clause
// exp and what is built from it: expm1, exprel, sigmoid, sinh, cosh, tanh, erf.
#pragma once

#include "base/math/coefficients.hpp"
#include "base/math/elementary.hpp"

namespace neurodyn::math {

namespace detail {

/// e^x = 2^n (1 + tail) with |tail| < 0.42 and n in the low bits of `shifted`.
template <Backend B>
struct Reduced {
    typename B::Real tail;
    typename B::Bits shifted;
};

/// x = n ln 2 + r: n by the rounder, r by two fused steps of which the first is exact; then the
/// polynomial in r. `low` is added to x where it is given. NaN passes into the tail.
template <Backend B>
Reduced<B> reduce(B& b, typename B::Real x, const typename B::Real* low = nullptr) {
    const auto magic = rounder(b);
    const auto inverse = constant(b, 0x1.71547652b82fep+0, 0x1.715476p+0);
    const auto shifted = b.fma(x, inverse, magic);
    const auto n = b.sub(shifted, magic);
    const auto coarse = b.fma(n, constant(b, -0x1.62e42fefa39efp-1, -0x1.62e430p-1), x);
    const auto ln2_low = constant(b, -0x1.abc9e3b39803fp-56, 0x1.05c610p-29);
    const auto r = low ? b.add(coarse, b.fma(n, ln2_low, *low)) : b.fma(n, ln2_low, coarse);
    const auto q = polynomial(b, r, coefficients::exponential_f64, coefficients::exponential_f32);
    return {b.fma(b.mul(r, r), q, r), b.to_bits(shifted)};
}

/// e^x as a product of two numbers of which the second is a power of two: neither is subnormal or infinite
/// even where e^x is.
template <Backend B>
struct Product {
    typename B::Real first, power;
};

template <Backend B>
Product<B> split_scale(B& b, const Reduced<B>& e) {
    const auto half = b.shift_right(e.shifted, 1);  // n/2, rounded down, in the low bits
    const auto scale = power_of_two(b, half);
    return {b.fma(scale, e.tail, scale), power_of_two(b, b.bits_sub(e.shifted, half))};
}

/// Below, e^x is 0; above, infinite. min and max keep NaN as they stand here.
template <Backend B>
typename B::Real bounded_below(B& b, typename B::Real x) {
    return b.max(constant(b, -746.0, -104.0), x);
}
template <Backend B>
typename B::Real bounded(B& b, typename B::Real x) {
    return bounded_below(b, b.min(constant(b, 711.0, 90.0), x));
}

/// e^x for x <= 0.
template <Backend B>
typename B::Real decay(B& b, typename B::Real x) {
    const auto e = split_scale(b, reduce(b, bounded_below(b, x)));
    return b.mul(e.first, e.power);
}

/// From here on e^x - 1 is infinite.
template <Backend B>
typename B::Real growth_bound(B& b) {
    return constant(b, 710.0, 89.0);
}

/// e^x - 1 for -2^10 < x <= growth_bound, without loss near zero, but for subnormal results: half of it,
/// where the power of two is still finite, is doubled.
template <Backend B>
typename B::Real growth(B& b, typename B::Real x) {
    const auto e = reduce(b, x);
    const auto half = b.bits_constant(b.is_double() ? 0x3fe0000000000000u : 0x3f000000u);
    const auto scale = b.from_bits(b.bits_add(b.shift_left(e.shifted, mantissa_bits(b)), half));
    const auto value = b.fma(scale, e.tail, b.sub(scale, b.constant(0.5)));
    return b.add(value, value);
}

/// Where e^x - 1 is -1 to the last bit.
template <Backend B>
typename B::Real growth_of_bounded(B& b, typename B::Real x) {
    return growth(b, b.max(constant(b, -40.0, -20.0), x));
}

/// e^x / 2, also where e^x overflows.
template <Backend B>
typename B::Real half_exp(B& b, typename B::Real x) {
    const auto e = split_scale(b, reduce(b, bounded(b, x)));
    return b.mul(e.first, b.mul(b.constant(0.5), e.power));
}

/// |x| so small that e^x - 1 is x and (e^x - 1)/x is 1, to the last bit.
template <Backend B>
typename B::Mask tiny(B& b, typename B::Real x) {
    return b.lt(b.abs(x), constant(b, 0x1p-54, 0x1p-25));
}

}  // namespace detail

/// e^x; within 1.1 ulp, down to the last subnormal number.
template <Backend B>
typename B::Real exp(B& b, typename B::Real x) {
    const auto e = detail::split_scale(b, detail::reduce(b, detail::bounded(b, x)));
    return b.mul(e.first, e.power);
}

/// e^x - 1; within 2.3 ulp.
template <Backend B>
typename B::Real expm1(B& b, typename B::Real x) {
    const auto below = b.min(detail::growth_bound(b), x);
    return b.select(detail::tiny(b, below), below, detail::growth_of_bounded(b, below));
}

/// (e^x - 1)/x, 1 at zero; within 2.8 ulp. 0 at minus infinity.
template <Backend B>
typename B::Real exprel(B& b, typename B::Real x) {
    const auto below = b.min(detail::growth_bound(b), x);
    const auto quotient = b.div(detail::growth_of_bounded(b, below), below);
    return b.select(detail::tiny(b, below), b.constant(1.0), quotient);
}

/// 1/(1 + e^-x), from e^-|x| so that neither side overflows or loses digits; within 2.5 ulp.
template <Backend B>
typename B::Real sigmoid(B& b, typename B::Real x) {
    const auto one = b.constant(1.0);
    const auto decay = detail::decay(b, b.neg(b.abs(x)));
    return b.div(b.select(b.lt(x, b.constant(0.0)), decay, one), b.add(one, decay));
}

/// (E + E/(E + 1))/2 with E = e^|x| - 1; e^|x|/2 where that would overflow.
template <Backend B>
typename B::Real sinh(B& b, typename B::Real x) {
    const auto size = b.abs(x);
    const auto growth = expm1(b, size);
    const auto near = b.mul(b.constant(0.5), b.add(growth, b.div(growth, b.add(growth, b.constant(1.0)))));
    const auto far = b.gt(size, detail::constant(b, 22.0, 10.0));
    return detail::with_sign(b, b.select(far, detail::half_exp(b, size), near), x);
}

/// h + 1/(4 h) with h = e^|x|/2.
template <Backend B>
typename B::Real cosh(B& b, typename B::Real x) {
    const auto half = detail::half_exp(b, b.abs(x));
    return b.add(half, b.div(b.constant(0.25), half));
}

/// E/(E + 2) with E = e^(2|x|) - 1; 1 to the last bit beyond |x| = 22 (11 in single precision).
template <Backend B>
typename B::Real tanh(B& b, typename B::Real x) {
    const auto size = b.min(detail::constant(b, 22.0, 11.0), b.abs(x));
    const auto growth = detail::growth(b, b.add(size, size));
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
    const auto far = b.fma(b.neg(detail::decay(b, b.neg(square))), tail, one);
    return detail::with_sign(b, b.select(b.gt(size, one), far, near), x);
}

}  // namespace neurodyn::math
