// SPDX-License-Identifier: BSD-3-Clause
// One analysis of the data in files, without an experiment.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiment/analyse.hpp"
#include "experiment/data_file.hpp"

namespace neurodyn::experiment {

struct FileAnalysis {
    std::string analysis;  ///< a row of the table of analyses
    std::string file;      ///< its subject, as read_data_file reads it
    /// Further inputs (a file each) and options, as an experiment's `analyses:` has them.
    std::vector<std::pair<std::string, std::string>> arguments;
    DataFileSettings settings;
};

/// Reads inputs and options by the same rules as an experiment's `analyses:`, and runs it. Throws InputError,
/// FileError and the errors of analyses.
AnalysisResult analyse_file(const FileAnalysis& asked);

/// All results as HDF5 (.h5), JSON (.json) or a table with a line for each number (.csv). Throws Error for
/// another ending, and FileError.
void write_analysis(const AnalysisResult& result, const FileAnalysis& asked, const std::string& path);
/// The HTML page with its figures. Throws as write_report does.
void write_analysis_report(const AnalysisResult& result, const FileAnalysis& asked, const std::string& path);

}  // namespace neurodyn::experiment
