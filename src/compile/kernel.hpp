// SPDX-License-Identifier: BSD-3-Clause
// A program made runnable: by the interpreter, or by LLVM through the plugin and the object cache.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

/// What a kernel is given; a plain C layout, version 1. `real` is double or float by the kernel's precision.
struct KernelArgs {
    void* const* arrays =
        nullptr;  ///< real*, one per Program::arrays, 64-byte aligned, padded to `padding_elements`
    const void* uniforms = nullptr;               ///< real[], one per Program::uniforms
    std::uint32_t* const* event_lists = nullptr;  ///< room for end-begin indices each
    std::uint64_t* event_counts = nullptr;        ///< appended to
};

/// Runs elements [begin, end). begin is a multiple of padding_elements; end is one too, or the true number of
/// elements: padding elements may be computed and stored (so arrays must be padded and hold finite values),
/// but never raise events.
using KernelFunction = void (*)(const KernelArgs* args, std::int64_t begin, std::int64_t end);

enum class Backend : std::uint8_t { automatic, interpreter, llvm };

struct KernelOptions {
    Precision precision = Precision::double_;
    Backend backend = Backend::automatic;  ///< automatic: LLVM when the plugin is there, else the interpreter
    int width = 0;                         ///< vector lanes; 0: by processor and program; 1 to 16 for tests
    bool use_cache = true;
};

/// How a kernel came to be, for `inspect` and for the record.
struct KernelHistory {
    std::string hash, backend;  ///< "interpreter", "llvm", "cache"
    int width = 1;
    double compile_ms = 0.0;
};

class Kernel {
  public:
    virtual ~Kernel() = default;
    virtual void run(const KernelArgs& args, std::int64_t begin, std::int64_t end) const = 0;
    const KernelHistory& history() const { return history_; }

  protected:
    KernelHistory history_;
};

/// Never fails for a verified program: without LLVM the interpreter runs it.
/// With Backend::llvm, throws Error when the plugin is missing.
std::unique_ptr<Kernel> make_kernel(const Program& program, const KernelOptions& options = {});

/// True when the plugin can be opened (it is not opened to find out).
bool llvm_available();

/// Text of a stage for `neurodyn inspect`: "llvm" (what the code generator gets) or "asm". Throws Error
/// without LLVM.
std::string print_stage(const Program& program, const KernelOptions& options, const std::string& stage);

}  // namespace neurodyn::compile
