// SPDX-License-Identifier: BSD-3-Clause
// Surfaces of triangles on which fields live: a sphere that is made, or a mesh from a file; areas and the
// Laplacian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace neurodyn::network {

using Point = std::array<double, 3>;
using Triangle = std::array<std::uint32_t, 3>;

/// Vertices and triangles as a file or a formula gives them; nothing is checked yet.
struct Mesh {
    std::vector<Point> vertices;  ///< m
    std::vector<Triangle> triangles;
};

/// A checked surface: each edge joins two triangles that run along it in opposite directions, but at a
/// boundary. Vertices are the field's nodes.
struct Surface {
    std::string name;  ///< "sphere", or the file
    Mesh mesh;
    bool open = false;         ///< has a boundary, across which nothing flows
    double radius_m = 0.0;     ///< of a sphere about the origin that was made; else 0
    std::vector<double> area;  ///< that a vertex stands for, m^2
    /// The Laplacian at vertex i is sum_k weight[k]*(u[neighbour[k]] - u[i])/area[i], k from row_begin[i] on;
    /// neighbours ascend, and weights are the same in both directions.
    std::vector<std::size_t> row_begin;
    std::vector<std::uint32_t> neighbour;
    std::vector<double> weight;

    std::size_t size() const { return mesh.vertices.size(); }
    double total_area() const;
};

/// An icosahedron whose triangles are parted into four so many times, on a sphere: 10*4^n + 2 vertices.
Mesh icosphere(double radius_m, std::size_t subdivisions);

/// Cotangents of the triangles' angles as weights (linear finite elements), and each vertex' share of its
/// triangles' areas (Voronoi's where the triangle has no obtuse angle; Meyer et al. 2003,
/// doi:10.1007/978-3-662-05105-4_2). Throws FileError, naming vertices and triangles (numbered from 0), for a
/// mesh that is no surface, and for a boundary unless `may_be_open`.
Surface make_surface(std::string name, Mesh mesh, bool may_be_open);

/// A bound of -Laplacian's largest eigenvalue, 1/m^2, that is a thousandth above it or less (Lanczos' method,
/// its error added).
double stiffness(const Surface& surface);

}  // namespace neurodyn::network
