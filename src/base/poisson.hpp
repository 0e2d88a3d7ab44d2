// SPDX-License-Identifier: BSD-3-Clause
// Many Poisson draws of one mean.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"

namespace neurodyn {

/// The distribution function of one mean, ready for inversion.
class PoissonTable {
  public:
    static constexpr double largest_mean = 500.0;

    /// Throws Error for a mean that is negative, not finite or above largest_mean.
    explicit PoissonTable(double mean);

    /// One count per node: out[i] is the number of values whose distribution function is not above a uniform
    /// draw of 32 bits (fill_uniform's of the same source), so an event of probability below 2^-32 is never
    /// seen. A node's draw depends on nothing but seed, stream, step and node.
    void fill(std::span<double> out, const DrawSource& source) const;
    void fill(std::span<float> out, const DrawSource& source) const;

  private:
    /// Words of 32 bits that reach entry k count more than k; as long as P(count <= k) differs from 1 by more
    /// than 2^-33.
    std::vector<std::int32_t> distribution_;  ///< less 2^31
};

}  // namespace neurodyn
