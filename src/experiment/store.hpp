// SPDX-License-Identifier: BSD-3-Clause
// The experiment's HDF5 file: series as they are recorded, then results, sweep, expectations and the report's
// document.
#pragma once

#include <memory>
#include <string>

#include "experiment/run.hpp"

namespace neurodyn::record {
class Writer;
}

namespace neurodyn::experiment {

class Store {
  public:
    /// Creates the file (an old one is replaced). Throws FileError.
    Store(const std::string& path, const Experiment& experiment, const Built& built,
          const RunSettings& settings);
    ~Store();
    engine::Sink& sink();
    void add_results(const AnalysisResults& results);
    void add_sweep(const Experiment& experiment, const Built& built, const SweepOutcome& sweep);
    void add_tuning(const Built& built, const Tuned& tuned);
    void add_expectations(const std::vector<ExpectationOutcome>& expectations);
    void add_report(const std::string& document);
    /// "complete", "stopped", or what went wrong. The file can be read from then on.
    void close(const std::string& status);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Results as the groups inference/NAME and analyses/NAME.
void write_results(record::Writer& writer, const AnalysisResults& results);

/// The report's document inside a result file. Throws FileError, or Error when the file has none.
std::string read_report_document(const std::string& path);

}  // namespace neurodyn::experiment
