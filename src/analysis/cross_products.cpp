// SPDX-License-Identifier: BSD-3-Clause
// Blocked sums of products of columns, in vector kernels chosen at run time.
#include "analysis/cross_products.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace neurodyn::analysis {
namespace {

// Lanes are different sums, never terms of one sum, and all sets fuse: they give the same bits. Where the
// processor does not fuse, std::fma does it slowly.
namespace baseline {
#define ND_FUSED(a, b, c) (Lanes{std::fma((a)[0], (b)[0], (c)[0]), std::fma((a)[1], (b)[1], (c)[1])})
#define ND_TARGET
#define ND_LANES 2
#define ND_ROWS 3
#define ND_VECTORS 4
#include "analysis/cross_products_kernel.inc"
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
#undef ND_FUSED
}  // namespace baseline

#if defined(__x86_64__)
namespace avx2 {
#define ND_FUSED(a, b, c) (Lanes(_mm256_fmadd_pd(__m256d(a), __m256d(b), __m256d(c))))
#define ND_TARGET __attribute__((target("avx2,fma")))
#define ND_LANES 4
#define ND_ROWS 4
#define ND_VECTORS 3
#include "analysis/cross_products_kernel.inc"
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
#undef ND_FUSED
}  // namespace avx2

namespace avx512 {
#define ND_FUSED(a, b, c) (Lanes(_mm512_fmadd_pd(__m512d(a), __m512d(b), __m512d(c))))
#define ND_TARGET __attribute__((target("avx512f")))
#define ND_LANES 8
#define ND_ROWS 8
#define ND_VECTORS 3
#include "analysis/cross_products_kernel.inc"
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
#undef ND_FUSED
}  // namespace avx512
#endif

// Below this many multiplications a parallel region costs more than it saves.
constexpr double worth_threads = 4e6;

// So many samples of two panels lie in the first-level cache.
constexpr std::size_t cached_samples = 64;

}  // namespace

PackedBlock::PackedBlock(std::size_t columns, std::size_t capacity)
    : columns_(columns), capacity_(capacity), values_(panel_count(columns) * capacity * panel_width) {}

void PackedBlock::set(std::size_t sample, const double* values) {
    const std::size_t whole = columns_ / panel_width;
    for (std::size_t p = 0; p < whole; ++p)
        std::copy_n(values + p * panel_width, panel_width, row(p, sample));
    if (whole < panels()) std::copy(values + whole * panel_width, values + columns_, row(whole, sample));
}

// The first sample is taken off first: that leaves small numbers to sum, and nothing of a constant.
void PackedBlock::centre(std::size_t panel, std::size_t samples, double* mean) {
    double first[panel_width], sum[panel_width] = {};
    std::copy_n(row(panel, 0), panel_width, first);
    for (std::size_t t = 0; t < samples; ++t)
        for (std::size_t c = 0; c < panel_width; ++c) sum[c] += row(panel, t)[c] -= first[c];
    for (double& s : sum) s /= static_cast<double>(samples);
    for (std::size_t t = 0; t < samples; ++t)
        for (std::size_t c = 0; c < panel_width; ++c) row(panel, t)[c] -= sum[c];
    for (std::size_t c = 0; c < panel_width; ++c) mean[c] = first[c] + sum[c];
}

namespace detail {

PanelKernel panel_kernel(const char* instructions) {
    const std::string_view set = instructions;
    if (set == "baseline") return baseline::panel;
#if defined(__x86_64__)
    if (set == "avx512f" && __builtin_cpu_supports("avx512f")) return avx512::panel;
    if (set == "avx2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::panel;
#endif
    return nullptr;
}

}  // namespace detail

const char* cross_products_instructions() {
    for (const char* set : {"avx512f", "avx2"})
        if (detail::panel_kernel(set) != nullptr) return set;
    return "baseline";
}

void add_cross_products(const PackedBlock& x, std::size_t samples, std::size_t first_panel,
                        std::size_t last_panel, double* sums, int threads) {
    const detail::PanelKernel kernel = detail::panel_kernel(cross_products_instructions());
    const std::size_t panels = x.panels(), stride = panels * panel_width;
    const double products = static_cast<double>(samples * stride * (last_panel - first_panel) * panel_width);
    const int wanted = threads > 0 ? threads : omp_get_max_threads();
    // Each sum belongs to one thread, so the schedule cannot change its order.
#pragma omp parallel for schedule(dynamic) num_threads(wanted) if (products > worth_threads && wanted > 1)
    for (std::size_t i = first_panel; i < last_panel; ++i)
        for (std::size_t j = i; j < panels; ++j)
            for (std::size_t t = 0; t < samples; t += cached_samples)
                kernel(x.row(i, t), x.row(j, t), std::min(cached_samples, samples - t),
                       sums + (i - first_panel) * panel_width * stride + j * panel_width, stride);
}

}  // namespace neurodyn::analysis
