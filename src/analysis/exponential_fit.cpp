// SPDX-License-Identifier: BSD-3-Clause
// Least squares of one exponential decay.
#include "analysis/exponential_fit.hpp"

#include <cmath>

#include "analysis/minimise.hpp"

namespace neurodyn::analysis {
namespace {

struct Linear {
    Decay decay;
    double squares = 0;  // of the residuals
};

// Amplitude and offset of least squares for one m.
Linear linear_fit(std::span<const double> y, double m, bool with_offset) {
    const double n = static_cast<double>(y.size());
    double p = 1, sp = 0, sy = 0, pp = 0, py = 0, yy = 0;
    for (const double v : y) {
        p *= m;
        sp += p, sy += v, pp += p * p, py += p * v, yy += v * v;
    }
    const double mean_p = with_offset ? sp / n : 0, mean_y = with_offset ? sy / n : 0;
    pp -= mean_p * sp, py -= mean_p * sy, yy -= mean_y * sy;
    const double amplitude = pp > 0 ? py / pp : 0;
    return {{m, amplitude, mean_y - amplitude * mean_p}, yy - amplitude * py};
}

}  // namespace

Decay fit_decay(std::span<const double> y, bool with_offset) {
    const double low = std::log(0.05), high = std::log(100.0 * static_cast<double>(y.size()));
    constexpr int grid = 60;
    const double step = (high - low) / grid;
    const auto m_of = [](double log_tau) { return std::exp(-std::exp(-log_tau)); };
    const auto squares = [&](double log_tau) { return linear_fit(y, m_of(log_tau), with_offset).squares; };
    double best = low, least = squares(low);
    for (int k = 1; k <= grid; ++k)
        if (const double s = squares(low + k * step); s < least) least = s, best = low + k * step;
    const double log_tau = minimise(best - step, best + step, 1e-8, squares);
    return linear_fit(y, m_of(log_tau), with_offset).decay;
}

}  // namespace neurodyn::analysis
