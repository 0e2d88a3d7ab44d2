// SPDX-License-Identifier: BSD-3-Clause
// The synchrony measure chi.
#pragma once

#include "analysis/data.hpp"

namespace neurodyn::analysis {

struct ChiSynchrony {
    double chi = 0.0;  ///< sqrt(population_variance/channel_variance)
    double population_variance = 0.0, channel_variance = 0.0;
};

/// Golomb & Rinzel (1994, doi:10.1016/0167-2789(94)90214-3; Golomb 2007, doi:10.4249/scholarpedia.1347): 1
/// where all channels are the same, 1/sqrt(N) on average where they are independent and alike. Throws
/// DataError (fewer than 2 channels, all constant) and OptionError.
ChiSynchrony chi_synchrony(const SeriesView& series, double discard_s = 0.0);

}  // namespace neurodyn::analysis
