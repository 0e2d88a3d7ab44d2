// SPDX-License-Identifier: BSD-3-Clause
// What is shown of a surface.
#pragma once

#include <memory>
#include <vector>

#include "network/surface.hpp"

namespace neurodyn::experiment {

/// Some vertices of a surface, ascending, and triangles between them.
struct SurfacePicture {
    std::shared_ptr<const network::Surface> surface;
    std::vector<std::size_t> nodes;
    std::vector<network::Triangle> triangles;  ///< indices into `nodes`
};

/// The whole surface where it has at most so many vertices; else one vertex of each cube of space that it
/// passes through, and the triangles whose corners are in three cubes.
SurfacePicture picture_of(std::shared_ptr<const network::Surface> surface, std::size_t most_vertices);

}  // namespace neurodyn::experiment
