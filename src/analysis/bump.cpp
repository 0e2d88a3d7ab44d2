// SPDX-License-Identifier: BSD-3-Clause
// Regions above a threshold, sample by sample.
#include "analysis/bump.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

}  // namespace

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
    const Bumps bumps = find_bumps(series, {a.number("discard"), a.number("threshold")});
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
    return result;
}

}  // namespace

Analysis rows::bump() {
    return {
        "bump",
        "Regions of a field on a line that are above a threshold: width, place, wandering",
        {{"field", {InputKind::series}, true, "all points of a population with a grid on a line or ring"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"threshold", "", 0.0, "in the unit of the recorded field", {}, {}}},
        {{"width", "of the widest region; not a number where there is none", {"time"}, "m"},
         {"centre", "of the widest region; it goes on beyond the end of a ring", {"time"}, "m"},
         {"count", "regions above the threshold", {"time"}},
         {"peak", "largest value", {"time"}, "@"},
         {"final_width", "at the end", {}, "m"},
         {"final_centre", "at the end", {}, "m"},
         {"final_count", "at the end"},
         {"final_peak", "at the end", {}, "@"},
         {"diffusion", "half the mean square displacement of the centre over the interval", {}, "m^2/s"},
         {"exponent", "of the mean square displacement against the lag: 1 for diffusion, 2 for drift"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
