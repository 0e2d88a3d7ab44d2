// SPDX-License-Identifier: BSD-3-Clause
// Choices by the loops of this machine.
#include "base/choices.hpp"

#include "base/math/host.hpp"

namespace neurodyn {
namespace {

const math::ChoiceLoops& loops() {
    static const math::ChoiceLoops& best = math::host_loops(math::best_instruction_set()).choices;
    return best;
}

}  // namespace

void draw_choices(const ChoiceTable& table, const ChoiceDraws& draws, const ChoiceRun& run,
                  std::uint32_t* slot, std::uint32_t* level) {
    loops().draw(table, draws, run, slot, level);
}

void add_choices(const ChoiceTable& table, const ChoiceDraws& draws, std::span<const ChoiceRun> runs,
                 const float* values, float* to) {
    loops().add_single(table, draws, runs, values, to);
}

void add_choices(const ChoiceTable& table, const ChoiceDraws& draws, std::span<const ChoiceRun> runs,
                 const float* values, double* to) {
    loops().add_double(table, draws, runs, values, to);
}

}  // namespace neurodyn
