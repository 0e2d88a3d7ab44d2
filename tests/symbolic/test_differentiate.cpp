// SPDX-License-Identifier: BSD-3-Clause
// Derivatives against the complex-step method, and against those of a calculus book.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <map>
#include <numbers>

#include "symbolic/random_expression.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::symbolic {
namespace {

using Complex = std::complex<double>;

// Every operation for a complex number with a tiny imaginary part, by the C++ library: f'(x) is then
// Im f(x + ih)/h without cancellation (Squire & Trapp 1998, doi:10.1137/S003614459631241X).
Complex complex_value(Op op, Complex a, Complex b, Complex c) {
    const auto less = [](Complex x, Complex y) { return x.real() < y.real(); };
    const auto with_slope = [](double value, double slope, Complex x) {
        return Complex(value, slope * x.imag());
    };
    switch (op) {
        case Op::add:
            return a + b;
        case Op::sub:
            return a - b;
        case Op::mul:
            return a * b;
        case Op::div:
            return a / b;
        case Op::neg:
            return -a;
        case Op::fma:
            return a * b + c;
        case Op::pow:
            return b.imag() == 0.0 ? with_slope(std::pow(a.real(), b.real()),
                                                b.real() * std::pow(a.real(), b.real() - 1), a)
                                   : std::pow(a, b);
        case Op::mod:
            return a - b * std::floor((a / b).real());
        case Op::min:
            return less(a, b) ? a : b;
        case Op::max:
            return less(b, a) ? a : b;
        case Op::abs:
            return a.real() < 0 ? -a : a;
        case Op::sign:
            return a.real() > 0 ? 1.0 : a.real() < 0 ? -1.0 : 0.0;
        case Op::sqrt:
            return std::sqrt(a);
        case Op::floor:
            return std::floor(a.real());
        case Op::ceil:
            return std::ceil(a.real());
        case Op::exp:
            return std::exp(a);
        case Op::expm1:
            return with_slope(std::expm1(a.real()), std::exp(a.real()), a);
        case Op::exprel:
            return (std::exp(a) - 1.0) / a;
        case Op::log:
            return std::log(a);
        case Op::log10:
            return std::log(a) / std::numbers::ln10;
        case Op::log1p:
            return std::log(1.0 + a);
        case Op::sin:
            return std::sin(a);
        case Op::cos:
            return std::cos(a);
        case Op::tan:
            return std::tan(a);
        case Op::sinh:
            return std::sinh(a);
        case Op::cosh:
            return std::cosh(a);
        case Op::tanh:
            return std::tanh(a);
        case Op::arcsin:
            return with_slope(std::asin(a.real()), 1 / std::sqrt(1 - a.real() * a.real()), a);
        case Op::arccos:
            return with_slope(std::acos(a.real()), -1 / std::sqrt(1 - a.real() * a.real()), a);
        case Op::arctan:
            return std::atan(a);
        case Op::arctan2:
            return {std::atan2(a.real(), b.real()), (a / b).imag() / (1 + std::pow(a.real() / b.real(), 2))};
        case Op::erf:
            return with_slope(std::erf(a.real()),
                              2 / std::sqrt(std::numbers::pi) * std::exp(-a.real() * a.real()), a);
        case Op::sigmoid:
            return 1.0 / (1.0 + std::exp(-a));
        case Op::heaviside:
            return a.real() >= 0 ? 1.0 : 0.0;
        case Op::lt:
            return a.real() < b.real();
        case Op::le:
            return a.real() <= b.real();
        case Op::gt:
            return a.real() > b.real();
        case Op::ge:
            return a.real() >= b.real();
        case Op::eq:
            return a.real() == b.real();
        case Op::ne:
            return a.real() != b.real();
        case Op::logical_and:
            return a.real() != 0 && b.real() != 0;
        case Op::logical_or:
            return a.real() != 0 || b.real() != 0;
        case Op::logical_not:
            return a.real() == 0;
        case Op::select:
            return a.real() != 0 ? b : c;
        default:
            return a;
    }
}

using Point = std::map<std::string, double>;
constexpr double step = 1e-30;

struct Evaluated {
    double value, slope;
    bool tame;  // no part of it is so large or so near a kink that digits are lost
};

Evaluated complex_step(const Graph& g, NodeId expression, const std::string& along, const Point& point) {
    std::vector<Complex> values(expression.index + 1);
    bool tame = true;
    for (const NodeId id : reachable(g, {&expression, 1})) {
        const Node& node = g[id];
        Complex& v = values[id.index];
        if (node.op == Op::constant) {
            v = node.value;
        } else if (node.op == Op::symbol) {
            v = {point.at(g.name(id)), g.name(id) == along ? step : 0.0};
        } else {
            std::array<Complex, 3> a{};
            for (std::size_t i = 0; i < 3 && node.args[i]; ++i) a[i] = values[node.args[i].index];
            v = complex_value(node.op, a[0], a[1], a[2]);
            const bool kink = node.op == Op::min || node.op == Op::max ? std::abs(a[0] - a[1]) < 1e-9
                              : node.op == Op::abs || node.op == Op::sign || node.op == Op::heaviside ||
                                      node.op == Op::log || node.op == Op::sqrt || node.op == Op::pow ||
                                      node.op == Op::exprel
                                  ? std::abs(a[0]) < 1e-4
                              : node.op == Op::arctan2 || node.op == Op::div || node.op == Op::mod
                                  ? std::abs(a[1]) < 1e-4
                                  : false;
            const bool step_near = (node.op == Op::floor || node.op == Op::ceil) &&
                                   std::fabs(a[0].real() - std::nearbyint(a[0].real())) < 1e-9;
            const bool mod_near =
                node.op == Op::mod &&
                std::fabs((a[0] / a[1]).real() - std::nearbyint((a[0] / a[1]).real())) < 1e-9;
            tame = tame && !kink && !step_near && !mod_near && std::abs(v.real()) < 1e4 &&
                   std::abs(v.imag()) < 1e4 * step;
        }
    }
    const Complex v = values[expression.index];
    return {v.real(), v.imag() / step, tame};
}

TEST(Differentiate, AgreesWithTheComplexStepOnRandomExpressions) {
    int compared = 0;
    for (unsigned seed = 0; seed < 4000; ++seed) {
        Graph g;
        RandomExpression random(g, seed, true);
        const NodeId expression = random.grow(4 + static_cast<int>(seed % 12));
        const NodeId derivative = differentiate(g, expression, g.symbol("x"));
        for (int trial = 0; trial < 4; ++trial) {
            const Point point{
                {"x", random.uniform(-2, 2)}, {"y", random.uniform(0.2, 2)}, {"z", random.uniform(-1, 1)}};
            const Evaluated expected = complex_step(g, expression, "x", point);
            if (!expected.tame || !std::isfinite(expected.slope) || !std::isfinite(expected.value)) continue;
            const double slope =
                evaluate(g, derivative, [&](const std::string& name) { return point.at(name); });
            EXPECT_NEAR(slope, expected.slope, 1e-7 * (1 + std::fabs(expected.slope)))
                << "seed " << seed << ": " << print(g, expression) << "\n  derivative "
                << print(g, derivative) << "\n  at x=" << point.at("x") << " y=" << point.at("y")
                << " z=" << point.at("z");
            ++compared;
        }
    }
    EXPECT_GT(compared, 5000);
}

TEST(Differentiate, EveryOperationAlongEveryOperand) {
    for (std::size_t i = 2; i < static_cast<std::size_t>(Op::count_); ++i) {
        const Op op = static_cast<Op>(i);
        const OpInfo& row = info(op);
        if (row.result == Type::boolean || op == Op::lookup) continue;
        Graph g;
        const NodeId x = g.symbol("x"), y = g.symbol("y"), z = g.symbol("z");
        const NodeId expression = op == Op::select ? g.select(g.make(Op::lt, x, z), x, y)
                                  : row.arity == 1 ? g.make(op, x)
                                  : row.arity == 2 ? g.make(op, x, y)
                                                   : g.make(op, x, y, z);
        for (const double at : {0.37, 0.81, 0.005}) {
            const Point point{{"x", at}, {"y", 0.6}, {"z", 0.5}};
            for (const char* along : {"x", "y", "z"}) {
                const double expected = complex_step(g, expression, along, point).slope;
                const double slope = evaluate(g, differentiate(g, expression, g.symbol(along)),
                                              [&](const std::string& name) { return point.at(name); });
                EXPECT_NEAR(slope, expected, 1e-11 * (1 + std::fabs(expected)))
                    << row.name << " along " << along << " at " << at;
            }
        }
    }
}

TEST(Differentiate, ExprelIsSmoothAtZero) {
    Graph g;
    const NodeId x = g.symbol("x");
    const NodeId slope = differentiate(g, g.make(Op::exprel, x), x);
    // d/dx (e^x - 1)/x = 1/2 + x/3 + x^2/8 + x^3/30 + ...
    for (const double at : {0.0, 1e-12, -1e-6, 1e-3, 0.0199, 0.0201, -0.0201})
        EXPECT_NEAR(
            evaluate(g, slope, [&](const std::string&) { return at; }),
            0.5 + at / 3 + at * at / 8 + at * at * at / 30 + std::pow(at, 4) / 144 + std::pow(at, 5) / 840,
            3e-14)
            << at;
}

TEST(Differentiate, PrintsAsABookDoes) {
    Graph g;
    const NodeId x = g.symbol("x"), a = g.symbol("a");
    const auto derived = [&](NodeId expression) { return print(g, differentiate(g, expression, x)); };
    EXPECT_EQ(derived(x), "1");
    EXPECT_EQ(derived(a), "0");
    EXPECT_EQ(derived(g.mul(a, x)), "a");
    EXPECT_EQ(derived(g.mul(x, x)), "2*x");
    EXPECT_EQ(derived(g.power(x, 3)), "3*(x*x)");
    EXPECT_EQ(derived(g.make(Op::pow, x, g.constant(3.0))), "3*(x*x)");
    EXPECT_EQ(derived(g.make(Op::exp, g.mul(a, x))), "a*exp(a*x)");
    EXPECT_EQ(derived(g.make(Op::sin, x)), "cos(x)");
    EXPECT_EQ(derived(g.make(Op::cos, x)), "-sin(x)");
    EXPECT_EQ(derived(g.div(x, a)), "1/a");
    EXPECT_EQ(derived(g.sub(x, g.div(g.power(x, 3), g.constant(3.0)))), "1 - x*x");
}

TEST(Differentiate, UnchosenBranchDoesNotSpoilTheDerivative) {
    Graph g;
    const NodeId x = g.symbol("x"), zero = g.constant(0.0);
    const NodeId sinc = g.select(g.make(Op::eq, x, zero), g.constant(1.0), g.div(g.make(Op::sin, x), x));
    EXPECT_EQ(evaluate(g, differentiate(g, sinc, x), [](const std::string&) { return 0.0; }), 0.0);
}

TEST(Jacobian, OfTheFitzHughNagumoEquations) {
    // FitzHugh 1961, doi:10.1016/S0006-3495(61)86902-6: v' = v - v^3/3 - w + I, w' = (v + a - b w)/tau.
    Graph g;
    const NodeId v = g.symbol("v"), w = g.symbol("w"), a = g.symbol("a"), b = g.symbol("b"),
                 tau = g.symbol("tau"), current = g.symbol("I");
    const NodeId dv = g.add(g.sub(g.sub(v, g.div(g.power(v, 3), g.constant(3))), w), current);
    const NodeId dw = g.div(g.sub(g.add(v, a), g.mul(b, w)), tau);
    const std::array<NodeId, 2> equations{dv, dw}, states{v, w};
    const auto j = jacobian(g, equations, states);
    ASSERT_EQ(j.size(), 2u);
    EXPECT_EQ(print(g, j[0][0]), "1 - v*v");
    EXPECT_EQ(print(g, j[0][1]), "-1");
    EXPECT_EQ(print(g, j[1][0]), "1/tau");
    EXPECT_EQ(print(g, j[1][1]), "-(b/tau)");
}

}  // namespace
}  // namespace neurodyn::symbolic
