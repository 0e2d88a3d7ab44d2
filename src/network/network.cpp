// SPDX-License-Identifier: BSD-3-Clause
// Building values and connectivity from arrays.
#include "network/network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace neurodyn::network {

Values::Values(std::vector<double> values, std::size_t node_count, std::size_t member_count)
    : data(std::move(values)), nodes(node_count), members(member_count) {
    if (data.size() != nodes * members)
        throw Error(
            fmt::format("{} values were given for {} nodes and {} members", data.size(), nodes, members));
}

double Stimulus::Table::at(double t_s, std::size_t node) const {
    const auto after = std::upper_bound(time_s.begin(), time_s.end(), t_s);
    if (after == time_s.begin() || (after == time_s.end() && t_s > time_s.back())) return 0.0;
    const auto row = static_cast<std::size_t>(after - time_s.begin()) - 1;
    const std::size_t column = nodes == 1 ? 0 : node;
    const double value = values[row * nodes + column];
    if (!interpolate || after == time_s.end()) return value;
    const double share = (t_s - time_s[row]) / (*after - time_s[row]);
    return value + share * (values[(row + 1) * nodes + column] - value);
}

Connectivity from_dense(std::size_t targets, std::size_t sources, const std::vector<double>& weights,
                        const std::vector<double>& delay_s) {
    if (weights.size() != targets * sources)
        throw Error(fmt::format("a weight matrix of {} x {} needs {} values, {} were given", targets, sources,
                                targets * sources, weights.size()));
    if (!delay_s.empty() && delay_s.size() != weights.size())
        throw Error(fmt::format("{} delays were given for {} weights", delay_s.size(), weights.size()));
    Connectivity c{targets, sources, {0}, {}, {}, {}};
    for (std::size_t i = 0; i < targets; ++i) {
        for (std::size_t j = 0; j < sources; ++j) {
            if (weights[i * sources + j] == 0.0) continue;
            c.source.push_back(static_cast<std::uint32_t>(j));
            c.weight.push_back(weights[i * sources + j]);
            if (!delay_s.empty()) c.delay_s.push_back(delay_s[i * sources + j]);
        }
        c.row_begin.push_back(c.source.size());
    }
    return c;
}

Connectivity one_to_one(std::size_t size) {
    Connectivity c{size, size, {0}, {}, std::vector<double>(size, 1.0), {}};
    for (std::size_t i = 0; i < size; ++i) {
        c.source.push_back(static_cast<std::uint32_t>(i));
        c.row_begin.push_back(i + 1);
    }
    return c;
}

Connectivity all_to_all(std::size_t targets, std::size_t sources, double weight) {
    return from_dense(targets, sources, std::vector<double>(targets * sources, weight));
}

const Population* Network::find_population(const std::string& name) const {
    const auto it = std::find_if(populations.begin(), populations.end(),
                                 [&](const Population& p) { return p.name == name; });
    return it == populations.end() ? nullptr : &*it;
}

bool has_synapses(const Network& network, const EventProjection& projection) {
    const auto is_spiking = [&](const std::string& name) {
        const Population* population = network.find_population(name);
        return population == nullptr || population->level == Level::spiking;
    };
    return is_spiking(projection.from) && is_spiking(projection.to);
}

double bytes_per_synapse(const EventProjection& projection) {
    using Storage = EventProjection::Storage;
    // With a target, and a share of a row's padding.
    if (projection.storage == Storage::procedural) return 0.0;
    if (!projection.synapse) return projection.storage == Storage::half ? 4.1 : 6.1;
    return 12.0 + 8.0 * static_cast<double>(projection.synapse->states.size());
}

}  // namespace neurodyn::network
