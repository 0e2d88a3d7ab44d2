// SPDX-License-Identifier: BSD-3-Clause
// Crossings and extremes between samples.
#include "analysis/cycles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::size_t least_samples = 10;

// Where the cubic through values at -1, 0, 1, 2 (a line, at the borders) passes `level` within [0, 1].
double crossing(std::span<const double> x, std::size_t t, double level) {
    double low = 0.0, high = 1.0;
    if (t == 0 || t + 2 >= x.size()) return (level - x[t]) / (x[t + 1] - x[t]);
    const auto at = [&](double s) {
        return -x[t - 1] * s * (s - 1) * (s - 2) / 6 + x[t] * (s + 1) * (s - 1) * (s - 2) / 2 -
               x[t + 1] * (s + 1) * s * (s - 2) / 2 + x[t + 2] * (s + 1) * s * (s - 1) / 6;
    };
    for (int k = 0; k < 60; ++k) {
        const double middle = 0.5 * (low + high);
        (at(middle) < level ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

// The extreme of the parabola through sample t and its neighbours.
double extreme(std::span<const double> x, std::size_t t) {
    if (t == 0 || t + 1 >= x.size()) return x[t];
    const double bend = x[t - 1] - 2.0 * x[t] + x[t + 1], slope = 0.5 * (x[t + 1] - x[t - 1]);
    return bend == 0.0 || std::abs(slope) > std::abs(bend) ? x[t] : x[t] - 0.5 * slope * slope / bend;
}

}  // namespace

std::vector<Cycle> find_cycles(std::span<const double> x, double interval_s, double level,
                               double hysteresis) {
    std::vector<Cycle> cycles;
    bool armed = false, open = false;
    double start = 0.0;
    std::size_t first = 0;
    for (std::size_t t = 0; t + 1 < x.size(); ++t) {
        armed = armed || x[t] < level - hysteresis;
        if (!armed || !(x[t] < level && x[t + 1] >= level)) continue;
        const double now = static_cast<double>(t) + crossing(x, t, level);
        if (open) {
            const auto from = x.begin() + static_cast<std::ptrdiff_t>(first),
                       to = x.begin() + static_cast<std::ptrdiff_t>(t + 1);
            const auto [lowest, highest] = std::minmax_element(from, to);
            cycles.push_back({start * interval_s, (now - start) * interval_s,
                              extreme(x, static_cast<std::size_t>(highest - x.begin())),
                              extreme(x, static_cast<std::size_t>(lowest - x.begin()))});
        }
        open = true;
        armed = false;
        start = now;
        first = t;
    }
    return cycles;
}

namespace {

SeriesView kept(const Arguments& a) {
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    require_samples(series, least_samples, "cycles");
    return series;
}

// Mean and standard deviation (divisor n - 1); NaN where there is nothing to take it of.
std::pair<double, double> moments(const std::vector<Cycle>& cycles, double (*value)(const Cycle&)) {
    const auto n = static_cast<double>(cycles.size());
    double mean = 0.0, squares = 0.0;
    for (const Cycle& c : cycles) mean += value(c);
    mean /= n;
    for (const Cycle& c : cycles) squares += (value(c) - mean) * (value(c) - mean);
    return {mean, n > 1.0 ? std::sqrt(squares / (n - 1.0)) : std::numeric_limits<double>::quiet_NaN()};
}

std::vector<Cycle> cycles_of(const std::vector<double>& values, double interval_s, const Arguments& a) {
    const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
    const std::string& word = a.word("level");
    double level = 0.5 * (*lowest + *highest);
    if (word == "value") level = a.number("crossing");
    if (word == "mean") {
        level = 0.0;
        for (const double v : values) level += v / static_cast<double>(values.size());
    }
    return find_cycles(values, interval_s, level, a.number("hysteresis") * (*highest - *lowest));
}

Result run_row(const Arguments& a) {
    const SeriesView series = kept(a);
    require_finite(series);
    std::vector<double> counts, periods, deviations, frequencies, amplitudes, spread, highs, lows;
    for (std::size_t c = 0; c < series.channels; ++c) {
        const std::vector<Cycle> cycles = cycles_of(channel_values(series, c), series.interval_s, a);
        const auto [period, deviation] = moments(cycles, [](const Cycle& k) { return k.period_s; });
        const auto [amplitude, varied] = moments(cycles, [](const Cycle& k) { return k.highest - k.lowest; });
        counts.push_back(static_cast<double>(cycles.size()));
        periods.push_back(period);
        deviations.push_back(deviation);
        frequencies.push_back(1.0 / period);
        amplitudes.push_back(amplitude);
        spread.push_back(varied);
        highs.push_back(moments(cycles, [](const Cycle& k) { return k.highest; }).first);
        lows.push_back(moments(cycles, [](const Cycle& k) { return k.lowest; }).first);
    }
    const Dimension channel = channel_dimension(series);
    Result result;
    result.add_vector("period", "mean of the cycles", channel, periods, "s");
    result.add_vector("period_deviation", "standard deviation of the cycles", channel, deviations, "s");
    result.add_vector("frequency", "one over the mean period", channel, frequencies, "Hz");
    result.add_vector("amplitude", "from trough to crest, mean of the cycles", channel, amplitudes,
                      series.unit);
    result.add_vector("amplitude_deviation", "standard deviation of the cycles", channel, spread,
                      series.unit);
    result.add_vector("crest", "mean of the cycles", channel, highs, series.unit);
    result.add_vector("trough", "mean of the cycles", channel, lows, series.unit);
    result.add_vector("count", "whole cycles", channel, counts);
    return result;
}

}  // namespace

Analysis rows::cycles() {
    return {"cycles",
            "Periods and amplitudes of cycles between upward crossings of a level",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"level",
              "",
              std::string("middle"),
              "what is crossed: the middle of the range, the mean or a value",
              {"middle", "mean", "value"}},
             {"crossing", "", 0.0, "the level with level: value, in the series' unit"},
             {"hysteresis",
              "",
              0.1,
              "parts of the range by which values must have been below the level",
              {},
              {0, 1}}},
            {{"period", "mean; NaN without a whole cycle", {"channel"}, "s"},
             {"period_deviation", "standard deviation over cycles; NaN below two", {"channel"}, "s"},
             {"frequency", "one over the mean period", {"channel"}, "Hz"},
             {"amplitude", "from trough to crest, mean", {"channel"}, "@"},
             {"amplitude_deviation", "standard deviation over cycles", {"channel"}, "@"},
             {"crest", "mean of the cycles' highest values", {"channel"}, "@"},
             {"trough", "mean of the cycles' lowest values", {"channel"}, "@"},
             {"count", "whole cycles", {"channel"}}},
            run_row,
            [](const Arguments& a) {
                kept(a);
                return std::vector<Dimension>{};
            }};
}

}  // namespace neurodyn::analysis
