// SPDX-License-Identifier: BSD-3-Clause
// Summary statistics of a series.
#include "analysis/summary_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/table.hpp"

namespace neurodyn::analysis {

SummaryStatistics summary_statistics(const SeriesView& whole, double discard_s) {
    const SeriesView series = without_start(whole, discard_s);
    require_finite(series);
    const std::size_t n = series.channels;
    SummaryStatistics s;
    s.mean.resize(n);
    s.standard_deviation.resize(n);
    s.minimum.assign(series.values.begin(), series.values.begin() + static_cast<std::ptrdiff_t>(n));
    s.maximum = s.minimum;
    const double count = static_cast<double>(series.samples);
    for (std::size_t t = 0; t < series.samples; ++t)
        for (std::size_t c = 0; c < n; ++c) {
            const double v = series.at(t, c);
            s.mean[c] += v;
            s.minimum[c] = std::min(s.minimum[c], v);
            s.maximum[c] = std::max(s.maximum[c], v);
        }
    for (double& m : s.mean) m /= count;
    for (std::size_t t = 0; t < series.samples; ++t)
        for (std::size_t c = 0; c < n; ++c) {
            const double d = series.at(t, c) - s.mean[c];
            s.standard_deviation[c] += d * d;
        }
    for (double& v : s.standard_deviation) v = std::sqrt(v / std::max(count - 1, 1.0));
    return s;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    without_start(a.series("series"), a.number("discard"));
    return {};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const SummaryStatistics s = summary_statistics(series, a.number("discard"));
    const Dimension channel = channel_dimension(series);
    const double total = std::accumulate(s.mean.begin(), s.mean.end(), 0.0);
    Result result;
    result.add_vector("mean", "mean over time", channel, s.mean, series.unit);
    result.add_vector("standard_deviation", "over time", channel, s.standard_deviation, series.unit);
    result.add_vector("minimum", "over time", channel, s.minimum, series.unit);
    result.add_vector("maximum", "over time", channel, s.maximum, series.unit);
    result.add_scalar("overall_mean", "over time and channels", total / static_cast<double>(series.channels),
                      series.unit);
    result.add_scalar("overall_minimum", "over time and channels",
                      *std::min_element(s.minimum.begin(), s.minimum.end()), series.unit);
    result.add_scalar("overall_maximum", "over time and channels",
                      *std::max_element(s.maximum.begin(), s.maximum.end()), series.unit);
    return result;
}

}  // namespace

Analysis rows::summary_statistics() {
    return {"summary_statistics",
            "Mean, standard deviation and extremes of every channel",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative}},
            {{"mean", "over time", {"channel"}, "@"},
             {"standard_deviation", "over time, divisor samples - 1", {"channel"}, "@"},
             {"minimum", "over time", {"channel"}, "@"},
             {"maximum", "over time", {"channel"}, "@"},
             {"overall_mean", "over time and channels", {}, "@"},
             {"overall_minimum", "over time and channels", {}, "@"},
             {"overall_maximum", "over time and channels", {}, "@"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
