// SPDX-License-Identifier: BSD-3-Clause
// Parts of expressions that need not be computed again while a grid stays where it is.
#pragma once

#include <string>
#include <vector>

#include "symbolic/graph.hpp"

namespace neurodyn::density {

/// Largest parts that change with the arrays and with nothing else but `fixed` symbols: each is a symbol in
/// `expressions`, and `values` tells what it stands for.
struct Hoisted {
    std::vector<std::string> names;
    std::vector<symbolic::NodeId> values, expressions;
};
Hoisted hoist(symbolic::Graph& graph, const std::vector<symbolic::NodeId>& expressions,
              const std::vector<std::string>& arrays, const std::vector<std::string>& fixed);

}  // namespace neurodyn::density
