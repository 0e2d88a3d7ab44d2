// SPDX-License-Identifier: BSD-3-Clause
// Surfaces: files as nibabel writes them, meshes that are none, the Laplacian and distances against the
// sphere's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>

#include "base/error.hpp"
#include "network/geodesic.hpp"
#include "network/surface.hpp"
#include "network/surface_files.hpp"

namespace neurodyn::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string folder = NEURODYN_SOURCE_DIR "/tests/network/surfaces/";

template <class Work>
std::string problem_of(Work work) {
    try {
        work();
    } catch (const FileError& error) {
        return error.what();
    }
    return "accepted";
}

// The octahedron of tests/network/surfaces/make.py.
TEST(SurfaceFiles, AllEncodingsGiveOneMesh) {
    for (const char* name : {"ascii.surf.gii", "base64.surf.gii", "gzip.surf.gii", "big.surf.gii",
                             "packed.surf.gii.gz", "lh.octahedron"}) {
        const Mesh mesh = read_mesh(folder + name);
        ASSERT_EQ(mesh.vertices.size(), 6u) << name;
        EXPECT_THAT(mesh.vertices[0], ElementsAre(0.010, 0, 0)) << name;
        EXPECT_THAT(mesh.vertices[3], ElementsAre(0, -0.020, 0)) << name;
        EXPECT_THAT(mesh.vertices[4], ElementsAre(0, 0, 0.0305)) << name;
        ASSERT_EQ(mesh.triangles.size(), 8u) << name;
        EXPECT_THAT(mesh.triangles[1], ElementsAre(2, 1, 4)) << name;
        EXPECT_THAT(mesh.triangles[7], ElementsAre(0, 3, 5)) << name;
        EXPECT_FALSE(make_surface(name, mesh, false).open);
    }
    const Mesh text = parse_freesurfer_text(
        "lh.white.asc", "#!ascii version of lh.white\n3 1\n0 0 0 0\n1.5 0 0 0\n0 -2e0 0 0\n0 1 2 0\n");
    ASSERT_EQ(text.vertices.size(), 3u);
    EXPECT_THAT(text.vertices[2], ElementsAre(0, -0.002, 0));
    EXPECT_THAT(text.triangles, ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(SurfaceFiles, DamageIsNamed) {
    const std::string gifti = read_file(folder + "gzip.surf.gii"),
                      ascii = read_file(folder + "ascii.surf.gii"),
                      binary = read_file(folder + "lh.octahedron");
    const auto problem = [](std::string text, const std::string& from, const std::string& to) {
        EXPECT_NE(text.find(from), std::string::npos) << from;
        text.replace(text.find(from), from.size(), to);
        return problem_of([&] { parse_gifti("x.gii", text); });
    };
    EXPECT_THAT(problem_of([&] { parse_gifti("x.gii", gifti.substr(0, 1200)); }),
                HasSubstr("x.gii: is not whole as XML"));
    EXPECT_THAT(problem_of([&] { parse_gifti("x.gii", "<svg/>"); }), HasSubstr("has no element GIFTI"));
    EXPECT_THAT(problem(gifti, "INTENT_TRIANGLE", "INTENT_SHAPE"), HasSubstr("has no array of triangles"));
    EXPECT_THAT(problem(gifti, "GZipBase64Binary", "ExternalFileBinary"),
                HasSubstr("encoding 'ExternalFileBinary'"));
    EXPECT_THAT(problem(gifti, "TYPE_FLOAT32", "TYPE_UINT8"),
                HasSubstr("array of points has the type 'NIFTI_TYPE_UINT8'"));
    EXPECT_THAT(problem(gifti, "Dim1=\"3\"", "Dim1=\"2\""), HasSubstr("the second of 3"));
    EXPECT_THAT(problem(gifti, "Dim0=\"6\"", "Dim0=\"7\""),
                HasSubstr("holds 18 numbers, but says that it has 7 x 3"));
    EXPECT_THAT(problem(gifti, "Dim0=\"6\"", "Dim0=\"5\""), HasSubstr("but says that it has 5 x 3"));
    EXPECT_THAT(problem(gifti, "<Data>eJx", "<Data>eJy"), HasSubstr("array of points cannot be unpacked"));
    EXPECT_THAT(problem(gifti, "<Data>eJ", "<Data>e!"), HasSubstr("has '!' as character 1"));
    EXPECT_THAT(problem(ascii, "20.000000", "twenty"), HasSubstr("as its number 7"));
    EXPECT_THAT(problem(ascii, "0 2 4", "0 2 6"),
                HasSubstr("triangle 0 has the vertex 6, but there are 6 (0 to 5)"));
    EXPECT_THAT(problem_of([&] { parse_freesurfer("lh.white", binary.substr(0, 100)); }),
                HasSubstr("says that it has 6 vertices and 8 triangles, but only"));
    EXPECT_THAT(problem_of([&] { parse_freesurfer("lh.white", binary.substr(0, 12)); }),
                HasSubstr("ends within its first lines"));
    EXPECT_THAT(problem_of([&] { parse_freesurfer_text("a.asc", "#!ascii\n3 1\n0 0 0 0\n1 0 zero 0\n"); }),
                HasSubstr("a.asc: line 4: a number was expected among the vertices"));
    EXPECT_THAT(problem_of([&] { parse_freesurfer_text("a.asc", "3 1\n0 0 0 0\n"); }),
                HasSubstr("ends within the vertices"));
    const std::string other = (std::filesystem::temp_directory_path() / "neurodyn_no_surface").string();
    for (const auto& [bytes, what] :
         {std::pair<std::string, std::string>{"x,y,z\n", "is no surface that is known"},
          {"\xff\xff\xff\x01", "mris_convert"},
          {"\x1f\x8b\x08 no gzip", "cannot be unpacked as gzip"}}) {
        std::ofstream(other, std::ios::binary) << bytes;
        EXPECT_THAT(problem_of([&] { read_mesh(other); }), HasSubstr(what));
    }
    EXPECT_THAT(problem_of([&] { read_mesh(folder + "missing"); }), HasSubstr("missing"));
}

Mesh tetrahedron() {
    return {{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {2, 0, 3}}};
}

TEST(Surfaces, WhatIsNoneIsRefusedWithItsPlace) {
    const auto problem = [](const auto& change, bool may_be_open = false) {
        Mesh mesh = tetrahedron();
        change(mesh);
        return problem_of([&] { make_surface("mesh", mesh, may_be_open); });
    };
    EXPECT_EQ(problem([](Mesh&) {}), "accepted");
    EXPECT_THAT(problem([](Mesh& m) { m.triangles.pop_back(); }),
                HasSubstr("has a hole or an end: the edge between vertices 0 and 2 (and 2 more) belongs to "
                          "triangle 0 alone"));
    EXPECT_EQ(problem([](Mesh& m) { m.triangles.pop_back(); }, true), "accepted");
    EXPECT_THAT(
        problem([](Mesh& m) { std::swap(m.triangles[2][0], m.triangles[2][1]); }),
        HasSubstr(
            "triangles 0 and 2 face opposite sides: both run along their common edge from vertex 2 to 1"));
    EXPECT_THAT(problem([](Mesh& m) {
                    m.vertices.push_back({2, 2, 2});
                    m.triangles.push_back({0, 1, 4});
                }),
                HasSubstr("the edge between vertices 0 and 1 belongs to three triangles or more (0, 1, 4)"));
    EXPECT_THAT(problem([](Mesh& m) { m.triangles.push_back({3, 0, 1}); }),
                HasSubstr("triangles 1 and 4 join the same vertices"));
    EXPECT_THAT(problem([](Mesh& m) { m.vertices[1] = {0, 0.5, 0}; }),
                HasSubstr("triangle 0 (vertices 0, 2, 1) has no area"));
    EXPECT_THAT(problem([](Mesh& m) { m.triangles[1][1] = 0; }),
                HasSubstr("triangle 1 (vertices 0, 0, 3) has no area"));
    EXPECT_THAT(problem([](Mesh& m) { m.vertices.push_back({1, 1, 1}); }),
                HasSubstr("vertex 4 belongs to no triangle"));
    EXPECT_THAT(problem([](Mesh& m) { m.triangles[3][2] = 9; }),
                HasSubstr("triangle 3 has the vertices 2, 0, 9, but there are 4 (0 to 3)"));
    EXPECT_THAT(problem([](Mesh& m) { m.vertices[2][1] = std::numeric_limits<double>::quiet_NaN(); }),
                HasSubstr("vertex 2 has a coordinate that is not finite"));
    EXPECT_THAT(problem([](Mesh& m) { m = {}; }), HasSubstr("has 0 vertices and 0 triangles"));
}

Surface sphere(double radius, std::size_t subdivisions) {
    Surface s = make_surface("sphere", icosphere(radius, subdivisions), false);
    s.radius_m = radius;
    return s;
}

std::vector<double> laplacian(const Surface& s, const std::vector<double>& u) {
    std::vector<double> sums(u.size());
    for (std::size_t i = 0; i < u.size(); ++i)
        for (std::size_t k = s.row_begin[i]; k < s.row_begin[i + 1]; ++k)
            sums[i] += s.weight[k] * (u[s.neighbour[k]] - u[i]) / s.area[i];
    return sums;
}

// Eigenvalues of -Laplacian, ascending.
Eigen::VectorXd spectrum(const Surface& s) {
    const auto n = static_cast<Eigen::Index>(s.size());
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n, n);
    for (std::size_t i = 0; i < s.size(); ++i)
        for (std::size_t k = s.row_begin[i]; k < s.row_begin[i + 1]; ++k) {
            const auto row = static_cast<Eigen::Index>(i), column = static_cast<Eigen::Index>(s.neighbour[k]);
            m(row, row) += s.weight[k] / s.area[i];
            m(row, column) -= s.weight[k] / std::sqrt(s.area[i] * s.area[s.neighbour[k]]);
        }
    return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(m, Eigen::EigenvaluesOnly).eigenvalues();
}

TEST(Spheres, AreaAndVertices) {
    const Surface coarse = sphere(2.0, 3), fine = sphere(2.0, 4);
    EXPECT_EQ(coarse.size(), 642u);
    EXPECT_EQ(coarse.mesh.triangles.size(), 1280u);
    const double exact = 16.0 * std::numbers::pi;
    EXPECT_LT(coarse.total_area(), exact);
    EXPECT_NEAR((exact - coarse.total_area()) / (exact - fine.total_area()), 4.0, 0.05);
    EXPECT_EQ(sphere(1.0, 0).size(), 12u);
}

// l (l + 1)/R^2, 2 l + 1 times each; errors fall by four when edges are halved.
TEST(Spheres, EigenvaluesOfTheLaplacian) {
    constexpr double radius = 0.08;
    const Eigen::VectorXd coarse = spectrum(sphere(radius, 2)) * radius * radius,
                          fine = spectrum(sphere(radius, 3)) * radius * radius;
    EXPECT_NEAR(fine[0], 0.0, 1e-10);
    Eigen::Index first = 1;
    for (int l = 1; l <= 5; ++l) {
        const double exact = l * (l + 1);
        const auto many = static_cast<Eigen::Index>(2 * l + 1);
        EXPECT_LT(fine[first + many - 1], 1.06 * exact);  // well below the next
        EXPECT_GT(fine[first], 0.94 * exact);
        const double error = (fine.segment(first, many).array() - exact).mean(),
                     before = (coarse.segment(first, many).array() - exact).mean();
        EXPECT_LT(std::abs(error), 0.0015 * exact * exact) << l;
        if (l > 1) {  // at degree 1 the errors cancel
            EXPECT_NEAR(before / error, 4.0, 0.4) << l;
        }
        first += many;
    }
}

TEST(Surfaces, TheLaplacianOfAConstantIsZeroAndItsIntegralToo) {
    Mesh bent = icosphere(1.0, 3);
    for (Point& p : bent.vertices) p[2] *= 0.3 + 0.2 * p[0];  // with obtuse triangles
    const Surface s = make_surface("bent", bent, false);
    std::vector<double> u(s.size(), 3.7);
    for (const double x : laplacian(s, u)) EXPECT_EQ(x, 0.0);
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = std::sin(2.1 * static_cast<double>(i));
    const std::vector<double> sums = laplacian(s, u);
    double integral = 0.0, size = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        EXPECT_GT(s.area[i], 0.0);
        integral += s.area[i] * sums[i];
        size += s.area[i] * std::abs(sums[i]);
    }
    EXPECT_NEAR(integral, 0.0, 1e-13 * size);
    double triangles = 0.0;
    for (const Triangle& t : s.mesh.triangles) {
        const Eigen::Vector3d a(s.mesh.vertices[t[0]].data()), b(s.mesh.vertices[t[1]].data()),
            c(s.mesh.vertices[t[2]].data());
        triangles += 0.5 * (b - a).cross(c - a).norm();
    }
    EXPECT_NEAR(s.total_area(), triangles, 1e-12 * triangles);
}

// A plane of squares that are cut in two: the five-point stencil inside.
Mesh plane(std::size_t n) {
    Mesh mesh;
    for (std::size_t y = 0; y < n; ++y)
        for (std::size_t x = 0; x < n; ++x)
            mesh.vertices.push_back({0.001 * static_cast<double>(x), 0.001 * static_cast<double>(y), 0.0});
    for (std::size_t y = 0; y + 1 < n; ++y)
        for (std::size_t x = 0; x + 1 < n; ++x) {
            const auto at = [&](std::size_t i, std::size_t j) {
                return static_cast<std::uint32_t>(j * n + i);
            };
            mesh.triangles.push_back({at(x, y), at(x + 1, y), at(x + 1, y + 1)});
            mesh.triangles.push_back({at(x, y), at(x + 1, y + 1), at(x, y + 1)});
        }
    return mesh;
}

TEST(Surfaces, OnAPlaneTheLaplacianIsSecondDifferences) {
    const Surface s = make_surface("plane", plane(9), true);
    EXPECT_TRUE(s.open);
    std::vector<double> u(s.size());
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = std::sin(2.1 * static_cast<double>(i));
    const std::vector<double> sums = laplacian(s, u);
    for (std::size_t y = 1; y < 8; ++y)
        for (std::size_t x = 1; x < 8; ++x) {
            const std::size_t i = 9 * y + x;
            EXPECT_NEAR(sums[i], 1e6 * (u[i - 1] + u[i + 1] + u[i - 9] + u[i + 9] - 4.0 * u[i]), 1e-6);
        }
    EXPECT_NEAR(s.total_area(), 64e-6, 1e-15);
}

TEST(Surfaces, StiffnessBoundsTheSpectrumClosely) {
    for (const Surface& s : {sphere(0.08, 2), sphere(1.0, 0), make_surface("plane", plane(16), true)}) {
        const double largest = spectrum(s).maxCoeff();
        EXPECT_GE(stiffness(s), largest * (1.0 - 1e-12));
        EXPECT_LE(stiffness(s), largest * (1.0 + 1e-3));
    }
}

// In a plane a front is exact; from a corner and from the middle.
TEST(Geodesics, AreStraightInAPlane) {
    const Surface s = make_surface("plane", plane(21), true);
    Geodesics geodesics(s);
    for (const std::uint32_t source : {0u, 220u, 47u})
        for (const auto& [v, d] : geodesics.from(source, 1.0)) {
            const Point &a = s.mesh.vertices[source], &b = s.mesh.vertices[v];
            EXPECT_NEAR(d, std::hypot(b[0] - a[0], b[1] - a[1]), 1e-12) << source << " to " << v;
        }
    const auto& near = geodesics.from(0, 0.0025);
    EXPECT_EQ(near.size(), 8u);
    EXPECT_EQ(near[0].vertex, 0u);
}

// The relative error of a front on a sphere against great circles: first order in the length of edges.
TEST(Geodesics, FrontsOnASphereAreNearGreatCircles) {
    double worst[2] = {}, half_way[2] = {};
    for (std::size_t k = 0; k < 2; ++k) {
        const Surface made = sphere(1.0, 3 + k);
        const Surface mesh = make_surface("mesh", made.mesh, false);
        Geodesics exact(made), front(mesh);
        for (const std::uint32_t source : {0u, 100u, 333u}) {
            const std::vector<Geodesics::Reached> circles = exact.from(source, 4.0),
                                                  found = front.from(source, 4.0);
            ASSERT_EQ(circles.size(), made.size());
            ASSERT_EQ(found.size(), made.size());
            for (std::size_t v = 0; v < made.size(); ++v) {
                if (v == source) continue;
                const double error = std::abs(found[v].distance_m / circles[v].distance_m - 1.0);
                worst[k] = std::max(worst[k], error);
                if (circles[v].distance_m < 0.5 * std::numbers::pi)
                    half_way[k] = std::max(half_way[k], error);
            }
        }
    }
    EXPECT_LT(worst[0], 0.03);
    EXPECT_LT(worst[1], 0.015);
    EXPECT_LT(half_way[1], 0.005);
}

}  // namespace
}  // namespace neurodyn::network
