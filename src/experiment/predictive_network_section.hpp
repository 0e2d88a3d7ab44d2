// SPDX-License-Identifier: BSD-3-Clause
// `predictive_networks:`, predictive-coding networks that learn data (docs/predictive_coding.md).
#pragma once

#include "experiment/inference_section.hpp"

namespace neurodyn::experiment {

/// One entry of `predictive_networks`. Null, with problems collected, when it cannot be read.
std::shared_ptr<const InferenceTask> read_predictive_network(const InferenceContext& context,
                                                             Problems& problems);

}  // namespace neurodyn::experiment
