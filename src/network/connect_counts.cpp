// SPDX-License-Identifier: BSD-3-Clause
// Probabilities without loss of digits, and the inversion that starts at the most likely count.
#include "network/connect_counts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/math/functions.hpp"
#include "base/math/scalar.hpp"

namespace neurodyn::network {
namespace {

using Scalar = math::Scalar<double>;

double exponential(double x) {
    Scalar b;
    return math::exp(b, x);
}
double logarithm(double x) {
    Scalar b;
    return math::log(b, x);
}
double logarithm_of_one_plus(double x) {
    Scalar b;
    return math::log1p(b, x);
}

/// log k! less Stirling's log sqrt(2 pi k) + k log k - k, for k >= 1.
double stirling_rest(double k) {
    static constexpr std::array<double, 15> first = {
        0.081061466795327258,  0.041340695955409294,  0.027677925684998339,  0.020790672103765093,
        0.016644691189821192,  0.013876128823070748,  0.01189670994589177,   0.010411265261972096,
        0.0092554621827127329, 0.0083305634333628713, 0.0075736754879518408, 0.0069428401072095299,
        0.0064089941880042071, 0.0059513701127588477, 0.0055547335519628014};
    if (k < 16) return first[static_cast<std::size_t>(k) - 1];
    const double k2 = k * k;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680) / k2) / k2) / k2) / k;
}

/// x log(x/m) + m - x, by a series in the relative difference where the logarithm would lose digits.
double deviance(double x, double m) {
    const double difference = x - m;
    if (std::abs(difference) >= 0.1 * (x + m)) return x * logarithm(x / m) - difference;
    const double v = difference / (x + m), v2 = v * v;
    double series = 0.0;
    for (int n = 23; n >= 3; n -= 2) series = series * v2 + 1.0 / n;
    return difference * v + 2.0 * x * v * v2 * series;
}

/// Probability of k successes in n trials, by the saddle point (C. Loader, "Fast and accurate computation of
/// binomial probabilities", 2000).
double binomial_probability(double k, double n, double p, double q) {
    if (n == 0.0) return 1.0;
    if (k == 0.0) return exponential(n * (p < 0.5 ? logarithm_of_one_plus(-p) : logarithm(q)));
    if (k == n) return exponential(n * (q < 0.5 ? logarithm_of_one_plus(-q) : logarithm(p)));
    const double exponent = stirling_rest(n) - stirling_rest(k) - stirling_rest(n - k) - deviance(k, n * p) -
                            deviance(n - k, n * q);
    return exponential(exponent) * std::sqrt(n / (2.0 * std::numbers::pi * k * (n - k)));
}

/// Any order of the values inverts a distribution: mode, mode + 1, mode - 1, ... `up(k)` is the probability
/// of k + 1 over that of k, `down(k)` that of k - 1 over that of k.
template <class Up, class Down>
std::uint64_t from_mode(double rest, double mode, double p_mode, double low, double high, Up up, Down down) {
    double above = mode, below = mode, p_above = p_mode, p_below = p_mode;
    rest -= p_mode;
    while (rest >= 0.0 && (above < high || below > low)) {
        if (above < high) {
            p_above *= up(above++);
            rest -= p_above;
            if (rest < 0.0) return static_cast<std::uint64_t>(above);
        }
        if (below > low) {
            p_below *= down(below--);
            rest -= p_below;
            if (rest < 0.0) return static_cast<std::uint64_t>(below);
        }
        // All but a rounding error of the whole probability is spent.
        if (p_above < 0x1p-80 && (below == low || p_below < 0x1p-80)) break;
    }
    return static_cast<std::uint64_t>(mode);
}

}  // namespace

double combine_uniforms(double high, double low) {
    const auto word = [](double u) { return static_cast<std::uint64_t>(u * 0x1p32); };
    return (static_cast<double>(word(high) << 21 | word(low) >> 11) + 0.5) * 0x1p-53;
}

std::uint64_t binomial_count(double uniform, std::uint64_t trials, double p) {
    if (p <= 0.0 || trials == 0) return 0;
    if (p >= 1.0) return trials;
    const double n = static_cast<double>(trials), q = 1.0 - p, odds = p / q;
    const double mode = std::min(std::floor((n + 1.0) * p), n);
    return from_mode(
        uniform, mode, binomial_probability(mode, n, p, q), 0.0, n,
        [&](double k) { return odds * (n - k) / (k + 1.0); },
        [&](double k) { return k / (odds * (n - k + 1.0)); });
}

std::uint64_t hypergeometric_count(double uniform, std::uint64_t total, std::uint64_t marked,
                                   std::uint64_t draws) {
    const std::uint64_t others = total - marked;
    const std::uint64_t lowest = draws > others ? draws - others : 0, highest = std::min(draws, marked);
    if (lowest == highest) return lowest;
    const auto low = static_cast<double>(lowest), high = static_cast<double>(highest);
    const auto all = static_cast<double>(total), m = static_cast<double>(marked),
               o = static_cast<double>(others), n = static_cast<double>(draws);
    const double mode = std::clamp(std::floor((n + 1.0) * (m + 1.0) / (all + 2.0)), low, high);
    const double p = n / all, q = (all - n) / all;
    const double p_mode = binomial_probability(mode, m, p, q) * binomial_probability(n - mode, o, p, q) /
                          binomial_probability(n, all, p, q);
    return from_mode(
        uniform, mode, p_mode, low, high,
        [&](double k) { return (m - k) * (n - k) / ((k + 1.0) * (o - n + k + 1.0)); },
        [&](double k) { return k * (o - n + k) / ((m - k + 1.0) * (n - k + 1.0)); });
}

}  // namespace neurodyn::network
