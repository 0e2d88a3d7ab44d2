// SPDX-License-Identifier: BSD-3-Clause
// What a math function may use: the operations of a backend, on which every function is written once.
//
// A backend is a class with lanes of one real type (double or float). The same templates then give the
// scalar functions, the vector loops of the host and the instructions of a compiled kernel, with the
// same bits everywhere: each operation below is either exact, or rounded once to nearest-even as IEEE
// 754 says, and nothing else is used. A template must not branch on data: it computes all cases and
// selects. It may branch on is_double(), which is fixed for a backend.
#pragma once

#include <concepts>
#include <cstdint>

namespace neurodyn::math {

/// Real: lanes of double or float. Mask: one truth value per lane. Bits: lanes of unsigned integers as
/// wide as Real (64 or 32 bits), whose arithmetic wraps.
template <class B>
concept Backend = requires(B& b, typename B::Real x, typename B::Mask m, typename B::Bits i) {
    { b.is_double() } -> std::convertible_to<bool>;
    /// The same value in each lane, rounded once to the real type.
    { b.constant(1.0) } -> std::same_as<typename B::Real>;
    /// The low bits of the value in each lane.
    { b.bits_constant(std::uint64_t{1}) } -> std::same_as<typename B::Bits>;

    { b.add(x, x) } -> std::same_as<typename B::Real>;
    { b.sub(x, x) } -> std::same_as<typename B::Real>;
    { b.mul(x, x) } -> std::same_as<typename B::Real>;
    { b.div(x, x) } -> std::same_as<typename B::Real>;
    { b.sqrt(x) } -> std::same_as<typename B::Real>;
    /// x y + z, rounded once, also where the machine has no such instruction.
    { b.fma(x, x, x) } -> std::same_as<typename B::Real>;
    /// The sign bit flipped or cleared, also of zeros and NaN.
    { b.neg(x) } -> std::same_as<typename B::Real>;
    { b.abs(x) } -> std::same_as<typename B::Real>;
    /// min(a, b) is a < b ? a : b and max(a, b) is a > b ? a : b: the second where either is NaN.
    { b.min(x, x) } -> std::same_as<typename B::Real>;
    { b.max(x, x) } -> std::same_as<typename B::Real>;

    /// Ordered comparisons: false where either is NaN. ne is the negation of eq: true for NaN.
    { b.lt(x, x) } -> std::same_as<typename B::Mask>;
    { b.le(x, x) } -> std::same_as<typename B::Mask>;
    { b.gt(x, x) } -> std::same_as<typename B::Mask>;
    { b.ge(x, x) } -> std::same_as<typename B::Mask>;
    { b.eq(x, x) } -> std::same_as<typename B::Mask>;
    { b.ne(x, x) } -> std::same_as<typename B::Mask>;
    { b.mask_and(m, m) } -> std::same_as<typename B::Mask>;
    { b.mask_or(m, m) } -> std::same_as<typename B::Mask>;
    { b.mask_not(m) } -> std::same_as<typename B::Mask>;
    { b.select(m, x, x) } -> std::same_as<typename B::Real>;

    { b.to_bits(x) } -> std::same_as<typename B::Bits>;
    { b.from_bits(i) } -> std::same_as<typename B::Real>;
    { b.bits_add(i, i) } -> std::same_as<typename B::Bits>;
    { b.bits_sub(i, i) } -> std::same_as<typename B::Bits>;
    { b.bits_and(i, i) } -> std::same_as<typename B::Bits>;
    { b.bits_or(i, i) } -> std::same_as<typename B::Bits>;
    { b.bits_xor(i, i) } -> std::same_as<typename B::Bits>;
    { b.shift_left(i, 1) } -> std::same_as<typename B::Bits>;
    { b.shift_right(i, 1) } -> std::same_as<typename B::Bits>;
    { b.bits_equal(i, i) } -> std::same_as<typename B::Mask>;
    { b.select_bits(m, i, i) } -> std::same_as<typename B::Bits>;

    /// The high and the low half of the 64-bit product of a lane's low 32 bits and a number. Only the
    /// low 32 bits of each lane of the two results have a meaning.
    { b.multiply_words(i, std::uint32_t{1}, i, i) } -> std::same_as<void>;
};

}  // namespace neurodyn::math
