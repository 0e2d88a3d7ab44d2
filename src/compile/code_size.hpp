// SPDX-License-Identifier: BSD-3-Clause
// How much code an operation becomes.
#pragma once

#include "compile/program.hpp"

namespace neurodyn::compile {

/// Rough size of an operation's code, in exponentials.
double code_size(symbolic::Op op);

/// Of all operations that the program needs.
double code_size(const Program& program);

/// Whether the operation is a chain of many instructions that wait for one another.
inline bool is_large(symbolic::Op op) { return code_size(op) >= 1; }

/// Whether the program has such operations.
bool has_functions(const Program& program);

}  // namespace neurodyn::compile
