// SPDX-License-Identifier: BSD-3-Clause
// Kuramoto's order parameter.
#pragma once

#include <vector>

#include "analysis/data.hpp"
#include "analysis/phases.hpp"

namespace neurodyn::analysis {

struct KuramotoOrder {
    std::vector<double> order;  ///< |mean over channels of exp(i phase)| of each sample
    double mean = 0.0;
    double metastability = 0.0;  ///< standard deviation over time (Shanahan 2010, doi:10.1063/1.3247966)
};

/// Order of a population's phases (Kuramoto 1984) over time. N independent phases have sqrt(pi/N)/2 on
/// average. Throws DataError (fewer than 2 channels, and those of analytic_signal) and OptionError.
KuramotoOrder kuramoto_order(const SeriesView& series, const PhaseOptions& options);

}  // namespace neurodyn::analysis
