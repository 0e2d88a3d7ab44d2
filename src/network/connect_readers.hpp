// SPDX-License-Identifier: BSD-3-Clause
// The readers of synapse files, one for each format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/connect_files.hpp"

namespace neurodyn::network {

SynapseTable read_text_synapses(const SynapseFile& file);
SynapseTable read_hdf5_synapses(const SynapseFile& file);
SynapseTable read_sonata_synapses(const SynapseFile& file);

/// Cells of one line of text; quoted cells ("...") may hold the separator, runs of blanks count as one.
std::vector<std::string_view> split_cells(std::string_view line, char separator);
/// The whole cell as a finite number.
std::optional<double> cell_number(std::string_view cell);

}  // namespace neurodyn::network
