// SPDX-License-Identifier: BSD-3-Clause
// Places on the grid of a series: coordinates and crossings of a threshold.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Where a point of an axis is, m; `at` may lie between points.
inline double coordinate(const ChannelGrid& grid, std::size_t axis, double at) {
    return grid.first_m[axis] + at * grid.spacing_m[axis];
}

/// Where between two neighbouring points values cross a threshold: 0 at the first, 1 at the second.
inline double crossing(double first, double second, double threshold) {
    return first == second ? 0.0 : (threshold - first) / (second - first);
}

}  // namespace neurodyn::analysis
