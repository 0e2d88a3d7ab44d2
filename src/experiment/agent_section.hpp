// SPDX-License-Identifier: BSD-3-Clause
// `agents:`, discrete active inference in worlds of discrete states (docs/agents.md).
#pragma once

#include "experiment/inference_section.hpp"

namespace neurodyn::experiment {

/// One entry of `agents`. Null, with problems collected, when it cannot be read.
std::shared_ptr<const InferenceTask> read_agents(const InferenceContext& context, Problems& problems);

}  // namespace neurodyn::experiment
