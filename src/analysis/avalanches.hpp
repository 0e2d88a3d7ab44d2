// SPDX-License-Identifier: BSD-3-Clause
// Avalanches: stretches of activity between silence, their sizes, durations and shapes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Activity of a whole system in bins.
struct Activity {
    std::vector<double> values;
    double bin_s = 0, start_s = 0;
    std::string name;
};

/// Events of all nodes in bins of `bin_s`; 0: the mean interval between the events of the whole population,
/// the rule of Beggs & Plenz (2003), doi:10.1523/JNEUROSCI.23-35-11167.2003. Throws DataError without events.
Activity binned_events(const Events& events, double bin_s, double discard_s);

/// Sum over channels, and over the samples of each bin (0: a sample). Throws DataError.
Activity summed_series(const SeriesView& series, double bin_s);

/// The number of extrema of excursions beyond `deviations` standard deviations from a channel's mean, on
/// either side, of all channels (Shriki et al. 2013, doi:10.1523/JNEUROSCI.4286-12.2013). Throws DataError.
Activity counted_excursions(const SeriesView& series, double deviations, double bin_s);

struct Avalanche {
    std::size_t first = 0;   ///< bin
    std::size_t length = 0;  ///< in bins
    double size = 0;         ///< sum of what lies above the threshold
};

struct Avalanches {
    std::vector<Avalanche> all;
    std::size_t cut = 0;  ///< stretches that reach the start or the end of the recording; not among them
};

/// The longest stretches of bins whose activity is above the threshold.
Avalanches find_avalanches(std::span<const double> activity, double threshold);

/// Mean size of the avalanches of each duration that occurs.
struct SizeByDuration {
    std::vector<double> duration, mean_size, count;
};
SizeByDuration size_by_duration(std::span<const double> sizes, std::span<const double> durations);

/// Mean courses of the avalanches of one duration, scaled onto one another: activity ~ T^(gamma - 1) F(t/T)
/// (Friedman et al. 2012, doi:10.1103/PhysRevLett.108.208102).
struct ShapeCollapse {
    std::vector<double>
        shape;            ///< F in the middle of `points` equal parts of the duration; NaN without collapse
    double exponent = 0;  ///< gamma, which makes the spread of the scaled courses least
    double error = 0;     ///< that spread: mean variance over the square of F's span
    std::size_t durations = 0;  ///< that took part
};

/// Of durations of `least_bins` bins or more that occur `least_count` times; NaN with fewer than three of
/// them.
ShapeCollapse collapse_shapes(std::span<const double> activity, const Avalanches& avalanches,
                              double threshold, std::size_t least_bins = 5, std::size_t least_count = 20,
                              std::size_t points = 20);

}  // namespace neurodyn::analysis
