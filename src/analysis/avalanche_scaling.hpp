// SPDX-License-Identifier: BSD-3-Clause
// The relation between the exponents of avalanches' sizes and durations.
#pragma once

#include "analysis/power_law.hpp"

namespace neurodyn::analysis {

/// At a critical point mean sizes grow with the duration's power gamma = (alpha - 1)/(tau - 1) (Sethna,
/// Dahmen & Myers 2001, doi:10.1038/35065675), tau and alpha the exponents of sizes and durations.
struct AvalancheScaling {
    PowerLaw sizes, durations;
    double predicted = 0;        ///< (alpha - 1)/(tau - 1)
    double predicted_error = 0;  ///< from the standard errors of both
    double fitted = 0;           ///< slope of ln(mean size) over ln(duration), weighted by numbers
    double fitted_error = 0;     ///< standard error
};

/// Exponents by fit_power_law (or from `least_size`, `least_duration` on, where above 0), the slope over the
/// durations that the law of durations holds for. Throws DataError, ShapeError.
AvalancheScaling avalanche_scaling(std::span<const double> sizes, std::span<const double> durations,
                                   ValueKind size_kind, double least_size = 0, double least_duration = 0);

}  // namespace neurodyn::analysis
