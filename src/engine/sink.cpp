// SPDX-License-Identifier: BSD-3-Clause
// The sink that keeps everything in memory.
#include "engine/sink.hpp"

#include <algorithm>

namespace neurodyn::engine {

std::size_t MemorySink::open_series(const SeriesInfo& info) {
    Series s;
    s.info = info;
    s.values.resize(info.samples * info.node_names.size() * info.members);
    s.samples_of_member.resize(info.members);
    series.push_back(std::move(s));
    return series.size() - 1;
}

void MemorySink::append(std::size_t index, std::size_t first_sample, std::size_t first_member,
                        std::size_t member_count, std::span<const double> values) {
    Series& s = series[index];
    const std::size_t nodes = s.info.node_names.size();
    const std::size_t rows = values.size() / member_count;  // of [sample][node]
    for (std::size_t row = 0; row < rows; ++row)
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(row * member_count), member_count,
                    s.values.begin() + static_cast<std::ptrdiff_t>(
                                           (first_sample * nodes + row) * s.info.members + first_member));
    for (std::size_t m = first_member; m < first_member + member_count; ++m)
        s.samples_of_member[m] = first_sample + rows / nodes;
    s.samples = *std::min_element(s.samples_of_member.begin(), s.samples_of_member.end());
}

std::size_t MemorySink::open_events(const EventsInfo& info) {
    events.push_back({info, std::vector<Events::Train>(info.members)});
    return events.size() - 1;
}

void MemorySink::append_events(std::size_t index, std::size_t member, std::span<const double> time_s,
                               std::span<const std::uint32_t> node) {
    Events::Train& train = events[index].members[member];
    train.time_s.insert(train.time_s.end(), time_s.begin(), time_s.end());
    train.node.insert(train.node.end(), node.begin(), node.end());
}

const MemorySink::Series* MemorySink::find(const std::string& name) const {
    const auto it =
        std::find_if(series.begin(), series.end(), [&](const Series& s) { return s.info.name == name; });
    return it == series.end() ? nullptr : &*it;
}

const MemorySink::Events* MemorySink::find_events(const std::string& name) const {
    const auto it =
        std::find_if(events.begin(), events.end(), [&](const Events& e) { return e.info.name == name; });
    return it == events.end() ? nullptr : &*it;
}

}  // namespace neurodyn::engine
