// SPDX-License-Identifier: BSD-3-Clause
// Bumps on a line: regions of a field above a threshold, their width and place, and how they wander.
#pragma once

#include <span>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct BumpOptions {
    double discard_s = 0.0;
    double threshold = 0.0;
    double growth_s = 0.0;  ///< over which the growth of a perturbation is fitted; 0: to the end
};

/// steady + amplitude*exp(rate*t), fitted to the widths by least squares: below 0 a perturbed width goes back
/// to the steady one, above 0 it goes away from it. NaN where the widths have no such course.
struct Growth {
    double rate_per_s = 0.0, error_per_s = 0.0;  ///< and its standard error
    double steady_m = 0.0;
};

/// One value for each sample; the width and centre are those of the widest region, NaN where there is none.
struct Bumps {
    std::vector<double> count;     ///< regions above the threshold
    std::vector<double> width_m;   ///< between crossings, interpolated linearly
    std::vector<double> centre_m;  ///< middle of the crossings; goes on beyond the edge of a ring
    std::vector<double> peak;      ///< the field's largest value
    double diffusion_m2_per_s =
        0;                ///< half the mean square displacement between samples, over their interval
    double exponent = 0;  ///< slope of log mean square displacement against log lag, 1 for diffusion
    Growth growth;
};

/// Of widths at an even interval; those that are not finite are left out.
Growth fit_growth(std::span<const double> widths_m, double interval_s);

/// A region that reaches the edge of a line ends there; one that covers all of a ring has its length as width
/// and no centre. Throws DataError unless the series is a field on a line.
Bumps find_bumps(const SeriesView& series, const BumpOptions& options);

}  // namespace neurodyn::analysis
