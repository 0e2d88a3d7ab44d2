// SPDX-License-Identifier: BSD-3-Clause
// Fixed points and their bifurcations against published and independently computed values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "fields.hpp"

namespace neurodyn::dynamics {
namespace {

using tests::library_field;
using tests::specials;

std::vector<Branch> branches_of(const VectorField& field, const Range& range) {
    return equilibrium_branches(field, range, visited_box(field, range), {});
}

// By two independent programs, for this model's parameters.
TEST(Equilibria, HopfPointsOfHodgkinAndHuxley) {
    const auto hopf =
        specials(branches_of(library_field("neurons/hodgkin_huxley", {"I"}), {0, 200}), Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 2u);
    EXPECT_NEAR(hopf[0].parameter, 9.775438, 1e-5);
    EXPECT_NEAR(hopf[0].frequency_rad_s / 1e3, 0.586234, 1e-6);
    EXPECT_NEAR(hopf[1].parameter, 154.522434, 1e-5);
    EXPECT_GT(hopf[0].first_lyapunov, 0.0);  // subcritical: Hassard 1978, doi:10.1016/0022-5193(78)90168-6
    EXPECT_LT(hopf[1].first_lyapunov, 0.0);
}

TEST(Equilibria, HopfPointsOfMorrisAndLecar) {
    const auto hopf =
        specials(branches_of(library_field("neurons/morris_lecar", {"I"}), {0, 300}), Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 2u);
    EXPECT_NEAR(hopf[0].parameter, 93.8576, 1e-4);
    EXPECT_NEAR(hopf[1].parameter, 212.0188, 1e-4);
    EXPECT_GT(hopf[0].first_lyapunov, 0.0);
}

// By two independent programs; Grimbert & Faugeras 2006 (doi:10.1162/neco.2006.18.12.3052) draw the diagram.
TEST(Equilibria, JansenAndRit) {
    const auto branches = branches_of(library_field("masses/jansen_rit", {"p"}), {0, 400});
    const auto hopf = specials(branches, Bifurcation::hopf), fold = specials(branches, Bifurcation::fold);
    ASSERT_EQ(hopf.size(), 2u);
    EXPECT_NEAR(hopf[0].parameter, 89.830, 1e-3);
    EXPECT_NEAR(hopf[1].parameter, 315.696, 1e-3);
    EXPECT_NEAR(hopf[0].frequency_rad_s / (2.0 * std::numbers::pi), 10.38, 5e-3);
    EXPECT_NEAR(hopf[1].frequency_rad_s / (2.0 * std::numbers::pi), 11.16, 5e-3);
    ASSERT_EQ(fold.size(), 1u);
    EXPECT_NEAR(fold[0].parameter, 113.586, 1e-3);
}

TEST(Equilibria, FitzHughAndNagumo) {
    const auto hopf =
        specials(branches_of(library_field("masses/fitzhugh_nagumo", {"I"}), {0, 2}), Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 2u);
    EXPECT_NEAR(hopf[0].parameter, 0.3312813, 1e-7);
    EXPECT_NEAR(hopf[1].parameter, 1.4187187, 1e-7);
    // omega = 0.2755068 in the paper's time, of which 1 is 1 ms here
    EXPECT_NEAR(hopf[0].frequency_rad_s / 1e3, 0.2755068, 1e-7);
}

TEST(Equilibria, FoldsOfWilsonAndCowan) {
    const auto fold =
        specials(branches_of(library_field("masses/wilson_cowan", {"P"}), {0, 2}), Bifurcation::fold);
    ASSERT_EQ(fold.size(), 2u);
    EXPECT_NEAR(fold[0].parameter, 0.90869, 1e-5);
    EXPECT_NEAR(fold[1].parameter, 1.08733, 1e-5);
}

TEST(Equilibria, MontbrioPazoAndRoxin) {
    const VectorField field = library_field("masses/montbrio_pazo_roxin", {"eta"});
    const auto fold = specials(branches_of(field, {-8, 0}), Bifurcation::fold);
    ASSERT_EQ(fold.size(), 2u);
    EXPECT_NEAR(fold[0].parameter, -5.7435272, 1e-6);
    EXPECT_NEAR(fold[1].parameter, -3.1361341, 1e-6);
    Equations equations = field.equations();
    const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, -5.0);
    const Box box{Eigen::Vector2d(0, -5), Eigen::Vector2d(2, 5)};
    const auto points = find_fixed_points(field, equations, at, {500, box});
    ASSERT_EQ(points.size(), 3u);
    EXPECT_NEAR(points[0].x[0], 0.0811344, 1e-7);
    EXPECT_NEAR(points[1].x[0], 0.4729803, 1e-7);
    EXPECT_NEAR(points[2].x[0], 1.0305968, 1e-7);
    EXPECT_TRUE(points[0].is_stable());
    EXPECT_EQ(points[1].kind(), "saddle");
    EXPECT_EQ(points[2].kind(), "stable focus");
    EXPECT_NEAR(points[2].eigenvalues[0].real() * 0.01, -0.3088598, 1e-6);  // tau = 10 ms
    EXPECT_NEAR(points[2].eigenvalues[0].imag() * 0.01, 3.3186290, 1e-6);
}

VectorField field_of(const std::string& text, const std::string& free) {
    return make_vector_field(*language::parse_model(text, "<test>"), {free}, {});
}

// dx/dt = mu x - x^3: the branch x = 0 is crossed at 0 by x^2 = mu.
TEST(Equilibria, BranchesThatCrossAreFollowed) {
    const VectorField field = field_of(
        "model pitchfork : mass\nparameters\n  mu = 1\nequations\n  dx/dt = (mu*x - x^3)/second : 1\n", "mu");
    const Box box{Eigen::VectorXd::Constant(1, -2), Eigen::VectorXd::Constant(1, 2)};
    for (const Range range : {Range{-1, 1}, Range{-1.3, 0.9}}) {
        const auto branches = equilibrium_branches(field, range, box, {});
        const auto points = specials(branches, Bifurcation::branch_point);
        ASSERT_FALSE(points.empty());
        EXPECT_NEAR(points[0].parameter, 0.0, 1e-6);
        double highest = 0.0, lowest = 0.0;
        for (const Branch& branch : branches)
            for (const BranchPoint& p : branch.points) {
                EXPECT_NEAR(p.x[0] * (p.parameter - p.x[0] * p.x[0]), 0.0, 1e-8);
                highest = std::max(highest, p.x[0]);
                lowest = std::min(lowest, p.x[0]);
            }
        EXPECT_NEAR(highest, std::sqrt(range.high), 1e-8);
        EXPECT_NEAR(lowest, -std::sqrt(range.high), 1e-8);
    }
}

// r' = r (mu + s r^2), theta' = 1 in Cartesian coordinates: l1 has the sign of s (Kuznetsov 2004,
// section 3.4).
TEST(Equilibria, FirstLyapunovCoefficientOfTheNormalForm) {
    for (const int s : {1, -1}) {
        const std::string cube = s > 0 ? "+ " : "- ";
        const VectorField field = field_of(
            "model hopf : mass\nparameters\n  mu = 0\nequations\n  dx/dt = (mu*x - 2*y " + cube +
                "x*(x^2 + y^2))/second : 1\n  dy/dt = (2*x + mu*y " + cube + "y*(x^2 + y^2))/second : 1\n",
            "mu");
        const Box box{Eigen::Vector2d(-1, -1), Eigen::Vector2d(1, 1)};
        const auto hopf = specials(equilibrium_branches(field, {-1, 1}, box, {}), Bifurcation::hopf);
        ASSERT_EQ(hopf.size(), 1u);
        EXPECT_NEAR(hopf[0].parameter, 0.0, 1e-8);
        EXPECT_NEAR(hopf[0].frequency_rad_s, 2.0, 1e-9);
        // q = (1, -i)/sqrt(2) counts the radius sqrt(2) times: r' = s r^3 is z' = 2 s z |z|^2, and l1 is that
        // over omega.
        EXPECT_NEAR(hopf[0].first_lyapunov, s * 2.0 / 2.0, 1e-8);
    }
}

TEST(Equilibria, LorenzLosesItsFixedPointsAtTheKnownPlace) {
    const VectorField field = field_of(
        "model lorenz : mass\nparameters\n  rho = 14\nequations\n  dx/dt = 10*(y - x)/second : 1\n"
        "  dy/dt = (x*(rho - z) - y)/second : 1\n  dz/dt = (x*y - 8/3*z)/second : 1\ninitial\n  x = 1\n",
        "rho");
    const Box box{Eigen::Vector3d(-20, -20, -1), Eigen::Vector3d(20, 20, 40)};
    const auto hopf = specials(equilibrium_branches(field, {0.5, 30}, box, {}), Bifurcation::hopf);
    ASSERT_EQ(hopf.size(), 2u);  // of the two symmetric points
    for (const Special& h : hopf) {
        EXPECT_NEAR(h.parameter, 24.7368421, 1e-6);  // 470/19
        EXPECT_GT(h.first_lyapunov, 0.0);
    }
}

TEST(Equilibria, RefusesFlowsThatJump) {
    const auto refusal = [](const std::string& path) -> std::string {
        try {
            library_field(path, {});
        } catch (const Error& error) {
            return error.what();
        }
        return "none";
    };
    EXPECT_NE(refusal("neurons/lif").find("resets variables"), std::string::npos) << refusal("neurons/lif");
    EXPECT_NE(refusal("neurons/izhikevich").find("resets variables"), std::string::npos);
}

}  // namespace
}  // namespace neurodyn::dynamics
