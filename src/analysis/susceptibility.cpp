// SPDX-License-Identifier: BSD-3-Clause
// Fluctuations of a population's mean activity.
#include "analysis/susceptibility.hpp"

#include <fmt/format.h>

#include "analysis/avalanches.hpp"
#include "analysis/errors.hpp"
#include "analysis/spike_trains.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {

Susceptibility susceptibility(std::span<const double> totals, std::size_t nodes, const std::string& name) {
    if (totals.size() < 2)
        throw DataError(
            fmt::format("'{}' has {} samples; a susceptibility needs two or more", name, totals.size()),
            name);
    const double n = static_cast<double>(nodes), first = totals[0] / n,
                 samples = static_cast<double>(totals.size());
    Susceptibility s;
    for (const double x : totals) s.mean += (x / n - first) / samples;
    for (const double x : totals) {
        const double d = x / n - first - s.mean;
        s.variance += d * d / samples;
    }
    s.mean += first;
    s.susceptibility = n * s.variance;
    return s;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    if (a.has_series("subject"))
        require_samples(without_start(a.series("subject"), a.number("discard")), 3, "a susceptibility");
    else
        plan_bins(a.events("subject"), a.number("discard"), a.number("bin"), "bin", 3);
    return {};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    Susceptibility s;
    std::string unit;
    if (a.has_series("subject")) {
        const Series& series = a.series("subject");
        s = susceptibility(summed_series(without_start(series, a.number("discard")), 0).values,
                           series.channels, series.name);
        unit = series.unit;
    } else {
        const Events& events = a.events("subject");
        s = susceptibility(binned_events(events, a.number("bin"), a.number("discard")).values, events.nodes,
                           events.name);
    }
    const std::string square = unit.empty() ? "" : "(" + unit + ")^2";
    Result result;
    result.add_scalar("susceptibility", "nodes times variance", s.susceptibility, square);
    result.add_scalar("mean", "activity per node", s.mean, unit);
    result.add_scalar("variance", "of the mean activity over time", s.variance, square);
    return result;
}

}  // namespace

Analysis rows::susceptibility() {
    return {"susceptibility",
            "Variance of a population's mean activity times the number of nodes",
            {{"subject", {InputKind::events, InputKind::series}, true, "events, or a signal of every node"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"bin", "s", 4e-3, "of events; a series is taken sample by sample", {}, positive}},
            {{"susceptibility", "N (<a^2> - <a>^2)", {}, "@^2"},
             {"mean", "events per node and bin, or the signal's mean", {}, "@"},
             {"variance", "of the mean over nodes", {}, "@^2"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
