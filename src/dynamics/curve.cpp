// SPDX-License-Identifier: BSD-3-Clause
// Predictor along the direction, corrector by Newton's method across it.
#include "dynamics/curve.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace neurodyn::dynamics {
namespace {

constexpr int most_iterations = 10, few_iterations = 4;
constexpr int most_halvings = 60;

double dot(const Curve& curve, const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
    return (curve.weights().array() * a.array() * b.array()).sum();
}

}  // namespace

double length(const Curve& curve, const Eigen::VectorXd& d) { return std::sqrt(dot(curve, d, d)); }

std::optional<CurvePoint> settle(Curve& curve, const Eigen::VectorXd& guess, const Eigen::VectorXd& direction,
                                 const StepSettings& settings) {
    int iterations = 0;
    CurvePoint from{guess, direction};
    return step(curve, from, 0.0, settings, &iterations);
}

std::optional<CurvePoint> step(Curve& curve, const CurvePoint& from, double distance,
                               const StepSettings& settings, int* iterations) {
    const Eigen::VectorXd row = curve.weights().cwiseProduct(from.direction);
    CurvePoint made{from.u + distance * from.direction, from.direction};
    double last = 0.0;
    for (int k = 1; k <= most_iterations; ++k) {
        const auto d = curve.solve(made.u, row, true, 0.0);
        if (!d || !d->allFinite()) return std::nullopt;
        made.u += *d;
        const double moved = length(curve, *d), size = 1.0 + length(curve, made.u);
        if (k > 2 && moved > 2.0 * last && moved > settings.tolerance * size) return std::nullopt;
        last = moved;
        if (iterations != nullptr) *iterations = k;
        if (moved > settings.tolerance * size) continue;
        const auto direction = curve.solve(made.u, row, false, 1.0);
        if (!direction || !direction->allFinite()) return std::nullopt;
        made.direction = *direction / length(curve, *direction);
        return made;
    }
    return std::nullopt;
}

std::optional<CurvePoint> locate(Curve& curve, const CurvePoint& from, double distance, double value_from,
                                 double value_to, const std::function<double(const CurvePoint&)>& function,
                                 const StepSettings& settings) {
    double low = 0.0, high = distance, f_low = value_from, f_high = value_to;
    std::optional<CurvePoint> best;
    int side = 0;
    for (int k = 0; k < most_halvings && std::abs(high - low) > 1e-13 * std::abs(distance); ++k) {
        const double middle =
            k % 8 == 7 ? 0.5 * (low + high) : (low * f_high - high * f_low) / (f_high - f_low);
        const auto point = step(curve, from, middle, settings);
        if (!point) return best;
        best = point;
        const double f = function(*point);
        if (f == 0.0 || !std::isfinite(f)) return best;
        if ((f > 0.0) == (f_high > 0.0)) {
            if (std::abs(high - middle) < 1e-12 * std::abs(distance)) return best;
            high = middle, f_high = f;
            if (side == 1) f_low *= 0.5;
            side = 1;
        } else {
            if (std::abs(middle - low) < 1e-12 * std::abs(distance)) return best;
            low = middle, f_low = f;
            if (side == -1) f_high *= 0.5;
            side = -1;
        }
    }
    return best;
}

Stop follow(Curve& curve, CurvePoint start, const StepSettings& settings,
            const std::function<bool(const CurvePoint&, const CurvePoint&, double)>& visit) {
    double distance = settings.first;
    for (int k = 0; k < settings.most_steps; ++k) {
        std::optional<CurvePoint> next;
        int iterations = 0;
        double turned = 0.0;
        for (;;) {
            next = step(curve, start, distance, settings, &iterations);
            if (next) {
                turned = std::acos(std::clamp(dot(curve, start.direction, next->direction), -1.0, 1.0));
                if (turned <= settings.turn || distance <= 64.0 * settings.smallest) break;
            }
            distance *= 0.5;
            if (distance < settings.smallest) return Stop::stalled;
        }
        const double made = distance;
        if (iterations <= few_iterations && turned < 0.5 * settings.turn)
            distance = std::min(1.5 * distance, settings.largest);
        else if (iterations > 6)
            distance = std::max(0.5 * distance, settings.smallest);
        const CurvePoint previous = std::exchange(start, *next);
        if (!visit(previous, start, made)) return Stop::asked;
        curve.adapt(start.u, start.direction);
    }
    return Stop::steps;
}

}  // namespace neurodyn::dynamics
