// SPDX-License-Identifier: BSD-3-Clause
// Tables of probabilities of an agent: nested lists, NumPy files, and short forms of deterministic ones.
#pragma once

#include <string>
#include <vector>

#include "experiment/inference_section.hpp"
#include "inference/agent.hpp"

namespace neurodyn::experiment {

/// A list of things with names: states of a factor, outcomes of a modality, actions on a factor.
struct Named {
    std::string name;
    std::vector<std::string> items;
};

/// `{location: [left, right], context: 2}`: names, or how many.
std::vector<Named> read_named(Section& section, const std::string& key, Problems& problems);
/// Null, with a problem collected, when there is none of this name.
const Named* find_named(const std::vector<Named>& all, const Text& name, const std::string& what,
                        Problems& problems);

/// Nested lists or a NumPy file (.npy, .npz:NAME) of the given shape, flat. Empty, with a problem collected,
/// when the shape is another one: both are named.
inference::Table read_table(const Node& node, const std::vector<std::size_t>& shape, const std::string& what,
                            const std::string& directory, Problems& problems);

}  // namespace neurodyn::experiment
