// SPDX-License-Identifier: BSD-3-Clause
// Cross-correlations by products of Fourier transforms, with a test by surrogates.
#include "analysis/cross_correlation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/surrogates.hpp"
#include "analysis/table.hpp"
#include "analysis/transform.hpp"

namespace neurodyn::analysis {
namespace {

using Complex = std::complex<double>;
constexpr std::size_t least_samples = 10;

std::size_t lags_of(const SeriesView& series, double max_lag_s) {
    require_channels(series, 2, "a cross-correlation");
    require_samples(series, least_samples, "a cross-correlation");
    const std::size_t lags =
        max_lag_s == 0.0 ? series.samples / 10 : samples_in(max_lag_s, series, "max_lag");
    if (lags > 0 && lags < series.samples) return lags;
    throw OptionError(
        fmt::format("max_lag is {} s; it must be at least the interval of {} s and shorter than "
                    "series '{}', {} s",
                    max_lag_s, series.interval_s, series.name,
                    static_cast<double>(series.samples) * series.interval_s),
        "max_lag");
}

std::vector<double> lag_times(std::size_t lags, double interval_s) {
    std::vector<double> all;
    for (std::size_t k = 0; k <= 2 * lags; ++k)
        all.push_back((static_cast<double>(k) - static_cast<double>(lags)) * interval_s);
    return all;
}

// Transforms of the channels, zeros added, of unit sum of squares about their means: [channel][bin].
std::vector<Complex> spectra(const SeriesView& series, std::size_t length) {
    const std::size_t bins = length / 2 + 1, n = series.samples;
    std::vector<Complex> all(series.channels * bins);
    parallel_for(series.channels, [&](std::size_t c) {
        RealTransform transform(length);
        double mean = 0.0, squares = 0.0;
        for (std::size_t t = 0; t < n; ++t) mean += series.at(t, c) / static_cast<double>(n);
        std::fill(transform.real().begin(), transform.real().end(), 0.0);
        for (std::size_t t = 0; t < n; ++t) {
            const double x = series.at(t, c) - mean;
            transform.real()[t] = x;
            squares += x * x;
        }
        if (!(squares > 1e-30 * mean * mean * static_cast<double>(n)))
            throw DataError(
                fmt::format("series '{}': {} '{}' is constant ({}), so it has no correlation with "
                            "others; leave it out",
                            series.name, series.dimension, series.label(c), mean),
                series.name, series.label(c));
        transform.forward();
        for (std::size_t k = 0; k < bins; ++k)
            all[c * bins + k] = transform.complex()[k] / std::sqrt(squares);
    });
    return all;
}

// The place and value of the extremum near `at` of a parabola through it and its neighbours.
void refine(const double* values, std::size_t at, std::size_t count, double interval_s, double& lag_s,
            double& peak) {
    peak = values[at];
    if (at == 0 || at + 1 == count) return;
    const double before = values[at - 1], after = values[at + 1], bend = before - 2.0 * peak + after;
    if (bend == 0.0) return;
    const double shift = 0.5 * (before - after) / bend;
    lag_s += shift * interval_s;
    peak -= 0.25 * (before - after) * shift;
}

}  // namespace

CrossCorrelation cross_correlation(const SeriesView& whole, double discard_s, double max_lag_s) {
    const SeriesView series = without_start(whole, discard_s);
    const std::size_t lags = lags_of(series, max_lag_s), n = series.channels;
    require_finite(series);
    const std::size_t length = series.samples + lags, bins = length / 2 + 1, width = 2 * lags + 1;
    const std::vector<Complex> x = spectra(series, length);
    CrossCorrelation result;
    result.lag_s = lag_times(lags, series.interval_s);
    const std::size_t pairs = n * (n - 1) / 2;
    result.function.resize(pairs * width);
    result.lag_of_peak_s.resize(pairs);
    result.peak.resize(pairs);
    parallel_for(n - 1, [&](std::size_t i) {
        RealTransform transform(length);
        std::size_t pair = i * (2 * n - i - 1) / 2;
        for (std::size_t j = i + 1; j < n; ++j, ++pair) {
            for (std::size_t k = 0; k < bins; ++k)
                transform.complex()[k] = std::conj(x[i * bins + k]) * x[j * bins + k];
            transform.backward();
            double* out = &result.function[pair * width];
            for (std::size_t k = 0; k < width; ++k)
                out[k] = transform.real()[(k + length - lags) % length] / static_cast<double>(length);
            const auto at = static_cast<std::size_t>(
                std::max_element(out, out + width,
                                 [](double a, double b) { return std::abs(a) < std::abs(b); }) -
                out);
            result.lag_of_peak_s[pair] = result.lag_s[at];
            refine(out, at, width, series.interval_s, result.lag_of_peak_s[pair], result.peak[pair]);
        }
    });
    return result;
}

namespace {

std::vector<double> sizes(std::vector<double> values) {
    for (double& v : values) v = std::abs(v);
    return values;
}

std::vector<double> p_values(const Arguments& a, const CrossCorrelation& found) {
    const SurrogateOptions options = read_surrogate_options(a);
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    SurrogateTest test(sizes(found.peak));
    for (std::size_t s = 0; s < options.count; ++s)
        test.add(sizes(
            cross_correlation(make_surrogate(series, options.kind, options.seed, s), 0.0, a.number("max_lag"))
                .peak));
    return test.p_values();
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    const std::size_t lags = lags_of(series, a.number("max_lag"));
    return {pair_dimension(series), {"lag", 2 * lags + 1, "s", lag_times(lags, series.interval_s), {}}};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const CrossCorrelation c = cross_correlation(series, a.number("discard"), a.number("max_lag"));
    const std::size_t width = c.lag_s.size(), pairs = c.peak.size();
    const Dimension lag{"lag", width, "s", c.lag_s, {}};
    std::vector<double> mean(width);
    for (std::size_t k = 0; k < c.function.size(); ++k)
        mean[k % width] += c.function[k] / static_cast<double>(pairs);
    Result result;
    result.add(pair_matrix("maximum", "the cross-correlation farthest from 0", c.peak, 1.0, series));
    result.add(pair_matrix("lag", "where it is", c.lag_of_peak_s, 0.0, series, -1.0, "s"));
    result.add(
        {"functions", "cross-correlation of each pair", "", {pair_dimension(series), lag}, c.function});
    result.add_vector("mean", "mean over pairs", lag, mean);
    if (a.has_word("surrogates"))
        result.add(pair_matrix("p", "part of the surrogates with as large a maximum", p_values(a, c),
                               std::numeric_limits<double>::quiet_NaN(), series));
    return result;
}

std::vector<OptionSpec> options() {
    std::vector<OptionSpec> all{
        {"discard", "s", 0.0, "time left out at the start", {}, not_negative},
        {"max_lag", "s", 0.0, "longest lag to either side; 0: a tenth of the series", {}, not_negative}};
    for (OptionSpec& option : surrogate_option_specs()) all.push_back(std::move(option));
    return all;
}

}  // namespace

Analysis rows::cross_correlation() {
    const std::vector<std::string> pair{"channel", "other_channel"};
    return {"cross_correlation",
            "Cross-correlation of pairs of channels, its largest value and the lag of it",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            options(),
            {{"maximum", "the value farthest from 0, refined between samples", pair},
             {"lag", "where it is: positive where the column follows the row", pair, "s"},
             {"functions", "of each pair", {"pair", "lag"}},
             {"mean", "mean over pairs", {"lag"}},
             {"p", "(1 + surrogates with as large a maximum)/(1 + surrogates)", pair, "", {"surrogates"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
