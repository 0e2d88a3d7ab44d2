// SPDX-License-Identifier: BSD-3-Clause
// A fixed number of synapses onto every target, seen from the sources.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace neurodyn::network {

/// Targets choose sources, and sources ask. Sources are cut into blocks such that a target has about 48
/// synapses in one. How many it has in each is drawn once and kept (conditional binomial or hypergeometric
/// counts); which ones is drawn again when a block is asked for, all targets at once, sorted by source. A few
/// blocks are kept, so that walking through the sources draws each block once, by many threads at a time too.
class InDegreeBlocks {
  public:
    InDegreeBlocks(std::size_t targets, std::uint64_t sources, std::uint64_t count, bool multapses,
                   std::uint64_t seed, std::uint16_t stream);

    /// Appends the targets of `source` in [first, last), ascending. Thread-safe.
    void append(std::uint64_t source, std::uint32_t first, std::uint32_t last,
                std::vector<std::uint32_t>& targets) const;

  private:
    struct Block {
        std::uint64_t number = 0;
        std::vector<std::uint64_t> begin;   ///< of each source of the block, and the end
        std::vector<std::uint32_t> target;  ///< ascending for each source
    };
    using BlockPtr = std::shared_ptr<const Block>;

    void draw_counts();
    std::uint64_t block_width(std::uint64_t number) const;
    BlockPtr draw_block(std::uint64_t number) const;
    BlockPtr block(std::uint64_t number) const;
    BlockPtr kept(std::uint64_t number) const;

    std::size_t targets_;
    std::uint64_t sources_, count_, width_, blocks_;
    bool multapses_;
    std::uint64_t seed_;
    std::uint16_t stream_;
    std::vector<std::uint32_t> counts_;  ///< [block][target]
    mutable std::mutex mutex_;
    mutable std::vector<BlockPtr> kept_;  ///< the last used first; guarded by mutex_
};

}  // namespace neurodyn::network
