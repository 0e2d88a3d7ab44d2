// SPDX-License-Identifier: BSD-3-Clause
// `filters:`, hierarchical Gaussian filters of an experiment (docs/gaussian_filter.md).
#pragma once

#include "experiment/inference_section.hpp"

namespace neurodyn::experiment {

/// One entry of `filters`. Null, with problems collected, when it cannot be read.
std::shared_ptr<const InferenceTask> read_filter(const InferenceContext& context, Problems& problems);

}  // namespace neurodyn::experiment
