// SPDX-License-Identifier: BSD-3-Clause
// Coordinates of each layout.
#include "network/positions.hpp"

#include <numbers>

#include "base/math/functions.hpp"
#include "base/math/scalar.hpp"
#include "base/random.hpp"

namespace neurodyn::network {

Positions grid_positions(std::span<const std::size_t> shape, std::span<const double> spacing_m,
                         bool periodic) {
    Positions positions;
    std::size_t size = 1, stride = 1;
    for (const std::size_t count : shape) size *= count;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        const double first = 0.5 - 0.5 * static_cast<double>(shape[axis]);
        for (std::size_t k = 0; k < size; ++k)
            positions.axes[axis].push_back((first + static_cast<double>(k / stride % shape[axis])) *
                                           spacing_m[axis]);
        if (periodic) positions.period[axis] = static_cast<double>(shape[axis]) * spacing_m[axis];
        stride *= shape[axis];
    }
    return positions;
}

Positions box_positions(std::size_t size, std::span<const double> lengths_m, bool periodic,
                        std::uint64_t seed, std::uint16_t stream, std::uint64_t step) {
    Positions positions;
    for (std::size_t axis = 0; axis < lengths_m.size(); ++axis) {
        for (std::size_t k = 0; k < size; ++k)
            positions.axes[axis].push_back(
                (uniform_at(seed, stream, step, k, static_cast<std::uint32_t>(axis)) - 0.5) *
                lengths_m[axis]);
        if (periodic) positions.period[axis] = lengths_m[axis];
    }
    return positions;
}

Positions ring_positions(std::size_t size, double radius_m) {
    Positions positions;
    math::Scalar<double> backend;
    for (std::size_t k = 0; k < size; ++k) {
        const double angle = 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size);
        positions.axes[0].push_back(radius_m * math::cos(backend, angle));
        positions.axes[1].push_back(radius_m * math::sin(backend, angle));
    }
    return positions;
}

void move_positions(Positions& positions, std::size_t size, std::span<const double> centre_m) {
    for (std::size_t axis = 0; axis < centre_m.size(); ++axis) {
        std::vector<double>& values = positions.axes[axis];
        values.resize(size, 0.0);
        for (double& x : values) x += centre_m[axis];
    }
}

}  // namespace neurodyn::network
