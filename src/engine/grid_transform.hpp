// SPDX-License-Identifier: BSD-3-Clause
// Discrete Fourier transforms of a grid's rows and columns, on FFTW, in pieces that threads can share.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>

namespace neurodyn::engine {

using Complex = std::complex<double>;

/// Columns that are transformed together.
inline constexpr std::size_t column_batch = 8;

/// Transforms of `width` x `height` real numbers. Plans are FFTW's estimates, never measurements, and each
/// row and batch of columns has the same plan whoever executes it, so that the same build gives the same bits
/// in every run and with any number of threads. Arrays start at multiples of 64 bytes.
class GridTransform {
  public:
    GridTransform(std::size_t width, std::size_t height);
    ~GridTransform();
    GridTransform(const GridTransform&) = delete;
    GridTransform& operator=(const GridTransform&) = delete;

    std::size_t width() const { return width_; }
    std::size_t height() const { return height_; }
    /// Of a transformed row, in whole batches; those beyond width / 2 are zero.
    std::size_t columns() const { return columns_; }

    /// `width` reals to width / 2 + 1 values.
    void forward_row(double* from, Complex* to) const;
    /// Back again; `from` is destroyed. Forward and backward multiply by width.
    void backward_row(Complex* from, double* to) const;
    /// `column_batch` columns of `height` values each, one after another, in place.
    void forward_columns(Complex* columns) const;
    void backward_columns(Complex* columns) const;

  private:
    struct Plans;
    std::size_t width_, height_, columns_;
    std::unique_ptr<Plans> plans_;
};

}  // namespace neurodyn::engine
