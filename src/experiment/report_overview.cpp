// SPDX-License-Identifier: BSD-3-Clause
// Figures of recorded series, sweeps and connectomes, and the packing of numbers.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {
namespace {

constexpr std::size_t most_edges = 300;

std::string base64(std::span<const unsigned char> bytes) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t word = static_cast<std::uint32_t>(bytes[i]) << 16;
        if (i + 1 < bytes.size()) word |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
        if (i + 2 < bytes.size()) word |= bytes[i + 2];
        text += letters[word >> 18];
        text += letters[(word >> 12) & 63];
        text += i + 1 < bytes.size() ? letters[(word >> 6) & 63] : '=';
        text += i + 2 < bytes.size() ? letters[word & 63] : '=';
    }
    return text;
}

std::string short_name(const std::string& path) { return path.substr(path.rfind('.') + 1); }

// Means over the repeats of each point.
std::vector<double> repeat_means(const SweepSection& sweep, const std::vector<double>& column) {
    std::vector<double> means;
    for (std::size_t p = 0; p < column.size(); p += sweep.repeats) {
        double sum = 0.0;
        for (std::size_t r = 0; r < sweep.repeats; ++r) sum += column[p + r];
        means.push_back(sum / static_cast<double>(sweep.repeats));
    }
    return means;
}

Json curve(const ReportInput& input, const std::string& name, const std::vector<double>& values) {
    const SweepAxis& x = input.experiment.sweep.axes[0];
    Json figure{{"kind", "curve"},
                {"title", name + " over " + short_name(x.path)},
                {"x", axis(x.path, x.unit)},
                {"y", axis(name, input.outcome.sweep.unit_of(name))},
                {"x_values", pack(x.numbers)},
                {"series", Json::array({{{"name", name}, {"y", pack(values)}, {"style", "both"}}})}};
    const SweepOutcome& sweep = input.outcome.sweep;
    if (sweep.best && input.experiment.sweep.choose->value == name) {
        const double best = x.numbers[sweep.points[*sweep.best].index[0]];
        figure["best"] = {{"x", best},
                          {"y", finite(sweep.best_value)},
                          {"label", fmt::format("best: {} = {:.4g}", short_name(x.path), best)}};
    }
    return figure;
}

Json heatmap(const ReportInput& input, const std::string& name, const std::vector<double>& values) {
    const SweepAxis &y = input.experiment.sweep.axes[0], &x = input.experiment.sweep.axes[1];
    Json figure{{"kind", "heatmap"},
                {"title", name},
                {"x", axis(x.path, x.unit)},
                {"y", axis(y.path, y.unit)},
                {"x_values", pack(x.numbers)},
                {"y_values", pack(y.numbers)},
                {"colour", axis(name, input.outcome.sweep.unit_of(name))},
                {"values", pack_matrix(y.numbers.size(), x.numbers.size(), values)}};
    const SweepOutcome& sweep = input.outcome.sweep;
    if (sweep.best && input.experiment.sweep.choose->value == name) {
        const std::vector<std::size_t>& index = sweep.points[*sweep.best].index;
        figure["best"] = {{"x", x.numbers[index[1]]}, {"y", y.numbers[index[0]]}, {"label", "best"}};
    }
    return figure;
}

// The strongest connections, each pair once.
Json strongest_edges(const Array& weights) {
    struct Edge {
        double weight;
        std::size_t from, to;
    };
    std::vector<Edge> edges;
    for (std::size_t i = 0; i < weights.rows; ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (const double w = std::max(weights.at(i, j), weights.at(j, i)); w > 0.0)
                edges.push_back({w, j, i});
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
        return std::tuple(-a.weight, a.from, a.to) < std::tuple(-b.weight, b.from, b.to);
    });
    if (edges.size() > most_edges) edges.resize(most_edges);
    Json from = Json::array(), to = Json::array();
    std::vector<double> strength;
    for (const Edge& edge : edges) {
        from.push_back(edge.from);
        to.push_back(edge.to);
        strength.push_back(edge.weight);
    }
    return {{"label", "weight"}, {"from", from}, {"to", to}, {"weights", pack(strength)}};
}

}  // namespace

std::string pack(std::span<const double> values) {
    std::vector<unsigned char> bytes(values.size() * 4);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(values[i]));
        for (std::size_t b = 0; b < 4; ++b) bytes[4 * i + b] = static_cast<unsigned char>(bits >> (8 * b));
    }
    return "f32:" + base64(bytes);
}

Json pack_matrix(std::size_t rows, std::size_t columns, std::span<const double> values) {
    return {{"rows", rows}, {"columns", columns}, {"values", pack(values)}};
}

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json axis(const std::string& label, const std::string& unit) {
    Json result{{"label", label}};
    if (!unit.empty() && unit != "1") result["unit"] = unit;
    return result;
}

Json brain_regions(const ConnectomeData& connectome) {
    if (connectome.positions_mm.size() != 3 * connectome.size()) return nullptr;
    std::vector<double> xyz[3];
    for (std::size_t i = 0; i < connectome.positions_mm.size(); ++i)
        xyz[i % 3].push_back(connectome.positions_mm[i]);
    return {{"x", pack(xyz[0])}, {"y", pack(xyz[1])}, {"z", pack(xyz[2])}, {"names", connectome.regions}};
}

void add_groups(Json& figure, const ConnectomeData& connectome) {
    if (connectome.networks.empty()) return;
    std::map<std::string, std::size_t> index;
    Json groups = Json::array(), group_of = Json::array();
    for (const std::string& network : connectome.networks) {
        const auto [it, added] = index.emplace(network, index.size());
        if (added) groups.push_back({{"name", network}});
        group_of.push_back(it->second);
    }
    figure["groups"] = groups;
    figure["group_of"] = group_of;
}

Json series_figures(const ReportInput& input) {
    Json figures = Json::array();
    if (input.data == nullptr) return figures;
    for (const Preview& preview : input.data->previews()) {
        if (preview.samples == 0) continue;
        const engine::SeriesInfo& info = preview.info;
        if (!preview.grid.empty() || preview.surface.surface) {
            figures.push_back(field_figure(preview));
            continue;
        }
        Json figure{{"kind", "lines"},
                    {"title", info.name},
                    {"x", axis("time", "s")},
                    {"y", axis(info.expression, info.unit)}};
        figure["x_values"] = {{"start", info.first_s},
                              {"step", info.interval_s * static_cast<double>(preview.stride)},
                              {"count", preview.samples}};
        figure["series"] = Json::array();
        const std::size_t nodes = preview.nodes.size();
        for (std::size_t n = 0; n < nodes; ++n) {
            std::vector<double> y(preview.samples);
            for (std::size_t s = 0; s < preview.samples; ++s) y[s] = preview.values[s * nodes + n];
            figure["series"].push_back({{"name", info.node_names[preview.nodes[n]]}, {"y", pack(y)}});
        }
        if (nodes > 4) figure["stacked"] = true;
        std::string caption = fmt::format("{} of {} nodes", nodes, info.node_names.size());
        if (preview.stride > 1)
            caption += fmt::format(", every {}th sample; the file has all", preview.stride);
        figure["caption"] = caption + ".";
        figures.push_back(std::move(figure));
    }
    return figures;
}

Json sweep_figures(const ReportInput& input) {
    Json figures = Json::array();
    const SweepSection& section = input.experiment.sweep;
    const std::size_t axes = section.axes.size();
    const std::vector<std::string>& names = input.outcome.sweep.names;
    // What was chosen by comes first, how points were tuned last.
    const auto rank = [&](std::size_t c) {
        if (section.choose && names[c] == section.choose->value) return 0;
        return names[c].starts_with("tune.") ? 2 : 1;
    };
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    for (const std::size_t c : order) {
        const std::vector<double> means = repeat_means(section, input.outcome.sweep.columns[c]);
        if (std::none_of(means.begin(), means.end(), [](double value) { return std::isfinite(value); }))
            continue;
        if (axes == 1 || section.together)
            figures.push_back(curve(input, names[c], means));
        else if (axes == 2)
            figures.push_back(heatmap(input, names[c], means));
    }
    return figures;
}

Json connectome_figures(const ReportInput& input) {
    Json figures = Json::array();
    for (const auto& [name, data] : input.built.connectomes) {
        Json regions = brain_regions(*data);
        if (regions.is_null()) continue;
        const Array& weights = *data->arrays.at("weights");
        Json figure{{"kind", "brain"}, {"title", name + " on the brain"}, {"regions", regions}};
        figure["size"] = {{"label", "strength"}, {"values", pack(data->arrays.at("strength")->data)}};
        add_groups(figure, *data);
        figure["edges"] = strongest_edges(weights);
        figure["caption"] = fmt::format("{} regions; the {} strongest connections.", data->size(),
                                        figure["edges"]["from"].size());
        figures.push_back(std::move(figure));
    }
    return figures;
}

}  // namespace neurodyn::experiment
