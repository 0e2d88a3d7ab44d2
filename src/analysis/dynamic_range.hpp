// SPDX-License-Identifier: BSD-3-Clause
// The range of stimuli that a response can tell apart.
#pragma once

#include <span>

namespace neurodyn::analysis {

struct DynamicRange {
    double decibels = 0;       ///< 10 log10(high/low)
    double low = 0, high = 0;  ///< stimuli whose responses are at the two levels
};

/// From the stimulus whose response lies at `level` of the way between the least and the largest response to
/// that at 1 - level (Kinouchi & Copelli 2006, doi:10.1038/nphys289: 0.1), by straight lines over the
/// stimulus's logarithm. Throws ShapeError, DataError (stimuli that are not above 0 or do not ascend,
/// responses that do not rise, levels that no response reaches from below).
DynamicRange dynamic_range(std::span<const double> responses, std::span<const double> stimuli,
                           double level = 0.1);

}  // namespace neurodyn::analysis
