// SPDX-License-Identifier: BSD-3-Clause
// A system read as x' = A x + b: coefficients as nodes, where it is linear.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compile/step_builder.hpp"

namespace neurodyn::compile {

struct LinearSystem {
    std::vector<std::vector<NodeId>>
        matrix;                ///< of parameters (and inputs); a constant 0 where there is no coupling
    std::vector<NodeId> rest;  ///< of parameters and inputs
    std::vector<std::vector<std::size_t>> components;  ///< states that are coupled, ascending
    std::string problem;                               ///< why it is not one; empty when it is

    bool is_zero(const Graph& graph, std::size_t i, std::size_t j) const {
        return graph.is_constant(matrix[i][j], 0.0);
    }
};

LinearSystem as_linear(StepBuilder& builder);

}  // namespace neurodyn::compile
