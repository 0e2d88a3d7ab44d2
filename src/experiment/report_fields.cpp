// SPDX-License-Identifier: BSD-3-Clause
// Pictures of fields: space and time of those on a line, frames of those in a plane and on a surface.
#include <fmt/format.h>

#include <algorithm>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {
namespace {

// Positions along an axis, mm.
Json places(const analysis::ChannelGrid& grid, std::size_t axis) {
    constexpr double mm = 1e-3;
    return {
        {"start", grid.first_m[axis] / mm}, {"step", grid.spacing_m[axis] / mm}, {"count", grid.shape[axis]}};
}

Json times(const Preview& preview) {
    return {{"start", preview.info.first_s},
            {"step", preview.info.interval_s * static_cast<double>(preview.stride)},
            {"count", preview.samples}};
}

Json colour(const Preview& preview) {
    const bool diverging =
        std::any_of(preview.values.begin(), preview.values.end(), [](double u) { return u < 0.0; });
    Json colour{{"label", preview.info.expression}, {"scale", diverging ? "diverging" : "sequential"}};
    if (preview.info.unit != "1") colour["unit"] = preview.info.unit;
    return colour;
}

// Rows are places, columns times.
Json space_time(const Preview& preview) {
    const std::size_t points = preview.nodes.size();
    std::vector<double> rows(points * preview.samples);
    for (std::size_t s = 0; s < preview.samples; ++s)
        for (std::size_t i = 0; i < points; ++i)
            rows[i * preview.samples + s] = preview.values[s * points + i];
    return {{"kind", "heatmap"},          {"title", preview.info.name},
            {"x", axis("time", "s")},     {"y", axis("x", "mm")},
            {"x_values", times(preview)}, {"y_values", places(preview.grid, 0)},
            {"colour", colour(preview)},  {"values", pack_matrix(points, preview.samples, rows)}};
}

Json frames(const Preview& preview) {
    return {{"kind", "frames"},
            {"title", preview.info.name},
            {"x", axis("x", "mm")},
            {"y", axis("y", "mm")},
            {"x_values", places(preview.grid, 0)},
            {"y_values", places(preview.grid, 1)},
            {"time", axis("time", "s")},
            {"times", times(preview)},
            {"colour", colour(preview)},
            {"values", pack(preview.values)}};
}

Json on_surface(const Preview& preview) {
    constexpr double mm = 1e-3;
    Json vertices;
    for (std::size_t a = 0; a < 3; ++a) {
        std::vector<double> along;
        for (const std::size_t v : preview.surface.nodes)
            along.push_back(preview.surface.surface->mesh.vertices[v][a] / mm);
        vertices[std::string(1, "xyz"[a])] = pack(along);
    }
    Json triangles = Json::array();
    for (const network::Triangle& t : preview.surface.triangles)
        for (const std::uint32_t v : t) triangles.push_back(v);
    return {{"kind", "surface"},         {"title", preview.info.name},    {"vertices", vertices},
            {"triangles", triangles},    {"time", axis("time", "s")},     {"times", times(preview)},
            {"colour", colour(preview)}, {"values", pack(preview.values)}};
}

}  // namespace

Json field_figure(const Preview& preview) {
    Json figure = preview.surface.surface         ? on_surface(preview)
                  : preview.grid.shape.size() > 1 ? frames(preview)
                                                  : space_time(preview);
    const std::size_t points = preview.info.node_names.size();
    std::string caption =
        fmt::format("{} of population {}", preview.info.expression, preview.info.population);
    if (preview.nodes.size() < points)
        caption += fmt::format(", {} of {} {}", preview.nodes.size(), points,
                               preview.surface.surface ? "vertices" : "points");
    if (preview.stride > 1) caption += fmt::format(", every {}th sample", preview.stride);
    figure["caption"] = caption + ".";
    return figure;
}

}  // namespace neurodyn::experiment
