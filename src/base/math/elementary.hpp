// SPDX-License-Identifier: BSD-3-Clause
// Small exact functions, and the pieces that the others are built from.
#pragma once

#include <cstddef>
#include <limits>

#include "base/math/backend.hpp"

namespace neurodyn::math {

namespace detail {

/// The coefficients from c[first] on, each `stride`-th, by Horner's rule.
template <std::size_t first, std::size_t stride, Backend B, std::size_t N>
typename B::Real horner(B& b, typename B::Real x, const double (&c)[N]) {
    if constexpr (first + stride < N)
        return b.fma(horner<first + stride, stride>(b, x, c), x, b.constant(c[first]));
    else
        return b.constant(c[first]);
}

/// Sum of c[i] x^i: short ones by Horner's rule, long ones as odd(x^2) x + even(x^2), which takes half the
/// time from start to end for one more product. Each coefficient is the last operand of its fma, where a
/// processor can take it from memory. Recursion instead of a loop, so that compilers leave straight code.
template <Backend B, std::size_t N>
typename B::Real polynomial(B& b, typename B::Real x, const double (&c)[N]) {
    if constexpr (N <= 5) {
        return horner<0, 1>(b, x, c);
    } else {
        const auto square = b.mul(x, x);
        const auto odd = horner<1, 2>(b, square, c);
        return b.fma(odd, x, horner<0, 2>(b, square, c));
    }
}

template <Backend B, std::size_t N, std::size_t M>
typename B::Real polynomial(B& b, typename B::Real x, const double (&f64)[N], const double (&f32)[M]) {
    return b.is_double() ? polynomial(b, x, f64) : polynomial(b, x, f32);
}

/// A constant that differs by precision.
template <Backend B>
typename B::Real constant(B& b, double f64, double f32) {
    return b.constant(b.is_double() ? f64 : f32);
}

template <Backend B>
typename B::Real infinity(B& b) {
    return b.constant(std::numeric_limits<double>::infinity());
}

template <Backend B>
typename B::Real not_a_number(B& b) {
    return b.constant(std::numeric_limits<double>::quiet_NaN());
}

/// Bits in a mantissa without the leading one.
template <Backend B>
int mantissa_bits(B& b) {
    return b.is_double() ? 52 : 23;
}

template <Backend B>
typename B::Bits sign_bits(B& b, typename B::Real x) {
    return b.bits_and(b.to_bits(x), b.bits_constant(b.is_double() ? 0x8000000000000000u : 0x80000000u));
}

/// Flips the sign of x where `sign` has its top bit set; its other bits must be zero.
template <Backend B>
typename B::Real flip(B& b, typename B::Real x, typename B::Bits sign) {
    return b.from_bits(b.bits_xor(b.to_bits(x), sign));
}

/// The magnitude of a non-negative number with the sign of another.
template <Backend B>
typename B::Real with_sign(B& b, typename B::Real magnitude, typename B::Real sign) {
    return b.from_bits(b.bits_or(b.to_bits(magnitude), sign_bits(b, sign)));
}

/// 1.5 2^52 or 1.5 2^23: adding it rounds |x| < 2^51 (2^22) to an integer, which then is in the low bits.
template <Backend B>
typename B::Real rounder(B& b) {
    return constant(b, 0x1.8p52, 0x1.8p23);
}

/// 2^n, where n is the integer in the low bits of x + rounder and 2^n is a normal number.
template <Backend B>
typename B::Real power_of_two(B& b, typename B::Bits n) {
    const auto one = b.bits_constant(b.is_double() ? 0x3ff0000000000000u : 0x3f800000u);
    return b.from_bits(b.bits_add(b.shift_left(n, mantissa_bits(b)), one));
}

/// The rounded sum of two numbers and what the rounding lost, for |a| >= |b| or a = 0 (Dekker 1971,
/// doi:10.1007/BF01397083).
template <Backend B>
struct Pair {
    typename B::Real high, low;
};

template <Backend B>
Pair<B> fast_two_sum(B& b, typename B::Real large, typename B::Real small) {
    const auto sum = b.add(large, small);
    return {sum, b.sub(small, b.sub(sum, large))};
}

/// The same for two numbers of any order (Knuth).
template <Backend B>
Pair<B> two_sum(B& b, typename B::Real x, typename B::Real y) {
    const auto sum = b.add(x, y);
    const auto part = b.sub(sum, x);
    return {sum, b.add(b.sub(x, b.sub(sum, part)), b.sub(y, part))};
}

}  // namespace detail

/// Rounds towards minus infinity; keeps infinities, NaN and the sign of zero.
template <Backend B>
typename B::Real floor(B& b, typename B::Real x) {
    const auto whole = detail::constant(b, 0x1p52, 0x1p23);  // from here on, all numbers are integers
    const auto size = b.abs(x);
    const auto nearest = detail::with_sign(b, b.sub(b.add(size, whole), whole), x);
    const auto down = b.select(b.gt(nearest, x), b.sub(nearest, b.constant(1.0)), nearest);
    return b.select(b.lt(size, whole), down, x);
}

template <Backend B>
typename B::Real ceil(B& b, typename B::Real x) {
    return b.neg(floor(b, b.neg(x)));
}

template <Backend B>
typename B::Real abs(B& b, typename B::Real x) {
    return b.abs(x);
}

template <Backend B>
typename B::Real sqrt(B& b, typename B::Real x) {
    return b.sqrt(x);
}

/// -1, 0 or 1; zeros and NaN are themselves.
template <Backend B>
typename B::Real sign(B& b, typename B::Real x) {
    const auto unit = detail::with_sign(b, b.constant(1.0), x);
    return b.select(b.gt(b.abs(x), b.constant(0.0)), unit, x);
}

/// 0 below zero, 1 from zero on; NaN is itself.
template <Backend B>
typename B::Real heaviside(B& b, typename B::Real x) {
    const auto zero = b.constant(0.0);
    return b.select(b.ge(x, zero), b.constant(1.0), b.select(b.lt(x, zero), zero, x));
}

/// NaN where either is NaN.
template <Backend B>
typename B::Real min(B& b, typename B::Real x, typename B::Real y) {
    return b.select(b.ne(x, x), x, b.min(x, y));
}

/// NaN where either is NaN.
template <Backend B>
typename B::Real max(B& b, typename B::Real x, typename B::Real y) {
    return b.select(b.ne(x, x), x, b.max(x, y));
}

/// min(max(x, low), high); NaN where any is NaN.
template <Backend B>
typename B::Real clip(B& b, typename B::Real x, typename B::Real low, typename B::Real high) {
    return min(b, max(b, x, low), high);
}

/// x - y floor(x/y), with the sign of y as in Python, and rounded once; right while |x/y| < 2^52 (2^23 in
/// single precision), and NaN beyond, where no digit of the remainder would be right.
template <Backend B>
typename B::Real mod(B& b, typename B::Real x, typename B::Real y) {
    const auto zero = b.constant(0.0);
    const auto opposed = [&](typename B::Real value) {
        return b.mask_or(b.mask_and(b.lt(value, zero), b.gt(y, zero)),
                         b.mask_and(b.gt(value, zero), b.lt(y, zero)));
    };
    const auto quotient = floor(b, b.div(x, y));
    const auto exact = b.lt(b.abs(quotient), detail::constant(b, 0x1p52, 0x1p23));
    const auto rest = b.fma(b.neg(quotient), y, x);
    // The quotient may have been rounded up to an integer: then the rest is one y short.
    const auto inside = b.select(opposed(rest), b.add(rest, y), rest);
    const auto finite = b.select(exact, inside, detail::not_a_number(b));
    const auto endless = b.mask_and(b.eq(b.abs(y), detail::infinity(b)), b.lt(b.abs(x), detail::infinity(b)));
    return b.select(endless, b.select(opposed(x), y, x), finite);
}

}  // namespace neurodyn::math
