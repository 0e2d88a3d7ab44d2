// SPDX-License-Identifier: BSD-3-Clause
// What analyses read: series of samples, matrices between regions, vectors and labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace neurodyn::analysis {

/// The grid whose points the channels are, x varying fastest; empty where they are none.
struct ChannelGrid {
    std::vector<std::size_t> shape;
    std::vector<double> spacing_m;
    std::vector<double> first_m;  ///< where the first point is
    bool periodic = false;
    bool empty() const { return shape.empty(); }
};

/// Samples of several channels at a fixed interval, without ownership.
/// `values[sample * channels + channel]`, as recorded: one sample of all channels after another.
struct SeriesView {
    std::span<const double> values;
    std::size_t samples = 0;
    std::size_t channels = 0;
    double interval_s = 0;
    double start_s = 0;                        ///< time of the first sample
    std::string name;                          ///< e.g. "bold"; used in errors
    std::string unit;                          ///< of the values; empty for 1
    std::string dimension = "channel";         ///< what a channel is: "region", "node"
    std::span<const std::string> labels = {};  ///< a name per channel, or empty
    ChannelGrid grid = {};

    double at(std::size_t sample, std::size_t channel) const { return values[sample * channels + channel]; }
    /// The channel's name, or "17" for the channel of index 17 when channels have no names.
    std::string label(std::size_t channel) const;
};

/// Samples of several channels at a fixed interval; same layout as SeriesView.
struct Series {
    std::vector<double> values;
    std::size_t samples = 0;
    std::size_t channels = 0;
    double interval_s = 0;
    double start_s = 0;
    std::string name;
    std::string unit;
    std::string dimension = "channel";
    std::vector<std::string> labels;
    ChannelGrid grid;

    double at(std::size_t sample, std::size_t channel) const { return values[sample * channels + channel]; }
    operator SeriesView() const;
};

/// How counts in trials were taken, where an analysis made them.
struct Counted {
    double window_s = 0.0;         ///< of a trial; 0: not known
    std::optional<double> period;  ///< of the stimuli's circle, 0: a line; nothing: not known
};

/// A dense matrix, row by row.
struct Matrix {
    std::vector<double> values;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::string name;                   ///< used in errors, e.g. "connectome.fc"
    std::string unit;                   ///< empty for 1
    std::vector<std::string> labels;    ///< of the rows; empty when they have no names
    std::string dimension = "channel";  ///< what a row is: "region", "window"
    Counted counted = {};

    double operator()(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
    double& operator()(std::size_t row, std::size_t column) { return values[row * columns + column]; }
};

/// A list of numbers, e.g. a measured distribution.
struct Vector {
    std::vector<double> values;
    std::string name;
    std::string unit;
};

/// A word per channel, e.g. the network that a region belongs to.
struct Labels {
    std::vector<std::string> values;
    std::string name;
};

/// Events of nodes, e.g. spikes: by ascending time, recorded in (start_s, stop_s].
struct Events {
    std::vector<double> time_s;
    std::vector<std::uint32_t> node;
    std::size_t nodes = 0;
    double start_s = 0, stop_s = 0;
    std::string name;
};

/// An unnamed n x n matrix of zeros.
Matrix square_matrix(std::size_t n);

/// The values above the diagonal, row by row: (0,1), (0,2), ..., (1,2), ... Throws ShapeError unless square.
std::vector<double> upper_triangle(const Matrix& matrix);

/// Throws DataError (channel and sample, 0-based, in the text) at the first value that is not finite, and
/// ShapeError when the number of values is not samples x channels.
void require_finite(const SeriesView& series);
/// The same for a matrix (row and column in the text).
void require_finite(const Matrix& matrix);

/// Throws DataError unless the shape has channels, a positive interval and at least `minimum` samples;
/// `purpose` completes "too short for ...".
void require_samples(const SeriesView& series, std::size_t minimum, const std::string& purpose);

/// Throws DataError when there are fewer channels; `purpose` begins the sentence's reason.
void require_channels(const SeriesView& series, std::size_t minimum, const std::string& purpose);

/// Throws ShapeError unless rows equal columns.
void require_square_shape(const Matrix& matrix);
/// Throws ShapeError unless rows equal columns and the values are as many as the shape says.
void require_square(const Matrix& matrix);

/// Throws ShapeError with both shapes when they differ, and, when both have labels, at the first label that
/// differs: matrices of differently ordered regions must never be compared silently.
void require_same_shape(const Matrix& a, const Matrix& b);

/// The samples from `discard_s` after the first on; of a shape without values, their number. Throws
/// OptionError when negative or not shorter than the series.
SeriesView without_start(const SeriesView& series, double discard_s);

/// Throws DataError unless the channels are points of a grid with `axes` axes (0: one or two), all recorded.
void require_grid(const SeriesView& series, std::size_t axes, const std::string& purpose);

/// A duration in samples, rounded to the nearest. Throws OptionError `option` when not finite or negative.
std::size_t samples_in(double duration_s, const SeriesView& series, const std::string& option);

/// One channel, contiguous.
std::vector<double> channel_values(const SeriesView& series, std::size_t channel);

}  // namespace neurodyn::analysis
