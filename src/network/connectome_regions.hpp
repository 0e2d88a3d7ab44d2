// SPDX-License-Identifier: BSD-3-Clause
// What a connectome's data say about its regions: names, networks, hemispheres, centres.
#pragma once

#include <string>
#include <vector>

#include "network/connectome_tables.hpp"

namespace neurodyn::network {

/// Fields that are empty were not found yet; `origin` says where each was found.
struct RegionData {
    std::vector<std::string> names, networks, hemispheres;
    std::vector<double> centres_mm;
    std::string names_origin, networks_origin, hemispheres_origin, centres_origin;
};

/// From a table such as regions.csv (with titles) or centres.txt (name, x, y, z): fills what is still empty.
void fill_from_table(RegionData& data, const Table& table);
void fill_networks(RegionData& data, const Table& table);
void fill_hemispheres(RegionData& data, const Table& table);

/// Checks counts and names against the `size` of the matrices, and puts everything into `connectome`.
void take_regions(RegionData data, std::size_t size, const std::string& weights_origin,
                  Connectome& connectome, std::vector<Diagnostic>& problems);

}  // namespace neurodyn::network
