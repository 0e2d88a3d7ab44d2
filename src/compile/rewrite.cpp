// SPDX-License-Identifier: BSD-3-Clause
// Rebuilding a program node by node.
#include "compile/rewrite.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "symbolic/operations.hpp"
#include "symbolic/rebuild.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;
using symbolic::Type;

std::vector<NodeId> roots(const Program& program) {
    std::vector<NodeId> result;
    for (const auto& store : program.stores) result.push_back(store.value);
    for (const auto& event : program.events) result.push_back(event.condition);
    return result;
}

std::vector<std::uint32_t> use_counts(const Program& program) {
    std::vector<std::uint32_t> counts(program.graph.size());
    const auto all_roots = roots(program);
    for (NodeId root : all_roots) ++counts[root.index];
    for (NodeId id : symbolic::reachable(program.graph, all_roots)) {
        const auto& node = program.graph[id];
        for (int k = 0; k < symbolic::info(node.op).arity; ++k) ++counts[node.args[k].index];
    }
    return counts;
}

NodeId Rewriter::copy(NodeId id) {
    const auto& node = from[id];
    std::array<NodeId, 3> args{};
    for (int k = 0; k < symbolic::info(node.op).arity; ++k) args[k] = map(node.args[k]);
    return rebuild(from, id, to, args);
}

void Rewriter::run(const std::vector<NodeId>& order, const Rule& rule) {
    for (NodeId id : order) {
        const NodeId made = rule(*this, id);
        set(id, made ? made : copy(id));
    }
}

Program rewrite(const Program& program, const Rewriter::Rule& rule) {
    Program result;
    result.name = program.name;
    result.arrays = program.arrays;
    result.uniforms = program.uniforms;
    Rewriter rewriter(program.graph, result.graph);
    rewriter.run(symbolic::reachable(program.graph, roots(program)), rule);
    for (const auto& store : program.stores)
        result.stores.push_back({store.array, rewriter.map(store.value)});
    for (const auto& event : program.events)
        result.events.push_back({rewriter.map(event.condition), event.list});
    return result;
}

Program drop_unused_names(Program program) {
    std::set<std::string> loaded;
    for (NodeId id : symbolic::free_symbols(program.graph, roots(program)))
        loaded.insert(program.graph.name(id));
    std::vector<bool> stored(program.arrays.size());
    for (const auto& store : program.stores) stored[store.array] = true;
    std::vector<std::uint32_t> moved(program.arrays.size());
    std::vector<std::string> arrays, uniforms;
    for (std::size_t i = 0; i < program.arrays.size(); ++i) {
        moved[i] = static_cast<std::uint32_t>(arrays.size());
        if (stored[i] || loaded.contains(program.arrays[i])) arrays.push_back(program.arrays[i]);
    }
    for (const auto& name : program.uniforms)
        if (loaded.contains(name)) uniforms.push_back(name);
    for (auto& store : program.stores) store.array = moved[store.array];
    program.arrays = std::move(arrays);
    program.uniforms = std::move(uniforms);
    return program;
}

}  // namespace neurodyn::compile
