// SPDX-License-Identifier: BSD-3-Clause
// Several analyses of one kind beside each other: distributions on common bins, matrices of pairs, one table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {
namespace {

using analysis::ResultArray;
using Group = std::vector<const AnalysisResult*>;

constexpr std::size_t most_neurons = 150, panels_in_a_row = 4;

// n of n (n - 1)/2 pairs.
std::size_t nodes_of_pairs(std::size_t pairs) {
    return static_cast<std::size_t>(std::lround(0.5 + std::sqrt(0.25 + 2.0 * static_cast<double>(pairs))));
}

// Both halves of the matrix; nothing on the diagonal.
std::vector<double> square(const ResultArray& pairs, std::size_t n) {
    std::vector<double> matrix(n * n, std::numeric_limits<double>::quiet_NaN());
    std::size_t k = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j, ++k) matrix[i * n + j] = matrix[j * n + i] = pairs.values[k];
    return matrix;
}

bool is_distribution(const ResultArray& array) {
    return array.dimensions.size() == 1 && array.values.size() > 1 && array.dimensions[0].labels.empty() &&
           array.dimensions[0].values.empty();
}

bool has_numbers(const ResultArray& array) {
    return std::any_of(array.values.begin(), array.values.end(), [](double x) { return std::isfinite(x); });
}

bool is_plain(const AnalysisResult& done) {
    if (done.picture) return false;
    return std::all_of(done.result.arrays.begin(), done.result.arrays.end(), [](const ResultArray& array) {
        return array.dimensions.empty() || is_distribution(array);
    });
}

// The limits of the middle 99.5 %, where the few outside would more than double the axis; else nothing.
std::optional<std::pair<double, double>> middle(std::vector<double> values) {
    std::erase_if(values, [](double x) { return !std::isfinite(x); });
    std::sort(values.begin(), values.end());
    if (values.empty()) return std::nullopt;
    const auto quantile = [&](double q) {
        return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
    };
    const double low = quantile(0.0025), high = quantile(0.9975);
    if (low == high || values.back() - values.front() <= 2.0 * (high - low)) return std::nullopt;
    return std::pair{low, high};
}

Json histogram(const Group& group, const ResultArray& first) {
    Json series = Json::array();
    std::vector<double> all;
    for (const AnalysisResult* done : group) {
        const ResultArray* array = done->result.find(first.name);
        if (array == nullptr || !has_numbers(*array)) continue;
        series.push_back({{"name", done->name}, {"values", pack(array->values)}});
        all.insert(all.end(), array->values.begin(), array->values.end());
    }
    if (series.empty()) return nullptr;
    Json figure{{"kind", "histogram"},
                {"title", capital(in_words(first.name))},
                {"caption", sentence(first.doc)},
                {"x", axis(in_words(first.name), first.unit)},
                {"measure", "density"},
                {"series", series}};
    if (const auto limits = middle(std::move(all))) {
        figure["x"]["range"] = Json::array({limits->first, limits->second});
        figure["caption"] = sentence(first.doc) + " The axis holds the middle 99.5 % of all values.";
    }
    return figure;
}

// Colours up to what one value in 200 exceeds, so that a few pairs do not hide the others.
Json colour_range(std::vector<double> values) {
    std::erase_if(values, [](double x) { return !std::isfinite(x); });
    for (double& x : values) x = std::abs(x);
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(0.995 * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return Json::array({-*at, *at});
}

Json table(const Group& group) {
    Json columns = Json::array({{{"label", ""}}}), rows = Json::array();
    for (const ResultArray& array : group.front()->result.arrays)
        if (array.dimensions.empty())
            columns.push_back({{"label", in_words(array.name)}, {"unit", array.unit}});
    for (const AnalysisResult* done : group) {
        Json cells = Json::array({done->name});
        for (const ResultArray& array : group.front()->result.arrays) {
            if (!array.dimensions.empty()) continue;
            const ResultArray* own = done->result.find(array.name);
            cells.push_back(own == nullptr ? Json(nullptr) : finite(own->values[0]));
        }
        rows.push_back({{"cells", cells}});
    }
    return {{"kind", "table"}, {"title", "Means and indices"}, {"columns", columns}, {"rows", rows}};
}

}  // namespace

Json pair_matrix(const Group& group, const std::string& name) {
    Json panels = Json::array();
    std::string unit, doc;
    std::vector<double> all;
    for (const AnalysisResult* done : group) {
        const ResultArray* array = done->result.find(name);
        if (array == nullptr || array->dimensions.size() != 1 || array->dimensions[0].name != "pair")
            continue;
        const std::size_t n = nodes_of_pairs(array->values.size());
        if (n > most_neurons || !has_numbers(*array)) continue;
        unit = array->unit;
        doc = array->doc;
        all.insert(all.end(), array->values.begin(), array->values.end());
        panels.push_back({{"title", done->name}, {"values", pack_matrix(n, n, square(*array, n))}});
    }
    if (panels.empty()) return nullptr;
    Json colour = axis(in_words(name), unit);
    colour["scale"] = "diverging";
    if (Json range = colour_range(std::move(all)); range[1] > 0.0) colour["range"] = std::move(range);
    return {
        {"kind", "matrix"},
        {"title", capital(in_words(name)) + " of pairs"},
        {"caption", sentence(doc) + " Neurons are those taken evenly over the population, in their order."},
        {"colour", colour},
        {"rows", "neuron"},
        {"columns", "neuron"},
        {"panels", panels}};
}

std::vector<Group> analysis_groups(const AnalysisResults& results) {
    std::vector<Group> groups;
    for (const AnalysisResult& done : results) {
        const auto like = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
            return group.front()->analysis == done.analysis && is_plain(*group.front()) && is_plain(done);
        });
        if (like == groups.end())
            groups.push_back({&done});
        else
            like->push_back(&done);
    }
    return groups;
}

Json group_figures(const Group& group) {
    Json figures = Json::array();
    for (const ResultArray& array : group.front()->result.arrays) {
        if (!is_distribution(array)) continue;
        if (Json figure = histogram(group, array); !figure.is_null()) figures.push_back(std::move(figure));
        for (std::size_t first = 0; first < group.size(); first += panels_in_a_row) {
            const std::size_t last = std::min(first + panels_in_a_row, group.size());
            const Group part(group.begin() + static_cast<std::ptrdiff_t>(first),
                             group.begin() + static_cast<std::ptrdiff_t>(last));
            if (Json figure = pair_matrix(part, array.name); !figure.is_null())
                figures.push_back(std::move(figure));
        }
    }
    figures.push_back(table(group));
    return figures;
}

}  // namespace neurodyn::experiment
