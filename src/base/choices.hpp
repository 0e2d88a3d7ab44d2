// SPDX-License-Identifier: BSD-3-Clause
// Random choices by counter: one word chooses one of n and one of the levels of a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace neurodyn {

/// Choices are of up to eight kinds:
struct ChoiceTable {
    static constexpr std::uint32_t kinds = 8, room = 16;

    alignas(64) std::uint32_t choices[room];  ///< n, of which each is equally likely to 1 part in 2^32/n
    /// A row cannot choose itself: it is row - skipped of the choices, which are one fewer then, when that is
    /// below n. `keeps` is all ones where rows may choose themselves.
    alignas(64) std::uint32_t skipped[room];
    alignas(64) std::uint32_t keeps[room];
    /// A choice is wanted when `first` + the choice (modulo 2^32) is below `wanted`; its slot is `slot` + the
    /// choice (modulo 2^32).
    alignas(64) std::uint32_t first[room];
    alignas(64) std::uint32_t wanted[room];
    alignas(64) std::uint32_t slot[room];
    /// The rest of the word, 10 bits of it, is masked with `levels` and added to `level`.
    alignas(64) std::uint32_t levels[room];
    alignas(64) std::uint32_t level[room];
    // Faster, where it is so of every kind:
    bool plain;       ///< rows may choose themselves, and all choices are wanted
    bool all_levels;  ///< `levels` are all
};

inline constexpr std::uint32_t choice_level_bits = 12;

/// Choices that are drawn together, one by one: their kinds, their row, and their place in it, which holds
/// another number of them in its low 16 bits: choice k has word k % 4 of block `place` + k / 4.
struct ChoiceRun {
    const std::uint8_t* kind;  ///< may be read by `choice_step` - 1 beyond the end
    std::uint32_t count, row, place;
};
inline constexpr std::size_t choice_step = 16;

/// Which draws: `purpose` and `stream` set those of one seed apart.
struct ChoiceDraws {
    std::uint64_t seed;
    std::uint32_t purpose, stream;
};

/// For choice k the slot and the level of its value; slot 0 and level 0 where it is not wanted. Both have
/// room for `choice_step` - 1 more than the run has.
void draw_choices(const ChoiceTable& table, const ChoiceDraws& draws, const ChoiceRun& run,
                  std::uint32_t* slot, std::uint32_t* level);

/// Adds values[level] to to[slot] for each choice of each run, in their order.
void add_choices(const ChoiceTable& table, const ChoiceDraws& draws, std::span<const ChoiceRun> runs,
                 const float* values, float* to);
void add_choices(const ChoiceTable& table, const ChoiceDraws& draws, std::span<const ChoiceRun> runs,
                 const float* values, double* to);

}  // namespace neurodyn
