// SPDX-License-Identifier: BSD-3-Clause
// Random numbers by counter: layout of whole arrays, single draws, Poisson.
#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "base/math/host.hpp"
#include "base/math/philox.hpp"
#include "base/math/scalar.hpp"

namespace neurodyn {

namespace {

using math::DrawPlace;
using math::tile_lanes;
using math::tile_nodes;

template <class T>
struct Loops {
    math::TileDraws<T> tiles, half_tiles;
    math::RowDraws<T> rows;
};

template <class T>
Loops<T> loops_of(math::Distribution distribution) {
    const auto& host = math::host_loops(math::best_instruction_set());
    const auto& loops = [&]() -> const math::DrawLoops<T>& {
        if constexpr (sizeof(T) == 8)
            return host.f64;
        else
            return host.f32;
    }();
    if (distribution == math::Distribution::normal)
        return {loops.normal_tiles, loops.normal_half_tiles, loops.normal_rows};
    return {loops.uniform_tiles, loops.uniform_half_tiles, loops.uniform_rows};
}

/// The same draw for all members: whole tiles straight to the array where it has one member, by a buffer
/// of one tile where a tile is cut or has to be spread over members.
template <class T>
void fill_shared(const Loops<T>& loops, std::span<T> out, std::size_t members, const DrawPlace& place,
                 std::uint64_t seed, std::uint64_t first_node) {
    const std::uint64_t end = first_node + out.size() / members;
    for (std::uint64_t node = first_node; node < end;) {
        const std::uint64_t tile = node / tile_nodes, skipped = node % tile_nodes;
        T* const row = out.data() + (node - first_node) * members;
        const std::uint64_t whole_tiles = skipped == 0 && members == 1 ? (end - node) / tile_nodes : 0;
        if (whole_tiles > 0) {
            loops.tiles(place, seed, tile, whole_tiles, row);
            node += whole_tiles * tile_nodes;
            continue;
        }
        std::array<T, tile_nodes> buffer;
        const std::uint64_t count = std::min(tile_nodes - skipped, end - node);
        const bool half = skipped + count <= tile_nodes / 2;
        (half ? loops.half_tiles : loops.tiles)(place, seed, tile, 1, buffer.data());
        if (members == 1)
            std::copy_n(buffer.begin() + static_cast<std::ptrdiff_t>(skipped), count, row);
        else
            for (std::uint64_t i = 0; i < count; ++i)
                std::fill_n(row + i * members, members, buffer[skipped + i]);
        node += count;
    }
}

/// A draw for each member: four nodes at a time, members in the vector lanes.
template <class T>
void fill_members(math::RowDraws<T> draw, std::span<T> out, const DrawPlace& place,
                  std::span<const std::uint64_t> seeds, std::uint64_t first_node) {
    const std::size_t members = seeds.size();
    const std::uint64_t end = first_node + out.size() / members;
    std::vector<T> unused(members);  // rows of nodes outside of [first_node, end)
    for (std::uint64_t tile = first_node / tile_nodes; tile * tile_nodes < end; ++tile)
        for (std::uint32_t lane = 0; lane < tile_lanes; ++lane) {
            std::array<T*, 4> rows;
            bool any = false;
            for (std::uint64_t w = 0; w < 4; ++w) {
                const std::uint64_t node = tile * tile_nodes + w * tile_lanes + lane;
                const bool used = node >= first_node && node < end;
                rows[w] = used ? out.data() + (node - first_node) * members : unused.data();
                any = any || used;
            }
            if (any) draw(place, seeds.data(), members, tile, lane, rows.data());
        }
}

template <class T>
void fill(math::Distribution distribution, std::span<T> out, std::size_t steps, std::size_t apart,
          std::size_t members, const DrawSource& source) {
    if (out.empty() || members == 0) return;
    const auto loops = loops_of<T>(distribution);
    const std::size_t count = out.size() - (steps - 1) * apart;
    DrawPlace place{source.step, source.member, source.stream};
    for (std::size_t s = 0; s < steps; ++s, ++place.step) {
        const std::span<T> here = out.subspan(s * apart, count);
        if (source.seeds.size() == 1)
            fill_shared(loops, here, members, place, source.seeds[0], source.first_node);
        else
            fill_members(loops.rows, here, place, source.seeds, source.first_node);
    }
}

using Scalar = math::Scalar<double>;

/// The four words of a node's block, and which of them is the node's.
struct Block {
    math::Words<Scalar> words;
    std::size_t word;
};

Block block_of(const DrawPlace& place, std::uint64_t seed, std::uint64_t block_number, std::size_t word) {
    Scalar b;
    const std::uint64_t last = place.stream | (place.step >> 32) << 16;
    return {math::philox<Scalar>(b, {block_number, place.step & 0xffffffffu, place.member, last},
                                 seed & 0xffffffffu, seed >> 32),
            word};
}

Block block_of_node(const DrawPlace& place, std::uint64_t seed, std::uint64_t node) {
    const std::uint64_t tile = node / tile_nodes, rest = node % tile_nodes;
    return block_of(place, seed, tile * tile_lanes + rest % tile_lanes, rest / tile_lanes);
}

/// Probability of k at mean m, for k next to m: by the saddle-point form of C. Loader, "Fast and accurate
/// computation of binomial probabilities" (2000), which loses no digits for large k.
double mode_probability(double k, double mean) {
    Scalar b;
    if (k < 16) {
        double p = math::exp(b, -mean);
        for (int i = 1; i <= k; ++i) p *= mean / i;
        return p;
    }
    const double k2 = k * k;
    const double stirling = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680) / k2) / k2) / k2) / k;
    const double d = (mean - k) / k;  // 0 <= d < 1/16: k (d - log(1 + d)) by its series
    double deviance = 0;
    for (int n = 14; n >= 2; --n) deviance = deviance * -d + 1.0 / n;
    return math::exp(b, -stirling - k * d * d * deviance) / std::sqrt(2 * std::numbers::pi * k);
}

}  // namespace

void fill_normal(std::span<double> out, std::size_t members, const DrawSource& source) {
    fill(math::Distribution::normal, out, 1, 0, members, source);
}
void fill_normal(std::span<float> out, std::size_t members, const DrawSource& source) {
    fill(math::Distribution::normal, out, 1, 0, members, source);
}
void fill_normal_steps(std::span<double> out, std::size_t steps, std::size_t apart, std::size_t members,
                       const DrawSource& source) {
    fill(math::Distribution::normal, out, steps, apart, members, source);
}
void fill_normal_steps(std::span<float> out, std::size_t steps, std::size_t apart, std::size_t members,
                       const DrawSource& source) {
    fill(math::Distribution::normal, out, steps, apart, members, source);
}
void fill_uniform(std::span<double> out, std::size_t members, const DrawSource& source) {
    fill(math::Distribution::uniform, out, 1, 0, members, source);
}
void fill_uniform(std::span<float> out, std::size_t members, const DrawSource& source) {
    fill(math::Distribution::uniform, out, 1, 0, members, source);
}

void fill_words(std::span<std::uint32_t> out, const DrawSource& source) {
    const auto words = math::host_loops(math::best_instruction_set()).words;
    fill_shared<std::uint32_t>({words, words, nullptr}, out, 1, {source.step, source.member, source.stream},
                               source.seeds[0], source.first_node);
}

double normal_at(std::uint64_t seed, std::uint16_t stream, std::uint64_t step, std::uint64_t node,
                 std::uint32_t member) {
    Scalar b;
    const auto block = block_of_node({step, member, stream}, seed, node);
    return math::normals(b, block.words)[block.word];
}

double uniform_at(std::uint64_t seed, std::uint16_t stream, std::uint64_t step, std::uint64_t node,
                  std::uint32_t member) {
    Scalar b;
    const auto block = block_of_node({step, member, stream}, seed, node);
    return math::uniform(b, block.words[block.word]);
}

double poisson_at(double mean, std::uint64_t seed, std::uint16_t stream, std::uint64_t step,
                  std::uint64_t node, std::uint32_t member) {
    if (!(mean >= 0) || std::isinf(mean)) return std::numeric_limits<double>::quiet_NaN();
    if (mean == 0) return 0;
    // The complement of the block number keeps these bits apart from those of the other draws.
    const auto block = block_of({step, member, stream}, seed, ~(node / 2) & 0xffffffffu, 2 * (node % 2));
    const std::uint64_t low = block.words[block.word], high = block.words[block.word + 1];
    double rest = (static_cast<double>(high << 21 | low >> 11) + 0.5) * 0x1p-53;
    // Any order of the values inverts the distribution: mode, mode + 1, mode - 1, mode + 2, ...
    const double mode = std::floor(mean);
    double above = mode, below = mode;
    double p_above = mode_probability(mode, mean), p_below = p_above;
    rest -= p_above;
    if (rest < 0) return mode;
    while (true) {
        p_above *= mean / ++above;
        rest -= p_above;
        if (rest < 0) return above;
        if (below > 0) {
            p_below *= below / mean;
            rest -= p_below;
            --below;
            if (rest < 0) return below;
        }
        // All but a rounding error of the whole probability is spent.
        if (p_above < 0x1p-80 && (below == 0 || p_below < 0x1p-80)) return mode;
    }
}

}  // namespace neurodyn
