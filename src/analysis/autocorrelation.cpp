// SPDX-License-Identifier: BSD-3-Clause
// Autocorrelation through the Fourier transform.
#include "analysis/autocorrelation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/errors.hpp"
#include "analysis/table.hpp"
#include "analysis/transform.hpp"

namespace neurodyn::analysis {
namespace {

double decay_time(std::span<const double> r, double interval_s) {
    const double level = 1 / std::numbers::e;
    for (std::size_t k = 1; k < r.size(); ++k)
        if (r[k] <= level)
            return interval_s * (static_cast<double>(k - 1) + (r[k - 1] - level) / (r[k - 1] - r[k]));
    return std::numeric_limits<double>::quiet_NaN();
}

// The channel, centred, into the first part of x; the rest zero, so that no lag wraps around.
void load_centred(const SeriesView& series, std::size_t channel, std::span<double> x) {
    const double first = series.at(0, channel);  // taken off first: nothing of a constant is left
    double mean = 0, squares = 0;
    for (std::size_t t = 0; t < series.samples; ++t) mean += series.at(t, channel) - first;
    mean = first + mean / static_cast<double>(series.samples);
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t t = 0; t < series.samples; ++t) {
        x[t] = series.at(t, channel) - mean;
        squares += x[t] * x[t];
    }
    const double rounding = 8 * std::numeric_limits<double>::epsilon() * std::abs(mean);
    if (squares <= static_cast<double>(series.samples) * rounding * rounding)
        throw DataError(fmt::format("series '{}': {} '{}' is constant ({}), so it has no autocorrelation",
                                    series.name, series.dimension, series.label(channel), mean),
                        series.name, series.label(channel));
}

// The next length of the form 2^a or 3 * 2^a: fast to transform.
std::size_t fast_length(std::size_t n) {
    std::size_t two = 1;
    while (two < n) two *= 2;
    return two / 4 * 3 >= n ? two / 4 * 3 : two;
}

// The longest lag in samples.
std::size_t lag_count(const SeriesView& series, double max_lag_s) {
    require_samples(series, 3, "an autocorrelation");
    const std::size_t lags = max_lag_s == 0 ? std::max<std::size_t>(series.samples / 4, 1)
                                            : samples_in(max_lag_s, series, "max_lag");
    if (lags < 1 || lags >= series.samples)
        throw OptionError(
            fmt::format("max_lag is {} s; series '{}' has {} samples of {} s, and a lag must be at least "
                        "one sample and shorter than the series",
                        max_lag_s, series.name, series.samples, series.interval_s),
            "max_lag");
    return lags;
}

}  // namespace

Autocorrelation autocorrelation(const SeriesView& whole, double max_lag_s, double discard_s) {
    const SeriesView series = without_start(whole, discard_s);
    const std::size_t lags = lag_count(series, max_lag_s);
    require_finite(series);
    Autocorrelation result;
    for (std::size_t k = 0; k <= lags; ++k)
        result.lag_s.push_back(static_cast<double>(k) * series.interval_s);
    RealTransform transform(fast_length(series.samples + lags));
    for (std::size_t c = 0; c < series.channels; ++c) {
        load_centred(series, c, transform.real());
        transform.forward();
        for (std::complex<double>& x : transform.complex()) x = std::norm(x);
        transform.backward();
        const std::span<double> r = transform.real();
        for (std::size_t k = 0; k <= lags; ++k) result.values.push_back(r[k] / r[0]);
        result.timescale_s.push_back(
            decay_time(std::span<const double>(result.values).subspan(c * (lags + 1)), series.interval_s));
    }
    return result;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    return {
        {"lag", lag_count(without_start(a.series("series"), a.number("discard")), a.number("max_lag")) + 1}};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const Autocorrelation r = autocorrelation(series, a.number("max_lag"), a.number("discard"));
    double mean = 0;
    for (const double t : r.timescale_s) mean += t / static_cast<double>(r.timescale_s.size());
    Result result;
    result.add({"autocorrelation",
                "autocorrelation",
                "",
                {channel_dimension(series), {"lag", r.lag_s.size(), "s", r.lag_s, {}}},
                r.values});
    result.add_vector("timescales", "time to fall to 1/e", channel_dimension(series), r.timescale_s, "s");
    result.add_scalar("timescale", "mean of the channels' timescales", mean, "s");
    return result;
}

}  // namespace

Analysis rows::autocorrelation() {
    return {"autocorrelation",
            "Autocorrelation of every channel, and the time in which it falls to 1/e",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"max_lag", "s", 0.0, "longest lag; 0: a quarter of the series", {}, not_negative}},
            {{"autocorrelation", "biased estimate", {"channel", "lag"}},
             {"timescales", "NaN when the longest lag is too short to tell", {"channel"}, "s"},
             {"timescale", "mean over channels; NaN when one of them is", {}, "s"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
