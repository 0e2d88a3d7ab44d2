// SPDX-License-Identifier: BSD-3-Clause
// Where fixed points bifurcate in the plane of two parameters: curves of folds and Hopf points, and the
// points on them at which they change.
#pragma once

#include <string>
#include <vector>

#include "dynamics/equilibria.hpp"

namespace neurodyn::dynamics {

struct PlaneCurvePoint {
    double first = 0.0, second = 0.0;  ///< the parameters
    Eigen::VectorXd x;
    double frequency_rad_s = 0.0;  ///< of a Hopf point
    double first_lyapunov = 0.0;   ///< of a Hopf point; its sign says whether cycles are stable
};

struct PlaneCurve {
    Bifurcation kind = Bifurcation::fold;  ///< or hopf
    std::vector<PlaneCurvePoint> points;
    /// Cusps, Bogdanov-Takens, Bautin, zero-Hopf and double Hopf points, each on the first curve that met it.
    std::vector<Special> special;
    std::string end;  ///< "closed", what stalled and where, or nothing where it leaves the plane
};

/// The field with one of its free parameters held at a value (in its unit).
VectorField held(VectorField field, std::size_t free, double value);

/// Curves of a field with two free parameters, begun at the folds and Hopf points of diagrams over each of
/// them, with the other at `sections` values of its range and where the text puts it, and at Bogdanov-Takens
/// points.
std::vector<PlaneCurve> bifurcation_curves(const VectorField& field, const Range& first, const Range& second,
                                           const Box& box, const StepSettings& settings,
                                           std::size_t sections = 3);

}  // namespace neurodyn::dynamics
