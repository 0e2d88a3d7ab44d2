// SPDX-License-Identifier: BSD-3-Clause
// One experiment at the three levels of its neurons: spiking, density, rate.
#pragma once

#include <string>
#include <vector>

#include "experiment/run.hpp"

namespace neurodyn::experiment {

struct LevelsSettings {
    RunSettings run;
    double bin_s = 1e-3;              ///< of the rates that are shown
    std::vector<std::string> levels;  ///< names; empty: all three
};

/// What a run at one level gave.
struct LevelRun {
    std::string level;
    double wall_s = 0.0;
    /// [population][bin], Hz: spikes counted, or the mean of the rate.
    std::vector<std::vector<double>> rate_hz;
    std::vector<double> mean_hz;  ///< by population
    std::vector<double>
        error_hz;  ///< standard error of the mean, of spikes from ten parts of the run; else 0
};

struct Levels {
    std::string name;
    std::vector<std::string> populations;  ///< of neurons with one threshold
    std::vector<std::size_t> neurons;      ///< as many as spike
    double bin_s = 0.0, first_s = 0.0;     ///< of the first bin's end
    std::vector<LevelRun> runs;
    std::string report;  ///< of the page; empty when none was asked for
};

/// Runs the experiment as it is written, without its sweep, tuning, monitors and analyses. Throws InputError,
/// FileError or Error as run_experiment(), and Error when no population of it can run at another level.
Levels run_levels(const std::string& path, const LevelsSettings& settings);

/// The report's document (docs/report.md).
std::string levels_document(const Levels& levels, const Experiment& experiment, const RunSettings& settings);

}  // namespace neurodyn::experiment
