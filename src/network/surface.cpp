// SPDX-License-Identifier: BSD-3-Clause
// Spheres of triangles, areas of vertices, and the cotangent Laplacian.
#include "network/surface.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "network/surface_check.hpp"

namespace neurodyn::network {
namespace {

Point between(const Point& a, const Point& b) { return {b[0] - a[0], b[1] - a[1], b[2] - a[2]}; }

double dot(const Point& a, const Point& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Point cross(const Point& a, const Point& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Point scaled_to(const Point& p, double length) {
    const double factor = length / std::sqrt(dot(p, p));
    return {p[0] * factor, p[1] * factor, p[2] * factor};
}

Mesh icosahedron() {
    const double g = 0.5 * (1.0 + std::sqrt(5.0));
    return {{{-1, g, 0},
             {1, g, 0},
             {-1, -g, 0},
             {1, -g, 0},
             {0, -1, g},
             {0, 1, g},
             {0, -1, -g},
             {0, 1, -g},
             {g, 0, -1},
             {g, 0, 1},
             {-g, 0, -1},
             {-g, 0, 1}},
            {{0, 11, 5},  {0, 5, 1},  {0, 1, 7},  {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4},
             {11, 10, 2}, {10, 7, 6}, {7, 1, 8},  {3, 9, 4},  {3, 4, 2},   {3, 2, 6}, {3, 6, 8},
             {3, 8, 9},   {4, 9, 5},  {2, 4, 11}, {6, 2, 10}, {8, 6, 7},   {9, 8, 1}}};
}

// Each triangle becomes four; the middle of an edge is one vertex for both of its triangles.
Mesh subdivided(const Mesh& mesh) {
    Mesh finer{mesh.vertices, {}};
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> middles;
    const auto middle = [&](std::uint32_t a, std::uint32_t b) {
        const auto [it, added] =
            middles.try_emplace(std::minmax(a, b), static_cast<std::uint32_t>(finer.vertices.size()));
        if (added) {
            const Point &p = mesh.vertices[a], &q = mesh.vertices[b];
            finer.vertices.push_back({0.5 * (p[0] + q[0]), 0.5 * (p[1] + q[1]), 0.5 * (p[2] + q[2])});
        }
        return it->second;
    };
    for (const auto& [a, b, c] : mesh.triangles) {
        const std::uint32_t ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
        finer.triangles.insert(finer.triangles.end(), {{a, ab, ca}, {b, bc, ab}, {c, ca, bc}, {ab, bc, ca}});
    }
    return finer;
}

// What one triangle adds to a corner's area, and to the weight of the edge that lies opposite.
struct Corner {
    double area, cotangent;
};

std::array<Corner, 3> corners_of(const Mesh& mesh, const Triangle& t) {
    std::array<Corner, 3> corners{};
    std::array<double, 3> opposite{};  // squared length of the edge opposite to each corner
    bool obtuse = false;
    double whole = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
        const Point& at = mesh.vertices[t[k]];
        const Point u = between(at, mesh.vertices[t[(k + 1) % 3]]),
                    v = between(at, mesh.vertices[t[(k + 2) % 3]]);
        const Point normal = cross(u, v), edge = between(u, v);
        const double twice = std::sqrt(dot(normal, normal));
        corners[k].cotangent = dot(u, v) / twice;
        opposite[k] = dot(edge, edge);
        obtuse = obtuse || corners[k].cotangent < 0.0;
        whole = 0.5 * twice;
    }
    for (std::size_t k = 0; k < 3; ++k) {
        const std::size_t next = (k + 1) % 3, last = (k + 2) % 3;
        if (obtuse)
            corners[k].area = (corners[k].cotangent < 0.0 ? 0.5 : 0.25) * whole;
        else
            corners[k].area =
                0.125 * (opposite[next] * corners[next].cotangent + opposite[last] * corners[last].cotangent);
    }
    return corners;
}

// Both directions of each edge of each triangle, with half the cotangent of the angle opposite.
struct HalfEdge {
    std::uint32_t from, to;
    double weight;
};

void fill_laplacian(Surface& surface) {
    surface.area.assign(surface.size(), 0.0);
    std::vector<HalfEdge> edges;
    for (const Triangle& t : surface.mesh.triangles) {
        const std::array<Corner, 3> corners = corners_of(surface.mesh, t);
        for (std::size_t k = 0; k < 3; ++k) {
            surface.area[t[k]] += corners[k].area;
            const std::uint32_t a = t[(k + 1) % 3], b = t[(k + 2) % 3];
            edges.push_back({a, b, 0.5 * corners[k].cotangent});
            edges.push_back({b, a, 0.5 * corners[k].cotangent});
        }
    }
    std::stable_sort(edges.begin(), edges.end(), [](const HalfEdge& a, const HalfEdge& b) {
        return a.from != b.from ? a.from < b.from : a.to < b.to;
    });
    surface.row_begin = {0};
    for (std::size_t e = 0; e < edges.size(); ++e) {
        while (surface.row_begin.size() <= edges[e].from)
            surface.row_begin.push_back(surface.neighbour.size());
        if (e > 0 && edges[e].from == edges[e - 1].from && edges[e].to == edges[e - 1].to) {
            surface.weight.back() += edges[e].weight;
        } else {
            surface.neighbour.push_back(edges[e].to);
            surface.weight.push_back(edges[e].weight);
        }
    }
    surface.row_begin.push_back(surface.neighbour.size());
}

using Eigen::VectorXd;

// -Laplacian between fields that are scaled by the roots of areas, where it is symmetric.
VectorXd symmetric_product(const Surface& s, const VectorXd& root, const VectorXd& v) {
    VectorXd product(v.size());
    for (Eigen::Index i = 0; i < v.size(); ++i) {
        double sum = 0.0;
        const auto row = static_cast<std::size_t>(i);
        for (std::size_t k = s.row_begin[row]; k < s.row_begin[row + 1]; ++k)
            sum += s.weight[k] * (v[i] / root[i] - v[s.neighbour[k]] / root[s.neighbour[k]]);
        product[i] = sum / root[i];
    }
    return product;
}

}  // namespace

double Surface::total_area() const { return std::accumulate(area.begin(), area.end(), 0.0); }

Mesh icosphere(double radius_m, std::size_t subdivisions) {
    Mesh mesh = icosahedron();
    for (Point& p : mesh.vertices) p = scaled_to(p, radius_m);
    for (std::size_t k = 0; k < subdivisions; ++k) {
        mesh = subdivided(mesh);
        for (Point& p : mesh.vertices) p = scaled_to(p, radius_m);
    }
    return mesh;
}

Surface make_surface(std::string name, Mesh mesh, bool may_be_open) {
    Surface surface;
    surface.open = check_mesh(name, mesh, may_be_open);
    surface.name = std::move(name);
    surface.mesh = std::move(mesh);
    fill_laplacian(surface);
    return surface;
}

double stiffness(const Surface& surface) {
    const auto n = static_cast<Eigen::Index>(surface.size());
    VectorXd root(n), before = VectorXd::Zero(n), now(n);
    for (Eigen::Index i = 0; i < n; ++i) {
        root[i] = std::sqrt(surface.area[static_cast<std::size_t>(i)]);
        now[i] =
            std::sin(1.0 + 2.4 * static_cast<double>(i) * static_cast<double>(i));  // of all modes something
    }
    now.normalize();
    constexpr Eigen::Index most = 300;
    constexpr double precision = 5e-4;
    std::vector<double> diagonal, beside;
    double bound = 0.0;
    for (Eigen::Index k = 1; k <= std::min(n, most); ++k) {
        VectorXd next = symmetric_product(surface, root, now);
        if (!beside.empty()) next -= beside.back() * before;
        diagonal.push_back(now.dot(next));
        next -= diagonal.back() * now;
        const double left = next.norm();
        if (k % 10 == 0 || k == std::min(n, most) || left < 1e-10 * std::abs(diagonal[0])) {
            Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
            solver.computeFromTridiagonal(Eigen::Map<const VectorXd>(diagonal.data(), k),
                                          Eigen::Map<const VectorXd>(beside.data(), k - 1));
            const double largest = solver.eigenvalues()[k - 1];
            const double error = left * std::abs(solver.eigenvectors()(k - 1, k - 1));
            bound = largest + error;
            if (error < precision * largest || left < 1e-10 * largest) break;
        }
        beside.push_back(left);
        before = std::exchange(now, next / left);
    }
    return bound;
}

}  // namespace neurodyn::network
