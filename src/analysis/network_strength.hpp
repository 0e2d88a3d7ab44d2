// SPDX-License-Identifier: BSD-3-Clause
// Mean connectivity within and between labelled networks, e.g. the default mode.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// Mean of a connectivity matrix over pairs of different regions.
struct NetworkStrength {
    std::vector<std::string> networks;  ///< in the order of their first region
    /// network x network; within a network on the diagonal, NaN when it has a single region.
    Matrix mean;
};

/// The networks in the order of their first region. Throws ShapeError where labels and matrix do not fit.
std::vector<std::string> network_names(const Matrix& matrix, std::span<const std::string> labels);

/// `labels` gives the network of every region. Throws ShapeError (not square, other number of labels) and
/// DataError (a value that is not finite).
NetworkStrength network_strength(const Matrix& matrix, std::span<const std::string> labels);

/// One network's own mean connectivity, and that of its regions with all others.
struct OneNetworkStrength {
    double within = 0;
    double to_others = 0;
};

/// Throws OptionError, with the nearest name, when no region has the label `network`, DataError when it has
/// one region only or all of them.
OneNetworkStrength one_network_strength(const Matrix& matrix, std::span<const std::string> labels,
                                        const std::string& network);

}  // namespace neurodyn::analysis
