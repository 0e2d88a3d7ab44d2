// SPDX-License-Identifier: BSD-3-Clause
// Loads a self-contained relocatable ELF object into memory without any linker.
#pragma once

#include <cstddef>
#include <span>

#include "compile/kernel.hpp"

namespace neurodyn::compile {

/// The name of the one function that an object must define; its type is KernelFunction.
inline constexpr const char* kernel_symbol = "neurodyn_kernel";

/// Machine code of one object, mapped read-only and executable for as long as this lives.
class LoadedObject {
  public:
    /// Takes 64-bit ELF objects of this machine's architecture whose relocations stay inside of them.
    /// Throws std::runtime_error with what is wrong for all others; nothing in the object is trusted.
    explicit LoadedObject(std::span<const std::byte> object);
    ~LoadedObject();
    LoadedObject(const LoadedObject&) = delete;
    LoadedObject& operator=(const LoadedObject&) = delete;

    KernelFunction kernel() const { return kernel_; }
    std::size_t size() const { return size_; }

  private:
    void* memory_ = nullptr;
    std::size_t size_ = 0;
    KernelFunction kernel_ = nullptr;
};

}  // namespace neurodyn::compile
