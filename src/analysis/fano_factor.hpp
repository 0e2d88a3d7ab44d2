// SPDX-License-Identifier: BSD-3-Clause
// Variability of spike counts.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Fano factor of every node: variance (divisor: windows - 1) over mean of its counts in windows that follow
/// one another (Fano 1947, doi:10.1103/PhysRev.72.26). 1 for a Poisson process; the squared coefficient of
/// variation of the intervals for long windows of a renewal process. NaN for a node without events. Throws
/// OptionError unless two windows fit after `discard_s`.
std::vector<double> fano_factors(const Events& events, double window_s, double discard_s = 0.0);

}  // namespace neurodyn::analysis
