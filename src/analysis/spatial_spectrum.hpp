// SPDX-License-Identifier: BSD-3-Clause
// The wavelengths of a field, and whether its pattern is one of stripes or of hexagons.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// The mean over time of |U(k)|^2, U the transform of the field minus its mean, divided by the points
/// squared; in a plane summed over rings of wavenumbers. All sums over the spectrum give the field's
/// variance.
struct SpatialSpectrum {
    std::vector<double> wavenumber_per_m;  ///< 2 pi over the wavelength, 0 left out
    std::vector<double> power;
    double dominant_per_m = 0.0;  ///< the mean wavenumber, weighted by power, about the largest power
    /// |mean of exp(2 i angle)| and |mean of exp(6 i angle)| over wave vectors about the dominant wavenumber,
    /// weighted by power: stripes have 1 and 1, hexagons 0 and 1, rings 0 and 0. 0 on a line.
    double stripes = 0.0, hexagons = 0.0;
};
SpatialSpectrum spatial_spectrum(const SeriesView& series, double discard_s);

}  // namespace neurodyn::analysis
