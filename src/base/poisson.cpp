// SPDX-License-Identifier: BSD-3-Clause
// Inversion by comparing with the distribution function, all lanes at once.
#include "base/poisson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/math/exponential.hpp"
#include "base/math/scalar.hpp"

namespace neurodyn {
namespace {

// Lanes that go through the table together, until none is left above it.
constexpr std::size_t group = 16;
// Draws that lie in the first-level cache.
constexpr std::size_t piece = 1024;

// Counts how many entries of the table each draw reaches. No order of terms matters: counts are whole
// numbers.
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void count_reached(const double* draws, std::size_t count, const double* table, std::size_t entries,
                   double* out) {
    typedef double Lanes __attribute__((vector_size(32), aligned(8)));
    typedef long long Mask __attribute__((vector_size(32)));
    constexpr std::size_t width = 4, vectors = group / width;
    const Mask one = reinterpret_cast<Mask>(Lanes{1.0, 1.0, 1.0, 1.0});
    for (std::size_t at = 0; at < count; at += group) {
        Lanes draw[vectors], reached[vectors] = {};
        for (std::size_t v = 0; v < vectors; ++v)
            draw[v] = *reinterpret_cast<const Lanes*>(draws + at + v * width);
        for (std::size_t k = 0; k < entries; ++k) {
            const Lanes entry = {table[k], table[k], table[k], table[k]};
            Mask any = {};
            for (std::size_t v = 0; v < vectors; ++v) {
                const Mask is = draw[v] >= entry;
                reached[v] += reinterpret_cast<Lanes>(is & one);
                any |= is;
            }
            if ((any[0] | any[1] | any[2] | any[3]) == 0) break;
        }
        for (std::size_t v = 0; v < vectors; ++v)
            *reinterpret_cast<Lanes*>(out + at + v * width) = reached[v];
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
        distribution_.push_back(sum);
        probability *= mean / k;
        sum += probability;
        if (k > mean && probability < 0x1p-60) break;  // rounding has kept the sum from its limit
    }
}

void PoissonTable::fill(std::span<double> out, const DrawSource& source) const {
    std::array<double, piece> draws, counts;
    DrawSource here = source;
    for (std::size_t at = 0; at < out.size(); at += piece) {
        const std::size_t n = std::min(piece, out.size() - at);
        here.first_node = source.first_node + at;
        fill_uniform(std::span(draws.data(), n), 1, here);
        std::fill(draws.begin() + static_cast<std::ptrdiff_t>(n), draws.end(), 0.0);
        count_reached(draws.data(), (n + group - 1) / group * group, distribution_.data(),
                      distribution_.size(), counts.data());
        std::copy_n(counts.begin(), n, out.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

void PoissonTable::fill(std::span<float> out, const DrawSource& source) const {
    std::array<double, piece> counts;
    DrawSource here = source;
    for (std::size_t at = 0; at < out.size(); at += piece) {
        const std::size_t n = std::min(piece, out.size() - at);
        here.first_node = source.first_node + at;
        fill(std::span(counts.data(), n), here);
        std::transform(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(n),
                       out.begin() + static_cast<std::ptrdiff_t>(at),
                       [](double x) { return static_cast<float>(x); });
    }
}

}  // namespace neurodyn
