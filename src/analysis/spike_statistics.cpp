// SPDX-License-Identifier: BSD-3-Clause
// Rates and regularity of recorded events.
#include "analysis/spike_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spike_trains.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Sums over the intervals of one node, one event after another.
struct Intervals {
    double last_s = nan, sum = 0.0, sum_of_squares = 0.0;
    std::size_t count = 0;

    void add(double time_s) {
        if (!std::isnan(last_s)) {
            const double interval = time_s - last_s;
            sum += interval;
            sum_of_squares += interval * interval;
            ++count;
        }
        last_s = time_s;
    }
    double cv() const {
        if (count < 2) return nan;
        const double n = static_cast<double>(count), mean = sum / n;
        const double variance = std::max(0.0, (sum_of_squares - n * mean * mean) / (n - 1.0));
        return std::sqrt(variance) / mean;
    }
};

// Which nodes the synchrony index counts.
std::vector<char> counted_nodes(std::size_t nodes, double most) {
    const auto count = static_cast<std::size_t>(most);
    if (count == 0 || count >= nodes) return std::vector<char>(nodes, 1);
    std::vector<char> counted(nodes, 0);
    for (std::size_t i = 0; i < count; ++i) counted[i * nodes / count] = 1;
    return counted;
}

}  // namespace

SpikeStatistics spike_statistics(const Events& events, double discard_s, double bin_s,
                                 double synchrony_nodes) {
    const std::vector<char> counted = counted_nodes(events.nodes, synchrony_nodes);
    const EventBins bins = plan_bins(events, discard_s, bin_s, "bin");
    const double duration = events.stop_s - bins.start_s;
    SpikeStatistics result;
    std::vector<Intervals> intervals(events.nodes);
    std::vector<double> counts(bins.count);
    result.rate_hz.resize(events.nodes);
    for (std::size_t k = 0; k < events.time_s.size(); ++k) {
        const double time_s = events.time_s[k];
        if (time_s <= bins.start_s) continue;
        result.rate_hz[events.node[k]] += 1.0;
        intervals[events.node[k]].add(time_s);
        if (const std::size_t bin = bins.of(time_s); bin < bins.count && counted[events.node[k]] != 0)
            counts[bin] += 1.0;
    }
    const double nodes = static_cast<double>(events.nodes);
    for (double& rate : result.rate_hz) {
        if (rate > 0.0) result.active_share += 1.0 / nodes;
        rate /= duration;
        result.mean_rate_hz += rate / nodes;
    }
    for (const Intervals& i : intervals) result.isi_cv.push_back(i.cv());
    result.mean_isi_cv = mean_of_known(result.isi_cv);
    result.synchrony = fano_factor(counts);
    return result;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_bins(a.events("events"), a.number("discard"), a.number("bin"), "bin");
    return {};
}

Result run_row(const Arguments& a) {
    const Events& events = a.events("events");
    const SpikeStatistics s =
        spike_statistics(events, a.number("discard"), a.number("bin"), a.number("nodes"));
    const Dimension node{"node", events.nodes};
    Result result;
    result.add_vector("rate", "events per second of every node", node, s.rate_hz, "Hz");
    result.add_vector("isi_cv", "coefficient of variation of intervals", node, s.isi_cv);
    result.add_scalar("mean_rate", "over nodes", s.mean_rate_hz, "Hz");
    result.add_scalar("mean_isi_cv", "over nodes with three events or more", s.mean_isi_cv);
    result.add_scalar("synchrony", "variance over mean of the events in a bin", s.synchrony);
    result.add_scalar("active_share", "of nodes with an event", s.active_share);
    return result;
}

}  // namespace

Analysis rows::spike_statistics() {
    return {
        "spike_statistics",
        "Rates, regularity and synchrony of spikes or other events",
        {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"bin", "s", 3e-3, "of the synchrony index; Potjans & Diesmann 2014 take 3 ms", {}, positive},
         {"nodes",
          "",
          0.0,
          "of the synchrony index at most so many, taken evenly; 0: all",
          {},
          not_negative}},
        {{"rate", "events per second", {"channel"}, "Hz"},
         {"isi_cv", "coefficient of variation of intervals; NaN with fewer than three events", {"channel"}},
         {"mean_rate", "over nodes", {}, "Hz"},
         {"mean_isi_cv", "over nodes with three events or more"},
         {"synchrony", "variance over mean of the events in a bin"},
         {"active_share", "of nodes with an event"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
