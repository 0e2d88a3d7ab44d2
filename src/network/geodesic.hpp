// SPDX-License-Identifier: BSD-3-Clause
// Distances along a surface.
#pragma once

#include <queue>

#include "network/surface.hpp"

namespace neurodyn::network {

/// On a sphere that was made: along great circles, exactly. On other surfaces: a front that starts at a
/// vertex goes from triangle to triangle, each unfolded into the plane together with the place from which the
/// front seems to come (Novotni & Klein 2002). In a plane this is exact; tests/network/test_surface.cpp has
/// its errors on spheres. Vertices that no path reaches have no distance.
class Geodesics {
  public:
    explicit Geodesics(const Surface& surface);

    struct Reached {
        std::uint32_t vertex;
        double distance_m;
    };
    /// All vertices up to `reach_m` away, ascending, the source among them.
    const std::vector<Reached>& from(std::uint32_t source, double reach_m);
    /// No distance is longer.
    double longest();

  private:
    void walk_sphere(std::uint32_t source, double reach_m);
    void walk_front(std::uint32_t source, double reach_m);
    void update(std::uint32_t vertex, double distance_m, double reach_m);

    struct Wave {
        double distance_m;
        std::uint32_t vertex;
        bool operator>(const Wave& other) const {
            return distance_m != other.distance_m ? distance_m > other.distance_m : vertex > other.vertex;
        }
    };
    /// A triangle of a vertex: its two other corners, how far they are, and how far from each other.
    struct Corner {
        std::uint32_t b, c;
        double to_b, to_c, between;
    };
    const Surface& surface_;
    std::vector<std::size_t> fan_begin_;  ///< of each vertex, into fan_
    std::vector<Corner> fan_;
    std::vector<double> distance_;
    std::vector<std::uint32_t> touched_;
    std::vector<Reached> reached_;
    std::priority_queue<Wave, std::vector<Wave>, std::greater<>> front_;
};

}  // namespace neurodyn::network
