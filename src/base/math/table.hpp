// SPDX-License-Identifier: BSD-3-Clause
// The math functions as a table of loops over arrays: for the interpreter and for host code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace neurodyn::math {

/// out[i] = f(args[0][i], args[1][i], ...) for i < n. `out` may be one of the arguments; no alignment is
/// asked for.
template <class T>
using Loop = void (*)(const T* const* args, T* out, std::size_t n);

/// One function. Its bits do not depend on the instruction set, n or where in the array a value stands.
struct FunctionRow {
    std::string_view name;  ///< as in the language, or the operation's: add, lt, logical_and, select, ...
    int arity;
    Loop<double> f64;
    Loop<float> f32;
};

/// Instruction sets that loops are compiled for. x86-64-v3 is AVX2 with FMA, v4 is AVX-512; elsewhere
/// (AArch64) there is only the baseline.
enum class InstructionSet : std::uint8_t { baseline, x86_64_v3, x86_64_v4 };

/// Whether this machine can run the loops of that set and this build has them.
bool supported(InstructionSet set);

/// The best set of this machine.
InstructionSet best_instruction_set();

/// All functions and operations. Comparisons and logic give 1 and 0 and take any number but 0 as true;
/// select(condition, yes, no) likewise.
std::span<const FunctionRow> function_table();

/// The same for one set, which must be supported.
std::span<const FunctionRow> function_table(InstructionSet set);

/// The row of that name, or null.
const FunctionRow* find_function(std::string_view name);

}  // namespace neurodyn::math
