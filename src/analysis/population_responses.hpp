// SPDX-License-Identifier: BSD-3-Clause
// Counts drawn from tuning curves, with or without noise correlations.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/coding.hpp"

namespace neurodyn::analysis {

enum class CountNoise { poisson, gaussian };

/// Counts of one trial for each stimulus, [trial][neuron]. `poisson`: every count is Poisson; correlations
/// enter by a Gaussian copula, which makes those of the counts a little smaller, and differential ones by a
/// jitter of the stimulus with the variance epsilon. `gaussian`: means, variances = means and covariances
/// exactly as NoiseModel says; counts are no whole numbers and may be negative. Draws depend on seed, trial
/// and neuron alone. Throws DataError for a Poisson mean above 700, OptionError where a jitter leaves the
/// tuning.
std::vector<double> draw_counts(const Tuning& tuning, const std::vector<double>& stimuli,
                                const NoiseModel& noise, CountNoise kind, std::uint64_t seed);

}  // namespace neurodyn::analysis
