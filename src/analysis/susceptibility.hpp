// SPDX-License-Identifier: BSD-3-Clause
// Fluctuations of a population's mean activity, which are largest at a critical point.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace neurodyn::analysis {

struct Susceptibility {
    double mean = 0;            ///< of the activity per node
    double variance = 0;        ///< over time (divisor: samples)
    double susceptibility = 0;  ///< nodes * variance
};

/// N (<a^2> - <a>^2) of the activity a(t) = sum over nodes / N, as of an order parameter (Marro & Dickman
/// 1999, Nonequilibrium Phase Transitions, section 2.1). `totals`: the sum over all nodes, sample by sample.
/// Throws DataError for fewer than two samples.
Susceptibility susceptibility(std::span<const double> totals, std::size_t nodes, const std::string& name);

}  // namespace neurodyn::analysis
