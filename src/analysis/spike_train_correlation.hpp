// SPDX-License-Identifier: BSD-3-Clause
// Correlation of binned spike trains.
#pragma once

#include <span>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Pearson correlation of the counts of any two of `nodes` in bins of `bin_s`, in the order of
/// upper_triangle; NaN where one has no event, or as many in every bin. Throws OptionError unless three bins
/// fit after `discard_s`.
std::vector<double> spike_train_correlations(const Events& events, const std::vector<std::size_t>& nodes,
                                             double bin_s, double discard_s = 0.0);

}  // namespace neurodyn::analysis
