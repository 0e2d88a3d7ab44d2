// SPDX-License-Identifier: BSD-3-Clause
// The kernel of every covariance and correlation here: sums of products of all pairs of columns.
#pragma once

#include <cstddef>

#include "base/aligned.hpp"

namespace neurodyn::analysis {

/// Columns are kept in panels of this many, so that a panel of one block of samples stays in cache.
inline constexpr std::size_t panel_width = 24;

constexpr std::size_t panel_count(std::size_t columns) { return (columns + panel_width - 1) / panel_width; }

/// Up to `capacity` samples of `columns` columns, packed as [panel][sample][column within panel]; unused
/// columns of the last panel are zero.
class PackedBlock {
  public:
    PackedBlock(std::size_t columns, std::size_t capacity);
    std::size_t columns() const { return columns_; }
    std::size_t panels() const { return panel_count(columns_); }
    std::size_t capacity() const { return capacity_; }
    /// The row of `sample` in `panel`: panel_width values.
    double* row(std::size_t panel, std::size_t sample) {
        return &values_[(panel * capacity_ + sample) * panel_width];
    }
    const double* row(std::size_t panel, std::size_t sample) const {
        return &values_[(panel * capacity_ + sample) * panel_width];
    }
    double& at(std::size_t sample, std::size_t column) {
        return row(column / panel_width, sample)[column % panel_width];
    }
    /// Copies one sample of all columns.
    void set(std::size_t sample, const double* values);
    /// Takes the mean over the first `samples` samples off every column of a panel; `mean` receives
    /// panel_width values. A constant column becomes exactly zero.
    void centre(std::size_t panel, std::size_t samples, double* mean);

  private:
    std::size_t columns_, capacity_;
    AlignedVector<double> values_;
};

/// sums[i * stride + j] += sum over t in 0 .. samples - 1 of x[t][i] * x[t][j], for columns i of the panels
/// `first_panel` to `last_panel` (exclusive) and columns j of the panels from i's own on (the upper
/// triangle). Row i of `sums` is the (i - first_panel * panel_width)-th; `stride` is panels * panel_width.
///
/// Every sum runs over t in order in chunks of 64 samples, each product fused with its addition, so that the
/// bits do not depend on the vector width or the number of threads (panels are shared among `threads` OpenMP
/// threads; 0: the default).
void add_cross_products(const PackedBlock& x, std::size_t samples, std::size_t first_panel,
                        std::size_t last_panel, double* sums, int threads = 0);

/// The name of the instruction set that add_cross_products uses here: "avx512f", "avx2" or "baseline".
const char* cross_products_instructions();

namespace detail {
/// One panel against another: sums[i * stride + j] += sum over t of a[t][i] * b[t][j]. For tests: which by
/// `set`.
using PanelKernel = void (*)(const double* a, const double* b, std::size_t samples, double* sums,
                             std::size_t stride);
/// The kernel for an instruction set, or null when this machine does not have it.
PanelKernel panel_kernel(const char* instructions);
}  // namespace detail

}  // namespace neurodyn::analysis
