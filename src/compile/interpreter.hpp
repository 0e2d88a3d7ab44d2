// SPDX-License-Identifier: BSD-3-Clause
// Runs a program without a compiler: one loop over a tile of elements for each node.
#pragma once

#include <memory>

#include "compile/kernel.hpp"

namespace neurodyn::compile {

/// The program must be verified. Same bits as a compiled kernel.
std::unique_ptr<Kernel> make_interpreter(const Program& program, Precision precision);

}  // namespace neurodyn::compile
