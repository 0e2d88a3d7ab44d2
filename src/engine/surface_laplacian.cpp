// SPDX-License-Identifier: BSD-3-Clause
// One order of the terms, whoever owns the target.
#include "engine/surface_laplacian.hpp"

#include <algorithm>

namespace neurodyn::engine {

template <class Real>
SurfaceLaplacian<Real>::SurfaceLaplacian(std::shared_ptr<const network::Surface> surface)
    : surface_(std::move(surface)) {
    for (std::size_t i = 0; i < surface_->size(); ++i)
        for (std::size_t k = surface_->row_begin[i]; k < surface_->row_begin[i + 1]; ++k)
            weights_.push_back(static_cast<Real>(surface_->weight[k] / surface_->area[i]));
}

template <class Real>
void SurfaceLaplacian<Real>::apply(std::size_t first, std::size_t last, std::size_t members,
                                   const Real* signal, Real* sums) const {
    const std::vector<std::size_t>& begin = surface_->row_begin;
    const std::vector<std::uint32_t>& neighbour = surface_->neighbour;
    if (members == 1) {
        for (std::size_t i = first; i < last; ++i) {
            Real sum{0};
            for (std::size_t k = begin[i]; k < begin[i + 1]; ++k)
                sum += weights_[k] * (signal[neighbour[k]] - signal[i]);
            sums[i] = sum;
        }
        return;
    }
    for (std::size_t i = first; i < last; ++i) {
        const Real* here = signal + i * members;
        Real* sum = sums + i * members;
        std::fill_n(sum, members, Real{0});
        for (std::size_t k = begin[i]; k < begin[i + 1]; ++k) {
            const Real* there = signal + neighbour[k] * members;
            for (std::size_t m = 0; m < members; ++m) sum[m] += weights_[k] * (there[m] - here[m]);
        }
    }
}

template class SurfaceLaplacian<float>;
template class SurfaceLaplacian<double>;

}  // namespace neurodyn::engine
