// SPDX-License-Identifier: BSD-3-Clause
// Fluctuations about polynomials in windows of many lengths.
#include "analysis/detrended_fluctuation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

// Deviations from the mean, cumulated.
std::vector<double> profile_of(const SeriesView& s, std::size_t channel) {
    const double first = s.at(0, channel);
    double mean = 0, squares = 0, sum = 0;
    for (std::size_t t = 0; t < s.samples; ++t)
        mean += (s.at(t, channel) - first) / static_cast<double>(s.samples);
    std::vector<double> profile(s.samples);
    for (std::size_t t = 0; t < s.samples; ++t) {
        const double x = s.at(t, channel) - first - mean;
        squares += x * x;
        profile[t] = sum += x;
    }
    const double rounding = 8 * std::numeric_limits<double>::epsilon() * (std::abs(first) + std::abs(mean));
    if (!(squares > static_cast<double>(s.samples) * rounding * rounding))
        throw DataError(fmt::format("series '{}': {} '{}' is constant ({}), so it has no fluctuations",
                                    s.name, s.dimension, s.label(channel), first),
                        s.name, s.label(channel));
    return profile;
}

using Basis = std::vector<std::vector<double>>;

// Takes what lies along the basis out of v; the square sum of what is left.
double take_out(std::vector<double>& v, const Basis& basis) {
    for (const auto& q : basis) {
        double along = 0;
        for (std::size_t t = 0; t < v.size(); ++t) along += v[t] * q[t];
        for (std::size_t t = 0; t < v.size(); ++t) v[t] -= along * q[t];
    }
    double squares = 0;
    for (const double x : v) squares += x * x;
    return squares;
}

// Polynomials over n samples, each of length 1 and at right angles to all others: [order][sample].
Basis orthonormal(std::size_t n, std::size_t order) {
    Basis basis;
    for (std::size_t d = 0; d <= order; ++d) {
        std::vector<double> p(n);
        for (std::size_t t = 0; t < n; ++t)
            p[t] = std::pow((2 * static_cast<double>(t) + 1) / static_cast<double>(n) - 1,
                            static_cast<double>(d));
        take_out(p, basis);
        const double squares = take_out(p, basis);  // again, for what rounding left
        for (double& v : p) v /= std::sqrt(squares);
        basis.push_back(std::move(p));
    }
    return basis;
}

// Square sum of a window about its polynomial.
double residual(const double* y, std::size_t n, const Basis& basis, std::vector<double>& scratch) {
    scratch.assign(y, y + n);
    return take_out(scratch, basis);
}

double fluctuation(const std::vector<double>& profile, std::size_t n, std::size_t order) {
    const auto basis = orthonormal(n, order);
    std::vector<double> scratch;
    const std::size_t windows = profile.size() / n, rest = profile.size() - windows * n;
    double squares = 0;
    for (std::size_t w = 0; w < windows; ++w) {
        squares += residual(profile.data() + w * n, n, basis, scratch);
        if (rest > 0) squares += residual(profile.data() + rest + w * n, n, basis, scratch);
    }
    return std::sqrt(squares / static_cast<double>((rest > 0 ? 2 : 1) * windows * n));
}

std::vector<std::size_t> window_lengths(const SeriesView& s, const FluctuationOptions& o) {
    require_samples(s, 4 * (o.order + 2), "detrended fluctuation analysis");
    const std::size_t least =
        o.least_s == 0 ? std::max<std::size_t>(10, o.order + 2) : samples_in(o.least_s, s, "least");
    const std::size_t most = o.most_s == 0 ? s.samples / 10 : samples_in(o.most_s, s, "most");
    if (least < o.order + 2 || most > s.samples || most < 2 * least)
        throw OptionError(
            fmt::format(
                "windows of {} to {} samples do not suit series '{}' with {} samples: order {} needs {} "
                "samples or more, and the longest window is twice the shortest or more",
                least, most, s.name, s.samples, o.order, o.order + 2),
            most > s.samples ? "most" : "least");
    std::vector<std::size_t> lengths;
    for (std::size_t k = 0; k < o.windows; ++k) {
        const double part = static_cast<double>(k) / static_cast<double>(o.windows - 1);
        const double n = static_cast<double>(least) *
                         std::pow(static_cast<double>(most) / static_cast<double>(least), part);
        const auto length = static_cast<std::size_t>(std::llround(n));
        if (lengths.empty() || length > lengths.back()) lengths.push_back(length);
    }
    return lengths;
}

void fit_slope(const std::vector<double>& window_s, const double* f, DetrendedFluctuation& out) {
    const double n = static_cast<double>(window_s.size());
    double xm = 0, ym = 0, xx = 0, xy = 0, yy = 0;
    for (std::size_t k = 0; k < window_s.size(); ++k)
        xm += std::log(window_s[k]) / n, ym += std::log(f[k]) / n;
    for (std::size_t k = 0; k < window_s.size(); ++k) {
        const double x = std::log(window_s[k]) - xm, y = std::log(f[k]) - ym;
        xx += x * x, xy += x * y, yy += y * y;
    }
    out.exponent.push_back(xy / xx);
    out.exponent_error.push_back(std::sqrt(std::max(yy - xy * xy / xx, 0.0) / ((n - 2) * xx)));
}

}  // namespace

DetrendedFluctuation detrended_fluctuation(const SeriesView& series, const FluctuationOptions& options) {
    const std::vector<std::size_t> lengths = window_lengths(series, options);
    require_finite(series);
    DetrendedFluctuation out;
    for (const std::size_t n : lengths) out.window_s.push_back(static_cast<double>(n) * series.interval_s);
    out.fluctuation.resize(series.channels * lengths.size());
    parallel_for(series.channels, [&](std::size_t c) {
        const std::vector<double> profile = profile_of(series, c);
        for (std::size_t k = 0; k < lengths.size(); ++k)
            out.fluctuation[c * lengths.size() + k] = fluctuation(profile, lengths[k], options.order);
    });
    for (std::size_t c = 0; c < series.channels; ++c)
        fit_slope(out.window_s, out.fluctuation.data() + c * lengths.size(), out);
    return out;
}

namespace {

FluctuationOptions read_options(const Arguments& a) {
    return {a.number("least"), a.number("most"), whole(a, "windows"), whole(a, "order")};
}

std::vector<Dimension> plan_row(const Arguments& a) {
    return {{"window",
             window_lengths(without_start(a.series("series"), a.number("discard")), read_options(a)).size()}};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const DetrendedFluctuation d =
        detrended_fluctuation(without_start(series, a.number("discard")), read_options(a));
    double mean = 0;
    for (const double e : d.exponent) mean += e / static_cast<double>(d.exponent.size());
    Result result;
    result.add({"fluctuation",
                "about polynomials in windows",
                series.unit,
                {channel_dimension(series), {"window", d.window_s.size(), "s", d.window_s, {}}},
                d.fluctuation});
    result.add_vector("exponents", "slope of ln F over ln(window)", channel_dimension(series), d.exponent);
    result.add_vector("exponent_errors", "standard errors of the slopes", channel_dimension(series),
                      d.exponent_error);
    result.add_scalar("exponent", "mean over channels", mean);
    return result;
}

}  // namespace

Analysis rows::detrended_fluctuation() {
    return {"detrended_fluctuation",
            "Detrended fluctuation analysis: 0.5 without memory, above with long-range correlations",
            {{"series", {InputKind::series}, true, "e.g. the amplitude of an oscillation"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"least", "s", 0.0, "shortest window; 0: 10 samples", {}, not_negative},
             {"most", "s", 0.0, "longest window; 0: a tenth of the series", {}, not_negative},
             {"windows", "", 20.0, "lengths, evenly over their logarithm", {}, {3, 1000}},
             {"order", "", 1.0, "of the polynomial taken off each window", {}, {0, 5}}},
            {{"fluctuation", "root mean square about the polynomials", {"channel", "window"}, "@"},
             {"exponents", "slopes", {"channel"}},
             {"exponent_errors", "standard errors of the slopes", {"channel"}},
             {"exponent", "mean over channels"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
