// SPDX-License-Identifier: BSD-3-Clause
// The seam between the library and the plugin that holds LLVM: two symbols, found by dlsym. Both may throw.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compile/kernel.hpp"

namespace neurodyn::compile {

/// The file beside libneurodyn that is opened when a kernel has to be compiled.
inline constexpr const char* plugin_file = "libneurodyn_llvm.so";

/// "neurodyn_llvm_compile": the program as a relocatable object that LoadedObject takes.
using PluginCompile = void (*)(const Program& program, Precision precision, int width,
                               std::vector<std::byte>& object);
/// "neurodyn_llvm_print_stage": writes stage "llvm" or "asm" into `text`.
using PluginPrintStage = void (*)(const Program& program, Precision precision, int width,
                                  const std::string& stage, std::string& text);

}  // namespace neurodyn::compile
