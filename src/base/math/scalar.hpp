// SPDX-License-Identifier: BSD-3-Clause
// The backend of one lane: the reference that every other backend equals to the bit.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "base/math/backend.hpp"

namespace neurodyn::math {

template <std::floating_point T>
struct Scalar {
    using Real = T;
    using Mask = bool;
    using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

    static constexpr bool is_double() { return sizeof(T) == 8; }
    static constexpr Real constant(double value) { return static_cast<T>(value); }
    static constexpr Bits bits_constant(std::uint64_t value) { return static_cast<Bits>(value); }

    static Real add(Real a, Real b) { return a + b; }
    static Real sub(Real a, Real b) { return a - b; }
    static Real mul(Real a, Real b) { return a * b; }
    static Real div(Real a, Real b) { return a / b; }
    static Real sqrt(Real a) { return std::sqrt(a); }
    static Real fma(Real a, Real b, Real c) { return std::fma(a, b, c); }
    static Real neg(Real a) { return -a; }
    static Real abs(Real a) { return std::fabs(a); }
    static Real min(Real a, Real b) { return a < b ? a : b; }
    static Real max(Real a, Real b) { return a > b ? a : b; }

    static Mask lt(Real a, Real b) { return a < b; }
    static Mask le(Real a, Real b) { return a <= b; }
    static Mask gt(Real a, Real b) { return a > b; }
    static Mask ge(Real a, Real b) { return a >= b; }
    static Mask eq(Real a, Real b) { return a == b; }
    static Mask ne(Real a, Real b) { return a != b; }
    static Mask mask_and(Mask a, Mask b) { return a && b; }
    static Mask mask_or(Mask a, Mask b) { return a || b; }
    static Mask mask_not(Mask a) { return !a; }
    static Real select(Mask m, Real a, Real b) { return m ? a : b; }

    static Bits to_bits(Real a) { return std::bit_cast<Bits>(a); }
    static Real from_bits(Bits a) { return std::bit_cast<Real>(a); }
    static Bits bits_add(Bits a, Bits b) { return a + b; }
    static Bits bits_sub(Bits a, Bits b) { return a - b; }
    static Bits bits_and(Bits a, Bits b) { return a & b; }
    static Bits bits_or(Bits a, Bits b) { return a | b; }
    static Bits bits_xor(Bits a, Bits b) { return a ^ b; }
    static Bits shift_left(Bits a, int count) { return a << count; }
    static Bits shift_right(Bits a, int count) { return a >> count; }
    static Mask bits_equal(Bits a, Bits b) { return a == b; }
    static Bits select_bits(Mask m, Bits a, Bits b) { return m ? a : b; }

    static void multiply_words(Bits a, std::uint32_t factor, Bits& high, Bits& low) {
        const std::uint64_t product = std::uint64_t{static_cast<std::uint32_t>(a)} * factor;
        high = static_cast<Bits>(product >> 32);
        low = static_cast<Bits>(static_cast<std::uint32_t>(product));
    }
};

static_assert(Backend<Scalar<double>> && Backend<Scalar<float>>);

}  // namespace neurodyn::math
