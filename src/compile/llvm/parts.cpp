// SPDX-License-Identifier: BSD-3-Clause
// Cutting a program into loop bodies of bounded size.
#include "compile/llvm/parts.hpp"

#include <algorithm>

#include "compile/code_size.hpp"
#include "compile/rewrite.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

int arity(const Program& program, NodeId id) { return symbolic::info(program.graph[id].op).arity; }

std::vector<bool> find_uniform(const Program& program, const std::vector<NodeId>& order) {
    std::vector<bool> uniform(program.graph.size());
    for (const NodeId id : order) {
        const auto& node = program.graph[id];
        bool all = node.op != Op::symbol || !is_array(program, id);
        for (int k = 0; k < arity(program, id); ++k) all = all && uniform[node.args[k].index];
        uniform[id.index] = all;
    }
    return uniform;
}

/// Gives slots to the operands of a loop body that come from outside of it.
class Borders {
  public:
    Borders(const Program& program, const std::vector<bool>& uniform, Parts& parts)
        : program_(program), uniform_(uniform), parts_(parts) {}

    void read(NodeId id, std::uint32_t loop) {
        const auto op = program_.graph[id].op;
        if (op == Op::constant) return;
        if (uniform_[id.index])
            parts_.broadcast.try_emplace(id.index, static_cast<std::uint32_t>(parts_.broadcast.size()));
        else if (op != Op::symbol && parts_.loop_of[id.index] != loop)
            parts_.crossing.try_emplace(id.index, static_cast<std::uint32_t>(parts_.crossing.size()));
    }

  private:
    const Program& program_;
    const std::vector<bool>& uniform_;
    Parts& parts_;
};

}  // namespace

bool is_array(const Program& program, NodeId symbol) {
    return std::ranges::find(program.arrays, program.graph.name(symbol)) != program.arrays.end();
}

Parts cut(const Program& program, double limit) {
    const auto order = symbolic::reachable(program.graph, roots(program));
    const auto uniform = find_uniform(program, order);
    Parts parts;
    parts.loop_of.resize(program.graph.size());
    parts.loops.emplace_back();
    Borders borders(program, uniform, parts);
    double size = 0;
    for (const NodeId id : order) {
        if (arity(program, id) == 0) continue;
        if (uniform[id.index]) {
            parts.uniform.push_back(id);
            continue;
        }
        const auto& node = program.graph[id];
        size += code_size(node.op);
        if (size > limit && !parts.loops.back().empty()) {
            parts.loops.emplace_back();
            size = code_size(node.op);
        }
        const auto loop = static_cast<std::uint32_t>(parts.loops.size() - 1);
        parts.loops.back().push_back(id);
        parts.loop_of[id.index] = loop;
        for (int k = 0; k < arity(program, id); ++k) borders.read(node.args[k], loop);
    }
    // Stores and events are in the last loop, after all loads.
    for (const NodeId root : roots(program))
        borders.read(root, static_cast<std::uint32_t>(parts.loops.size() - 1));
    return parts;
}

}  // namespace neurodyn::compile
