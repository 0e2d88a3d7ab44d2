// SPDX-License-Identifier: BSD-3-Clause
// Events in bins and as trains of single nodes.
#include "analysis/spike_trains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/errors.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double rounding = 1e-12;  // of times that are whole steps

}  // namespace

std::size_t EventBins::of(double time_s) const {
    const double bin = std::ceil((time_s - start_s) / width_s * (1.0 - rounding)) - 1.0;
    return static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(count)));
}

double kept_from(const Events& events, double discard_s) {
    const double start_s = events.start_s + discard_s;
    if (discard_s >= 0.0 && start_s < events.stop_s) return start_s;
    throw OptionError(fmt::format("discard is {} s, but events '{}' are only {} s long", discard_s,
                                  events.name, events.stop_s - events.start_s),
                      "discard");
}

EventBins plan_bins(const Events& events, double discard_s, double width_s, const std::string& option,
                    std::size_t least) {
    const double start_s = kept_from(events, discard_s), duration_s = events.stop_s - start_s;
    const double count = duration_s / width_s * (1.0 + rounding);
    if (!(width_s > 0.0) || !(count < 0x1p40))
        throw OptionError(
            fmt::format("{} is {} s; it must be above 0, and not too short for the {} s of events '{}'",
                        option, width_s, duration_s, events.name),
            option);
    if (count < static_cast<double>(least))
        throw OptionError(fmt::format("{} is {} s, but events '{}' have only {} s, and at least {} must fit",
                                      option, width_s, events.name, duration_s, least),
                          option);
    return {start_s, width_s, static_cast<std::size_t>(count)};
}

double fano_factor(const std::vector<double>& counts) {
    const double n = static_cast<double>(counts.size());
    const double mean = std::accumulate(counts.begin(), counts.end(), 0.0) / n;
    double squares = 0.0;
    for (const double c : counts) squares += (c - mean) * (c - mean);
    return mean > 0.0 && n > 1.0 ? squares / (n - 1.0) / mean : std::numeric_limits<double>::quiet_NaN();
}

double mean_of_known(const std::vector<double>& values) {
    double sum = 0.0;
    std::size_t count = 0;
    for (const double v : values)
        if (!std::isnan(v)) sum += v, ++count;
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

std::vector<std::size_t> sample_nodes(const Events& events, double most, std::size_t least) {
    if (!(most >= static_cast<double>(least)) || most > 2000)
        throw OptionError(fmt::format("nodes is {}; {} to 2000 were expected", most, least), "nodes");
    if (events.nodes < least)
        throw DataError(fmt::format("events '{}' are of {} nodes; at least {} are needed", events.name,
                                    events.nodes, least),
                        events.name);
    const std::size_t count = std::min(static_cast<std::size_t>(most), events.nodes);
    std::vector<std::size_t> nodes(count);
    for (std::size_t i = 0; i < count; ++i) nodes[i] = i * events.nodes / count;
    return nodes;
}

std::vector<std::vector<double>> trains_of(const Events& events, const std::vector<std::size_t>& nodes,
                                           double start_s) {
    std::vector<std::vector<double>> trains(nodes.size());
    for (std::size_t k = 0; k < events.time_s.size(); ++k) {
        if (events.time_s[k] <= start_s) continue;
        const auto found = std::lower_bound(nodes.begin(), nodes.end(), events.node[k]);
        if (found != nodes.end() && *found == events.node[k])
            trains[static_cast<std::size_t>(found - nodes.begin())].push_back(events.time_s[k]);
    }
    return trains;
}

std::vector<double> intervals_at(const std::vector<double>& train, double start_s, double stop_s) {
    const std::size_t n = train.size();
    std::vector<double> intervals{train.front() - start_s};
    for (std::size_t i = 1; i < n; ++i) intervals.push_back(train[i] - train[i - 1]);
    intervals.push_back(stop_s - train.back());
    if (n > 1) {
        intervals.front() = std::max(intervals.front(), intervals[1]);
        intervals.back() = std::max(intervals.back(), intervals[n - 1]);
    }
    return intervals;
}

Dimension node_dimension(const std::string& name, const std::vector<std::size_t>& nodes) {
    Dimension dimension{name, nodes.size()};
    for (const std::size_t node : nodes) dimension.labels.push_back(fmt::format("{}", node));
    return dimension;
}

std::vector<OptionSpec> distance_options() {
    return {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
            {"nodes", "", 50.0, "at most so many, taken evenly over the population", {}, {2, 2000}}};
}

std::vector<ResultSpec> distance_results() {
    return {{"distances", "of the nodes taken; NaN where one has no event", {"neuron", "other_neuron"}},
            {"mean", "over the pairs that have one; NaN without any"}};
}

std::vector<Dimension> plan_distances(const Arguments& a) {
    const Events& events = a.events("events");
    kept_from(events, a.number("discard"));
    const std::vector<std::size_t> nodes = sample_nodes(events, a.number("nodes"), 2);
    return {node_dimension("neuron", nodes), node_dimension("other_neuron", nodes)};
}

Result run_distances(const Arguments& a, TrainDistance distance) {
    const Events& events = a.events("events");
    const double start_s = kept_from(events, a.number("discard"));
    const std::vector<std::size_t> nodes = sample_nodes(events, a.number("nodes"), 2);
    const auto trains = trains_of(events, nodes, start_s);
    const std::vector<double> pairs = pairwise(nodes.size(), [&](std::size_t i, std::size_t j) {
        return trains[i].empty() || trains[j].empty()
                   ? std::numeric_limits<double>::quiet_NaN()
                   : distance(trains[i], trains[j], start_s, events.stop_s);
    });
    ResultArray matrix{"distances", "distance of two nodes", "", plan_distances(a), {}};
    matrix.values.resize(nodes.size() * nodes.size());
    std::size_t k = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (std::size_t j = i + 1; j < nodes.size(); ++j, ++k)
            matrix.values[i * nodes.size() + j] = matrix.values[j * nodes.size() + i] = pairs[k];
    Result result;
    result.add(std::move(matrix));
    result.add_scalar("mean", "over the pairs that have one", mean_of_known(pairs));
    return result;
}

}  // namespace neurodyn::analysis
