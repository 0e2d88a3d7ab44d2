// SPDX-License-Identifier: BSD-3-Clause
// Grids on which fields live, and kernels: weights that depend on the displacement between two points alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace neurodyn::network {

/// What lies beyond the last point: the first again, nothing, or the field's mirror image (whose axis is half
/// a spacing beyond the last point).
enum class Edges : std::uint8_t { periodic, zero, reflecting };

/// Evenly spaced points on a line or in a plane; x varies fastest.
struct Grid {
    std::vector<std::size_t> shape;  ///< points along x, and y
    std::vector<double> spacing_m;   ///< for each axis
    Edges edges = Edges::periodic;

    std::size_t size() const;
    /// The length or area that a point stands for, m or m^2.
    double cell() const;
    /// Points after which displacements along an axis repeat: its points, or twice as many with edges.
    std::size_t period(std::size_t axis) const { return (edges == Edges::periodic ? 1 : 2) * shape[axis]; }
    /// period(0) * period(1)
    std::size_t displacements() const;
    bool operator==(const Grid&) const = default;
};

/// The displacement in points that stands at `index` of an axis: 0, 1, ..., and from the middle on negative
/// ones up to -1.
double displacement(const Grid& grid, std::size_t axis, std::size_t index);

/// Weights of a projection between two populations on one grid, by displacement target - source.
struct FieldKernel {
    Grid grid;
    std::vector<double> weight;   ///< [y][x] of displacements; the grid's cell is multiplied in already
    std::vector<double> delay_s;  ///< likewise; empty: none
    bool operator==(const FieldKernel&) const = default;
};

}  // namespace neurodyn::network
