// SPDX-License-Identifier: BSD-3-Clause
// G. Marsaglia & W. W. Tsang, "A simple method for generating gamma variables", ACM Trans. Math. Softw. 26
// (2000), doi:10.1145/358407.358414.
#include "base/gamma.hpp"

#include <cmath>
#include <limits>

namespace neurodyn {

double gamma_from(double mean, double sd, const std::function<double(std::uint64_t)>& normal,
                  const std::function<double(std::uint64_t)>& uniform) {
    constexpr std::uint64_t most_trials = 10000, draws = 4;
    const double shape = mean * mean / (sd * sd), scale = sd * sd / mean;
    const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
    for (std::uint64_t trial = 0; trial < most_trials; ++trial) {
        const double x = normal(draws * trial), v = std::pow(1.0 + c * x, 3);
        if (v <= 0.0) continue;
        const double u = uniform(draws * trial + 1);
        if (std::log(u) >= 0.5 * x * x + d * (1.0 - v + std::log(v))) continue;
        const double boost = shape < 1.0 ? std::pow(uniform(draws * trial + 2), 1.0 / shape) : 1.0;
        return d * v * scale * boost;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace neurodyn
