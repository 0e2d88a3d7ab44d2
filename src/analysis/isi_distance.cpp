// SPDX-License-Identifier: BSD-3-Clause
// Distance of two spike trains by their intervals.
#include "analysis/isi_distance.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {

double isi_distance(const std::vector<double>& a, const std::vector<double>& b, double start_s,
                    double stop_s) {
    const std::vector<double> of_a = intervals_at(a, start_s, stop_s),
                              of_b = intervals_at(b, start_s, stop_s);
    return mean_profile(a, b, start_s, stop_s, [&](std::size_t i, std::size_t j, double from, double to) {
        return std::abs(of_a[i] - of_b[j]) / std::max(of_a[i], of_b[j]) * (to - from);
    });
}

Analysis rows::isi_distance() {
    return {"isi_distance",
            "ISI-distance of pairs of neurons: how different the intervals between their events are, 0 to 1",
            {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
            distance_options(),
            distance_results(),
            [](const Arguments& a) { return run_distances(a, analysis::isi_distance); },
            plan_distances};
}

}  // namespace neurodyn::analysis
