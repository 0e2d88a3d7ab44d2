// SPDX-License-Identifier: BSD-3-Clause
// Finding avalanches in events and series.
#include "analysis/avalanches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/minimise.hpp"
#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::size_t bin_samples(const SeriesView& series, double bin_s) {
    require_samples(series, 3, "avalanches");
    const std::size_t samples = bin_s == 0 ? 1 : samples_in(bin_s, series, "bin");
    if (samples < 1 || samples > series.samples)
        throw OptionError(fmt::format("bin is {} s, but series '{}' has {} samples of {} s; a bin is one "
                                      "sample or more",
                                      bin_s, series.name, series.samples, series.interval_s),
                          "bin");
    return samples;
}

Activity empty_activity(const SeriesView& series, std::size_t samples) {
    Activity a;
    a.values.assign(series.samples / samples, 0.0);
    a.bin_s = static_cast<double>(samples) * series.interval_s;
    a.start_s = series.start_s;
    a.name = series.name;
    return a;
}

struct Moments {
    double mean = 0, deviation = 0;
};

Moments moments(const SeriesView& s, std::size_t channel) {
    const double first = s.at(0, channel), n = static_cast<double>(s.samples);
    double mean = 0, squares = 0;
    for (std::size_t t = 0; t < s.samples; ++t) mean += (s.at(t, channel) - first) / n;
    for (std::size_t t = 0; t < s.samples; ++t) {
        const double x = s.at(t, channel) - first - mean;
        squares += x * x / n;
    }
    if (!(squares > 0))
        throw DataError(fmt::format("series '{}': {} '{}' is constant ({}), so it has no excursions", s.name,
                                    s.dimension, s.label(channel), first),
                        s.name, s.label(channel));
    return {first + mean, std::sqrt(squares)};
}

// Calls event(sample) at the extremum of each excursion of a channel.
template <class Event>
void each_excursion(const SeriesView& s, std::size_t channel, double deviations, const Event& event) {
    const Moments m = moments(s, channel);
    double extreme = 0;  // of the excursion that goes on; 0: none
    std::size_t at = 0;
    for (std::size_t t = 0; t < s.samples; ++t) {
        const double z = (s.at(t, channel) - m.mean) / m.deviation;
        const bool outside = std::abs(z) > deviations;
        if (extreme != 0 && (!outside || (z > 0) != (extreme > 0))) event(at), extreme = 0;
        if (outside && std::abs(z) > std::abs(extreme)) extreme = z, at = t;
    }
    if (extreme != 0) event(at);
}

}  // namespace

Activity binned_events(const Events& events, double bin_s, double discard_s) {
    const double start_s = kept_from(events, discard_s);
    const auto first = std::upper_bound(events.time_s.begin(), events.time_s.end(), start_s);
    const double count = static_cast<double>(events.time_s.end() - first);
    if (count < 2)
        throw DataError(fmt::format("events '{}' has {} events after {} s; avalanches need more", events.name,
                                    count, start_s),
                        events.name);
    const double width = bin_s > 0 ? bin_s : (events.stop_s - start_s) / count;
    const EventBins bins = plan_bins(events, discard_s, width, "bin", 3);
    Activity a{std::vector<double>(bins.count), width, start_s, events.name};
    for (auto t = first; t != events.time_s.end(); ++t)
        if (const std::size_t bin = bins.of(*t); bin < bins.count) a.values[bin] += 1;
    return a;
}

Activity summed_series(const SeriesView& series, double bin_s) {
    const std::size_t samples = bin_samples(series, bin_s);
    require_finite(series);
    Activity a = empty_activity(series, samples);
    for (std::size_t b = 0; b < a.values.size(); ++b)
        for (std::size_t k = b * samples * series.channels; k < (b + 1) * samples * series.channels; ++k)
            a.values[b] += series.values[k];
    return a;
}

Activity counted_excursions(const SeriesView& series, double deviations, double bin_s) {
    const std::size_t samples = bin_samples(series, bin_s);
    require_finite(series);
    Activity a = empty_activity(series, samples);
    for (std::size_t c = 0; c < series.channels; ++c)
        each_excursion(series, c, deviations, [&](std::size_t t) {
            if (t / samples < a.values.size()) a.values[t / samples] += 1;
        });
    return a;
}

Avalanches find_avalanches(std::span<const double> activity, double threshold) {
    Avalanches found;
    for (std::size_t t = 0; t < activity.size();) {
        if (!(activity[t] > threshold)) {
            ++t;
            continue;
        }
        Avalanche a{t, 0, 0};
        for (; t < activity.size() && activity[t] > threshold; ++t, ++a.length)
            a.size += activity[t] - threshold;
        if (a.first == 0 || t == activity.size())
            ++found.cut;
        else
            found.all.push_back(a);
    }
    return found;
}

SizeByDuration size_by_duration(std::span<const double> sizes, std::span<const double> durations) {
    if (sizes.size() != durations.size())
        throw ShapeError(
            fmt::format("there are {} sizes and {} durations of avalanches", sizes.size(), durations.size()),
            "sizes", "durations");
    std::map<double, std::pair<double, double>> sums;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
        auto& [sum, count] = sums[durations[k]];
        sum += sizes[k];
        count += 1;
    }
    SizeByDuration by;
    for (const auto& [duration, sum] : sums) {
        by.duration.push_back(duration);
        by.mean_size.push_back(sum.first / sum.second);
        by.count.push_back(sum.second);
    }
    return by;
}

namespace {

struct Course {
    double duration = 0, count = 0;
    std::vector<double> values;  // mean activity at the points
};

// Mean activity in each of `points` equal parts of an avalanche.
void add_course(std::span<const double> bins, double threshold, std::vector<double>& course) {
    const double n = static_cast<double>(bins.size()), points = static_cast<double>(course.size());
    std::size_t p = 0;
    double at = 0;
    for (std::size_t b = 0; b < bins.size(); ++b)
        while (p < course.size() && at < static_cast<double>(b + 1)) {
            const double edge = static_cast<double>(p + 1) * n / points;
            const double to = std::min(edge, static_cast<double>(b + 1));
            course[p] += (bins[b] - threshold) * (to - at) * points / n;
            at = to;
            if (to == edge) ++p;
        }
}

std::vector<Course> mean_courses(std::span<const double> activity, const Avalanches& avalanches,
                                 double threshold, std::size_t least_bins, std::size_t least_count,
                                 std::size_t points) {
    std::map<std::size_t, Course> by;
    for (const Avalanche& a : avalanches.all) {
        if (a.length < least_bins) continue;
        Course& course = by[a.length];
        course.values.resize(points);
        course.count += 1;
        add_course(activity.subspan(a.first, a.length), threshold, course.values);
    }
    std::vector<Course> courses;
    for (auto& [length, course] : by) {
        if (course.count < static_cast<double>(least_count)) continue;
        course.duration = static_cast<double>(length);
        for (double& v : course.values) v /= course.count;
        courses.push_back(std::move(course));
    }
    return courses;
}

// Variance of the scaled courses, mean over points, over the square of the span of their mean.
double spread(const std::vector<Course>& courses, double gamma, std::vector<double>* shape) {
    const std::size_t points = courses.front().values.size();
    const double n = static_cast<double>(courses.size());
    double variance = 0, low = std::numeric_limits<double>::infinity(), high = -low;
    for (std::size_t p = 0; p < points; ++p) {
        double mean = 0, squares = 0;
        for (const Course& c : courses) {
            const double v = c.values[p] * std::pow(c.duration, 1 - gamma);
            mean += v / n;
            squares += v * v / n;
        }
        variance += std::max(squares - mean * mean, 0.0) / static_cast<double>(points);
        low = std::min(low, mean);
        high = std::max(high, mean);
        if (shape != nullptr) (*shape)[p] = mean;
    }
    return variance / ((high - low) * (high - low));
}

}  // namespace

ShapeCollapse collapse_shapes(std::span<const double> activity, const Avalanches& avalanches,
                              double threshold, std::size_t least_bins, std::size_t least_count,
                              std::size_t points) {
    const std::vector<Course> courses =
        mean_courses(activity, avalanches, threshold, least_bins, least_count, points);
    ShapeCollapse result{std::vector<double>(points, nan), nan, nan, courses.size()};
    if (courses.size() < 3) return result;
    result.exponent = minimise(0.5, 4, 1e-7, [&](double gamma) { return spread(courses, gamma, nullptr); });
    result.error = spread(courses, result.exponent, &result.shape);
    return result;
}

namespace {

constexpr std::size_t shape_points = 20;

Dimension shape_dimension() {
    std::vector<double> places;
    for (std::size_t p = 0; p < shape_points; ++p)
        places.push_back((static_cast<double>(p) + 0.5) / static_cast<double>(shape_points));
    return {"part", shape_points, "", places, {}};
}

double threshold_of(const Arguments& a) {
    return a.word("signal") == "excursions" ? 0 : a.number("threshold");
}

Activity activity_of(const Arguments& a) {
    if (const Events* events = std::get_if<Events>(&a.input("subject")))
        return binned_events(*events, a.number("bin"), a.number("discard"));
    const SeriesView series = without_start(a.series("subject"), a.number("discard"));
    if (a.word("signal") == "sum") return summed_series(series, a.number("bin"));
    return counted_excursions(series, a.number("threshold"), a.number("bin"));
}

std::vector<Dimension> plan_row(const Arguments& a) {
    if (const Events* events = std::get_if<Events>(&a.input("subject"))) {
        kept_from(*events, a.number("discard"));
        if (a.number("bin") > 0) plan_bins(*events, a.number("discard"), a.number("bin"), "bin", 3);
        if (a.word("signal") == "excursions")
            throw OptionError("signal: excursions are of series; events are counted", "signal");
    } else {
        bin_samples(without_start(a.series("subject"), a.number("discard")), a.number("bin"));
        if (a.word("signal") == "excursions" && !(a.number("threshold") > 0))
            throw OptionError("threshold is not above 0; excursions need standard deviations, e.g. 3",
                              "threshold");
    }
    return {{"avalanche", unknown_size}, {"length", unknown_size}, shape_dimension()};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Activity activity = activity_of(a);
    const Avalanches found = find_avalanches(activity.values, threshold_of(a));
    if (found.all.empty())
        throw DataError(
            fmt::format("'{}' has no avalanche between two silent bins of {} s ({} reach its ends); "
                        "take another bin or threshold, or record longer",
                        activity.name, activity.bin_s, found.cut),
            activity.name);
    std::vector<double> sizes, durations, start_s;
    for (const Avalanche& one : found.all) {
        sizes.push_back(one.size);
        durations.push_back(static_cast<double>(one.length));
        start_s.push_back(activity.start_s + static_cast<double>(one.first) * activity.bin_s);
    }
    const SizeByDuration by = size_by_duration(sizes, durations);
    const ShapeCollapse collapse = collapse_shapes(activity.values, found, threshold_of(a));
    const Dimension each{"avalanche", sizes.size(), "s", start_s, {}};
    const Dimension length{"length", by.duration.size(), "", by.duration, {}};
    Result result;
    result.add_vector("sizes", "of every avalanche", each, sizes);
    result.add_vector("durations", "of every avalanche, in bins", each, durations);
    result.add_vector("mean_size", "of the avalanches of each duration", length, by.mean_size);
    result.add_vector("length_count", "number of avalanches of each duration", length, by.count);
    result.add_vector("shape", "mean course, scaled", shape_dimension(), collapse.shape);
    result.add_scalar("shape_exponent", "gamma of the collapse", collapse.exponent);
    result.add_scalar("shape_error", "spread of the collapsed courses", collapse.error);
    result.add_scalar("count", "number of avalanches", static_cast<double>(sizes.size()));
    result.add_scalar("cut", "left out at the ends", static_cast<double>(found.cut));
    result.add_scalar("bin", "width of a bin", activity.bin_s, "s");
    return result;
}

}  // namespace

Analysis rows::avalanches() {
    return {
        "avalanches",
        "Stretches of activity between silence: sizes, durations, mean course",
        {{"subject", {InputKind::events, InputKind::series}, true, "events, counts or signals"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"bin",
          "s",
          0.0,
          "of events (0: their mean interval) or of samples (0: each one)",
          {},
          not_negative},
         {"signal",
          "",
          std::string("sum"),
          "of a series: its channels' sum, or their excursions",
          {"sum", "excursions"}},
         {"threshold", "", 0.0, "activity above it is an avalanche; of excursions in standard deviations"}},
        {{"sizes", "sum of the activity above the threshold", {"avalanche"}},
         {"durations", "in bins", {"avalanche"}},
         {"mean_size", "for each duration that occurs", {"length"}},
         {"length_count", "avalanches of this duration", {"length"}},
         {"shape", "NaN with fewer than three durations of 5 bins or more that come 20 times", {"part"}},
         {"shape_exponent", "gamma: activity ~ T^(gamma - 1) F(t/T)"},
         {"shape_error", "mean variance of the scaled courses over the square of the span"},
         {"count", "number of avalanches"},
         {"cut", "stretches that reach the start or the end, left out"},
         {"bin", "width used", {}, "s"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
