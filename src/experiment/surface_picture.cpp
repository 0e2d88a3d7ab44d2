// SPDX-License-Identifier: BSD-3-Clause
// Coarser meshes for pictures.
#include "experiment/surface_picture.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace neurodyn::experiment {
namespace {

// For each vertex the first one in its cube; `count` of them are first.
struct Cubes {
    std::vector<std::uint32_t> first;
    std::size_t count = 0;
};

Cubes in_cubes(const network::Mesh& mesh, double side_m) {
    std::map<std::array<long, 3>, std::uint32_t> cubes;
    Cubes result;
    for (std::uint32_t v = 0; v < mesh.vertices.size(); ++v) {
        std::array<long, 3> cube{};
        for (std::size_t axis = 0; axis < 3; ++axis)
            cube[axis] = std::lround(mesh.vertices[v][axis] / side_m);
        result.first.push_back(cubes.try_emplace(cube, v).first->second);
    }
    result.count = cubes.size();
    return result;
}

}  // namespace

SurfacePicture picture_of(std::shared_ptr<const network::Surface> surface, std::size_t most_vertices) {
    SurfacePicture picture;
    const network::Mesh& mesh = surface->mesh;
    std::vector<std::uint32_t> first(mesh.vertices.size());
    std::iota(first.begin(), first.end(), 0u);
    if (mesh.vertices.size() > most_vertices) {
        double side = std::sqrt(surface->total_area() / static_cast<double>(most_vertices));
        Cubes cubes = in_cubes(mesh, side);
        while (cubes.count > most_vertices) cubes = in_cubes(mesh, side *= 1.2);
        first = std::move(cubes.first);
    }
    std::vector<std::uint32_t> row(first.size());
    for (std::uint32_t v = 0; v < first.size(); ++v)
        if (first[v] == v) {
            row[v] = static_cast<std::uint32_t>(picture.nodes.size());
            picture.nodes.push_back(v);
        }
    std::set<network::Triangle> known;
    for (const network::Triangle& t : mesh.triangles) {
        const network::Triangle coarse{row[first[t[0]]], row[first[t[1]]], row[first[t[2]]]};
        network::Triangle sorted = coarse;
        std::sort(sorted.begin(), sorted.end());
        if (sorted[0] == sorted[1] || sorted[1] == sorted[2] || !known.insert(sorted).second) continue;
        picture.triangles.push_back(coarse);
    }
    picture.surface = std::move(surface);
    return picture;
}

}  // namespace neurodyn::experiment
