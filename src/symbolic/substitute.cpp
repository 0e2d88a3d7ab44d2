// SPDX-License-Identifier: BSD-3-Clause
// Walks over expressions: what they need, what they hold, and copies with parts replaced.
#include <algorithm>

#include "symbolic/rebuild.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {

NodeId rebuild(const Graph& from, NodeId id, Graph& to, const std::array<NodeId, 3>& args) {
    const Node node = from[id];
    if (node.op == Op::symbol) return to.symbol(from.name(id), node.type);
    if (node.op == Op::constant)
        return node.type == Type::boolean ? to.boolean(node.value != 0.0) : to.constant(node.value);
    if (node.op == Op::lookup) return to.lookup(to.add_table(from.tables()[node.symbol]), args[0]);
    if (!args[1]) return to.make(node.op, args[0]);
    if (!args[2]) return to.make(node.op, args[0], args[1]);
    return to.make(node.op, args[0], args[1], args[2]);
}

std::array<NodeId, 3> mapped_args(const Node& node, const std::vector<NodeId>& map) {
    std::array<NodeId, 3> args{};
    for (std::size_t i = 0; i < 3; ++i)
        if (node.args[i]) args[i] = map[node.args[i].index];
    return args;
}

std::vector<NodeId> reachable(const Graph& graph, std::span<const NodeId> expressions) {
    std::uint32_t end = 0;
    for (const NodeId id : expressions) end = std::max(end, id.index + 1);
    std::vector<bool> needed(end);
    for (const NodeId id : expressions) needed[id.index] = true;
    std::size_t count = 0;
    // Operands precede their users, so one sweep from the last node marks everything.
    for (std::uint32_t i = end; i-- > 0;) {
        if (!needed[i]) continue;
        ++count;
        for (const NodeId arg : graph[NodeId{i}].args)
            if (arg) needed[arg.index] = true;
    }
    std::vector<NodeId> result;
    result.reserve(count);
    for (std::uint32_t i = 0; i < end; ++i)
        if (needed[i]) result.push_back({i});
    return result;
}

std::vector<NodeId> free_symbols(const Graph& graph, std::span<const NodeId> expressions) {
    std::vector<NodeId> result = reachable(graph, expressions);
    std::erase_if(result, [&](NodeId id) { return graph[id].op != Op::symbol; });
    return result;
}

bool depends_on(const Graph& graph, NodeId expression, NodeId symbol) {
    const std::vector<NodeId> nodes = reachable(graph, {&expression, 1});
    return std::binary_search(nodes.begin(), nodes.end(), symbol);
}

NodeId substitute(Graph& graph, NodeId expression, const Substitution& map) {
    std::vector<NodeId> result(expression.index + 1);
    for (const NodeId id : reachable(graph, {&expression, 1})) {
        const Node node = graph[id];
        const auto args = mapped_args(node, result);
        if (const auto found = map.find(id); found != map.end())
            result[id.index] = found->second;
        else
            result[id.index] = args == node.args ? id : rebuild(graph, id, graph, args);
    }
    return result[expression.index];
}

NodeId copy(const Graph& from, NodeId expression, Graph& to,
            const std::function<std::string(const std::string&)>& rename) {
    std::vector<NodeId> result(expression.index + 1);
    for (const NodeId id : reachable(from, {&expression, 1})) {
        const Node node = from[id];
        if (node.op == Op::symbol) {
            const std::string name = from.name(id);
            result[id.index] = to.symbol(rename ? rename(name) : name, node.type);
        } else {
            result[id.index] = rebuild(from, id, to, mapped_args(node, result));
        }
    }
    return result[expression.index];
}

}  // namespace neurodyn::symbolic
