// SPDX-License-Identifier: BSD-3-Clause
// The density's step: its orders of convergence, conservation, and finite jumps.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "density/fokker_planck.hpp"
#include "membranes.hpp"

namespace neurodyn::density {
namespace {

// Flows of dv = a dt + sqrt(2 D) dW, straight from Scharfetter and Gummel's formula.
struct Faces {
    std::vector<double> up, down;
    Flows flows() const { return {up, down}; }
};

Faces faces_of(const Grid& grid, double mu, double sigma, double tau = 20e-3) {
    Faces faces;
    const double w = grid.width(), diffusion = 0.5 * sigma * sigma / tau;
    for (std::size_t k = 0; k <= grid.cells; ++k) {
        const double drift = (mu - grid.face(k)) / tau, height = k == grid.cells ? 0.5 : 1.0;
        const auto bernoulli = [](double x) { return x == 0.0 ? 1.0 : x / std::expm1(x); };
        const double scale = diffusion > 0.0 ? diffusion / (height * w * w) : 0.0;
        const double x = diffusion > 0.0 ? drift * w * height / diffusion : 0.0;
        faces.up.push_back(diffusion > 0.0 ? scale * bernoulli(-x) : std::max(drift, 0.0) / w);
        faces.down.push_back(diffusion > 0.0 ? scale * bernoulli(x) : std::max(-drift, 0.0) / w);
    }
    return faces;
}

FokkerPlanck leaky(const Grid& grid, double dt_s, double refractory_s = 2e-3) {
    const std::vector<double> start = {9.0};
    return {grid, 10.0, refractory_s, dt_s, on_grid(grid, start)};
}

double settled(std::size_t cells, double refractory_s, double dt_s) {
    const Grid grid{-17.0, 20.0, cells};
    const Faces faces = faces_of(grid, 15.0, 5.0);
    FokkerPlanck density = leaky(grid, dt_s, refractory_s);
    const auto steps = static_cast<int>(1.0 / dt_s);
    for (int k = 0; k < steps; ++k) density.advance(faces.flows(), k == 0);
    return density.rate_hz();
}

constexpr double siegert = 9.460799805759126;  // mu 15, sigma 5 mV

TEST(FokkerPlanck, StationaryRateIsSiegertsToSecondOrder) {
    const double coarse = settled(100, 2e-3, 1e-3) / siegert - 1.0,
                 middle = settled(200, 2e-3, 1e-3) / siegert - 1.0,
                 fine = settled(400, 2e-3, 1e-3) / siegert - 1.0;
    EXPECT_LT(std::abs(fine), 1e-4);
    EXPECT_NEAR(std::log2(coarse / middle), 2.0, 0.05);
    EXPECT_NEAR(std::log2(middle / fine), 2.0, 0.05);
}

// Whatever part of a step the refractory time takes, the stationary rate does not depend on the step.
TEST(FokkerPlanck, RefractoryTimesNeedNotBeWholeSteps) {
    const double alone = settled(400, 0.0, 1e-4);
    for (const double refractory : {0.05e-3, 0.13e-3, 0.1e-3, 2.03e-3})
        EXPECT_NEAR(settled(400, refractory, 1e-4), 1.0 / (1.0 / alone + refractory), 1e-8) << refractory;
}

TEST(FokkerPlanck, ConservesProbabilityOverAMillionSteps) {
    const Grid grid{-17.0, 20.0, 64};
    const Faces low = faces_of(grid, 12.0, 5.0), high = faces_of(grid, 19.0, 5.0);
    for (const double refractory : {0.0, 0.13e-3, 2e-3}) {
        FokkerPlanck density = leaky(grid, 1e-4, refractory);
        double worst = 0.0;
        for (int k = 0; k < 1'000'000; ++k) {
            density.advance((k / 100) % 2 == 0 ? low.flows() : high.flows(), k % 100 == 0);
            if (k % 1000 == 0) worst = std::max(worst, std::abs(density.total() - 1.0));
        }
        EXPECT_LT(worst, 1e-12) << refractory;
    }
}

// Against a step sixteen times as fine: the error of the rate halves with the step.
TEST(FokkerPlanck, IsOfFirstOrderInTheStep) {
    const Grid grid{-17.0, 20.0, 200};
    const Faces faces = faces_of(grid, 18.0, 5.0);
    const auto rate_after = [&](double dt_s) {
        FokkerPlanck density = leaky(grid, dt_s);
        const auto steps = static_cast<int>(std::nearbyint(20e-3 / dt_s));
        for (int k = 0; k < steps; ++k) density.advance(faces.flows(), k == 0);
        return density.mean();
    };
    const double exact = rate_after(2e-3 / 256);
    const double coarse = rate_after(2e-3 / 8) - exact, fine = rate_after(2e-3 / 16) - exact;
    EXPECT_NEAR(std::log2(coarse / fine), 1.0, 0.12);
}

// Even where noise is weak beside the drift.
TEST(FokkerPlanck, NeverNegative) {
    const Grid grid{-17.0, 20.0, 200};
    const Faces faces = faces_of(grid, 25.0, 0.5);
    FokkerPlanck density = leaky(grid, 1e-4);
    for (int k = 0; k < 2000; ++k) {
        density.advance(faces.flows(), k == 0);
        for (const double mass : density.cells()) ASSERT_GE(mass, 0.0);
    }
}

// A compound Poisson process without a threshold in reach: mean m J, variance m J^2, and what interpolation
// between cells adds, at most a quarter of a cell's width squared for each jump.
TEST(FokkerPlanck, FiniteJumpsHavePoissonsMoments) {
    const Grid grid{-10.0, 20.0, 600};
    FokkerPlanck density({-10.0, 20.0, 600}, 0.0, 0.0, 1e-4, on_grid(grid, std::vector<double>{1.0}));
    const double size = 0.33, expected = 6.5;
    density.jump(size, expected);
    double mean = 0.0, square = 0.0, mass = 0.0;
    for (std::size_t i = 0; i < grid.cells; ++i) {
        mass += density.cells()[i];
        mean += grid.centre(i) * density.cells()[i];
        square += grid.centre(i) * grid.centre(i) * density.cells()[i];
    }
    EXPECT_NEAR(mass, 1.0, 1e-14);
    EXPECT_NEAR(mean, 1.0 + expected * size, 1e-12);
    EXPECT_NEAR(square - mean * mean, expected * size * size, (expected + 1.0) * 0.25 * 0.05 * 0.05);
    EXPECT_NEAR(density.total(), 1.0, 1e-14);
}

// Many small jumps in one step, whose series would begin with exp(-2000); those below the wall are counted.
TEST(FokkerPlanck, ManyJumpsInOneStep) {
    const Grid grid{-10.0, 20.0, 600};
    const Faces faces = faces_of(grid, 0.0, 0.0, 1e6);
    FokkerPlanck density(grid, 0.0, 0.0, 1e-4, on_grid(grid, std::vector<double>{1.0}));
    density.jump(-0.001, 2000.0);
    EXPECT_NEAR(density.mean(), -1.0, 1e-9);
    density.advance(faces.flows(), true);
    EXPECT_NEAR(density.rate_hz(), 0.0, 1e-9);
    EXPECT_LT(density.stopped(), 1e-12);
    density.jump(-50.0, 0.3);
    EXPECT_NEAR(density.stopped(), 1.0 - std::exp(-0.3) + 0.0, 0.05);
    EXPECT_NEAR(density.total(), 1.0, 1e-13);
}

// One jump over the threshold: the share that has jumped at least once fires.
TEST(FokkerPlanck, JumpsBeyondTheThresholdFire) {
    const Grid grid{-10.0, 20.0, 600};
    const Faces faces = faces_of(grid, 0.0, 0.0, 1e6);
    FokkerPlanck density(grid, 0.0, 5e-3, 1e-4, on_grid(grid, std::vector<double>{1.0}));
    density.jump(50.0, 0.3);
    density.advance(faces.flows(), true);
    EXPECT_NEAR(density.rate_hz() * 1e-4, 1.0 - std::exp(-0.3), 1e-8);
    EXPECT_NEAR(density.refractory(), 1.0 - std::exp(-0.3), 1e-8);
}

TEST(FokkerPlanck, RefusesNeuronsOutsideOfTheGrid) {
    const Grid grid{-10.0, 20.0, 600};
    EXPECT_THROW(on_grid(grid, std::vector<double>{21.0}), Error);
    EXPECT_THROW(FokkerPlanck(grid, 25.0, 0.0, 1e-4, on_grid(grid, std::vector<double>{1.0})), Error);
}

}  // namespace
}  // namespace neurodyn::density
