// SPDX-License-Identifier: BSD-3-Clause
// Each rule of a surface, and what to do about a mesh that breaks it.
#include "network/surface_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/error.hpp"

namespace neurodyn::network {
namespace {

constexpr double flat = 1e-10;  // height of a triangle without area, as part of its longest edge

// The first of things at fault, and how many there are.
struct Fault {
    std::size_t count = 0, first = 0;
    void at(std::size_t index) {
        if (count++ == 0) first = index;
    }
};

std::string others(const Fault& fault) {
    return fault.count > 1 ? fmt::format(" (and {} more)", fault.count - 1) : "";
}

std::string corners(const Triangle& t) { return fmt::format("{}, {}, {}", t[0], t[1], t[2]); }

void check_vertices(const std::string& name, const Mesh& mesh) {
    Fault lost;
    for (std::size_t v = 0; v < mesh.vertices.size(); ++v)
        if (!std::all_of(mesh.vertices[v].begin(), mesh.vertices[v].end(),
                         [](double x) { return std::isfinite(x); }))
            lost.at(v);
    if (lost.count > 0)
        throw FileError(
            name, fmt::format("vertex {}{} has a coordinate that is not finite; export the surface again",
                              lost.first, others(lost)));
    std::vector<bool> used(mesh.vertices.size(), false);
    for (std::size_t k = 0; k < mesh.triangles.size(); ++k)
        for (const std::uint32_t v : mesh.triangles[k]) {
            if (v >= mesh.vertices.size())
                throw FileError(name,
                                fmt::format("triangle {} has the vertices {}, but there are {} (0 to {}); "
                                            "the file is damaged or belongs to other coordinates",
                                            k, corners(mesh.triangles[k]), mesh.vertices.size(),
                                            mesh.vertices.size() - 1));
            used[v] = true;
        }
    Fault alone;
    for (std::size_t v = 0; v < used.size(); ++v)
        if (!used[v]) alone.at(v);
    if (alone.count > 0)
        throw FileError(
            name, fmt::format("vertex {}{} belongs to no triangle; remove vertices that no triangle uses",
                              alone.first, others(alone)));
}

bool has_no_area(const Mesh& mesh, const Triangle& t) {
    if (t[0] == t[1] || t[1] == t[2] || t[2] == t[0]) return true;
    double longest = 0.0, u[3], v[3];
    for (std::size_t k = 0; k < 3; ++k) {
        double square = 0.0;
        for (std::size_t a = 0; a < 3; ++a) {
            const double d = mesh.vertices[t[(k + 1) % 3]][a] - mesh.vertices[t[k]][a];
            square += d * d;
            if (k == 0) u[a] = d;
            if (k == 1) v[a] = d;
        }
        longest = std::max(longest, square);
    }
    const double twice =
        std::hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
    return !(twice > flat * longest);
}

void check_triangles(const std::string& name, const Mesh& mesh) {
    Fault thin;
    for (std::size_t k = 0; k < mesh.triangles.size(); ++k)
        if (has_no_area(mesh, mesh.triangles[k])) thin.at(k);
    if (thin.count > 0)
        throw FileError(name,
                        fmt::format("triangle {} (vertices {}){} has no area; remove such triangles and join "
                                    "their vertices",
                                    thin.first, corners(mesh.triangles[thin.first]), others(thin)));
    struct Sorted {
        Triangle corners;
        std::size_t index;
    };
    std::vector<Sorted> all;
    for (std::size_t k = 0; k < mesh.triangles.size(); ++k) {
        all.push_back({mesh.triangles[k], k});
        std::sort(all.back().corners.begin(), all.back().corners.end());
    }
    std::sort(all.begin(), all.end(), [](const Sorted& a, const Sorted& b) {
        return a.corners != b.corners ? a.corners < b.corners : a.index < b.index;
    });
    for (std::size_t k = 1; k < all.size(); ++k)
        if (all[k].corners == all[k - 1].corners)
            throw FileError(
                name, fmt::format("triangles {} and {} join the same vertices, {}; remove one of them",
                                  all[k - 1].index, all[k].index, corners(mesh.triangles[all[k].index])));
}

struct Side {
    std::uint32_t low, high;
    bool upwards;  // the triangle runs from low to high
    std::size_t triangle;
};

std::vector<Side> sides_of(const Mesh& mesh) {
    std::vector<Side> sides;
    for (std::size_t k = 0; k < mesh.triangles.size(); ++k)
        for (std::size_t c = 0; c < 3; ++c) {
            const std::uint32_t a = mesh.triangles[k][c], b = mesh.triangles[k][(c + 1) % 3];
            sides.push_back({std::min(a, b), std::max(a, b), a < b, k});
        }
    std::sort(sides.begin(), sides.end(), [](const Side& a, const Side& b) {
        if (a.low != b.low) return a.low < b.low;
        return a.high != b.high ? a.high < b.high : a.triangle < b.triangle;
    });
    return sides;
}

// Edges by what is wrong with them; `first` is an index into the sides.
struct EdgeFaults {
    Fault crowded, flipped, boundary;
};

EdgeFaults check_edges(const std::vector<Side>& sides) {
    EdgeFaults faults;
    for (std::size_t s = 0; s < sides.size();) {
        std::size_t next = s + 1;
        while (next < sides.size() && sides[next].low == sides[s].low && sides[next].high == sides[s].high)
            ++next;
        if (next - s > 2) faults.crowded.at(s);
        if (next - s == 2 && sides[s].upwards == sides[s + 1].upwards) faults.flipped.at(s);
        if (next - s == 1) faults.boundary.at(s);
        s = next;
    }
    return faults;
}

}  // namespace

bool check_mesh(const std::string& name, const Mesh& mesh, bool may_be_open) {
    if (mesh.triangles.empty() || mesh.vertices.empty())
        throw FileError(name, fmt::format("has {} vertices and {} triangles; a surface has both",
                                          mesh.vertices.size(), mesh.triangles.size()));
    check_vertices(name, mesh);
    check_triangles(name, mesh);
    const std::vector<Side> sides = sides_of(mesh);
    const EdgeFaults faults = check_edges(sides);
    if (faults.crowded.count > 0) {
        const Side* s = &sides[faults.crowded.first];
        throw FileError(
            name,
            fmt::format("the edge between vertices {} and {}{} belongs to three triangles or more ({}, "
                        "{}, {}); on a surface it belongs to two: remove what branches off",
                        s->low, s->high, others(faults.crowded), s->triangle, s[1].triangle, s[2].triangle));
    }
    if (faults.flipped.count > 0) {
        const Side* s = &sides[faults.flipped.first];
        throw FileError(
            name,
            fmt::format("triangles {} and {} face opposite sides: both run along their common edge from "
                        "vertex {} to {}{}; flip one of them (swap two of its vertices)",
                        s->triangle, s[1].triangle, s->upwards ? s->low : s->high,
                        s->upwards ? s->high : s->low, others(faults.flipped)));
    }
    if (faults.boundary.count > 0 && !may_be_open) {
        const Side& s = sides[faults.boundary.first];
        throw FileError(
            name,
            fmt::format("has a hole or an end: the edge between vertices {} and {}{} belongs to triangle "
                        "{} alone; close it, or say edges: reflecting, and nothing flows across",
                        s.low, s.high, others(faults.boundary), s.triangle));
    }
    return faults.boundary.count > 0;
}

}  // namespace neurodyn::network
