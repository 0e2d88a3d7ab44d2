// SPDX-License-Identifier: BSD-3-Clause
// Spike time tiling coefficient.
#include "analysis/sttc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {
namespace {

// Part of the recording that lies within dt of an event.
double tiled_part(std::span<const double> train, double dt_s, double start_s, double stop_s) {
    double tiled = 0.0, reached = start_s;
    for (const double t : train) {
        const double end = std::min(t + dt_s, stop_s);
        tiled += std::max(0.0, end - std::max(t - dt_s, reached));
        reached = std::max(reached, end);
    }
    return tiled / (stop_s - start_s);
}

// Part of a's events that lie within dt of an event of b.
double coincident_part(std::span<const double> a, std::span<const double> b, double dt_s) {
    const double reach = dt_s * (1.0 + 1e-9);  // times are whole steps, up to rounding
    std::size_t coincident = 0, j = 0;
    for (const double t : a) {
        while (j < b.size() && b[j] < t - reach) ++j;
        if (j < b.size() && b[j] <= t + reach) ++coincident;
    }
    return static_cast<double>(coincident) / static_cast<double>(a.size());
}

// 1 where both are 1: all of the recording is tiled and all events coincide.
double one_side(double coincident, double tiled) {
    const double product = coincident * tiled;
    return product == 1.0 ? 1.0 : (coincident - tiled) / (1.0 - product);
}

}  // namespace

double sttc(std::span<const double> a, std::span<const double> b, double dt_s, double start_s,
            double stop_s) {
    if (a.empty() || b.empty()) return std::numeric_limits<double>::quiet_NaN();
    return 0.5 * (one_side(coincident_part(a, b, dt_s), tiled_part(b, dt_s, start_s, stop_s)) +
                  one_side(coincident_part(b, a, dt_s), tiled_part(a, dt_s, start_s, stop_s)));
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const Events& events = a.events("events");
    kept_from(events, a.number("discard"));
    const std::size_t n = sample_nodes(events, a.number("nodes"), 2).size();
    return {{"pair", n * (n - 1) / 2}};
}

Result run_row(const Arguments& a) {
    const Events& events = a.events("events");
    const double start_s = kept_from(events, a.number("discard"));
    const auto trains = trains_of(events, sample_nodes(events, a.number("nodes"), 2), start_s);
    const std::vector<double> all = pairwise(trains.size(), [&](std::size_t i, std::size_t j) {
        return sttc(trains[i], trains[j], a.number("coincidence"), start_s, events.stop_s);
    });
    Result result;
    result.add_vector("coefficients", "tiling coefficient of two nodes", {"pair", all.size()}, all);
    result.add_scalar("mean", "over the pairs that have one", mean_of_known(all));
    return result;
}

}  // namespace

Analysis rows::sttc() {
    return {"sttc",
            "Spike time tiling coefficient of pairs of neurons: correlation that does not depend on rates",
            {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"coincidence", "s", 5e-3, "events at most so far apart coincide", {}, positive},
             {"nodes", "", 100.0, "at most so many, taken evenly over the population", {}, {2, 2000}}},
            {{"coefficients",
              "of pairs (0,1), (0,2), ..., (1,2), ... of the nodes taken; NaN where one has no event",
              {"pair"}},
             {"mean", "over the pairs that have one; NaN without any"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
