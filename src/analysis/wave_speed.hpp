// SPDX-License-Identifier: BSD-3-Clause
// The speed of fronts and pulses on a line, from when they reach each point.
#pragma once

#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct WaveSpeedOptions {
    double threshold = 0.0;
    double from_m = 0.0, to_m = 0.0;  ///< points that count; equal: all
};

struct WaveSpeed {
    double speed_m_per_s = 0.0;     ///< of the line through places and times; below 0 towards lower x
    double deviation_s = 0.0;       ///< of the times from that line, root mean square
    std::vector<double> arrival_s;  ///< when each point is first reached; NaN: never
};

/// A point is reached when its value first rises through the threshold, interpolated between samples. Throws
/// DataError unless the series is a field on a line of which at least three points are reached.
WaveSpeed wave_speed(const SeriesView& series, const WaveSpeedOptions& options);

}  // namespace neurodyn::analysis
