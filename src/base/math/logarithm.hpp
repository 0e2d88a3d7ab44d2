// SPDX-License-Identifier: BSD-3-Clause
// log, log1p, log10 and pow.
#pragma once

#include "base/math/coefficients.hpp"
#include "base/math/exponential.hpp"

namespace neurodyn::math {

namespace detail {

/// x = 2^exponent (1 + fraction) with 1 + fraction in [sqrt(1/2), sqrt(2)).
template <Backend B>
struct Binade {
    typename B::Real exponent, fraction;
};

/// Of positive normal numbers.
template <Backend B>
Binade<B> split_normal(B& b, typename B::Real x) {
    const bool f64 = b.is_double();
    const std::uint64_t root = f64 ? 0x3fe6a09e667f3bcdu : 0x3f3504f3u;  // sqrt(1/2)
    const std::uint64_t one = f64 ? 0x3ff0000000000000u : 0x3f800000u;
    const std::uint64_t mantissa = f64 ? 0x000fffffffffffffu : 0x007fffffu;
    const auto shifted = b.bits_add(b.to_bits(x), b.bits_constant(one - root));
    // The biased exponent becomes a number as the mantissa of 2^52 (2^23).
    const auto biased = b.bits_or(b.shift_right(shifted, mantissa_bits(b)),
                                  b.bits_constant(f64 ? 0x4330000000000000u : 0x4b000000u));
    const auto exponent = b.sub(b.from_bits(biased), constant(b, 0x1p52 + 1023, 0x1p23 + 127));
    const auto m = b.bits_add(b.bits_and(shifted, b.bits_constant(mantissa)), b.bits_constant(root));
    return {exponent, b.sub(b.from_bits(m), b.constant(1.0))};
}

/// Of positive numbers, normal or not.
template <Backend B>
Binade<B> split(B& b, typename B::Real x) {
    const auto tiny = b.lt(x, constant(b, 0x1p-1022, 0x1p-126));
    const auto scaled = b.select(tiny, b.mul(x, constant(b, 0x1p54, 0x1p25)), x);
    auto parts = split_normal(b, scaled);
    const auto offset = b.select(tiny, constant(b, -54, -25), b.constant(0.0));
    parts.exponent = b.add(parts.exponent, offset);
    return parts;
}

/// k ln 2 + log(1 + f) + correction by s = f/(2 + f), log(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 +
/// R(s^2)).
template <Backend B>
typename B::Real logarithm_sum(B& b, const Binade<B>& x, const typename B::Real* correction = nullptr) {
    const auto f = x.fraction;
    const auto s = b.div(f, b.add(f, b.constant(2.0)));
    const auto z = b.mul(s, s);
    const auto rest = b.mul(z, polynomial(b, z, coefficients::logarithm_f64, coefficients::logarithm_f32));
    const auto half = b.mul(b.constant(0.5), b.mul(f, f));
    // The high part of ln 2 has so many trailing zeros that its product with k is exact.
    auto low = b.mul(x.exponent, constant(b, 0x1.a39ef35793c76p-33, 0x1.7f7d1cp-20));
    if (correction) low = b.add(low, *correction);
    const auto u = b.fma(s, b.add(half, rest), low);
    return b.fma(x.exponent, constant(b, 0x1.62e42fee00000p-1, 0x1.62e400p-1), b.sub(f, b.sub(half, u)));
}

/// Puts in what a logarithm is at 0, below 0, at infinity and at NaN.
template <Backend B>
typename B::Real logarithm_edges(B& b, typename B::Real x, typename B::Real value) {
    const auto zero = b.constant(0.0);
    const auto edge =
        b.select(b.eq(x, zero), b.neg(infinity(b)), b.select(b.lt(x, zero), not_a_number(b), x));
    return b.select(b.mask_and(b.gt(x, zero), b.lt(x, infinity(b))), value, edge);
}

/// log of a positive normal number, without a check.
template <Backend B>
typename B::Real log_normal(B& b, typename B::Real x) {
    return logarithm_sum(b, split_normal(b, x));
}

/// log of a positive number as the sum of two, to about 2^-65 of itself (2^-35 in single precision): the
/// quotient s, its square and the first term 2/3 s^3 are carried in two numbers, the rest in one.
template <Backend B>
Pair<B> logarithm_pair(B& b, typename B::Real x) {
    const auto [k, f] = split(b, x);
    const auto two = b.constant(2.0);
    const auto denominator = b.add(f, two);
    const auto lost = b.sub(f, b.sub(denominator, two));
    const auto s = b.div(f, denominator);
    const auto s_low = b.div(b.fma(b.neg(s), lost, b.fma(b.neg(s), denominator, f)), denominator);
    const auto z = b.mul(s, s);
    const auto z_low = b.fma(b.add(s, s), s_low, b.fma(s, s, b.neg(z)));
    const auto tail =
        b.mul(z, polynomial(b, z, coefficients::logarithm_tail_f64, coefficients::logarithm_tail_f32));
    const auto third = constant(b, 0x1.5555555555555p-1, 0x1.555556p-1);  // 2/3 and what it lacks
    const auto third_low = constant(b, 0x1.5555555555555p-55, -0x1.555556p-26);
    const auto r = fast_two_sum(b, third, tail);
    const auto r_low = b.add(r.low, third_low);
    // c = s z (r + r_low), small against 2 s.
    const auto zr = b.mul(z, r.high);
    const auto zr_low = b.fma(z, r_low, b.fma(z_low, r.high, b.fma(z, r.high, b.neg(zr))));
    const auto c = b.mul(s, zr);
    const auto c_low = b.fma(s, zr_low, b.fma(s_low, zr, b.fma(s, zr, b.neg(c))));
    const auto sum = fast_two_sum(b, b.add(s, s), c);
    const auto sum_low = b.add(sum.low, b.fma(two, s_low, c_low));
    const auto whole = fast_two_sum(b, b.mul(k, constant(b, 0x1.62e42fefa3800p-1, 0x1.62e400p-1)), sum.high);
    const auto low = b.fma(k, constant(b, 0x1.ef35793c76730p-45, 0x1.7f7d1cp-20), sum_low);
    return fast_two_sum(b, whole.high, b.add(whole.low, low));
}

/// Whether y is an odd or any integer; infinities count as even integers.
template <Backend B>
struct Parity {
    typename B::Mask integer, odd;
};

template <Backend B>
Parity<B> parity(B& b, typename B::Real y) {
    const auto half = b.mul(b.constant(0.5), y);
    const auto integer = b.eq(floor(b, y), y);
    return {integer, b.mask_and(integer, b.ne(floor(b, half), half))};
}

}  // namespace detail

/// Natural logarithm, within 1 ulp: NaN below zero, minus infinity at zeros.
template <Backend B>
typename B::Real log(B& b, typename B::Real x) {
    return detail::logarithm_edges(b, x, detail::logarithm_sum(b, detail::split(b, x)));
}

/// log(1 + x), within 1.5 ulp: log of the rounded u = 1 + x, corrected by what the rounding lost over u.
template <Backend B>
typename B::Real log1p(B& b, typename B::Real x) {
    const auto one = b.constant(1.0);
    const auto [u, lost] = detail::two_sum(b, one, x);
    const auto correction = b.div(lost, u);
    const auto value = detail::logarithm_sum(b, detail::split_normal(b, u), &correction);
    return b.select(b.eq(x, b.constant(0.0)), x, detail::logarithm_edges(b, u, value));
}

/// Logarithm to base 10, within 1 ulp; exact at powers of ten.
template <Backend B>
typename B::Real log10(B& b, typename B::Real x) {
    const auto pair = detail::logarithm_pair(b, x);
    const auto scale = detail::constant(b, 0x1.bcb7b1526e50ep-2, 0x1.bcb7b2p-2);
    const auto scale_low = detail::constant(b, 0x1.95355baaafad3p-57, -0x1.5b235ep-27);
    const auto high = b.mul(pair.high, scale);
    const auto low =
        b.fma(pair.low, scale, b.fma(pair.high, scale_low, b.fma(pair.high, scale, b.neg(high))));
    return detail::logarithm_edges(b, x, b.add(high, low));
}

/// x^y by e^(y log|x|) with the logarithm in two numbers, within 1.5 ulp; edges as IEEE 754's pow.
template <Backend B>
typename B::Real pow(B& b, typename B::Real x, typename B::Real y) {
    const auto zero = b.constant(0.0), one = b.constant(1.0), infinity = detail::infinity(b);
    const auto size = b.abs(x);
    const auto pair = detail::logarithm_pair(b, size);
    const auto high = b.mul(y, pair.high);
    const auto bounded = b.lt(b.abs(high), detail::constant(b, 800.0, 110.0));
    const auto exact_low = b.fma(y, pair.low, b.fma(y, pair.high, b.neg(high)));
    const auto low = b.select(bounded, exact_low, zero);
    const auto e = detail::split_scale(b, detail::reduce(b, detail::bounded(b, high), &low));
    auto value = b.mul(e.first, e.power);
    // |x| = 0 and infinity: 0, 1 or infinity by the sign of y.
    const auto at_zero = b.eq(size, zero), at_infinity = b.eq(size, infinity);
    const auto vanishes =
        b.mask_or(b.mask_and(at_zero, b.gt(y, zero)), b.mask_and(at_infinity, b.lt(y, zero)));
    value = b.select(b.mask_or(at_zero, at_infinity), b.select(vanishes, zero, infinity), value);
    const auto endless = b.eq(b.abs(y), infinity);
    value = b.select(b.mask_and(endless, b.eq(size, one)), one, value);
    // Negative x: the sign by the parity of y; no real power where y is not an integer.
    const auto kind = detail::parity(b, y);
    const auto signed_value = b.select(kind.odd, detail::with_sign(b, value, x), value);
    const auto unreal = b.mask_and(b.mask_and(b.lt(x, zero), b.mask_not(kind.integer)), b.lt(size, infinity));
    value = b.select(unreal, detail::not_a_number(b), signed_value);
    // NaN, unless x = 1 or y = 0.
    value = b.select(b.mask_or(b.ne(x, x), b.ne(y, y)), b.add(x, y), value);
    return b.select(b.mask_or(b.eq(x, one), b.eq(y, zero)), one, value);
}

}  // namespace neurodyn::math
