// SPDX-License-Identifier: BSD-3-Clause
// Checks of the data that analyses read.
#include "analysis/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/errors.hpp"

namespace neurodyn::analysis {
namespace {

std::string called(const std::string& kind, const std::string& name) {
    return name.empty() ? kind : fmt::format("{} '{}'", kind, name);
}

std::string shape(const Matrix& m) { return fmt::format("{} x {}", m.rows, m.columns); }

void require_shape(const SeriesView& s) {
    if (s.values.size() == s.samples * s.channels) return;
    throw ShapeError(fmt::format("{} has {} values, but its shape is {} samples x {} channels",
                                 called("series", s.name), s.values.size(), s.samples, s.channels),
                     s.name, "");
}

}  // namespace

std::string SeriesView::label(std::size_t channel) const {
    return channel < labels.size() ? labels[channel] : fmt::format("{}", channel);
}

Series::operator SeriesView() const {
    return {values, samples, channels, interval_s, start_s, name, unit, dimension, labels, grid};
}

Matrix square_matrix(std::size_t n) {
    Matrix m;
    m.values.resize(n * n);
    m.rows = m.columns = n;
    return m;
}

std::vector<double> upper_triangle(const Matrix& matrix) {
    require_square(matrix);
    const std::size_t n = matrix.rows;
    std::vector<double> edges;
    edges.reserve(n * (n - std::min<std::size_t>(n, 1)) / 2);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j) edges.push_back(matrix(i, j));
    return edges;
}

void require_finite(const SeriesView& s) {
    require_shape(s);
    // A sum is finite only if every term is, which vectorises; the search follows when it is not.
    double sum = 0;
    for (const double v : s.values) sum += v - v;
    if (sum == 0) return;
    const auto bad =
        std::find_if_not(s.values.begin(), s.values.end(), [](double v) { return std::isfinite(v); });
    const auto index = static_cast<std::size_t>(bad - s.values.begin());
    const std::size_t sample = index / s.channels, channel = index % s.channels;
    throw DataError(fmt::format("{}: {} '{}' is {} at sample {} (t = {} s); analyses need finite values",
                                called("series", s.name), s.dimension, s.label(channel), *bad, sample,
                                s.start_s + static_cast<double>(sample) * s.interval_s),
                    s.name, s.label(channel), sample);
}

void require_finite(const Matrix& m) {
    for (std::size_t k = 0; k < m.values.size(); ++k)
        if (!std::isfinite(m.values[k]))
            throw DataError(fmt::format("{} is {} at row {}, column {}; analyses need finite values",
                                        called("matrix", m.name), m.values[k], k / m.columns, k % m.columns),
                            m.name);
}

void require_samples(const SeriesView& s, std::size_t minimum, const std::string& purpose) {
    if (s.channels == 0) throw DataError(fmt::format("{} has no channels", called("series", s.name)), s.name);
    if (!(s.interval_s > 0) || !std::isfinite(s.interval_s))
        throw DataError(fmt::format("{} has a sample interval of {} s; it must be positive",
                                    called("series", s.name), s.interval_s),
                        s.name);
    if (s.samples < minimum)
        throw DataError(
            fmt::format("{} has {} samples, too short for {}, which needs at least {}; record longer or "
                        "discard less",
                        called("series", s.name), s.samples, purpose, minimum),
            s.name);
}

void require_channels(const SeriesView& s, std::size_t minimum, const std::string& purpose) {
    if (s.channels >= minimum) return;
    throw DataError(fmt::format("{} has {} channel{}; {} needs at least {}", called("series", s.name),
                                s.channels, s.channels == 1 ? "" : "s", purpose, minimum),
                    s.name);
}

void require_square_shape(const Matrix& m) {
    if (m.rows != m.columns)
        throw ShapeError(
            fmt::format("{} is {}, a square matrix was expected", called("matrix", m.name), shape(m)), m.name,
            "");
}

void require_square(const Matrix& m) {
    require_square_shape(m);
    if (m.values.size() != m.rows * m.columns)
        throw ShapeError(fmt::format("{} has {} values, but its shape is {}", called("matrix", m.name),
                                     m.values.size(), shape(m)),
                         m.name, "");
}

void require_same_shape(const Matrix& a, const Matrix& b) {
    if (a.rows != b.rows || a.columns != b.columns)
        throw ShapeError(fmt::format("{} is {} and {} is {}; they must have the same shape",
                                     called("matrix", a.name), shape(a), called("matrix", b.name), shape(b)),
                         a.name, b.name);
    if (a.labels.size() != b.labels.size()) return;
    for (std::size_t i = 0; i < a.labels.size(); ++i)
        if (a.labels[i] != b.labels[i])
            throw ShapeError(
                fmt::format("row {} of {} is '{}', but row {} of {} is '{}'; bring both into the same "
                            "order",
                            i, called("matrix", a.name), a.labels[i], i, called("matrix", b.name),
                            b.labels[i]),
                a.name, b.name);
}

SeriesView without_start(const SeriesView& series, double discard_s) {
    require_samples(series, 1, "any analysis");
    const std::size_t first = samples_in(discard_s, series, "discard");
    if (first >= series.samples)
        throw OptionError(
            fmt::format("discard is {} s, but {} is only {} s long", discard_s, called("series", series.name),
                        static_cast<double>(series.samples) * series.interval_s),
            "discard");
    SeriesView rest = series;
    if (!series.values.empty()) {  // a shape alone has none
        require_shape(series);
        rest.values = series.values.subspan(first * series.channels);
    }
    rest.samples = series.samples - first;
    rest.start_s = series.start_s + static_cast<double>(first) * series.interval_s;
    return rest;
}

void require_grid(const SeriesView& series, std::size_t axes, const std::string& purpose) {
    const std::size_t has = series.grid.shape.size();
    if (has > 0 && (axes == 0 || has == axes)) return;
    const char* wanted = axes == 1 ? "a line" : axes == 2 ? "a plane" : "a grid";
    throw DataError(fmt::format("{}: {} needs a field on {}; its channels are {}",
                                called("series", series.name), purpose, wanted,
                                has == 0 ? "not all points of a grid (those of populations with a `grid` on "
                                           "a line or in a plane, recorded whole, are)"
                                : has == 1 ? "on a line"
                                           : "in a plane"),
                    series.name);
}

std::size_t samples_in(double duration_s, const SeriesView& series, const std::string& option) {
    const double count = duration_s / series.interval_s;
    if (!std::isfinite(count) || count < 0 || count > 1e15)
        throw OptionError(
            fmt::format("{} is {} s; a duration of 0 s or more was expected", option, duration_s), option);
    return static_cast<std::size_t>(std::llround(count));
}

std::vector<double> channel_values(const SeriesView& series, std::size_t channel) {
    std::vector<double> values(series.samples);
    for (std::size_t t = 0; t < series.samples; ++t) values[t] = series.at(t, channel);
    return values;
}

}  // namespace neurodyn::analysis
