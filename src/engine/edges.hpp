// SPDX-License-Identifier: BSD-3-Clause
// A projection's edges laid out for delivery: by delay class, target, descending delay, ascending source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/aligned.hpp"
#include "engine/fields.hpp"
#include "engine/gather.hpp"
#include "engine/surface_laplacian.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// Most steps that are ever gathered at once.
inline constexpr std::size_t most_block_steps = 32;

/// Edges that can be gathered for `block` steps at once: those whose delay is at least block - 1 (and less
/// than 2 block - 1, unless this is the widest class). A block that starts at step T reads signals up to T
/// only.
template <class Real>
struct DelayClass {
    std::size_t block = 1;
    std::vector<std::uint64_t> row_begin;  ///< targets + 1, into `edges`
    std::vector<Edge<Real>> edges;
    std::vector<std::uint32_t> delays;      ///< per edge, in steps
    std::size_t shortest = 0, longest = 0;  ///< of these
};

/// How a projection's sums are computed; which one is chosen never changes a bit, because each adds a
/// target's terms in one order: descending delay, then ascending source. Kernels and Laplacians are sums over
/// a field and have orders of their own (fields.hpp).
enum class Delivery : std::uint8_t { delayed, dense, one_to_one, shifted, kernel, laplacian };

template <class Real>
struct EdgePlan {
    Delivery delivery = Delivery::delayed;
    std::size_t targets = 0, sources = 0, edge_count = 0;
    std::size_t longest_delay = 0;          ///< steps
    std::vector<DelayClass<Real>> classes;  ///< widest first, then longest delays first; none is empty
    AlignedVector<Real> panels;             ///< dense: [panel][source][panel_width], zero-padded
    AlignedVector<Real> matrix;             ///< dense: [target][source]
    std::vector<Real> weights;              ///< one_to_one; shifted: that with one delay for all
    std::shared_ptr<const KernelPlan> kernel;
    network::Grid grid;              ///< laplacian
    SurfaceLaplacian<Real> surface;  ///< laplacian of a population on a surface
};

/// A projection's delays in steps.
struct Delays {
    std::vector<std::uint32_t> steps;  ///< per edge; empty when none has one
    std::size_t longest = 0;
    double dt_s = 0.0;
};

/// Rounds delays to the nearest step. Throws Error, naming the projection, for a delay that is negative or
/// not finite.
Delays round_delays(const network::Projection& projection, double dt_s);

/// What the layout of edges depends on, beside the edges; it never changes a bit of the sums.
struct EdgeLayout {
    std::size_t row_steps = 1;  ///< from one source to the next in the history
    std::size_t widest_block = 1;
    std::size_t members = 1;                 ///< that run together
    std::size_t longest_allowed = SIZE_MAX;  ///< steps of history that fit into memory
};

/// Throws Error, naming the projection, for a delay that is too long and for a shape that does not fit.
template <class Real>
EdgePlan<Real> plan_edges(const network::Projection& projection, const Delays& delays, std::size_t targets,
                          std::size_t sources, const EdgeLayout& layout);

}  // namespace neurodyn::engine
