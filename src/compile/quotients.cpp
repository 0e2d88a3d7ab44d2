// SPDX-License-Identifier: BSD-3-Clause
// Pass "quotients": fewer divisions, which cost several multiplications each.
#include <cmath>
#include <unordered_map>

#include "compile/passes.hpp"
#include "compile/rewrite.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// Dividing by a power of two is multiplying by its reciprocal, to the bit.
bool is_exact_reciprocal(const Graph& graph, NodeId id) {
    if (!graph.is_constant(id)) return false;
    int exponent = 0;
    const double value = graph[id].value;
    return std::isfinite(value) && std::fabs(std::frexp(value, &exponent)) == 0.5 && exponent > -1000 &&
           exponent < 1000;
}

/// a/exprel(x) = a (x/expm1(x)), 1 at x = 0: one division instead of two. Rates of ion channels have this
/// form.
NodeId over_exprel(Rewriter& r, NodeId above, NodeId exprel) {
    const NodeId x = r.map(r.from[exprel].args[0]);
    const NodeId at_zero = r.to.make(Op::eq, x, r.to.constant(0.0));
    const NodeId ratio = r.to.div(x, r.to.make(Op::expm1, x));
    return r.to.mul(r.map(above), r.to.select(at_zero, r.to.constant(1.0), ratio));
}

}  // namespace

Program quotients_pass(const Program& program, const PassContext& context) {
    const auto varying = varying_nodes(program.graph, context);
    const auto uses = use_counts(program);
    std::unordered_map<NodeId, int, symbolic::NodeHash> quotients;
    for (NodeId id : symbolic::reachable(program.graph, roots(program)))
        if (program.graph[id].op == Op::div) ++quotients[program.graph[id].args[1]];
    return rewrite(program, [&](Rewriter& r, NodeId id) -> NodeId {
        const auto& node = r.from[id];
        if (node.op != Op::div) return {};
        const auto [above, below] = std::pair{node.args[0], node.args[1]};
        const bool invariant_below = varying[above.index] && !varying[below.index];
        const bool shared_below = varying[below.index] && quotients[below] > 1;
        if (varying[below.index] && r.from[below].op == Op::exprel && uses[below.index] == 1)
            return over_exprel(r, above, below);
        if (!invariant_below && !shared_below && !is_exact_reciprocal(r.from, below)) return {};
        return r.to.mul(r.map(above), r.to.div(r.to.constant(1.0), r.map(below)));
    });
}

}  // namespace neurodyn::compile
