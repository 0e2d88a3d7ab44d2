// SPDX-License-Identifier: BSD-3-Clause
// The one product of predictive-coding networks: a strided matrix times a panel of members.
#pragma once

#include <cstddef>

namespace neurodyn::inference {

/// Members of a mini-batch (or columns of weights) that lie side by side in vector lanes.
inline constexpr std::size_t panel_members = 32;

/// c[r * c_stride + m] += sum over k of a[r * row_stride + k * k_stride] * b[k * b_stride + m], for r < rows
/// and m < panel_members. Each sum runs over k in ascending order from the value in c, every product fused
/// with its addition: the bits do not depend on the instruction set. Rows of b and c begin at multiples of 64
/// bytes.
template <class T>
struct PanelProduct {
    const T* a;
    std::size_t row_stride, k_stride, rows, count;
    const T* b;
    std::size_t b_stride;
    T* c;
    std::size_t c_stride;
};
template <class T>
using ProductKernel = void (*)(const PanelProduct<T>&);

/// The best kernel of this machine.
template <class T>
ProductKernel<T> product_kernel();
/// That of "baseline", "avx2" or "avx512f"; null when this machine lacks it.
template <class T>
ProductKernel<T> product_kernel(const char* instructions);

}  // namespace neurodyn::inference
