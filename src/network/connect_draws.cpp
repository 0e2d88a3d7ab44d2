// SPDX-License-Identifier: BSD-3-Clause
// Uniform words to indices, with and without repetition.
#include "network/connect_draws.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>
#include <utility>

namespace neurodyn::network {
namespace {

constexpr std::size_t chunk = 512;  // draws at a time: 4 KB in the first-level cache

/// Turns words into indices by their product with the number of choices, and repeats the few draws that would
/// make some indices more likely than others (D. Lemire, "Fast random integer generation in an interval",
/// ACM Trans. Model. Comput. Simul. 29 (2019), doi:10.1145/3230636).
class IndexDraws {
  public:
    IndexDraws(const RowDraws& draws, std::uint64_t choices)
        : draws_(draws), choices_(choices), threshold_((std::uint64_t{1} << 32) % choices) {}

    /// Indices of the draws first, first + 1, ...: at most `chunk` of them.
    void fill(std::uint64_t first, std::span<std::uint32_t> out) {
        std::array<std::uint32_t, chunk> words;
        draws_.words(std::span(words).first(out.size()), first);
        std::uint64_t refused = 0;
        for (std::size_t k = 0; k < out.size(); ++k) {
            const std::uint64_t product = words[k] * choices_;
            refused |= (product & 0xffffffffu) - threshold_;
            out[k] = static_cast<std::uint32_t>(product >> 32);
        }
        if (refused >> 63 == 0) return;
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = one(words[k], first + k);
    }

  private:
    std::uint32_t one(std::uint32_t word, std::uint64_t node) const {
        for (std::uint32_t attempt = 1;; ++attempt) {
            const std::uint64_t product = word * choices_;
            if ((product & 0xffffffffu) >= threshold_) return static_cast<std::uint32_t>(product >> 32);
            if (attempt == RowDraws::most_attempts)  // with a probability below 2^-2048
                throw std::logic_error("no index could be drawn");
            draws_.words({&word, 1}, node, attempt);
        }
    }

    const RowDraws& draws_;
    std::uint64_t choices_, threshold_;
};

void leave_out(std::uint64_t skipped, std::span<std::uint32_t> indices) {
    if (skipped == nobody) return;
    const auto self = static_cast<std::uint32_t>(skipped);
    for (std::uint32_t& index : indices) index += index >= self ? 1 : 0;
}

/// `count` different indices in the order of their draws.
void draw_few(const RowDraws& draws, std::uint64_t count, std::uint64_t choices, SeenIndices& seen,
              std::uint32_t* out) {
    seen.reset(count, choices);
    IndexDraws indices(draws, choices);
    std::array<std::uint32_t, chunk> buffer;
    const std::uint32_t* const end = out + count;
    for (std::uint64_t first = 0; out < end;) {
        const std::size_t left = static_cast<std::size_t>(end - out);
        const std::size_t whole_tiles = left <= 32 ? 32 : (left + 63) / 64 * 64;
        const std::span<std::uint32_t> some(buffer.data(), std::min(chunk, whole_tiles));
        indices.fill(first, some);
        first += some.size();
        for (std::size_t k = 0; k < some.size() && out < end; ++k) {
            *out = some[k];
            out += seen.add(some[k]) ? 1 : 0;
        }
    }
}

}  // namespace

void draw_indices(const RowDraws& draws, std::uint64_t count, std::uint64_t choices, std::uint64_t skipped,
                  std::vector<std::uint32_t>& out) {
    if (count == 0) return;
    const std::size_t begin = out.size();
    out.resize(begin + count);
    IndexDraws indices(draws, choices);
    for (std::uint64_t first = 0; first < count; first += chunk) {
        const std::span<std::uint32_t> some(out.data() + begin + first,
                                            std::min<std::uint64_t>(chunk, count - first));
        indices.fill(first, some);
        leave_out(skipped, some);
    }
}

void draw_distinct_indices(const RowDraws& draws, std::uint64_t count, std::uint64_t choices,
                           std::uint64_t skipped, SeenIndices& seen, std::vector<std::uint32_t>& out) {
    const std::size_t begin = out.size();
    out.resize(begin + count);
    std::uint32_t* to = out.data() + begin;
    if (2 * count <= choices) {
        draw_few(draws, count, choices, seen, to);
    } else {
        draw_few(draws, choices - count, choices, seen, to);  // fewer than count: overwritten by the others
        for (std::uint32_t index = 0; index < choices; ++index)
            if (!seen.contains(index)) *to++ = index;
    }
    leave_out(skipped, std::span(out).subspan(begin));
}

void SeenIndices::reset(std::uint64_t count, std::uint64_t choices) {
    constexpr std::uint64_t table_bits_per_index = 128;  // four words of 32 bits
    sparse_ = choices > table_bits_per_index * count;
    if (sparse_) {
        table_.assign(std::bit_ceil(4 * count + 1), 0);
        return;
    }
    bits_.assign(choices / 64 + 1, 0);
}

std::size_t SeenIndices::place(std::uint32_t index) const {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = index * 0x9E3779B1u & mask;
    while (table_[at] != 0 && table_[at] != index + 1) at = (at + 1) & mask;
    return at;
}

bool SeenIndices::add(std::uint32_t index) {
    if (sparse_) return std::exchange(table_[place(index)], index + 1) == 0;
    std::uint64_t& word = bits_[index / 64];
    const std::uint64_t bit = std::uint64_t{1} << index % 64, before = word;
    word |= bit;
    return (before & bit) == 0;
}

bool SeenIndices::contains(std::uint32_t index) const {
    return sparse_ ? table_[place(index)] != 0 : (bits_[index / 64] >> index % 64 & 1) != 0;
}

}  // namespace neurodyn::network
