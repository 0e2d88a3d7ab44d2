// SPDX-License-Identifier: BSD-3-Clause
// The backend of N lanes in one machine register, on the vector extensions of GCC and Clang.
//
// Include it only from host_*.cpp: what it means depends on the instruction set of the including file.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/math/backend.hpp"

namespace neurodyn::math {

template <class T, int N>
struct Lanes {
    using Word = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    using Signed = std::make_signed_t<Word>;
    typedef T Real __attribute__((vector_size(N * sizeof(T))));
    typedef Word Bits __attribute__((vector_size(N * sizeof(T))));
    typedef Signed Mask __attribute__((vector_size(N * sizeof(T))));
    using Element = T;
    static constexpr int lanes = N;
    static constexpr int bytes = N * sizeof(T);
    static constexpr bool f64 = sizeof(T) == 8;

    static constexpr bool is_double() { return f64; }
    static Real constant(double value) { return Real{} + static_cast<T>(value); }
    static Bits bits_constant(std::uint64_t value) { return Bits{} + static_cast<Word>(value); }

    static Real load(const T* from) {
        Real value;
        std::memcpy(&value, from, sizeof value);
        return value;
    }
    static Bits load_bits(const Word* from) {
        Bits value;
        std::memcpy(&value, from, sizeof value);
        return value;
    }
    /// As many bytes, each in its lane.
    static Bits load_bytes(const std::uint8_t* from) {
        static_assert(!f64);
#if defined(__AVX512F__)
        if constexpr (bytes == 64)
            return (Bits)_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
#endif
#if defined(__AVX2__)
        if constexpr (bytes == 32)
            return (Bits)_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
#endif
        Bits value{};
        for (int i = 0; i < N; ++i) value[i] = from[i];
        return value;
    }
    static void store_bits(Word* to, Bits value) { std::memcpy(to, &value, sizeof value); }
    static void store(T* to, Real value) { std::memcpy(to, &value, sizeof value); }

    static Real add(Real a, Real b) { return a + b; }
    static Real sub(Real a, Real b) { return a - b; }
    static Real mul(Real a, Real b) { return a * b; }
    static Real div(Real a, Real b) { return a / b; }
    static Real neg(Real a) { return -a; }
    static Real abs(Real a) { return reinterpret<Real>(reinterpret<Bits>(a) & (~Word{0} >> 1)); }
    static Real min(Real a, Real b) { return a < b ? a : b; }
    static Real max(Real a, Real b) { return a > b ? a : b; }
    static Real sqrt(Real a) {
        Real root = a;
#if defined(__AVX512F__)
        if constexpr (bytes == 64 && f64) return (Real)_mm512_sqrt_pd((__m512d)a);
        if constexpr (bytes == 64 && !f64) return (Real)_mm512_sqrt_ps((__m512)a);
#endif
#if defined(__AVX__)
        if constexpr (bytes == 32 && f64) return (Real)_mm256_sqrt_pd((__m256d)a);
        if constexpr (bytes == 32 && !f64) return (Real)_mm256_sqrt_ps((__m256)a);
#endif
        for (int i = 0; i < N; ++i) root[i] = std::sqrt(a[i]);
        return root;
    }
    static Real fma(Real a, Real b, Real c) {
#if defined(__AVX512F__)
        if constexpr (bytes == 64 && f64) return (Real)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
        if constexpr (bytes == 64 && !f64) return (Real)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#endif
#if defined(__FMA__)
        if constexpr (bytes == 32 && f64) return (Real)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
        if constexpr (bytes == 32 && !f64) return (Real)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#endif
#if defined(__aarch64__)
        if constexpr (bytes == 16 && f64)
            return (Real)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
        if constexpr (bytes == 16 && !f64)
            return (Real)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#endif
        Real result = c;
        for (int i = 0; i < N; ++i) result[i] = std::fma(a[i], b[i], c[i]);
        return result;
    }

    static Mask lt(Real a, Real b) { return a < b; }
    static Mask le(Real a, Real b) { return a <= b; }
    static Mask gt(Real a, Real b) { return a > b; }
    static Mask ge(Real a, Real b) { return a >= b; }
    static Mask eq(Real a, Real b) { return a == b; }
    static Mask ne(Real a, Real b) { return a != b; }
    static Mask mask_and(Mask a, Mask b) { return a & b; }
    static Mask mask_or(Mask a, Mask b) { return a | b; }
    static Mask mask_not(Mask a) { return ~a; }
    static Real select(Mask m, Real a, Real b) { return m ? a : b; }

    static Bits to_bits(Real a) { return reinterpret<Bits>(a); }
    static Real from_bits(Bits a) { return reinterpret<Real>(a); }
    static Bits bits_add(Bits a, Bits b) { return a + b; }
    static Bits bits_sub(Bits a, Bits b) { return a - b; }
    static Bits bits_and(Bits a, Bits b) { return a & b; }
    static Bits bits_or(Bits a, Bits b) { return a | b; }
    static Bits bits_xor(Bits a, Bits b) { return a ^ b; }
    static Bits shift_left(Bits a, int count) { return a << count; }
    static Bits shift_right(Bits a, int count) { return a >> count; }
    static Mask bits_equal(Bits a, Bits b) { return a == b; }
    static Bits select_bits(Mask m, Bits a, Bits b) { return m ? a : b; }

    /// All ones where a is below b.
    static Bits bits_below(Bits a, Bits b) { return reinterpret<Bits>(a < b); }
    /// table[index] of single precision's words; `table` has as many as 16 and is aligned to 64 bytes, and
    /// indices are below 8.
    static Bits lookup(const std::uint32_t* table, Bits index) {
        static_assert(!f64);
#if defined(__AVX512F__)
        if constexpr (bytes == 64)
            return (Bits)_mm512_permutexvar_epi32((__m512i)index, _mm512_load_si512(table));
#endif
#if defined(__AVX2__)
        if constexpr (bytes == 32)
            return (Bits)_mm256_permutevar8x32_epi32(
                _mm256_load_si256(reinterpret_cast<const __m256i*>(table)), (__m256i)index);
#endif
        Bits found = index;
        for (int i = 0; i < N; ++i) found[i] = table[index[i]];
        return found;
    }

    static void multiply_words(Bits a, std::uint32_t factor, Bits& high, Bits& low) {
        if constexpr (f64) {
            low = wide_product(a, bits_constant(factor));
            high = low >> 32;
        } else {
            const Bits all = bits_constant(factor);
            multiply_words(a, all, reinterpret<Wide>(all), high, low);
        }
    }
    static void multiply_words(Bits a, Bits factor, Bits& high, Bits& low) {
        multiply_words(a, factor, reinterpret<Wide>(factor) >> 32, high, low);
    }

  private:
    // Spelt so that it depends on T: gcc 12 drops the attribute otherwise.
    using WideWord = std::conditional_t<f64, Word, std::uint64_t>;
    typedef WideWord Wide __attribute__((vector_size(N * sizeof(T))));

    template <class To, class From>
    static To reinterpret(From value) {
        return (To)value;  // between vectors of one size: the same bits
    }

    /// For the high halves even and odd lanes are multiplied apart, as the products are twice as wide.
    static void multiply_words(Bits a, Bits factor, Wide odd_factor, Bits& high, Bits& low) {
        const Wide even = wide_product(reinterpret<Wide>(a), reinterpret<Wide>(factor));
        const Wide odd = wide_product(reinterpret<Wide>(a) >> 32, odd_factor);
        low = a * factor;
#if defined(__AVX2__)
        if constexpr (bytes == 32) {  // gcc takes a slower instruction
            high = (Bits)_mm256_blend_epi32((__m256i)(even >> 32), (__m256i)odd, 0xaa);
            return;
        }
#endif
        const Mask upper = reinterpret<Mask>(~Wide{} << 32);
        high = upper ? reinterpret<Bits>(odd) : reinterpret<Bits>(even >> 32);
    }

    /// Products of the low 32 bits of 64-bit lanes.
    static Wide wide_product(Wide a, Wide b) {
#if defined(__AVX512F__)
        if constexpr (bytes == 64) return (Wide)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#endif
#if defined(__AVX2__)
        if constexpr (bytes == 32) return (Wide)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#endif
#if defined(__SSE2__)
        if constexpr (bytes == 16) return (Wide)_mm_mul_epu32((__m128i)a, (__m128i)b);
#endif
        return (a & 0xffffffffu) * (b & 0xffffffffu);
    }
};

}  // namespace neurodyn::math
