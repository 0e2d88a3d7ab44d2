// SPDX-License-Identifier: BSD-3-Clause
// Populations on surfaces: kernels against direct sums and Funk-Hecke's eigenvalues, delays, and bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "engine/simulation.hpp"
#include "experiment/build.hpp"
#include "experiment/surface_picture.hpp"
#include "network/surface.hpp"

namespace neurodyn::experiment {
namespace {

using testing::HasSubstr;

std::string text_of(const std::string& grid, const std::string& projection) {
    return "time: {dt: 1 ms, duration: 5 ms}\nvalues: {R: 80 mm, l: 12 mm, k: 20}\n"
           "populations:\n  a: {model: amari, grid: " +
           grid + "}\n  b: {model: amari, grid: {surface: sphere, radius: 80 mm, subdivisions: 1}}\n" +
           "projections: {p: {" + projection + "}}\nmonitors: {u: {of: a.u, every: 1 ms}}\n";
}

Built built(const std::string& grid, const std::string& projection) {
    Resources resources(NEURODYN_SOURCE_DIR "/tests/network/surfaces");
    return build(read_experiment(parse_document(text_of(grid, projection), "f.yaml")), resources);
}

std::string problem(const std::string& grid,
                    const std::string& projection = "from: a.u, to: a.I, kernel: exp(-r/l)/l^2") {
    try {
        built(grid, projection);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

const std::string sphere = "{surface: sphere, radius: R, subdivisions: 3}";

struct Kernel {
    std::shared_ptr<const network::Surface> surface;
    std::shared_ptr<const network::Connectivity> edges;
};

Kernel kernel_of(const std::string& projection, const std::string& grid = sphere) {
    const Built all = built(grid, projection);
    return {all.network.populations[0].surface, all.network.projections[0].connectivity};
}

double great_circle(const network::Point& a, const network::Point& b) {
    const double dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    return 0.08 * std::acos(std::clamp(dot / (0.08 * 0.08), -1.0, 1.0));
}

// Every pair of vertices: kernel of the great circle times the source's area; what is left out is below a
// millionth.
TEST(SurfaceKernels, AreDirectSums) {
    const Kernel k = kernel_of("from: a.u, to: a.I, kernel: (1 - r/l)*exp(-r/l)/l^2");
    const std::size_t n = k.surface->size();
    ASSERT_EQ(k.edges->targets, n);
    std::vector<double> found(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t e = k.edges->row_begin[i]; e < k.edges->row_begin[i + 1]; ++e) {
            if (e > k.edges->row_begin[i]) {
                ASSERT_GT(k.edges->source[e], k.edges->source[e - 1]);
            }
            found[i * n + k.edges->source[e]] += k.edges->weight[e];
        }
    constexpr double l = 0.012;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            const double r = great_circle(k.surface->mesh.vertices[i], k.surface->mesh.vertices[j]) / l;
            const double density = found[i * n + j] / k.surface->area[j] * l * l;
            EXPECT_NEAR(density, (1.0 - r) * std::exp(-r), 1.01e-6) << i << ", " << j;
        }
}

// i_1(k)/i_0(k) = coth k - 1/k, i_2(k)/i_0(k) = 1 - 3 i_1/(k i_0): Funk and Hecke's theorem for the kernel of
// von Mises and Fisher.
TEST(SurfaceKernels, HarmonicsAreEigenfunctions) {
    const Kernel k = kernel_of("from: a.u, to: a.I, kernel: k*exp(k*(cos(r/R) - 1))/(2*pi*R^2)");
    const double first = 1.0 / std::tanh(20.0) - 1.0 / 20.0, second = 1.0 - 3.0 * first / 20.0;
    double squares[3] = {}, products[3] = {};
    for (std::size_t i = 0; i < k.surface->size(); ++i) {
        const auto harmonics = [&](std::size_t v) {
            const double c = k.surface->mesh.vertices[v][2] / 0.08;
            return std::array<double, 3>{1.0, c, 1.5 * c * c - 0.5};
        };
        std::array<double, 3> sum{};
        for (std::size_t e = k.edges->row_begin[i]; e < k.edges->row_begin[i + 1]; ++e)
            for (std::size_t h = 0; h < 3; ++h)
                sum[h] += k.edges->weight[e] * harmonics(k.edges->source[e])[h];
        for (std::size_t h = 0; h < 3; ++h) {
            products[h] += k.surface->area[i] * harmonics(i)[h] * sum[h];
            squares[h] += k.surface->area[i] * harmonics(i)[h] * harmonics(i)[h];
        }
    }
    EXPECT_NEAR(products[0] / squares[0], 1.0, 5e-3);
    EXPECT_NEAR(products[1] / squares[1], first, 5e-3);
    EXPECT_NEAR(products[2] / squares[2], second, 5e-3);
}

// A delay between two steps is shared: weights add up, and the mean of the delays is r/v.
TEST(SurfaceKernels, DelaysAreDistancesOverSpeed) {
    const std::string plain = "from: a.u, to: a.I, kernel: \"where(r < 20 mm, 1/l^2, 0/l^2)\"";
    const Kernel with = kernel_of(plain + ", delays: r/(3 m/s)"), without = kernel_of(plain);
    ASSERT_EQ(with.edges->delay_s.size(), with.edges->weight.size());
    for (std::size_t i = 0; i < with.surface->size(); ++i) {
        std::map<std::uint32_t, std::pair<double, double>> sums;
        for (std::size_t e = with.edges->row_begin[i]; e < with.edges->row_begin[i + 1]; ++e) {
            const double steps = with.edges->delay_s[e] / 1e-3;
            EXPECT_NEAR(steps, std::nearbyint(steps), 1e-9);
            auto& [weight, moment] = sums[with.edges->source[e]];
            weight += with.edges->weight[e];
            moment += with.edges->weight[e] * with.edges->delay_s[e];
        }
        ASSERT_EQ(sums.size(), without.edges->row_begin[i + 1] - without.edges->row_begin[i]);
        std::size_t e = without.edges->row_begin[i];
        for (const auto& [source, sum] : sums) {
            EXPECT_EQ(source, without.edges->source[e]);
            EXPECT_NEAR(sum.first / without.edges->weight[e++], 1.0, 1e-12);
            const double r =
                great_circle(with.surface->mesh.vertices[i], with.surface->mesh.vertices[source]);
            EXPECT_NEAR(sum.second / sum.first, r / 3.0, 1e-9);
        }
    }
}

// A front does not go both ways alike; weights per area do.
TEST(SurfaceKernels, OfAFileAreSymmetric) {
    const Kernel k = kernel_of("from: a.u, to: a.I, kernel: exp(-r/l)/l^2", "{surface: gzip.surf.gii}");
    EXPECT_EQ(k.edges->weight.size(), 36u);  // six vertices, each with all
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t j = 0; j < 6; ++j)
            EXPECT_DOUBLE_EQ(k.edges->weight[6 * i + j] / k.surface->area[j],
                             k.edges->weight[6 * j + i] / k.surface->area[i]);
}

TEST(SurfaceKernels, BitsDependOnNeitherThreadsNorMembers) {
    const Built all = built(sphere, "from: a.rate, to: a.I, kernel: exp(-r/l)/l^2, delays: r/(3 m/s)");
    network::Network net = all.network;
    network::Values start;
    start.nodes = net.populations[0].size;
    start.data.clear();
    for (std::size_t i = 0; i < start.nodes; ++i)
        start.data.push_back(std::sin(2.1 * static_cast<double>(i)));
    net.populations[0].initial["u"] = start;
    const auto run = [&](int threads) {
        engine::RunOptions options;
        options.duration_s = 30e-3;
        options.threads = threads;
        engine::MemorySink sink;
        engine::Simulation(net, options).run(sink);
        return sink.series[0].values;
    };
    const auto expected = run(1);
    for (const int threads : {2, 3}) EXPECT_EQ(run(threads), expected);
    net.members = 3;
    network::Values h;
    h.members = 3;
    h.data = {0.1, 0.2, 0.3};
    net.populations[0].parameters["h"] = h;
    const auto members = run(2);
    for (std::size_t k = 0; k < expected.size(); ++k) ASSERT_EQ(members[3 * k + 1], expected[k]);
}

TEST(SurfaceGrids, BadInputIsNamed) {
    EXPECT_EQ(problem(sphere), "accepted");
    EXPECT_THAT(problem("{surface: sphere, radius: R}"),
                HasSubstr("'grid' of population 'a': a sphere needs 'radius' and 'subdivisions'"));
    EXPECT_THAT(problem("{surface: sphere, radius: 0 mm, subdivisions: 2}"),
                HasSubstr("'radius' of 'grid' of population 'a' is '0 mm'; it must be above 0"));
    for (const char* n : {"9", "2.5", "-1"})
        EXPECT_THAT(problem(std::string("{surface: sphere, radius: R, subdivisions: ") + n + "}"),
                    HasSubstr("it is a whole number from 0 to 8"));
    EXPECT_THAT(problem("{surface: sphere, radius: R, subdivisions: 2, shape: 3}"),
                HasSubstr("'grid' of population 'a' has no 'shape'"));
    EXPECT_THAT(problem("{surface: sphere, radius: R, subdivisions: 2, edges: reflecting}"),
                HasSubstr("a sphere has no edges"));
    EXPECT_THAT(problem("{surface: gzip.surf.gii, edges: periodic}"),
                HasSubstr("'edges' of 'grid' of population 'a' cannot be 'periodic' on a surface"));
    EXPECT_THAT(problem("{surface: gzip.surf.gii, radius: R}"),
                HasSubstr("'grid' of population 'a' has no 'radius'"));
    EXPECT_THAT(problem("{surface: missing.gii}"), HasSubstr("missing.gii"));
    EXPECT_THAT(problem("{surface: Sphere, radius: R, subdivisions: 2}"),
                HasSubstr("did you mean 'sphere'?"));
    EXPECT_THAT(problem("{surface: make.py}"), HasSubstr("is no surface that is known"));
    EXPECT_THAT(problem(sphere + ", size: 12"),
                HasSubstr("population 'a' has a surface of 642 vertices, not '12'"));
}

// A coarse picture is nearly a closed surface still, with twice as many triangles as vertices less four.
TEST(SurfacePictures, AreWholeOrCoarse) {
    const auto surface = std::make_shared<const network::Surface>(
        network::make_surface("sphere", network::icosphere(1.0, 4), false));
    const SurfacePicture whole = picture_of(surface, 2562), coarse = picture_of(surface, 700);
    EXPECT_EQ(whole.nodes.size(), 2562u);
    EXPECT_EQ(whole.triangles, surface->mesh.triangles);
    EXPECT_LE(coarse.nodes.size(), 700u);
    EXPECT_GT(coarse.nodes.size(), 300u);
    EXPECT_TRUE(std::is_sorted(coarse.nodes.begin(), coarse.nodes.end()));
    std::set<std::uint32_t> used;
    for (const network::Triangle& t : coarse.triangles) used.insert(t.begin(), t.end());
    EXPECT_EQ(used.size(), coarse.nodes.size());
    EXPECT_NEAR(static_cast<double>(coarse.triangles.size()),
                2.0 * static_cast<double>(coarse.nodes.size()) - 4.0,
                0.05 * static_cast<double>(coarse.triangles.size()));
}

TEST(SurfaceGrids, BadKernelsAreNamed) {
    EXPECT_THAT(problem(sphere, "from: a.u, to: b.I, kernel: exp(-r/l)/l^2"),
                HasSubstr("'a' and 'b' are not on one surface"));
    EXPECT_THAT(problem("{shape: 64, length: R, edges: periodic}", "from: a.u, to: b.I, kernel: exp(-r/l)/l"),
                HasSubstr("'a' and 'b' are not on one surface"));
    EXPECT_THAT(problem(sphere, "from: a.u, to: a.I, kernel: exp(-r/l)/l"), HasSubstr("1/m^2"));
    EXPECT_THAT(problem(sphere, "from: a.u, to: a.I, kernel: [1/l^2, 2/l^2, 1/l^2]"),
                HasSubstr("weights of displacements on a grid"));
    EXPECT_THAT(problem(sphere, "from: a.u, to: a.I, kernel: exp(-x^2/l^2)/l^2"),
                HasSubstr("there is no displacement 'x' on a surface"));
    EXPECT_THAT(problem(sphere, "from: a.u, to: a.I, kernel: exp(-r/l)/l^2, weights: 2"),
                HasSubstr("which says what its weights are"));
    EXPECT_THAT(problem(sphere, "from: a.u, to: a.I, kernel: exp(-r/l)/l^2, delays: (r - l)/(1 m/s)"),
                HasSubstr("gives a negative delay"));
}

}  // namespace
}  // namespace neurodyn::experiment
