// SPDX-License-Identifier: BSD-3-Clause
// Mutual information of a stimulus and of responses, in bits.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/coding.hpp"

namespace neurodyn::analysis {

/// I(A; B) of two lists of classes from their joint histogram. `corrected` takes off the bias of first order,
/// (m_AB - m_A - m_B + 1)/(2 n ln 2) with the numbers m of classes that occur (Miller 1955; Treves & Panzeri
/// 1995, doi:10.1162/neco.1995.7.2.399). Throws ShapeError when the lengths differ.
double histogram_information(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b,
                             bool corrected);

/// 0.5 log2 of the determinant of the stimuli's covariance over that of what linear functions of all
/// responses leave of it: the information of jointly normal variables; 0.5 log2(1/(1 - R^2)) for a stimulus
/// of one column. Rows are trials; directions of stimuli without variance do not count. NaN where there are
/// not more trials than columns of responses + 2 or all of a side is constant.
double normal_information(const Eigen::MatrixXd& stimuli, const Eigen::MatrixXd& responses);

}  // namespace neurodyn::analysis
