// SPDX-License-Identifier: BSD-3-Clause
// The instructions of a block in the order of a plan.
#include "compile/llvm/interleave.hpp"

#include <llvm/IR/BasicBlock.h>
#include <llvm/IR/Instructions.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace neurodyn::compile {

namespace {

using Pending = std::unordered_set<llvm::Instruction*>;

/// To the end of the block, after those of its operands that are pending.
void append(llvm::BasicBlock& block, llvm::Instruction& instruction, Pending& pending) {
    for (llvm::Value* const operand : instruction.operands())
        if (auto* const needed = llvm::dyn_cast<llvm::Instruction>(operand); pending.erase(needed) != 0)
            append(block, *needed, pending);
    instruction.moveBefore(block, block.end());
}

}  // namespace

void sort_by_time(llvm::BasicBlock& block, const std::vector<double>& times) {
    std::vector<std::pair<double, llvm::Instruction*>> instructions;
    std::vector<llvm::Instruction*> loads;
    Pending pending;
    auto at = std::prev(block.end(), static_cast<std::ptrdiff_t>(times.size()));
    for (const double time : times) {
        if (llvm::isa<llvm::LoadInst, llvm::GetElementPtrInst>(*at)) {
            pending.insert(&*at);
            loads.push_back(&*at);
        } else {
            instructions.emplace_back(time, &*at);
        }
        ++at;
    }
    std::ranges::stable_sort(instructions, {}, [](const auto& item) { return item.first; });
    for (const auto& [time, instruction] : instructions) append(block, *instruction, pending);
    for (llvm::Instruction* const load : loads)  // of values that only stores use
        if (pending.erase(load) != 0) append(block, *load, pending);
}

}  // namespace neurodyn::compile
