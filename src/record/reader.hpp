// SPDX-License-Identifier: BSD-3-Clause
// Reading a result file back: series, arrays, attributes and texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/sink.hpp"
#include "record/array.hpp"

namespace neurodyn::record {

/// A series as it was recorded.
struct RecordedSeries {
    engine::SeriesInfo info;                     ///< `samples` as announced
    std::vector<std::size_t> samples_of_member;  ///< that had arrived when the file was last flushed
};

/// Events of one member as they were recorded, by ascending time.
struct RecordedEvents {
    std::vector<double> time_s;
    std::vector<std::uint32_t> node;
    std::size_t nodes = 0;
    double first_s = 0.0, last_s = 0.0;  ///< recorded in (first_s, last_s]
};

/// A file that Writer made, whole or cut short by a kill.
class Reader {
  public:
    /// Throws FileError: missing, not HDF5, not one of neurodyn's.
    explicit Reader(const std::string& path);
    ~Reader();
    Reader(Reader&&) noexcept;

    /// Of the file, or of the group or dataset `path`. Throws Error when there is none.
    Attributes attributes(const std::string& path = "/") const;
    /// All series, by name.
    std::vector<RecordedSeries> series() const;
    /// Throws Error, with the nearest name, when there is none.
    RecordedSeries series(const std::string& name) const;
    /// `count` samples of one member from `first` on, [sample][node]. Throws Error when they were not
    /// recorded.
    std::vector<double> values(const std::string& name, std::size_t member, std::size_t first,
                               std::size_t count) const;
    /// Everything recorded of one member, [sample][node].
    std::vector<double> values(const std::string& name, std::size_t member = 0) const;

    /// Throws Error, with the names that exist, when there are none of this name or no such member.
    RecordedEvents events(const std::string& name, std::size_t member = 0) const;

    /// The names of the groups in a group, e.g. those in "analyses"; none when there is no such group.
    std::vector<std::string> groups(const std::string& path) const;
    /// The arrays of a group that write_group made, with their dimensions. Throws Error when there is none.
    std::vector<Array> arrays(const std::string& group) const;
    bool has(const std::string& path) const;
    /// A text that write_text made. Throws Error when there is none.
    std::string text(const std::string& path) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace neurodyn::record
