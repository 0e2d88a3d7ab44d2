// SPDX-License-Identifier: BSD-3-Clause
// Recorded events in a result file: the spikes file of SONATA (github.com/AllenInstitute/sonata), grown as
// the run goes. Only src/record/*.cpp include this.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/sink.hpp"

namespace neurodyn::record {

/// One group /spikes/NAME: timestamps in ms, node_ids, and member when there are several; sorted by time
/// within a member.
class EventsTable {
  public:
    /// Throws FileError, and Error when the name is taken.
    /// `file` is the identifier of the open HDF5 file.
    EventsTable(std::int64_t file, const std::string& name, const engine::EventsInfo& info,
                const std::string& path);
    ~EventsTable();
    EventsTable(EventsTable&&) noexcept;

    void append(std::size_t member, std::span<const double> time_s, std::span<const std::uint32_t> node);
    /// Writes how many have been appended; after the file's flush, so that it never promises too much.
    /// False when nothing has changed.
    bool write_count();
    /// Cuts the arrays to what was appended.
    void cut();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace neurodyn::record
