// SPDX-License-Identifier: BSD-3-Clause
// sin, cos, tan and their inverses.
#pragma once

#include "base/math/coefficients.hpp"
#include "base/math/elementary.hpp"

namespace neurodyn::math {

namespace detail {

/// An angle as quadrant pi/2 + (high + low), |high| <= pi/4; the quadrant is in the low bits.
template <Backend B>
struct ReducedAngle {
    typename B::Bits quadrant;
    typename B::Real high, low;
};

/// Cody & Waite's reduction with pi/2 in three numbers: the first fused step is exact, and what the
/// second loses is kept, since x may lie as near to a multiple of pi/2 as 2^-60. Good for |x| < 2^45, or
/// 2^21 in single precision.
template <Backend B>
ReducedAngle<B> reduce_angle(B& b, typename B::Real x) {
    const auto magic = rounder(b);
    const auto shifted = b.fma(x, constant(b, 0x1.45f306dc9c883p-1, 0x1.45f306p-1), magic);
    const auto n = b.sub(shifted, magic);
    const auto coarse = b.fma(n, constant(b, -0x1.921fb54442d18p+0, -0x1.921fb6p+0), x);
    const auto second = constant(b, -0x1.1a62633145c07p-54, 0x1.777a5cp-25);
    const auto third = constant(b, 0x1.f1976b7ed8fbcp-110, 0x1.ee59dap-50);
    const auto product = b.mul(n, second);
    const auto product_low = b.fma(n, third, b.fma(n, second, b.neg(product)));
    const auto sum = two_sum(b, coarse, product);
    const auto low = b.add(sum.low, product_low);
    return {b.to_bits(shifted), sum.high, low};
}

template <Backend B>
struct SineCosine {
    typename B::Real sine, cosine;
};

/// Sine and cosine of high + low, |high| <= pi/4; within 0.8 ulp.
template <Backend B>
SineCosine<B> near_sine_cosine(B& b, const ReducedAngle<B>& angle) {
    const auto r = angle.high;
    const auto z = b.mul(r, r);
    const auto one = b.constant(1.0);
    const auto s = polynomial(b, z, coefficients::sine_f64, coefficients::sine_f32);
    const auto half = b.mul(b.constant(0.5), z);
    // low cos(r), with cos(r) = 1 - z/2 to the digits that count.
    const auto low_sine = b.fma(b.neg(half), angle.low, angle.low);
    const auto sine = b.add(r, b.fma(b.mul(z, r), s, low_sine));
    const auto c = polynomial(b, z, coefficients::cosine_f64, coefficients::cosine_f32);
    const auto whole = b.sub(one, half);
    const auto lost = b.sub(b.sub(one, whole), half);
    const auto small = b.fma(b.mul(z, z), c, b.fma(b.neg(r), angle.low, lost));
    return {sine, b.add(whole, small)};
}

/// The bit of `value` numbered `bit`, moved to the sign bit, all others zero.
template <Backend B>
typename B::Bits bit_to_sign(B& b, typename B::Bits value, int bit) {
    const int top = b.is_double() ? 63 : 31;
    return b.shift_left(b.bits_and(value, b.bits_constant(std::uint64_t{1} << bit)), top - bit);
}

/// Turns sine and cosine of an angle by `quadrant` quarter turns.
template <Backend B>
SineCosine<B> turn(B& b, const SineCosine<B>& near, typename B::Bits quadrant) {
    const auto one = b.bits_constant(1);
    const auto even = b.bits_equal(b.bits_and(quadrant, one), b.bits_constant(0));
    const auto sine = b.select(even, near.sine, near.cosine);
    const auto cosine = b.select(even, near.cosine, near.sine);
    return {flip(b, sine, bit_to_sign(b, quadrant, 1)),
            flip(b, cosine, bit_to_sign(b, b.bits_add(quadrant, one), 1))};
}

template <Backend B>
typename B::Real limit_angle(B& b, typename B::Real x, typename B::Real value) {
    return b.select(b.le(b.abs(x), constant(b, 0x1p45, 0x1p21)), value, not_a_number(b));
}

/// The angle, 0 to pi/2, whose tangent is y/x, for y, x >= 0 and not both 0, as a sum. With t = y/x, one
/// of t, (t - 1)/(t + 1) + pi/4, -1/t + pi/2 has |t| <= tan(pi/8): one division serves all three.
template <Backend B>
Pair<B> quotient_angle(B& b, typename B::Real y, typename B::Real x) {
    const auto beyond_first = b.gt(y, b.mul(x, b.constant(0x1.a827999fcef32p-2)));
    const auto beyond_third = b.gt(y, b.mul(x, b.constant(0x1.3504f333f9de6p+1)));
    const auto zero = b.constant(0.0);
    const auto numerator = b.select(beyond_third, b.neg(x), b.select(beyond_first, b.sub(y, x), y));
    const auto denominator = b.select(beyond_third, y, b.select(beyond_first, b.add(y, x), x));
    const auto t = b.div(numerator, denominator);
    const auto z = b.mul(t, t);
    const auto p = polynomial(b, z, coefficients::arctangent_f64, coefficients::arctangent_f32);
    const auto base =
        b.select(beyond_third, constant(b, 0x1.921fb54442d18p+0, 0x1.921fb6p+0),
                 b.select(beyond_first, constant(b, 0x1.921fb54442d18p-1, 0x1.921fb6p-1), zero));
    const auto lost =
        b.select(beyond_third, constant(b, 0x1.1a62633145c07p-54, -0x1.777a5cp-25),
                 b.select(beyond_first, constant(b, 0x1.1a62633145c07p-55, -0x1.777a5cp-26), zero));
    const auto sum = fast_two_sum(b, base, t);
    return {sum.high, b.add(sum.low, b.fma(b.mul(z, t), p, lost))};
}

/// For |x| <= 1: with s = |x| up to 1/2, else sqrt((1 - |x|)/2): s and asin(s) - s, and which it was.
template <Backend B>
struct ArcParts {
    typename B::Real root, rest;
    typename B::Mask far;
};

template <Backend B>
ArcParts<B> arc_parts(B& b, typename B::Real x) {
    const auto size = b.abs(x), half = b.constant(0.5);
    const auto far = b.gt(size, half);
    const auto z = b.select(far, b.fma(b.neg(half), size, half), b.mul(size, size));
    const auto root = b.select(far, b.sqrt(z), size);
    // What the square root lost: (z - root^2)/(2 root).
    const auto square = b.fma(b.neg(root), root, z);
    const auto lost = b.div(b.mul(half, square), b.max(root, constant(b, 0x1p-1000, 0x1p-120)));
    const auto p = polynomial(b, z, coefficients::arcsine_f64, coefficients::arcsine_f32);
    return {root, b.fma(b.mul(z, root), p, b.select(far, lost, b.constant(0.0))), far};
}

}  // namespace detail

/// Sine, within 0.9 ulp for |x| <= 2^45 (2^21 in single precision); NaN beyond, rather than digits of
/// nothing.
template <Backend B>
typename B::Real sin(B& b, typename B::Real x) {
    const auto angle = detail::reduce_angle(b, x);
    const auto value = detail::turn(b, detail::near_sine_cosine(b, angle), angle.quadrant).sine;
    return b.select(b.eq(x, b.constant(0.0)), x, detail::limit_angle(b, x, value));
}

/// Cosine; range and error as sin.
template <Backend B>
typename B::Real cos(B& b, typename B::Real x) {
    const auto angle = detail::reduce_angle(b, x);
    return detail::limit_angle(b, x,
                               detail::turn(b, detail::near_sine_cosine(b, angle), angle.quadrant).cosine);
}

/// Tangent as the quotient of sine and cosine, within 2.5 ulp; range as sin.
template <Backend B>
typename B::Real tan(B& b, typename B::Real x) {
    const auto angle = detail::reduce_angle(b, x);
    const auto value = detail::turn(b, detail::near_sine_cosine(b, angle), angle.quadrant);
    const auto quotient = detail::limit_angle(b, x, b.div(value.sine, value.cosine));
    return b.select(b.eq(x, b.constant(0.0)), x, quotient);
}

/// Arc tangent, -pi/2 to pi/2.
template <Backend B>
typename B::Real arctan(B& b, typename B::Real x) {
    const auto size = b.min(detail::constant(b, 0x1p70, 0x1p40), b.abs(x));
    const auto angle = detail::quotient_angle(b, size, b.constant(1.0));
    return detail::with_sign(b, b.add(angle.high, angle.low), x);
}

/// The angle of the point (x, y), -pi to pi, zeros and infinities as IEEE 754's atan2.
template <Backend B>
typename B::Real arctan2(B& b, typename B::Real y, typename B::Real x) {
    const auto zero = b.constant(0.0), one = b.constant(1.0), infinity = detail::infinity(b);
    auto height = b.abs(y), width = b.abs(x);
    const auto both_endless = b.mask_and(b.eq(height, infinity), b.eq(width, infinity));
    height = b.select(both_endless, one, height);
    width = b.select(both_endless, one, width);
    // Their sum must not overflow; both zero is the direction of the axis.
    const auto large = b.gt(b.max(height, width), detail::constant(b, 0x1p1000, 0x1p120));
    const auto scale = b.select(large, b.constant(0.25), one);
    const auto origin = b.mask_and(b.eq(height, zero), b.eq(width, zero));
    width = b.select(origin, one, b.mul(width, scale));
    const auto angle = detail::quotient_angle(b, b.mul(height, scale), width);
    const auto right = b.add(angle.high, angle.low);
    const auto pi =
        detail::fast_two_sum(b, detail::constant(b, 0x1.921fb54442d18p+1, 0x1.921fb6p+1), b.neg(angle.high));
    const auto pi_low = detail::constant(b, 0x1.1a62633145c07p-53, -0x1.777a5cp-24);
    const auto left = b.add(pi.high, b.add(pi.low, b.sub(pi_low, angle.low)));
    const auto is_left = b.lt(detail::with_sign(b, one, x), zero);
    const auto value = detail::with_sign(b, b.select(is_left, left, right), y);
    return b.select(b.mask_or(b.ne(x, x), b.ne(y, y)), b.add(x, y), value);
}

/// Arc sine, -pi/2 to pi/2; NaN beyond |x| = 1.
template <Backend B>
typename B::Real arcsin(B& b, typename B::Real x) {
    const auto arc = detail::arc_parts(b, x);
    const auto half_pi = detail::constant(b, 0x1.921fb54442d18p+0, 0x1.921fb6p+0);
    const auto half_pi_low = detail::constant(b, 0x1.1a62633145c07p-54, -0x1.777a5cp-25);
    const auto minus_two = b.constant(-2.0);
    const auto top = detail::fast_two_sum(b, half_pi, b.mul(minus_two, arc.root));
    const auto far = b.add(top.high, b.add(top.low, b.fma(minus_two, arc.rest, half_pi_low)));
    return detail::with_sign(b, b.select(arc.far, far, b.add(arc.root, arc.rest)), x);
}

/// Arc cosine, 0 to pi; NaN beyond |x| = 1.
template <Backend B>
typename B::Real arccos(B& b, typename B::Real x) {
    const auto arc = detail::arc_parts(b, x);
    const auto negative = b.lt(x, b.constant(0.0));
    const auto half_pi = detail::constant(b, 0x1.921fb54442d18p+0, 0x1.921fb6p+0);
    const auto half_pi_low = detail::constant(b, 0x1.1a62633145c07p-54, -0x1.777a5cp-25);
    // Near: pi/2 - asin(x). Far: 2 asin(s) on the right, pi - 2 asin(s) on the left.
    const auto flip_sign = detail::sign_bits(b, x);
    const auto root = detail::flip(b, arc.root, flip_sign), rest = detail::flip(b, arc.rest, flip_sign);
    const auto middle = detail::fast_two_sum(b, half_pi, b.neg(root));
    const auto near = b.add(middle.high, b.add(middle.low, b.sub(half_pi_low, rest)));
    const auto two = b.constant(2.0);
    const auto right = b.mul(two, b.add(arc.root, arc.rest));
    const auto edge = detail::fast_two_sum(b, half_pi, b.neg(arc.root));
    const auto left = b.mul(two, b.add(edge.high, b.add(edge.low, b.sub(half_pi_low, arc.rest))));
    return b.select(arc.far, b.select(negative, left, right), near);
}

}  // namespace neurodyn::math
