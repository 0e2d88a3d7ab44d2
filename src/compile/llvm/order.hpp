// SPDX-License-Identifier: BSD-3-Clause
// When a loop body computes its nodes.
#pragma once

#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

/// By node of the graph: when it starts and how long it takes, in units of an exponential's code.
struct Times {
    std::vector<double> start, length;
};

/// A plan for a processor that is busy only with several functions under way, since an instruction of one
/// waits for the instruction before it, and that looks ahead too little to find them by itself. Three go in
/// step and share what they read from memory; two threes are under way, one half a function behind the other:
/// that is what 16 registers hold. Nodes come after their operands. What depends on no function is computed
/// as late as possible, everything else as soon as possible, so that registers are free.
Times plan(const Program& program, const std::vector<NodeId>& nodes);

}  // namespace neurodyn::compile
