// SPDX-License-Identifier: BSD-3-Clause
// Counter-based random numbers over a backend: Philox4x32 and the draws made from its words.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror & D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC11 (2011), doi:10.1145/2063384.2063405. A draw is a pure function of where it is: nothing is kept.
//
// Place of a draw. Nodes come in tiles of 64: node = 64 t + 16 w + l with w < 4 and l < 16. One block of
// four words serves the four nodes of one (t, l), word w the node of that w; so any number of lanes that
// divides 16 reads and writes whole vectors, and the draw does not depend on it.
//   counter 0: 16 t + l                       counter 1: step, bits 0-31
//   counter 2: member                         counter 3: stream (bits 0-15), step, bits 32-47 (16-31)
//   key 0: seed, bits 0-31                    key 1: seed, bits 32-63
// That makes room for 2^34 nodes, 2^48 steps, 2^16 streams and 2^32 members.
#pragma once

#include <array>
#include <cstdint>

#include "base/math/logarithm.hpp"
#include "base/math/trigonometry.hpp"

namespace neurodyn::math {

inline constexpr std::uint64_t tile_nodes = 64;
inline constexpr std::uint64_t tile_lanes = 16;

/// The four words of a block; only the low 32 bits of each lane have a meaning.
template <Backend B>
using Words = std::array<typename B::Bits, 4>;

/// Rounds of Philox4x32, ten unless said: seven are the fewest that pass all tests of BigCrush (Salmon et
/// al., table 2). Only the low 32 bits of each lane of the counter and key are read.
template <Backend B, std::uint32_t rounds = 10>
Words<B> philox(B& b, Words<B> counter, typename B::Bits key0, typename B::Bits key1) {
    const auto round = [&](std::uint32_t number) {
        const auto k0 = b.bits_add(key0, b.bits_constant(std::uint32_t{0x9E3779B9u * number}));
        const auto k1 = b.bits_add(key1, b.bits_constant(std::uint32_t{0xBB67AE85u * number}));
        typename B::Bits high0{}, low0{}, high2{}, low2{};
        b.multiply_words(counter[0], 0xD2511F53u, high0, low0);
        b.multiply_words(counter[2], 0xCD9E8D57u, high2, low2);
        counter = {b.bits_xor(b.bits_xor(high2, counter[1]), k0), low2,
                   b.bits_xor(b.bits_xor(high0, counter[3]), k1), low0};
    };
    [&]<std::uint32_t... Number>(std::integer_sequence<std::uint32_t, Number...>) {
        (round(Number), ...);
    }(std::make_integer_sequence<std::uint32_t, rounds>{});
    return counter;
}

namespace detail {

/// The low 32 bits of each lane as a number: exact in double precision, rounded once in single.
template <Backend B>
typename B::Real word_value(B& b, typename B::Bits word) {
    if (b.is_double()) {
        const auto low = b.bits_and(word, b.bits_constant(0xffffffffu));
        return b.sub(b.from_bits(b.bits_or(low, b.bits_constant(0x4330000000000000u))), b.constant(0x1p52));
    }
    const auto exponent = b.bits_constant(0x4b000000u);
    const auto high = b.from_bits(b.bits_or(b.shift_right(word, 16), exponent));
    const auto low = b.from_bits(b.bits_or(b.bits_and(word, b.bits_constant(0xffffu)), exponent));
    const auto magic = b.constant(0x1p23);
    return b.fma(b.sub(high, magic), b.constant(0x1p16), b.sub(low, magic));
}

}  // namespace detail

/// Uniform in (0, 1), never 0 nor 1: (word + 1/2)/2^32, in single precision from the top 23 bits.
template <Backend B>
typename B::Real uniform(B& b, typename B::Bits word) {
    if (b.is_double()) return b.fma(detail::word_value(b, word), b.constant(0x1p-32), b.constant(0x1p-33));
    const auto bits = b.bits_or(b.shift_right(word, 9), b.bits_constant(0x3f800000u));
    return b.sub(b.from_bits(bits), b.constant(1.0 - 0x1p-24));
}

template <Backend B>
struct NormalPair {
    typename B::Real first, second;
};

/// Two independent standard normals from two words (Box & Muller 1958, doi:10.1214/aoms/1177706645):
/// radius sqrt(-2 log u), u = (word + 1/2)/2^32, so that none exceeds 6.77; the angle is the second word's
/// top two bits as the quadrant and the rest as a fraction of it.
template <Backend B>
NormalPair<B> normal_pair(B& b, typename B::Bits word0, typename B::Bits word1) {
    const auto u = b.fma(detail::word_value(b, word0), b.constant(0x1p-32), b.constant(0x1p-33));
    const auto radius = b.sqrt(b.mul(b.constant(-2.0), detail::log_normal(b, u)));
    const bool f64 = b.is_double();
    const int spare = f64 ? 32 : 0;  // bits of a lane above the word
    const auto word = b.shift_left(word1, spare);
    const auto quadrant = b.shift_right(word, 30 + spare);
    const auto fraction = b.bits_or(b.shift_right(b.shift_left(word, 2), f64 ? 12 : 9),
                                    b.bits_constant(f64 ? 0x3ff0000000000000u : 0x3f800000u));
    const auto r = b.sub(b.from_bits(fraction), b.constant(f64 ? 1.5 - 0x1p-31 : 1.5));
    const auto z = b.mul(r, r);
    const auto s = detail::polynomial(b, z, coefficients::sine_turn_f64, coefficients::sine_turn_f32);
    const auto c = detail::polynomial(b, z, coefficients::cosine_turn_f64, coefficients::cosine_turn_f32);
    const auto turned = detail::turn(b, detail::SineCosine<B>{b.mul(r, s), c}, quadrant);
    return {b.mul(radius, turned.cosine), b.mul(radius, turned.sine)};
}

/// The standard normals of the four nodes of a block.
template <Backend B>
std::array<typename B::Real, 4> normals(B& b, const Words<B>& words) {
    const auto front = normal_pair(b, words[0], words[1]);
    const auto back = normal_pair(b, words[2], words[3]);
    return {front.first, front.second, back.first, back.second};
}

}  // namespace neurodyn::math
