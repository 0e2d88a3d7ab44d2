// SPDX-License-Identifier: BSD-3-Clause
// Avalanches on logarithmic axes: distributions with the power laws that were fitted to them, mean sizes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {
namespace {

constexpr std::size_t most_points = 400;

struct Points {
    Json x = Json::array(), y = Json::array();
    void add(double at, double value) {
        x.push_back(finite(at));
        y.push_back(finite(value));
    }
    Json series(const std::string& name, const char* style) const {
        return {{"name", name}, {"x", x}, {"y", y}, {"style", style}};
    }
};

Json log_axis(const std::string& label, const std::string& unit) {
    Json made = axis(label, unit);
    made["scale"] = "log";
    return made;
}

/// The part of the values that are at least x, at values whose distance in logarithms is even.
Points survival(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    Points made;
    const double low = values.front(), high = values.back();
    const double factor = std::pow(high / low, 1.0 / static_cast<double>(most_points));
    double next = low;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < next || (i > 0 && values[i] == values[i - 1])) continue;
        made.add(values[i], static_cast<double>(values.size() - i) / static_cast<double>(values.size()));
        next = values[i] * factor;
    }
    return made;
}

/// The law that an analysis fitted: tail/n (x/xmin)^(1 - alpha) from xmin on.
Points law(const analysis::Result& fit, double count, double high) {
    const double xmin = fit.scalar("xmin"), alpha = fit.scalar("alpha"), part = fit.scalar("tail") / count;
    Points made;
    for (const double x : {xmin, high}) made.add(x, part * std::pow(x / xmin, 1.0 - alpha));
    return made;
}

/// Fits whose input is this result.
std::vector<const AnalysisResult*> fits_of(const AnalysisResult& done, const analysis::ResultArray& array,
                                           const ReportInput& input) {
    const bool first = &array == &done.result.arrays.front();
    std::vector<const AnalysisResult*> found;
    for (const AnalysisSection& section : input.experiment.analyses) {
        if (section.analysis.value != "power_law") continue;
        const bool reads = std::any_of(section.inputs.begin(), section.inputs.end(), [&](const auto& given) {
            const std::string& text = given.second.value;
            return text == done.name + "." + array.name || (first && text == done.name);
        });
        if (!reads) continue;
        for (const AnalysisResult& result : input.outcome.results)
            if (result.name == section.name) found.push_back(&result);
    }
    return found;
}

Json distribution(const AnalysisResult& done, const analysis::ResultArray& array, const ReportInput& input) {
    const auto [low, high] = std::minmax_element(array.values.begin(), array.values.end());
    if (array.values.size() < 2 || !(*low > 0.0) || *low == *high) return nullptr;
    Json series = Json::array({survival(array.values).series("avalanches", "markers")});
    std::string caption = "The part that is at least as large.";
    for (const AnalysisResult* fit : fits_of(done, array, input)) {
        series.push_back(
            law(fit->result, static_cast<double>(array.values.size()), *high).series(fit->name, "line"));
        caption += fmt::format(" The law of '{}' begins at {:.4g}, with the exponent {:.4g}.", fit->name,
                               fit->result.scalar("xmin"), fit->result.scalar("alpha"));
    }
    return {{"kind", "lines"},           {"title", done.name + ": " + array.name},
            {"caption", caption},        {"x", log_axis(array.name, array.unit)},
            {"y", log_axis("part", "")}, {"series", series}};
}

Json mean_sizes(const AnalysisResult& done) {
    const analysis::ResultArray* means = done.result.find("mean_size");
    if (means == nullptr || means->values.size() < 2) return nullptr;
    const std::vector<double>& length = means->dimensions[0].values;
    Points points;
    for (std::size_t i = 0; i < length.size(); ++i)
        if (length[i] > 0.0 && means->values[i] > 0.0) points.add(length[i], means->values[i]);
    return {{"kind", "lines"},
            {"title", done.name + ": mean size by duration"},
            {"caption", "Of the avalanches of each duration, in bins."},
            {"x", log_axis("duration", "")},
            {"y", log_axis("mean size", means->unit)},
            {"series", Json::array({points.series("mean size", "markers")})}};
}

}  // namespace

Json avalanche_figures(const AnalysisResult& done, const ReportInput& input) {
    Json figures = Json::array();
    for (const char* name : {"sizes", "durations"})
        if (const analysis::ResultArray* array = done.result.find(name))
            if (Json figure = distribution(done, *array, input); !figure.is_null())
                figures.push_back(std::move(figure));
    if (Json figure = mean_sizes(done); !figure.is_null()) figures.push_back(std::move(figure));
    return figures;
}

}  // namespace neurodyn::experiment
