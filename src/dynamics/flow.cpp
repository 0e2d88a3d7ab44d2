// SPDX-License-Identifier: BSD-3-Clause
// Dormand and Prince's method.
#include "dynamics/flow.hpp"

#include <utility>

namespace neurodyn::dynamics {

Eigen::VectorXd integrate(const Slope& slope, Eigen::VectorXd x, const FlowSettings& settings,
                          const std::function<bool(double, const Eigen::VectorXd&)>& visit) {
    const Eigen::Index n = x.size();
    const auto size = [&](const Eigen::VectorXd& d, const Eigen::VectorXd& at) {
        const Eigen::ArrayXd scale = settings.absolute + settings.relative * at.array().abs();
        return std::sqrt((d.array() / scale).square().mean());
    };
    Eigen::VectorXd last = slope(x);
    double time = 0.0;
    double h = std::min(0.01 * settings.until_s, 1e-2 * (x.norm() + 1e-3) / (last.norm() + 1e-300));
    for (int done = 0; done < settings.most_steps && time < settings.until_s;) {
        h = std::min(h, settings.until_s - time);
        DormandPrinceStep<Eigen::VectorXd> step = dormand_prince(slope, x, last, h);
        const double e = size(step.error, x.cwiseAbs().cwiseMax(step.next.cwiseAbs()));
        if (!std::isfinite(e) && h < 1e-300) return step.next;
        if (e <= 1.0) {
            time = h == settings.until_s - time ? settings.until_s : time + h;
            x = std::move(step.next);
            last = std::move(step.slope);
            ++done;
            if (visit && !visit(time, x)) return x;
        }
        h *= next_step_factor(e);
        if (time < settings.until_s && time + h == time) return Eigen::VectorXd::Constant(n, std::nan(""));
    }
    return x;
}

Eigen::VectorXd integrate(Equations& equations, Eigen::VectorXd x, const Eigen::VectorXd& parameters,
                          const FlowSettings& settings,
                          const std::function<bool(double, const Eigen::VectorXd&)>& visit) {
    const Eigen::Index n = x.size();
    Eigen::VectorXd u(n + parameters.size());
    u << x, parameters;
    const Slope slope = [&](const Eigen::VectorXd& at) {
        u.head(n) = at;
        return equations.value(u);
    };
    return integrate(slope, std::move(x), settings, visit);
}

}  // namespace neurodyn::dynamics
