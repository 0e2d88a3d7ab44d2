// SPDX-License-Identifier: BSD-3-Clause
// Radau's rule, and intervals that are short where the solution changes fast.
#include "density/panels.hpp"

#include <algorithm>
#include <cmath>

namespace neurodyn::density {
namespace {

using Real = long double;  // the rule is made once, with digits to spare

struct Legendre {
    Real value, slope;
};

// P_n and its derivative at x within (-1, 1).
Legendre legendre(std::size_t n, Real x) {
    Real before = 1, now = x;
    for (std::size_t k = 2; k <= n; ++k) {
        const auto r = static_cast<Real>(k);
        const Real next = ((2 * r - 1) * x * now - (r - 1) * before) / r;
        before = now;
        now = next;
    }
    return {now, static_cast<Real>(n) * (x * now - before) / (x * x - 1)};
}

// Zeros of P_s - P_(s-1) below 1: Newton's method, zeros already found divided out.
std::array<Real, Radau::stages> radau_nodes() {
    constexpr std::size_t s = Radau::stages;
    std::array<Real, s> x{};
    for (std::size_t k = 0; k + 1 < s; ++k) {
        Real guess = -0.99L + 0.01L * static_cast<Real>(k);
        for (int iteration = 0; iteration < 200; ++iteration) {
            const Legendre a = legendre(s, guess), b = legendre(s - 1, guess);
            const Real value = a.value - b.value;
            Real slope = a.slope - b.slope;
            for (std::size_t j = 0; j < k; ++j) slope -= value / (guess - x[j]);
            slope -= value / (guess - 1);
            const Real step = value / slope;
            guess = std::clamp(guess - step, -0.99999L, 0.99999L);
            if (std::abs(step) < 1e-18L) break;
        }
        x[k] = guess;
    }
    x[s - 1] = 1;
    std::sort(x.begin(), x.end());
    for (Real& value : x) value = (value + 1) / 2;
    return x;
}

// Integrals from 0 to each node of the polynomial that is 1 at one node and 0 at the others.
std::array<std::array<Real, Radau::stages>, Radau::stages> integrals(
    const std::array<Real, Radau::stages>& node) {
    constexpr std::size_t s = Radau::stages;
    std::array<std::array<Real, s>, s> matrix{};
    for (std::size_t j = 0; j < s; ++j) {
        std::array<Real, s> coefficients{1};  // of the product of (x - node_m) / (node_j - node_m)
        std::size_t degree = 0;
        for (std::size_t m = 0; m < s; ++m) {
            if (m == j) continue;
            const Real scale = 1 / (node[j] - node[m]);
            ++degree;
            for (std::size_t d = degree + 1; d-- > 0;)
                coefficients[d] =
                    ((d > 0 ? coefficients[d - 1] : 0) - (d < degree ? coefficients[d] * node[m] : 0)) *
                    scale;
        }
        for (std::size_t i = 0; i < s; ++i) {
            Real power = 1;
            for (std::size_t d = 0; d < s; ++d) {
                power *= node[i];
                matrix[i][j] += coefficients[d] * power / static_cast<Real>(d + 1);
            }
        }
    }
    return matrix;
}

constexpr std::size_t looks = 128;      // intervals at which a side of the reset is looked at
constexpr double largest_growth = 3.0;  // of a panel: its width times |a/D|
constexpr double largest_ratio = 2.0;   // of a/D within a panel where it pulls the solution along
constexpr std::size_t fewest_panels = 8, most_pieces = 64;
constexpr double least_diffusion = 1e-290;

// Ends of panels from `low` to `high`.
void divide(const Membrane& membrane, double low, double high, std::vector<double>& ends) {
    std::vector<double> v(looks + 1), a(looks + 1), d(looks + 1), slope(looks + 1);
    const double step = (high - low) / looks;
    for (std::size_t i = 0; i <= looks; ++i) v[i] = low + step * static_cast<double>(i);
    membrane.coefficients(v, a, d, slope);
    // Without diffusion it is the drift's change that matters.
    const auto strength = [&](std::size_t i) { return a[i] / std::max(d[i], least_diffusion); };
    ends.push_back(low);
    for (std::size_t i = 0; i < looks;) {
        double largest = std::abs(strength(i)), smallest = strength(i), highest = strength(i);
        std::size_t j = i;
        while (j < looks && j - i < looks / fewest_panels) {
            const double next = strength(j + 1);
            const double most = std::max(largest, std::abs(next));
            const double width = step * static_cast<double>(j + 1 - i);
            const bool smooth = std::min(smallest, next) > 0.0 &&
                                std::max(highest, next) <= largest_ratio * std::min(smallest, next);
            if (!smooth && !(most * width <= largest_growth)) break;
            largest = most;
            smallest = std::min(smallest, next);
            highest = std::max(highest, next);
            ++j;
        }
        if (j == i) {  // even the shortest is too long: pieces of it
            const double wanted =
                std::ceil(std::max(largest, std::abs(strength(i + 1))) * step / largest_growth);
            const double pieces = wanted < most_pieces ? wanted : static_cast<double>(most_pieces);
            for (double k = 1.0; k < pieces; k += 1.0) ends.push_back(v[i] + step * k / pieces);
            j = i + 1;
        }
        ends.push_back(j == looks ? high : v[j]);
        i = j;
    }
}

}  // namespace

const Radau& Radau::rule() {
    static const Radau rule = [] {
        Radau made{};
        const auto node = radau_nodes();
        const auto matrix = integrals(node);
        for (std::size_t i = 0; i < stages; ++i) {
            made.node[i] = static_cast<double>(node[i]);
            for (std::size_t j = 0; j < stages; ++j) made.matrix[i][j] = static_cast<double>(matrix[i][j]);
        }
        return made;
    }();
    return rule;
}

Panels::Panels(const Membrane& membrane, Direction way) : direction(way) {
    std::vector<double> ends;
    divide(membrane, membrane.lowest, membrane.reset, ends);
    const std::size_t below = ends.size() - 1;
    ends.pop_back();
    divide(membrane, membrane.reset, membrane.threshold, ends);
    const std::size_t count = ends.size() - 1;
    reset = way == Direction::up ? below : count - below;
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t i = way == Direction::up ? k : count - 1 - k;
        start.push_back(way == Direction::up ? ends[i] : ends[i + 1]);
        width.push_back(ends[i + 1] - ends[i]);
    }
    const Radau& rule = Radau::rule();
    const double sign = way == Direction::up ? 1.0 : -1.0;
    for (std::size_t k = 0; k < count; ++k)
        for (const double c : rule.node) v.push_back(start[k] + sign * width[k] * c);
    drift.resize(v.size());
    diffusion.resize(v.size());
    slope.resize(v.size());
    membrane.coefficients(v, drift, diffusion, slope);
}

}  // namespace neurodyn::density
