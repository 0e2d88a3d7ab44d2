// SPDX-License-Identifier: BSD-3-Clause
// Rates and regularity of recorded events.
#include "analysis/spike_statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/errors.hpp"
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

double mean_of_known(const std::vector<double>& values) {
    double sum = 0.0;
    std::size_t count = 0;
    for (const double v : values)
        if (!std::isnan(v)) sum += v, ++count;
    return count == 0 ? nan : sum / static_cast<double>(count);
}

// Variance over mean; NaN without events.
double dispersion(const std::vector<double>& counts) {
    const double n = static_cast<double>(counts.size());
    const double mean = std::accumulate(counts.begin(), counts.end(), 0.0) / n;
    double squares = 0.0;
    for (const double c : counts) squares += (c - mean) * (c - mean);
    return mean > 0.0 && n > 1.0 ? squares / (n - 1.0) / mean : nan;
}

}  // namespace

SpikeStatistics spike_statistics(const Events& events, double discard_s, double bin_s) {
    const double start = events.start_s + discard_s, duration = events.stop_s - start;
    if (!(discard_s >= 0.0) || !(duration > 0.0))
        throw OptionError(fmt::format("'discard' is {} s, but '{}' has {} s", discard_s, events.name,
                                      events.stop_s - events.start_s),
                          "discard");
    if (!(bin_s > 0.0) || !(duration / bin_s * (1.0 + 1e-12) >= 1.0) || !(duration / bin_s < 0x1p40))
        throw OptionError(fmt::format("'bin' is {} s; '{}' has {} s", bin_s, events.name, duration), "bin");
    const auto bins = static_cast<std::size_t>(duration / bin_s * (1.0 + 1e-12));
    SpikeStatistics result;
    std::vector<Intervals> intervals(events.nodes);
    std::vector<double> counts(bins);
    result.rate_hz.resize(events.nodes);
    for (std::size_t k = 0; k < events.time_s.size(); ++k) {
        const double time_s = events.time_s[k];
        if (time_s <= start) continue;
        result.rate_hz[events.node[k]] += 1.0;
        intervals[events.node[k]].add(time_s);
        // Times are those of steps' ends: the first bin is (start, start + bin].
        const double bin = std::ceil((time_s - start) / bin_s * (1.0 - 1e-12)) - 1.0;
        if (bin < static_cast<double>(bins)) counts[static_cast<std::size_t>(std::max(bin, 0.0))] += 1.0;
    }
    const double nodes = static_cast<double>(events.nodes);
    for (double& rate : result.rate_hz) {
        if (rate > 0.0) result.active_share += 1.0 / nodes;
        rate /= duration;
        result.mean_rate_hz += rate / nodes;
    }
    for (const Intervals& i : intervals) result.isi_cv.push_back(i.cv());
    result.mean_isi_cv = mean_of_known(result.isi_cv);
    result.synchrony = dispersion(counts);
    return result;
}

namespace {

Result run_row(const Arguments& a) {
    const Events& events = a.events("events");
    const SpikeStatistics s = spike_statistics(events, a.number("discard"), a.number("bin"));
    const Dimension node{"node", events.nodes};
    Result result;
    result.add_vector("rate", "events per second of every node", node, s.rate_hz, "Hz");
    result.add_vector("isi_cv", "coefficient of variation of intervals", node, s.isi_cv);
    result.add_scalar("mean_rate", "over nodes", s.mean_rate_hz, "Hz");
    result.add_scalar("mean_isi_cv", "over nodes with three events or more", s.mean_isi_cv);
    result.add_scalar("synchrony", "variance over mean of the events of all nodes in a bin", s.synchrony);
    result.add_scalar("active_share", "of nodes with an event", s.active_share);
    return result;
}

}  // namespace

Analysis rows::spike_statistics() {
    return {"spike_statistics",
            "Rates, regularity and synchrony of spikes or other events",
            {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
            {{"discard", "s", 0.0, "time left out at the start"},
             {"bin", "s", 3e-3, "of the synchrony index; Potjans & Diesmann 2014 take 3 ms"}},
            {{"rate", "per node"},
             {"isi_cv", "per node"},
             {"mean_rate", "over nodes"},
             {"mean_isi_cv", "over nodes with three events or more"},
             {"synchrony", "variance over mean of the events of all nodes in a bin"},
             {"active_share", "of nodes with an event"}},
            run_row};
}

}  // namespace neurodyn::analysis
