// SPDX-License-Identifier: BSD-3-Clause
// Distributions over few states: vectorised logarithms, softmax, Dirichlet means.
#pragma once

#include <cstddef>
#include <vector>

namespace neurodyn::inference {

/// ln of `n` numbers; `to` may be `from`.
void take_log(const double* from, double* to, std::size_t n);
/// ln p, of the smallest normal number where p is 0: impossible is very improbable here. Equal sizes; `to`
/// may be `p`.
void logs(const std::vector<double>& p, std::vector<double>& to);
/// Softmax in place; gives the logarithm of what the exponentials were divided by.
double normalise_exponentials(std::vector<double>& x);
/// Columns of counts [row][column] as distributions: the mean of a Dirichlet distribution.
void to_probabilities(const std::vector<double>& counts, std::size_t rows, std::vector<double>& table);

}  // namespace neurodyn::inference
