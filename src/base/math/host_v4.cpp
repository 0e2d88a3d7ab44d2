// SPDX-License-Identifier: BSD-3-Clause
// The host loops for x86-64-v4: AVX-512. The build system sets the instruction set of this file.
#if defined(__x86_64__)
#define NEURODYN_VECTOR_BYTES 64
#include "base/math/host_loops.inc"

namespace neurodyn::math {

const HostLoops& host_loops_v4() { return loops; }

}  // namespace neurodyn::math
#endif
