// SPDX-License-Identifier: BSD-3-Clause
// Variance of the population's mean over the mean variance of its members.
#include "analysis/chi_synchrony.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/errors.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::size_t least_samples = 10;

constexpr double rounding = 1e-15;

// 0 where the values differ by the rounding of their mean alone.
double variance(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double sum = 0.0, squares = 0.0;
    for (const double v : values) sum += v;
    const double mean = sum / n;
    for (const double v : values) squares += (v - mean) * (v - mean);
    const double variance = squares / n, least = rounding * mean * n;
    return variance > least * least ? variance : 0.0;
}

}  // namespace

ChiSynchrony chi_synchrony(const SeriesView& whole, double discard_s) {
    const SeriesView series = without_start(whole, discard_s);
    require_channels(series, 2, "synchrony");
    require_samples(series, least_samples, "synchrony");
    require_finite(series);
    const auto n = static_cast<double>(series.channels);
    ChiSynchrony result;
    std::vector<double> mean(series.samples, 0.0);
    for (std::size_t c = 0; c < series.channels; ++c) {
        const std::vector<double> values = channel_values(series, c);
        result.channel_variance += variance(values) / n;
        for (std::size_t t = 0; t < series.samples; ++t) mean[t] += values[t] / n;
    }
    result.population_variance = variance(mean);
    if (!(result.channel_variance > 0.0))
        throw DataError(
            fmt::format("series '{}': all channels are constant, so there is no synchrony to measure",
                        series.name),
            series.name);
    result.chi = std::sqrt(result.population_variance / result.channel_variance);
    return result;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    require_channels(series, 2, "synchrony");
    require_samples(series, least_samples, "synchrony");
    return {};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const ChiSynchrony s = chi_synchrony(series, a.number("discard"));
    const std::string unit = series.unit.empty() ? "" : "(" + series.unit + ")^2";
    Result result;
    result.add_scalar("chi", "synchrony of all channels", s.chi);
    result.add_scalar("population_variance", "over time, of the mean of all channels", s.population_variance,
                      unit);
    result.add_scalar("channel_variance", "over time, mean of all channels", s.channel_variance, unit);
    return result;
}

}  // namespace

Analysis rows::chi_synchrony() {
    return {"chi_synchrony",
            "Synchrony chi of many channels, e.g. membrane potentials: 1 in full synchrony, 1/sqrt(N) "
            "independent",
            {{"series", {InputKind::series}, true, "one quantity of all neurons"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative}},
            {{"chi", "sqrt(variance of the mean of all channels/mean of their variances)"},
             {"population_variance", "over time, of the mean of all channels", {}, "@^2"},
             {"channel_variance", "over time, mean of all channels", {}, "@^2"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
