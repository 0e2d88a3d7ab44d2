// SPDX-License-Identifier: BSD-3-Clause
// Regions above a threshold, sample by sample.
#include "analysis/bump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/field_lines.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

// A region above the threshold, in points; on a ring it may end behind the last point.
struct Region {
    double begin = 0.0, end = 0.0;
};

// Of one sample of all points.
std::vector<Region> regions_above(std::span<const double> u, double threshold, bool periodic) {
    const std::size_t n = u.size();
    const auto above = [&](std::size_t i) { return u[i % n] >= threshold; };
    std::vector<Region> regions;
    std::size_t first = 0;
    if (periodic)  // a ring is opened where nothing is above
        while (first < n && above(first)) ++first;
    if (first == n) return {{0.0, static_cast<double>(n)}};
    for (std::size_t i = first; i < first + n;) {
        if (!above(i)) {
            ++i;
            continue;
        }
        std::size_t last = i;
        while (last + 1 < first + n && above(last + 1)) ++last;
        Region region{static_cast<double>(i), static_cast<double>(last)};
        if (periodic || i > 0) region.begin += crossing(u[(i + n - 1) % n], u[i % n], threshold) - 1.0;
        if (periodic || last + 1 < n) region.end += crossing(u[last % n], u[(last + 1) % n], threshold);
        regions.push_back(region);
        i = last + 1;
    }
    return regions;
}

// The nearest of its images to where it was before.
double unwrapped(double centre, double before, double length) {
    return std::isfinite(before) ? centre + length * std::nearbyint((before - centre) / length) : centre;
}

double mean_square_displacement(const std::vector<double>& x, std::size_t lag) {
    double sum = 0.0;
    std::size_t count = 0;
    for (std::size_t k = lag; k < x.size(); ++k)
        if (std::isfinite(x[k]) && std::isfinite(x[k - lag])) {
            sum += (x[k] - x[k - lag]) * (x[k] - x[k - lag]);
            ++count;
        }
    return count == 0 ? none : sum / static_cast<double>(count);
}

// Slope of log mean square displacement against log lag, over lags of powers of two up to a tenth of the
// samples.
double displacement_exponent(const std::vector<double>& x) {
    double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0, n = 0.0;
    for (std::size_t lag = 1; lag <= x.size() / 10; lag *= 2) {
        const double square = mean_square_displacement(x, lag);
        if (!(square > 0.0)) continue;
        const double lx = std::log(static_cast<double>(lag)), ly = std::log(square);
        sx += lx;
        sy += ly;
        sxx += lx * lx;
        sxy += lx * ly;
        n += 1.0;
    }
    return n < 2.0 ? none : (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

// Least squares of steady + amplitude*exp(rate*t) for one rate.
struct ExponentialFit {
    double rate = 0.0, steady = 0.0, amplitude = 0.0, residual = 0.0;  // residual: a sum of squares
};

struct WidthCourse {
    std::vector<double> time, width;
    double duration() const { return time.back() - time.front(); }
    // Exponentials are 1 where they are largest.
    double basis(double rate, double t) const {
        return std::exp(rate * (t - (rate > 0.0 ? time.back() : time.front())));
    }
    ExponentialFit fit(double rate) const {
        double e = 0.0, w = 0.0, ee = 0.0, ew = 0.0;
        const auto n = static_cast<double>(time.size());
        for (std::size_t k = 0; k < time.size(); ++k) {
            e += basis(rate, time[k]) / n;
            w += width[k] / n;
        }
        for (std::size_t k = 0; k < time.size(); ++k) {
            const double x = basis(rate, time[k]) - e;
            ee += x * x;
            ew += x * (width[k] - w);
        }
        ExponentialFit found{rate, 0.0, ew / ee, 0.0};
        found.steady = w - found.amplitude * e;
        for (std::size_t k = 0; k < time.size(); ++k) {
            const double left = width[k] - found.steady - found.amplitude * basis(rate, time[k]);
            found.residual += left * left;
        }
        return found;
    }
};

// The standard error of the rate, from the curvature of the squares about their least.
double rate_error(const WidthCourse& course, const ExponentialFit& best) {
    const double step = 0.01 * std::abs(best.rate);
    const double curvature = (course.fit(best.rate + step).residual - 2.0 * best.residual +
                              course.fit(best.rate - step).residual) /
                             (step * step);
    const double variance = best.residual / static_cast<double>(course.time.size() - 3);
    return std::sqrt(2.0 * variance / curvature);
}

}  // namespace

Growth fit_growth(std::span<const double> widths_m, double interval_s) {
    WidthCourse course;
    for (std::size_t k = 0; k < widths_m.size(); ++k)
        if (std::isfinite(widths_m[k])) {
            course.time.push_back(static_cast<double>(k) * interval_s);
            course.width.push_back(widths_m[k]);
        }
    constexpr std::size_t fewest = 6;
    constexpr double rounding = 1e-12;
    if (course.time.size() < fewest) return {none, none, none};
    const auto [least, most] = std::minmax_element(course.width.begin(), course.width.end());
    if (*most - *least <= rounding * *most) return {none, none, none};
    // From hardly bent to gone within a fortieth of the time, of both signs.
    constexpr int tried = 120;
    constexpr double slowest = 0.05, fastest = 40.0;
    const auto rate_at = [&](int k, double sign) {
        const double part = static_cast<double>(k) / (tried - 1);
        return sign * slowest * std::pow(fastest / slowest, part) / course.duration();
    };
    ExponentialFit best{0.0, 0.0, 0.0, std::numeric_limits<double>::infinity()};
    int place = 0;
    for (const double sign : {-1.0, 1.0})
        for (int k = 0; k < tried; ++k)
            if (const ExponentialFit one = course.fit(rate_at(k, sign)); one.residual < best.residual) {
                best = one;
                place = k;
            }
    if (place == 0 || place == tried - 1) return {none, none, none};
    double low = rate_at(place - 1, best.rate > 0.0 ? 1.0 : -1.0),
           high = rate_at(place + 1, best.rate > 0.0 ? 1.0 : -1.0);
    for (int k = 0; k < 60; ++k) {
        const double third = (high - low) / 3.0;
        if (course.fit(low + third).residual < course.fit(high - third).residual)
            high -= third;
        else
            low += third;
    }
    best = course.fit(0.5 * (low + high));
    return {best.rate, rate_error(course, best), best.steady};
}

Bumps find_bumps(const SeriesView& whole, const BumpOptions& options) {
    require_grid(whole, 1, "a bump");
    const SeriesView series = without_start(whole, options.discard_s);
    require_finite(series);
    const double spacing = series.grid.spacing_m[0];
    Bumps bumps;
    double before = none;
    for (std::size_t s = 0; s < series.samples; ++s) {
        const auto u = series.values.subspan(s * series.channels, series.channels);
        const auto regions = regions_above(u, options.threshold, series.grid.periodic);
        const auto widest = std::max_element(
            regions.begin(), regions.end(),
            [](const Region& a, const Region& b) { return a.end - a.begin < b.end - b.begin; });
        bumps.count.push_back(static_cast<double>(regions.size()));
        bumps.peak.push_back(*std::max_element(u.begin(), u.end()));
        const bool found = widest != regions.end();
        bumps.width_m.push_back(found ? (widest->end - widest->begin) * spacing : none);
        const double length = static_cast<double>(series.channels) * spacing;
        const bool all = found && series.grid.periodic && bumps.width_m.back() >= length;
        double centre =
            found && !all ? coordinate(series.grid, 0, 0.5 * (widest->begin + widest->end)) : none;
        if (series.grid.periodic) {
            const double middle = coordinate(series.grid, 0, 0.5 * static_cast<double>(series.channels - 1));
            centre = unwrapped(centre, std::isfinite(before) ? before : middle, length);
        }
        if (std::isfinite(centre)) before = centre;
        bumps.centre_m.push_back(centre);
    }
    bumps.diffusion_m2_per_s = 0.5 * mean_square_displacement(bumps.centre_m, 1) / series.interval_s;
    bumps.exponent = displacement_exponent(bumps.centre_m);
    const std::size_t fitted =
        options.growth_s == 0.0 ? series.samples : samples_in(options.growth_s, series, "growth");
    if (fitted > series.samples)
        throw OptionError(fmt::format("growth is {} s, but only {} s of {} are there", options.growth_s,
                                      static_cast<double>(series.samples) * series.interval_s,
                                      series.name.empty() ? "the series" : "series '" + series.name + "'"),
                          "growth");
    bumps.growth = fit_growth(std::span(bumps.width_m).first(fitted), series.interval_s);
    return bumps;
}

namespace {

Dimension times_of(const SeriesView& whole, double discard_s) {
    const SeriesView series = without_start(whole, discard_s);
    Dimension time{"time", series.samples, "s", {}, {}};
    for (std::size_t s = 0; s < series.samples; ++s)
        time.values.push_back(series.start_s + static_cast<double>(s) * series.interval_s);
    return time;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    require_grid(a.series("field"), 1, "a bump");
    return {times_of(a.series("field"), a.number("discard"))};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("field");
    const Bumps bumps = find_bumps(series, {a.number("discard"), a.number("threshold"), a.number("growth")});
    const Dimension time = times_of(series, a.number("discard"));
    Result result;
    result.add_vector("width", "of the widest region above the threshold", time, bumps.width_m, "m");
    result.add_vector("centre", "of the widest region", time, bumps.centre_m, "m");
    result.add_vector("count", "regions above the threshold", time, bumps.count);
    result.add_vector("peak", "largest value", time, bumps.peak, series.unit);
    result.add_scalar("final_width", "at the end", bumps.width_m.back(), "m");
    result.add_scalar("final_centre", "at the end", bumps.centre_m.back(), "m");
    result.add_scalar("final_count", "regions above the threshold at the end", bumps.count.back());
    result.add_scalar("final_peak", "largest value at the end", bumps.peak.back(), series.unit);
    result.add_scalar("diffusion", "half the mean square displacement of the centre over the interval",
                      bumps.diffusion_m2_per_s, "m^2/s");
    result.add_scalar("exponent", "of the mean square displacement against the lag", bumps.exponent);
    result.add_scalar("growth_rate", "of a perturbation of the width", bumps.growth.rate_per_s, "1/s");
    result.add_scalar("growth_error", "standard error of the growth rate", bumps.growth.error_per_s, "1/s");
    result.add_scalar("steady_width", "which perturbed widths come from or go to", bumps.growth.steady_m,
                      "m");
    return result;
}

}  // namespace

Analysis rows::bump() {
    return {
        "bump",
        "Regions of a field on a line that are above a threshold: width, place, wandering",
        {{"field", {InputKind::series}, true, "all points of a population with a grid on a line or ring"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"threshold", "", 0.0, "in the unit of the recorded field", {}, {}},
         {"growth",
          "s",
          0.0,
          "time over which the growth of the width is fitted; 0: to the end",
          {},
          not_negative}},
        {{"width", "of the widest region; not a number where there is none", {"time"}, "m"},
         {"centre", "of the widest region; it goes on beyond the end of a ring", {"time"}, "m"},
         {"count", "regions above the threshold", {"time"}},
         {"peak", "largest value", {"time"}, "@"},
         {"final_width", "at the end", {}, "m"},
         {"final_centre", "at the end", {}, "m"},
         {"final_count", "at the end"},
         {"final_peak", "at the end", {}, "@"},
         {"diffusion", "half the mean square displacement of the centre over the interval", {}, "m^2/s"},
         {"exponent", "of the mean square displacement against the lag: 1 for diffusion, 2 for drift"},
         {"growth_rate",
          "of a perturbation of the width, from the fit of steady + amplitude*exp(rate*t): below 0 a stable "
          "bump",
          {},
          "1/s"},
         {"growth_error", "standard error of the growth rate", {}, "1/s"},
         {"steady_width", "which perturbed widths come from or go to", {}, "m"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
