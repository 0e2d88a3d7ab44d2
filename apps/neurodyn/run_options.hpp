// SPDX-License-Identifier: BSD-3-Clause
// The options that `run`, `check` and `connections` share.
#pragma once

#include <CLI/CLI.hpp>

#include "experiment/run.hpp"

namespace neurodyn::app {

struct RunArguments {
    std::string file;
    std::vector<std::string> set;
    std::string seed, output, report, precision, backend = "automatic";
    int threads = 0;
    bool quiet = false;
};

/// The file, --set, --threads and --seed.
void add_experiment_options(CLI::App& verb, RunArguments& arguments);
/// These, --precision and --backend.
void add_run_options(CLI::App& verb, RunArguments& arguments);
/// Throws Error for a --set without '='.
experiment::RunSettings to_settings(const RunArguments& arguments);

}  // namespace neurodyn::app
