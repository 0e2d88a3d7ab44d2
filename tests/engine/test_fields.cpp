// SPDX-License-Identifier: BSD-3-Clause
// Fields: kernels against direct sums, edges, delays, and one result for any number of threads.
#include <gtest/gtest.h>

#include <cmath>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Edges;
using network::FieldKernel;
using network::Grid;
using network::Network;
using testing::HasSubstr;

constexpr double dt = 1e-4;

// A field that stays as it starts, and an input that is recorded.
language::ModelPtr still() {
    return model(R"(
model still : field
inputs
    I : 1
equations
    du/dt = 0/second : 1
    seen = I : 1
)");
}

double start(std::size_t k) {
    return std::sin(1.7 * static_cast<double>(k)) + 0.3 * static_cast<double>(k % 5);
}

// Neither symmetric nor short.
double weight_at(double dx, double dy) { return std::exp(-0.3 * std::abs(dx) - 0.2 * dy * dy) + 0.05 * dx; }

FieldKernel make_kernel(const Grid& grid) {
    FieldKernel kernel{grid, {}, {}};
    const std::size_t height = grid.shape.size() > 1 ? grid.period(1) : 1;
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < grid.period(0); ++x)
            kernel.weight.push_back(
                weight_at(network::displacement(grid, 0, x),
                          grid.shape.size() > 1 ? network::displacement(grid, 1, y) : 0.0));
    return kernel;
}

Network one_field(const Grid& grid, const FieldKernel& kernel) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("u", still(), grid.size())};
    net.populations[0].grid = grid;
    network::Values values;
    values.nodes = grid.size();
    values.data.clear();
    for (std::size_t k = 0; k < grid.size(); ++k) values.data.push_back(start(k));
    net.populations[0].initial["u"] = values;
    network::Projection p;
    p.name = "own";
    p.from = p.to = "u";
    p.source = "u";
    p.target = "I";
    p.coupling = linear_coupling();
    p.kernel = std::make_shared<const FieldKernel>(kernel);
    net.projections = {p};
    net.monitors = {monitor("u", "seen", dt)};
    return net;
}

// The field at a place on the line or plane beyond its edges, too.
double beyond(const Grid& grid, long x, long y, const std::function<double(std::size_t)>& field) {
    const auto fold = [&](long at, std::size_t axis) -> long {
        if (axis >= grid.shape.size()) return 0;
        const long n = static_cast<long>(grid.shape[axis]);
        if (grid.edges == Edges::periodic) return ((at % n) + n) % n;
        if (grid.edges == Edges::zero) return at >= 0 && at < n ? at : -1;
        const long folded = ((at % (2 * n)) + 2 * n) % (2 * n);
        return folded < n ? folded : 2 * n - 1 - folded;
    };
    const long fx = fold(x, 0), fy = fold(y, 1);
    if (fx < 0 || fy < 0) return 0.0;
    return field(static_cast<std::size_t>(fy) * grid.shape[0] + static_cast<std::size_t>(fx));
}

// What a target gets, term by term.
double direct_sum(const FieldKernel& kernel, std::size_t target,
                  const std::function<double(std::size_t)>& field) {
    const Grid& grid = kernel.grid;
    const long tx = static_cast<long>(target % grid.shape[0]), ty = static_cast<long>(target / grid.shape[0]);
    const std::size_t height = grid.shape.size() > 1 ? grid.period(1) : 1;
    double sum = 0.0;
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < grid.period(0); ++x) {
            const long dx = static_cast<long>(network::displacement(grid, 0, x));
            const long dy = grid.shape.size() > 1 ? static_cast<long>(network::displacement(grid, 1, y)) : 0;
            sum += kernel.weight[y * grid.period(0) + x] * beyond(grid, tx - dx, ty - dy, field);
        }
    return sum;
}

class Kernels : public testing::TestWithParam<Grid> {};
TEST_P(Kernels, EqualDirectSums) {
    const Grid& grid = GetParam();
    const FieldKernel kernel = make_kernel(grid);
    const auto series = run(one_field(grid, kernel), 2 * dt);
    for (std::size_t i = 0; i < grid.size(); ++i)
        EXPECT_NEAR(series[0].values[grid.size() + i], direct_sum(kernel, i, start), 1e-11) << "point " << i;
}
INSTANTIATE_TEST_SUITE_P(Grids, Kernels,
                         testing::Values(Grid{{32}, {1e-3}, Edges::periodic}, Grid{{32}, {1e-3}, Edges::zero},
                                         Grid{{31}, {1e-3}, Edges::reflecting},
                                         Grid{{17}, {1e-3}, Edges::periodic},
                                         Grid{{12, 9}, {1e-3, 2e-3}, Edges::periodic},
                                         Grid{{9, 12}, {1e-3, 2e-3}, Edges::zero},
                                         Grid{{10, 7}, {1e-3, 1e-3}, Edges::reflecting}));

// A ramp in time through a delay of d steps is d steps behind; between two steps it lies between them.
TEST(Kernels, DelaysAreExactForWhatChangesEvenly) {
    const Grid grid{{64}, {1e-3}, Edges::periodic};
    FieldKernel kernel = make_kernel(grid);
    for (std::size_t x = 0; x < 64; ++x)
        kernel.delay_s.push_back(std::abs(network::displacement(grid, 0, x)) * 2.3 * dt);
    Network net = one_field(grid, kernel);
    net.populations[0].model = ramp();
    net.populations[0].initial.clear();
    net.projections[0].source = net.monitors[0].expression = "x";
    net.monitors[0].expression = "seen";
    const auto series = run(net, 200 * dt);
    for (const std::size_t k : {0, 1, 5, 70, 73, 74, 75, 199}) {
        double expected = 0.0;
        for (std::size_t x = 0; x < 64; ++x) {
            // Before the start the ramp is 0, and a delay between two steps reads both.
            const double steps = std::abs(network::displacement(grid, 0, x)) * 2.3, whole = std::floor(steps);
            const auto at = [&](double delay) { return std::max(0.0, static_cast<double>(k) - delay) * dt; };
            expected +=
                kernel.weight[x] * ((1.0 - (steps - whole)) * at(whole) + (steps - whole) * at(whole + 1.0));
        }
        for (const std::size_t i : {0, 13, 63})
            EXPECT_NEAR(series[0].values[k * 64 + i], expected, 1e-12) << "step " << k;
    }
}

language::ModelPtr amari() {
    return model(R"(
model amari : field
parameters
    tau = 10 ms     h = 0.2     rate = 0.7
inputs
    I : 1
equations
    du/dt = (-u + I + 0.1*sin(t/(3*ms)))/tau + 0.2*sqrt(2/tau)*xi : 1
    f = 1/(1 + exp(-(u - h)/0.1)) : 1
)");
}

Network moving(const Grid& grid, bool delayed) {
    FieldKernel kernel = make_kernel(grid);
    for (double& w : kernel.weight) w *= 0.05;
    if (delayed)
        for (std::size_t k = 0; k < kernel.weight.size(); ++k)
            kernel.delay_s.push_back(static_cast<double>(k % 40) * 0.7 * dt);
    Network net = one_field(grid, kernel);
    net.populations[0].model = amari();
    net.method = "heun";
    net.projections[0].source = "f";
    network::Projection second = net.projections[0];
    second.name = "second";
    second.source = "u";
    net.projections.push_back(second);
    net.monitors[0].expression = "u";
    return net;
}

TEST(Kernels, BitsDependOnNeitherThreadsNorBackend) {
    for (const Grid& grid :
         {Grid{{1500}, {1e-3}, Edges::zero}, Grid{{64, 48}, {1e-3, 1e-3}, Edges::reflecting}})
        for (const bool delayed : {false, true}) {
            const Network net = moving(grid, delayed);
            engine::RunOptions options;
            options.kernel.backend = compile::Backend::interpreter;
            const auto expected = run(net, 70 * dt, options)[0].values;
            for (const int threads : {1, 2, 3})
                for (const auto backend : {compile::Backend::interpreter, compile::Backend::automatic}) {
                    options.threads = threads;
                    options.kernel.backend = backend;
                    EXPECT_EQ(run(net, 70 * dt, options)[0].values, expected) << threads << " threads";
                }
        }
}

// Members of a sweep run in vector lanes; each has the bits of its own run.
TEST(Kernels, MembersAreTheirOwnRuns) {
    const Grid grid{{20, 12}, {1e-3, 1e-3}, Edges::zero};
    Network net = moving(grid, true);
    Network both = net;
    both.members = 5;
    network::Values h;
    h.members = 5;
    h.data = {0.1, 0.2, 0.3, 0.4, 0.5};
    both.populations[0].parameters["h"] = h;
    const auto all = run(both, 60 * dt)[0];
    for (std::size_t m = 0; m < 5; ++m) {
        net.populations[0].parameters["h"] = network::Values(h.data[m]);
        const auto one = run(net, 60 * dt)[0].values;
        for (std::size_t k = 0; k < one.size(); ++k)
            ASSERT_EQ(all.values[k * 5 + m], one[k]) << "member " << m;
    }
}

// Where nothing moves, the voltage form's u is the kernel's sum of the activity form's a, and a the rate of
// u.
TEST(Kernels, BothFormsOfAFieldHaveTheSameStates) {
    const Grid grid{{96}, {1e-3}, Edges::zero};
    FieldKernel kernel{grid, {}, {}};
    for (std::size_t x = 0; x < grid.period(0); ++x) {
        const double d = 0.25 * std::abs(network::displacement(grid, 0, x));
        kernel.weight.push_back(0.25 * (1.0 - d) * std::exp(-d));
    }
    Network net = one_field(grid, kernel);
    net.method = "rk4";
    net.populations[0].model = model(R"(
model activity : field
inputs
    I : 1
equations
    da/dt = (-a + 1/(1 + exp(-40*(I - 0.2))))/(1*ms) : 1
    s = a : 1
)");
    net.populations.push_back(net.populations[0]);
    net.populations[1].name = "v";
    net.populations[1].model = model(R"(
model voltage : field
inputs
    I : 1
equations
    du/dt = (-u + I)/(1*ms) : 1
    s = 1/(1 + exp(-40*(u - 0.2))) : 1
)");
    for (network::Population& p : net.populations) {
        network::Values start;
        start.nodes = grid.size();
        start.data.clear();
        for (std::size_t k = 0; k < grid.size(); ++k) start.data.push_back(k > 42 && k < 53 ? 1.0 : 0.0);
        p.initial = {{p.name == "u" ? "a" : "u", start}};
    }
    net.projections[0].source = "s";
    net.projections.push_back(net.projections[0]);
    net.projections[1].name = "other";
    net.projections[1].from = net.projections[1].to = "v";
    net.monitors = {monitor("u", "a", 0.1), monitor("v", "s", 0.1), monitor("v", "u", 0.1)};
    const auto series = run(net, 0.1);
    double lowest = 1.0, highest = 0.0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const double a = series[0].values[i];
        EXPECT_NEAR(series[1].values[i], a, 1e-9);
        EXPECT_NEAR(series[2].values[i],
                    direct_sum(kernel, i, [&](std::size_t k) { return series[0].values[k]; }), 1e-9);
        lowest = std::min(lowest, a);
        highest = std::max(highest, a);
    }
    EXPECT_LT(lowest, 0.2);  // a bump, not an even state
    EXPECT_GT(highest, 0.8);
}

TEST(Kernels, SinglePrecisionIsNear) {
    Network net = moving({{64, 48}, {1e-3, 1e-3}, Edges::periodic}, true);
    engine::RunOptions options;
    const auto expected = run(net, 50 * dt, options)[0].values;
    options.kernel.precision = compile::Precision::single;
    const auto found = run(net, 50 * dt, options)[0].values;
    // Noise is drawn in another precision, too.
    for (std::size_t k = 0; k < expected.size(); ++k) ASSERT_NEAR(found[k], expected[k], 2e-4);
}

// A group of steps that is run again to find where a value went wrong reads the same past.
TEST(Kernels, AStepThatFailsIsFoundWithDelays) {
    const Grid grid{{1024}, {1e-3}, Edges::periodic};
    Network net = moving(grid, true);
    net.populations[0].model = model(R"(
model blowup : field
inputs
    I : 1
equations
    du/dt = (I + 1 + u*u*u*u)/(10*ms) : 1
    f = u : 1
)");
    net.method = "euler";
    engine::RunOptions options;
    options.threads = 2;
    double time_s = 0.0;
    for (const int threads : {1, 2, 3}) {
        options.threads = threads;
        try {
            run(net, 2000 * dt, options);
            FAIL() << "no error";
        } catch (const NonFiniteError& error) {
            if (threads > 1) {
                EXPECT_EQ(error.time_s, time_s);
            }
            time_s = error.time_s;
        }
    }
}

TEST(Kernels, RefuseOtherGrids) {
    const Grid grid{{16}, {1e-3}, Edges::periodic};
    Network net = one_field(grid, make_kernel(grid));
    net.populations[0].grid->spacing_m = {2e-3};
    EXPECT_THAT(refusal(net),
                HasSubstr("projection 'own': its kernel joins points of one grid of 16 points, but "
                          "population 'u' has a grid of 16 points 0.002 m apart"));
    net.populations[0].grid.reset();
    EXPECT_THAT(refusal(net), HasSubstr("population 'u' has no grid; give both populations the same grid"));
    net = one_field(grid, make_kernel(grid));
    FieldKernel broken = make_kernel(grid);
    broken.weight.pop_back();
    net.projections[0].kernel = std::make_shared<const FieldKernel>(broken);
    EXPECT_THAT(refusal(net), HasSubstr("its kernel has 15 weights for 16 displacements"));
    broken = make_kernel(grid);
    broken.delay_s.assign(16, -1e-3);
    net.projections[0].kernel = std::make_shared<const FieldKernel>(broken);
    EXPECT_THAT(refusal(net), HasSubstr("its kernel has a delay of -0.001 s; delays are not negative"));
}

}  // namespace
}  // namespace neurodyn
