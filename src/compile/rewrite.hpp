// SPDX-License-Identifier: BSD-3-Clause
// Rebuilding a program node by node: what every pass is made from.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

/// Values stored and conditions of events.
std::vector<NodeId> roots(const Program& program);
/// How often each node is an operand or a root, counted over the nodes that the roots need; 0 for all others.
std::vector<std::uint32_t> use_counts(const Program& program);

/// Copies nodes from one graph to another in evaluation order; a rule decides what a node becomes.
class Rewriter {
  public:
    /// Returns the node in `to` that stands for `id` of `from`, or a null id to copy it as it is. Operands
    /// are in map() by then.
    using Rule = std::function<NodeId(Rewriter& rewriter, NodeId id)>;

    Rewriter(const Graph& source, Graph& target) : from(source), to(target), map_(source.size()) {}
    const Graph& from;
    Graph& to;

    NodeId map(NodeId id) const { return map_[id.index]; }
    void set(NodeId id, NodeId made) { map_[id.index] = made; }
    /// The same operation on what its operands became.
    NodeId copy(NodeId id);
    void run(const std::vector<NodeId>& order, const Rule& rule);

  private:
    std::vector<NodeId> map_;
};

/// The whole program under a rule; nodes that nothing needs are left behind.
Program rewrite(const Program& program, const Rewriter::Rule& rule);

/// Drops the arrays and uniforms that nothing loads or stores.
Program drop_unused_names(Program program);

}  // namespace neurodyn::compile
