// SPDX-License-Identifier: BSD-3-Clause
// Random expressions for the tests of the symbolic layer.
#pragma once

#include <array>
#include <random>
#include <vector>

#include "symbolic/operations.hpp"

namespace neurodyn::symbolic {

/// Grows expressions of x, y, z and constants from the operations of the table.
class RandomExpression {
  public:
    RandomExpression(Graph& graph, unsigned seed, bool with_steps) : g_(graph), random_(seed) {
        for (const char* name : {"x", "y", "z"}) pool_.push_back(graph.symbol(name));
        for (const double value : {0.5, 2.0, 3.0, -1.0, 1.25}) pool_.push_back(graph.constant(value));
        for (std::size_t i = 2; i < static_cast<std::size_t>(Op::count_); ++i) {
            const Op op = static_cast<Op>(i);
            const bool step =
                op == Op::floor || op == Op::ceil || op == Op::sign || op == Op::heaviside || op == Op::mod;
            if (op != Op::lookup && info(op).result == Type::real && (with_steps || !step))
                ops_.push_back(op);
        }
    }

    /// An expression of about `size` operations.
    NodeId grow(int size) {
        std::vector<NodeId> nodes = pool_;
        for (int i = 0; i < size; ++i) nodes.push_back(operation(nodes));
        return nodes.back();
    }

    double uniform(double low, double high) { return std::uniform_real_distribution(low, high)(random_); }

  private:
    // The newest nodes are taken most often, so that expressions grow deep.
    NodeId pick(const std::vector<NodeId>& nodes) {
        const std::size_t window =
            uniform(0, 1) < 0.6 ? std::min<std::size_t>(nodes.size(), 3) : nodes.size();
        return nodes[nodes.size() - 1 - random_() % window];
    }
    NodeId condition() {
        const std::array<Op, 6> relations{Op::lt, Op::le, Op::gt, Op::ge, Op::eq, Op::ne};
        const NodeId relation = g_.make(relations[random_() % 6], pool_[random_() % 3], pool_[random_() % 8]);
        if (random_() % 3 != 0) return relation;
        const NodeId other = g_.make(relations[random_() % 6], pool_[random_() % 3], pool_[random_() % 8]);
        if (random_() % 3 == 0) return g_.make(Op::logical_not, relation);
        return g_.make(random_() % 2 ? Op::logical_and : Op::logical_or, relation, other);
    }
    NodeId operation(const std::vector<NodeId>& nodes) {
        // Arithmetic is half of all, as in models.
        const Op op = random_() % 2 ? static_cast<Op>(2 + random_() % 5) : ops_[random_() % ops_.size()];
        if (op == Op::select) return g_.select(condition(), pick(nodes), pick(nodes));
        switch (info(op).arity) {
            case 1:
                return g_.make(op, pick(nodes));
            case 2:
                return g_.make(op, pick(nodes), pick(nodes));
            default:
                return g_.make(op, pick(nodes), pick(nodes), pick(nodes));
        }
    }

    Graph& g_;
    std::mt19937 random_;
    std::vector<NodeId> pool_;
    std::vector<Op> ops_;
};

}  // namespace neurodyn::symbolic
