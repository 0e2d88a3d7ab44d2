// SPDX-License-Identifier: BSD-3-Clause
// Inversion by comparing with the distribution function, all lanes at once.
#include "base/poisson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/error.hpp"
#include "base/machines.hpp"
#include "base/math/exponential.hpp"
#include "base/math/scalar.hpp"

namespace neurodyn {
namespace {

// Draws that go through the table together, until none is left above it.
constexpr std::size_t group = 32;
// Draws that lie in the first-level cache.
constexpr std::size_t piece = 2048;

// Words are compared less 2^31, as signed numbers: one instruction where unsigned ones take two.
constexpr std::uint32_t middle = 1U << 31;

// Plain pointers: functions that are compiled for several machines call no others.
struct Bounds {
    const std::int32_t* first;
    std::size_t count;
};

// Counts how many entries of the table each draw reaches. No order of terms matters: counts are whole
// numbers.
template <class Real>
[[gnu::always_inline]] inline void count_group(const std::uint32_t* draws, const Bounds& table, Real* out) {
    typedef std::uint32_t Lanes __attribute__((vector_size(32), aligned(4)));
    typedef std::int32_t Counts __attribute__((vector_size(32)));
    typedef std::uint64_t Quarters __attribute__((vector_size(32)));
    constexpr std::size_t width = 8, vectors = group / width, at_once = 2;
    Counts draw[vectors], missed[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
        draw[v] = reinterpret_cast<Counts>(*reinterpret_cast<const Lanes*>(draws + v * width) - middle);
        missed[v] = Counts{};
    }
    const std::int32_t* const bound = table.first;
    const std::size_t count = table.count;
    std::size_t k = 0;
    for (; k + at_once <= count; k += at_once) {
        Counts all = ~Counts{};
        for (std::size_t v = 0; v < vectors; ++v) {
            missed[v] += draw[v] < bound[k];  // -1 where it does not reach it
            const Counts is_missed = draw[v] < bound[k + 1];
            missed[v] += is_missed;
            all &= is_missed;
        }
        const auto quarters = reinterpret_cast<Quarters>(all);
        if ((quarters[0] & quarters[1] & quarters[2] & quarters[3]) != ~std::uint64_t{0}) continue;
        k += at_once;
        break;
    }
    // Of an odd number the last one, unless the loop has ended before.
    const bool rest = k + 1 == count;
    for (std::size_t v = 0; v < vectors && rest; ++v) missed[v] += draw[v] < bound[k];
    const auto seen = static_cast<std::int32_t>(k + (rest ? 1 : 0));
    for (std::size_t v = 0; v < vectors; ++v)
        for (std::size_t i = 0; i < width; ++i) out[v * width + i] = static_cast<Real>(seen + missed[v][i]);
}

NEURODYN_FOR_EACH_MACHINE
void count_reached(const std::uint32_t* draws, std::size_t count, const Bounds& table, float* out) {
    for (std::size_t at = 0; at < count; at += group) count_group(draws + at, table, out + at);
}
NEURODYN_FOR_EACH_MACHINE
void count_reached(const std::uint32_t* draws, std::size_t count, const Bounds& table, double* out) {
    for (std::size_t at = 0; at < count; at += group) count_group(draws + at, table, out + at);
}

template <class Real>
void fill_counts(std::span<Real> out, const DrawSource& source, const Bounds& table) {
    std::array<std::uint32_t, piece> draws;
    std::array<Real, group> rest;
    DrawSource here = source;
    for (std::size_t at = 0; at < out.size(); at += piece) {
        const std::size_t n = std::min(piece, out.size() - at), whole = n / group * group;
        here.first_node = source.first_node + at;
        fill_words(std::span(draws.data(), n), here);
        count_reached(draws.data(), whole, table, out.data() + at);
        if (whole == n) continue;
        std::fill(draws.begin() + static_cast<std::ptrdiff_t>(n),
                  draws.begin() + static_cast<std::ptrdiff_t>(whole + group), 0u);
        count_reached(draws.data() + whole, group, table, rest.data());
        std::copy_n(rest.begin(), n - whole, out.begin() + static_cast<std::ptrdiff_t>(at + whole));
    }
}

}  // namespace

PoissonTable::PoissonTable(double mean) {
    if (!(mean >= 0.0) || mean > largest_mean)
        throw Error(fmt::format(
            "a Poisson input expects {} events in one step of one node; between 0 and {} are possible", mean,
            largest_mean));
    math::Scalar<double> backend;
    double probability = math::exp(backend, -mean), sum = probability;
    for (int k = 1; sum < 1.0 - 0x1p-33; ++k) {
        // (word + 1/2)/2^32 >= sum
        const auto bound = static_cast<std::uint32_t>(std::ceil(sum * 0x1p32 - 0.5));
        distribution_.push_back(static_cast<std::int32_t>(bound - middle));
        probability *= mean / k;
        sum += probability;
        if (k > mean && probability < 0x1p-60) break;  // rounding has kept the sum from its limit
    }
}

void PoissonTable::fill(std::span<double> out, const DrawSource& source) const {
    fill_counts(out, source, {distribution_.data(), distribution_.size()});
}

void PoissonTable::fill(std::span<float> out, const DrawSource& source) const {
    fill_counts(out, source, {distribution_.data(), distribution_.size()});
}

}  // namespace neurodyn
