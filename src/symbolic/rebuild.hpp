// SPDX-License-Identifier: BSD-3-Clause
// The step that every transform of this folder takes: a node made again on other operands.
#pragma once

#include <array>
#include <vector>

#include "symbolic/graph.hpp"

namespace neurodyn::symbolic {

/// The operation, constant or symbol `id` of a graph made in another one (or the same) on `args` of that.
NodeId rebuild(const Graph& from, NodeId id, Graph& to, const std::array<NodeId, 3>& args);

/// The operands of `node` looked up in a map by index; null where there is none.
std::array<NodeId, 3> mapped_args(const Node& node, const std::vector<NodeId>& map);

}  // namespace neurodyn::symbolic
