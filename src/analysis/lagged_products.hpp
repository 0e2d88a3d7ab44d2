// SPDX-License-Identifier: BSD-3-Clause
// Sums of products of a series with itself some samples later.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace neurodyn::analysis {

/// sum over t of x[t] x[t + k] for k = 0 .. lags, by Fourier transforms of pieces whose length suits the
/// lags, added up before they are transformed back: time of the order of n log(lags). `lags` is below the
/// length of x.
std::vector<double> lagged_products(std::span<const double> x, std::size_t lags);

}  // namespace neurodyn::analysis
