// SPDX-License-Identifier: BSD-3-Clause
// Phase locking between channels.
#pragma once

#include "analysis/data.hpp"
#include "analysis/phases.hpp"
#include "analysis/surrogates.hpp"

namespace neurodyn::analysis {

/// Values of all pairs of channels, i < j in the order of upper_triangle.
struct PhaseLocking {
    std::vector<double> plv;         ///< |<u>|, u = exp(i (phase_i - phase_j)) (Lachaux et al. 1999)
    std::vector<double> difference;  ///< arg <u>: positive where i is ahead of j
    std::vector<double> pli;         ///< |<sign Im u>| (Stam, Nolte & Daffertshofer 2007)
    std::vector<double>
        wpli;  ///< |<Im s>| / <|Im s|>, s = z_i z_j* (Vinck et al. 2011); 0 where all Im s are
    std::vector<double> p_plv, p_pli, p_wpli;  ///< of surrogates; empty without
};

/// Throws DataError (fewer than 2 channels, and those of analytic_signal) and OptionError. The same bits for
/// any number of threads.
PhaseLocking phase_locking(const SeriesView& series, const PhaseOptions& options,
                           const SurrogateOptions& surrogates = {});

}  // namespace neurodyn::analysis
