// SPDX-License-Identifier: BSD-3-Clause
// One entry that joins several populations: from and to are lists, values are matrices.
#pragma once

#include <string>
#include <vector>

#include "experiment/section.hpp"

namespace neurodyn::experiment {

/// One of the projections that an entry stands for.
struct ExpandedProjection {
    std::string name;
    Node node;
};

/// The entry itself when `from` and `to` are texts. When one of them is a list: one projection for every
/// pair, called NAME_TO_FROM after the populations. `weights`, `delays` and the values in `connect` may then
/// be one value, a list with one for each source, or a list of such lists, one for each target; a pair whose
/// number of synapses, probability or weight is 0 is left out. Lists of other lengths are problems.
std::vector<ExpandedProjection> expand_projection(const std::string& name, const Node& node,
                                                  Problems& problems);

}  // namespace neurodyn::experiment
