// SPDX-License-Identifier: BSD-3-Clause
// Counter-based random numbers by rounds of the Advanced Encryption Standard, which machines have
// instructions for: ARS4x32.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror & D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC11 (2011), doi:10.1145/2063384.2063405. The rounds are those of FIPS 197 (2001), with keys that a Weyl
// sequence gives.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#if defined(__AES__)
#include <immintrin.h>
#endif

namespace neurodyn::math {

/// The fewest rounds that pass all tests of BigCrush (Salmon et al., table 2).
inline constexpr int ars_rounds = 5;

namespace detail {

constexpr std::uint32_t twice(std::uint32_t a) { return (a << 1 ^ ((a & 0x80) != 0 ? 0x1b : 0)) & 0xff; }

/// What the byte of the first row adds to its column.
constexpr std::uint32_t mixed(std::uint32_t s) { return twice(s) | s << 8 | s << 16 | (twice(s) ^ s) << 24; }

/// The standard's table: inverses in the field of 256 elements, of which 3 is a generator, through an affine
/// map.
inline constexpr std::array<std::uint8_t, 256> substitution = [] {
    std::array<std::uint32_t, 255> power{};
    std::array<std::uint32_t, 256> logarithm{};
    std::uint32_t x = 1;
    for (std::uint32_t k = 0; k < 255; ++k) {
        power[k] = x;
        logarithm[x] = k;
        x ^= twice(x);
    }
    std::array<std::uint8_t, 256> result{};
    for (std::uint32_t a = 0; a < 256; ++a) {
        const auto inverse = static_cast<std::uint8_t>(a == 0 ? 0 : power[(255 - logarithm[a]) % 255]);
        std::uint8_t s = 0x63;
        for (int shift = 0; shift < 5; ++shift) s ^= std::rotl(inverse, shift);
        result[a] = s;
    }
    return result;
}();

}  // namespace detail

/// What tells ARS how to make a round: on any machine.
struct PortableAes {
    using Block = std::array<std::uint32_t, 4>;

    [[gnu::always_inline]] static Block make(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                                             std::uint32_t d) {
        return {a, b, c, d};
    }
    /// More in the first word.
    [[gnu::always_inline]] static Block advance(const Block& a, std::uint32_t count) {
        return {a[0] + count, a[1], a[2], a[3]};
    }
    [[gnu::always_inline]] static Block exclusive_or(const Block& a, const Block& b) {
        return {a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]};
    }
    [[gnu::always_inline]] static Block add_halves(const Block& a, const Block& b) {
        const auto add = [&](int i) {
            return (a[i] | std::uint64_t{a[i + 1]} << 32) + (b[i] | std::uint64_t{b[i + 1]} << 32);
        };
        const std::uint64_t low = add(0), high = add(2);
        return {static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
                static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32)};
    }
    template <bool last>
    [[gnu::always_inline]] static Block round(const Block& a, const Block& key) {
        Block out{};
        for (int column = 0; column < 4; ++column)
            for (int row = 0; row < 4; ++row) {
                const std::uint32_t s = detail::substitution[a[(column + row) % 4] >> 8 * row & 0xff];
                out[column] ^= last ? s << 8 * row : std::rotl(detail::mixed(s), 8 * row);
            }
        return exclusive_or(out, key);
    }
    [[gnu::always_inline]] static void store(std::uint32_t* to, const Block& a) {
        for (int w = 0; w < 4; ++w) to[w] = a[w];
    }
};

#if defined(__AES__)
struct MachineAes {
    using Block = __m128i;

    [[gnu::always_inline]] static Block make(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                                             std::uint32_t d) {
        return _mm_set_epi32(static_cast<int>(d), static_cast<int>(c), static_cast<int>(b),
                             static_cast<int>(a));
    }
    [[gnu::always_inline]] static Block advance(Block a, std::uint32_t count) {
        return _mm_add_epi32(a, _mm_cvtsi32_si128(static_cast<int>(count)));
    }
    [[gnu::always_inline]] static Block exclusive_or(Block a, Block b) { return _mm_xor_si128(a, b); }
    [[gnu::always_inline]] static Block add_halves(Block a, Block b) { return _mm_add_epi64(a, b); }
    template <bool last>
    [[gnu::always_inline]] static Block round(Block a, Block key) {
        return last ? _mm_aesenclast_si128(a, key) : _mm_aesenc_si128(a, key);
    }
    [[gnu::always_inline]] static void store(std::uint32_t* to, Block a) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), a);
    }
};
using Aes = MachineAes;
#else
using Aes = PortableAes;
#endif

/// ARS4x32 with one key.
template <class A, int rounds = ars_rounds>
class Ars {
  public:
    using Block = typename A::Block;

    explicit Ars(Block key) {
        const Block weyl = A::make(0x7F4A7C15u, 0x9E3779B9u, 0x84CAA73Bu, 0xBB67AE85u);
        for (Block& k : keys_) {
            k = key;
            key = A::add_halves(key, weyl);
        }
    }
    /// So many blocks of words from as many counters, side by side.
    template <std::size_t n>
    void draw(Block (&blocks)[n]) const {
        for (Block& b : blocks) b = A::exclusive_or(b, keys_[0]);
        for (int r = 1; r < rounds; ++r)
            for (Block& b : blocks) b = A::template round<false>(b, keys_[r]);
        for (Block& b : blocks) b = A::template round<true>(b, keys_[rounds]);
    }

  private:
    Block keys_[rounds + 1];
};

}  // namespace neurodyn::math
