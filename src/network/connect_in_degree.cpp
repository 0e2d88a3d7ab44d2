// SPDX-License-Identifier: BSD-3-Clause
// Counts by block, blocks by source.
#include "network/connect_in_degree.hpp"

#include <algorithm>
#include <thread>

#include "network/connect_counts.hpp"
#include "network/connect_draws.hpp"

namespace neurodyn::network {
namespace {

constexpr std::uint64_t synapses_per_target = 48;  // in one block: a tile of 64 draws nearly always does

std::size_t most_blocks() { return std::max<std::size_t>(4, 2 * std::thread::hardware_concurrency()); }

}  // namespace

InDegreeBlocks::InDegreeBlocks(std::size_t targets, std::uint64_t sources, std::uint64_t count,
                               bool multapses, std::uint64_t seed, std::uint16_t stream)
    : targets_(targets),
      sources_(sources),
      count_(count),
      width_(std::max<std::uint64_t>(1, sources * std::min(synapses_per_target, count) / count)),
      blocks_((sources + width_ - 1) / width_),
      multapses_(multapses),
      seed_(seed),
      stream_(stream) {
    draw_counts();
}

std::uint64_t InDegreeBlocks::block_width(std::uint64_t number) const {
    return std::min(width_, sources_ - number * width_);
}

void InDegreeBlocks::draw_counts() {
    counts_.resize(blocks_ * targets_);
    std::vector<double> draws(2 * blocks_);
    for (std::size_t s = 0; s < targets_; ++s) {
        RowDraws{seed_, stream_, RowDraws::degrees, s}.uniform(draws, 0);
        std::uint64_t left = count_, sources = sources_;
        for (std::uint64_t b = 0; b < blocks_; ++b) {
            const std::uint64_t width = block_width(b);
            const double u = combine_uniforms(draws[2 * b], draws[2 * b + 1]);
            const double share = static_cast<double>(width) / static_cast<double>(sources);
            const std::uint64_t here =
                multapses_ ? binomial_count(u, left, share) : hypergeometric_count(u, sources, width, left);
            counts_[b * targets_ + s] = static_cast<std::uint32_t>(here);
            left -= here;
            sources -= width;
        }
    }
}

InDegreeBlocks::BlockPtr InDegreeBlocks::draw_block(std::uint64_t number) const {
    const std::uint64_t width = block_width(number);
    const std::uint32_t* counts = counts_.data() + number * targets_;
    std::vector<std::uint32_t> chosen;  // of all targets behind each other
    SeenIndices seen;
    for (std::size_t s = 0; s < targets_; ++s) {
        const RowDraws draws{seed_, stream_, RowDraws::choice, s * blocks_ + number};
        if (multapses_)
            draw_indices(draws, counts[s], width, nobody, chosen);
        else
            draw_distinct_indices(draws, counts[s], width, nobody, seen, chosen);
    }
    auto block = std::make_shared<Block>();
    block->number = number;
    block->begin.assign(width + 1, 0);
    for (const std::uint32_t t : chosen) ++block->begin[t + 1];
    for (std::size_t t = 1; t <= width; ++t) block->begin[t] += block->begin[t - 1];
    block->target.resize(chosen.size());
    std::vector<std::uint64_t> next(block->begin.begin(), block->begin.end() - 1);
    std::size_t k = 0;
    for (std::size_t s = 0; s < targets_; ++s)
        for (const std::size_t end = k + counts[s]; k < end; ++k)
            block->target[next[chosen[k]]++] = static_cast<std::uint32_t>(s);
    return block;
}

InDegreeBlocks::BlockPtr InDegreeBlocks::kept(std::uint64_t number) const {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [&](const BlockPtr& block) { return block->number == number; });
    if (found == kept_.end()) return nullptr;
    std::rotate(kept_.begin(), found, found + 1);
    return kept_.front();
}

InDegreeBlocks::BlockPtr InDegreeBlocks::block(std::uint64_t number) const {
    if (BlockPtr known = kept(number)) return known;
    const BlockPtr made = draw_block(number);
    const std::scoped_lock lock(mutex_);
    kept_.insert(kept_.begin(), made);
    if (kept_.size() > most_blocks()) kept_.pop_back();
    return made;
}

void InDegreeBlocks::append(std::uint64_t source, std::uint32_t first, std::uint32_t last,
                            std::vector<std::uint32_t>& targets) const {
    const BlockPtr from = block(source / width_);
    const std::uint32_t* const begin = from->target.data() + from->begin[source % width_];
    const std::uint32_t* const end = from->target.data() + from->begin[source % width_ + 1];
    targets.insert(targets.end(), std::lower_bound(begin, end, first), std::lower_bound(begin, end, last));
}

}  // namespace neurodyn::network
