// SPDX-License-Identifier: BSD-3-Clause
// The panel product, compiled for several instruction sets and chosen at run time.
#include "inference/predictive_product.hpp"

#include <cmath>
#include <string_view>
#include <type_traits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace neurodyn::inference {
namespace {

// Lanes are different sums, and all sets fuse: they give the same bits. Where the processor does not fuse,
// std::fma does it slowly.
namespace baseline_single {
#define ND_TYPE float
#define ND_FUSED(a, b, c) (Lanes{std::fma((a)[0], (b)[0], (c)[0]), std::fma((a)[1], (b)[1], (c)[1])})
#define ND_TARGET
#define ND_LANES 2
#define ND_ROWS 4
#define ND_VECTORS 4
#include "inference/predictive_product.inc"
#undef ND_TYPE
#undef ND_FUSED
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
}  // namespace baseline_single

namespace baseline_double {
#define ND_TYPE double
#define ND_FUSED(a, b, c) (Lanes{std::fma((a)[0], (b)[0], (c)[0]), std::fma((a)[1], (b)[1], (c)[1])})
#define ND_TARGET
#define ND_LANES 2
#define ND_ROWS 3
#define ND_VECTORS 4
#include "inference/predictive_product.inc"
#undef ND_TYPE
#undef ND_FUSED
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
}  // namespace baseline_double

#if defined(__x86_64__)
namespace avx2_single {
#define ND_TYPE float
#define ND_FUSED(a, b, c) (Lanes(_mm256_fmadd_ps(__m256(a), __m256(b), __m256(c))))
#define ND_TARGET __attribute__((target("avx2,fma")))
#define ND_LANES 8
#define ND_ROWS 6
#define ND_VECTORS 2
#include "inference/predictive_product.inc"
#undef ND_TYPE
#undef ND_FUSED
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
}  // namespace avx2_single

namespace avx2_double {
#define ND_TYPE double
#define ND_FUSED(a, b, c) (Lanes(_mm256_fmadd_pd(__m256d(a), __m256d(b), __m256d(c))))
#define ND_TARGET __attribute__((target("avx2,fma")))
#define ND_LANES 4
#define ND_ROWS 6
#define ND_VECTORS 2
#include "inference/predictive_product.inc"
#undef ND_TYPE
#undef ND_FUSED
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
}  // namespace avx2_double

namespace avx512_single {
#define ND_TYPE float
#define ND_FUSED(a, b, c) (Lanes(_mm512_fmadd_ps(__m512(a), __m512(b), __m512(c))))
#define ND_TARGET __attribute__((target("avx512f")))
#define ND_LANES 16
#define ND_ROWS 8
#define ND_VECTORS 2
#include "inference/predictive_product.inc"
#undef ND_TYPE
#undef ND_FUSED
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
}  // namespace avx512_single

namespace avx512_double {
#define ND_TYPE double
#define ND_FUSED(a, b, c) (Lanes(_mm512_fmadd_pd(__m512d(a), __m512d(b), __m512d(c))))
#define ND_TARGET __attribute__((target("avx512f")))
#define ND_LANES 8
#define ND_ROWS 4
#define ND_VECTORS 4
#include "inference/predictive_product.inc"
#undef ND_TYPE
#undef ND_FUSED
#undef ND_TARGET
#undef ND_LANES
#undef ND_ROWS
#undef ND_VECTORS
}  // namespace avx512_double

#endif

}  // namespace

template <class T>
ProductKernel<T> product_kernel(const char* instructions) {
    const std::string_view set = instructions;
    const auto of_type = [](ProductKernel<float> single, ProductKernel<double> doubles) {
        if constexpr (std::is_same_v<T, float>)
            return doubles == nullptr ? nullptr : single;
        else
            return single == nullptr ? nullptr : doubles;
    };
    if (set == "baseline") return of_type(baseline_single::product, baseline_double::product);
#if defined(__x86_64__)
    if (set == "avx512f" && __builtin_cpu_supports("avx512f"))
        return of_type(avx512_single::product, avx512_double::product);
    if (set == "avx2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return of_type(avx2_single::product, avx2_double::product);
#endif
    return nullptr;
}

template <class T>
ProductKernel<T> product_kernel() {
    for (const char* set : {"avx512f", "avx2"})
        if (const ProductKernel<T> kernel = product_kernel<T>(set)) return kernel;
    return product_kernel<T>("baseline");
}

template ProductKernel<float> product_kernel<float>(const char*);
template ProductKernel<double> product_kernel<double>(const char*);
template ProductKernel<float> product_kernel<float>();
template ProductKernel<double> product_kernel<double>();

}  // namespace neurodyn::inference
