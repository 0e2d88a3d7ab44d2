// SPDX-License-Identifier: BSD-3-Clause
// Moments of the passage time, and the density that carries the rate as its current.
#include "density/stationary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "density/profile.hpp"

namespace neurodyn::density {
namespace {

constexpr std::size_t stages = Radau::stages;
using Stages = Radau::Row;

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

namespace {

// Points that go down from the reset in growing steps.
struct Descent {
    static constexpr std::size_t looks = 128;
    static constexpr double growth = 1.1;  // nearly 60,000 spans in all
    std::vector<double> ends, v, drift, diffusion, slope;

    Descent(const Coefficients& coefficients, double reset, double threshold)
        : ends{reset}, v(looks), drift(looks), diffusion(looks), slope(looks) {
        double step = (threshold - reset) / 32.0;
        for (std::size_t i = 0; i < looks; ++i, step *= growth) {
            v[i] = ends.back() - 0.5 * step;
            ends.push_back(ends.back() - step);
        }
        coefficients(v, drift, diffusion, slope);
    }
};

bool never_fires(const Membrane& membrane) {
    constexpr std::size_t looks = 64;
    std::vector<double> v(looks), a(looks), d(looks), slope(looks);
    const double step = (membrane.threshold - membrane.reset) / looks;
    for (std::size_t i = 0; i < looks; ++i) v[i] = membrane.reset + step * (static_cast<double>(i) + 0.5);
    membrane.coefficients(v, a, d, slope);
    for (std::size_t i = 0; i < looks; ++i)
        if (d[i] == 0.0 && !(a[i] > 0.0)) return true;
    return false;
}

// Where neurons without noise come to rest, from the reset.
double point_of_rest(const Membrane& membrane) {
    const Descent down(membrane.coefficients, membrane.reset, membrane.threshold);
    std::vector<double> v, a;
    if (down.drift.front() < 0.0) {
        v = down.v;
        a = down.drift;
    } else {
        constexpr std::size_t looks = 1024;
        const double step = (membrane.threshold - membrane.reset) / looks;
        for (std::size_t i = 0; i <= looks; ++i) v.push_back(membrane.reset + step * static_cast<double>(i));
        std::vector<double> d(v.size()), slope(v.size());
        a.resize(v.size());
        membrane.coefficients(v, a, d, slope);
    }
    for (std::size_t i = 1; i < v.size(); ++i)
        if ((a[i] >= 0.0) != (a[0] >= 0.0)) {  // a line between the two: exact for leaky neurons
            const double share = a[i - 1] / (a[i - 1] - a[i]);
            return v[i - 1] + share * (v[i] - v[i - 1]);
        }
    return membrane.reset;
}

// Of neurons that hardly ever fire: the mean of Boltzmann's density, which has no current.
double silent_mean(const Membrane& membrane) {
    constexpr std::size_t looks = 4096;
    std::vector<double> v(looks), a(looks), d(looks), slope(looks), level(looks, 0.0);
    const double step = (membrane.threshold - membrane.lowest) / looks;
    for (std::size_t i = 0; i < looks; ++i) v[i] = membrane.lowest + step * (static_cast<double>(i) + 0.5);
    membrane.coefficients(v, a, d, slope);
    for (std::size_t i = 0; i < looks; ++i)
        if (!(d[i] > 0.0)) return point_of_rest(membrane);
    for (std::size_t i = 1; i < looks; ++i)
        level[i] =
            level[i - 1] + 0.5 * step * ((a[i] - slope[i]) / d[i] + (a[i - 1] - slope[i - 1]) / d[i - 1]);
    const double highest = *std::max_element(level.begin(), level.end());
    double mass = 0.0, moment = 0.0;
    for (std::size_t i = 0; i < looks; ++i) {
        const double share = std::exp(level[i] - highest);
        mass += share;
        moment += share * v[i];
    }
    return moment / mass;
}

}  // namespace

std::optional<double> lowest_potential(const Coefficients& coefficients, double reset, double threshold,
                                       double depth) {
    const Descent down(coefficients, reset, threshold);
    double pull = 0.0;
    bool is_noisy = false;
    for (std::size_t i = 0; i < Descent::looks; ++i) {
        is_noisy = is_noisy || down.diffusion[i] > 0.0;
        if (down.diffusion[i] > 0.0)
            pull =
                std::max(pull + down.drift[i] / down.diffusion[i] * (down.ends[i] - down.ends[i + 1]), 0.0);
        if (pull > depth) return down.ends[i + 1];
    }
    return is_noisy ? std::nullopt : std::optional(2.0 * reset - threshold);
}

Firing stationary_firing(const Membrane& membrane) {
    check(membrane);
    if (never_fires(membrane)) return {};
    const Panels panels(membrane, Panels::Direction::up);
    double g = 0.0, k_value = 0.0, mean = 0.0, variance = 0.0;
    for (std::size_t k = 0; k < panels.size(); ++k) {
        const SmallSolver<double, stages> solver(panel_matrix(panels, k, false));
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
    if (never_fires(membrane)) return silent_mean(membrane);
    const Profile profile(membrane);
    const double rate = 1.0 / (profile.mass + membrane.refractory_s);
    const double mean = rate * (profile.first_moment + membrane.refractory_s * membrane.reset);
    return std::isfinite(mean) ? mean : silent_mean(membrane);
}

}  // namespace neurodyn::density
