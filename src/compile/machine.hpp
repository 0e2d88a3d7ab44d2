// SPDX-License-Identifier: BSD-3-Clause
// What has to be known of this machine's processor to choose and to cache a kernel.
#pragma once

#include <string>

namespace neurodyn::compile {

/// A text that differs between processors for which different code may be made.
const std::string& processor();

/// Bytes of the widest vector register that is used: 64, 32 or 16.
int vector_bytes();

/// Whether kernels can be compiled for it: it must have fused multiply-add, which promises their bits.
bool can_compile();

}  // namespace neurodyn::compile
