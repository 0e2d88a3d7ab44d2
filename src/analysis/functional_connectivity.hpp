// SPDX-License-Identifier: BSD-3-Clause
// Functional connectivity (FC): covariance and Pearson correlation of every pair of channels.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/cross_products.hpp"
#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Running covariance of many channels that keeps no samples but the newest block.
///
/// Blocks of 256 samples are centred on their own mean and merged into the sums of squares about the
/// running mean by the pairwise update of Chan, Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115,
/// so that a large mean costs no digits. All sums have one order: the result depends on the samples alone,
/// not on how they were handed over, on threads or on the vector width.
class CovarianceAccumulator {
  public:
    explicit CovarianceAccumulator(std::size_t channels);

    std::size_t channels() const { return block_.columns(); }
    std::size_t samples() const { return merged_ + filled_; }

    /// Adds one sample of every channel. Throws ShapeError when the number of values is another.
    void add(std::span<const double> sample);
    /// Adds one sample whose channels lie `stride` values apart, e.g. one member of an ensemble.
    void add(const double* first, std::size_t stride);
    /// Adds every sample of a series. Throws ShapeError when the number of channels is another.
    void add(const SeriesView& series);

    std::vector<double> means() const;
    /// With the divisor samples - 1. Throws DataError below 2 samples.
    Matrix covariance() const;
    /// Pearson correlation, diagonal 1. Throws DataError below 3 samples, for a constant channel, or when a
    /// value was not finite. `labels` and `name` serve the error texts and are carried into the result.
    Matrix correlation(std::span<const std::string> labels = {}, const std::string& name = {}) const;

    /// All that a checkpoint needs, and back: the continuation gives the same bits.
    std::vector<double> state() const;
    static CovarianceAccumulator from_state(std::size_t channels, std::span<const double> state);

  private:
    void merge_block();
    CovarianceAccumulator finished() const;

    std::size_t merged_ = 0;  // samples in means_ and products_
    std::size_t filled_ = 0;  // samples in block_
    PackedBlock block_;
    AlignedVector<double> means_;
    AlignedVector<double> products_;  // upper triangle of panels, stride panels * panel_width
};

struct FunctionalConnectivityOptions {
    double discard_s = 0;   ///< left out at the start
    bool fisher_z = false;  ///< atanh of every correlation; the diagonal, which would be infinite, becomes 0
};

/// Pearson correlation between the channels of a series. Throws DataError (constant channel, fewer than 3
/// samples, a value that is not finite) and OptionError.
Matrix functional_connectivity(const SeriesView& series, const FunctionalConnectivityOptions& options = {});

/// Fisher's z, atanh, of every correlation; 0 on the diagonal.
Matrix fisher_z(Matrix correlation);

/// Covariance between the channels of a series (divisor samples - 1), in the square of its unit.
Matrix covariance(const SeriesView& series, double discard_s = 0);

}  // namespace neurodyn::analysis
