// SPDX-License-Identifier: BSD-3-Clause
// Transforms of a field's rows, and sums along its columns.
#include "analysis/spatial_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "analysis/field_lines.hpp"
#include "analysis/table.hpp"
#include "analysis/transform.hpp"

namespace neurodyn::analysis {
namespace {

using Complex = std::complex<double>;
constexpr double two_pi = 2.0 * std::numbers::pi;
constexpr double near = 1.5;  ///< rings about the largest power

// Of one axis: the wavenumber of each index.
double wavenumber(std::size_t index, std::size_t points, double spacing_m) {
    const auto n = static_cast<double>(points), k = static_cast<double>(index);
    return two_pi * (k <= 0.5 * n ? k : k - n) / (n * spacing_m);
}

// |U(kx, ky)|^2 over points^2, added for [kx][ky] with kx from 0 to nx / 2; kx that stand for two count
// twice.
void add_power(std::span<const double> field, std::size_t nx, std::size_t ny, RealTransform& rows,
               std::vector<RealTransform>& parts, std::vector<double>& power) {
    const double n = static_cast<double>(nx * ny);
    double mean = 0.0;
    for (const double u : field) mean += u / n;
    const std::size_t half = nx / 2 + 1;
    std::vector<Complex> lines(ny * half);
    for (std::size_t y = 0; y < ny; ++y) {
        for (std::size_t x = 0; x < nx; ++x) rows.real()[x] = field[y * nx + x] - mean;
        rows.forward();
        std::copy(rows.complex().begin(), rows.complex().end(),
                  lines.begin() + static_cast<std::ptrdiff_t>(y * half));
    }
    for (std::size_t k = 0; k < half; ++k) {
        const double images = k == 0 || 2 * k == nx ? 1.0 : 2.0;
        for (std::size_t y = 0; y < ny; ++y) {
            parts[0].real()[y] = lines[y * half + k].real();
            parts[1].real()[y] = lines[y * half + k].imag();
        }
        for (RealTransform& part : parts) part.forward();
        for (std::size_t q = 0; q < ny; ++q) {
            const bool upper = 2 * q <= ny;
            const std::size_t at = upper ? q : ny - q;
            Complex re = parts[0].complex()[at], im = parts[1].complex()[at];
            if (!upper) {
                re = std::conj(re);
                im = std::conj(im);
            }
            power[k * ny + q] += images * std::norm(re + Complex(0.0, 1.0) * im) / (n * n);
        }
    }
}

struct Rings {
    double width_per_m = 0.0;
    std::size_t count = 0;
};

Rings rings_of(const ChannelGrid& grid) {
    double width = 0.0;
    std::size_t most = 0;
    for (std::size_t axis = 0; axis < grid.shape.size(); ++axis) {
        width = std::max(width, two_pi / (static_cast<double>(grid.shape[axis]) * grid.spacing_m[axis]));
        most = std::max(most, grid.shape[axis]);
    }
    double highest = 0.0;
    for (const double h : grid.spacing_m) highest = std::max(highest, std::numbers::pi / h);
    const double count = std::floor(highest / width * (1.0 + 1e-9));
    return {width, std::max<std::size_t>(1, static_cast<std::size_t>(count))};
}

}  // namespace

SpatialSpectrum spatial_spectrum(const SeriesView& whole, double discard_s) {
    require_grid(whole, 0, "a spatial spectrum");
    const SeriesView series = without_start(whole, discard_s);
    require_finite(series);
    const ChannelGrid& grid = series.grid;
    const bool plane = grid.shape.size() > 1;
    const std::size_t nx = grid.shape[0], ny = plane ? grid.shape[1] : 1, half = nx / 2 + 1;
    RealTransform rows(nx);
    std::vector<RealTransform> parts;
    for (int part = 0; part < 2; ++part) parts.emplace_back(ny);
    std::vector<double> power(half * ny);
    for (std::size_t s = 0; s < series.samples; ++s)
        add_power(series.values.subspan(s * series.channels, series.channels), nx, ny, rows, parts, power);
    const Rings rings = rings_of(grid);
    SpatialSpectrum result;
    for (std::size_t k = 1; k <= rings.count; ++k)
        result.wavenumber_per_m.push_back(static_cast<double>(k) * rings.width_per_m);
    result.power.resize(rings.count);
    const auto for_waves = [&](const auto& use) {
        for (std::size_t k = 0; k < half; ++k)
            for (std::size_t q = 0; q < ny; ++q) {
                const double kx = wavenumber(k, nx, grid.spacing_m[0]);
                const double ky = plane ? wavenumber(q, ny, grid.spacing_m[1]) : 0.0;
                use(kx, ky, std::hypot(kx, ky), power[k * ny + q] / static_cast<double>(series.samples));
            }
    };
    for_waves([&](double, double, double k, double p) {
        const auto ring = static_cast<std::size_t>(std::nearbyint(k / rings.width_per_m));
        if (ring >= 1 && ring <= rings.count) result.power[ring - 1] += p;
    });
    const auto largest = std::max_element(result.power.begin(), result.power.end());
    const double peak = result.wavenumber_per_m[static_cast<std::size_t>(largest - result.power.begin())];
    double sum = 0.0, weighted = 0.0;
    Complex two{}, six{};
    for_waves([&](double kx, double ky, double k, double p) {
        if (k == 0.0 || std::abs(k - peak) > near * rings.width_per_m) return;
        sum += p;
        weighted += p * k;
        const double angle = std::atan2(ky, kx);
        two += p * std::polar(1.0, 2.0 * angle);
        six += p * std::polar(1.0, 6.0 * angle);
    });
    result.dominant_per_m = weighted / sum;
    if (plane) {
        result.stripes = std::abs(two) / sum;
        result.hexagons = std::abs(six) / sum;
    }
    return result;
}

namespace {

Dimension wavenumbers(const ChannelGrid& grid) {
    const Rings rings = rings_of(grid);
    Dimension d{"wavenumber", rings.count, "1/m", {}, {}};
    for (std::size_t k = 1; k <= rings.count; ++k)
        d.values.push_back(static_cast<double>(k) * rings.width_per_m);
    return d;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    require_grid(a.series("field"), 0, "a spatial spectrum");
    without_start(a.series("field"), a.number("discard"));
    return {wavenumbers(a.series("field").grid)};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("field");
    const SpatialSpectrum s = spatial_spectrum(series, a.number("discard"));
    Result result;
    const std::string squared = series.unit.empty() ? "" : "(" + series.unit + ")^2";
    result.add_vector("power", "variance of the field in each ring of wavenumbers", wavenumbers(series.grid),
                      s.power, squared);
    result.add_scalar("dominant_wavenumber", "2 pi over the wavelength", s.dominant_per_m, "1/m");
    result.add_scalar("wavelength", "of the largest power", two_pi / s.dominant_per_m, "m");
    result.add_scalar("stripes", "1 when all waves have one direction", s.stripes);
    result.add_scalar("hexagons", "1 when all directions are 60 degrees apart", s.hexagons);
    return result;
}

}  // namespace

Analysis rows::spatial_spectrum() {
    return {"spatial_spectrum",
            "Power of a field by wavenumber, its wavelength, and whether it has stripes or hexagons",
            {{"field", {InputKind::series}, true, "all points of a population with a grid"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative}},
            {{"power", "variance in each ring of wavenumbers, mean over time", {"wavenumber"}, "@^2"},
             {"dominant_wavenumber", "mean, weighted by power, about the largest", {}, "1/m"},
             {"wavelength", "2 pi over the dominant wavenumber", {}, "m"},
             {"stripes", "|mean of exp(2 i angle)| of the dominant waves: 1 for stripes, 0 for hexagons"},
             {"hexagons", "|mean of exp(6 i angle)|: 1 for hexagons and for stripes, 0 for rings"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
