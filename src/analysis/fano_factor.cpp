// SPDX-License-Identifier: BSD-3-Clause
// Variability of spike counts.
#include "analysis/fano_factor.hpp"

#include <cmath>
#include <limits>

#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {

std::vector<double> fano_factors(const Events& events, double window_s, double discard_s) {
    const EventBins windows = plan_bins(events, discard_s, window_s, "window", 2);
    const std::size_t n = windows.count;
    // Of windows without events nothing need be kept: sums over the others give mean and variance.
    std::vector<double> sum(events.nodes), squares(events.nodes), open(events.nodes);
    std::vector<std::size_t> window(events.nodes, n);
    const auto close = [&](std::size_t node) {
        sum[node] += open[node];
        squares[node] += open[node] * open[node];
        open[node] = 0.0;
    };
    for (std::size_t k = 0; k < events.time_s.size(); ++k) {
        if (events.time_s[k] <= windows.start_s) continue;
        const std::size_t node = events.node[k], w = windows.of(events.time_s[k]);
        if (w >= n) break;
        if (w != window[node]) close(node);
        window[node] = w;
        open[node] += 1.0;
    }
    const double count = static_cast<double>(n);
    std::vector<double> factors(events.nodes, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t node = 0; node < events.nodes; ++node) {
        close(node);
        const double mean = sum[node] / count;
        if (mean > 0.0) factors[node] = (squares[node] - sum[node] * mean) / (count - 1.0) / mean;
    }
    return factors;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_bins(a.events("events"), a.number("discard"), a.number("window"), "window", 2);
    return {};
}

Result run_row(const Arguments& a) {
    const Events& events = a.events("events");
    const std::vector<double> factors = fano_factors(events, a.number("window"), a.number("discard"));
    Result result;
    result.add_vector("fano_factor", "variance over mean of a node's counts", {"node", events.nodes},
                      factors);
    result.add_scalar("mean", "over the nodes with events", mean_of_known(factors));
    return result;
}

}  // namespace

Analysis rows::fano_factor() {
    return {"fano_factor",
            "Variance over mean of the number of events in windows (1 for a Poisson process)",
            {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"window", "s", 0.1, "in which events are counted; at least two must fit", {}, positive}},
            {{"fano_factor", "of every node; NaN for one without events", {"channel"}},
             {"mean", "over the nodes with events"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
