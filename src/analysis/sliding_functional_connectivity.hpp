// SPDX-License-Identifier: BSD-3-Clause
// Functional connectivity in a window that slides along a series.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/data.hpp"
#include "base/aligned.hpp"

namespace neurodyn::analysis {

/// Where the windows of a series lie. Window w covers samples w * step to w * step + length - 1.
struct Windows {
    std::size_t length = 0;
    std::size_t step = 0;
    std::size_t count = 0;
    std::vector<double> centre_s;  ///< time of the middle of every window
};

/// The windows that lie wholly inside the series. Durations are rounded to whole samples. Throws OptionError
/// (window below 3 samples or longer than the series, step below 1 sample).
Windows make_windows(const SeriesView& series, double window_s, double step_s);

/// Correlations of all pairs of channels in every window.
struct SlidingFunctionalConnectivity {
    Windows windows;
    std::size_t edges = 0;       ///< channels * (channels - 1) / 2, in the order of upper_triangle
    std::vector<double> values;  ///< [window][edge]
};

inline constexpr std::size_t sliding_limit_bytes = std::size_t{4} << 30;

/// Throws DataError (a channel constant within a window; a value that is not finite) and OptionError, also
/// when the result would need more than `limit_bytes`.
SlidingFunctionalConnectivity sliding_functional_connectivity(const SeriesView& series, double window_s,
                                                              double step_s,
                                                              std::size_t limit_bytes = sliding_limit_bytes);

namespace detail {
/// The correlations of window w for rows in the panels `first` to `last` (exclusive) of channels, with all
/// later channels: `sums` as add_cross_products leaves them. Throws DataError for a channel that is constant
/// in w.
void window_correlations(const SeriesView& series, const Windows& windows, std::size_t w, std::size_t first,
                         std::size_t last, AlignedVector<double>& sums);
}  // namespace detail

}  // namespace neurodyn::analysis
