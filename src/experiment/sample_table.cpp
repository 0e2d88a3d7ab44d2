// SPDX-License-Identifier: BSD-3-Clause
#include "experiment/sample_table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "experiment/data_file.hpp"

namespace neurodyn::experiment {
namespace {

// rows: [first, the one after the last]
void read_range(Section& section, const std::string& key, std::optional<std::size_t>& first,
                std::optional<std::size_t>& last, Problems& problems) {
    if (!section.has(key)) return;
    const std::vector<double> ends = read_numbers(section, key, problems);
    if (ends.size() != 2 || !(ends[0] >= 0.0 && ends[0] < ends[1] && ends[1] < 1e15) ||
        ends[0] != std::floor(ends[0]) || ends[1] != std::floor(ends[1]))
        return problems.add(section.place(),
                            fmt::format("'{}' of {} must be [first, the one after the last], "
                                        "counted from 0",
                                        key, section.what()));
    first = static_cast<std::size_t>(ends[0]);
    last = static_cast<std::size_t>(ends[1]);
}

// values: [[1, 0], [0, 1]], a row for each sample, or [3, 1, 2] for one value each
Samples read_rows(const Node& node, const std::string& what, Problems& problems) {
    Samples samples;
    for (const Node& row : node.items) {
        const std::vector<Node> one{row};
        const std::vector<Node>& cells = row.kind == Node::Kind::list ? row.items : one;
        if (samples.rows++ == 0) samples.columns = cells.size();
        if (cells.size() != samples.columns)
            problems.add(row.place, fmt::format("sample {} of {} has {} values, those before it {}",
                                                samples.rows, what, cells.size(), samples.columns));
        for (const Node& cell : cells) {
            const auto value = to_number(cell.text);
            if (!value)
                problems.add(cell.place, fmt::format("a value of {} must be a number, not {}", what,
                                                     cell.text.empty() ? std::string(cell.kind_name())
                                                                       : "'" + cell.text + "'"));
            samples.values.push_back(value.value_or(0.0));
        }
    }
    return samples;
}

Samples one_hot(const Samples& labels, std::size_t classes) {
    if (labels.columns != 1)
        throw Error(
            fmt::format("labels are one value a sample, but there are {} columns: add 'columns: "
                        "[first, after the last]'",
                        labels.columns));
    Samples result{labels.rows, classes, std::vector<double>(labels.rows * classes, 0.0)};
    for (std::size_t r = 0; r < labels.rows; ++r) {
        const double label = labels.values[r];
        if (!(label >= 0.0 && label < static_cast<double>(classes)) || label != std::floor(label))
            throw Error(fmt::format("the label of sample {} is {}; {} classes are 0 to {}", r, label, classes,
                                    classes - 1));
        result.values[r * classes + static_cast<std::size_t>(label)] = 1.0;
    }
    return result;
}

Samples part(Samples all, const SampleSource& source) {
    const std::size_t r0 = source.first_row.value_or(0), r1 = source.last_row.value_or(all.rows);
    const std::size_t c0 = source.first_column.value_or(0), c1 = source.last_column.value_or(all.columns);
    if (r1 > all.rows || c1 > all.columns)
        throw Error(fmt::format("row {} and column {} are asked for, but the data are {} x {}", r1 - 1,
                                c1 - 1, all.rows, all.columns));
    if (r1 - r0 == all.rows && c1 - c0 == all.columns) return all;
    Samples result{r1 - r0, c1 - c0, {}};
    result.values.reserve(result.rows * result.columns);
    for (std::size_t r = r0; r < r1; ++r)
        for (std::size_t c = c0; c < c1; ++c) result.values.push_back(all.values[r * all.columns + c]);
    return result;
}

}  // namespace

SampleSource read_samples(const Node& node, const std::string& what, const std::string& directory,
                          Problems& problems) {
    SampleSource source;
    source.place = node.place;
    if (node.kind == Node::Kind::list) {
        source.given = read_rows(node, what, problems);
        return source;
    }
    if (node.kind == Node::Kind::scalar) {
        source.file = data_path(directory, node.text);
        return source;
    }
    Section section(node, problems, what);
    const Node* values = section.get("values");
    const std::optional<Text> file = section.text("file");
    if ((values != nullptr) == file.has_value())
        problems.add(node.place, fmt::format("{} needs either 'file' or 'values'", what),
                     "for example {file: images.npy, rows: [0, 1000], scale: 0.00392}");
    if (values != nullptr) source.given = read_rows(*values, what, problems);
    if (file) source.file = data_path(directory, file->value);
    read_range(section, "rows", source.first_row, source.last_row, problems);
    read_range(section, "columns", source.first_column, source.last_column, problems);
    source.scale = section.number("scale").value_or(1.0);
    source.classes = static_cast<std::size_t>(section.integer("classes", 2, 1'000'000).value_or(0));
    section.finish();
    return source;
}

Samples load_samples(const SampleSource& source) {
    Samples samples = source.given;
    if (!source.file.empty()) {
        analysis::Matrix matrix =
            std::get<analysis::Matrix>(read_data_file(source.file, {analysis::InputKind::matrix}, {}));
        samples = {matrix.rows, matrix.columns, std::move(matrix.values)};
    }
    samples = part(std::move(samples), source);
    if (source.classes > 0) return one_hot(samples, source.classes);
    for (std::size_t i = 0; i < samples.values.size(); ++i) {
        samples.values[i] *= source.scale;
        if (!std::isfinite(samples.values[i]))
            throw Error(fmt::format("sample {}, value {} is {}", i / samples.columns, i % samples.columns,
                                    samples.values[i]));
    }
    return samples;
}

}  // namespace neurodyn::experiment
