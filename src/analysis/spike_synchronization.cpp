// SPDX-License-Identifier: BSD-3-Clause
// Events of two trains that are each other's partners.
#include "analysis/spike_synchronization.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spike_trains.hpp"
#include "analysis/surrogates.hpp"
#include "analysis/table.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::uint16_t dither_stream = 4;

// The shorter of the intervals before and after event i.
double shortest_beside(const std::vector<double>& train, std::size_t i, double longest) {
    double shortest = longest;
    if (i > 0) shortest = std::min(shortest, train[i] - train[i - 1]);
    if (i + 1 < train.size()) shortest = std::min(shortest, train[i + 1] - train[i]);
    return shortest;
}

// Events of `a` that coincide with one of `b`.
std::size_t coincidences(const std::vector<double>& a, const std::vector<double>& b, double longest,
                         double closest_s) {
    std::size_t count = 0, next = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        while (next < b.size() && b[next] < a[i]) ++next;
        bool met = false;
        for (const std::size_t j : {next - 1, next}) {
            if (j >= b.size()) continue;  // next - 1 of 0, too
            double within = 0.5 * std::min(shortest_beside(a, i, longest), shortest_beside(b, j, longest));
            if (closest_s > 0.0) within = std::min(within, closest_s);
            met = met || a[i] == b[j] || std::abs(a[i] - b[j]) < within;
        }
        if (met) ++count;
    }
    return count;
}

}  // namespace

double spike_synchronization(const std::vector<double>& a, const std::vector<double>& b, double start_s,
                             double stop_s, double closest_s) {
    if (a.empty() && b.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double longest = stop_s - start_s;
    const std::size_t both = coincidences(a, b, longest, closest_s) + coincidences(b, a, longest, closest_s);
    return static_cast<double>(both) / static_cast<double>(a.size() + b.size());
}

namespace {

using Trains = std::vector<std::vector<double>>;

std::vector<double> of_pairs(const Trains& trains, double start_s, const Arguments& a) {
    const double stop_s = a.events("events").stop_s, closest_s = a.number("closest");
    return pairwise(trains.size(), [&](std::size_t i, std::size_t j) {
        return spike_synchronization(trains[i], trains[j], start_s, stop_s, closest_s);
    });
}

// Every event moved by a draw of its own, within the recording.
Trains dithered(Trains trains, double start_s, const Arguments& a, std::size_t surrogate) {
    const auto seed = static_cast<std::uint64_t>(a.number("seed"));
    const double stop_s = a.events("events").stop_s, reach_s = a.number("dither");
    std::uint64_t draw = 0;
    for (auto& train : trains) {
        for (double& t : train) {
            t += reach_s * (2.0 * uniform_at(seed, dither_stream, surrogate, draw++) - 1.0);
            t = std::clamp(t, start_s, stop_s);
        }
        std::sort(train.begin(), train.end());
    }
    return trains;
}

// The part of the surrogates that are as synchronous on average; NaN without dither.
double p_value(const Trains& trains, double found, double start_s, const Arguments& a) {
    if (a.number("dither") == 0.0) return std::numeric_limits<double>::quiet_NaN();
    SurrogateTest test({found});
    const auto count = static_cast<std::size_t>(a.number("surrogate_count"));
    for (std::size_t s = 0; s < count; ++s)
        test.add({mean_of_known(of_pairs(dithered(trains, start_s, a, s), start_s, a))});
    return test.p_values().front();
}

Result run_row(const Arguments& a) {
    const Events& events = a.events("events");
    const double start_s = kept_from(events, a.number("discard"));
    const std::vector<std::size_t> nodes = sample_nodes(events, a.number("nodes"), 2);
    const Trains trains = trains_of(events, nodes, start_s);
    const std::vector<double> pairs = of_pairs(trains, start_s, a);
    const std::size_t n = nodes.size();
    ResultArray matrix{"synchronization", "of two nodes", "", plan_distances(a), {}};
    matrix.values.assign(n * n, 1.0);
    std::size_t k = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j, ++k)
            matrix.values[i * n + j] = matrix.values[j * n + i] = pairs[k];
    Result result;
    result.add(std::move(matrix));
    const double mean = mean_of_known(pairs);
    result.add_scalar("mean", "over the pairs that have events", mean);
    result.add_scalar("p", "part of the trains with dithered events with as large a mean",
                      p_value(trains, mean, start_s, a));
    return result;
}

std::vector<OptionSpec> options() {
    std::vector<OptionSpec> all = distance_options();
    all.push_back(
        {"closest", "s", 0.0, "events farther apart never coincide; 0: no limit", {}, not_negative});
    all.push_back(
        {"dither", "s", 0.0, "by which surrogates move each event at most; 0: no test", {}, not_negative});
    all.push_back({"surrogate_count", "", 199.0, "how many", {}, {1, 1e6}});
    all.push_back({"seed", "", 1.0, "of their draws", {}, {0, 9e15}});
    return all;
}

}  // namespace

Analysis rows::spike_synchronization() {
    return {"spike_synchronization",
            "SPIKE-synchronization of pairs of neurons: the part of their events that coincide",
            {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
            options(),
            {{"synchronization",
              "of the nodes taken; NaN where neither has an event",
              {"neuron", "other_neuron"}},
             {"mean", "over the pairs that have events; NaN without any"},
             {"p", "(1 + surrogates with as large a mean)/(1 + surrogates); NaN without dither"}},
            run_row,
            plan_distances};
}

}  // namespace neurodyn::analysis
