// SPDX-License-Identifier: BSD-3-Clause
// Moments of the passage time, and the density that carries the rate as its current.
#include "density/stationary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "density/panels.hpp"

namespace neurodyn::density {
namespace {

constexpr std::size_t stages = Radau::stages;
using Stages = std::array<double, stages>;

// One panel of D y' + s a y = f: the slopes at its points.
std::array<Stages, stages> panel_matrix(const Panels& panels, std::size_t k, double sign, bool with_slope) {
    const Radau& rule = Radau::rule();
    std::array<Stages, stages> m;
    for (std::size_t i = 0; i < stages; ++i) {
        const std::size_t at = k * stages + i;
        const double factor =
            (panels.drift[at] - (with_slope ? panels.slope[at] : 0.0)) * sign * panels.width[k];
        for (std::size_t j = 0; j < stages; ++j) m[i][j] = factor * rule.matrix[i][j];
        m[i][i] += panels.diffusion[at];
    }
    return m;
}

// Values at a panel's points from the value before and the slopes.
void add_up(const Panels& panels, std::size_t k, double before, const Stages& slopes, Stages& values) {
    const Radau& rule = Radau::rule();
    for (std::size_t i = 0; i < stages; ++i) {
        double sum = 0.0;
        for (std::size_t j = 0; j < stages; ++j) sum += rule.matrix[i][j] * slopes[j];
        values[i] = before + panels.width[k] * sum;
    }
}

double integral(const Panels& panels, std::size_t k, const Stages& values) {
    double sum = 0.0;
    for (std::size_t j = 0; j < stages; ++j) sum += Radau::rule().matrix[stages - 1][j] * values[j];
    return panels.width[k] * sum;
}

// The solution at the wall: no current through it, or as it would be without a wall where drift pulls away
// from it.
double value_at_wall(const Panels& panels) {
    const double a = panels.drift.front();
    return a > 0.0 ? 1.0 / a : 0.0;
}

// The stationary density for a current of 1 above the reset, as values at the points, downwards from the
// threshold.
struct Profile {
    Panels panels;
    std::vector<double> values;  ///< [panel][stage]
    double mass = 0.0, first_moment = 0.0;

    explicit Profile(const Membrane& membrane) : panels(membrane, Panels::Direction::down) {
        double value = 0.0;
        for (std::size_t k = 0; k < panels.size(); ++k) {
            const double current = k < panels.reset ? 1.0 : 0.0;
            // Downwards, with s = -v: D dP/ds + (a - D') P = J.
            const SmallSolver<double, stages> solver(panel_matrix(panels, k, 1.0, true));
            Stages slopes, values_here, moments;
            for (std::size_t i = 0; i < stages; ++i) {
                const std::size_t at = k * stages + i;
                slopes[i] = current - (panels.drift[at] - panels.slope[at]) * value;
            }
            solver.solve(slopes);
            add_up(panels, k, value, slopes, values_here);
            value = values_here.back();
            mass += integral(panels, k, values_here);
            for (std::size_t i = 0; i < stages; ++i) moments[i] = values_here[i] * panels.v[k * stages + i];
            first_moment += integral(panels, k, moments);
            values.insert(values.end(), values_here.begin(), values_here.end());
        }
    }
};

// Lagrange's polynomial through the points of a panel and the value where it begins.
double interpolate(const Panels& panels, std::size_t k, double begin, const double* values, double v) {
    const Radau& rule = Radau::rule();
    const double x = std::abs(v - panels.start[k]) / panels.width[k];
    double sum = 0.0;
    for (std::size_t i = 0; i <= stages; ++i) {
        const double own = i == 0 ? 0.0 : rule.node[i - 1];
        double basis = i == 0 ? begin : values[i - 1];
        for (std::size_t j = 0; j <= stages; ++j) {
            if (j == i) continue;
            const double other = j == 0 ? 0.0 : rule.node[j - 1];
            basis *= (x - other) / (own - other);
        }
        sum += basis;
    }
    return sum;
}

}  // namespace

void check(const Membrane& membrane) {
    if (!(membrane.lowest < membrane.reset && membrane.reset < membrane.threshold))
        throw Error(
            fmt::format("the lowest potential ({}), the reset ({}) and the threshold ({}) must ascend",
                        membrane.lowest, membrane.reset, membrane.threshold));
    if (!(membrane.refractory_s >= 0.0))
        throw Error(
            fmt::format("the refractory time is {} s; it must not be negative", membrane.refractory_s));
}

double lowest_potential(const Coefficients& coefficients, double reset, double threshold, double depth,
                        double spans) {
    constexpr std::size_t looks = 128;
    constexpr double growth =
        1.05;  // of the steps: nearly 300 times the distance from reset to threshold in all
    std::vector<double> v(looks), a(looks), d(looks), slope(looks), ends(looks);
    double at = reset, step = (threshold - reset) / 32.0;
    for (std::size_t i = 0; i < looks; ++i, step *= growth) {
        v[i] = at - 0.5 * step;
        ends[i] = at -= step;
    }
    coefficients(v, a, d, slope);
    double pull = 0.0;
    for (std::size_t i = 0; i < looks; ++i) {
        if (d[i] > 0.0) pull = std::max(pull + a[i] / d[i] * ((i == 0 ? reset : ends[i - 1]) - ends[i]), 0.0);
        if (pull > depth || reset - ends[i] >= spans * (threshold - reset)) return ends[i];
    }
    return ends.back();
}

Firing stationary_firing(const Membrane& membrane) {
    check(membrane);
    const Panels panels(membrane, Panels::Direction::up);
    for (std::size_t at = panels.reset * stages; at < panels.v.size(); ++at)
        if (panels.diffusion[at] == 0.0 && !(panels.drift[at] > 0.0)) return {};  // it never gets beyond
    double g = value_at_wall(panels), k_value = 0.0, mean = 0.0, variance = 0.0;
    for (std::size_t k = 0; k < panels.size(); ++k) {
        const SmallSolver<double, stages> solver(panel_matrix(panels, k, 1.0, false));
        Stages slopes, times, spreads;
        for (std::size_t i = 0; i < stages; ++i) slopes[i] = 1.0 - panels.drift[k * stages + i] * g;
        solver.solve(slopes);
        add_up(panels, k, g, slopes, times);
        // The variance of the passage time has D V'' + a V' = -2 D g^2.
        for (std::size_t i = 0; i < stages; ++i) {
            const std::size_t at = k * stages + i;
            slopes[i] = 2.0 * panels.diffusion[at] * times[i] * times[i] - panels.drift[at] * k_value;
        }
        solver.solve(slopes);
        add_up(panels, k, k_value, slopes, spreads);
        if (k >= panels.reset) {
            mean += integral(panels, k, times);
            variance += integral(panels, k, spreads);
        }
        g = times.back();
        k_value = spreads.back();
    }
    if (!std::isfinite(mean) || !(mean > 0.0)) return {};
    const double interval = mean + membrane.refractory_s;
    return {1.0 / interval, std::isfinite(variance) ? std::sqrt(std::max(variance, 0.0)) / interval : 1.0};
}

std::vector<double> stationary_density(const Membrane& membrane, std::span<const double> v) {
    check(membrane);
    const Profile profile(membrane);
    const double rate = 1.0 / (profile.mass + membrane.refractory_s);
    std::vector<double> result;
    for (const double x : v) {
        double value = 0.0;
        for (std::size_t k = 0; k < profile.panels.size() && x < membrane.threshold; ++k) {
            if (x < profile.panels.start[k] - profile.panels.width[k]) continue;
            const double begin = k == 0 ? 0.0 : profile.values[k * stages - 1];
            value = rate * interpolate(profile.panels, k, begin, &profile.values[k * stages], x);
            break;
        }
        result.push_back(value);
    }
    return result;
}

double stationary_mean(const Membrane& membrane) {
    check(membrane);
    const Profile profile(membrane);
    const double rate = 1.0 / (profile.mass + membrane.refractory_s);
    return rate * (profile.first_moment + membrane.refractory_s * membrane.reset);
}

}  // namespace neurodyn::density
