// SPDX-License-Identifier: BSD-3-Clause
// How a program is cut into loop bodies: what is uniform, what runs where, and what crosses the cuts.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

/// The nodes of a program in evaluation order, apart by how often they are computed.
struct Parts {
    std::vector<NodeId> uniform;             ///< operations on uniforms and constants alone: once per call
    std::vector<std::vector<NodeId>> loops;  ///< operations per element, in one loop body each
    /// Uniform nodes (operations and symbols) that an element operation, store or event reads: a slot each.
    std::unordered_map<std::uint32_t, std::uint32_t> broadcast;
    /// Element nodes that are read in a later loop body than their own: a slot of scratch memory each.
    std::unordered_map<std::uint32_t, std::uint32_t> crossing;
    std::vector<std::uint32_t> loop_of;  ///< by node: which loop computes it
};

/// Cuts at about `limit` exponentials' worth of code, since the time of register allocation grows with
/// the square of a body.
Parts cut(const Program& program, double limit = 50);

/// Whether the symbol is one of the program's arrays.
bool is_array(const Program& program, NodeId symbol);

}  // namespace neurodyn::compile
