// SPDX-License-Identifier: BSD-3-Clause
// The host loops for x86-64-v3: AVX2 and FMA. The build system sets the instruction set of this file.
#if defined(__x86_64__)
#define NEURODYN_VECTOR_BYTES 32
#include "base/math/host_loops.inc"

namespace neurodyn::math {

const HostLoops& host_loops_v3() { return loops; }

}  // namespace neurodyn::math
#endif
