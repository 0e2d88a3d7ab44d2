// SPDX-License-Identifier: BSD-3-Clause
// What each instruction set's build of the host loops offers to the rest of base.
#pragma once

#include <cstdint>
#include <span>

#include "base/choices.hpp"
#include "base/math/table.hpp"

namespace neurodyn::math {

enum class Distribution : std::uint8_t { normal, uniform };

/// Where draws are: see philox.hpp.
struct DrawPlace {
    std::uint64_t step = 0;
    std::uint32_t member = 0;
    std::uint16_t stream = 0;
};

/// Whole tiles of one seed: node 64 (first_tile + i) + j to out[64 i + j].
template <class T>
using TileDraws = void (*)(const DrawPlace& place, std::uint64_t seed, std::uint64_t first_tile,
                           std::size_t tiles, T* out);

/// The four nodes 64 tile + 16 w + lane, each with a draw from every seed: rows[w][m], m < count.
template <class T>
using RowDraws = void (*)(const DrawPlace& place, const std::uint64_t* seeds, std::size_t count,
                          std::uint64_t tile, std::uint32_t lane, T* const* rows);

template <class T>
struct DrawLoops {
    TileDraws<T> normal_tiles;
    TileDraws<T> normal_half_tiles;  ///< only the first 32 nodes of each tile; the others keep their values
    RowDraws<T> normal_rows;
    TileDraws<T> uniform_tiles, uniform_half_tiles;
    RowDraws<T> uniform_rows;
};

/// Those of base/choices.hpp.
template <class T>
using ChoiceSums = void (*)(const ChoiceTable& table, const ChoiceDraws& draws,
                            std::span<const ChoiceRun> runs, const float* values, T* to);
struct ChoiceLoops {
    void (*draw)(const ChoiceTable& table, const ChoiceDraws& draws, const ChoiceRun& run,
                 std::uint32_t* slot, std::uint32_t* level);
    ChoiceSums<float> add_single;
    ChoiceSums<double> add_double;
};

struct HostLoops {
    std::span<const FunctionRow> functions;
    DrawLoops<double> f64;
    DrawLoops<float> f32;
    TileDraws<std::uint32_t> words;  ///< the random bits themselves
    ChoiceLoops choices;
};

const HostLoops& host_loops_baseline();
#if defined(__x86_64__)
const HostLoops& host_loops_v3();
const HostLoops& host_loops_v4();
#endif

/// Of a set that is supported.
const HostLoops& host_loops(InstructionSet set);

}  // namespace neurodyn::math
