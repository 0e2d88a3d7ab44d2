// SPDX-License-Identifier: BSD-3-Clause
// Where a connector's random draws are, and the choice of targets by them.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/random.hpp"

namespace neurodyn::network {

/// Draws of one purpose for one row (a source; for in-degrees a target and block): node k is the k-th of
/// them. `member` of the counter tells purposes (16 bits), repeated attempts (11 bits) and the draws that one
/// attempt takes (5 bits) apart.
struct RowDraws {
    static constexpr std::uint32_t degrees = 0, choice = 1, acceptance = 2, probability = 3, slices = 4;
    static constexpr std::uint32_t first_value = 16;  ///< of a row's values: a purpose for each variable
    static constexpr std::uint32_t most_attempts = 2048;

    std::uint64_t seed = 0;
    std::uint16_t stream = 0;
    std::uint32_t purpose = 0;
    std::uint64_t row = 0;

    std::uint32_t member(std::uint32_t attempt, std::uint32_t part) const {
        return purpose << 16 | attempt << 5 | part;
    }
    void uniform(std::span<double> out, std::uint64_t first, std::uint32_t attempt = 0,
                 std::uint32_t part = 0) const {
        fill_uniform(out, 1, {{&seed, 1}, stream, row, first, member(attempt, part)});
    }
    void normal(std::span<double> out, std::uint64_t first, std::uint32_t attempt = 0,
                std::uint32_t part = 0) const {
        fill_normal(out, 1, {{&seed, 1}, stream, row, first, member(attempt, part)});
    }
    /// In single precision: half the price, for values that need no more.
    void normal(std::span<float> out, std::uint64_t first, std::uint32_t attempt = 0) const {
        fill_normal(out, 1, {{&seed, 1}, stream, row, first, member(attempt, 0)});
    }
    /// The 32 random bits that each uniform draw is made of.
    void words(std::span<std::uint32_t> out, std::uint64_t first, std::uint32_t attempt = 0) const {
        fill_words(out, {{&seed, 1}, stream, row, first, member(attempt, 0)});
    }
};

inline constexpr std::uint64_t nobody = std::numeric_limits<std::uint64_t>::max();

/// Appends `count` independent draws from [0, choices), each equally likely to the last bit. Numbers from
/// `skipped` on are raised by one, so that `skipped` itself is left out.
void draw_indices(const RowDraws& draws, std::uint64_t count, std::uint64_t choices, std::uint64_t skipped,
                  std::vector<std::uint32_t>& out);

/// What was drawn before.
class SeenIndices {
  public:
    /// Empty, for at most `count` different indices out of `choices`.
    void reset(std::uint64_t count, std::uint64_t choices);
    /// True when the index is new.
    bool add(std::uint32_t index);
    bool contains(std::uint32_t index) const;

  private:
    /// Where in the table an index is or would be.
    std::size_t place(std::uint32_t index) const;

    std::vector<std::uint64_t> bits_;   ///< one bit for each choice ...
    std::vector<std::uint32_t> table_;  ///< ... or, where few of many are drawn, open addressing
    bool sparse_ = false;
};

/// The same without repetition: every set of `count` <= `choices` is equally likely. In the order of the
/// draws; ascending where count is more than half of the choices (then the others are drawn).
void draw_distinct_indices(const RowDraws& draws, std::uint64_t count, std::uint64_t choices,
                           std::uint64_t skipped, SeenIndices& seen, std::vector<std::uint32_t>& out);

}  // namespace neurodyn::network
