// SPDX-License-Identifier: BSD-3-Clause
// Folds and Hopf points over two parameters against normal forms and closed forms.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dynamics/two_parameters.hpp"
#include "fields.hpp"

namespace neurodyn::dynamics {
namespace {

using tests::library_field;

VectorField field_of(const std::string& text, const std::vector<std::string>& free) {
    return make_vector_field(*language::parse_model(text, "<test>"), free, {});
}

std::vector<Special> specials(const std::vector<PlaneCurve>& curves, Bifurcation kind) {
    std::vector<Special> found;
    for (const PlaneCurve& curve : curves)
        for (const Special& special : curve.special)
            if (special.kind == kind) found.push_back(special);
    std::sort(found.begin(), found.end(),
              [](const Special& a, const Special& b) { return a.parameter < b.parameter; });
    return found;
}

std::vector<const PlaneCurve*> of_kind(const std::vector<PlaneCurve>& curves, Bifurcation kind) {
    std::vector<const PlaneCurve*> found;
    for (const PlaneCurve& curve : curves)
        if (curve.kind == kind) found.push_back(&curve);
    return found;
}

Box square(Eigen::Index n, double size) {
    return {Eigen::VectorXd::Constant(n, -size), Eigen::VectorXd::Constant(n, size)};
}

// dx/dt = p + q x - x^3 folds at 27 p^2 = 4 q^3, which has its cusp at 0 (Kuznetsov 2004, section 8.2).
TEST(TwoParameters, CuspHasItsClosedForm) {
    const VectorField field = field_of(
        "model cusp : mass\nparameters\n  p = 0.1\n  q = 1\nequations\n  dx/dt = (p + q*x - x^3)/second : "
        "1\n",
        {"p", "q"});
    const auto curves = bifurcation_curves(field, {-1, 1}, {-1, 2}, square(1, 2), {});
    ASSERT_EQ(curves.size(), 1u);
    double highest = 0.0;
    for (const PlaneCurvePoint& point : curves[0].points) {
        EXPECT_NEAR(27.0 * point.first * point.first, 4.0 * std::pow(point.second, 3), 1e-8);
        highest = std::max(highest, point.second);
    }
    EXPECT_NEAR(highest, std::cbrt(27.0 / 4.0), 1e-8);  // where |p| = 1
    const auto cusps = specials(curves, Bifurcation::cusp);
    ASSERT_EQ(cusps.size(), 1u);
    EXPECT_NEAR(cusps[0].parameter, 0.0, 1e-9);
    EXPECT_NEAR(*cusps[0].second, 0.0, 1e-6);
}

// dx/dt = y, dy/dt = p + q x + x^2 - x y: folds at 4 p = q^2, Hopf points at p = 0, q < 0 with the frequency
// sqrt(-q), and a Bogdanov-Takens point at 0 (Kuznetsov 2004, section 8.4).
TEST(TwoParameters, BogdanovAndTakens) {
    const VectorField field = field_of(
        "model takens : mass\nparameters\n  p = -0.1\n  q = -1\nequations\n  dx/dt = y/second : 1\n"
        "  dy/dt = (p + q*x + x^2 - x*y)/second : 1\n",
        {"p", "q"});
    const auto curves = bifurcation_curves(field, {-1, 1}, {-1, 1}, square(2, 2), {});
    const auto folds = of_kind(curves, Bifurcation::fold), hopf = of_kind(curves, Bifurcation::hopf);
    ASSERT_EQ(folds.size(), 1u);
    ASSERT_EQ(hopf.size(), 1u);
    for (const PlaneCurvePoint& point : folds[0]->points)
        EXPECT_NEAR(4.0 * point.first, point.second * point.second, 1e-8);
    for (const PlaneCurvePoint& point : hopf[0]->points) {
        EXPECT_NEAR(point.first, 0.0, 1e-8);
        EXPECT_LE(point.second, 1e-8);
        EXPECT_NEAR(point.frequency_rad_s * point.frequency_rad_s, -point.second, 1e-8);
    }
    const auto corners = specials(curves, Bifurcation::bogdanov_takens);
    ASSERT_EQ(corners.size(), 1u);
    EXPECT_NEAR(corners[0].parameter, 0.0, 1e-8);
    EXPECT_NEAR(*corners[0].second, 0.0, 1e-8);
    const bool ends = hopf[0]->end.starts_with("a Bogdanov-Takens point") ||
                      std::abs(hopf[0]->points.front().second) < 1e-8;
    EXPECT_TRUE(ends) << hopf[0]->end;
}

// r' = r (p + q r^2 - r^4), theta' = 3: Hopf points at p = 0, of either kind by the sign of q (Kuznetsov
// 2004, section 8.3). Nothing but values of q that are held finds them.
TEST(TwoParameters, Bautin) {
    const VectorField field = field_of(
        "model bautin : mass\nparameters\n  p = 0.1\n  q = 0.5\nequations\n"
        "  r2 = x^2 + y^2 : 1\n"
        "  dx/dt = (x*(p + q*r2 - r2^2) - 3*y)/second : 1\n"
        "  dy/dt = (y*(p + q*r2 - r2^2) + 3*x)/second : 1\n",
        {"q", "p"});
    const auto curves = bifurcation_curves(field, {-1, 2}, {-1, 1}, square(2, 2), {});
    ASSERT_EQ(curves.size(), 1u);
    EXPECT_EQ(curves[0].kind, Bifurcation::hopf);
    for (const PlaneCurvePoint& point : curves[0].points) {
        EXPECT_NEAR(point.second, 0.0, 1e-9);
        EXPECT_NEAR(point.frequency_rad_s, 3.0, 1e-9);
        EXPECT_EQ(point.first_lyapunov > 0.0, point.first > 0.0);
    }
    EXPECT_NEAR(curves[0].points.back().first - curves[0].points.front().first, 3.0, 1e-8);
    const auto points = specials(curves, Bifurcation::bautin);
    ASSERT_EQ(points.size(), 1u);
    EXPECT_NEAR(points[0].parameter, 0.0, 1e-9);
    EXPECT_NEAR(points[0].frequency_rad_s, 3.0, 1e-9);
}

// u' = p + u^2 - r^2, r' = r (q + u), theta' = 2: folds at p = 0, Hopf points at u = -q, p = -q^2 (Kuznetsov
// 2004, section 8.5).
TEST(TwoParameters, ZeroHopf) {
    const VectorField field = field_of(
        "model zero_hopf : mass\nparameters\n  p = -0.25\n  q = 0.3\nequations\n"
        "  du/dt = (p + u^2 - x^2 - y^2)/second : 1\n"
        "  dx/dt = ((q + u)*x - 2*y)/second : 1\n  dy/dt = ((q + u)*y + 2*x)/second : 1\n",
        {"p", "q"});
    const auto curves = bifurcation_curves(field, {-1, 1}, {-0.8, 0.8}, square(3, 2), {});
    const auto folds = of_kind(curves, Bifurcation::fold), hopf = of_kind(curves, Bifurcation::hopf);
    ASSERT_EQ(folds.size(), 1u);
    ASSERT_EQ(hopf.size(), 1u);
    for (const PlaneCurvePoint& point : folds[0]->points) EXPECT_NEAR(point.first, 0.0, 1e-8);
    for (const PlaneCurvePoint& point : hopf[0]->points)
        EXPECT_NEAR(point.first, -point.second * point.second, 1e-8);
    const auto points = specials(curves, Bifurcation::zero_hopf);
    ASSERT_EQ(points.size(), 1u);  // on both curves, listed once
    EXPECT_NEAR(points[0].parameter, 0.0, 1e-7);
    EXPECT_NEAR(*points[0].second, 0.0, 1e-7);
    EXPECT_NEAR(points[0].frequency_rad_s, 2.0, 1e-6);
}

// Two oscillators whose damping is p and q + p^2: Hopf curves p = 0 and q = -p^2 meet in a double Hopf point.
TEST(TwoParameters, DoubleHopf) {
    const VectorField field = field_of(
        "model pair : mass\nparameters\n  p = -0.5\n  q = 0.2\nequations\n"
        "  da/dt = ((p - a^2 - b^2)*a - 2*b)/second : 1\n  db/dt = ((p - a^2 - b^2)*b + 2*a)/second : 1\n"
        "  dc/dt = ((q + p^2 - c^2 - d^2)*c - 5*d)/second : 1\n"
        "  dd/dt = ((q + p^2 - c^2 - d^2)*d + 5*c)/second : 1\n",
        {"p", "q"});
    const auto curves = bifurcation_curves(field, {-0.9, 0.8}, {-0.7, 0.6}, square(4, 2), {});
    ASSERT_EQ(curves.size(), 2u);
    for (const PlaneCurve& curve : curves) {
        ASSERT_EQ(curve.kind, Bifurcation::hopf);
        const bool slow = std::abs(curve.points.front().frequency_rad_s - 2.0) < 1e-6;
        for (const PlaneCurvePoint& point : curve.points)
            EXPECT_NEAR(slow ? point.first : point.second + point.first * point.first, 0.0, 1e-7);
    }
    const auto points = specials(curves, Bifurcation::double_hopf);
    ASSERT_EQ(points.size(), 1u);
    EXPECT_NEAR(points[0].parameter, 0.0, 1e-6);
    EXPECT_NEAR(*points[0].second, 0.0, 1e-6);
}

// With v the potential at a fixed point: I = v^3/3 - v + (v + a)/b; folds at v^2 = 1 - 1/b, Hopf points at
// v^2 = 1 - epsilon b; hence the cusp at b = 1, I = a, Bogdanov-Takens points at b = 1/sqrt(epsilon), and,
// from the first Lyapunov coefficient of a planar cubic, Bautin points at b = (1 - sqrt(1 -
// epsilon))/epsilon.
TEST(TwoParameters, FitzHughAndNagumo) {
    const VectorField field = library_field("masses/fitzhugh_nagumo", {"I", "b"});
    const Range current{-2, 4}, decay{0.2, 5};
    const auto curves = bifurcation_curves(field, current, decay, visited_box(field, current, decay), {});
    const double a = 0.7, epsilon = 0.08;
    const auto current_at = [&](double v, double b) { return v * v * v / 3.0 - v + (v + a) / b; };
    for (const PlaneCurve& curve : curves)
        for (const PlaneCurvePoint& point : curve.points) {
            const double v = point.x[0], b = point.second;
            EXPECT_NEAR(v * v, curve.kind == Bifurcation::fold ? 1.0 - 1.0 / b : 1.0 - epsilon * b, 1e-7);
            EXPECT_NEAR(point.first, current_at(v, b), 1e-7);
            if (curve.kind == Bifurcation::hopf) {
                EXPECT_NEAR(std::pow(point.frequency_rad_s / 1e3, 2), epsilon - std::pow(epsilon * b, 2),
                            1e-7);
            }
        }
    const auto cusp = specials(curves, Bifurcation::cusp);
    ASSERT_EQ(cusp.size(), 1u);
    EXPECT_NEAR(cusp[0].parameter, a, 1e-5);
    EXPECT_NEAR(*cusp[0].second, 1.0, 1e-5);
    const auto corners = specials(curves, Bifurcation::bogdanov_takens);
    ASSERT_EQ(corners.size(), 2u);
    const double b = 1.0 / std::sqrt(epsilon), v = std::sqrt(1.0 - std::sqrt(epsilon));
    EXPECT_NEAR(corners[0].parameter, current_at(v, b), 1e-6);
    EXPECT_NEAR(corners[1].parameter, current_at(-v, b), 1e-6);
    for (const Special& corner : corners) EXPECT_NEAR(*corner.second, b, 1e-6);
    const auto bautin = specials(curves, Bifurcation::bautin);
    ASSERT_EQ(bautin.size(), 2u);
    for (const Special& point : bautin)
        EXPECT_NEAR(*point.second, (1.0 - std::sqrt(1.0 - epsilon)) / epsilon, 1e-6);
}

// The speed phi moves no fixed point: folds stay where the slope of the steady current is zero, and double
// zeros stand on them where the trace of the Jacobian is zero at their potentials; by SciPy.
TEST(TwoParameters, MorrisAndLecar) {
    const VectorField field = library_field("neurons/morris_lecar", {"I", "phi"},
                                            {{"g_Ca", "4 mS/cm^2"}, {"V_3", "12 mV"}, {"V_4", "17.4 mV"}});
    const Range current{-20, 60}, speed{5, 450};
    const auto curves = bifurcation_curves(field, current, speed, visited_box(field, current, speed), {});
    EXPECT_EQ(of_kind(curves, Bifurcation::fold).size(), 2u);
    EXPECT_EQ(of_kind(curves, Bifurcation::hopf).size(), 2u);
    const auto corners = specials(curves, Bifurcation::bogdanov_takens);
    ASSERT_EQ(corners.size(), 2u);
    EXPECT_NEAR(corners[0].parameter, -9.9490393, 1e-6);
    EXPECT_NEAR(*corners[0].second, 390.961956, 1e-5);
    EXPECT_NEAR(corners[1].parameter, 39.9631531, 1e-6);
    EXPECT_NEAR(*corners[1].second, 11.8103680, 1e-6);
}

// In the unknown y1 - y2 alone: the cusp is where the input's first two derivatives are zero, the double zero
// where the characteristic function of the two loops and its derivative are; by mpmath with 30 digits.
TEST(TwoParameters, JansenAndRit) {
    const VectorField field = library_field("masses/jansen_rit", {"p", "C"});
    const Range input{-100, 500}, contacts{40, 250};
    const auto curves = bifurcation_curves(field, input, contacts, visited_box(field, input, contacts), {});
    const auto cusp = specials(curves, Bifurcation::cusp),
               corner = specials(curves, Bifurcation::bogdanov_takens);
    ASSERT_EQ(cusp.size(), 1u);
    EXPECT_NEAR(cusp[0].parameter, 168.704638, 1e-4);
    EXPECT_NEAR(*cusp[0].second, 59.1138006, 1e-4);
    ASSERT_EQ(corner.size(), 1u);
    EXPECT_NEAR(corner[0].parameter, 15.9370870, 1e-6);
    EXPECT_NEAR(*corner[0].second, 110.3444367, 1e-6);
}

}  // namespace
}  // namespace neurodyn::dynamics
