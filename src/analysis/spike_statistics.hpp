// SPDX-License-Identifier: BSD-3-Clause
// Rates and regularity of recorded events.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct SpikeStatistics {
    std::vector<double> rate_hz;  ///< per node
    /// Coefficient of variation of the intervals between a node's events (sample standard deviation over
    /// mean); NaN for a node with fewer than three.
    std::vector<double> isi_cv;
    double mean_rate_hz = 0.0;  ///< over nodes
    double mean_isi_cv = 0.0;   ///< over the nodes that have one; NaN when none has
    /// Variance over mean of the number of all nodes' events in bins of `bin_s`: 1 for independent Poisson
    /// trains, more for synchrony.
    double synchrony = 0.0;
    double active_share = 0.0;  ///< of nodes with at least one event
};

/// Events before start + `discard_s` are left out; the synchrony is of at most `synchrony_nodes` nodes, taken
/// evenly (0: of all). Throws OptionError when nothing is left of the recorded time, or when no bin fits into
/// it.
SpikeStatistics spike_statistics(const Events& events, double discard_s, double bin_s,
                                 double synchrony_nodes = 0.0);

}  // namespace neurodyn::analysis
