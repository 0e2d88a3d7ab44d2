// SPDX-License-Identifier: BSD-3-Clause
// Sections of an experiment that infer instead of simulating a network: `filters`, ... Each kind is a file
// of its own and one row of the table; reading, checking, results, expectations, record and report are
// shared.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/table.hpp"
#include "experiment/experiment.hpp"
#include "experiment/section.hpp"

namespace neurodyn::experiment {

/// What an entry may use while it runs.
struct InferenceRun {
    int threads = 1;
    /// The part that is done, from 0 to 1; false asks to stop: then the entry returns what it has.
    std::function<bool(double done)> on_progress;
};

/// One entry, read and checked for form.
class InferenceTask {
  public:
    virtual ~InferenceTask() = default;
    /// What it will give: every array with its shape, without values. Reads data files for their shapes and
    /// collects what is wrong with them.
    virtual analysis::Result outline(Problems& problems) const = 0;
    /// The same arrays with values. Throws Error, which the caller gives the entry's place.
    virtual analysis::Result run(const InferenceRun& run) const = 0;
};

/// What the reader of an entry is given.
struct InferenceContext {
    std::string name;  ///< of the entry
    Place place;       ///< of the name
    const Node& node;
    std::string directory;   ///< that file names are relative to
    std::uint64_t seed = 0;  ///< of the experiment
    std::string precision;   ///< double or single
};

/// A row of the table.
struct InferenceKind {
    std::string section;  ///< the key: "filters"
    std::string word;     ///< one of its entries: "filter"
    std::string doc;      ///< what the report says of it
    /// Problems are collected; null when there is nothing that could be checked further.
    std::shared_ptr<const InferenceTask> (*read)(const InferenceContext& context, Problems& problems);
};
/// All kinds, in the order in which they run.
const std::vector<InferenceKind>& inference_kinds();
/// Null when a result's `analysis` is no inference section's word.
const InferenceKind* find_inference_kind(const std::string& word);

/// Entries of all inference sections of the document.
void read_inference(Section& top, Experiment& experiment, Problems& problems);
/// The numbers of `key`, one or a list; none when it is missing.
std::vector<double> read_numbers(Section& section, const std::string& key, Problems& problems);
/// Which of `words` the value of `key` is; the first one when it is left out.
std::size_t read_choice(Section& section, const std::string& key, const std::vector<std::string>& words,
                        Problems& problems);
/// Where a file is that an entry names: relative to the experiment's folder unless absolute.
std::string data_path(const std::string& directory, const std::string& file);

}  // namespace neurodyn::experiment
