// SPDX-License-Identifier: BSD-3-Clause
// Figures of analyses: by the shape and the axes of each result.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {

std::string in_words(std::string name) {
    if (name == "isi_cv") return "ISI CV";
    if (name == "mean_isi_cv") return "mean ISI CV";
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

std::string capital(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string sentence(const std::string& text) { return capital(text) + "."; }

namespace {

constexpr std::size_t most_lines = 12, most_matrix = 600;

using analysis::ResultArray;

// The connectome whose regions the rows are, if one has as many.
const ConnectomeData* connectome_of(std::size_t rows, const Built& built) {
    for (const auto& [name, data] : built.connectomes)
        if (data->size() == rows) return data.get();
    return nullptr;
}

// The matrix that an analysis was compared with.
const Array* compared_with(const AnalysisResult& done, const ReportInput& input, std::string& name) {
    const AnalysisSection* section = input.experiment.find_analysis(done.name);
    if (section == nullptr) return nullptr;
    for (const auto& [key, text] : section->inputs) {
        const std::size_t dot = text.value.find('.');
        const auto connectome = input.built.connectomes.find(text.value.substr(0, dot));
        if (key != "compare" || dot == std::string::npos || connectome == input.built.connectomes.end())
            continue;
        const auto array = connectome->second->arrays.find(text.value.substr(dot + 1));
        name = text.value;
        if (array != connectome->second->arrays.end() && array->second->is_matrix())
            return array->second.get();
    }
    return nullptr;
}

std::vector<double> upper(std::span<const double> values, std::size_t n) {
    std::vector<double> triangle;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j) triangle.push_back(values[i * n + j]);
    return triangle;
}

std::string title_of(const AnalysisResult& done, const ResultArray& array) {
    return done.name == array.name ? array.doc : done.name + ": " + in_words(array.name);
}

Json matrix_figure(const AnalysisResult& done, const ResultArray& array, const ReportInput& input,
                   const Array* measured, const std::string& measured_name) {
    const std::size_t rows = array.dimensions[0].size, columns = array.dimensions[1].size;
    const bool diverging =
        std::any_of(array.values.begin(), array.values.end(), [](double x) { return x < 0.0; });
    Json figure{{"kind", "matrix"}, {"title", title_of(done, array)}};
    figure["colour"] = {{"label", array.name}, {"scale", diverging ? "diverging" : "sequential"}};
    if (!array.unit.empty()) figure["colour"]["unit"] = array.unit;
    if (array.dimensions[0].labels.size() == rows) figure["labels"] = array.dimensions[0].labels;
    figure["rows"] = in_words(array.dimensions[0].name);
    figure["columns"] = in_words(array.dimensions[1].name);
    if (const ConnectomeData* connectome = connectome_of(rows, input.built);
        connectome != nullptr && rows == columns)
        add_groups(figure, *connectome);
    figure["panels"] = Json::array({{{"title", measured == nullptr ? array.name : "model"},
                                     {"values", pack_matrix(rows, columns, array.values)}}});
    if (measured != nullptr)
        figure["panels"].push_back({{"title", "measured (" + measured_name + ")"},
                                    {"values", pack_matrix(rows, columns, measured->data)}});
    return figure;
}

Json scatter_figure(const AnalysisResult& done, const ResultArray& array, const Array& measured,
                    const std::string& name) {
    const std::size_t n = array.dimensions[0].size;
    Json figure{{"kind", "scatter"},
                {"title", done.name + " against " + name},
                {"x", axis("measured " + array.name)},
                {"y", axis("model " + array.name)},
                {"line", "regression"}};
    figure["series"] = Json::array({{{"name", "pairs of regions"},
                                     {"x", pack(upper(measured.data, n))},
                                     {"y", pack(upper(array.values, n))}}});
    for (const ResultArray& scalar : done.result.arrays)
        if (scalar.name == "similarity" && scalar.values.size() == 1)
            figure["correlation"] = finite(scalar.values[0]);
    return figure;
}

// Two axes with numbers that are not one and the same: frequency and time.
bool is_picture(const ResultArray& array) {
    if (array.dimensions.size() != 2) return false;
    const analysis::Dimension &rows = array.dimensions[0], &columns = array.dimensions[1];
    return !rows.values.empty() && !columns.values.empty() && columns.name != "other_" + rows.name;
}

Json picture_figure(const AnalysisResult& done, const ResultArray& array) {
    const analysis::Dimension &rows = array.dimensions[0], &columns = array.dimensions[1];
    return {
        {"kind", "heatmap"},
        {"title", title_of(done, array)},
        {"x", axis(columns.name, columns.unit)},
        {"y", axis(rows.name, rows.unit)},
        {"x_values", pack(columns.values)},
        {"y_values", pack(rows.values)},
        {"colour",
         {{"label", array.name}, {"unit", array.unit.empty() ? "1" : array.unit}, {"scale", "sequential"}}},
        {"values", pack_matrix(rows.size, columns.size, array.values)}};
}

// Rows are channels, columns an axis with numbers (frequency, lag), or the other way round.
Json lines_figure(const AnalysisResult& done, const ResultArray& array) {
    const bool one = array.dimensions.size() == 1;
    const analysis::Dimension& x = array.dimensions.back();
    const bool spectrum = x.name == "frequency";
    Json figure{{"kind", spectrum ? "spectrum" : "lines"},
                {"title", title_of(done, array)},
                {"x", axis(x.name, x.unit)},
                {"y", axis(array.name, array.unit)},
                {"x_values", pack(x.values)}};
    figure["series"] = Json::array();
    const std::size_t rows = one ? 1 : array.dimensions[0].size, shown = std::min(rows, most_lines);
    for (std::size_t k = 0; k < shown; ++k) {
        const std::size_t row = k * rows / shown;
        const std::string name = one                                       ? array.name
                                 : row < array.dimensions[0].labels.size() ? array.dimensions[0].labels[row]
                                                                           : fmt::format("{}", row);
        figure["series"].push_back(
            {{"name", name}, {"y", pack(std::span(array.values).subspan(row * x.size, x.size))}});
    }
    if (shown < rows) figure["caption"] = fmt::format("{} of {} channels are shown.", shown, rows);
    return figure;
}

}  // namespace

Json vector_figure(const std::string& title, const ResultArray& array, const ReportInput& input) {
    const analysis::Dimension& dimension = array.dimensions[0];
    const ConnectomeData* connectome = connectome_of(dimension.size, input.built);
    if (connectome != nullptr && !connectome->positions_mm.empty() &&
        dimension.labels.size() == dimension.size) {
        Json figure{{"kind", "brain"}, {"title", title}, {"regions", brain_regions(*connectome)}};
        figure["value"] = {{"label", array.name}, {"values", pack(array.values)}};
        if (!array.unit.empty()) figure["value"]["unit"] = array.unit;
        return figure;
    }
    if (dimension.labels.size() == dimension.size && dimension.size <= 60) {
        Json values = Json::array();
        for (const double x : array.values) values.push_back(finite(x));
        return {{"kind", "bars"},
                {"title", title},
                {"x", {{"label", dimension.name}, {"categories", dimension.labels}}},
                {"y", axis(array.name, array.unit)},
                {"series", Json::array({{{"name", array.name}, {"values", values}}})}};
    }
    return {{"kind", "histogram"},
            {"title", title},
            {"x", axis(array.name, array.unit)},
            {"measure", "density"},
            {"series", Json::array({{{"name", array.name}, {"values", pack(array.values)}}})}};
}

namespace {

Json scalar_table(const AnalysisResult& done) {
    Json rows = Json::array();
    for (const ResultArray& array : done.result.arrays)
        if (array.values.size() == 1 && array.dimensions.empty())
            rows.push_back(
                {{"cells", Json::array({array.name, array.doc, finite(array.values[0]), array.unit})}});
    if (rows.empty()) return nullptr;
    return {{"kind", "table"},
            {"title", done.name},
            {"columns",
             Json::array(
                 {{{"label", "result"}}, {{"label", "what"}}, {{"label", "value"}}, {{"label", "unit"}}})},
            {"rows", rows}};
}

}  // namespace

Json analysis_figures(const AnalysisResult& done, const ReportInput& input) {
    if (done.picture) return picture_figures(*done.picture);
    const bool avalanches = done.analysis == "avalanches";
    Json figures = avalanches ? avalanche_figures(done, input) : Json::array();
    std::string measured_name;
    const Array* measured = compared_with(done, input, measured_name);
    bool first_matrix = true;
    const auto add = [&](Json figure, const ResultArray& array) {
        if (!figure.contains("caption")) figure["caption"] = sentence(array.doc);
        figures.push_back(std::move(figure));
    };
    for (const ResultArray& array : done.result.arrays) {
        const std::size_t rank = array.dimensions.size();
        if (rank == 0 || rank > 2 || array.values.size() < 2) continue;
        if (avalanches && array.name != "shape") continue;
        if (std::none_of(array.values.begin(), array.values.end(), [](double x) { return std::isfinite(x); }))
            continue;  // the table of scalars says NaN
        const bool numeric = array.dimensions.back().values.size() == array.dimensions.back().size;
        const bool both_numeric = rank == 2 && array.dimensions[0].values.size() == array.dimensions[0].size;
        if (is_picture(array)) {
            add(picture_figure(done, array), array);
        } else if (numeric && !both_numeric) {
            add(lines_figure(done, array), array);
        } else if (rank == 1) {
            add(vector_figure(title_of(done, array), array, input), array);
            if (Json matrix = pair_matrix({&done}, array.name); !matrix.is_null()) add(matrix, array);
        } else if (std::max(array.dimensions[0].size, array.dimensions[1].size) <= most_matrix) {
            const bool fits = measured != nullptr && first_matrix &&
                              measured->rows == array.dimensions[0].size &&
                              measured->columns == array.dimensions[1].size;
            add(matrix_figure(done, array, input, fits ? measured : nullptr, measured_name), array);
            if (fits) add(scatter_figure(done, array, *measured, measured_name), array);
            first_matrix = false;
        }
    }
    if (Json table = scalar_table(done); !table.is_null()) figures.push_back(table);
    return figures;
}

}  // namespace neurodyn::experiment
