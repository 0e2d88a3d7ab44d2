// SPDX-License-Identifier: BSD-3-Clause
// Analyses of fields on shapes whose widths, speeds and wavelengths are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "analysis/bump.hpp"
#include "analysis/errors.hpp"
#include "analysis/phase_waves.hpp"
#include "analysis/spatial_spectrum.hpp"
#include "analysis/wave_speed.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;
constexpr double pi = std::numbers::pi;

// u(x, y, t) at the points of a grid that is centred on 0.
Series field(std::vector<std::size_t> shape, std::vector<double> spacing_m, bool periodic,
             std::size_t samples, double interval_s, const std::function<double(double, double, double)>& u) {
    Series s;
    s.samples = samples;
    s.interval_s = interval_s;
    s.name = std::string(1, 'u');
    s.grid = {shape, spacing_m, {}, periodic};
    s.channels = 1;
    for (std::size_t k = 0; k < shape.size(); ++k) {
        s.channels *= shape[k];
        s.grid.first_m.push_back((0.5 - 0.5 * static_cast<double>(shape[k])) * spacing_m[k]);
    }
    for (std::size_t t = 0; t < samples; ++t)
        for (std::size_t i = 0; i < s.channels; ++i) {
            const double x = s.grid.first_m[0] + static_cast<double>(i % shape[0]) * spacing_m[0];
            const double y = shape.size() > 1 ? s.grid.first_m.back() +
                                                    static_cast<double>(i / shape[0]) * spacing_m.back()
                                              : 0.0;
            s.values.push_back(u(x, y, static_cast<double>(t) * interval_s));
        }
    return s;
}

// A tent of slope 1 about its top is cut at 0.4 below it: linear interpolation is exact.
TEST(Bump, WidthAndCentreOfATent) {
    const auto tent = [](double centre) {
        return [=](double x, double, double) { return 1.0 - std::abs(x - centre); };
    };
    const Bumps one = find_bumps(field({200}, {0.01}, false, 1, 1.0, tent(0.123)), {0.0, 0.6});
    EXPECT_NEAR(one.width_m[0], 0.8, 1e-12);
    EXPECT_NEAR(one.centre_m[0], 0.123, 1e-12);
    EXPECT_EQ(one.count[0], 1.0);
    // At the end of a line it ends there; above all it is not.
    EXPECT_NEAR(find_bumps(field({200}, {0.01}, false, 1, 1.0, tent(0.8)), {0.0, 0.6}).width_m[0],
                0.4 + 0.195, 1e-12);
    const Bumps nothing = find_bumps(field({200}, {0.01}, false, 1, 1.0, tent(0.0)), {0.0, 2.0});
    EXPECT_EQ(nothing.count[0], 0.0);
    EXPECT_TRUE(std::isnan(nothing.width_m[0]) && std::isnan(nothing.centre_m[0]));
}

// Widths that leave 0.26 mm or go to 2.5 mm exponentially, with and without noise.
TEST(Bump, GrowthOfAPerturbedWidth) {
    std::vector<double> leaving, coming, noisy, drifting(50), still(50, 0.3);
    for (std::size_t k = 0; k < 60; ++k) {
        const double t = 0.5e-3 * static_cast<double>(k);
        leaving.push_back(0.26e-3 + 0.002e-3 * std::exp(267.0 * t));
        coming.push_back(k % 7 == 3 ? std::nan("") : 2.5e-3 - 0.4e-3 * std::exp(-60.0 * t));
        noisy.push_back(coming[k] + 1e-6 * std::sin(17.0 * static_cast<double>(k * k)));
    }
    for (std::size_t k = 0; k < drifting.size(); ++k) drifting[k] = 1.0 + 0.1 * static_cast<double>(k);
    EXPECT_NEAR(fit_growth(leaving, 0.5e-3).rate_per_s, 267.0, 1e-3);
    EXPECT_NEAR(fit_growth(leaving, 0.5e-3).steady_m, 0.26e-3, 1e-10);
    EXPECT_NEAR(fit_growth(coming, 0.5e-3).rate_per_s, -60.0, 1e-3);
    EXPECT_NEAR(fit_growth(coming, 0.5e-3).steady_m, 2.5e-3, 1e-9);
    const Growth found = fit_growth(noisy, 0.5e-3);
    EXPECT_NEAR(found.rate_per_s, -60.0, 3.0 * found.error_per_s);
    EXPECT_LT(found.error_per_s, 1.0);
    EXPECT_GT(found.error_per_s, 0.01);
    for (const auto& none : {drifting, still, std::vector<double>(leaving.begin(), leaving.begin() + 5)})
        EXPECT_TRUE(std::isnan(fit_growth(none, 0.5e-3).rate_per_s));
    const auto tent = [](double x, double, double t) { return 1.0 - std::abs(x) + 0.1 * std::exp(-t); };
    const Bumps bumps = find_bumps(field({200}, {0.01}, false, 41, 0.1, tent), {0.0, 0.6, 2.0});
    EXPECT_NEAR(bumps.growth.rate_per_s, -1.0, 1e-6);
    EXPECT_NEAR(bumps.growth.steady_m, 0.8, 1e-6);
    EXPECT_THROW(find_bumps(field({200}, {0.01}, false, 41, 0.1, tent), {0.0, 0.6, 5.0}), OptionError);
}

// On a ring of length 2 a bump that goes round keeps its width, and its centre goes on.
TEST(Bump, GoesRoundARing) {
    const auto tent = [](double x, double, double t) {
        double d = x - 0.05 * t;
        d -= 2.0 * std::nearbyint(d / 2.0);
        return 1.0 - std::abs(d);
    };
    const Bumps bumps = find_bumps(field({200}, {0.01}, true, 101, 1.0, tent), {0.0, 0.6});
    for (std::size_t t = 0; t < 101; ++t) {
        EXPECT_NEAR(bumps.width_m[t], 0.8, 1e-12);
        EXPECT_NEAR(bumps.centre_m[t], 0.05 * static_cast<double>(t), 1e-12);
    }
    EXPECT_NEAR(bumps.diffusion_m2_per_s, 0.5 * 0.05 * 0.05, 1e-12);
    EXPECT_NEAR(bumps.exponent, 2.0, 1e-9);  // it does not wander but moves evenly
}

TEST(WaveSpeed, OfAFrontThatMovesEvenly) {
    const auto front = [](double x, double, double t) { return 3.0 * t - 1.0 - x; };
    for (const double sign : {1.0, -1.0}) {
        const Series s = field({100}, {0.01}, false, 50, 0.02,
                               [&](double x, double y, double t) { return front(sign * x, y, t); });
        const WaveSpeed wave = wave_speed(s, {0.0, 0.0, 0.0});
        EXPECT_NEAR(wave.speed_m_per_s, sign * 3.0, 1e-9);
        EXPECT_NEAR(wave.deviation_s, 0.0, 1e-9);
    }
    const Series still = field({100}, {0.01}, false, 50, 0.02, [](double x, double, double) { return x; });
    EXPECT_THROW(wave_speed(still, {0.0, 0.0, 0.0}), DataError);
}

TEST(SpatialSpectrum, VarianceAndWavelengthOfAWave) {
    const auto wave = [](double x, double, double t) { return 2.0 + 3.0 * std::cos(2.0 * pi * 5.0 * x + t); };
    const SpatialSpectrum s = spatial_spectrum(field({64}, {1.0 / 64}, true, 7, 1.0, wave), 0.0);
    EXPECT_NEAR(s.power[4], 4.5, 1e-12);  // 3^2/2
    EXPECT_NEAR(s.wavenumber_per_m[4], 10.0 * pi, 1e-9);
    EXPECT_NEAR(s.dominant_per_m, 10.0 * pi, 1e-9);
}

TEST(SpatialSpectrum, TellsStripesFromHexagons) {
    const double k = 2.0 * pi * 4.0;
    const auto stripes = [&](double x, double y, double) { return std::cos(k * (0.6 * x + 0.8 * y)); };
    const auto hexagons = [&](double x, double y, double) {
        const double h = 0.5 * std::sqrt(3.0);
        return std::cos(k * x) + std::cos(k * (0.5 * x + h * y)) + std::cos(k * (0.5 * x - h * y));
    };
    // One period of each direction along both axes.
    const double height = 1.0 / std::sqrt(3.0);
    const SpatialSpectrum six =
        spatial_spectrum(field({40, 40}, {1.0 / 40, 2.0 * height / 40}, true, 1, 1.0, hexagons), 0.0);
    EXPECT_NEAR(six.stripes, 0.0, 1e-9);
    EXPECT_NEAR(six.hexagons, 1.0, 1e-9);
    EXPECT_NEAR(six.dominant_per_m, k, 1e-9);
    const SpatialSpectrum two =
        spatial_spectrum(field({60, 60}, {5.0 / 60, 5.0 / 60}, true, 1, 1.0, stripes), 0.0);
    EXPECT_NEAR(two.stripes, 1.0, 1e-9);
    double total = 0.0;
    for (const double p : two.power) total += p;
    EXPECT_NEAR(total, 0.5, 1e-9);
}

TEST(PhaseWaves, DirectionAndSpeedOfAPlaneWave) {
    const double k = 20.0, omega = 2.0 * pi * 8.0, angle = 0.7;
    const Series s = field({24, 18}, {0.01, 0.01}, false, 500, 1e-3, [&](double x, double y, double t) {
        return std::cos(k * (std::cos(angle) * x + std::sin(angle) * y) - omega * t);
    });
    const PhaseWaves w = phase_waves(s, 0.0);
    EXPECT_NEAR(w.direction_rad, angle, 0.01);
    EXPECT_NEAR(w.speed_m_per_s, omega / k, 0.02 * omega / k);
    EXPECT_NEAR(w.frequency_hz, 8.0, 0.01);
    EXPECT_GT(w.mean_directionality, 0.99);
    EXPECT_EQ(w.mean_singularities, 0.0);
}

TEST(PhaseWaves, CountTheCentreOfASpiral) {
    const Series s = field({24, 24}, {0.01, 0.01}, false, 500, 1e-3, [&](double x, double y, double t) {
        return std::cos(std::atan2(y - 0.003, x - 0.002) + 30.0 * std::hypot(x, y) - 2.0 * pi * 8.0 * t);
    });
    const PhaseWaves w = phase_waves(s, 0.0);
    EXPECT_NEAR(w.mean_singularities, 1.0, 1e-9);
    EXPECT_LT(w.mean_directionality, 0.3);
}

TEST(Fields, NeedAGrid) {
    Series s = field({8}, {0.01}, false, 30, 1e-3, [](double x, double, double) { return x; });
    s.grid = {};
    try {
        find_bumps(s, {});
        FAIL();
    } catch (const DataError& error) {
        EXPECT_THAT(error.what(),
                    HasSubstr("a bump needs a field on a line; its channels are not all points of a grid"));
    }
    s = field({4, 2}, {0.01, 0.01}, false, 30, 1e-3, [](double x, double, double) { return x; });
    EXPECT_THROW(wave_speed(s, {}), DataError);
}

}  // namespace
}  // namespace neurodyn::analysis
