// SPDX-License-Identifier: BSD-3-Clause
// Correlations of two channels in all windows, from sums over the pieces that windows share.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/sliding_functional_connectivity.hpp"

namespace neurodyn::analysis {

/// A series cut into pieces of one step. A window of q steps and a rest is q pieces and the start of another;
/// sums over 2, 4, 8, ... pieces are made once and serve all windows, so that a pair's windows cost a few
/// additions each. Nothing is ever taken off a sum: it is as precise as pairwise summation.
class SharedWindows {
  public:
    SharedWindows(const SeriesView& series, const Windows& windows);

    /// False where some channel is constant in some window, or its mean there is more than a hundred
    /// deviations from its mean over the series: sums of products would lose four digits. Such data need each
    /// window centred on its own.
    bool precise() const { return precise_; }

    /// What correlations() works in: one for each thread.
    using Scratch = std::vector<double>;
    /// Pearson correlation of channels i and j in every window, not clamped: out[0 .. count - 1]. The same
    /// bits for any vector width.
    void correlations(std::size_t i, std::size_t j, double* out, Scratch& scratch) const;

  private:
    void sums(const double* a, const double* b, double* out, Scratch& scratch) const;
    void scale_channel(std::size_t channel, double mean, const std::vector<double>& ones);

    std::size_t length_, step_, count_, pieces_, rest_, row_;
    std::vector<double> values_;   // centred, [channel][sample of a piece][piece]
    std::vector<double> inverse_;  // [channel][window]: 1/root of the sum of squares about the window's mean
    std::vector<double> offset_;   // [channel][window]: root of length x mean x inverse
    bool precise_ = true;
};

}  // namespace neurodyn::analysis
