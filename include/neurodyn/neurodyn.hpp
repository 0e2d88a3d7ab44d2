// SPDX-License-Identifier: BSD-3-Clause
// The public C++ API: check and run experiments, look into models, read results. Needs no other header than
// the standard library's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace neurodyn {

/// The version of the library, "0.1.0".
std::string version();

/// A series or a result as numbers: the last dimension varies fastest; a scalar has no dimensions.
struct Data {
    std::string name;
    std::string unit;                                        ///< of the values, empty for 1
    std::vector<std::pair<std::string, std::size_t>> shape;  ///< name and size of each dimension
    std::vector<double> values;
};

/// An expectation of an experiment, held against what was found.
struct ExpectationResult {
    std::string that, found, expected, from;
    bool passed = false;
};

/// How a run ended, and where its results are.
struct RunSummary {
    std::string output;                                   ///< the HDF5 file
    std::string report;                                   ///< the HTML page; empty when none was made
    std::vector<std::pair<std::string, double>> results;  ///< every scalar result, "fc.similarity"
    std::vector<ExpectationResult> expectations;
    bool passed = false;   ///< every expectation was met
    bool stopped = false;  ///< on_progress asked for it
    std::string failure;   ///< a value became non-finite: population, node, variable, time; or analyses that
                           ///< failed. What was recorded and analysed is kept
    double run_s = 0.0;
};

/// What a run would cost.
struct Cost {
    std::size_t memory_bytes = 0, record_bytes = 0, nodes = 0, edges = 0;
    double seconds = 0.0;
};

/// An experiment: a YAML text whose values can be changed before it runs. Every function throws
/// neurodyn::Error (a std::runtime_error) with file, line and column for what is wrong with the input.
class Experiment {
  public:
    /// Reads a file. Relative paths in it start at its folder.
    static Experiment load(const std::string& path);
    /// Sets a value, as `neurodyn run --set path=value` does: set("time.duration", "2 s").
    Experiment& set(const std::string& path, const std::string& value);
    Experiment& threads(int count);               ///< 0: all cores
    Experiment& output(const std::string& path);  ///< the HDF5 file
    Experiment& report(const std::string& path);  ///< the HTML page
    Experiment& seed(std::uint64_t value);

    /// Checks names, units and sizes, and times a few steps.
    Cost check() const;
    /// Runs it. `on_progress(stage, part done)` is called about ten times a second; false stops the run.
    RunSummary run(const std::function<bool(const std::string& stage, double done)>& on_progress = {}) const;

    ~Experiment();
    Experiment(Experiment&&) noexcept;
    Experiment& operator=(Experiment&&) noexcept;

  private:
    Experiment();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A model of the library or of a file.
class Model {
  public:
    /// By name ("wilson_cowan") or path. Throws neurodyn::Error.
    static Model load(const std::string& name_or_path);
    std::string name() const;
    std::string reference() const;                                        ///< paper and doi
    std::vector<std::pair<std::string, std::string>> parameters() const;  ///< name and unit
    std::vector<std::pair<std::string, std::string>> inputs() const;
    std::vector<std::pair<std::string, std::string>> states() const;

    ~Model();
    Model(Model&&) noexcept;

  private:
    Model();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Names of the models that come with the library.
std::vector<std::string> library_model_names();

/// A result file.
class Results {
  public:
    /// Throws neurodyn::Error: missing, or not a result file.
    explicit Results(const std::string& path);
    std::vector<std::string> series_names() const;
    /// [sample][node] of one member.
    Data series(const std::string& name, std::size_t member = 0) const;
    /// Times of a series' samples, s.
    std::vector<double> times(const std::string& name) const;
    std::vector<std::string> analysis_names() const;
    /// All arrays of one analysis.
    std::vector<Data> analysis(const std::string& name) const;

    ~Results();
    Results(Results&&) noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace neurodyn
