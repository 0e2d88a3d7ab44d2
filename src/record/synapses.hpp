// SPDX-License-Identifier: BSD-3-Clause
// Synapses written to files that experiments can join populations with: text, and SONATA edges.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/units.hpp"
#include "engine/connections.hpp"

namespace neurodyn::record {

/// What is known of a projection's synapses before they are written.
struct SynapsesInfo {
    std::string projection;                ///< names the SONATA edge population
    std::string from, to;                  ///< populations
    std::size_t sources = 0, targets = 0;  ///< their sizes
    std::optional<Unit> weight_unit;       ///< nothing: the synapses have no weight
};

/// True for files that are HDF5 by their name (.h5, .hdf5), which hold any number of projections; a text file
/// (.csv) holds one. Throws FileError for other names.
bool holds_many_projections(const std::string& path);

/// Writes synapses source by source, with a few MiB of memory. A number is written in its unit so that
/// reading gives it back to the last bit, where any number of that unit does. Throws FileError.
class SynapseFileWriter {
  public:
    /// Replaces what was there.
    explicit SynapseFileWriter(const std::string& path);
    ~SynapseFileWriter();
    /// The rows that follow are this projection's.
    void start(const SynapsesInfo& info);
    void append(std::size_t source, const engine::SynapseRow& row);
    /// Ends the file: without it, it is removed again.
    void finish();

    class Format;  ///< text or SONATA

  private:
    std::string path_;
    std::unique_ptr<Format> format_;
    bool finished_ = false;
};

}  // namespace neurodyn::record
