// SPDX-License-Identifier: BSD-3-Clause
// The population vector and the centre of mass.
#pragma once

#include <vector>

#include "analysis/coding.hpp"

namespace neurodyn::analysis {

/// On a circle the direction of sum n exp(i phi) (Georgopoulos, Schwartz & Kettner 1986,
/// doi:10.1126/science.3749885), on a line sum n s/sum n; `spread` is the standard deviation of the same
/// weights (on a circle sqrt(-2 ln R), R the length of the vector over the sum). NaN without responses.
struct PopulationVector {
    std::vector<double> estimate, spread;
};
PopulationVector population_vector(const Trials& trials, const std::vector<double>& preferred, double period);

}  // namespace neurodyn::analysis
