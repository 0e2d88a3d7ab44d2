// SPDX-License-Identifier: BSD-3-Clause
// Running a sweep: batches of members, analyses of each point, the best point.
#pragma once

#include "experiment/run.hpp"

namespace neurodyn::experiment {

/// Fills outcome.sweep (and outcome.stopped). A point whose run becomes non-finite is left out and its
/// results are NaN; outcome.failure says so when no point is left.
void run_sweep(const Loaded& loaded, Resources& resources, const RunSettings& settings, Outcome& outcome);

/// Points, runs and estimated time of the sweep into `check`.
void estimate_sweep(const Loaded& loaded, Resources& resources, const RunSettings& settings, Check& check);

/// Checks that `choose`, every expectation and every comparison name a result that the analyses can give.
/// Throws InputError.
void check_results_exist(const Experiment& experiment);

}  // namespace neurodyn::experiment
