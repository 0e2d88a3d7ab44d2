// SPDX-License-Identifier: BSD-3-Clause
// Events in bins and as trains of single nodes: what all analyses of spikes share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/data.hpp"
#include "analysis/parallel.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {

/// Whole bins of recorded time. Times are those of steps' ends, so bin 0 is (start, start + width].
struct EventBins {
    double start_s = 0.0, width_s = 0.0;
    std::size_t count = 0;
    /// The bin of a time after `start_s`; `count` or more when it lies after the last whole bin.
    std::size_t of(double time_s) const;
};

/// The start of what is left after `discard_s`. Throws OptionError "discard" when nothing is.
double kept_from(const Events& events, double discard_s);

/// Throws OptionError for the option named `option` unless `least` bins or more fit into what is left.
EventBins plan_bins(const Events& events, double discard_s, double width_s, const std::string& option,
                    std::size_t least = 1);

/// Variance (divisor n - 1) over mean; NaN without events or with one count.
double fano_factor(const std::vector<double>& counts);

/// Mean of all that are not NaN; NaN when there are none.
double mean_of_known(const std::vector<double>& values);

/// `most` nodes evenly over the population, or all when there are fewer. Throws OptionError "nodes" for less
/// than `least`, and DataError when the population has less.
std::vector<std::size_t> sample_nodes(const Events& events, double most, std::size_t least);

/// Times after `start_s` of each of the nodes, which ascend.
std::vector<std::vector<double>> trains_of(const Events& events, const std::vector<std::size_t>& nodes,
                                           double start_s);

/// Numbers of the nodes as labels of a dimension.
Dimension node_dimension(const std::string& name, const std::vector<std::size_t>& nodes);

/// The interval between events at every time: `value[i]` up to event i, and value[n] after the last. Before
/// the first and after the last event it is the time to the border of the recording or the nearest interval,
/// whichever is longer (Mulansky et al. 2015, doi:10.1109/EBCCSP.2015.7300693).
std::vector<double> intervals_at(const std::vector<double>& train, double start_s, double stop_s);

/// Mean over time of a profile of two trains. `piece(i, j, from, to)` gives the profile's integral where the
/// next events are i and j.
template <class Piece>
double mean_profile(const std::vector<double>& a, const std::vector<double>& b, double start_s, double stop_s,
                    const Piece& piece) {
    double sum = 0.0, from = start_s;
    for (std::size_t i = 0, j = 0; from < stop_s;) {
        const double next_a = i < a.size() ? a[i] : stop_s, next_b = j < b.size() ? b[j] : stop_s;
        const double to = next_a < next_b ? next_a : next_b;
        if (to > from) sum += piece(i, j, from, to);
        from = to;
        if (i < a.size() && a[i] == to) ++i;
        if (j < b.size() && b[j] == to) ++j;
    }
    return sum / (stop_s - start_s);
}

/// pair(i, j) for all i < j in the order of upper_triangle, in parallel.
template <class Pair>
std::vector<double> pairwise(std::size_t count, const Pair& pair) {
    std::vector<double> values(count * (count - 1) / 2);
    parallel_for(count, [&](std::size_t i) {
        double* out = values.data() + i * (2 * count - i - 1) / 2;
        for (std::size_t j = i + 1; j < count; ++j) *out++ = pair(i, j);
    });
    return values;
}

/// What the analyses of distances between trains share: options, and results "distances" and "mean".
std::vector<OptionSpec> distance_options();
std::vector<ResultSpec> distance_results();
std::vector<Dimension> plan_distances(const Arguments& arguments);
using TrainDistance = double (*)(const std::vector<double>& a, const std::vector<double>& b, double start_s,
                                 double stop_s);
Result run_distances(const Arguments& arguments, TrainDistance distance);

}  // namespace neurodyn::analysis
