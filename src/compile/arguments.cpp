// SPDX-License-Identifier: BSD-3-Clause
// Pass "arguments": shifted and scaled arguments of saturating and exponential functions in one operation.
#include <utility>

#include "compile/passes.hpp"
#include "compile/rewrite.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// Only where the function's value does not hang on the relative accuracy of an argument near zero: there the
/// shifted argument loses, as exp((x - a) b) does not but log would.
bool takes_shift(Op op) {
    return op == Op::exp || op == Op::expm1 || op == Op::exprel || op == Op::sigmoid || op == Op::tanh ||
           op == Op::erf;
}

class Arguments {
  public:
    Arguments(const Program& program, const PassContext& context)
        : graph_(program.graph),
          varying_(varying_nodes(program.graph, context)),
          only_functions_(graph_.size(), true) {
        for (std::size_t i = 0; i < graph_.size(); ++i) {
            const auto& node = graph_.nodes()[i];
            for (NodeId arg : node.args)
                if (arg && !takes_shift(node.op) && !belongs_to_expm1(node, arg))
                    only_functions_[arg.index] = false;
        }
        for (NodeId root : roots(program)) only_functions_[root.index] = false;
    }

    NodeId operator()(Rewriter& r, NodeId id) const {
        const auto& node = graph_[id];
        if (node.op != Op::mul || !only_functions_[id.index]) return {};
        auto [sum, scale] = std::pair{node.args[0], node.args[1]};
        if (varying_[scale.index]) std::swap(sum, scale);
        if (varying_[scale.index] || !varying_[sum.index]) return {};
        const auto& shifted = graph_[sum];
        if (shifted.op != Op::add && shifted.op != Op::sub) return {};
        const bool left = varying_[shifted.args[0].index], right = varying_[shifted.args[1].index];
        if (left == right) return {};
        const bool minus = shifted.op == Op::sub;
        NodeId factor = r.map(scale);
        NodeId shift = r.to.mul(r.map(shifted.args[left ? 1 : 0]), factor);
        if (minus && left) shift = r.to.neg(shift);
        if (minus && right) factor = r.to.neg(factor);
        return r.to.make(Op::fma, r.map(shifted.args[left ? 0 : 1]), factor, shift);
    }

  private:
    /// The x's of select(x == 0, 1, x/expm1(x)), whose errors cancel.
    bool belongs_to_expm1(const symbolic::Node& node, NodeId x) const {
        if (node.op == Op::eq) return graph_.is_constant(node.args[1], 0.0);
        const bool quotient = node.op == Op::div && node.args[0] == x;
        return quotient && graph_[node.args[1]].op == Op::expm1 && graph_[node.args[1]].args[0] == x;
    }

    const Graph& graph_;
    std::vector<bool> varying_;
    std::vector<bool> only_functions_;
};

}  // namespace

Program arguments_pass(const Program& program, const PassContext& context) {
    return rewrite(program, Arguments(program, context));
}

}  // namespace neurodyn::compile
