// SPDX-License-Identifier: BSD-3-Clause
// What analyses of information flow share: a target's next sample, its past and a source's past.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "analysis/table.hpp"

namespace neurodyn::analysis {

/// Samples of every channel, centred, in columns. Throws DataError for a constant channel.
Eigen::MatrixXd centred_channels(const SeriesView& series);

/// Columns x[t-1] .. x[t-order] for t = order .. samples - 1.
Eigen::MatrixXd past_of(const Eigen::VectorXd& x, std::size_t order);

/// Sum of squares that regression on the columns of `regressors` leaves of y.
double residual_squares(const Eigen::VectorXd& y, const Eigen::MatrixXd& regressors);

/// A series moved around in time by at least `least` samples either way; a function of seed, channel and
/// number.
Eigen::VectorXd shifted(const Eigen::VectorXd& x, std::size_t least, std::uint64_t seed,
                        std::uint64_t channel, std::uint64_t number);

/// value(target, source) for every two channels, in parallel; 0 on the diagonal. Rows are targets.
Matrix over_pairs(const Series& series, const std::function<double(std::size_t, std::size_t)>& value);

}  // namespace neurodyn::analysis
