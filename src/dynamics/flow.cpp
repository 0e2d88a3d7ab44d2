// SPDX-License-Identifier: BSD-3-Clause
// Dormand and Prince's method.
#include "dynamics/flow.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace neurodyn::dynamics {
namespace {

constexpr std::size_t stages = 7;
constexpr std::array<std::array<double, stages - 1>, stages> a = {{
    {},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
}};
/// Of order 5 less of order 4.
constexpr std::array<double, stages> error_weight = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

}  // namespace

Eigen::VectorXd integrate(Equations& equations, Eigen::VectorXd x, const Eigen::VectorXd& parameters,
                          const FlowSettings& settings,
                          const std::function<bool(double, const Eigen::VectorXd&)>& visit) {
    const Eigen::Index n = x.size();
    Eigen::VectorXd u(n + parameters.size());
    u << x, parameters;
    const auto slope = [&](const Eigen::VectorXd& at) {
        u.head(n) = at;
        return equations.value(u);
    };
    const auto size = [&](const Eigen::VectorXd& d, const Eigen::VectorXd& at) {
        const Eigen::ArrayXd scale = settings.absolute + settings.relative * at.array().abs();
        return std::sqrt((d.array() / scale).square().mean());
    };
    std::array<Eigen::VectorXd, stages> k;
    k[0] = slope(x);
    double time = 0.0;
    double h = std::min(0.01 * settings.until_s, 1e-2 * (x.norm() + 1e-3) / (k[0].norm() + 1e-300));
    for (int done = 0; done < settings.most_steps && time < settings.until_s;) {
        h = std::min(h, settings.until_s - time);
        Eigen::VectorXd next = x;
        for (std::size_t s = 1; s < stages; ++s) {
            next = x;
            for (std::size_t j = 0; j < s; ++j)
                if (a[s][j] != 0.0) next += h * a[s][j] * k[j];
            k[s] = slope(next);
        }
        Eigen::VectorXd error = Eigen::VectorXd::Zero(n);
        for (std::size_t s = 0; s < stages; ++s) error += h * error_weight[s] * k[s];
        const double e = size(error, x.cwiseAbs().cwiseMax(next.cwiseAbs()));
        if (!std::isfinite(e) && h < 1e-300) return next;
        const double factor = std::isfinite(e) ? 0.9 * std::pow(std::max(e, 1e-10), -0.2) : 0.1;
        if (e <= 1.0) {
            time = h == settings.until_s - time ? settings.until_s : time + h;
            x = next;
            k[0] = k[stages - 1];
            ++done;
            if (visit && !visit(time, x)) return x;
        }
        h *= std::clamp(factor, 0.1, 5.0);
        if (time < settings.until_s && time + h == time) return Eigen::VectorXd::Constant(n, std::nan(""));
    }
    return x;
}

}  // namespace neurodyn::dynamics
