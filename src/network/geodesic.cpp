// SPDX-License-Identifier: BSD-3-Clause
// Great circles, and a front that unfolds triangles.
#include "network/geodesic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace neurodyn::network {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
// A smaller gain is none: fronts come to rest.
constexpr double gain = 1e-9;

double apart(const Point& a, const Point& b) { return std::hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]); }

// The distance at c of a front with the distances at a and b, which lie `base` apart: from where it seems to
// come, in the triangle's plane, when the straight line to c passes between a and b.
double unfolded(double at_a, double at_b, double base, double from_a, double from_b) {
    const double x = (at_a * at_a - at_b * at_b + base * base) / (2.0 * base);
    const double depth = at_a * at_a - x * x;
    if (!(depth >= 0.0)) return infinite;
    const double y = std::sqrt(depth);  // behind the base
    const double cx = (from_a * from_a - from_b * from_b + base * base) / (2.0 * base);
    const double cy = std::sqrt(std::max(0.0, from_a * from_a - cx * cx));
    const double through = x + (cx - x) * y / (y + cy);
    if (!(through >= 0.0) || !(through <= base)) return infinite;
    return std::hypot(cx - x, cy + y);
}

}  // namespace

Geodesics::Geodesics(const Surface& surface) : surface_(surface), distance_(surface.size(), infinite) {
    fan_begin_.assign(surface.size() + 1, 0);
    for (const Triangle& t : surface.mesh.triangles)
        for (const std::uint32_t v : t) ++fan_begin_[v + 1];
    for (std::size_t v = 0; v < surface.size(); ++v) fan_begin_[v + 1] += fan_begin_[v];
    fan_.resize(fan_begin_.back());
    std::vector<std::size_t> next(fan_begin_.begin(), fan_begin_.end() - 1);
    for (const Triangle& t : surface.mesh.triangles)
        for (std::size_t k = 0; k < 3; ++k) {
            const std::uint32_t b = t[(k + 1) % 3], c = t[(k + 2) % 3];
            const Point &p = surface.mesh.vertices[t[k]], &q = surface.mesh.vertices[b],
                        &r = surface.mesh.vertices[c];
            fan_[next[t[k]]++] = {b, c, apart(p, q), apart(p, r), apart(q, r)};
        }
}

void Geodesics::update(std::uint32_t vertex, double distance_m, double reach_m) {
    double& known = distance_[vertex];
    if (!(distance_m <= reach_m) || !(distance_m < known * (1.0 - gain))) return;
    if (known == infinite) touched_.push_back(vertex);
    known = distance_m;
    front_.push({distance_m, vertex});
}

// The front is taken up again wherever it arrives earlier than was known, so that obtuse angles do no harm.
void Geodesics::walk_front(std::uint32_t source, double reach_m) {
    update(source, 0.0, reach_m);
    while (!front_.empty()) {
        const auto [distance, v] = front_.top();
        front_.pop();
        if (distance > distance_[v]) continue;
        for (std::size_t k = fan_begin_[v]; k < fan_begin_[v + 1]; ++k) {
            const auto& [b, c, vb, vc, bc] = fan_[k];
            update(b, distance + vb, reach_m);
            update(c, distance + vc, reach_m);
            if (distance_[b] < infinite) update(c, unfolded(distance, distance_[b], vb, vc, bc), reach_m);
            if (distance_[c] < infinite) update(b, unfolded(distance, distance_[c], vc, vb, bc), reach_m);
        }
    }
}

// Whatever is in reach has a neighbour that is nearer.
void Geodesics::walk_sphere(std::uint32_t source, double reach_m) {
    const std::vector<Point>& at = surface_.mesh.vertices;
    const auto along = [&](std::uint32_t v) {
        return 2.0 * surface_.radius_m *
               std::asin(std::min(1.0, 0.5 * apart(at[source], at[v]) / surface_.radius_m));
    };
    const auto visit = [&](std::uint32_t v) {
        if (distance_[v] != infinite) return;
        const double distance = along(v);
        if (!(distance <= reach_m)) return;
        distance_[v] = distance;
        touched_.push_back(v);
    };
    visit(source);
    for (std::size_t k = 0; k < touched_.size(); ++k) {
        const std::uint32_t v = touched_[k];
        for (std::size_t n = surface_.row_begin[v]; n < surface_.row_begin[v + 1]; ++n)
            visit(surface_.neighbour[n]);
    }
}

const std::vector<Geodesics::Reached>& Geodesics::from(std::uint32_t source, double reach_m) {
    for (const std::uint32_t v : touched_) distance_[v] = infinite;
    touched_.clear();
    surface_.radius_m > 0.0 ? walk_sphere(source, reach_m) : walk_front(source, reach_m);
    std::sort(touched_.begin(), touched_.end());
    reached_.clear();
    for (const std::uint32_t v : touched_) reached_.push_back({v, distance_[v]});
    return reached_;
}

// Twice the longest way from one vertex of each piece.
double Geodesics::longest() {
    if (surface_.radius_m > 0.0) return std::numbers::pi * surface_.radius_m;
    std::vector<bool> seen(surface_.size(), false);
    double far = 0.0;
    for (std::uint32_t v = 0; v < surface_.size(); ++v) {
        if (seen[v]) continue;
        for (const Reached& r : from(v, infinite)) {
            seen[r.vertex] = true;
            far = std::max(far, 2.0 * r.distance_m);
        }
    }
    return far;
}

}  // namespace neurodyn::network
