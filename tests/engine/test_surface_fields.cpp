// SPDX-License-Identifier: BSD-3-Clause
// Laplacians in the equations of populations on surfaces: decay of spherical harmonics, bits, longest steps.
#include <gtest/gtest.h>

#include <cmath>

#include "network/surface.hpp"
#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Network;
using network::Surface;
using network::Values;
using testing::HasSubstr;

constexpr double radius = 0.08, diffusivity = 1e-3;

language::ModelPtr diffusion() {
    return model(R"(
model diffusion : field
parameters
    D = 1e-3 m^2/s    g = 0
equations
    du/dt = D*laplacian(u) - g*u^3/second : 1
)");
}

std::shared_ptr<const Surface> sphere(std::size_t subdivisions) {
    return std::make_shared<const Surface>(
        network::make_surface("sphere", network::icosphere(radius, subdivisions), false));
}

Network on_surface(std::shared_ptr<const Surface> surface, double dt_s, const std::string& method) {
    Network net;
    net.dt_s = dt_s;
    net.method = method;
    net.populations = {population("field", diffusion(), surface->size())};
    Values start;
    start.nodes = surface->size();
    start.data.clear();
    for (const network::Point& p : surface->mesh.vertices) {
        const double c = p[2] / radius;
        start.data.push_back(0.5 * (5.0 * c * c * c - 3.0 * c));  // P_3
    }
    net.populations[0].initial["u"] = start;
    net.populations[0].surface = std::move(surface);
    return net;
}

// A harmonic of degree 3 falls as exp(-12 D t/R^2).
TEST(SurfaceFields, AHarmonicDecaysAsItsEigenvalueSays) {
    double error[2];
    for (std::size_t k = 0; k < 2; ++k) {
        Network net = on_surface(sphere(3 + k), 1e-3, "heun");
        net.monitors = {monitor("field", "u", 0.5)};
        const auto values = run(net, 0.5)[0].values;
        const auto& start = net.populations[0].initial["u"].data;
        double now = 0.0, before = 0.0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            now += values[i] * start[i];
            before += start[i] * start[i];
        }
        error[k] = std::log(now / before) / -0.5 * radius * radius / diffusivity / 12.0 - 1.0;
    }
    EXPECT_LT(std::abs(error[1]), 0.005);
    EXPECT_NEAR(error[0] / error[1], 4.0, 0.5);
}

TEST(SurfaceFields, BitsDependOnNeitherThreadsNorBackendNorMembers) {
    Network net = on_surface(sphere(3), 1e-3, "heun");
    net.monitors = {monitor("field", "u", 10e-3)};
    Values g;
    g.data = {2.0};
    net.populations[0].parameters["g"] = g;
    engine::RunOptions options;
    options.kernel.backend = compile::Backend::interpreter;
    const auto expected = run(net, 0.05, options)[0].values;
    for (const int threads : {1, 2, 3})
        for (const auto backend : {compile::Backend::interpreter, compile::Backend::automatic}) {
            options.threads = threads;
            options.kernel.backend = backend;
            EXPECT_EQ(run(net, 0.05, options)[0].values, expected) << threads << " threads";
        }
    net.members = 3;
    g.members = 3;
    g.data = {1.0, 2.0, 4.0};
    net.populations[0].parameters["g"] = g;
    const auto members = run(net, 0.05)[0].values;
    for (std::size_t k = 0; k < expected.size(); ++k) ASSERT_EQ(members[3 * k + 1], expected[k]);
}

// Euler's method needs dt <= 2/(D times the largest eigenvalue): just below, noise stays bounded, and far
// above it does not.
TEST(SurfaceFields, TheLongestStepIsTold) {
    const auto surface = sphere(3);
    const std::string text = refusal(on_surface(surface, 0.1, "euler"));
    EXPECT_THAT(text,
                HasSubstr("population 'field': dt is 0.1 s, but on the triangles of surface 'sphere' its "
                          "Laplacian needs a dt of at most "));
    const std::string before = "needs a dt of at most ";
    const double longest = std::stod(text.substr(text.find(before) + before.size()));
    EXPECT_NEAR(longest * diffusivity * network::stiffness(*surface), 2.0, 2e-3);
    Network net = on_surface(surface, 0.999 * longest, "euler");
    for (std::size_t i = 0; i < net.populations[0].size; ++i)
        net.populations[0].initial["u"].data[i] = std::sin(2.1 * static_cast<double>(i * i));
    net.monitors = {monitor("field", "u", 2000 * net.dt_s)};
    const auto series = run(net, 2000 * net.dt_s);
    for (const double u : series[0].values) ASSERT_LT(std::abs(u), 2.0);
}

TEST(SurfaceFields, SizesMustAgree) {
    Network net = on_surface(sphere(1), 1e-3, "euler");
    net.populations[0].initial.clear();
    net.populations[0].size = 40;
    EXPECT_THAT(refusal(net), HasSubstr("population 'field' has 40 nodes and a surface of 42 vertices"));
}

}  // namespace
}  // namespace neurodyn
