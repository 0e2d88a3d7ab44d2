// SPDX-License-Identifier: BSD-3-Clause
// Multistep regression.
#include "analysis/branching_ratio.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "analysis/avalanches.hpp"
#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/exponential_fit.hpp"
#include "analysis/lagged_products.hpp"
#include "analysis/spike_trains.hpp"
#include "analysis/student.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Of the part of a trial that has a partner k bins later, and of the partners: k = 1 .. lags at k - 1.
struct TrialSums {
    std::vector<double> products, squares;  // about one mean of all bins, or about the parts' own
    std::vector<double> front, back;        // sums of both parts; empty where the parts have their own means
    double bins = 0;
};

double mean_of(const std::vector<double>& x) {
    double sum = 0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
}

TrialSums trial_sums(const std::vector<double>& trial, double mean, const BranchingOptions& options) {
    std::vector<double> x = trial;
    for (double& v : x) v -= mean;
    const std::vector<double> products = lagged_products(x, options.lags);
    double front = 0, back = 0, squares = 0;
    for (const double v : x) front += v, squares += v * v;
    back = front;
    TrialSums sums;
    sums.bins = static_cast<double>(x.size());
    for (std::size_t k = 1; k <= options.lags; ++k) {
        const double late = x[x.size() - k], early = x[k - 1], n = sums.bins - static_cast<double>(k);
        front -= late, back -= early, squares -= late * late;
        sums.products.push_back(products[k] - (options.each_mean ? front * back / n : 0));
        sums.squares.push_back(squares - (options.each_mean ? front * front / n : 0));
        if (options.each_mean) continue;
        sums.front.push_back(front);
        sums.back.push_back(back);
    }
    return sums;
}

// Regression over all chosen trials; where they have one mean, it is that of the chosen ones' parts.
std::vector<double> slopes_of(const std::vector<TrialSums>& sums, const std::vector<std::size_t>& chosen,
                              std::size_t lags) {
    std::vector<double> slopes(lags);
    for (std::size_t k = 0; k < lags; ++k) {
        double products = 0, squares = 0, front = 0, back = 0, n = 0;
        for (const std::size_t c : chosen) {
            const TrialSums& s = sums[c];
            products += s.products[k], squares += s.squares[k];
            n += s.bins - static_cast<double>(k + 1);
            if (!s.front.empty()) front += s.front[k], back += s.back[k];
        }
        slopes[k] = (products - front * back / n) / (squares - front * front / n);
    }
    return slopes;
}

// ln of the time constant in bins.
double log_time(double m) { return -std::log(-std::log(m)); }

void add_limits(const std::vector<TrialSums>& sums, const BranchingOptions& options, BranchingRatio& out) {
    out.low = out.high = nan;
    const std::size_t n = sums.size();
    if (options.resamplings < 2 || n < 3) return;
    std::vector<double> times(options.resamplings);
    parallel_for(options.resamplings, [&](std::size_t r) {
        std::vector<std::size_t> chosen(n);
        for (std::size_t c = 0; c < n; ++c)
            chosen[c] = static_cast<std::size_t>(uniform_at(options.seed, 0, r, c) * static_cast<double>(n));
        times[r] = log_time(fit_decay(slopes_of(sums, chosen, options.lags), options.offset).m);
    });
    const double mean = mean_of(times), count = static_cast<double>(n);
    double squares = 0;
    for (const double t : times) squares += (t - mean) * (t - mean);
    const double error = std::sqrt(squares / static_cast<double>(times.size() - 1) * count / (count - 1));
    const double half = student_quantile(0.5 + options.confidence / 2, count - 1) * error;
    out.low = std::exp(-std::exp(-(log_time(out.ratio) - half)));
    out.high = std::exp(-std::exp(-(log_time(out.ratio) + half)));
}

void check_trials(const std::vector<std::vector<double>>& trials, const BranchingOptions& options,
                  const std::string& name) {
    for (const std::vector<double>& t : trials)
        if (t.size() < options.lags + 3)
            throw DataError(
                fmt::format("'{}' has trials of {} bins; slopes up to a lag of {} bins need {} or more: take "
                            "a shorter max_lag, fewer pieces or smaller bins",
                            name, t.size(), options.lags, options.lags + 3),
                name);
}

}  // namespace

BranchingRatio branching_ratio(const std::vector<std::vector<double>>& trials,
                               const BranchingOptions& options, const std::string& name) {
    check_trials(trials, options, name);
    double mean = 0, count = 0;
    for (const auto& t : trials)
        mean += mean_of(t) * static_cast<double>(t.size()), count += static_cast<double>(t.size());
    mean /= count;
    std::vector<TrialSums> sums(trials.size());
    parallel_for(trials.size(), [&](std::size_t k) { sums[k] = trial_sums(trials[k], mean, options); });
    double squares = 0;
    for (const TrialSums& s : sums) squares += s.squares[0];
    if (!(squares > 1e-20 * count * mean * mean))
        throw DataError(
            fmt::format("the activity of '{}' is constant ({}), so it has no branching ratio", name, mean),
            name);
    std::vector<std::size_t> all(trials.size());
    for (std::size_t k = 0; k < all.size(); ++k) all[k] = k;
    BranchingRatio out;
    out.slopes = slopes_of(sums, all, options.lags);
    const Decay decay = fit_decay(out.slopes, options.offset);
    out.ratio = decay.m, out.amplitude = decay.amplitude, out.offset = decay.offset;
    for (std::size_t k = 1; k <= options.lags; ++k)
        out.fit.push_back(decay.amplitude * std::pow(decay.m, static_cast<double>(k)) + decay.offset);
    out.naive = out.slopes.front();
    add_limits(sums, options, out);
    return out;
}

namespace {

// What the trials look like, known from shapes.
struct TrialPlan {
    double bin_s = 0;
    std::size_t trials = 0, bins = 0, lags = 0;
};

std::size_t lag_bins(const Arguments& a, double bin_s) {
    const double lags = std::round(a.number("max_lag") / bin_s);
    if (lags >= 3 && lags < 1e6) return static_cast<std::size_t>(lags);
    throw OptionError(fmt::format("max_lag is {} s, {} bins of {} s; three or more were expected",
                                  a.number("max_lag"), lags, bin_s),
                      "max_lag");
}

TrialPlan plan_trials_of(const Arguments& a) {
    TrialPlan plan;
    std::size_t bins = 0;
    const bool channels = a.word("trials") == "channels";
    const std::size_t pieces = whole(a, "pieces");
    if (const Events* events = std::get_if<Events>(&a.input("subject"))) {
        if (channels) throw OptionError("trials: channels is for series; events are of one trial", "trials");
        plan.bin_s = a.number("bin") > 0 ? a.number("bin") : 4e-3;
        bins = plan_bins(*events, a.number("discard"), plan.bin_s, "bin", 3).count;
        plan.trials = pieces;
    } else {
        const SeriesView series = without_start(a.series("subject"), a.number("discard"));
        require_samples(series, 3, "a branching ratio");
        const std::size_t samples = a.number("bin") > 0 ? samples_in(a.number("bin"), series, "bin") : 1;
        if (samples < 1)
            throw OptionError(
                fmt::format("bin is {} s, less than a sample of '{}'", a.number("bin"), series.name), "bin");
        plan.bin_s = static_cast<double>(samples) * series.interval_s;
        bins = series.samples / samples;
        plan.trials = channels ? series.channels : pieces;
    }
    plan.bins = channels ? bins : bins / pieces;
    plan.lags = lag_bins(a, plan.bin_s);
    if (plan.bins < plan.lags + 3)
        throw OptionError(
            fmt::format("trials have {} bins of {} s; slopes up to a lag of {} bins need {} or more: take a "
                        "shorter max_lag or fewer pieces",
                        plan.bins, plan.bin_s, plan.lags, plan.lags + 3),
            "max_lag");
    return plan;
}

std::vector<std::vector<double>> trials_of(const Arguments& a, const TrialPlan& plan) {
    std::vector<std::vector<double>> trials;
    if (a.word("trials") == "channels") {
        const SeriesView series = without_start(a.series("subject"), a.number("discard"));
        for (std::size_t c = 0; c < series.channels; ++c) {
            Series one{channel_values(series, c),
                       series.samples,
                       1,
                       series.interval_s,
                       series.start_s,
                       series.name,
                       {},
                       series.dimension,
                       {series.label(c)},
                       {}};
            trials.push_back(summed_series(one, plan.bin_s).values);
        }
        return trials;
    }
    const Events* events = std::get_if<Events>(&a.input("subject"));
    const std::vector<double> all =
        events != nullptr
            ? binned_events(*events, plan.bin_s, a.number("discard")).values
            : summed_series(without_start(a.series("subject"), a.number("discard")), plan.bin_s).values;
    for (std::size_t k = 0; k < plan.trials; ++k)
        trials.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(k * plan.bins),
                            all.begin() + static_cast<std::ptrdiff_t>((k + 1) * plan.bins));
    return trials;
}

Dimension lag_dimension(const TrialPlan& plan) {
    Dimension d{"lag", plan.lags, "s", {}, {}};
    for (std::size_t k = 1; k <= plan.lags; ++k) d.values.push_back(static_cast<double>(k) * plan.bin_s);
    return d;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    whole(a, "resamplings"), whole(a, "seed");
    return {lag_dimension(plan_trials_of(a))};
}

Result run_row(const Arguments& a) {
    const TrialPlan plan = plan_trials_of(a);
    const BranchingOptions options{plan.lags,
                                   a.flag("offset"),
                                   a.word("mean") == "each",
                                   whole(a, "resamplings"),
                                   a.number("confidence"),
                                   whole(a, "seed")};
    const std::string name = a.has_series("subject") ? a.series("subject").name : a.events("subject").name;
    const BranchingRatio m = branching_ratio(trials_of(a, plan), options, name);
    const auto time_s = [&](double ratio) { return -plan.bin_s / std::log(ratio); };
    Result result;
    result.add_scalar("branching_ratio", "by multistep regression", m.ratio);
    result.add_scalar("low", "lower limit", m.low);
    result.add_scalar("high", "upper limit", m.high);
    result.add_scalar("timescale", "-bin/ln m", time_s(m.ratio), "s");
    result.add_scalar("timescale_low", "lower limit", time_s(m.low), "s");
    result.add_scalar("timescale_high", "upper limit", time_s(m.high), "s");
    result.add_scalar("naive", "slope of one bin", m.naive);
    result.add_scalar("amplitude", "b of b m^k", m.amplitude);
    result.add_vector("slopes", "regression of later on earlier activity", lag_dimension(plan), m.slopes);
    result.add_vector("fit", "b m^k (+ c)", lag_dimension(plan), m.fit);
    return result;
}

}  // namespace

Analysis rows::branching_ratio() {
    return {
        "branching_ratio",
        "Branching ratio by multistep regression, which does not change when a part of the system is seen",
        {{"subject", {InputKind::events, InputKind::series}, true, "events, or activity"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"bin", "s", 0.0, "of events (0: 4 ms) or of samples (0: each one)", {}, not_negative},
         {"max_lag", "s", 0.1, "longest lag; best a few timescales", {}, positive},
         {"trials",
          "",
          std::string("pieces"),
          "the sum over channels in pieces, or each channel a trial",
          {"pieces", "channels"}},
         {"pieces", "", 20.0, "equal parts of the recording, for the limits", {}, {1}},
         {"mean",
          "",
          std::string("common"),
          "deviations from one mean, or from each trial's",
          {"common", "each"}},
         {"offset", "", false, "fit b m^k + c"},
         {"resamplings", "", 200.0, "of trials, for the limits", {}, not_negative},
         {"confidence", "", 0.95, "of the limits", {}, {0, 1, false, false}},
         {"seed", "", 0.0, "of the resamplings", {}, not_negative}},
        {{"branching_ratio", "m"},
         {"low", "lower confidence limit; NaN with fewer than 3 trials"},
         {"high", "upper confidence limit"},
         {"timescale", "-bin/ln m", {}, "s"},
         {"timescale_low", "lower confidence limit", {}, "s"},
         {"timescale_high", "upper confidence limit", {}, "s"},
         {"naive", "slope of one bin, which subsampling lowers"},
         {"amplitude", "b"},
         {"slopes", "r_k", {"lag"}},
         {"fit", "b m^k, or b m^k + c", {"lag"}}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
