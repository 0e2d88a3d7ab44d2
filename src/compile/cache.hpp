// SPDX-License-Identifier: BSD-3-Clause
// The cache of compiled objects on disk: one file for each key, checked when read, put in place whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace neurodyn::compile {

/// Any number of processes may share a folder. Nothing here throws: a cache that cannot be read or
/// written is an empty one.
class ObjectCache {
  public:
    explicit ObjectCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// $NEURODYN_CACHE, else $XDG_CACHE_HOME/neurodyn, else ~/.cache/neurodyn. The value "off" of
    /// NEURODYN_CACHE, or no home, gives a cache that keeps nothing.
    static ObjectCache of_user();

    /// The object kept under the key, if it is there whole.
    std::optional<std::vector<std::byte>> load(const std::string& key) const;

    /// Keeps an object, by a temporary file that is renamed, so that no reader sees a part of it.
    void store(const std::string& key, std::span<const std::byte> object) const;

    /// Where an object of that key is kept; empty when nothing is.
    std::filesystem::path file(const std::string& key) const;

  private:
    std::filesystem::path folder_;
};

}  // namespace neurodyn::compile
