// SPDX-License-Identifier: BSD-3-Clause
// Pass "products": the invariant factors of a product are gathered into one.
#include <vector>

#include "compile/passes.hpp"
#include "compile/rewrite.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// The factors of a tree of products, left to right. Only products without another use are opened; signs
/// always are.
struct Factors {
    std::vector<NodeId> varying, invariant;
    bool negative = false;
};

void collect(const Graph& graph, NodeId id, bool is_root, const std::vector<bool>& varying,
             const std::vector<std::uint32_t>& uses, Factors& factors) {
    const auto& node = graph[id];
    const bool open = varying[id.index] && (is_root || uses[id.index] == 1 || node.op == Op::neg);
    if (open && node.op == Op::mul) {
        for (int k : {0, 1})
            collect(graph, node.args[static_cast<std::size_t>(k)], false, varying, uses, factors);
    } else if (open && node.op == Op::neg) {
        factors.negative = !factors.negative;
        collect(graph, node.args[0], false, varying, uses, factors);
    } else {
        (varying[id.index] ? factors.varying : factors.invariant).push_back(id);
    }
}

NodeId product(Rewriter& r, const std::vector<NodeId>& factors) {
    NodeId result = r.map(factors.front());
    for (std::size_t i = 1; i < factors.size(); ++i) result = r.to.mul(result, r.map(factors[i]));
    return result;
}

}  // namespace

Program products_pass(const Program& program, const PassContext& context) {
    const auto varying = varying_nodes(program.graph, context);
    const auto uses = use_counts(program);
    return rewrite(program, [&](Rewriter& r, NodeId id) -> NodeId {
        const auto op = r.from[id].op;
        if ((op != Op::mul && op != Op::neg) || !varying[id.index]) return {};
        Factors factors;
        collect(r.from, id, true, varying, uses, factors);
        const std::size_t gain = factors.invariant.size() + (factors.negative ? 1 : 0);
        if (factors.invariant.empty() || factors.varying.empty() || gain < 2) return {};
        NodeId scale = product(r, factors.invariant);
        if (factors.negative) scale = r.to.neg(scale);
        return r.to.mul(product(r, factors.varying), scale);
    });
}

}  // namespace neurodyn::compile
