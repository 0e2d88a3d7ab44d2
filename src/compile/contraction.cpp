// SPDX-License-Identifier: BSD-3-Clause
// Pass "contraction": products that are only added become fused multiply-adds, once, for every backend.
#include <optional>

#include "compile/passes.hpp"
#include "compile/rewrite.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// ± a * b as the operand of a sum.
struct Term {
    NodeId a, b;
    bool negative = false;
};

class Contraction {
  public:
    Contraction(const Program& program, const PassContext& context)
        : graph_(program.graph),
          varying_(varying_nodes(program.graph, context)),
          uses_(use_counts(program)) {}

    /// The rule: the right operand is fused where it is a product, else the left one; a product of invariants
    /// stays whole, since setup computes it.
    NodeId operator()(Rewriter& r, NodeId id) const {
        const auto& node = graph_[id];
        if (node.op != Op::add && node.op != Op::sub) return {};
        const bool minus = node.op == Op::sub;
        if (const auto term = product(node.args[1], varying_[id.index]))
            return fused(r, *term, term->negative != minus, r.map(node.args[0]));
        if (const auto term = product(node.args[0], varying_[id.index])) {
            const NodeId other = r.map(node.args[1]);
            return fused(r, *term, term->negative, minus ? r.to.neg(other) : other);
        }
        return {};
    }

  private:
    std::optional<Term> product(NodeId id, bool sum_varies) const {
        bool negative = false;
        if (graph_[id].op == Op::neg && uses_[id.index] == 1) {
            id = graph_[id].args[0];
            negative = true;
        }
        const auto& node = graph_[id];
        if (node.op != Op::mul || uses_[id.index] != 1 || (sum_varies && !varying_[id.index])) return {};
        return Term{node.args[0], node.args[1], negative};
    }

    /// The sign goes to an invariant factor where there is one, so that setup applies it.
    NodeId fused(Rewriter& r, const Term& term, bool negative, NodeId addend) const {
        NodeId a = r.map(term.a), b = r.map(term.b);
        if (negative) {
            NodeId& factor = varying_[term.b.index] ? a : b;
            factor = r.to.neg(factor);
        }
        return r.to.make(Op::fma, a, b, addend);
    }

    const Graph& graph_;
    std::vector<bool> varying_;
    std::vector<std::uint32_t> uses_;
};

}  // namespace

Program contraction_pass(const Program& program, const PassContext& context) {
    return rewrite(program, Contraction(program, context));
}

}  // namespace neurodyn::compile
