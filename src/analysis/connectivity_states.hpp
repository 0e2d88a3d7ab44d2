// SPDX-License-Identifier: BSD-3-Clause
// States between which functional connectivity changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Rows of features that were sorted into clusters.
struct Clusters {
    std::vector<std::size_t> of;  ///< cluster of each row; clusters are numbered by falling size
    std::vector<double> centres;  ///< [cluster][feature]
    double squares = 0;           ///< sum of the squared distances of rows to their centres
};

/// k-means with the first centres of Arthur & Vassilvitskii (2007, k-means++), the best of `runs`. A function
/// of the seed: the same for any number of threads.
Clusters cluster_rows(std::span<const double> rows, std::size_t features, std::size_t count, std::size_t runs,
                      std::uint64_t seed);

/// Leading eigenvectors of the matrix of cos(difference of phase), [sample][channel], of length 1 with a sum
/// that is not positive (Cabral et al. 2017, doi:10.1038/s41598-017-05425-7). Phases are those of the
/// analytic signal.
std::vector<double> leading_eigenvectors(const SeriesView& series);

}  // namespace neurodyn::analysis
