// SPDX-License-Identifier: BSD-3-Clause
// The analyses of an experiment: what they read, in which order they run, and their results by path.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/table.hpp"
#include "experiment/build.hpp"
#include "experiment/collect.hpp"

namespace neurodyn::experiment {

struct ModelPicture;

struct AnalysisResult {
    std::string name, analysis;
    analysis::Result result;
    std::shared_ptr<const ModelPicture> picture = {};  ///< of an analysis of equations
};
using AnalysisResults = std::vector<AnalysisResult>;

/// What a dotted text refers to.
struct InputReference {
    enum class Kind {
        series,
        events,
        covariance,
        correlation,
        connectome,
        regions_networks,
        result,
        file
    } kind;
    std::string name;  ///< series, connectome array ("connectome.fc"), analysis
    std::string part;  ///< of a result
};

/// Resolves an input's text against monitors, connectomes and analyses. A problem is collected when nothing
/// has that name.
std::optional<InputReference> resolve_input(const Text& text, const Experiment& experiment,
                                            const Built& built, Problems& problems);

/// Options in the table's types and units. Problems are collected.
analysis::Options read_options(const AnalysisSection& section, Problems& problems);

/// A matrix, a list or the names of networks of a connectome: what is there before anything runs.
analysis::Input known_input(const InputReference& reference, const Built& built);

/// Checks every input, option, expectation and comparison without data. Throws InputError with all problems.
void check_analyses(const Experiment& experiment, const Built& built);

/// The analyses that `wanted` need, themselves included, in an order in which each can run; all when `wanted`
/// is empty.
std::vector<const AnalysisSection*> analysis_order(const Experiment& experiment, const Built& built,
                                                   const std::vector<std::string>& wanted);
/// Those that the points of a sweep run: what is asked for, or what is chosen by, or all; with what they
/// need.
std::vector<const AnalysisSection*> sweep_analyses(const Experiment& experiment, const Built& built);
/// Monitors that these analyses read.
std::set<std::string> needed_monitors(const std::vector<const AnalysisSection*>& analyses,
                                      const Experiment& experiment, const Built& built);
/// Series and events that these analyses read and that must stay in memory.
std::set<std::string> needed_series(const std::vector<const AnalysisSection*>& analyses,
                                    const Experiment& experiment, const Built& built);

/// Runs them on one member, after `results` of inference. One that fails is left out, with a sentence that
/// names it in `failures`.
AnalysisResults run_analyses(const std::vector<const AnalysisSection*>& analyses,
                             const Experiment& experiment, const Built& built, const Collector& data,
                             std::size_t member, std::vector<std::string>& failures,
                             AnalysisResults results = {});

/// A scalar by path: "fc.similarity", "stats.mean[3]", "stats.mean[LH_Vis_1]". Nothing when there is none.
struct Scalar {
    double value = 0.0;
    std::string unit;
};
std::optional<Scalar> find_scalar(const AnalysisResults& results, const std::string& path);
/// Of "3" or the label "LH_Vis_1" along a dimension.
std::optional<std::size_t> find_index(const analysis::Dimension& dimension, const std::string& item);
/// Every result without dimensions: path and value.
std::vector<std::pair<std::string, Scalar>> scalars(const AnalysisResults& results);

}  // namespace neurodyn::experiment
