// SPDX-License-Identifier: BSD-3-Clause
// Sliding-window functional connectivity.
#include "analysis/sliding_functional_connectivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/cross_products.hpp"
#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

// The window, every column centred and scaled to unit length, so that cross products are correlations.
void normalise(PackedBlock& x, const SeriesView& series, const Windows& windows, std::size_t w) {
    const std::size_t first = w * windows.step;
    for (std::size_t t = 0; t < windows.length; ++t) x.set(t, &series.values[(first + t) * series.channels]);
    const double count = static_cast<double>(windows.length);
    for (std::size_t p = 0; p < x.panels(); ++p) {
        double mean[panel_width], squares[panel_width] = {};
        x.centre(p, windows.length, mean);
        for (std::size_t t = 0; t < windows.length; ++t) {
            const double* row = x.row(p, t);
            for (std::size_t c = 0; c < panel_width; ++c) squares[c] += row[c] * row[c];
        }
        for (std::size_t c = 0; c < panel_width; ++c) {
            const std::size_t channel = p * panel_width + c;
            const double rounding = 8 * std::numeric_limits<double>::epsilon() * std::abs(mean[c]);
            if (channel < series.channels && squares[c] <= count * rounding * rounding)
                throw DataError(
                    fmt::format("series '{}': {} '{}' is constant ({}) in the window around t = {} s; "
                                "take a longer window",
                                series.name, series.dimension, series.label(channel), mean[c],
                                windows.centre_s[w]),
                    series.name, series.label(channel), first);
            squares[c] = channel < series.channels ? 1 / std::sqrt(squares[c]) : 0;
        }
        for (std::size_t t = 0; t < windows.length; ++t)
            for (std::size_t c = 0; c < panel_width; ++c) x.row(p, t)[c] *= squares[c];
    }
}

}  // namespace

Windows make_windows(const SeriesView& series, double window_s, double step_s) {
    require_samples(series, 3, "a sliding window");
    Windows windows;
    windows.length = samples_in(window_s, series, "window");
    windows.step = samples_in(step_s, series, "step");
    if (windows.length < 3)
        throw OptionError(fmt::format("window is {} s, {} samples of {} s; at least 3 samples are needed",
                                      window_s, windows.length, series.interval_s),
                          "window");
    if (windows.step < 1)
        throw OptionError(
            fmt::format("step is {} s, less than half a sample of {} s", step_s, series.interval_s), "step");
    if (windows.length > series.samples)
        throw OptionError(fmt::format("window is {} s, but series '{}' is only {} s long", window_s,
                                      series.name, static_cast<double>(series.samples) * series.interval_s),
                          "window");
    windows.count = (series.samples - windows.length) / windows.step + 1;
    for (std::size_t w = 0; w < windows.count; ++w)
        windows.centre_s.push_back(series.start_s +
                                   series.interval_s * (static_cast<double>(w * windows.step) +
                                                        static_cast<double>(windows.length - 1) / 2));
    return windows;
}

void detail::window_correlations(const SeriesView& series, const Windows& windows, std::size_t w,
                                 std::size_t first, std::size_t last, AlignedVector<double>& sums) {
    PackedBlock x(series.channels, windows.length);
    normalise(x, series, windows, w);
    const std::size_t stride = x.panels() * panel_width;
    sums.assign((last - first) * panel_width * stride, 0.0);
    add_cross_products(x, windows.length, first, last, sums.data(), 1);
}

namespace {

// Windows and edges; the values are still to come.
SlidingFunctionalConnectivity plan_edges(const SeriesView& series, double window_s, double step_s,
                                         std::size_t limit_bytes) {
    SlidingFunctionalConnectivity result;
    result.windows = make_windows(series, window_s, step_s);
    const std::size_t n = series.channels;
    if (n < 2)
        throw DataError(fmt::format("series '{}' has one channel; pairs need two", series.name), series.name);
    result.edges = n * (n - 1) / 2;
    const double bytes = 8.0 * static_cast<double>(result.edges) * static_cast<double>(result.windows.count);
    if (bytes > static_cast<double>(limit_bytes))
        throw OptionError(fmt::format("{} windows of {} pairs need {:.3g} GiB; take a longer step",
                                      result.windows.count, result.edges, bytes / (1 << 30)),
                          "step");
    return result;
}

}  // namespace

SlidingFunctionalConnectivity sliding_functional_connectivity(const SeriesView& series, double window_s,
                                                              double step_s, std::size_t limit_bytes) {
    SlidingFunctionalConnectivity result = plan_edges(series, window_s, step_s, limit_bytes);
    require_finite(series);
    const std::size_t n = series.channels, panels = panel_count(n), stride = panels * panel_width;
    result.values.resize(result.edges * result.windows.count);
    parallel_for(result.windows.count, [&](std::size_t w) {
        AlignedVector<double> sums;
        detail::window_correlations(series, result.windows, w, 0, panels, sums);
        double* out = &result.values[w * result.edges];
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j) *out++ = std::clamp(sums[i * stride + j], -1.0, 1.0);
    });
    return result;
}

namespace {

Matrix edge_matrix(const Series& series, const std::vector<double>& edges, double diagonal) {
    Matrix m = square_matrix(series.channels);
    m.labels = series.labels;
    m.dimension = series.dimension;
    const double* next = edges.data();
    for (std::size_t i = 0; i < m.rows; ++i) {
        m(i, i) = diagonal;
        for (std::size_t j = i + 1; j < m.rows; ++j) m(i, j) = m(j, i) = *next++;
    }
    return m;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const SlidingFunctionalConnectivity s =
        plan_edges(without_start(a.series("series"), a.number("discard")), a.number("window"),
                   a.number("step"), sliding_limit_bytes);
    return {{"window", s.windows.count}, {"edge", s.edges}};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const SlidingFunctionalConnectivity s = sliding_functional_connectivity(
        without_start(series, a.number("discard")), a.number("window"), a.number("step"));
    const std::size_t count = s.windows.count;
    std::vector<double> strength(count), mean(s.edges), spread(s.edges);
    for (std::size_t w = 0; w < count; ++w)
        for (std::size_t e = 0; e < s.edges; ++e) {
            strength[w] += s.values[w * s.edges + e] / static_cast<double>(s.edges);
            mean[e] += s.values[w * s.edges + e] / static_cast<double>(count);
        }
    for (std::size_t w = 0; w < count; ++w)
        for (std::size_t e = 0; e < s.edges; ++e)
            spread[e] += std::pow(s.values[w * s.edges + e] - mean[e], 2);
    for (double& v : spread) v = std::sqrt(v / static_cast<double>(count));
    const Dimension window{"window", count, "s", s.windows.centre_s, {}};
    Result result;
    result.add({"window_fc",
                "correlation of every pair of channels in every window",
                "",
                {window, {"edge", s.edges}},
                s.values});
    result.add_vector("mean_strength", "mean correlation in every window", window, strength);
    result.add_matrix("mean_fc", "mean over the windows", edge_matrix(series, mean, 1));
    result.add_matrix("fc_deviation", "standard deviation over the windows", edge_matrix(series, spread, 0));
    result.add_scalar("windows", "number of windows", static_cast<double>(count));
    return result;
}

}  // namespace

Analysis rows::sliding_functional_connectivity() {
    return {"sliding_functional_connectivity",
            "Pearson correlation between channels in a window that slides along the series",
            {{"series", {InputKind::series}, true, "what was recorded, e.g. a BOLD signal"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"window", "s", 60.0, "length of the window, rounded to whole samples", {}, positive},
             {"step", "s", 3.0, "from one window to the next, rounded to whole samples", {}, positive}},
            {{"window_fc", "edges are pairs (0,1), (0,2), ..., (1,2), ... of channels", {"window", "edge"}},
             {"mean_strength", "mean correlation in every window", {"window"}},
             {"mean_fc", "mean over the windows", {"channel", "other_channel"}},
             {"fc_deviation",
              "standard deviation over the windows (divisor: their number)",
              {"channel", "other_channel"}},
             {"windows", "number of windows"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
