// SPDX-License-Identifier: BSD-3-Clause
// Identifies the processor by cpuid on x86-64 and by the system's capability bits elsewhere.
#include "compile/machine.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/math/table.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#else
#include <sys/auxv.h>
#endif

namespace neurodyn::compile {

#if defined(__x86_64__)
namespace {

std::string describe() {
    std::string text = "x86-64";
    // Vendor; family, model and features; extended features; state that the system saves; brand features.
    for (const auto& [leaf, sub] :
         {std::pair{0u, 0u}, {1u, 0u}, {7u, 0u}, {7u, 1u}, {13u, 1u}, {0x80000001u, 0u}}) {
        unsigned a = 0, b = 0, c = 0, d = 0;
        if (!__get_cpuid_count(leaf, sub, &a, &b, &c, &d)) continue;
        if (leaf == 1) b = 0;             // which core is asking
        if (leaf == 1) c &= ~(1u << 27);  // set by the system, and told by best_instruction_set()
        if (leaf == 13) b = 0;
        text += fmt::format(" {:x}:{:x},{:x},{:x},{:x}", leaf, a, b, c, d);
    }
    return text + fmt::format(" {}", static_cast<int>(math::best_instruction_set()));
}

}  // namespace

int vector_bytes() {
    switch (math::best_instruction_set()) {
        case math::InstructionSet::x86_64_v4:
            return 64;
        case math::InstructionSet::x86_64_v3:
            return 32;
        default:
            return 16;
    }
}

bool can_compile() { return math::best_instruction_set() != math::InstructionSet::baseline; }
#else
namespace {

std::string describe() { return fmt::format("aarch64 {:x} {:x}", getauxval(AT_HWCAP), getauxval(AT_HWCAP2)); }

}  // namespace

int vector_bytes() { return 16; }

bool can_compile() { return true; }
#endif

const std::string& processor() {
    static const std::string text = describe();
    return text;
}

}  // namespace neurodyn::compile
