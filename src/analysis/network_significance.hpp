// SPDX-License-Identifier: BSD-3-Clause
// Strengths of networks against signals of the same spectra that have nothing to do with one another.
#pragma once

#include <cstdint>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// A series whose channels keep their power spectra and means and get random phases: each its own, or with
/// `together` all the same shifts, which keeps covariances (Prichard & Theiler 1994,
/// doi:10.1103/PhysRevLett.73.951). A function of seed and number.
Series phase_randomised(const SeriesView& series, std::uint64_t seed, std::uint64_t number, bool together);

}  // namespace neurodyn::analysis
