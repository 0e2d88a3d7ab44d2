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

const MemorySink::Series* MemorySink::find(const std::string& name) const {
    const auto it =
        std::find_if(series.begin(), series.end(), [&](const Series& s) { return s.info.name == name; });
    return it == series.end() ? nullptr : &*it;
}

}  // namespace neurodyn::engine
