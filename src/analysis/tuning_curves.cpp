// SPDX-License-Identifier: BSD-3-Clause
// Measured tuning curves.
#include "analysis/tuning_curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/errors.hpp"

namespace neurodyn::analysis {
namespace {

struct Bins {
    double low, width, period;
    std::size_t count;

    std::size_t of(double stimulus) const {
        const double k = std::round((wrapped(stimulus, period) - low) / width);
        return static_cast<std::size_t>(k) % count;  // on a circle the last half bin is the first's
    }
    double centre(std::size_t k) const { return low + static_cast<double>(k) * width; }
};

Bins bins_for(const std::vector<double>& stimulus, std::size_t count, double period) {
    if (period > 0.0) return {0.0, period / static_cast<double>(count), period, count};
    const auto [low, high] = std::minmax_element(stimulus.begin(), stimulus.end());
    if (!(*high > *low))
        throw DataError(fmt::format("the stimulus is {} in all trials; tuning needs several", *low),
                        "stimulus");
    return {*low, (*high - *low) / static_cast<double>(count - 1), period, count};
}

}  // namespace

TuningCurves tuning_curves(const Trials& trials, const std::vector<double>& stimulus, std::size_t count,
                           double period) {
    const Bins bins = bins_for(stimulus, count, period);
    const std::size_t n = trials.neurons;
    TuningCurves t{std::vector<double>(count), std::vector<double>(count * n), std::vector<double>(count * n),
                   std::vector<double>(count)};
    for (std::size_t k = 0; k < trials.count; ++k) {
        const std::size_t bin = bins.of(stimulus[k]);
        t.trials[bin] += 1.0;
        t.stimuli[bin] += way(bins.centre(bin), stimulus[k], period);
        for (std::size_t i = 0; i < n; ++i) t.means[bin * n + i] += trials.at(k, i);
    }
    for (std::size_t bin = 0; bin < count; ++bin) {
        if (t.trials[bin] == 0.0)
            throw DataError(fmt::format("no trial has a stimulus near {}; take fewer bins than {}",
                                        bins.centre(bin), count),
                            "stimulus");
        t.stimuli[bin] = bins.centre(bin) + t.stimuli[bin] / t.trials[bin];
        for (std::size_t i = 0; i < n; ++i) t.means[bin * n + i] /= t.trials[bin];
    }
    for (std::size_t k = 0; k < trials.count; ++k) {
        const std::size_t bin = bins.of(stimulus[k]);
        for (std::size_t i = 0; i < n; ++i) {
            const double d = trials.at(k, i) - t.means[bin * n + i];
            t.variances[bin * n + i] += d * d / (t.trials[bin] - 1.0);
        }
    }
    return t;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const Trials trials = plan_trials(a);
    plan_stimulus(a, "stimulus", trials);
    if (a.number("bins") > static_cast<double>(trials.count))
        throw OptionError(fmt::format("bins is {}, but there are {} trials; every bin needs one",
                                      a.number("bins"), trials.count),
                          "bins");
    return {{"stimulus", whole(a, "bins")}, trials.neuron};
}

Counted counted(const Arguments& a) { return {plan_trials(a).window_s, a.number("period")}; }

Result run_row(const Arguments& a) {
    plan_row(a);
    const Trials trials = read_trials(a);
    const double period = a.number("period");
    const TuningCurves t =
        tuning_curves(trials, stimulus_of(a, "stimulus", trials, period), whole(a, "bins"), period);
    const Dimension stimulus{"stimulus", t.stimuli.size(), {}, t.stimuli, {}};
    const Tuning tuning{t.stimuli, trials.neurons, period, t.means, trials.neuron};
    Result result;
    result.add({"tuning", "mean count in a trial", "", {stimulus, trials.neuron}, t.means});
    result.add({"variance", "of the counts", "", {stimulus, trials.neuron}, t.variances});
    result.add_vector("stimuli", "mean of each bin", stimulus, t.stimuli);
    result.add_vector("trials", "in each bin", stimulus, t.trials);
    result.add_vector("preferred", "stimulus of the largest mean", trials.neuron, preferred_stimuli(tuning));
    return result;
}

}  // namespace

Analysis rows::tuning_curves() {
    std::vector<OptionSpec> options = trial_options();
    options.push_back({"bins", "", 20.0, "number of stimuli, evenly spaced", {}, {3.0, 1e6}});
    options.push_back(period_option());
    return {"tuning_curves",
            "Mean and variance of each neuron's response to each of several stimuli",
            {{"responses", {InputKind::series, InputKind::events, InputKind::matrix}, true, "of the neurons"},
             {"stimulus", {InputKind::series, InputKind::vector}, true, "what they respond to"}},
            options,
            {{"tuning", "mean count in a trial", {"stimulus", "node"}, {}, {}, true},
             {"variance", "of the counts, divisor trials - 1", {"stimulus", "node"}},
             {"stimuli", "mean of each bin", {"stimulus"}},
             {"trials", "in each bin", {"stimulus"}},
             {"preferred", "stimulus of the largest mean", {"node"}}},
            run_row,
            plan_row,
            counted};
}

}  // namespace neurodyn::analysis
