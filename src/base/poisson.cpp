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

// Counts how many entries of the table each draw reaches. No term order matters: counts are whole numbers.
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void count_reached(const double* draws, std::size_t count, const double* table, std::size_t entries,
                   double* out) {
    for (std::size_t at = 0; at < count; at += group) {
        double reached[group] = {};
        for (std::size_t k = 0; k < entries; ++k) {
            double any = 0.0;
            for (std::size_t i = 0; i < group; ++i) {
                const double is = draws[at + i] >= table[k] ? 1.0 : 0.0;
                reached[i] += is;
                any += is;
            }
            if (any == 0.0) break;
        }
        for (std::size_t i = 0; i < group; ++i) out[at + i] = reached[i];
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
