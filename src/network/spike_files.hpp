// SPDX-License-Identifier: BSD-3-Clause
// Lists of spikes read from files.
#pragma once

#include <memory>
#include <string>

#include "network/network.hpp"

namespace neurodyn::network {

/// Text: a header with `node` (from 0) and `time` with its unit ("time [ms]", "time_s"), a line for each
/// spike. HDF5: SONATA's /spikes/POPULATION/timestamps and node_ids (`population` empty: the only one), as
/// neurodyn writes them, or datasets `node` and `time` in the group `population`. Times are in ms where the
/// file states no unit. In any order; sorted by time, then node. Throws FileError or InputError naming file
/// and place.
std::shared_ptr<const EventList> read_spikes(const std::string& path, const std::string& population = {});

}  // namespace neurodyn::network
