// SPDX-License-Identifier: BSD-3-Clause
// The list of passes, and running it.
#include "compile/passes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "compile/rewrite.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

namespace {

std::size_t live_nodes(const Program& program) {
    return symbolic::reachable(program.graph, roots(program)).size();
}

void check_names(const std::vector<std::string>& disabled) {
    std::vector<std::string> names;
    for (const auto& pass : passes()) names.emplace_back(pass.name);
    for (const auto& name : disabled)
        if (std::ranges::find(names, name) == names.end())
            throw Error(fmt::format("there is no pass '{}'; {} the passes are {}", name,
                                    did_you_mean(name, names), fmt::join(names, ", ")));
}

}  // namespace

const std::vector<Pass>& passes() {
    static const std::vector<Pass> list{
        {"powers", "x^n by multiplication for small whole n, x^0.5 by sqrt", powers_pass},
        {"quotients",
         "x/c -> x*(1/c) for invariant c; one reciprocal for a shared denominator; 1/exprel(x) by one "
         "division",
         quotients_pass},
        {"products", "invariant factors of a product are gathered, so that they are multiplied in setup",
         products_pass},
        {"arguments", "exp((x - a)*b) -> exp(fma(x, b, -a*b)) for invariant a and b", arguments_pass},
        {"contraction", "a*b + c -> fma(a, b, c) where the product has no other use", contraction_pass},
        {"cleanup", "nodes that nothing needs are left behind", cleanup_pass},
    };
    return list;
}

Program run_passes(Program program, const PassContext& context, const std::vector<std::string>& disabled,
                   std::vector<PassRecord>& records) {
    check_names(disabled);
    verify(program);
    for (const auto& pass : passes()) {
        if (std::ranges::find(disabled, pass.name) != disabled.end()) continue;
        PassRecord record{std::string(pass.name), 0.0, live_nodes(program), 0};
        const auto start = std::chrono::steady_clock::now();
        program = pass.run(program, context);
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        record.milliseconds = spent.count();
        record.nodes_after = live_nodes(program);
        records.push_back(record);
        verify(program);
    }
    return program;
}

std::vector<bool> varying_nodes(const Graph& graph, const PassContext& context) {
    std::vector<bool> varying(graph.size());
    for (std::size_t i = 0; i < graph.size(); ++i) {
        const NodeId id{static_cast<std::uint32_t>(i)};
        const auto& node = graph[id];
        if (node.op == symbolic::Op::symbol) varying[i] = context.varying_symbols.contains(graph.name(id));
        for (int k = 0; k < symbolic::info(node.op).arity; ++k)
            if (varying[node.args[static_cast<std::size_t>(k)].index]) varying[i] = true;
    }
    return varying;
}

Program cleanup_pass(const Program& program, const PassContext&) {
    return drop_unused_names(rewrite(program, [](Rewriter&, NodeId) { return NodeId{}; }));
}

}  // namespace neurodyn::compile
