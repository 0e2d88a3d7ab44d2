// SPDX-License-Identifier: BSD-3-Clause
// One gamma draw from others.
#pragma once

#include <cstdint>
#include <functional>

namespace neurodyn {

/// A draw from the gamma distribution of this mean and standard deviation, both above 0; NaN when 10,000
/// trials find none. `normal(k)` and `uniform(k)` give independent draws for different k below 40,000.
double gamma_from(double mean, double sd, const std::function<double(std::uint64_t)>& normal,
                  const std::function<double(std::uint64_t)>& uniform);

}  // namespace neurodyn
