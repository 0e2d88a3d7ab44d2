// SPDX-License-Identifier: BSD-3-Clause
// Quantiles of the normal and of Student's distribution.
#include "analysis/student.hpp"

#include <cmath>
#include <numbers>

namespace neurodyn::analysis {

double normal_quantile(double p) {
    double low = -40, high = 40;
    for (int k = 0; k < 200 && high - low > 1e-15 * (1 + std::abs(low)); ++k) {
        const double middle = (low + high) / 2;
        (std::erfc(-middle / std::numbers::sqrt2) / 2 < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

double student_quantile(double p, double degrees) {
    const double z = normal_quantile(p), s = z * z, n = degrees;
    return z + z * (s + 1) / (4 * n) + z * ((5 * s + 16) * s + 3) / (96 * n * n) +
           z * (((3 * s + 19) * s + 17) * s - 15) / (384 * n * n * n) +
           z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / (92160 * n * n * n * n);
}

}  // namespace neurodyn::analysis
