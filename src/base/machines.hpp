// SPDX-License-Identifier: BSD-3-Clause
// Loops that are compiled once for each kind of processor.
#pragma once

/// Before a function of plain loops over pointers: it exists for several instruction sets, and the
/// processor's own is taken when the program starts. Such functions call no others (clang leaves inline
/// functions of the library undefined for them), and their results may not depend on the width of vectors.
/// ThreadSanitizer's code cannot run as early as that.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define NEURODYN_FOR_EACH_MACHINE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define NEURODYN_FOR_EACH_MACHINE
#endif
