// SPDX-License-Identifier: BSD-3-Clause
// Least squares of one exponential decay.
#pragma once

#include <span>

namespace neurodyn::analysis {

/// y[k - 1] = amplitude m^k + offset for k = 1, 2, ...
struct Decay {
    double m = 0, amplitude = 0, offset = 0;
};

/// The decay 0 < m < 1 of least squares: for each m amplitude and offset are linear; the best of a grid of
/// timescales from 1/20 bin to a hundred times the length is made exact by golden sections.
Decay fit_decay(std::span<const double> y, bool with_offset);

}  // namespace neurodyn::analysis
