// SPDX-License-Identifier: BSD-3-Clause
// The plane of two states: where each of them stands still, how the flow runs, where it rests.
#pragma once

#include <vector>

#include "dynamics/enclosure.hpp"
#include "dynamics/fixed_points.hpp"

namespace neurodyn::dynamics {

/// Pieces of lines, as x and y in the states' units, one after another with NaN between them.
struct Lines {
    std::vector<double> x, y;
};

struct PhasePlane {
    Eigen::Index x = 0, y = 1;  ///< which states
    Box box;
    Eigen::VectorXd held;  ///< the other states in the plane
    std::vector<FixedPoint> fixed_points;
    Enclosure proof;                 ///< that these are all in the box
    Lines x_nullcline, y_nullcline;  ///< where dx/dt = 0, dy/dt = 0
    Lines arrows;                    ///< short strokes along the flow, each beginning at a point of a grid
    std::vector<Lines> trajectories;
};

/// With the free parameters at `parameters`. States that are not in the plane are held at their values at the
/// fixed point that is nearest to the text's initial state (at that state without one); trajectories move
/// freely.
PhasePlane phase_plane(const VectorField& field, Eigen::Index x, Eigen::Index y, const Box& box,
                       const Eigen::VectorXd& parameters, std::size_t starts = 500);

}  // namespace neurodyn::dynamics
