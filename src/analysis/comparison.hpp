// SPDX-License-Identifier: BSD-3-Clause
// How alike two connectivity matrices, or two distributions, are.
#pragma once

#include <span>
#include <vector>

#include "analysis/data.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {

/// Measures between the upper triangles of two square matrices.
struct Comparison {
    double similarity = 0;                ///< Pearson correlation
    double cosine = 0;                    ///< cosine of the angle between them
    double mean_absolute_difference = 0;  ///< in the matrices' unit
    double mean_squared_difference = 0;
    double ks_distance = 0;  ///< Kolmogorov-Smirnov distance between the two distributions of values
};

/// Throws ShapeError (not square, other shape, other order of labels) and DataError (a value that is not
/// finite, fewer than 3 channels, or a constant triangle).
Comparison compare(const Matrix& a, const Matrix& b);

/// Pearson correlation of two lists. Throws ShapeError when their lengths differ, DataError when one is
/// constant or shorter than 3; the names serve the error text.
double pearson(std::span<const double> a, std::span<const double> b, const std::string& a_name = "first",
               const std::string& b_name = "second");

/// Two-sample Kolmogorov-Smirnov distance: the largest gap between the two empirical distribution functions.
/// Throws DataError when one is empty or has a value that is not finite.
double ks_distance(std::vector<double> a, std::vector<double> b);

/// The measures of `compare` as scalars of a result; `with_comparison` lists them after others, for matrices
/// whose unit is `unit` as in ResultSpec.
void add_comparison(Result& result, const Matrix& found, const Matrix& measured);
std::vector<ResultSpec> with_comparison(std::vector<ResultSpec> others, const std::string& unit = {});
/// Throws what `compare` would throw because of the shapes.
void plan_comparison(const Matrix& found, const Matrix& measured);

}  // namespace neurodyn::analysis
