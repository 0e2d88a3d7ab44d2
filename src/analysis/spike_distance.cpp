// SPDX-License-Identifier: BSD-3-Clause
// Distance of two spike trains by the times of their events.
#include "analysis/spike_distance.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {
namespace {

// A train with one more event at each border of the recording, and for each event the distance to the nearest
// of the other train.
struct Borders {
    std::vector<double> time, distance, interval;

    // The distance at a time before event i, between those of the events on both sides.
    double part(std::size_t i, double t) const {
        const double before = t - time[i], after = time[i + 1] - t;
        return before + after > 0.0 ? (distance[i] * after + distance[i + 1] * before) / (before + after)
                                    : distance[i];
    }
};

// Where an event outside of the recording would lie if the train went on with its first and last interval.
std::vector<double> continued(const std::vector<double>& train, double start_s, double stop_s) {
    const std::size_t n = train.size();
    std::vector<double> all{start_s};
    all.insert(all.end(), train.begin(), train.end());
    all.push_back(stop_s);
    if (n > 1) {
        all.front() = std::min(start_s, 2 * train[0] - train[1]);
        all.back() = std::max(stop_s, 2 * train[n - 1] - train[n - 2]);
    }
    return all;
}

double nearest(double time_s, const std::vector<double>& sorted) {
    const auto after = std::lower_bound(sorted.begin() + 1, sorted.end() - 1, time_s);
    return std::min(std::abs(*after - time_s), std::abs(*(after - 1) - time_s));
}

Borders with_borders(const std::vector<double>& train, const std::vector<double>& other, double start_s,
                     double stop_s) {
    Borders all{{start_s}, {}, intervals_at(train, start_s, stop_s)};
    all.time.insert(all.time.end(), train.begin(), train.end());
    all.time.push_back(stop_s);
    const std::vector<double> others = continued(other, start_s, stop_s);
    all.distance.push_back(nearest(train.front(), others));
    for (const double t : train) all.distance.push_back(nearest(t, others));
    all.distance.push_back(all.distance.back());
    return all;
}

}  // namespace

double spike_distance(const std::vector<double>& a, const std::vector<double>& b, double start_s,
                      double stop_s) {
    const Borders of_a = with_borders(a, b, start_s, stop_s), of_b = with_borders(b, a, start_s, stop_s);
    return mean_profile(a, b, start_s, stop_s, [&](std::size_t i, std::size_t j, double from, double to) {
        // Linear in time between two events: the mean of both ends is its mean.
        const double in_a = of_a.interval[i], in_b = of_b.interval[j], sum = in_a + in_b;
        const double at_a = 0.5 * (of_a.part(i, from) + of_a.part(i, to));
        const double at_b = 0.5 * (of_b.part(j, from) + of_b.part(j, to));
        return 2.0 * (at_a * in_b + at_b * in_a) / (sum * sum) * (to - from);
    });
}

Analysis rows::spike_distance() {
    return {"spike_distance",
            "SPIKE-distance of pairs of neurons: how far apart their events are, relative to the intervals",
            {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
            distance_options(),
            distance_results(),
            [](const Arguments& a) { return run_distances(a, analysis::spike_distance); },
            plan_distances};
}

}  // namespace neurodyn::analysis
