// SPDX-License-Identifier: BSD-3-Clause
// Trajectories of a vector field with an error that is controlled.
#pragma once

#include <functional>
#include <limits>

#include "dynamics/equations.hpp"

namespace neurodyn::dynamics {

struct FlowSettings {
    double relative = 1e-8, absolute = 1e-10;  ///< error of a step, of each state (in its unit)
    double until_s = std::numeric_limits<double>::infinity();
    int most_steps = 1'000'000;
};

/// From x at time 0 with Dormand & Prince's pair of order 5 and 4 (1980, doi:10.1016/0771-050X(80)90013-3)
/// until the time is up, the steps are made, or `visit(time, x)`, called after each step, returns false. The
/// state at the end; not finite where the flow runs away.
Eigen::VectorXd integrate(Equations& equations, Eigen::VectorXd x, const Eigen::VectorXd& parameters,
                          const FlowSettings& settings,
                          const std::function<bool(double time_s, const Eigen::VectorXd& x)>& visit = {});

}  // namespace neurodyn::dynamics
