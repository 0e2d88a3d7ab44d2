// SPDX-License-Identifier: BSD-3-Clause
// Correlation of binned spike trains, from the bins in which there are events.
#include "analysis/spike_train_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {
namespace {

// A train's counts; bins without events are left out.
struct Counts {
    std::vector<std::size_t> bin;
    std::vector<double> count;
    double sum = 0.0, squares = 0.0;
};

Counts count_events(const std::vector<double>& train, const EventBins& bins) {
    Counts counts;
    for (const double time_s : train) {
        const std::size_t b = bins.of(time_s);
        if (b >= bins.count) break;
        if (counts.bin.empty() || counts.bin.back() != b) {
            counts.bin.push_back(b);
            counts.count.push_back(0.0);
        }
        counts.count.back() += 1.0;
    }
    for (const double c : counts.count) {
        counts.sum += c;
        counts.squares += c * c;
    }
    return counts;
}

double correlation(const Counts& a, const Counts& b, double bins) {
    double product = 0.0;
    for (std::size_t i = 0, j = 0; i < a.bin.size() && j < b.bin.size();) {
        if (a.bin[i] == b.bin[j]) product += a.count[i] * b.count[j];
        const bool first = a.bin[i] <= b.bin[j], second = b.bin[j] <= a.bin[i];
        i += first ? 1 : 0;
        j += second ? 1 : 0;
    }
    // Sums of whole numbers are exact, and so is the test for a constant.
    const double a_spread = bins * a.squares - a.sum * a.sum, b_spread = bins * b.squares - b.sum * b.sum;
    if (a_spread <= 0.0 || b_spread <= 0.0) return std::numeric_limits<double>::quiet_NaN();
    return std::clamp((bins * product - a.sum * b.sum) / std::sqrt(a_spread) / std::sqrt(b_spread), -1.0,
                      1.0);
}

}  // namespace

std::vector<double> spike_train_correlations(const Events& events, const std::vector<std::size_t>& nodes,
                                             double bin_s, double discard_s) {
    const EventBins bins = plan_bins(events, discard_s, bin_s, "bin", 3);
    std::vector<Counts> counts;
    for (const std::vector<double>& train : trains_of(events, nodes, bins.start_s))
        counts.push_back(count_events(train, bins));
    return pairwise(nodes.size(), [&](std::size_t i, std::size_t j) {
        return correlation(counts[i], counts[j], static_cast<double>(bins.count));
    });
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const Events& events = a.events("events");
    plan_bins(events, a.number("discard"), a.number("bin"), "bin", 3);
    const std::size_t n = sample_nodes(events, a.number("nodes"), 2).size();
    return {{"pair", n * (n - 1) / 2}};
}

Result run_row(const Arguments& a) {
    const Events& events = a.events("events");
    const std::vector<double> all = spike_train_correlations(
        events, sample_nodes(events, a.number("nodes"), 2), a.number("bin"), a.number("discard"));
    Result result;
    result.add_vector("correlations", "correlation of the counts of two nodes", {"pair", all.size()}, all);
    result.add_scalar("mean", "over the pairs that have one", mean_of_known(all));
    return result;
}

}  // namespace

Analysis rows::spike_train_correlation() {
    return {"spike_train_correlation",
            "Pearson correlation between the spike counts of pairs of neurons",
            {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"bin", "s", 5e-3, "in which events are counted; at least three must fit", {}, positive},
             {"nodes", "", 100.0, "at most so many, taken evenly over the population", {}, {2, 2000}}},
            {{"correlations",
              "of pairs (0,1), (0,2), ..., (1,2), ... of the nodes taken; NaN where one has no event",
              {"pair"}},
             {"mean", "over the pairs that have one; NaN without any"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
