// SPDX-License-Identifier: BSD-3-Clause
// Functional connectivity dynamics by blocks of edges.
#include "analysis/functional_connectivity_dynamics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "analysis/comparison.hpp"
#include "analysis/cross_products.hpp"
#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/parallel.hpp"
#include "analysis/shared_windows.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double block_bytes = 64 << 20;

// Edges from channels of the panels first to last, each with its correlation in all windows: [edge][window].
void edge_block(const SeriesView& series, const Windows& windows, std::size_t first, std::size_t last,
                std::vector<double>& edges) {
    const std::size_t n = series.channels, stride = panel_count(n) * panel_width;
    const std::size_t begin = first * panel_width, end = std::min(last * panel_width, n);
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) count += n - i - 1;
    edges.resize(count * windows.count);
    parallel_for(windows.count, [&](std::size_t w) {
        AlignedVector<double> sums;
        detail::window_correlations(series, windows, w, first, last, sums);
        double* out = edges.data() + w;
        for (std::size_t i = begin; i < end; ++i)
            for (std::size_t j = i + 1; j < n; ++j, out += windows.count)
                *out = sums[(i - begin) * stride + j];
    });
}

void add_edges(CovarianceAccumulator& sums, std::span<const double> edges) {
    for (std::size_t e = 0; e < edges.size(); e += sums.channels())
        sums.add(edges.subspan(e, sums.channels()));
}

// Every window centred on its own.
void add_windows_one_by_one(CovarianceAccumulator& sums, const SeriesView& series, const Windows& windows) {
    const std::size_t panels = panel_count(series.channels);
    const double panel_bytes = 8.0 * panel_width * static_cast<double>(series.channels * windows.count);
    const std::size_t step = std::max<std::size_t>(static_cast<std::size_t>(block_bytes / panel_bytes), 1);
    std::vector<double> edges;
    for (std::size_t first = 0; first < panels; first += step) {
        edge_block(series, windows, first, std::min(first + step, panels), edges);
        add_edges(sums, edges);
    }
}

// What windows have in common computed once, a thousand edges at a time.
void add_windows_together(CovarianceAccumulator& sums, const SharedWindows& shared, std::size_t channels) {
    constexpr std::size_t group = 64, block = 16 * group;
    const std::size_t count = sums.channels();
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    std::vector<double> edges(block * count);
    const auto flush = [&] {
        parallel_for((pairs.size() + group - 1) / group, [&](std::size_t g) {
            SharedWindows::Scratch scratch;
            for (std::size_t e = g * group; e < std::min((g + 1) * group, pairs.size()); ++e)
                shared.correlations(pairs[e].first, pairs[e].second, &edges[e * count], scratch);
        });
        add_edges(sums, std::span(edges).first(pairs.size() * count));
        pairs.clear();
    };
    for (std::size_t i = 0; i < channels; ++i)
        for (std::size_t j = i + 1; j < channels; ++j) {
            pairs.emplace_back(i, j);
            if (pairs.size() == block) flush();
        }
    if (!pairs.empty()) flush();
}

// Of two windows in the distribution.
std::size_t least_distance(const Windows& windows, bool without_overlaps) {
    return without_overlaps ? std::max<std::size_t>((windows.length + windows.step - 1) / windows.step, 1)
                            : 1;
}

std::vector<std::string> window_names(const Windows& windows) {
    std::vector<std::string> names;
    for (const double t : windows.centre_s) names.push_back(fmt::format("window around t = {} s", t));
    return names;
}

}  // namespace

std::vector<double> FunctionalConnectivityDynamics::distribution(bool without_overlaps) const {
    const std::size_t apart = least_distance(windows, without_overlaps);
    std::vector<double> values;
    for (std::size_t i = 0; i < fcd.rows; ++i)
        for (std::size_t j = i + apart; j < fcd.columns; ++j) values.push_back(fcd(i, j));
    return values;
}

namespace {

Windows plan_windows(const SeriesView& series, double window_s, double step_s) {
    Windows windows = make_windows(series, window_s, step_s);
    if (windows.count < 2)
        throw OptionError(
            fmt::format("series '{}' ({} s) has only one window of {} s at a step of {} s; FC dynamics "
                        "need two",
                        series.name, static_cast<double>(series.samples) * series.interval_s, window_s,
                        step_s),
            "window");
    if (series.channels < 3)
        throw DataError(fmt::format("series '{}' has {} channels; FC dynamics need at least 3", series.name,
                                    series.channels),
                        series.name);
    return windows;
}

}  // namespace

FunctionalConnectivityDynamics functional_connectivity_dynamics(const SeriesView& series, double window_s,
                                                                double step_s) {
    FunctionalConnectivityDynamics result;
    result.windows = plan_windows(series, window_s, step_s);
    require_finite(series);
    const Windows& windows = result.windows;
    // Windows are the channels here and edges the samples: the same running correlation as for FC.
    CovarianceAccumulator sums(windows.count);
    const SharedWindows shared(series, windows);
    if (shared.precise())
        add_windows_together(sums, shared, series.channels);
    else
        add_windows_one_by_one(sums, series, windows);
    result.fcd = sums.correlation(window_names(windows), "FC dynamics of " + series.name);
    result.fcd.name = "FC dynamics of '" + series.name + "'";
    result.fcd.dimension = "window";
    result.fcd.labels.clear();
    return result;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const Windows windows = plan_windows(without_start(a.series("series"), a.number("discard")),
                                         a.number("window"), a.number("step"));
    const std::size_t apart = least_distance(windows, a.flag("without_overlaps"));
    if (windows.count <= apart)
        throw OptionError("no two windows are without overlap; take a shorter window or record longer",
                          "without_overlaps");
    if (const Matrix* measured = a.has("compare") ? std::get_if<Matrix>(&a.input("compare")) : nullptr)
        require_square_shape(*measured);
    const std::size_t n = windows.count - apart;
    return {{"window", windows.count}, {"other_window", windows.count}, {"pair", n * (n + 1) / 2}};
}

Result run_row(const Arguments& a) {
    const FunctionalConnectivityDynamics d = functional_connectivity_dynamics(
        without_start(a.series("series"), a.number("discard")), a.number("window"), a.number("step"));
    const std::vector<double> values = d.distribution(a.flag("without_overlaps"));
    if (values.empty())
        throw OptionError("no two windows are without overlap; take a shorter window or record longer",
                          "without_overlaps");
    const double count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double variance = 0;
    for (const double v : values) variance += (v - mean) * (v - mean) / count;
    const Dimension window{"window", d.windows.count, "s", d.windows.centre_s, {}};
    Dimension other = window;
    other.name = "other_window";
    Result result;
    result.add({"fcd", "correlation of the FC of two windows", "", {window, other}, d.fcd.values});
    result.add_vector("distribution", "values above the diagonal", {"pair", values.size()}, values);
    result.add_scalar("mean", "mean of the distribution", mean);
    result.add_scalar("variance", "variance of the distribution", variance);
    if (a.has("compare"))
        result.add_scalar("ks_distance", "Kolmogorov-Smirnov distance to the distribution compared with",
                          ks_distance(values, a.distribution("compare")));
    return result;
}

}  // namespace

Analysis rows::functional_connectivity_dynamics() {
    return {"functional_connectivity_dynamics",
            "Correlation between the functional connectivity of any two windows",
            {{"series", {InputKind::series}, true, "what was recorded, e.g. a BOLD signal"},
             {"compare",
              {InputKind::vector, InputKind::matrix},
              false,
              "a measured distribution of FCD values, or a measured FCD matrix"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"window", "s", 60.0, "length of the window, rounded to whole samples", {}, positive},
             {"step", "s", 3.0, "from one window to the next, rounded to whole samples", {}, positive},
             {"without_overlaps", "", false,
              "leave pairs of windows that share samples out of the distribution"}},
            {{"fcd", "correlation of the FC of two windows", {"window", "other_window"}},
             {"distribution", "the values above its diagonal, row by row", {"pair"}},
             {"mean", "mean of the distribution"},
             {"variance", "variance of the distribution (divisor: the number of values)"},
             {"ks_distance",
              "Kolmogorov-Smirnov distance between the distribution and that of `compare`",
              {},
              "",
              {"compare"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
