// SPDX-License-Identifier: BSD-3-Clause
// Samples that a layer is clamped to: rows of a file or of a list, scaled or made into classes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "experiment/inference_section.hpp"

namespace neurodyn::experiment {

struct Samples {
    std::size_t rows = 0, columns = 0;
    std::vector<double> values;  ///< [row][column]
};

/// Where samples come from: `{file: F, rows: [0, 1437], columns: [0, 64], scale: 0.0625}`, `{values: [[1,
/// 0]]}`, or with `classes: 10` labels, each of which becomes a row of zeros with a single one.
struct SampleSource {
    Place place;
    std::string file;  ///< empty: `given`
    Samples given;
    std::optional<std::size_t> first_row, last_row, first_column, last_column;  ///< last: not included
    double scale = 1.0;
    std::size_t classes = 0;  ///< 0: values are not labels
};

SampleSource read_samples(const Node& node, const std::string& what, const std::string& directory,
                          Problems& problems);
/// Throws FileError or Error naming what is missing or wrong.
Samples load_samples(const SampleSource& source);

}  // namespace neurodyn::experiment
