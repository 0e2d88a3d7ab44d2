// SPDX-License-Identifier: BSD-3-Clause
// Trajectories of a vector field with an error that is controlled.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "dynamics/equations.hpp"

namespace neurodyn::dynamics {

/// Dormand & Prince's pair of order 5 and 4 (1980, doi:10.1016/0771-050X(80)90013-3).
inline constexpr std::size_t dormand_prince_stages = 7;
inline constexpr std::array<std::array<double, dormand_prince_stages - 1>, dormand_prince_stages>
    dormand_prince_a = {{
        {},
        {1.0 / 5},
        {3.0 / 40, 9.0 / 40},
        {44.0 / 45, -56.0 / 15, 32.0 / 9},
        {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
        {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
        {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
    }};
/// Of order 5 less of order 4.
inline constexpr std::array<double, dormand_prince_stages> dormand_prince_error = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

/// A step from x, whose slope is known: where it leads, the slope there, and the difference of the two
/// orders. T is a vector or a matrix.
template <class T>
struct DormandPrinceStep {
    T next, slope, error;
};
template <class T, class F>
DormandPrinceStep<T> dormand_prince(F&& slope_at, const T& x, const T& slope, double h) {
    std::array<T, dormand_prince_stages> k;
    k[0] = slope;
    DormandPrinceStep<T> step{x, {}, h * dormand_prince_error[0] * slope};
    for (std::size_t s = 1; s < dormand_prince_stages; ++s) {
        step.next = x;
        for (std::size_t j = 0; j < s; ++j)
            if (dormand_prince_a[s][j] != 0.0) step.next += h * dormand_prince_a[s][j] * k[j];
        k[s] = slope_at(step.next);
        step.error += h * dormand_prince_error[s] * k[s];
    }
    step.slope = std::move(k.back());
    return step;
}

/// By how much the next step is longer, where `error` is that of the last one over what is allowed.
inline double next_step_factor(double error) {
    return std::isfinite(error) ? std::clamp(0.9 * std::pow(std::max(error, 1e-10), -0.2), 0.1, 5.0) : 0.1;
}

struct FlowSettings {
    double relative = 1e-8, absolute = 1e-10;  ///< error of a step, of each state (in its unit)
    double until_s = std::numeric_limits<double>::infinity();
    int most_steps = 1'000'000;
};

/// dx/dt at x.
using Slope = std::function<Eigen::VectorXd(const Eigen::VectorXd& x)>;

/// From x at time 0 with Dormand & Prince's pair until the time is up, the steps are made, or `visit(time,
/// x)`, called after each step, returns false. The state at the end; not finite where the flow runs away.
Eigen::VectorXd integrate(const Slope& slope, Eigen::VectorXd x, const FlowSettings& settings,
                          const std::function<bool(double time_s, const Eigen::VectorXd& x)>& visit = {});
/// The same for equations of the states and, behind them, parameters.
Eigen::VectorXd integrate(Equations& equations, Eigen::VectorXd x, const Eigen::VectorXd& parameters,
                          const FlowSettings& settings,
                          const std::function<bool(double time_s, const Eigen::VectorXd& x)>& visit = {});

}  // namespace neurodyn::dynamics
