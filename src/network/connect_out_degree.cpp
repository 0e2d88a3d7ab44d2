// SPDX-License-Identifier: BSD-3-Clause
// Counts by block, blocks by target.
#include "network/connect_out_degree.hpp"

#include <algorithm>
#include <thread>

#include "network/connect_counts.hpp"
#include "network/connect_draws.hpp"

namespace neurodyn::network {
namespace {

constexpr std::uint64_t synapses_per_source = 48;  // in one block: a tile of 64 draws nearly always does

std::size_t most_blocks() { return std::max<std::size_t>(4, 2 * std::thread::hardware_concurrency()); }

}  // namespace

OutDegreeBlocks::OutDegreeBlocks(std::size_t sources, std::uint64_t targets, std::uint64_t count,
                                 bool multapses, std::uint64_t seed, std::uint16_t stream)
    : sources_(sources),
      targets_(targets),
      count_(count),
      width_(std::max<std::uint64_t>(1, targets * std::min(synapses_per_source, count) / count)),
      blocks_((targets + width_ - 1) / width_),
      multapses_(multapses),
      seed_(seed),
      stream_(stream) {
    draw_counts();
}

std::uint64_t OutDegreeBlocks::block_width(std::uint64_t number) const {
    return std::min(width_, targets_ - number * width_);
}

void OutDegreeBlocks::draw_counts() {
    counts_.resize(blocks_ * sources_);
    std::vector<double> draws(2 * blocks_);
    for (std::size_t s = 0; s < sources_; ++s) {
        RowDraws{seed_, stream_, RowDraws::degrees, s}.uniform(draws, 0);
        std::uint64_t left = count_, targets = targets_;
        for (std::uint64_t b = 0; b < blocks_; ++b) {
            const std::uint64_t width = block_width(b);
            const double u = combine_uniforms(draws[2 * b], draws[2 * b + 1]);
            const double share = static_cast<double>(width) / static_cast<double>(targets);
            const std::uint64_t here =
                multapses_ ? binomial_count(u, left, share) : hypergeometric_count(u, targets, width, left);
            counts_[b * sources_ + s] = static_cast<std::uint32_t>(here);
            left -= here;
            targets -= width;
        }
    }
}

OutDegreeBlocks::BlockPtr OutDegreeBlocks::draw_block(std::uint64_t number) const {
    const std::uint64_t width = block_width(number);
    const std::uint32_t* counts = counts_.data() + number * sources_;
    std::vector<std::uint32_t> chosen;  // of all sources behind each other
    SeenIndices seen;
    for (std::size_t s = 0; s < sources_; ++s) {
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
    block->source.resize(chosen.size());
    std::vector<std::uint64_t> next(block->begin.begin(), block->begin.end() - 1);
    std::size_t k = 0;
    for (std::size_t s = 0; s < sources_; ++s)
        for (const std::size_t end = k + counts[s]; k < end; ++k)
            block->source[next[chosen[k]]++] = static_cast<std::uint32_t>(s);
    return block;
}

OutDegreeBlocks::BlockPtr OutDegreeBlocks::kept(std::uint64_t number) const {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [&](const BlockPtr& block) { return block->number == number; });
    if (found == kept_.end()) return nullptr;
    std::rotate(kept_.begin(), found, found + 1);
    return kept_.front();
}

OutDegreeBlocks::BlockPtr OutDegreeBlocks::block(std::uint64_t number) const {
    if (BlockPtr known = kept(number)) return known;
    const BlockPtr made = draw_block(number);
    const std::scoped_lock lock(mutex_);
    kept_.insert(kept_.begin(), made);
    if (kept_.size() > most_blocks()) kept_.pop_back();
    return made;
}

void OutDegreeBlocks::append(std::uint64_t target, std::uint32_t first, std::uint32_t last,
                             std::vector<std::uint32_t>& sources) const {
    const BlockPtr from = block(target / width_);
    const std::uint32_t* const begin = from->source.data() + from->begin[target % width_];
    const std::uint32_t* const end = from->source.data() + from->begin[target % width_ + 1];
    sources.insert(sources.end(), std::lower_bound(begin, end, first), std::lower_bound(begin, end, last));
}

}  // namespace neurodyn::network
