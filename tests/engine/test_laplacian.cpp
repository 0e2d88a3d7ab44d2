// SPDX-License-Identifier: BSD-3-Clause
// Laplacians in equations: against differences by hand, closed forms of diffusion and waves, and the longest
// steps that theory allows.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Edges;
using network::Grid;
using network::Network;
using network::Values;
using testing::HasSubstr;

constexpr double spacing = 1e-3;

language::ModelPtr diffusion() {
    return model(R"(
model diffusion : field
parameters
    D = 0.5 mm^2/ms
equations
    du/dt = D*laplacian(u) : 1
)");
}

language::ModelPtr wave() {
    return model(R"(
model wave : field
parameters
    c = 1 m/s
equations
    du/dt = v                   : 1
    dv/dt = c^2*laplacian(u)    : 1/s
)");
}

Network one_field(language::ModelPtr m, const Grid& grid, double dt_s, const std::string& method,
                  const std::function<double(std::size_t)>& start) {
    Network net;
    net.dt_s = dt_s;
    net.method = method;
    net.populations = {population("field", std::move(m), grid.size())};
    net.populations[0].grid = grid;
    Values values;
    values.nodes = grid.size();
    values.data.clear();
    for (std::size_t k = 0; k < grid.size(); ++k) values.data.push_back(start(k));
    net.populations[0].initial["u"] = values;
    return net;
}

double uneven(std::size_t k) {
    return std::sin(2.1 * static_cast<double>(k)) + 0.1 * static_cast<double>(k % 7);
}

// Second differences as a paper writes them, with what lies beyond the edges.
double by_hand(const Grid& grid, std::size_t point) {
    const long nx = static_cast<long>(grid.shape[0]);
    const long x = static_cast<long>(point) % nx, y = static_cast<long>(point) / nx;
    const auto value = [&](long i, long j) {
        for (const auto& [at, axis] : {std::pair{&i, 0u}, {&j, 1u}}) {
            const long n = axis < grid.shape.size() ? static_cast<long>(grid.shape[axis]) : 1;
            if (*at >= 0 && *at < n) continue;
            if (grid.edges == Edges::zero) return 0.0;
            *at = grid.edges == Edges::periodic ? (*at + n) % n : *at < 0 ? 0 : n - 1;
        }
        return uneven(static_cast<std::size_t>(j * nx + i));
    };
    const auto over = [&](std::size_t axis) { return 1.0 / (grid.spacing_m[axis] * grid.spacing_m[axis]); };
    double sum = over(0) * (value(x - 1, y) - 2.0 * value(x, y) + value(x + 1, y));
    if (grid.shape.size() > 1) sum += over(1) * (value(x, y - 1) - 2.0 * value(x, y) + value(x, y + 1));
    return sum;
}

class Laplacians : public testing::TestWithParam<Grid> {};
TEST_P(Laplacians, AreSecondDifferences) {
    const Grid& grid = GetParam();
    Network net = one_field(model(R"(
model still : field
equations
    du/dt = 0*mm^2/ms*laplacian(u) : 1
    seen = laplacian(u) : 1/m^2
)"),
                            grid, 1e-4, "euler", uneven);
    net.monitors = {monitor("field", "seen", 1e-4)};
    const auto seen = run(net, 1e-4)[0].values;
    for (std::size_t k = 0; k < grid.size(); ++k)
        EXPECT_NEAR(seen[k], by_hand(grid, k), 1e-9 * 4e6) << "point " << k;
}
INSTANTIATE_TEST_SUITE_P(Grids, Laplacians,
                         testing::Values(Grid{{21}, {1e-3}, Edges::periodic}, Grid{{21}, {1e-3}, Edges::zero},
                                         Grid{{21}, {1e-3}, Edges::reflecting},
                                         Grid{{1}, {1e-3}, Edges::periodic},
                                         Grid{{8, 9}, {1e-3, 2e-3}, Edges::periodic},
                                         Grid{{9, 8}, {1e-3, 2e-3}, Edges::zero},
                                         Grid{{8, 7}, {1e-3, 2e-3}, Edges::reflecting},
                                         Grid{{2, 5}, {1e-3, 1e-3}, Edges::periodic}));

constexpr std::size_t points = 32;
constexpr double waves = 3.0;
// -laplacian of cos(2 pi 3 k / 32), exactly.
double k2() {
    const double s = std::sin(std::numbers::pi * waves / points);
    return 4.0 * s * s / (spacing * spacing);
}
double cosine(std::size_t k) {
    return std::cos(2.0 * std::numbers::pi * waves * static_cast<double>(k) / points);
}

double error_after(const language::ModelPtr& m, const std::string& method, double dt_s, double time_s,
                   double expected) {
    const Network net = one_field(m, {{points}, {spacing}, Edges::periodic}, dt_s, method, cosine);
    engine::RunOptions options;
    options.duration_s = time_s;
    options.threads = 1;
    engine::Simulation simulation(net, options);
    engine::MemorySink sink;
    simulation.run(sink);
    return std::abs(simulation.state("field", "u")[0] - expected);
}

// The amplitude of one wave falls as exp(-D k^2 t).
TEST(Diffusion, ConvergesWithTheOrderOfItsMethod) {
    const double time_s = 4e-3, expected = std::exp(-0.5e-3 * k2() * time_s);
    const auto error = [&](const std::string& method, double dt_s) {
        return error_after(diffusion(), method, dt_s, time_s, expected);
    };
    EXPECT_NEAR(error("euler", 4e-5) / error("euler", 2e-5), 2.0, 0.1);
    for (const char* method : {"heun", "rk4", "exact"})
        EXPECT_NEAR(error(method, 4e-5) / error(method, 2e-5), 4.0, 0.3) << method;
}

// It goes up and down as cos(c k t), for many periods without growing.
TEST(Waves, ConvergeWithSecondOrder) {
    const double time_s = 64e-3, expected = std::cos(std::sqrt(k2()) * time_s);
    const auto error = [&](double dt_s) { return error_after(wave(), "exact", dt_s, time_s, expected); };
    EXPECT_NEAR(error(1e-4) / error(5e-5), 4.0, 0.2);
    EXPECT_LT(error(1e-5), 2e-3);
}

// Robinson et al.'s equation, Q = 1 Hz everywhere: phi = 1 - (1 + gamma t) exp(-gamma t), .3228698 at 10 ms.
TEST(Waves, DampedStepOfAUniformSheet) {
    const auto m = language::load_model(NEURODYN_SOURCE_DIR "/library/fields/damped_wave.model");
    for (const char* method : {"exact", "rk4"}) {
        Network net = one_field(m, {{8, 8}, {0.02, 0.02}, Edges::periodic}, 1e-4, method, uneven);
        net.populations[0].initial.clear();
        network::Stimulus drive;
        drive.name = "drive";
        drive.population = "field";
        drive.target = "Q";
        drive.expression = "1*Hz";
        net.stimuli = {drive};
        net.monitors = {monitor("field", "phi", 10e-3)};
        EXPECT_NEAR(run(net, 10e-3)[0].values[0], 0.3228698, 5e-8) << method;
    }
}

// Courant's limit of second differences: c dt sqrt(dims) <= dx; diffusion's: 2 D dt dims <= dx^2 of Euler's
// method, half of it with the midpoint.
TEST(Steps, TheLongestThatWorksIsTold) {
    const auto longest_of = [](const language::ModelPtr& m, const Grid& grid, const std::string& method) {
        const std::string text = refusal(one_field(m, grid, 1e-2, method, uneven));
        EXPECT_THAT(text, HasSubstr("population 'field': dt is 0.01 s, but with points"));
        const std::string before = "needs a dt of at most ";
        return std::stod(text.substr(text.find(before) + before.size()));
    };
    const Grid line{{64}, {spacing}, Edges::periodic}, plane{{16, 16}, {spacing, spacing}, Edges::periodic};
    const double rounding = 1e-3;  // four digits are told
    EXPECT_NEAR(longest_of(wave(), line, "exact") / 1e-3, 1.0, rounding);
    EXPECT_NEAR(longest_of(wave(), plane, "rk4") / (1e-3 / std::sqrt(2.0)), 1.0, rounding);
    EXPECT_NEAR(longest_of(diffusion(), line, "euler") / 1e-3, 1.0, rounding);
    EXPECT_NEAR(longest_of(diffusion(), line, "heun") / 0.5e-3, 1.0, rounding);
    EXPECT_NEAR(longest_of(diffusion(), plane, "heun") / 0.25e-3, 1.0, rounding);
    // Just below, noise of all wavelengths stays bounded.
    for (const auto& [m, dt_s] : {std::pair{wave(), 0.999e-3}, {diffusion(), 0.499e-3}}) {
        Network net = one_field(m, line, dt_s, "exact", uneven);
        net.monitors = {monitor("field", "u", dt_s)};
        const auto values = run(net, 2000 * dt_s)[0].values;
        for (const double u : values) ASSERT_LT(std::abs(u), 50.0);
    }
}

language::ModelPtr noisy() {
    return model(R"(
model noisy : field
parameters
    D = 0.1 mm^2/ms     g = 1
equations
    du/dt = D*laplacian(u) - g*u^3/(10*ms) + D*laplacian(w) + 0.1/sqrt(ms)*xi : 1
    dw/dt = (u - w)/(20*ms) + D*laplacian(w)    : 1
)");
}

TEST(Laplacian, BitsDependOnNeitherThreadsNorBackendNorMembers) {
    for (const Grid& grid :
         {Grid{{3000}, {spacing}, Edges::zero}, Grid{{64, 50}, {spacing, spacing}, Edges::periodic},
          Grid{{65, 48}, {spacing, spacing}, Edges::reflecting}}) {
        Network net = one_field(noisy(), grid, 1e-4, "heun", uneven);
        net.monitors = {monitor("field", "u", 1e-3)};
        engine::RunOptions options;
        options.kernel.backend = compile::Backend::interpreter;
        const auto expected = run(net, 5e-3, options)[0].values;
        for (const int threads : {1, 2, 3})
            for (const auto backend : {compile::Backend::interpreter, compile::Backend::automatic}) {
                options.threads = threads;
                options.kernel.backend = backend;
                EXPECT_EQ(run(net, 5e-3, options)[0].values, expected) << threads << " threads";
            }
        net.members = 3;
        Values g;
        g.members = 3;
        g.data = {0.5, 1.0, 2.0};
        net.populations[0].parameters["g"] = g;
        const auto members = run(net, 5e-3)[0].values;
        for (std::size_t k = 0; k < expected.size(); ++k) ASSERT_EQ(members[3 * k + 1], expected[k]);
    }
}

TEST(Laplacian, NeedsAGrid) {
    Network net = one_field(diffusion(), {{16}, {spacing}, Edges::periodic}, 1e-5, "heun", uneven);
    net.populations[0].grid.reset();
    EXPECT_THAT(refusal(net),
                HasSubstr("population 'field' has no grid, and its model 'diffusion' takes laplacian(u)"));
    net.populations[0].grid = Grid{{15}, {spacing}, Edges::periodic};
    EXPECT_THAT(refusal(net), HasSubstr("population 'field' has 16 nodes and a grid of 15 points"));
}

}  // namespace
}  // namespace neurodyn
