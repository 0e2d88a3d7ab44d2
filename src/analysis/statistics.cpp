// SPDX-License-Identifier: BSD-3-Clause
// The incomplete gamma function by its series and its continued fraction, and its inverse by bisection.
#include "analysis/statistics.hpp"

#include <cmath>

namespace neurodyn::analysis {
namespace {

constexpr int most_terms = 10000;
constexpr double rounding = 1e-16;

// DLMF 8.11.4
double series(double a, double x) {
    double term = 1.0 / a, sum = term;
    for (int n = 1; n < most_terms && term > sum * rounding; ++n) sum += term *= x / (a + n);
    return sum * std::exp(a * std::log(x) - x - std::lgamma(a));
}

// 1 - P by DLMF 8.9.2, from the front (Lentz).
double fraction(double a, double x) {
    constexpr double tiny = 1e-300;
    double b = x + 1.0 - a, c = 1.0 / tiny, d = 1.0 / b, value = d;
    for (int n = 1; n < most_terms; ++n) {
        const double numerator = n * (a - n);
        b += 2.0;
        d = 1.0 / (std::abs(numerator * d + b) < tiny ? tiny : numerator * d + b);
        c = std::abs(b + numerator / c) < tiny ? tiny : b + numerator / c;
        value *= d * c;
        if (std::abs(d * c - 1.0) < rounding) break;
    }
    return value * std::exp(a * std::log(x) - x - std::lgamma(a));
}

}  // namespace

double lower_gamma(double a, double x) {
    if (x <= 0.0) return 0.0;
    return x < a + 1.0 ? series(a, x) : 1.0 - fraction(a, x);
}

double chi_squared_quantile(double p, double freedom) {
    double low = 0.0, high = freedom + 10.0;
    while (lower_gamma(0.5 * freedom, 0.5 * high) < p) high *= 2.0;
    for (int k = 0; k < 200 && high - low > 1e-14 * high; ++k) {
        const double middle = 0.5 * (low + high);
        (lower_gamma(0.5 * freedom, 0.5 * middle) < p ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace neurodyn::analysis
