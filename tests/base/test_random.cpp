// SPDX-License-Identifier: BSD-3-Clause
// Philox against Random123, the layout of draws, and the moments of distributions.
#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <vector>

#include "base/math/host.hpp"
#include "base/math/philox.hpp"
#include "base/math/scalar.hpp"
#include "base/random.hpp"

namespace neurodyn {
namespace {

r123::Philox4x32::ctr_type random123(std::uint32_t c0, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3,
                                     std::uint64_t seed) {
    r123::Philox4x32 rng;
    return rng({{c0, c1, c2, c3}},
               {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}});
}

TEST(Philox, EqualsRandom123) {
    math::Scalar<double> f64;
    math::Scalar<float> f32;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        const std::uint32_t c[] = {i * 2654435761u, ~i, i << 20, i * i};
        const std::uint64_t seed = 0x9e3779b97f4a7c15u * i;
        const auto want = random123(c[0], c[1], c[2], c[3], seed);
        const auto wide = math::philox<math::Scalar<double>>(f64, {c[0], c[1], c[2], c[3]}, seed, seed >> 32);
        const auto narrow =
            math::philox<math::Scalar<float>>(f32, {c[0], c[1], c[2], c[3]}, static_cast<std::uint32_t>(seed),
                                              static_cast<std::uint32_t>(seed >> 32));
        for (int w = 0; w < 4; ++w) {
            EXPECT_EQ(static_cast<std::uint32_t>(wide[w]), want[w]);
            EXPECT_EQ(narrow[w], want[w]);
        }
    }
}

// The documented map: node = 64 t + 16 w + l has word w of the block of counter 16 t + l.
TEST(Uniform, IsTheDocumentedWord) {
    const std::uint64_t seed = 0x123456789abcdef0u, step = 0x7654'89abcdefu;
    for (std::uint64_t node : {0u, 1u, 15u, 16u, 63u, 64u, 1000u, 123456789u}) {
        const std::uint64_t t = node / 64, w = node % 64 / 16, l = node % 16;
        const auto words =
            random123(static_cast<std::uint32_t>(16 * t + l), 0x89abcdefu, 5, 0x76540000u | 9, seed);
        EXPECT_EQ(uniform_at(seed, 9, step, node, 5), (words[w] + 0.5) * 0x1p-32);
    }
}

// Box & Muller's formula, computed apart from it by the C library in long double.
TEST(Normal, IsBoxMullerOfTheWords) {
    for (std::uint64_t node = 0; node < 500; ++node) {
        const std::uint64_t w = node % 64 / 16;
        const auto words = random123(static_cast<std::uint32_t>(16 * (node / 64) + node % 16), 3, 0, 2, 77);
        const long double u = (words[w & 2] + 0.5L) / 0x1p32L;
        const std::uint32_t angle = words[(w & 2) + 1];
        // Quadrant and centred fraction: pi/2 (q + f - 1/2), with f from the low 30 bits.
        const long double f = ((angle & 0x3fffffffu) + 0.5L) / 0x1p30L - 0.5L;
        const long double theta = 1.5707963267948966192313L * ((angle >> 30) + f);
        const long double radius = std::sqrt(-2 * std::log(u));
        const double want = static_cast<double>(radius * (w & 1 ? std::sin(theta) : std::cos(theta)));
        EXPECT_NEAR(normal_at(77, 2, 3, node), want, 4e-15);
    }
}

template <class T>
class Layout : public testing::Test {};
using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(Layout, Reals);

template <class T>
std::vector<T> normals(std::size_t nodes, std::size_t members, const DrawSource& source) {
    std::vector<T> out(nodes * members);
    fill_normal(std::span<T>(out), members, source);
    return out;
}

TYPED_TEST(Layout, AnyStartAndCountGiveTheSameDraws) {
    const std::uint64_t seed[] = {42};
    const auto all = normals<TypeParam>(1000, 1, {.seeds = seed, .stream = 3, .step = 11});
    for (std::uint64_t first : {0, 1, 63, 64, 100, 500})
        for (std::size_t count : {1, 17, 64, 300}) {
            const auto part =
                normals<TypeParam>(count, 1, {.seeds = seed, .stream = 3, .step = 11, .first_node = first});
            for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(part[i], all[first + i]) << first << " " << i;
        }
}

TYPED_TEST(Layout, MembersAreTheirOwnRuns) {
    for (std::size_t members : {2, 3, 8, 33}) {
        std::vector<std::uint64_t> seeds;
        for (std::size_t m = 0; m < members; ++m) seeds.push_back(m * 0x123456789abu + 1);
        const std::size_t nodes = 90;
        const auto all = normals<TypeParam>(nodes, members, {.seeds = seeds, .step = 5, .first_node = 7});
        for (std::size_t m = 0; m < members; ++m) {
            const auto own =
                normals<TypeParam>(nodes, 1, {.seeds = {&seeds[m], 1}, .step = 5, .first_node = 7});
            for (std::size_t i = 0; i < nodes; ++i) ASSERT_EQ(all[i * members + m], own[i]);
        }
        const auto shared = normals<TypeParam>(nodes, members, {.seeds = {seeds.data(), 1}, .step = 5});
        const auto one = normals<TypeParam>(nodes, 1, {.seeds = {seeds.data(), 1}, .step = 5});
        for (std::size_t i = 0; i < shared.size(); ++i) ASSERT_EQ(shared[i], one[i / members]);
    }
}

TYPED_TEST(Layout, EveryInstructionSetGivesTheSameBits) {
    using Word = std::conditional_t<sizeof(TypeParam) == 8, std::uint64_t, std::uint32_t>;
    math::Scalar<TypeParam> b;
    const math::DrawPlace place{123456789012u, 4, 6};
    const std::uint64_t seed = 0xfedcba9876543210u;
    for (const auto set :
         {math::InstructionSet::baseline, math::InstructionSet::x86_64_v3, math::InstructionSet::x86_64_v4}) {
        if (!math::supported(set)) continue;
        std::vector<TypeParam> tiles(64 * 20), flat(64 * 20);
        const auto& loops = math::host_loops(set);
        if constexpr (sizeof(TypeParam) == 8) {
            loops.f64.normal_tiles(place, seed, 3, 20, tiles.data());
            loops.f64.uniform_tiles(place, seed, 3, 20, flat.data());
        } else {
            loops.f32.normal_tiles(place, seed, 3, 20, tiles.data());
            loops.f32.uniform_tiles(place, seed, 3, 20, flat.data());
        }
        for (std::uint32_t t = 0; t < 20; ++t)
            for (std::uint32_t l = 0; l < 16; ++l) {
                const math::Words<math::Scalar<TypeParam>> counter = {
                    16 * (3 + t) + l, static_cast<Word>(place.step & 0xffffffffu), place.member,
                    static_cast<Word>(place.stream | place.step >> 32 << 16)};
                const auto words = math::philox(b, counter, static_cast<Word>(seed & 0xffffffffu),
                                                static_cast<Word>(seed >> 32));
                const auto want = math::normals(b, words);
                for (int w = 0; w < 4; ++w) {
                    ASSERT_EQ(tiles[64 * t + 16 * w + l], want[w]);
                    ASSERT_EQ(flat[64 * t + 16 * w + l], math::uniform(b, words[w]));
                }
            }
    }
}

// Moments 0, 1, 0, 3 within 5 standard errors: the variances of x, x^2, x^3, x^4 are 1, 2, 15, 96.
TYPED_TEST(Layout, NormalMoments) {
    const std::uint64_t seed[] = {2024};
    const std::size_t n = 1 << 20;
    const auto x = normals<TypeParam>(n, 1, {.seeds = seed});
    double m[5] = {}, lag = 0, pair = 0;
    for (std::size_t i = 0; i < n; ++i) {
        double power = 1;
        for (int k = 1; k <= 4; ++k) m[k] += (power *= x[i]) / n;
        if (i + 1 < n) lag += double(x[i]) * x[i + 1] / n;
        if (i + 16 < n) pair += double(x[i]) * x[i + 16] / n;  // partners of one Box-Muller pair
    }
    const double error = 5 / std::sqrt(double(n));
    EXPECT_NEAR(m[1], 0, error);
    EXPECT_NEAR(m[2], 1, error * std::sqrt(2.0));
    EXPECT_NEAR(m[3], 0, error * std::sqrt(15.0));
    EXPECT_NEAR(m[4], 3, error * std::sqrt(96.0));
    EXPECT_NEAR(lag, 0, error);
    EXPECT_NEAR(pair, 0, error);
}

TYPED_TEST(Layout, UniformIsInsideAndFlat) {
    const std::uint64_t seed[] = {5};
    std::vector<TypeParam> u(1 << 18);
    fill_uniform(std::span<TypeParam>(u), 1, {.seeds = seed});
    std::vector<double> bins(64);
    for (const auto x : u) {
        ASSERT_GT(x, 0);
        ASSERT_LT(x, 1);
        bins[static_cast<std::size_t>(x * 64)] += 1;
    }
    double chi2 = 0;
    const double expected = double(u.size()) / 64;
    for (const double count : bins) chi2 += (count - expected) * (count - expected) / expected;
    EXPECT_LT(chi2, 103.4);  // 63 degrees of freedom, p = 0.001
    EXPECT_GT(chi2, 32.5);
}

TEST(Normal, StreamsStepsMembersAndSeedsDiffer) {
    const double base = normal_at(1, 2, 3, 4);
    for (const double other : {normal_at(2, 2, 3, 4), normal_at(1, 3, 3, 4), normal_at(1, 2, 4, 4),
                               normal_at(1, 2, 3, 5), normal_at(1, 2, 3, 4, 1),
                               normal_at(1, 2, 3 + (1ull << 32), 4), normal_at(1 + (1ull << 32), 2, 3, 4)})
        EXPECT_NE(base, other);
}

// Counts against the probability function by the C library's lgamma; chi-squared at p = 0.0001.
TEST(Poisson, FollowsItsProbabilityFunction) {
    for (const double mean : {0.01, 1.6, 9.0, 15.99, 16.5, 100.0, 1234.5}) {
        const int n = 40000;
        std::map<int, int> counts;
        double sum = 0, square = 0;
        for (int i = 0; i < n; ++i) {
            const double k = poisson_at(mean, 99, 1, 7, i);
            ++counts[static_cast<int>(k)];
            sum += k / n;
            square += (k - mean) * (k - mean) / n;
        }
        EXPECT_NEAR(sum, mean, 5 * std::sqrt(mean / n));
        EXPECT_NEAR(square, mean, 5 * std::sqrt((mean + 3 * mean * mean - mean * mean) / n));
        double chi2 = 0;
        int classes = 0;
        for (int k = 0; k < mean + 10 * std::sqrt(mean) + 10; ++k) {
            const double expected = n * std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
            if (expected < 10) continue;
            chi2 += (counts[k] - expected) * (counts[k] - expected) / expected;
            ++classes;
        }
        EXPECT_LT(chi2, classes + 4 * std::sqrt(2.0 * classes) + 6) << "mean " << mean;
    }
    EXPECT_EQ(poisson_at(0, 1, 1, 1, 1), 0);
    EXPECT_TRUE(std::isnan(poisson_at(-1, 1, 1, 1, 1)));
    EXPECT_TRUE(std::isnan(poisson_at(INFINITY, 1, 1, 1, 1)));
    const double large = poisson_at(1e10, 3, 1, 1, 1);
    EXPECT_NEAR(large, 1e10, 6e5);
}

}  // namespace
}  // namespace neurodyn
