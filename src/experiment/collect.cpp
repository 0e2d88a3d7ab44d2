// SPDX-License-Identifier: BSD-3-Clause
// Handing each block of samples to all that want it.
#include "experiment/collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace neurodyn::experiment {
namespace {

constexpr std::size_t preview_samples = 3000, preview_nodes = 12;
// Of fields: points along an axis, and pictures.
constexpr std::size_t line_points = 160, line_samples = 240, plane_points = 64, plane_samples = 24,
                      surface_vertices = 10242;
constexpr std::size_t raster_nodes = 2000, raster_events = 20000, rate_bins = 400;

Preview start_preview(const engine::SeriesInfo& info) {
    Preview preview;
    preview.info = info;
    const std::size_t nodes = info.node_names.size();
    preview.stride = std::max<std::size_t>(1, (info.samples + preview_samples - 1) / preview_samples);
    const std::size_t shown = std::min(nodes, preview_nodes);
    for (std::size_t i = 0; i < shown; ++i) preview.nodes.push_back(i * nodes / shown);
    return preview;
}

// Every so many points of a field, so that pictures of it stay small.
Preview start_preview(const engine::SeriesInfo& info, const analysis::ChannelGrid& grid) {
    const bool plane = grid.shape.size() > 1;
    const std::size_t most = plane ? plane_points : line_points,
                      samples = plane ? plane_samples : line_samples;
    Preview preview;
    preview.info = info;
    preview.stride = std::max<std::size_t>(1, (info.samples + samples - 1) / samples);
    preview.grid = grid;
    std::vector<std::size_t> every;
    for (std::size_t k = 0; k < grid.shape.size(); ++k) {
        every.push_back((grid.shape[k] + most - 1) / most);
        preview.grid.shape[k] = (grid.shape[k] + every[k] - 1) / every[k];
        preview.grid.spacing_m[k] *= static_cast<double>(every[k]);
    }
    for (std::size_t y = 0; y < (plane ? grid.shape[1] : 1); y += plane ? every[1] : 1)
        for (std::size_t x = 0; x < grid.shape[0]; x += every[0])
            preview.nodes.push_back(y * grid.shape[0] + x);
    return preview;
}

// A surface of a few thousand vertices is shown whole.
Preview start_preview(const engine::SeriesInfo& info, std::shared_ptr<const network::Surface> surface) {
    Preview preview;
    preview.info = info;
    preview.stride = std::max<std::size_t>(1, (info.samples + plane_samples - 1) / plane_samples);
    preview.surface = picture_of(std::move(surface), surface_vertices);
    preview.nodes = preview.surface.nodes;
    return preview;
}

EventPreview start_preview(const engine::EventsInfo& info) {
    EventPreview preview;
    preview.info = info;
    const double steps = std::max(1.0, std::nearbyint((info.last_s - info.first_s) / info.dt_s));
    const double steps_of_bin = std::ceil(steps / static_cast<double>(rate_bins));
    preview.bin_s = steps_of_bin * info.dt_s;
    preview.counts.resize(static_cast<std::size_t>(std::floor(steps / steps_of_bin)));
    return preview;
}

}  // namespace

// Every second of the nodes goes, with its events.
void EventPreview::halve() {
    std::vector<std::uint32_t> fewer;
    for (std::size_t i = 0; i < nodes.size(); i += 2) fewer.push_back(nodes[i]);
    nodes = std::move(fewer);
    std::size_t kept = 0;
    for (std::size_t k = 0; k < row.size(); ++k) {
        if (row[k] % 2 != 0) continue;
        time_s[kept] = time_s[k];
        row[kept++] = row[k] / 2;
    }
    time_s.resize(kept);
    row.resize(kept);
}

// As the nodes are halved whenever there are too many events, those that remain do not depend on the pieces
// in which events come.
void EventPreview::add(std::span<const double> times, std::span<const std::uint32_t> of) {
    for (std::size_t k = 0; k < times.size(); ++k) {
        // A time is that of a step's end: bin 0 is (first, first + width].
        const double bin = std::ceil((times[k] - info.first_s) / bin_s - 1e-6) - 1.0;
        if (const auto b = static_cast<std::size_t>(std::max(bin, 0.0)); b < counts.size()) counts[b] += 1.0;
        const auto found = std::lower_bound(nodes.begin(), nodes.end(), of[k]);
        if (found == nodes.end() || *found != of[k]) continue;
        time_s.push_back(times[k]);
        row.push_back(static_cast<std::uint32_t>(found - nodes.begin()));
        while (row.size() > most_events && nodes.size() > 1) halve();
    }
}

std::size_t Collector::open_series(const engine::SeriesInfo& info) {
    const SeriesRole& role = roles_.at(info.name);
    Open open;
    open.nodes = info.node_names.size();
    if (options_.file != nullptr && role.keep) open.file = options_.file->open_series(info);
    if (options_.in_memory.count(info.name) > 0) open.memory = memory_.open_series(info);
    if (role.covariance) open.sums.assign(info.members, analysis::CovarianceAccumulator(open.nodes));
    if (options_.previews) {
        open.preview = previews_.size();
        previews_.push_back(role.surface        ? start_preview(info, role.surface)
                            : role.grid.empty() ? start_preview(info)
                                                : start_preview(info, role.grid));
    }
    infos_.push_back(info);
    open_.push_back(std::move(open));
    return open_.size() - 1;
}

void Collector::add_sums(Open& open, std::size_t first_member, std::size_t member_count,
                         std::span<const double> values) {
    std::vector<double> sample(open.nodes);
    const std::size_t samples = values.size() / (open.nodes * member_count);
    for (std::size_t m = 0; m < member_count; ++m)
        for (std::size_t s = 0; s < samples; ++s) {
            for (std::size_t n = 0; n < open.nodes; ++n)
                sample[n] = values[(s * open.nodes + n) * member_count + m];
            open.sums[first_member + m].add(sample);
        }
}

void Collector::add_preview(Preview& preview, std::size_t first_sample, std::size_t member_count,
                            std::span<const double> values) {
    const std::size_t nodes = preview.info.node_names.size();
    const std::size_t samples = values.size() / (nodes * member_count);
    for (std::size_t s = 0; s < samples; ++s) {
        if ((first_sample + s) % preview.stride != 0) continue;
        for (const std::size_t n : preview.nodes)
            preview.values.push_back(values[(s * nodes + n) * member_count]);
        ++preview.samples;
    }
}

void Collector::append(std::size_t series, std::size_t first_sample, std::size_t first_member,
                       std::size_t member_count, std::span<const double> values) {
    Open& open = open_[series];
    if (open.file != SIZE_MAX)
        options_.file->append(open.file, first_sample, first_member, member_count, values);
    if (open.memory != SIZE_MAX)
        memory_.append(open.memory, first_sample, first_member, member_count, values);
    if (!open.sums.empty()) add_sums(open, first_member, member_count, values);
    if (open.preview != SIZE_MAX && first_member == 0)
        add_preview(previews_[open.preview], first_sample, member_count, values);
}

std::size_t Collector::open_events(const engine::EventsInfo& info) {
    const bool keep = options_.file != nullptr && event_roles_.at(info.name).keep;
    events_.push_back({keep ? options_.file->open_events(info) : SIZE_MAX,
                       options_.in_memory.count(info.name) > 0 ? memory_.open_events(info) : SIZE_MAX,
                       options_.previews ? event_previews_.size() : SIZE_MAX});
    if (options_.previews) event_previews_.push_back(start_preview(info));
    return events_.size() - 1;
}

// Each population has its share of the rows and of the events, by its size.
void Collector::choose_rasters() {
    std::size_t total = 0;
    for (const EventPreview& p : event_previews_) total += p.info.nodes;
    for (EventPreview& p : event_previews_) {
        const std::size_t n = p.info.nodes;
        const std::size_t shown = std::clamp<std::size_t>(raster_nodes * n / total, 1, n);
        for (std::size_t i = 0; i < shown; ++i) p.nodes.push_back(static_cast<std::uint32_t>(i * n / shown));
        p.most_events = raster_events * n / total;
    }
}

void Collector::append_events(std::size_t events, std::size_t member, std::span<const double> time_s,
                              std::span<const std::uint32_t> node) {
    const auto& [file, memory, preview] = events_[events];
    if (file != SIZE_MAX) options_.file->append_events(file, member, time_s, node);
    if (memory != SIZE_MAX) memory_.append_events(memory, member, time_s, node);
    if (preview == SIZE_MAX || member != 0) return;
    if (event_previews_[preview].nodes.empty()) choose_rasters();
    event_previews_[preview].add(time_s, node);
}

void Collector::flush() {
    if (options_.file != nullptr) options_.file->flush();
}

analysis::Events Collector::events(const std::string& name, std::size_t member) const {
    const engine::MemorySink::Events* found = memory_.find_events(name);
    if (found == nullptr) throw Error(fmt::format("the events '{}' were not recorded", name));
    const auto& train = found->members[member];
    return {train.time_s, train.node, found->info.nodes, found->info.first_s, found->info.last_s, name};
}

analysis::Series Collector::series(const std::string& name, std::size_t member) const {
    const engine::MemorySink::Series* found = memory_.find(name);
    if (found == nullptr) throw Error(fmt::format("the series '{}' was not recorded", name));
    const engine::SeriesInfo& info = found->info;
    analysis::Series series;
    series.samples = found->samples_of_member[member];
    series.channels = info.node_names.size();
    series.interval_s = info.interval_s;
    series.start_s = info.first_s;
    series.name = name;
    series.unit = info.unit == "1" ? "" : info.unit;
    series.dimension = "node";
    series.labels = info.node_names;
    series.grid = roles_.at(name).grid;
    series.values.resize(series.samples * series.channels);
    for (std::size_t i = 0; i < series.values.size(); ++i)
        series.values[i] = found->values[i * info.members + member];
    return series;
}

analysis::Matrix Collector::covariance(const std::string& name, std::size_t member, bool correlation) const {
    for (std::size_t i = 0; i < open_.size(); ++i) {
        if (infos_[i].name != name || open_[i].sums.empty()) continue;
        const analysis::CovarianceAccumulator& sums = open_[i].sums[member];
        analysis::Matrix matrix =
            correlation ? sums.correlation(infos_[i].node_names, name) : sums.covariance();
        matrix.labels = infos_[i].node_names;
        matrix.name = name + (correlation ? ".fc" : ".covariance");
        return matrix;
    }
    throw Error(fmt::format("monitor '{}' keeps no covariance; set covariance: true", name));
}

}  // namespace neurodyn::experiment
