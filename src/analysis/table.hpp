// SPDX-License-Identifier: BSD-3-Clause
// The table of analyses: all that an experiment, the command line or Python can ask for, and how to run it.
//
// A new analysis is one file (src/analysis/<name>.cpp with its function and, at its end, its row) and one
// line in NEURODYN_ANALYSES below. Everything else reads this table.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

enum class InputKind { series, matrix, vector, labels, events };
/// "series", "matrix", "vector", "labels" or "list of events".
std::string_view to_string(InputKind kind);

/// One thing that an analysis reads. The first input of an analysis is its subject: in an experiment,
/// `fc: {functional_connectivity: bold, compare: connectome.fc}` gives it after the analysis's name.
struct InputSpec {
    std::string name;
    std::vector<InputKind> kinds;  ///< any of these is accepted
    bool required = true;
    std::string doc;
};

/// A number in SI units, a switch, or a word.
using OptionValue = std::variant<double, bool, std::string>;

struct OptionSpec {
    std::string name;
    std::string unit;  ///< of a number: "s", "Hz", or empty for 1; an experiment converts into it
    OptionValue default_value;
    std::string doc;
    std::vector<std::string> choices = {};  ///< of a word
};

struct ResultSpec {
    std::string name;
    std::string doc;
};

/// An axis of a result. `values` (with `unit`), `labels`, or neither may be given.
struct Dimension {
    std::string name;  ///< e.g. "region", "frequency", "window"
    std::size_t size = 0;
    std::string unit = {};
    std::vector<double> values = {};
    std::vector<std::string> labels = {};
};

/// One named result: a scalar (no dimension), a vector or a matrix, the last dimension varying fastest.
struct ResultArray {
    std::string name;
    std::string doc;
    std::string unit;  ///< empty for 1
    std::vector<Dimension> dimensions;
    std::vector<double> values;
};

/// What an analysis found; the first array is the main one.
struct Result {
    std::vector<ResultArray> arrays;

    void add_scalar(std::string name, std::string doc, double value, std::string unit = {});
    void add_vector(std::string name, std::string doc, Dimension dimension, std::vector<double> values,
                    std::string unit = {});
    /// Dimensions `matrix.dimension` and "other_" + it, with the labels of the matrix on both.
    void add_matrix(std::string name, std::string doc, const Matrix& matrix);
    void add(ResultArray array) { arrays.push_back(std::move(array)); }

    /// Null when there is none of this name.
    const ResultArray* find(std::string_view name) const;
    /// Throws OptionError, with the names that exist, when there is no scalar of this name.
    double scalar(std::string_view name) const;
    /// A square or rectangular result as a matrix, the first one by default. Throws ShapeError unless 2-D.
    Matrix matrix(std::string_view name = {}) const;
};

/// A dimension of a series' channels.
Dimension channel_dimension(const SeriesView& series);

using Input = std::variant<Series, Matrix, Vector, Labels, Events>;
using Inputs = std::map<std::string, Input, std::less<>>;
using Options = std::map<std::string, OptionValue, std::less<>>;

/// Checked inputs and options, defaults filled in: what an analysis's function receives. Asking for a name
/// that is not in its specification is a bug of the analysis.
class Arguments {
  public:
    Arguments(const Inputs& inputs, Options options) : inputs_(inputs), options_(std::move(options)) {}
    bool has(std::string_view input) const { return inputs_.find(input) != inputs_.end(); }
    const Series& series(std::string_view input) const { return get<Series>(input); }
    const Matrix& matrix(std::string_view input) const { return get<Matrix>(input); }
    const Events& events(std::string_view input) const { return get<Events>(input); }
    const std::vector<std::string>& labels(std::string_view input) const { return get<Labels>(input).values; }
    /// A vector as it is, or the upper triangle of a matrix.
    std::vector<double> distribution(std::string_view input) const;
    double number(std::string_view option) const { return std::get<double>(options_.find(option)->second); }
    bool flag(std::string_view option) const { return std::get<bool>(options_.find(option)->second); }
    const std::string& word(std::string_view option) const {
        return std::get<std::string>(options_.find(option)->second);
    }

  private:
    template <class T>
    const T& get(std::string_view input) const {
        return std::get<T>(inputs_.find(input)->second);
    }
    const Inputs& inputs_;
    Options options_;
};

/// A row of the table.
struct Analysis {
    std::string name;
    std::string doc;  ///< one line
    std::vector<InputSpec> inputs;
    std::vector<OptionSpec> options;
    std::vector<ResultSpec> results;  ///< all that it can give; some need an optional input
    std::function<Result(const Arguments&)> function;
};

/// Every analysis, in alphabetical order.
std::span<const Analysis> table();

/// Throws OptionError, with the nearest name, when there is no such analysis.
const Analysis& find_analysis(std::string_view name);

/// Throws OptionError unless every option is known and of the right type (and word); what `check` needs
/// before any data exist. Values out of range are found by `run`.
void check_options(const Analysis& analysis, const Options& options);

/// Checks inputs and options and runs the analysis. Throws OptionError, DataError or ShapeError.
Result run(const Analysis& analysis, const Inputs& inputs, const Options& options = {});

/// The rows, each at the end of its own file.
namespace rows {
#define NEURODYN_ANALYSES(ROW)            \
    ROW(autocorrelation)                  \
    ROW(compare_matrices)                 \
    ROW(functional_connectivity)          \
    ROW(functional_connectivity_dynamics) \
    ROW(linear_network_fc)                \
    ROW(network_strength)                 \
    ROW(power_spectrum)                   \
    ROW(sliding_functional_connectivity)  \
    ROW(spike_statistics)                 \
    ROW(summary_statistics)
#define NEURODYN_ROW(name) Analysis name();
NEURODYN_ANALYSES(NEURODYN_ROW)
#undef NEURODYN_ROW
}  // namespace rows

}  // namespace neurodyn::analysis
