// SPDX-License-Identifier: BSD-3-Clause
// Running an experiment from its file to results: sweep, final run, analyses, expectations, record and
// report.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compile/kernel.hpp"
#include "engine/simulation.hpp"
#include "experiment/analyse.hpp"
#include "experiment/plan.hpp"
#include "experiment/tune.hpp"

namespace neurodyn::experiment {

/// What the caller changes and wants to hear.
struct RunSettings {
    /// The experiment's YAML where it is no file; the path then names it in messages, and its folder is where
    /// relative paths start.
    std::optional<std::string> text;
    std::vector<std::pair<std::string, std::string>> set;  ///< path and YAML value
    std::optional<std::uint64_t> seed;
    std::optional<std::string> output, report, precision;
    std::string command;  ///< for the record: how a person would ask for the same
    int threads = 0;      ///< 0: all cores
    compile::Backend backend = compile::Backend::automatic;
    /// Told about ten times a second: what is being done, the part of it that is done, and the seconds left
    /// of it.
    std::function<void(const std::string& stage, double done, double left_s)> on_progress;
    /// Asked as often; true stops at the next step, with what was recorded kept.
    std::function<bool()> should_stop;
};

/// An expectation held against what was found.
struct ExpectationOutcome {
    std::string that, bound, found, from;
    bool passed = false;
};

/// Two results beside each other, as one sentence: "fc.similarity (0.248) is below linear.similarity
/// (0.287)".
struct ComparisonOutcome {
    std::string that, with, sentence;
    double value = 0.0, other = 0.0;
};

/// A sweep's table: for each point the scalar results of its analyses.
struct SweepOutcome {
    std::vector<SweepPoint> points;
    std::vector<std::string> names;            ///< of the columns, e.g. "fc.similarity"
    std::vector<std::string> units;            ///< of the columns; empty for 1
    std::vector<std::vector<double>> columns;  ///< [column][point]; NaN where the point's run failed
    std::vector<std::string> failures;         ///< of points that could not be tuned, run or analysed
    std::optional<std::size_t> best;           ///< index into points
    double best_value = 0.0;                   ///< mean over repeats
    std::size_t runs = 0;                      ///< networks that were needed
    double wall_s = 0.0;                       ///< that all of it took
    std::map<std::size_t, Tuned> tuned;        ///< by point
    std::string unit_of(const std::string& name) const;  ///< of a column
};

struct Outcome {
    std::string name, output, report;
    AnalysisResults results;
    SweepOutcome sweep;
    std::vector<ExpectationOutcome> expectations;
    std::vector<ComparisonOutcome> comparisons;
    std::optional<Tuned> tuned;  ///< of the final run
    std::string tuning;          ///< the same in a sentence
    bool ran = false;            ///< false when there was a sweep only
    bool stopped = false;        ///< on request
    std::string failure;         ///< of the final run: a value that became non-finite; or of all points
    std::vector<std::string> failed_analyses;  ///< a sentence for each; the others have results
    std::vector<engine::PopulationReport> populations;
    std::vector<std::string> notes;
    double tuning_s = 0.0, setup_s = 0.0, run_s = 0.0, analysis_s = 0.0;  ///< without the sweep's runs
    bool passed() const;
};

/// Throws InputError, FileError or Error for what is wrong with the input. A non-finite value in the final
/// run is reported in Outcome::failure, with what was recorded kept; so is a sweep without a point that ran.
Outcome run_experiment(const std::string& path, const RunSettings& settings);

/// An experiment read, with the caller's changes in it.
struct Loaded {
    Document document;
    Experiment experiment;
};
/// Throws InputError or FileError.
std::unique_ptr<Loaded> load_experiment(const std::string& path, const RunSettings& settings);

/// Tunes the members of a network on the caller's threads; `stage` names it in progress. Empty when it was
/// stopped.
std::vector<Tuned> run_tuning(const Experiment& experiment, const Built& built, std::vector<TuningPlan> plans,
                              const RunSettings& settings, const std::string& stage, Outcome& outcome);

/// How many threads these settings give.
int threads_of(const RunSettings& settings);
engine::RunOptions run_options(const Experiment& experiment, const Built& built, const RunSettings& settings);

/// What `check` tells.
struct Check {
    std::string name, title;
    engine::Estimate estimate;
    std::vector<engine::PopulationReport> populations;
    std::vector<std::size_t> sizes;
    std::vector<std::string> surfaces;  ///< a sentence for each population on one
    struct Projection {
        std::string name, from, to, delays;  ///< delays in steps
        double connections = 0.0;            ///< of synapses that are drawn: the mean over seeds
        double bytes = 0.0;                  ///< of synapses
    };
    std::vector<Projection> projections;
    std::size_t sweep_points = 0, sweep_runs = 0;
    double sweep_seconds = 0.0;
    std::size_t trials = 0;  ///< of the tuning, at most
    double tuning_seconds = 0.0;
    std::vector<std::string> series, analyses;
    std::vector<std::string> inference;  ///< entries with their kinds
    double dt_s = 0.0, discard_s = 0.0, duration_s = 0.0;
};
/// Reads and plans everything, runs nothing but a short trial of the kernels.
Check check_experiment(const std::string& path, const RunSettings& settings);

/// Seconds that all trials of this tuning would take, from a short run of its kernels.
double estimate_tuning(const Experiment& experiment, const Built& built, std::vector<TuningPlan> plans,
                       const RunSettings& settings);

/// Holds the expectations against the results. One whose analysis failed is not met.
std::vector<ExpectationOutcome> compare_expectations(const Experiment& experiment,
                                                     const AnalysisResults& results,
                                                     const SweepOutcome& sweep);
/// Puts the results of `compare:` beside each other, where both are there.
std::vector<ComparisonOutcome> compare_results(const Experiment& experiment, const AnalysisResults& results,
                                               const SweepOutcome& sweep);

}  // namespace neurodyn::experiment
