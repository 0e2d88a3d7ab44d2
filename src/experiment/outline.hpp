// SPDX-License-Identifier: BSD-3-Clause
// What an experiment's analyses will give, worked out before anything runs: names, units and shapes without
// values. Whatever they or the expectations would fail for because of shapes and options is found here.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "experiment/analyse.hpp"

namespace neurodyn::experiment {

struct Outline {
    AnalysisResults results;       ///< arrays without values
    std::set<std::string> failed;  ///< analyses whose results cannot be told; the problems say why
};

/// Outlines these analyses, which are in an order in which each can run, and collects their problems.
Outline outline_analyses(const std::vector<const AnalysisSection*>& analyses, const Experiment& experiment,
                         const Built& built, Problems& problems);

/// Monitors that would record nothing because their interval is longer than the run.
void check_intervals(const Experiment& experiment, const Built& built, Problems& problems);

/// Collects what `expect` and `compare` ask for that no result can give: an index that does not exist, a
/// matrix where a number is needed, a bound in another unit. Names of analyses and results are checked
/// elsewhere.
/// `swept` are the analyses that the points of a sweep run.
void check_expectations(const Experiment& experiment, const Outline& outline,
                        const std::set<std::string>& swept, Problems& problems);

}  // namespace neurodyn::experiment
