// SPDX-License-Identifier: BSD-3-Clause
// Sizes of grids.
#include "network/field.hpp"

namespace neurodyn::network {

std::size_t Grid::size() const {
    std::size_t points = 1;
    for (const std::size_t n : shape) points *= n;
    return points;
}

double Grid::cell() const {
    double cell = 1.0;
    for (const double h : spacing_m) cell *= h;
    return cell;
}

std::size_t Grid::displacements() const {
    std::size_t count = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) count *= period(axis);
    return count;
}

double displacement(const Grid& grid, std::size_t axis, std::size_t index) {
    const auto period = static_cast<double>(grid.period(axis)), at = static_cast<double>(index);
    return at <= 0.5 * period ? at : at - period;
}

}  // namespace neurodyn::network
