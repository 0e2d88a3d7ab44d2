// SPDX-License-Identifier: BSD-3-Clause
// The host loops for every machine of the architecture. The build system sets the instruction set of this
// file.
#define NEURODYN_VECTOR_BYTES 16
#include "base/math/host_loops.inc"

namespace neurodyn::math {

const HostLoops& host_loops_baseline() { return loops; }

}  // namespace neurodyn::math
