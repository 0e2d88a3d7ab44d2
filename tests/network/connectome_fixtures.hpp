// SPDX-License-Identifier: BSD-3-Clause
// Small connectome files of every binary format, written by the libraries that define the formats.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace neurodyn::network::fixtures {

using NamedMatrices = std::vector<std::pair<std::string, std::vector<double>>>;  ///< row-major n x n

void write_zip(const std::string& path, const std::vector<std::pair<std::string, std::string>>& members);
/// With a cell array of labels where `labels` is not empty.
void write_mat(const std::string& path, const NamedMatrices& matrices, std::size_t n,
               const std::vector<std::string>& labels);
/// With region_labels (variable-length) and centres (n x 3) where they are not empty.
void write_h5(const std::string& path, const NamedMatrices& matrices, std::size_t n,
              const std::vector<std::string>& labels, const std::vector<double>& centres);
double upper_triangle_correlation(std::size_t n, const std::vector<double>& a, const std::vector<double>& b);

}  // namespace neurodyn::network::fixtures
