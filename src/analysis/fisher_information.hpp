// SPDX-License-Identifier: BSD-3-Clause
// How well a stimulus can be told from the counts of a population.
#pragma once

#include <vector>

#include "analysis/coding.hpp"

namespace neurodyn::analysis {

/// Linear Fisher information f'^T S^-1 f' at each stimulus of the tuning, for counts whose variance is their
/// mean. Without correlations that is the exact information sum f'^2/f of independent Poisson neurons (Seung
/// & Sompolinsky 1993, doi:10.1073/pnas.90.22.10749). Differential correlations of strength epsilon leave
/// I/(1 + epsilon I) (Moreno-Bote et al. 2014, doi:10.1038/nn.3807).
struct FisherInformation {
    std::vector<double> information;           ///< of the whole noise
    std::vector<double> without_differential;  ///< I
    std::vector<double> independent;           ///< sum f'^2/f
};

/// Throws DataError where a neuron with correlations has a mean of 0.
FisherInformation fisher_information(const Tuning& tuning, const NoiseModel& noise);

}  // namespace neurodyn::analysis
