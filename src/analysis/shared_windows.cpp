// SPDX-License-Identifier: BSD-3-Clause
// Sums of products in sliding windows by doubling.
#include "analysis/shared_windows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace neurodyn::analysis {
namespace {

// More deviations of a window's mean from the series', squared, cost more than four digits.
constexpr double worst_offset = 1e4;

struct Cut {
    std::size_t step, count, pieces, rest, row;
};

// Lanes are windows: every instruction set gives the same bits.
[[gnu::always_inline]] inline void add_products(double* sum, const double* a, const double* b,
                                                std::size_t n) {
    for (std::size_t k = 0; k < n; ++k) sum[k] += a[k] * b[k];
}

[[gnu::always_inline]] inline void window_sums_of(const Cut& c, const double* a, const double* b,
                                                  double* piece, double* out) {
    std::fill_n(piece, c.row, 0.0);
    for (std::size_t u = 0; u < c.rest; ++u) add_products(piece, a + u * c.row, b + u * c.row, c.row);
    std::copy_n(piece + c.pieces, c.count, out);
    if (c.pieces == 0) return;
    for (std::size_t u = c.rest; u < c.step; ++u) add_products(piece, a + u * c.row, b + u * c.row, c.row);
    std::size_t from = 0;
    for (std::size_t block = 1;; block *= 2) {  // piece[k] is the sum of pieces k to k + block - 1
        if ((c.pieces & block) != 0) {
            for (std::size_t w = 0; w < c.count; ++w) out[w] += piece[w + from];
            from += block;
        }
        if (from == c.pieces) return;
        for (std::size_t k = 0; k + 2 * block <= c.row; ++k) piece[k] += piece[k + block];
    }
}

void sums_base(const Cut& c, const double* a, const double* b, double* piece, double* out) {
    window_sums_of(c, a, b, piece, out);
}

#ifdef __x86_64__
using Sums = void (*)(const Cut&, const double*, const double*, double*, double*);
[[gnu::target("avx2")]] void sums_avx2(const Cut& c, const double* a, const double* b, double* piece,
                                       double* out) {
    window_sums_of(c, a, b, piece, out);
}
#endif

void window_sums(const Cut& c, const double* a, const double* b, double* piece, double* out) {
#ifdef __x86_64__
    static const Sums sums = __builtin_cpu_supports("avx2") ? sums_avx2 : sums_base;
    sums(c, a, b, piece, out);
#else
    sums_base(c, a, b, piece, out);
#endif
}

double mean_of(const SeriesView& series, std::size_t channel) {
    const double first = series.at(0, channel);
    double sum = 0;
    for (std::size_t t = 0; t < series.samples; ++t) sum += series.at(t, channel) - first;
    return first + sum / static_cast<double>(series.samples);
}

}  // namespace

SharedWindows::SharedWindows(const SeriesView& series, const Windows& windows)
    : length_(windows.length),
      step_(windows.step),
      count_(windows.count),
      pieces_(length_ / step_),
      rest_(length_ % step_),
      row_(count_ + pieces_),
      values_(series.channels * std::min(step_, length_) * row_),
      inverse_(series.channels * count_),
      offset_(series.channels * count_) {
    const std::size_t width = std::min(step_, length_);
    const std::vector<double> ones(width * row_, 1.0);
    for (std::size_t c = 0; c < series.channels; ++c) {
        const double mean = mean_of(series, c);
        double* own = &values_[c * width * row_];
        for (std::size_t u = 0; u < width; ++u)
            for (std::size_t k = 0; k < row_ && k * step_ + u < series.samples; ++k)
                own[u * row_ + k] = series.at(k * step_ + u, c) - mean;
        scale_channel(c, mean, ones);
    }
}

void SharedWindows::scale_channel(std::size_t channel, double mean, const std::vector<double>& ones) {
    const double* own = &values_[channel * ones.size()];
    std::vector<double> squares(count_), total(count_);
    Scratch scratch;
    sums(own, own, squares.data(), scratch);
    sums(own, ones.data(), total.data(), scratch);
    const double n = static_cast<double>(length_);
    for (std::size_t w = 0; w < count_; ++w) {
        const double offset = total[w] / n, about = squares[w] - offset * total[w];
        const double rounding = 8 * std::numeric_limits<double>::epsilon() * std::abs(mean + offset);
        precise_ = precise_ && about > n * rounding * rounding && offset * total[w] <= worst_offset * about;
        inverse_[channel * count_ + w] = 1 / std::sqrt(about);
        offset_[channel * count_ + w] = std::sqrt(n) * offset / std::sqrt(about);
    }
}

void SharedWindows::sums(const double* a, const double* b, double* out, Scratch& scratch) const {
    scratch.resize(row_);
    window_sums({step_, count_, pieces_, rest_, row_}, a, b, scratch.data(), out);
}

void SharedWindows::correlations(std::size_t i, std::size_t j, double* out, Scratch& scratch) const {
    const std::size_t size = std::min(step_, length_) * row_;
    sums(&values_[i * size], &values_[j * size], out, scratch);
    const double *x = &inverse_[i * count_], *y = &inverse_[j * count_];
    const double *a = &offset_[i * count_], *b = &offset_[j * count_];
    for (std::size_t w = 0; w < count_; ++w) out[w] = out[w] * x[w] * y[w] - a[w] * b[w];
}

}  // namespace neurodyn::analysis
