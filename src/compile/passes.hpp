// SPDX-License-Identifier: BSD-3-Clause
// The passes between an integrator's graph and the programs that run: a readable list.
//
// They run before either backend sees the program, so that interpreter and compiled code get the same
// operations. Some change rounding against the text as written (x/c becomes x*(1/c)); none depends on whether
// a parameter is uniform or per element, on width or on threads, so that a sweep's member equals a run of its
// own.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

struct PassContext {
    /// Symbols that change while a run goes on: states, inputs, noise. Time changes too, but is the same for
    /// all elements, so what depends on it and on parameters alone counts as invariant.
    std::set<std::string> varying_symbols;
};

struct Pass {
    std::string_view name;
    std::string_view description;
    Program (*run)(const Program& program, const PassContext& context);
};

/// In the order in which they run.
const std::vector<Pass>& passes();

/// All passes but the disabled ones, each timed and verified. An unknown name in `disabled` is an Error.
Program run_passes(Program program, const PassContext& context, const std::vector<std::string>& disabled,
                   std::vector<PassRecord>& records);

/// For each node whether it depends on a varying symbol.
std::vector<bool> varying_nodes(const Graph& graph, const PassContext& context);

Program powers_pass(const Program& program, const PassContext& context);
Program quotients_pass(const Program& program, const PassContext& context);
Program products_pass(const Program& program, const PassContext& context);
Program arguments_pass(const Program& program, const PassContext& context);
Program contraction_pass(const Program& program, const PassContext& context);
Program cleanup_pass(const Program& program, const PassContext& context);

/// Which uniform names are known when: for staging.
struct StagingInput {
    Program program;  ///< everything in one program
    std::set<std::string> element_parameters;
    std::set<std::string> late_uniforms;  ///< made by propagators, after setup_uniform
    std::set<std::string>
        early_arrays;   ///< stores into these belong to setup_uniform (what propagators read)
    bool split = true;  ///< false: only the early arrays leave the step
};
/// Splits one program into setup_uniform, setup_element, clock and step by how often values change
/// (binding-time analysis).
void stage(const StagingInput& input, const PassContext& context, StepProgram& result);

}  // namespace neurodyn::compile
