// SPDX-License-Identifier: BSD-3-Clause
// What each operation of a program becomes.
#pragma once

#include <array>

#include "compile/llvm/ir_backend.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::compile {

/// The instructions of one operation; truth values are masks.
llvm::Value* emit_operation(IrBackend& b, symbolic::Op op, const std::array<llvm::Value*, 3>& args);

}  // namespace neurodyn::compile
