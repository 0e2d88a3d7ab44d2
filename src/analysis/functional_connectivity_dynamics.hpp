// SPDX-License-Identifier: BSD-3-Clause
// Functional connectivity dynamics (FCD): how alike the connectivity of any two windows is.
#pragma once

#include <vector>

#include "analysis/data.hpp"
#include "analysis/sliding_functional_connectivity.hpp"

namespace neurodyn::analysis {

/// Correlation between the vectorised upper triangles of the FC of every two windows (Hansen, Battaglia,
/// Spiegler, Deco & Jirsa 2015, doi:10.1016/j.neuroimage.2014.11.001).
struct FunctionalConnectivityDynamics {
    Windows windows;
    Matrix fcd;  ///< window x window, diagonal 1
    /// The values above the diagonal; when overlaps are left out, only of windows that share no sample.
    std::vector<double> distribution(bool without_overlaps = false) const;
};

/// Needs at least 3 channels and 2 windows. Memory stays near 64 MiB however many pairs and windows there
/// are, beside the result. Throws DataError and OptionError as sliding_functional_connectivity does.
FunctionalConnectivityDynamics functional_connectivity_dynamics(const SeriesView& series, double window_s,
                                                                double step_s);

}  // namespace neurodyn::analysis
