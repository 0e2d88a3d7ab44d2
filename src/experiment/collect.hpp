// SPDX-License-Identifier: BSD-3-Clause
// The sink of an experiment: what is recorded goes on to the file, what analyses need stays in memory,
// running covariances keep sums only, and a thinned copy of every series serves the report's pictures.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/functional_connectivity.hpp"
#include "engine/sink.hpp"
#include "experiment/build.hpp"
#include "experiment/surface_picture.hpp"

namespace neurodyn::experiment {

/// At most so many samples of so many nodes of a series, for pictures.
struct Preview {
    engine::SeriesInfo info;
    std::size_t stride = 1;          ///< samples between two of the preview
    std::vector<std::size_t> nodes;  ///< indices into info.node_names
    std::vector<double> values;      ///< [sample][node]
    std::size_t samples = 0;
    analysis::ChannelGrid grid;  ///< of the nodes chosen, where they are evenly spaced points; else empty
    SurfacePicture surface;      ///< whose nodes are chosen; else empty
};

/// Events of one population, for pictures: those of some nodes, and how many of all nodes fell into each bin.
struct EventPreview {
    engine::EventsInfo info;
    std::vector<std::uint32_t> nodes;  ///< evenly over the population
    std::vector<double> time_s;
    std::vector<std::uint32_t> row;  ///< of each event, index into `nodes`
    double bin_s = 0.0;
    std::vector<double> counts;
    std::size_t most_events = 0;
    void add(std::span<const double> times, std::span<const std::uint32_t> of);

  private:
    void halve();
};

class Collector : public engine::Sink {
  public:
    struct Options {
        engine::Sink* file = nullptr;     ///< gets series with SeriesRole::keep; may be null
        std::set<std::string> in_memory;  ///< series and events that analyses read
        bool previews = false;            ///< of member 0
    };
    explicit Collector(const Built& built, Options options)
        : roles_(built.series), event_roles_(built.events), options_(std::move(options)) {}

    std::size_t open_series(const engine::SeriesInfo& info) override;
    void append(std::size_t series, std::size_t first_sample, std::size_t first_member,
                std::size_t member_count, std::span<const double> values) override;
    std::size_t open_events(const engine::EventsInfo& info) override;
    void append_events(std::size_t events, std::size_t member, std::span<const double> time_s,
                       std::span<const std::uint32_t> node) override;
    void flush() override;

    /// The recorded events of one member. Throws Error when the monitor does not exist.
    analysis::Events events(const std::string& name, std::size_t member) const;
    bool has_series(const std::string& name) const { return memory_.find(name) != nullptr; }
    /// The recorded samples of one member. Throws Error when the series was not kept in memory.
    analysis::Series series(const std::string& name, std::size_t member) const;
    /// Running covariance or correlation of one member. Throws Error when the monitor has none.
    analysis::Matrix covariance(const std::string& name, std::size_t member, bool correlation) const;
    const std::vector<Preview>& previews() const { return previews_; }
    const std::vector<EventPreview>& event_previews() const { return event_previews_; }
    const std::vector<engine::SeriesInfo>& infos() const { return infos_; }

  private:
    struct Open {
        std::size_t file = SIZE_MAX, memory = SIZE_MAX, preview = SIZE_MAX;
        std::size_t nodes = 0;
        std::vector<analysis::CovarianceAccumulator> sums;  ///< one per member
    };
    void add_sums(Open& open, std::size_t first_member, std::size_t member_count,
                  std::span<const double> values);
    void choose_rasters();
    void add_preview(Preview& preview, std::size_t first_sample, std::size_t member_count,
                     std::span<const double> values);

    const std::map<std::string, SeriesRole>& roles_;
    const std::map<std::string, EventRole>& event_roles_;
    Options options_;
    std::vector<Open> open_;
    /// Handles of events in the file and in memory, and the index of the preview; SIZE_MAX: none.
    struct OpenEvents {
        std::size_t file = SIZE_MAX, memory = SIZE_MAX, preview = SIZE_MAX;
    };
    std::vector<OpenEvents> events_;
    std::vector<engine::SeriesInfo> infos_;
    std::vector<Preview> previews_;
    std::vector<EventPreview> event_previews_;
    engine::MemorySink memory_;
};

}  // namespace neurodyn::experiment
