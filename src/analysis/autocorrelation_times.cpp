// SPDX-License-Identifier: BSD-3-Clause
// Windowed sums of autocorrelations, with their errors.
#include "analysis/autocorrelation_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "analysis/errors.hpp"
#include "analysis/exponential_fit.hpp"
#include "analysis/lagged_products.hpp"
#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t least_samples = 20, least_lags = 3;

// Deviations from the mean; none of a constant.
std::vector<double> centred(std::span<const double> x) {
    double sum = 0, squares = 0;
    for (const double v : x) sum += v - x[0];
    const double n = static_cast<double>(x.size()), mean = x[0] + sum / n;
    std::vector<double> y;
    for (const double v : x) y.push_back(v - mean), squares += y.back() * y.back();
    const double rounding = 8 * std::numeric_limits<double>::epsilon() * std::abs(mean);
    if (squares <= n * rounding * rounding) y.clear();
    return y;
}

// The first lag at which what is cut off is less than the noise of what is kept.
std::optional<std::size_t> window_of(const std::vector<double>& covariance, double samples, double factor) {
    double sum = 0;
    for (std::size_t w = 1; w < covariance.size(); ++w) {
        sum += covariance[w] / covariance[0];
        const double tau = sum > 0 ? factor / std::log((sum + 1) / sum) : 1e-10, lag = static_cast<double>(w);
        if (std::exp(-lag / tau) < tau / std::sqrt(lag * samples)) return w;
    }
    return std::nullopt;
}

}  // namespace

AutocorrelationTime autocorrelation_time(std::span<const double> x, double factor) {
    const std::vector<double> y = centred(x);
    if (y.empty()) return {nan, nan, nan, nan, nan};
    const double n = static_cast<double>(y.size());
    std::vector<double> c = lagged_products(y, y.size() / 2);
    for (std::size_t k = 0; k < c.size(); ++k) c[k] /= n - static_cast<double>(k);
    const double variance = c[0];
    const std::optional<std::size_t> window = window_of(c, n, factor);
    if (!window) return {nan, nan, nan, nan, nan};
    const auto end = c.begin() + static_cast<std::ptrdiff_t>(*window) + 1;
    const double w = static_cast<double>(*window), found = std::accumulate(c.begin(), end, 0.0) / c[0] - 0.5;
    AutocorrelationTime time;
    time.window = w;
    time.integrated = found * (1 + (2 * w + 1) / n);
    time.error = 2 * found * std::sqrt(std::abs(w + 0.5 - found) / n);
    // The mean that was taken off has the variance 2 found c(0)/n, which every covariance lacks.
    for (double& v : c) v += 2 * std::max(found, 0.0) * variance / n;
    const double corrected = c[0];
    for (double& v : c) v /= corrected;
    const std::size_t lags = std::min(std::max(*window, least_lags), c.size() - 1);
    const Decay decay = fit_decay(std::span<const double>(c).subspan(1, lags), false);
    time.fitted = -1 / std::log(decay.m);
    time.amplitude = decay.amplitude;
    return time;
}

namespace {

// What is analysed: channels of a series, or counts of nodes' events in bins.
struct Signals {
    std::size_t count = 0, samples = 0;
    double interval_s = 0;
    Dimension dimension;
};

Signals plan_signals(const Arguments& a) {
    if (const Events* events = std::get_if<Events>(&a.input("subject"))) {
        const double bin = a.number("bin") > 0 ? a.number("bin") : 4e-3;
        const std::size_t bins = plan_bins(*events, a.number("discard"), bin, "bin", least_samples).count;
        return {events->nodes, bins, bin, {"node", events->nodes}};
    }
    const SeriesView series = without_start(a.series("subject"), a.number("discard"));
    if (a.number("bin") > 0)
        throw OptionError("bin is of events; the samples of a series are taken as they are", "bin");
    require_samples(series, least_samples, "autocorrelation times");
    return {series.channels, series.samples, series.interval_s, channel_dimension(series)};
}

std::vector<AutocorrelationTime> times_of_events(const Arguments& a, const Signals& signals) {
    const Events& events = a.events("subject");
    std::vector<std::size_t> nodes(events.nodes);
    std::iota(nodes.begin(), nodes.end(), 0);
    const EventBins bins = plan_bins(events, a.number("discard"), signals.interval_s, "bin", least_samples);
    const std::vector<std::vector<double>> trains = trains_of(events, nodes, bins.start_s);
    std::vector<AutocorrelationTime> times(trains.size());
    parallel_for(trains.size(), [&](std::size_t i) {
        std::vector<double> counts(bins.count);
        for (const double t : trains[i])
            if (const std::size_t bin = bins.of(t); bin < bins.count) counts[bin] += 1;
        times[i] = autocorrelation_time(counts, a.number("factor"));
    });
    return times;
}

std::vector<AutocorrelationTime> times_of_series(const Arguments& a) {
    const SeriesView series = without_start(a.series("subject"), a.number("discard"));
    require_finite(series);
    std::vector<AutocorrelationTime> times(series.channels);
    parallel_for(series.channels, [&](std::size_t c) {
        const std::vector<double> x = channel_values(series, c);
        times[c] = autocorrelation_time(x, a.number("factor"));
        if (std::isnan(times[c].window) && centred(x).empty())
            throw DataError(fmt::format("series '{}': {} '{}' is constant ({}), so it has no autocorrelation",
                                        series.name, series.dimension, series.label(c), x[0]),
                            series.name, series.label(c));
    });
    return times;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_signals(a);
    return {};
}

Result run_row(const Arguments& a) {
    const Signals signals = plan_signals(a);
    const std::vector<AutocorrelationTime> times =
        a.has_series("subject") ? times_of_series(a) : times_of_events(a, signals);
    Result result;
    const auto add = [&](const char* name, const char* doc, const auto& value, const char* unit) {
        std::vector<double> values;
        for (const AutocorrelationTime& t : times) values.push_back(value(t));
        result.add_vector(name, doc, signals.dimension, values, unit);
        return mean_of_known(values);
    };
    const double dt = signals.interval_s;
    const double integrated = add(
        "integrated", "integrated autocorrelation time", [&](const auto& t) { return dt * t.integrated; },
        "s");
    add("error", "standard error of it", [&](const auto& t) { return dt * t.error; }, "s");
    const double fitted =
        add("fitted", "time of the exponential", [&](const auto& t) { return dt * t.fitted; }, "s");
    add("amplitude", "of the exponential at lag 0", [](const auto& t) { return t.amplitude; }, "");
    add("window", "longest lag", [&](const auto& t) { return dt * t.window; }, "s");
    add(
        "effective_samples", "independent samples with as precise a mean",
        [&](const auto& t) { return static_cast<double>(signals.samples) / (2 * t.integrated); }, "");
    result.add_scalar("mean_integrated", "mean over channels", integrated, "s");
    result.add_scalar("mean_fitted", "mean over channels", fitted, "s");
    return result;
}

}  // namespace

Analysis rows::autocorrelation_times() {
    return {
        "autocorrelation_times",
        "How long every channel remembers: integrated autocorrelation time with error, fitted exponential",
        {{"subject", {InputKind::series, InputKind::events}, true, "signals, or events to be counted"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"bin", "s", 0.0, "in which events are counted; 0: 4 ms", {}, not_negative},
         {"factor",
          "",
          1.5,
          "what the exponential time is at most, in integrated times: sets the longest lag",
          {},
          positive}},
        {{"integrated",
          "interval x (1/2 + sum of autocorrelations); NaN of a silent node, and where the series is too "
          "short",
          {"channel"},
          "s"},
         {"error", "standard error of `integrated`", {"channel"}, "s"},
         {"fitted", "tau of amplitude x exp(-lag/tau)", {"channel"}, "s"},
         {"amplitude", "of the exponential; below 1 where white noise is added", {"channel"}},
         {"window", "longest lag that counts", {"channel"}, "s"},
         {"effective_samples", "samples/(2 integrated/interval)", {"channel"}},
         {"mean_integrated", "mean over channels that have one", {}, "s"},
         {"mean_fitted", "mean over channels that have one", {}, "s"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
