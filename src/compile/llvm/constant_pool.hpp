// SPDX-License-Identifier: BSD-3-Clause
// Vector constants of a module, in memory.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace neurodyn::compile {

/// x86 takes an operand of an instruction from memory, while its 16 registers do not hold the constants of
/// one exponential. LLVM would keep a constant that is read in several places in a register from the first to
/// the last, and spend most of its time on deciding which of them to give up; so distant uses have copies.
class ConstantPool {
  public:
    explicit ConstantPool(llvm::Module& module);

    /// From now on constants are shared with all code of the same group, and with no other.
    void use_group(std::uint64_t group) { group_ = group; }

    /// The constant, loaded where the builder stands.
    llvm::Value* read(llvm::IRBuilder<>& builder, llvm::Constant* value);

    /// Gives the memory its contents; nothing can be read afterwards.
    void finish();

  private:
    llvm::Module& module_;
    llvm::GlobalVariable* place_;  ///< stands for the memory until its size is known
    std::vector<llvm::Constant*> values_;
    std::map<std::pair<std::uint64_t, llvm::Constant*>, std::uint64_t> offsets_;
    std::uint64_t bytes_ = 0, group_ = 0;
};

}  // namespace neurodyn::compile
