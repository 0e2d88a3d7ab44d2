// SPDX-License-Identifier: BSD-3-Clause
// Newton's method from many starts.
#include "dynamics/fixed_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "dynamics/flow.hpp"

namespace neurodyn::dynamics {
namespace {

constexpr int most_iterations = 60, most_halvings = 12;
constexpr double converged = 1e-12, same_point = 1e-6;
constexpr int visits = 9, steps_of_visit = 400;

/// The k-th element of van der Corput's sequence in a base.
double radical_inverse(std::size_t k, std::size_t base) {
    double value = 0.0, digit = 1.0 / static_cast<double>(base);
    for (; k > 0; k /= base, digit /= static_cast<double>(base))
        value += digit * static_cast<double>(k % base);
    return value;
}

std::size_t prime(Eigen::Index index) {
    std::size_t candidate = 1;
    for (Eigen::Index found = -1; found < index;) {
        ++candidate;
        bool is_prime = true;
        for (std::size_t d = 2; d * d <= candidate; ++d) is_prime = is_prime && candidate % d != 0;
        found += is_prime;
    }
    return candidate;
}

Eigen::VectorXd joined(const Eigen::VectorXd& x, const Eigen::VectorXd& parameters) {
    Eigen::VectorXd u(x.size() + parameters.size());
    u << x, parameters;
    return u;
}

std::optional<Eigen::VectorXd> newton(Equations& equations, Eigen::VectorXd x,
                                      const Eigen::VectorXd& parameters, const Eigen::VectorXd& width) {
    for (int k = 0; k < most_iterations; ++k) {
        const Linearised here = equations.at(joined(x, parameters));
        if (!here.value.allFinite() || !here.jacobian.allFinite()) return std::nullopt;
        const Eigen::MatrixXd j = here.jacobian.leftCols(x.size());
        const Eigen::VectorXd d = j.partialPivLu().solve(-here.value);
        if (!d.allFinite()) return std::nullopt;
        if (d.cwiseQuotient(width).norm() < converged) return x + d;
        const double size = here.value.norm();
        double share = 1.0;
        for (int h = 0;; ++h, share *= 0.5) {
            if (h == most_halvings) return std::nullopt;  // near a least |f| that is not 0: no step leads on
            const Eigen::VectorXd f = equations.value(joined(x + share * d, parameters));
            if (f.allFinite() && f.norm() < size * (1.0 - 0.1 * share)) break;
        }
        x += share * d;
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::complex<double>> sorted_eigenvalues(const Eigen::MatrixXd& m) {
    const Eigen::VectorXcd values = m.eigenvalues();
    std::vector<std::complex<double>> sorted(values.data(), values.data() + values.size());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
        return a.real() != b.real() ? a.real() > b.real() : a.imag() > b.imag();
    });
    return sorted;
}

double pair_sums(const std::vector<std::complex<double>>& e) {
    std::complex<double> product = 1.0;
    for (std::size_t i = 0; i < e.size(); ++i)
        for (std::size_t j = i + 1; j < e.size(); ++j)
            product *= (e[i] + e[j]) / (std::abs(e[i]) + std::abs(e[j]) + 1e-300);
    return product.real();
}

std::complex<double> critical_pair(const std::vector<std::complex<double>>& e) {
    std::complex<double> best = 0.0;
    for (const std::complex<double>& z : e)
        if (z.imag() > 0.0 && (best == 0.0 || std::abs(z.real()) < std::abs(best.real()))) best = z;
    return best;
}

FixedPoint classify(Eigen::VectorXd x, const Eigen::MatrixXd& jacobian) {
    return {std::move(x), sorted_eigenvalues(jacobian)};
}

std::string FixedPoint::kind() const {
    const auto unstable = static_cast<std::size_t>(
        std::count_if(eigenvalues.begin(), eigenvalues.end(), [](const auto& e) { return e.real() > 0.0; }));
    if (unstable > 0 && unstable < eigenvalues.size())
        return eigenvalues.size() == 2 ? "saddle" : fmt::format("saddle ({} unstable)", unstable);
    const auto& leading = unstable > 0 ? eigenvalues.back() : eigenvalues.front();
    return fmt::format("{} {}", unstable > 0 ? "unstable" : "stable",
                       leading.imag() != 0.0 ? "focus" : "node");
}

std::vector<FixedPoint> find_fixed_points(const VectorField& field, Equations& equations,
                                          const Eigen::VectorXd& parameters, const SearchSettings& settings) {
    const Eigen::Index n = field.dimension();
    const Eigen::VectorXd width = settings.box.high - settings.box.low;
    std::vector<FixedPoint> found;
    for (std::size_t k = 0; k <= settings.starts; ++k) {
        Eigen::VectorXd x = field.start;
        for (Eigen::Index i = 0; k > 0 && i < n; ++i)
            x[i] = settings.box.low[i] + width[i] * radical_inverse(k, prime(i));
        const auto at = newton(equations, x, parameters, width);
        if (!at) continue;
        const bool inside = ((*at - settings.box.low).array() >= -1e-9 * width.array()).all() &&
                            ((settings.box.high - *at).array() >= -1e-9 * width.array()).all();
        const bool known = std::any_of(found.begin(), found.end(), [&](const FixedPoint& p) {
            return (p.x - *at).cwiseQuotient(width).norm() < same_point;
        });
        if (inside && !known)
            found.push_back(classify(*at, equations.at(joined(*at, parameters)).jacobian.leftCols(n)));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.x[0] < b.x[0]; });
    return found;
}

Box visited_box(const VectorField& field, Equations& equations, const Eigen::VectorXd& parameters) {
    const Eigen::Index n = field.dimension();
    Box box{field.start, field.start};
    const auto take = [&](const Eigen::VectorXd& x) {
        if (!x.allFinite()) return;
        box.low = box.low.cwiseMin(x);
        box.high = box.high.cwiseMax(x);
    };
    for (int k = 0; k < visits; ++k) {
        Eigen::VectorXd x = field.start;
        for (Eigen::Index i = 0; k > 0 && i < n; ++i) {
            const double size = std::max({box.high[i] - box.low[i], std::abs(field.start[i]), 1e-3});
            x[i] += (2.0 * radical_inverse(static_cast<std::size_t>(k), prime(i)) - 1.0) * size;
        }
        integrate(equations, x, parameters, {.most_steps = steps_of_visit}, [&](double, const auto& now) {
            take(now);
            return true;
        });
    }
    const Eigen::VectorXd margin = (0.5 * (box.high - box.low)).cwiseMax(1e-3);
    return {box.low - margin, box.high + margin};
}

namespace {

Box visited_box(const VectorField& field, const std::vector<Eigen::VectorXd>& parameters) {
    Equations equations = field.equations();
    Box all = visited_box(field, equations, parameters.front());
    for (std::size_t k = 1; k < parameters.size(); ++k) {
        const Box box = visited_box(field, equations, parameters[k]);
        all = {all.low.cwiseMin(box.low), all.high.cwiseMax(box.high)};
    }
    return all;
}

}  // namespace

Box visited_box(const VectorField& field, const Range& range) {
    std::vector<Eigen::VectorXd> at;
    for (const double p : {range.low, 0.5 * (range.low + range.high), range.high})
        at.push_back(Eigen::VectorXd::Constant(1, p));
    return visited_box(field, at);
}

Box visited_box(const VectorField& field, const Range& first, const Range& second) {
    std::vector<Eigen::VectorXd> at;
    for (const double p : {first.low, first.high})
        for (const double q : {second.low, second.high}) at.push_back(Eigen::Vector2d(p, q));
    at.push_back(Eigen::Vector2d(0.5 * (first.low + first.high), 0.5 * (second.low + second.high)));
    return visited_box(field, at);
}

}  // namespace neurodyn::dynamics
