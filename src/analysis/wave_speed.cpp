// SPDX-License-Identifier: BSD-3-Clause
// Times of arrival, and the line through them.
#include "analysis/wave_speed.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/field_lines.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

double arrival(const SeriesView& series, std::size_t channel, double threshold) {
    for (std::size_t s = 1; s < series.samples; ++s) {
        const double before = series.at(s - 1, channel), now = series.at(s, channel);
        if (before < threshold && now >= threshold)
            return series.start_s +
                   (static_cast<double>(s - 1) + crossing(before, now, threshold)) * series.interval_s;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

WaveSpeed wave_speed(const SeriesView& series, const WaveSpeedOptions& options) {
    require_grid(series, 1, "the speed of a wave");
    require_finite(series);
    WaveSpeed result;
    std::vector<double> places, times;
    const bool everywhere = options.from_m == options.to_m;
    for (std::size_t i = 0; i < series.channels; ++i) {
        result.arrival_s.push_back(arrival(series, i, options.threshold));
        const double x = coordinate(series.grid, 0, static_cast<double>(i));
        if (!std::isfinite(result.arrival_s.back()) ||
            (!everywhere && (x < options.from_m || x > options.to_m)))
            continue;
        places.push_back(x);
        times.push_back(result.arrival_s.back());
    }
    if (places.size() < 3)
        throw DataError(
            fmt::format("{} points of '{}' are reached by the wave; its speed needs at least three",
                        places.size(), series.name),
            series.name);
    const auto n = static_cast<double>(places.size());
    double x = 0.0, t = 0.0, xx = 0.0, xt = 0.0;
    for (std::size_t k = 0; k < places.size(); ++k) {
        x += places[k] / n;
        t += times[k] / n;
    }
    for (std::size_t k = 0; k < places.size(); ++k) {
        xx += (places[k] - x) * (places[k] - x);
        xt += (places[k] - x) * (times[k] - t);
    }
    const double slowness = xt / xx;
    double squares = 0.0;
    for (std::size_t k = 0; k < places.size(); ++k) {
        const double off = times[k] - t - slowness * (places[k] - x);
        squares += off * off / n;
    }
    result.speed_m_per_s = 1.0 / slowness;
    result.deviation_s = std::sqrt(squares);
    return result;
}

namespace {

Dimension places(const Series& series) {
    Dimension position{"position", series.channels, "m", {}, {}};
    for (std::size_t i = 0; i < series.channels; ++i)
        position.values.push_back(coordinate(series.grid, 0, static_cast<double>(i)));
    return position;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    require_grid(a.series("field"), 1, "the speed of a wave");
    return {places(a.series("field"))};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("field");
    const WaveSpeed wave = wave_speed(series, {a.number("threshold"), a.number("from"), a.number("to")});
    Result result;
    result.add_scalar("speed", "below 0 towards lower x", wave.speed_m_per_s, "m/s");
    result.add_scalar("deviation", "of arrivals from an even speed", wave.deviation_s, "s");
    result.add_vector("arrival", "when each point is first reached", places(series), wave.arrival_s, "s");
    return result;
}

}  // namespace

Analysis rows::wave_speed() {
    return {
        "wave_speed",
        "Speed of a front or pulse on a line, from when it reaches each point",
        {{"field", {InputKind::series}, true, "all points of a population with a grid on a line or ring"}},
        {{"threshold", "", 0.0, "a point is reached when it first rises through it", {}, {}},
         {"from", "m", 0.0, "lowest x that counts", {}, {}},
         {"to", "m", 0.0, "highest x that counts; the same as `from`: all", {}, {}}},
        {{"speed", "of the line through places and times; below 0 towards lower x", {}, "m/s"},
         {"deviation", "root mean square of arrivals about that line", {}, "s"},
         {"arrival", "not a number where the wave does not come", {"position"}, "s"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
