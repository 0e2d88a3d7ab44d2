// SPDX-License-Identifier: BSD-3-Clause
// Whether triangles form a surface.
#pragma once

#include <string>

#include "network/surface.hpp"

namespace neurodyn::network {

/// True when the surface has a boundary. Throws FileError of `name`, with the vertices and triangles at
/// fault, for coordinates that are not finite, indices out of range, triangles without area or twice,
/// vertices of no triangle, edges of three triangles, neighbours that face opposite sides, and, unless
/// `may_be_open`, boundaries.
bool check_mesh(const std::string& name, const Mesh& mesh, bool may_be_open);

}  // namespace neurodyn::network
