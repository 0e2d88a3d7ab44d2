// SPDX-License-Identifier: BSD-3-Clause
// The table of analyses: all that an experiment, the command line or Python can ask for, and how to run it.
//
// A new analysis is one file (src/analysis/<name>.cpp with its function and, at its end, its row) and one
// line in NEURODYN_ANALYSES below. Everything else reads this table.
#pragma once

#include <functional>
#include <limits>
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

/// What a number may be, in its option's unit. A bound that is not `inclusive` is itself not allowed.
struct Bounds {
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    bool low_inclusive = true, high_inclusive = true;
};
inline constexpr Bounds not_negative{0.0};
inline constexpr Bounds positive{0.0, std::numeric_limits<double>::infinity(), false};

struct OptionSpec {
    std::string name;
    std::string unit;  ///< of a number: "s", "Hz", or empty for 1; an experiment converts into it
    OptionValue default_value;
    std::string doc;
    std::vector<std::string> choices = {};  ///< of a word
    Bounds bounds = {};                     ///< of a number
};

struct ResultSpec {
    std::string name;
    std::string doc;
    /// Empty for a scalar. "channel" stands for what the subject's channels, rows or nodes are;
    /// "other_channel" for the same again.
    std::vector<std::string> dimensions = {};
    std::string unit = {};                ///< "@" stands for the subject's: "@", "@^2", "@^2/Hz"
    std::vector<std::string> needs = {};  ///< inputs and word options without which there is no such result
    bool counts = false;                  ///< of trials: it says how they were taken
};

/// The planned size of a dimension that only the data tell, e.g. the number of avalanches.
inline constexpr std::size_t unknown_size = 0;

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
    Counted counted = {};
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

/// "0 or more", "above 0", "0 or more and below 1"; empty when anything goes.
std::string describe(const Bounds& bounds);

/// A dimension of a series' channels.
Dimension channel_dimension(const SeriesView& series);
/// Labels "a - b" of the pairs i < j of channels, in the order of upper_triangle.
Dimension pair_dimension(const SeriesView& series);
/// A matrix between channels from the values of those pairs; `sign` is that of its lower half.
ResultArray pair_matrix(const std::string& name, const std::string& doc, const std::vector<double>& pairs,
                        double diagonal, const SeriesView& series, double sign = 1.0,
                        const std::string& unit = {});
/// The shape of a matrix between a series' channels, without values.
Matrix channel_matrix_shape(const SeriesView& series);

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
    bool has_series(std::string_view input) const {
        return std::holds_alternative<Series>(this->input(input));
    }
    const Vector& vector(std::string_view input) const { return get<Vector>(input); }
    const std::vector<std::string>& labels(std::string_view input) const { return get<Labels>(input).values; }
    /// True when the option is a word and not empty.
    bool has_word(std::string_view option) const;
    const Input& input(std::string_view name) const { return inputs_.find(name)->second; }
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
    std::vector<ResultSpec> results;  ///< all that it can give, in order
    std::function<Result(const Arguments&)> function;
    /// Throws what the function would throw because of options and of the inputs' shapes, without looking at
    /// their values, and gives the dimensions of results other than the subject's channels.
    std::function<std::vector<Dimension>(const Arguments&)> plan;
    /// How the results that are `counts` were taken, known from shapes and options; none where it has none.
    std::function<Counted(const Arguments&)> counted = {};
};

/// Every analysis, in alphabetical order.
std::span<const Analysis> table();

/// Throws OptionError, with the nearest name, when there is no such analysis.
const Analysis& find_analysis(std::string_view name);

/// Throws OptionError unless every option is known, of the right type, one of its words and within its
/// bounds.
void check_options(const Analysis& analysis, const Options& options);

/// What `run` would give, without values: names, units and dimensions. Series, matrices and events may be
/// shapes alone, with no values in them. Throws OptionError, DataError or ShapeError for all that can be
/// known to be wrong before there are values.
Result outline(const Analysis& analysis, const Inputs& shapes, const Options& options = {});

/// Checks inputs and options and runs the analysis. Throws OptionError, DataError or ShapeError.
Result run(const Analysis& analysis, const Inputs& inputs, const Options& options = {});

/// The rows, each at the end of its own file.
namespace rows {
#define NEURODYN_ANALYSES(ROW)            \
    ROW(autocorrelation)                  \
    ROW(autocorrelation_times)            \
    ROW(avalanche_scaling)                \
    ROW(avalanches)                       \
    ROW(band_power)                       \
    ROW(branching_ratio)                  \
    ROW(bump)                             \
    ROW(bursts)                           \
    ROW(channel_information)              \
    ROW(chi_synchrony)                    \
    ROW(coherence)                        \
    ROW(compare_matrices)                 \
    ROW(connectivity_states)              \
    ROW(cross_correlation)                \
    ROW(cycles)                           \
    ROW(decode)                           \
    ROW(detrended_fluctuation)            \
    ROW(dynamic_range)                    \
    ROW(eigenmodes)                       \
    ROW(fano_factor)                      \
    ROW(fisher_information)               \
    ROW(functional_connectivity)          \
    ROW(functional_connectivity_dynamics) \
    ROW(granger_causality)                \
    ROW(graph_measures)                   \
    ROW(instantaneous_frequency)          \
    ROW(isi_distance)                     \
    ROW(kalman_decode)                    \
    ROW(kuramoto_order)                   \
    ROW(linear_network_fc)                \
    ROW(map_significance)                 \
    ROW(modularity)                       \
    ROW(mutual_information)               \
    ROW(network_significance)             \
    ROW(network_strength)                 \
    ROW(partial_correlation)              \
    ROW(phase_amplitude_coupling)         \
    ROW(phase_locking)                    \
    ROW(phase_waves)                      \
    ROW(population_responses)             \
    ROW(population_spectrum)              \
    ROW(population_vector)                \
    ROW(power_law)                        \
    ROW(power_spectrum)                   \
    ROW(rich_club)                        \
    ROW(seed_map)                         \
    ROW(sliding_functional_connectivity)  \
    ROW(small_world)                      \
    ROW(spatial_significance)             \
    ROW(spatial_spectrum)                 \
    ROW(spectral_peaks)                   \
    ROW(spectrogram)                      \
    ROW(spike_distance)                   \
    ROW(spike_statistics)                 \
    ROW(spike_synchronization)            \
    ROW(spike_train_correlation)          \
    ROW(sttc)                             \
    ROW(summary_statistics)               \
    ROW(susceptibility)                   \
    ROW(transfer_entropy)                 \
    ROW(tuning_curves)                    \
    ROW(wave_speed)
#define NEURODYN_ROW(name) Analysis name();
NEURODYN_ANALYSES(NEURODYN_ROW)
#undef NEURODYN_ROW
}  // namespace rows

}  // namespace neurodyn::analysis
