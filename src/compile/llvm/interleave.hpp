// SPDX-License-Identifier: BSD-3-Clause
// The instructions of a block in the order of a plan.
#pragma once

#include <vector>

namespace llvm {
class BasicBlock;
}

namespace neurodyn::compile {

/// Puts the last instructions of a block in the order of their times, which must not be before those of their
/// operands; equal times keep their order. Loads and addresses go to where they are first used.
void sort_by_time(llvm::BasicBlock& block, const std::vector<double>& times);

}  // namespace neurodyn::compile
