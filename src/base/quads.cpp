// SPDX-License-Identifier: BSD-3-Clause
// Quads by the loops of this machine.
#include "base/quads.hpp"

#include "base/math/host.hpp"

namespace neurodyn {

void draw_quads(const QuadTable& table, std::uint64_t seed, std::uint32_t purpose, const QuadList& list,
                std::size_t count, std::uint32_t* slot, std::uint32_t* level) {
    static const auto loop = math::host_loops(math::best_instruction_set()).quads;
    loop(table, seed, purpose, list, count, slot, level);
}

}  // namespace neurodyn
