// SPDX-License-Identifier: BSD-3-Clause
// Finding what changes with arrays alone.
#include "density/hoist.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "symbolic/transform.hpp"

namespace neurodyn::density {
namespace {

using symbolic::Graph;
using symbolic::NodeId;
using symbolic::Op;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Of each node: whether it depends on arrays and fixed symbols alone, and whether on arrays at all.
struct Dependence {
    std::vector<bool> still, varies;

    Dependence(const Graph& graph, const std::vector<NodeId>& order, const std::vector<std::string>& arrays,
               const std::vector<std::string>& fixed)
        : still(graph.size(), true), varies(graph.size(), false) {
        for (const NodeId id : order) {
            const symbolic::Node& node = graph[id];
            if (node.op == Op::symbol) {
                varies[id.index] = contains(arrays, graph.name(id));
                still[id.index] = varies[id.index] || contains(fixed, graph.name(id));
            }
            for (const NodeId argument : node.args) {
                if (!argument) continue;
                still[id.index] = still[id.index] && still[argument.index];
                varies[id.index] = varies[id.index] || varies[argument.index];
            }
        }
    }
};

}  // namespace

Hoisted hoist(Graph& graph, const std::vector<NodeId>& expressions, const std::vector<std::string>& arrays,
              const std::vector<std::string>& fixed) {
    const std::vector<NodeId> order = symbolic::reachable(graph, expressions);
    const Dependence dependence(graph, order, arrays, fixed);
    std::vector<bool> is_used(graph.size(), false);  // by what does change
    for (const NodeId id : expressions) is_used[id.index] = true;
    for (const NodeId id : order)
        if (!dependence.still[id.index])
            for (const NodeId argument : graph[id].args)
                if (argument) is_used[argument.index] = true;
    Hoisted made;
    symbolic::Substitution map;
    for (const NodeId id : order) {
        const symbolic::Node& node = graph[id];
        const bool is_leaf = node.op == Op::symbol || node.op == Op::constant;
        if (is_leaf || node.type != symbolic::Type::real || !is_used[id.index] ||
            !dependence.still[id.index] || !dependence.varies[id.index])
            continue;
        made.names.push_back(fmt::format("hoisted:{}", made.names.size()));
        made.values.push_back(id);
    }
    for (std::size_t k = 0; k < made.names.size(); ++k)
        map.emplace(made.values[k], graph.symbol(made.names[k]));
    for (const NodeId id : expressions) made.expressions.push_back(symbolic::substitute(graph, id, map));
    return made;
}

}  // namespace neurodyn::density
