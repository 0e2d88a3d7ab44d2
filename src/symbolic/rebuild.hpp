// SPDX-License-Identifier: BSD-3-Clause
// The step that every transform of this folder takes: a node made again on other operands.
#pragma once

#include <array>
#include <vector>

#include "symbolic/graph.hpp"

namespace neurodyn::symbolic {

/// The operation (or constant) of `node` on `args`; `node` must not be a symbol.
NodeId rebuild(Graph& graph, const Node& node, const std::array<NodeId, 3>& args);

/// The operands of `node` looked up in a map by index; null where there is none.
std::array<NodeId, 3> mapped_args(const Node& node, const std::vector<NodeId>& map);

}  // namespace neurodyn::symbolic
