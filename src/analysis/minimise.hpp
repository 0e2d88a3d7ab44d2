// SPDX-License-Identifier: BSD-3-Clause
// Minima of functions of one and two numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace neurodyn::analysis {

/// The place of the least value of a function with one minimum in [low, high], by golden sections.
template <class Function>
double minimise(double low, double high, double tolerance, const Function& f) {
    const double golden = (std::sqrt(5.0) - 1) / 2;
    double a = high - golden * (high - low), b = low + golden * (high - low), fa = f(a), fb = f(b);
    while (high - low > tolerance) {
        if (fa <= fb) {
            high = b, b = a, fb = fa;
            a = high - golden * (high - low);
            fa = f(a);
        } else {
            low = a, a = b, fa = fb;
            b = low + golden * (high - low);
            fb = f(b);
        }
    }
    return (low + high) / 2;
}

using Pair = std::array<double, 2>;

/// A local minimum of f(Pair) near `start`, by the simplex of Nelder & Mead (1965,
/// doi:10.1093/comjnl/7.4.308), begun again at what it found until that is no better.
template <class Function>
Pair minimise_pair(Pair start, double step, const Function& f) {
    double before = f(start);
    for (int round = 0; round < 8; ++round) {
        std::array<std::pair<double, Pair>, 3> s{
            {{before, start},
             {f({start[0] + step, start[1]}), {start[0] + step, start[1]}},
             {f({start[0], start[1] + step}), {start[0], start[1] + step}}}};
        const auto along = [&](double t) {
            Pair x;
            for (std::size_t k = 0; k < 2; ++k) {
                const double centre = (s[0].second[k] + s[1].second[k]) / 2;
                x[k] = centre + t * (s[2].second[k] - centre);
            }
            return std::pair{f(x), x};
        };
        for (int k = 0; k < 400; ++k) {
            std::sort(s.begin(), s.end());
            const double size = std::max(std::abs(s[2].second[0] - s[0].second[0]),
                                         std::abs(s[2].second[1] - s[0].second[1]));
            if (size < 1e-9 && s[2].first - s[0].first <= 1e-12 * std::abs(s[0].first)) break;
            const auto reflected = along(-1);
            if (reflected.first < s[0].first) {
                const auto expanded = along(-2);
                s[2] = expanded.first < reflected.first ? expanded : reflected;
            } else if (reflected.first < s[1].first) {
                s[2] = reflected;
            } else {
                const auto contracted = along(reflected.first < s[2].first ? -0.5 : 0.5);
                if (contracted.first < std::min(reflected.first, s[2].first)) {
                    s[2] = contracted;
                } else {
                    for (std::size_t v = 1; v < 3; ++v) {
                        for (std::size_t d = 0; d < 2; ++d)
                            s[v].second[d] = (s[v].second[d] + s[0].second[d]) / 2;
                        s[v].first = f(s[v].second);
                    }
                }
            }
        }
        std::sort(s.begin(), s.end());
        start = s[0].second;
        const double gain = before - s[0].first;
        before = s[0].first;
        if (round > 0 && !(gain > 1e-10 * std::abs(before))) break;
    }
    return start;
}

}  // namespace neurodyn::analysis
