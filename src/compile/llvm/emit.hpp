// SPDX-License-Identifier: BSD-3-Clause
// A program as an LLVM module with one function, kernel_symbol, of type KernelFunction.
#pragma once

#include <memory>

#include "compile/kernel.hpp"

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
}  // namespace llvm

namespace neurodyn::compile {

/// Elements of `width` lanes at a time; `width` divides padding_elements. The function calls nothing
/// outside of the module and reads no global data but its constants.
std::unique_ptr<llvm::Module> emit_program(llvm::LLVMContext& context, const llvm::TargetMachine& machine,
                                           const Program& program, Precision precision, unsigned width);

}  // namespace neurodyn::compile
