// SPDX-License-Identifier: BSD-3-Clause
// Curves of solutions in one parameter more than equations fix, followed by pseudo-arclength continuation
// (Keller 1977, in Rabinowitz (ed.), Applications of bifurcation theory, p. 359).
#pragma once

#include <Eigen/Dense>
#include <functional>
#include <optional>
#include <string>

namespace neurodyn::dynamics {

/// What is followed: F(u) = 0 with one equation less than unknowns.
class Curve {
  public:
    virtual ~Curve() = default;
    /// What each unknown counts in lengths along the curve: |u|^2 = sum_i weight_i u_i^2.
    virtual const Eigen::VectorXd& weights() const = 0;
    /// d with F'(u) d = -F(u) (or 0 where `residual` is false) and row.d = `along`. Nothing where that has no
    /// finite solution.
    virtual std::optional<Eigen::VectorXd> solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row,
                                                 bool residual, double along) = 0;
    /// Called between steps: unknowns may be laid out anew, of the point and its direction alike.
    virtual void adapt(Eigen::VectorXd&, Eigen::VectorXd&) {}
};

/// A point of the curve and the unit vector along it.
struct CurvePoint {
    Eigen::VectorXd u, direction;
};

struct StepSettings {
    double first = 1e-2, smallest = 1e-8, largest = 0.1;
    int most_steps = 2000;
    double turn = 0.25;        ///< largest angle between the directions of two points, rad
    double tolerance = 1e-10;  ///< of Newton's method, length of its last step
};

double length(const Curve& curve, const Eigen::VectorXd& d);

/// The solution in the plane `distance` along from `from`, and its direction. Nothing where Newton's method
/// does not get there.
std::optional<CurvePoint> step(Curve& curve, const CurvePoint& from, double distance,
                               const StepSettings& settings, int* iterations = nullptr);

/// Newton's method from a guess, in the plane through it across `direction`.
std::optional<CurvePoint> settle(Curve& curve, const Eigen::VectorXd& guess, const Eigen::VectorXd& direction,
                                 const StepSettings& settings);

/// Where a function of points changes its sign between `from` and the point `distance` along from it: by the
/// Illinois method (Dowell & Jarratt 1971, doi:10.1007/BF01934364), until the bracket is shorter than the
/// tolerance or cannot be made so. The function has `value_from` and `value_to` at the ends.
std::optional<CurvePoint> locate(Curve& curve, const CurvePoint& from, double distance, double value_from,
                                 double value_to, const std::function<double(const CurvePoint&)>& function,
                                 const StepSettings& settings);

enum class Stop {
    asked,    ///< the visitor said so
    steps,    ///< as many as were allowed
    stalled,  ///< the smallest step did not lead on
};

/// Follows the curve. After each step `visit(previous, now, distance)` is called, where `distance` leads from
/// one to the other by step(); it returns false to stop.
Stop follow(
    Curve& curve, CurvePoint start, const StepSettings& settings,
    const std::function<bool(const CurvePoint& previous, const CurvePoint& now, double distance)>& visit);

}  // namespace neurodyn::dynamics
