// SPDX-License-Identifier: BSD-3-Clause
// The digamma function, which estimates of information need.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace neurodyn::analysis {

/// psi(x) for x > 0: the recurrence up to 10, then the asymptotic series (DLMF 5.5.2, 5.11.2).
inline double digamma(double x) {
    double below = 0.0;
    for (; x < 10.0; x += 1.0) below += 1.0 / x;
    const double s = 1.0 / (x * x);
    return std::log(x) - 0.5 / x - below -
           s * (1.0 / 12 -
                s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * 691 / 32760)))));
}

/// Of whole numbers, by a table.
class Digamma {
  public:
    explicit Digamma(std::size_t most) : values_(most + 1) {
        values_[1] = -std::numbers::egamma;
        for (std::size_t n = 2; n <= most; ++n) values_[n] = values_[n - 1] + 1 / static_cast<double>(n - 1);
    }
    double operator()(std::size_t n) const { return values_[n]; }

  private:
    std::vector<double> values_;
};

}  // namespace neurodyn::analysis
