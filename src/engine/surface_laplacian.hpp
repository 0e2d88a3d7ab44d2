// SPDX-License-Identifier: BSD-3-Clause
// The Laplacian of a field on a surface of triangles.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "network/surface.hpp"

namespace neurodyn::engine {

/// Weighted differences to neighbours, ascending, over the area of the vertex.
template <class Real>
class SurfaceLaplacian {
  public:
    SurfaceLaplacian() = default;
    explicit SurfaceLaplacian(std::shared_ptr<const network::Surface> surface);
    bool empty() const { return surface_ == nullptr; }
    /// For targets [first, last): sums of [node][member].
    void apply(std::size_t first, std::size_t last, std::size_t members, const Real* signal,
               Real* sums) const;

  private:
    std::shared_ptr<const network::Surface> surface_;
    std::vector<Real> weights_;  ///< divided by the target's area, 1/m^2
};

}  // namespace neurodyn::engine
