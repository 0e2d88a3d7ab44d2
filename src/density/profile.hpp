// SPDX-License-Identifier: BSD-3-Clause
// One panel's equations, and the stationary density that they give.
#pragma once

#include <vector>

#include "density/panels.hpp"

namespace neurodyn::density {

/// One panel of D y' + a y = f, or of D y' + (a - D') y = f: the matrix of the slopes at its points.
SmallSolver<double, Radau::stages>::Matrix panel_matrix(const Panels& panels, std::size_t k, bool with_slope);
/// Values at a panel's points from the value before and the slopes.
void add_up(const Panels& panels, std::size_t k, double before, const Radau::Row& slopes, Radau::Row& values);
double integral(const Panels& panels, std::size_t k, const Radau::Row& values);

/// The stationary density for a current of 1 above the reset, downwards from the threshold.
struct Profile {
    Panels panels;
    std::vector<double> values, slopes;  ///< [panel][stage]; slopes in the potential
    double mass = 0.0, first_moment = 0.0;

    explicit Profile(const Membrane& membrane);
};

}  // namespace neurodyn::density
