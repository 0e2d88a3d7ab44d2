// SPDX-License-Identifier: BSD-3-Clause
// Chooses the host loops for this machine.
#include "base/math/table.hpp"

#include <algorithm>

#include "base/math/host.hpp"

namespace neurodyn::math {

bool supported(InstructionSet set) {
    if (set == InstructionSet::baseline) return true;
#if defined(__x86_64__)
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("aes");
    if (set == InstructionSet::x86_64_v3) return v3;
    return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
#else
    return false;
#endif
}

InstructionSet best_instruction_set() {
    static const InstructionSet best = [] {
        for (const auto set : {InstructionSet::x86_64_v4, InstructionSet::x86_64_v3})
            if (supported(set)) return set;
        return InstructionSet::baseline;
    }();
    return best;
}

const HostLoops& host_loops(InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::x86_64_v4) return host_loops_v4();
    if (set == InstructionSet::x86_64_v3) return host_loops_v3();
#endif
    (void)set;
    return host_loops_baseline();
}

std::span<const FunctionRow> function_table(InstructionSet set) { return host_loops(set).functions; }

std::span<const FunctionRow> function_table() { return function_table(best_instruction_set()); }

const FunctionRow* find_function(std::string_view name) {
    const auto table = function_table();
    const auto row = std::ranges::find(table, name, &FunctionRow::name);
    return row == table.end() ? nullptr : &*row;
}

}  // namespace neurodyn::math
