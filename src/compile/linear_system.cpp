// SPDX-License-Identifier: BSD-3-Clause
// A system read as x' = A x + b.
#include "compile/linear_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "symbolic/transform.hpp"

namespace neurodyn::compile {

namespace {

bool holds_state_or_time(StepBuilder& b, NodeId node) {
    if (symbolic::depends_on(b.graph(), node, b.t())) return true;
    return std::ranges::any_of(b.states(),
                               [&](NodeId x) { return symbolic::depends_on(b.graph(), node, x); });
}

/// One row of A and the rest; returns false when the drift is not affine in all states.
bool read_row(StepBuilder& b, std::size_t i, LinearSystem& system) {
    NodeId rest = b.system().states[i].drift;
    std::vector<NodeId> row;
    for (NodeId x : b.states()) {
        const auto affine = symbolic::as_affine(b.graph(), rest, x);
        if (!affine || holds_state_or_time(b, affine.coefficient)) return false;
        row.push_back(symbolic::simplify(b.graph(), affine.coefficient));
        rest = affine.rest;
    }
    if (holds_state_or_time(b, rest)) return false;
    system.matrix.push_back(std::move(row));
    system.rest.push_back(symbolic::simplify(b.graph(), rest));
    return true;
}

bool share_noise(const System::State& a, const System::State& b) {
    return std::ranges::any_of(a.noise, [&](const auto& mine) {
        return std::ranges::any_of(b.noise, [&](const auto& other) { return mine.name == other.name; });
    });
}

std::vector<std::vector<std::size_t>> connected(const StepBuilder& b, const Graph& graph,
                                                const LinearSystem& system) {
    const auto& states = b.system().states;
    const std::size_t n = system.matrix.size();
    std::vector<std::size_t> label(n);
    std::iota(label.begin(), label.end(), 0);
    for (std::size_t round = 0; round < n; ++round)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                if (!system.is_zero(graph, i, j) || share_noise(states[i], states[j]))
                    label[i] = label[j] = std::min(label[i], label[j]);
    std::vector<std::vector<std::size_t>> result;
    for (std::size_t root = 0; root < n; ++root) {
        std::vector<std::size_t> members;
        for (std::size_t i = 0; i < n; ++i)
            if (label[i] == root) members.push_back(i);
        if (!members.empty()) result.push_back(std::move(members));
    }
    return result;
}

}  // namespace

LinearSystem as_linear(StepBuilder& b) {
    LinearSystem result;
    for (std::size_t i = 0; i < b.size(); ++i) {
        if (read_row(b, i, result)) continue;
        const auto& state = b.system().states[i];
        result.problem = fmt::format("d{}/dt = {} is not linear with constant coefficients", state.name,
                                     symbolic::print(b.graph(), state.drift));
        return result;
    }
    result.components = connected(b, b.graph(), result);
    return result;
}

}  // namespace neurodyn::compile
