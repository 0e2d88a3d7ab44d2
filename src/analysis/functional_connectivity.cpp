// SPDX-License-Identifier: BSD-3-Clause
// Running and whole-series covariance and correlation.
#include "analysis/functional_connectivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/comparison.hpp"
#include "analysis/errors.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::size_t block_samples = 256;

// Below this many values of a block a parallel region costs more than it saves.
constexpr std::size_t worth_threads = 100'000;

// A constant channel leaves only rounding errors of its mean: a spread of a few units in the last place.
bool constant(double sum_of_squares, double mean, std::size_t samples) {
    const double rounding = 8 * std::numeric_limits<double>::epsilon() * std::abs(mean);
    return sum_of_squares <= static_cast<double>(samples) * rounding * rounding;
}

std::string label(std::span<const std::string> labels, std::size_t channel) {
    return channel < labels.size() ? labels[channel] : fmt::format("{}", channel);
}

Matrix named(Matrix m, const SeriesView& series) {
    m.name = "functional connectivity of '" + series.name + "'";
    m.dimension = series.dimension;
    m.labels.assign(series.labels.begin(), series.labels.end());
    return m;
}

}  // namespace

CovarianceAccumulator::CovarianceAccumulator(std::size_t channels)
    // One more row than samples: the merge adds the shift of the mean as a weighted sample.
    : block_(channels, block_samples + 1),
      means_(panel_count(channels) * panel_width),
      products_(means_.size() * means_.size()) {}

void CovarianceAccumulator::add(std::span<const double> sample) {
    if (sample.size() != channels())
        throw ShapeError(fmt::format("a sample has {} values, but the accumulator has {} channels",
                                     sample.size(), channels()),
                         "sample", "accumulator");
    add(sample.data(), 1);
}

void CovarianceAccumulator::add(const double* first, std::size_t stride) {
    if (stride == 1) {
        block_.set(filled_, first);
    } else {
        for (std::size_t c = 0; c < channels(); ++c) block_.at(filled_, c) = first[c * stride];
    }
    if (++filled_ == block_samples) merge_block();
}

void CovarianceAccumulator::add(const SeriesView& series) {
    for (std::size_t t = 0; t < series.samples; ++t)
        add(series.values.subspan(t * series.channels, series.channels));
}

// M += M_block + (n m / (n + m)) d dT, d = mean_block - mean (Chan et al. 1983, eq. 2.1): the last term is
// one more row of the centred block, scaled by the root of its weight.
void CovarianceAccumulator::merge_block() {
    if (filled_ == 0) return;
    const double n = static_cast<double>(merged_), m = static_cast<double>(filled_);
    const double weight = std::sqrt(n * m / (n + m));
#pragma omp parallel for schedule(static) if (means_.size() * filled_ > worth_threads)
    for (std::size_t p = 0; p < block_.panels(); ++p) {
        double mean[panel_width];
        block_.centre(p, filled_, mean);
        double* total = &means_[p * panel_width];
        for (std::size_t c = 0; c < panel_width; ++c) {
            const double shift = mean[c] - total[c];
            block_.row(p, filled_)[c] = weight * shift;
            total[c] += shift * (m / (n + m));
        }
    }
    add_cross_products(block_, filled_ + 1, 0, block_.panels(), products_.data());
    merged_ += filled_;
    filled_ = 0;
}

CovarianceAccumulator CovarianceAccumulator::finished() const {
    CovarianceAccumulator all = *this;
    all.merge_block();
    return all;
}

std::vector<double> CovarianceAccumulator::means() const {
    const CovarianceAccumulator all = finished();
    return {all.means_.begin(), all.means_.begin() + static_cast<std::ptrdiff_t>(channels())};
}

Matrix CovarianceAccumulator::covariance() const {
    if (samples() < 2)
        throw DataError(fmt::format("a covariance needs at least 2 samples, there are {}", samples()), "");
    const CovarianceAccumulator all = finished();
    const std::size_t n = channels(), stride = means_.size();
    Matrix result = square_matrix(n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i; j < n; ++j)
            result(i, j) = result(j, i) = all.products_[i * stride + j] / static_cast<double>(samples() - 1);
    return result;
}

Matrix CovarianceAccumulator::correlation(std::span<const std::string> labels,
                                          const std::string& name) const {
    if (samples() < 3)
        throw DataError(
            fmt::format("'{}': a correlation needs at least 3 samples, there are {}", name, samples()), name);
    const CovarianceAccumulator all = finished();
    const std::size_t n = channels(), stride = means_.size();
    std::vector<double> scale(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double squares = all.products_[i * stride + i];
        if (!std::isfinite(squares))
            throw DataError(
                fmt::format("'{}': channel '{}' has values that are not finite or overflow when squared",
                            name, label(labels, i)),
                name, label(labels, i));
        if (constant(squares, all.means_[i], samples()))
            throw DataError(
                fmt::format("'{}': channel '{}' is constant (mean {}), so it has no correlation with "
                            "others; leave it out or record longer",
                            name, label(labels, i), all.means_[i]),
                name, label(labels, i));
        scale[i] = 1 / std::sqrt(squares);
    }
    Matrix result = square_matrix(n);
    for (std::size_t i = 0; i < n; ++i) {
        result(i, i) = 1;
        for (std::size_t j = i + 1; j < n; ++j)
            result(i, j) = result(j, i) =
                std::clamp(all.products_[i * stride + j] * scale[i] * scale[j], -1.0, 1.0);
    }
    result.labels.assign(labels.begin(), labels.end());
    return result;
}

std::vector<double> CovarianceAccumulator::state() const {
    std::vector<double> s{static_cast<double>(channels()), static_cast<double>(merged_),
                          static_cast<double>(filled_)};
    for (std::size_t t = 0; t < filled_; ++t)
        for (std::size_t p = 0; p < block_.panels(); ++p)
            s.insert(s.end(), block_.row(p, t), block_.row(p, t) + panel_width);
    s.insert(s.end(), means_.begin(), means_.end());
    s.insert(s.end(), products_.begin(), products_.end());
    return s;
}

CovarianceAccumulator CovarianceAccumulator::from_state(std::size_t channels, std::span<const double> state) {
    CovarianceAccumulator a(channels);
    const std::size_t width = a.means_.size();
    const double filled = state.size() < 3 ? -1 : state[2];
    if (!(filled >= 0 && filled < block_samples) || state[0] != static_cast<double>(channels) ||
        state.size() != 3 + width * (static_cast<std::size_t>(filled) + 1 + width))
        throw ShapeError(fmt::format("a saved covariance of {} values does not belong to {} channels",
                                     state.size(), channels),
                         "state", "accumulator");
    a.merged_ = static_cast<std::size_t>(state[1]);
    a.filled_ = static_cast<std::size_t>(filled);
    const double* next = state.data() + 3;
    for (std::size_t t = 0; t < a.filled_; ++t)
        for (std::size_t p = 0; p < a.block_.panels(); ++p, next += panel_width)
            std::copy_n(next, panel_width, a.block_.row(p, t));
    std::copy_n(next, width, a.means_.begin());
    std::copy_n(next + width, width * width, a.products_.begin());
    return a;
}

namespace {

CovarianceAccumulator products_of(const SeriesView& series, std::size_t least, const std::string& purpose) {
    require_samples(series, least, purpose);
    require_finite(series);
    CovarianceAccumulator sums(series.channels);
    sums.add(series);
    return sums;
}

Matrix correlation_of(const CovarianceAccumulator& sums, const SeriesView& series) {
    return named(sums.correlation(series.labels, series.name), series);
}

Matrix covariance_of(const CovarianceAccumulator& sums, const SeriesView& series) {
    Matrix c = named(sums.covariance(), series);
    c.name = "covariance of '" + series.name + "'";
    c.unit = series.unit.empty() ? "" : "(" + series.unit + ")^2";
    return c;
}

}  // namespace

Matrix functional_connectivity(const SeriesView& series, const FunctionalConnectivityOptions& options) {
    const SeriesView rest = without_start(series, options.discard_s);
    Matrix fc = correlation_of(products_of(rest, 3, "functional connectivity"), rest);
    return options.fisher_z ? fisher_z(std::move(fc)) : fc;
}

Matrix fisher_z(Matrix correlation) {
    require_square(correlation);
    for (std::size_t i = 0; i < correlation.rows; ++i)
        for (std::size_t j = 0; j < correlation.columns; ++j)
            correlation(i, j) = i == j ? 0 : std::atanh(correlation(i, j));
    return correlation;
}

Matrix covariance(const SeriesView& series, double discard_s) {
    const SeriesView rest = without_start(series, discard_s);
    return covariance_of(products_of(rest, 2, "a covariance"), rest);
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const Series& series = a.series("series");
    require_samples(without_start(series, a.number("discard")), 3, "functional connectivity");
    if (a.has("compare")) plan_comparison(channel_matrix_shape(series), a.matrix("compare"));
    return {};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    Result result;
    const SeriesView rest = without_start(series, a.number("discard"));
    const CovarianceAccumulator sums = products_of(rest, 3, "functional connectivity");
    const Matrix fc = correlation_of(sums, rest);
    result.add_matrix("fc", "functional connectivity", a.flag("fisher_z") ? fisher_z(fc) : fc);
    result.add_matrix("covariance", "covariance", covariance_of(sums, rest));
    if (a.has("compare")) add_comparison(result, fc, a.matrix("compare"));
    return result;
}

}  // namespace

Analysis rows::functional_connectivity() {
    return {
        "functional_connectivity",
        "Pearson correlation between the channels of a series",
        {{"series", {InputKind::series}, true, "what was recorded, e.g. a BOLD signal"},
         {"compare", {InputKind::matrix}, false, "a measured FC to compare with"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"fisher_z", "", false,
          "give atanh of every correlation (diagonal 0); comparisons are made before"}},
        with_comparison(
            {{"fc", "correlation matrix", {"channel", "other_channel"}},
             {"covariance", "covariance matrix, divisor samples - 1", {"channel", "other_channel"}, "@^2"}}),
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
