// SPDX-License-Identifier: BSD-3-Clause
// A projection's edges laid out for delivery: by delay class, target, descending delay, ascending source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/aligned.hpp"
#include "engine/gather.hpp"
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
};

/// How a projection's sums are computed; which one is chosen never changes a bit, because each adds a
/// target's terms in one order: descending delay, then ascending source.
enum class Delivery : std::uint8_t { delayed, dense, one_to_one };

template <class Real>
struct EdgePlan {
    Delivery delivery = Delivery::delayed;
    std::size_t targets = 0, sources = 0, edge_count = 0;
    std::size_t longest_delay = 0;          ///< steps
    std::vector<DelayClass<Real>> classes;  ///< widest first; empty classes left out
    AlignedVector<Real> panels;             ///< dense: [panel][source][panel_targets], zero-padded
    AlignedVector<Real> matrix;             ///< dense: [target][source]
    std::vector<Real> weights;              ///< one_to_one
};

/// Delays are rounded to the nearest step. Throws Error, naming the projection, for a delay that is negative,
/// not finite or longer than `longest_allowed` steps, and for a shape that does not fit.
template <class Real>
EdgePlan<Real> plan_edges(const network::Projection& projection, std::size_t targets, std::size_t sources,
                          double dt_s, std::size_t widest_block, std::size_t longest_allowed);

/// The longest delay of a projection in steps, 0 without delays; the same errors.
std::size_t longest_delay_steps(const network::Projection& projection, double dt_s);

}  // namespace neurodyn::engine
