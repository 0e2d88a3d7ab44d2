// SPDX-License-Identifier: BSD-3-Clause
// What the two halves of the reader share.
#pragma once

#include <functional>
#include <string>

#include "experiment/section.hpp"

namespace neurodyn::experiment {

/// Letters, digits and underscores, beginning with a letter.
bool is_name(const std::string& text);

/// Calls `read(name, place of the name, value)` for each entry of the map `key`.
void for_each_entry(Section& top, const std::string& key, Problems& problems,
                    const std::function<void(const std::string&, const Place&, const Node&)>& read);

/// What trials adjust before anything is recorded.
void read_tuning(Section& top, Experiment& experiment, Problems& problems);

/// One entry of `analyses`.
AnalysisSection read_analysis(const std::string& name, const Place& place, const Node& node,
                              Problems& problems);

/// Monitors, analyses, sweep and expectations.
void read_observation(Section& top, Experiment& experiment, Problems& problems);

}  // namespace neurodyn::experiment
