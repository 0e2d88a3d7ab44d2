// SPDX-License-Identifier: BSD-3-Clause
// Recorded events in a result file: the spikes file of SONATA (github.com/AllenInstitute/sonata), grown as
// the run goes. Only src/record/*.cpp include this.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/sink.hpp"
#include "record/hdf5.hpp"

namespace neurodyn::record {

/// One group /spikes/NAME: timestamps in ms, node_ids, and member when there are several; sorted by time
/// within a member.
class EventsTable {
  public:
    /// Throws FileError, and Error when the name is taken.
    EventsTable(hid_t file, const std::string& name, const engine::EventsInfo& info, const std::string& path);

    void append(std::size_t member, std::span<const double> time_s, std::span<const std::uint32_t> node);
    /// Writes how many have been appended; after the file's flush, so that it never promises too much.
    /// False when nothing has changed.
    bool write_count();
    /// Cuts the arrays to what was appended.
    void cut();

  private:
    void grow(hsize_t size);
    void write(const hdf5::Handle& dataset, hid_t type, const void* values, hsize_t count) const;

    std::string name_, path_;
    hdf5::Handle timestamps_, node_ids_, member_, recorded_;
    hsize_t size_ = 0, room_ = 0;
    bool changed_ = false;
};

}  // namespace neurodyn::record
