// SPDX-License-Identifier: BSD-3-Clause
// What analyses read, from files: results of neurodyn, tables of text, NumPy and HDF5 arrays.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/table.hpp"

namespace neurodyn::experiment {

/// How the values of a file are to be understood where it does not say so itself.
struct DataFileSettings {
    std::optional<double> interval_s;       ///< between samples
    std::string unit;                       ///< of the values; empty: the file's
    bool transpose = false;                 ///< rows are channels, columns samples
    std::size_t member = 0;                 ///< of an ensemble's result
    std::optional<std::size_t> size;        ///< nodes of a list of spikes; none: the highest plus 1
    std::optional<double> start_s, stop_s;  ///< of a list of spikes; none: 0 and the last spike
};

/// "FILE" or "FILE:NAME" as one of `kinds`. NAME is a series, a list of spikes or "ANALYSIS.RESULT" of a
/// neurodyn result, an array of a .npz file, a dataset ("/group/x") or a population of spikes of an HDF5
/// file; it may be left out where there is one only. A table of text is rows of samples, with or without
/// header, whose column of times ("time [ms]", "t_s") gives the interval; spikes are columns time and node.
/// Images of an IDX file (MNIST) are rows of pixels. Throws FileError, InputError or Error naming file, row
/// and column.
analysis::Input read_data_file(const std::string& text, const std::vector<analysis::InputKind>& kinds,
                               const DataFileSettings& settings);

}  // namespace neurodyn::experiment
