// SPDX-License-Identifier: BSD-3-Clause
// The reference evaluator: one double at a time, in index order.
#include <array>

#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {

double evaluate(const Graph& graph, NodeId expression,
                const std::function<double(const std::string& symbol)>& value) {
    std::vector<double> values(expression.index + 1);
    for (const NodeId id : reachable(graph, {&expression, 1})) {
        const Node& node = graph[id];
        double& result = values[id.index];
        if (node.op == Op::constant) {
            result = node.value;
        } else if (node.op == Op::symbol) {
            result = value(graph.name(id));
        } else if (node.op == Op::lookup) {
            result = look_up(graph.table(id).values, values[node.args[0].index]);
        } else {
            std::array<double, 3> args{};
            for (std::size_t i = 0; i < 3 && node.args[i]; ++i) args[i] = values[node.args[i].index];
            result = apply(node.op, args[0], args[1], args[2]);
        }
    }
    return values[expression.index];
}

}  // namespace neurodyn::symbolic
