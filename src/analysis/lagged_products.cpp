// SPDX-License-Identifier: BSD-3-Clause
// Lagged products by pieces in the frequency domain.
#include "analysis/lagged_products.hpp"

#include <algorithm>
#include <bit>

#include "analysis/transform.hpp"

namespace neurodyn::analysis {

std::vector<double> lagged_products(std::span<const double> x, std::size_t lags) {
    const std::size_t length = std::max<std::size_t>(std::bit_ceil(8 * lags), 1024);
    const std::size_t piece = length - lags;
    RealTransform early(length), late(length);
    std::vector<std::complex<double>> sum(length / 2 + 1);
    const auto load = [&](RealTransform& to, std::size_t first, std::size_t count) {
        const std::size_t last = std::min(first + count, x.size());
        std::fill(std::copy(x.begin() + static_cast<std::ptrdiff_t>(first),
                            x.begin() + static_cast<std::ptrdiff_t>(last), to.real().begin()),
                  to.real().end(), 0.0);
        to.forward();
    };
    for (std::size_t first = 0; first < x.size(); first += piece) {
        load(early, first, piece);
        load(late, first, length);
        const auto a = early.complex(), b = late.complex();
        for (std::size_t k = 0; k < sum.size(); ++k)
            sum[k] += std::complex<double>(a[k].real() * b[k].real() + a[k].imag() * b[k].imag(),
                                           a[k].real() * b[k].imag() - a[k].imag() * b[k].real());
    }
    std::copy(sum.begin(), sum.end(), early.complex().begin());
    early.backward();
    std::vector<double> products(early.real().begin(),
                                 early.real().begin() + static_cast<std::ptrdiff_t>(lags) + 1);
    for (double& p : products) p /= static_cast<double>(length);
    return products;
}

}  // namespace neurodyn::analysis
