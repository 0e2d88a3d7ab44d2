// SPDX-License-Identifier: BSD-3-Clause
// Random choices by counter, four from each block of Philox: one word chooses one of n and one of the levels
// of a value.
#pragma once

#include <cstddef>
#include <cstdint>

namespace neurodyn {

/// A quad is at most four choices of one kind that are told by its place. Of up to eight kinds:
struct QuadTable {
    static constexpr std::uint32_t kinds = 8, room = 16;

    alignas(64) std::uint32_t stream[room];   ///< tells the draws of kinds apart
    alignas(64) std::uint32_t choices[room];  ///< n, of which each is equally likely to 1 part in 2^32/n
    /// A row cannot choose itself: it is row - skipped of the choices, which are one fewer then, when that is
    /// below n. `keeps` is all ones where rows may choose themselves.
    alignas(64) std::uint32_t skipped[room];
    alignas(64) std::uint32_t keeps[room];
    /// What is chosen is `first` + the choice (modulo 2^32); choices from `wanted` on give nothing.
    alignas(64) std::uint32_t first[room];
    alignas(64) std::uint32_t wanted[room];
    alignas(64) std::uint32_t slot[room];  ///< that of the first one wanted
    /// The rest of the word, 12 bits of it, is masked with `levels` and added to `level`.
    alignas(64) std::uint32_t levels[room];
    alignas(64) std::uint32_t level[room];
    /// Every kind keeps its rows' own choices and wants all, which is faster.
    bool plain;
};

inline constexpr std::uint32_t quad_level_bits = 12;
inline constexpr std::uint32_t quad_rounds = 7;  ///< of Philox: each spike draws its synapses again

/// Of each quad: its row; its place in the row; and its kind (bits 0-2), how many choices it has less one
/// (bits 3-4), and what is added to the place (from bit 5).
struct QuadList {
    const std::uint32_t* row;
    const std::uint32_t* place;
    const std::uint32_t* quad;
};

/// Quads are drawn by this many or fewer, a multiple of sixteen; those too many must be quads, too.
inline constexpr std::size_t quads_at_once = 64, quad_step = 16;

/// For choice w of quad k, the slot and the level of its value to [quads_at_once * w + k]; level 0 where
/// nothing was wanted, and slot 0 where the choice was not. `purpose` sets draws of one seed apart.
void draw_quads(const QuadTable& table, std::uint64_t seed, std::uint32_t purpose, const QuadList& list,
                std::size_t count, std::uint32_t* slot, std::uint32_t* level);

}  // namespace neurodyn
