// SPDX-License-Identifier: BSD-3-Clause
// Where the neurons of a population are: grids, boxes, lines and rings, all centred on the origin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "network/network.hpp"

namespace neurodyn::network {

/// Points in the middle of cells: shape[k] of them along axis k, spacing_m[k] apart; x varies fastest. An
/// axis begins again behind the last cell where `periodic`.
Positions grid_positions(std::span<const std::size_t> shape, std::span<const double> spacing_m,
                         bool periodic);

/// Uniformly random in a box with sides of lengths_m along x, y and z.
Positions box_positions(std::size_t size, std::span<const double> lengths_m, bool periodic,
                        std::uint64_t seed, std::uint16_t stream, std::uint64_t step);

/// On a circle in x and y, evenly, from (radius, 0) on against the clock.
Positions ring_positions(std::size_t size, double radius_m);

/// Adds centre_m[k] to axis k; an axis that there was not becomes that value for all `size` nodes.
void move_positions(Positions& positions, std::size_t size, std::span<const double> centre_m);

}  // namespace neurodyn::network
