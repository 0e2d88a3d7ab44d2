// SPDX-License-Identifier: BSD-3-Clause
// Accuracy of the math functions against quadruple precision, their edges, and one set of bits everywhere.
#include <gtest/gtest.h>
#include <quadmath.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "base/math/functions.hpp"
#include "base/math/scalar.hpp"
#include "base/math/table.hpp"

namespace neurodyn::math {
namespace {

__extension__ using Quad = __float128;
const Quad half_pi = asinq(1);
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Distance in units of the last place of the wanted value.
template <class T>
double ulps(T got, Quad want) {
    if (isnanq(want)) return std::isnan(got) ? 0 : inf;
    const T rounded = static_cast<T>(want);
    if (got == rounded) return 0;
    if (!std::isfinite(got) || !std::isfinite(rounded)) return inf;
    int exponent = std::numeric_limits<T>::min_exponent;
    if (std::fabs(rounded) >= std::numeric_limits<T>::min()) std::frexp(rounded, &exponent);
    return static_cast<double>(fabsq(got - want) / ldexpq(1, exponent - std::numeric_limits<T>::digits));
}

template <class T>
T call(const char* name, std::vector<T> args) {
    const FunctionRow* row = find_function(name);
    EXPECT_NE(row, nullptr) << name;
    const T* pointers[3] = {};
    for (std::size_t i = 0; i < args.size(); ++i) pointers[i] = &args[i];
    T out;
    if constexpr (sizeof(T) == 8)
        row->f64(pointers, &out, 1);
    else
        row->f32(pointers, &out, 1);
    return out;
}

/// Points of [low, high] evenly, or of both signs evenly in the exponent.
struct Range {
    double low, high;
    bool logarithmic = false;
};

struct Case {
    const char* name;
    std::function<Quad(Quad)> exact;
    std::vector<Range> f64, f32;
    double bound;  ///< in ulp
};

const Quad one = 1;

std::vector<Case> cases() {
    const auto exprel = [](Quad x) { return x == 0 ? one : expm1q(x) / x; };
    const auto sigmoid = [](Quad x) { return 1 / (1 + expq(-x)); };
    const Range angle{-20, 20};
    return {
        {"exp", expq, {{-745, 709.78}, {-1, 1}}, {{-103, 88.72}, {-1, 1}}, 1.1},
        {"expm1", expm1q, {{-40, 709.7}, {1e-300, 1, true}}, {{-40, 88.7}, {1e-38, 1, true}}, 2.4},
        {"exprel", exprel, {{-700, 709}, {1e-30, 1, true}}, {{-80, 88}, {1e-30, 1, true}}, 2.8},
        {"sigmoid", sigmoid, {{-745, 60}, {-3, 3}}, {{-103, 30}, {-3, 3}}, 2.5},
        {"sinh", sinhq, {{-710.4, 710.4}, {1e-30, 30, true}}, {{-89.4, 89.4}, {1e-30, 30, true}}, 2.5},
        {"cosh", coshq, {{-710.4, 710.4}, {-3, 3}}, {{-89.4, 89.4}, {-3, 3}}, 1.6},
        {"tanh", tanhq, {{-25, 25}, {1e-300, 30, true}}, {{-15, 15}, {1e-38, 30, true}}, 2.6},
        {"erf", erfq, {{-7, 7}, {1e-30, 2, true}}, {{-7, 7}, {1e-30, 2, true}}, 1.2},
        {"log", logq, {{0.4, 2.5}, {5e-324, 1.7e308, true}}, {{0.4, 2.5}, {1.5e-45, 3.4e38, true}}, 1.0},
        {"log1p",
         log1pq,
         {{-0.999, 3}, {1e-300, 0.9, true}, {1, 1e30}},
         {{-0.999, 3}, {1e-30, 0.9, true}},
         1.0},
        {"log10", log10q, {{0.4, 2.5}, {5e-324, 1.7e308, true}}, {{0.4, 2.5}, {1.5e-45, 3.4e38, true}}, 0.6},
        {"sin", sinq, {angle, {1e-30, 3e13, true}}, {angle, {1e-30, 1e5, true}}, 1.0},
        {"cos", cosq, {angle, {1e-30, 3e13, true}}, {angle, {1e-30, 1e5, true}}, 1.0},
        {"tan", tanq, {angle, {1e-30, 3e13, true}}, {angle, {1e-30, 1e5, true}}, 2.5},
        {"arctan", atanq, {{-10, 10}, {1e-300, 1e300, true}}, {{-10, 10}, {1e-38, 1e38, true}}, 2.0},
        {"arcsin", asinq, {{-1, 1}, {1e-300, 1, true}}, {{-1, 1}, {1e-38, 1, true}}, 0.8},
        {"arccos", acosq, {{-1, 1}, {0.999999, 1}}, {{-1, 1}, {0.999, 1}}, 0.8},
        {"sqrt", sqrtq, {{0, 10}, {5e-324, 1e308, true}}, {{0, 10}}, 0.5},
        {"floor", floorq, {{-5, 5}, {1e-3, 1e18, true}}, {{-5, 5}, {1e-3, 1e9, true}}, 0},
        {"ceil", ceilq, {{-5, 5}, {1e-3, 1e18, true}}, {{-5, 5}, {1e-3, 1e9, true}}, 0},
    };
}

template <class T>
void check(const Case& test, const std::vector<Range>& ranges) {
    std::mt19937_64 random(7);
    for (const Range& range : ranges) {
        double worst = 0;
        T where = 0;
        for (int i = 0; i < 20000; ++i) {
            const double u = static_cast<double>(random() >> 11) * 0x1p-53;
            double x = range.low + u * (range.high - range.low);
            if (range.logarithmic) {
                x = std::exp(std::log(range.low) + u * (std::log(range.high) - std::log(range.low)));
                if (random() & 1) x = -x;
            }
            const T at = static_cast<T>(x);
            const double error = ulps(call<T>(test.name, {at}), test.exact(at));
            if (error > worst) {
                worst = error;
                where = at;
            }
        }
        EXPECT_LE(worst, test.bound) << test.name << " of " << where << " in "
                                     << (sizeof(T) == 8 ? "f64" : "f32");
    }
}

TEST(Math, AccuracyInDouble) {
    for (const Case& test : cases()) check<double>(test, test.f64);
}

TEST(Math, AccuracyInSingle) {
    for (const Case& test : cases()) check<float>(test, test.f32);
}

// The hardest arguments: the numbers next to multiples of pi/2.
TEST(Math, SineAndCosineNextToTheirZeros) {
    for (int k = 1; k < 50000; ++k) {
        const double x = static_cast<double>(k * half_pi);
        ASSERT_LE(ulps(call<double>("sin", {x}), sinq(x)), 1) << k;
        ASSERT_LE(ulps(call<double>("cos", {x}), cosq(x)), 1) << k;
        const float y = static_cast<float>(k * half_pi);
        ASSERT_LE(ulps(call<float>("sin", {y}), sinq(y)), 1) << k;
        ASSERT_LE(ulps(call<float>("cos", {y}), cosq(y)), 1) << k;
    }
}

template <class T>
void check_pow() {
    std::mt19937_64 random(8);
    const auto u = [&](double low, double high) {
        return low + static_cast<double>(random() >> 11) * 0x1p-53 * (high - low);
    };
    double worst = 0;
    const bool f64 = sizeof(T) == 8;
    for (int i = 0; i < 30000; ++i) {
        T x = static_cast<T>(std::exp(u(-20, 20))), y = static_cast<T>(f64 ? u(-36, 36) : u(-4, 4));
        if (i % 3 == 1)
            x = static_cast<T>(1 + u(-1e-3, 1e-3)), y = static_cast<T>(u(-1, 1) * (f64 ? 7e5 : 8e4));
        if (i % 3 == 2) x = static_cast<T>(std::exp(u(-80, -60))), y = static_cast<T>(u(0, f64 ? 12 : 1.5));
        worst = std::max(worst, ulps(call<T>("pow", {x, y}), powq(x, y)));
    }
    EXPECT_LE(worst, 1.5);
}

TEST(Math, PowerAccuracy) {
    check_pow<double>();
    check_pow<float>();
    EXPECT_EQ(call<double>("pow", {10, 3}), 1000);
    EXPECT_EQ(call<double>("pow", {2, -1074}), 5e-324);
    EXPECT_EQ(call<double>("pow", {-3, 3}), -27);
}

TEST(Math, Log10IsExactAtPowersOfTen) {
    double power = 1;
    for (int k = 0; k <= 22; ++k, power *= 10) EXPECT_EQ(call<double>("log10", {power}), k);
}

// Against the C library's pow, atan2: IEEE 754's table of special cases, each as there.
TEST(Math, EdgesOfTwoArguments) {
    const double values[] = {0.0,
                             -0.0,
                             1,
                             -1,
                             2,
                             -2,
                             3,
                             -3,
                             0.5,
                             -0.5,
                             1.5,
                             -2.5,
                             inf,
                             -inf,
                             nan,
                             1e300,
                             -1e300,
                             5e-324,
                             9007199254740993.0,
                             1 + 0x1p-52};
    for (const double x : values)
        for (const double y : values) {
            const double power = call<double>("pow", {x, y}), want = std::pow(x, y);
            if (std::isnan(want)) {
                EXPECT_TRUE(std::isnan(power)) << x << " ^ " << y << " = " << power;
            } else {
                EXPECT_LE(ulps(power, want), 1.5) << x << " ^ " << y << " = " << power;
                EXPECT_EQ(std::signbit(power), std::signbit(want)) << x << " ^ " << y;
            }
            const double angle = call<double>("arctan2", {x, y}), direction = std::atan2(x, y);
            if (std::isnan(direction)) {
                EXPECT_TRUE(std::isnan(angle));
            } else {
                EXPECT_LE(ulps(angle, direction), 1.5) << "atan2(" << x << ", " << y << ")";
                EXPECT_EQ(std::signbit(angle), std::signbit(direction)) << "atan2(" << x << ", " << y << ")";
            }
        }
}

struct Edge {
    const char* name;
    double x, want;
};

TEST(Math, EdgesOfOneArgument) {
    const double pi = 3.14159265358979323846;
    const Edge edges[] = {{"exp", inf, inf},
                          {"exp", -inf, 0},
                          {"exp", 0, 1},
                          {"exp", 709.79, inf},
                          {"exp", -746, 0},
                          {"exp", 1e300, inf},
                          {"exp", -745.1, 5e-324},
                          {"expm1", inf, inf},
                          {"expm1", -inf, -1},
                          {"expm1", -0.0, -0.0},
                          {"expm1", 5e-324, 5e-324},
                          {"expm1", 709.79, inf},
                          {"expm1", -1e300, -1},
                          {"exprel", 0, 1},
                          {"exprel", -0.0, 1},
                          {"exprel", inf, inf},
                          {"exprel", -inf, 0},
                          {"exprel", 1e-300, 1},
                          {"exprel", -5e-324, 1},
                          {"exprel", 1e300, inf},
                          {"sigmoid", inf, 1},
                          {"sigmoid", -inf, 0},
                          {"sigmoid", 0, 0.5},
                          {"sinh", inf, inf},
                          {"sinh", -inf, -inf},
                          {"sinh", -0.0, -0.0},
                          {"sinh", -5e-324, -5e-324},
                          {"cosh", -inf, inf},
                          {"cosh", 0, 1},
                          {"tanh", inf, 1},
                          {"tanh", -inf, -1},
                          {"tanh", -0.0, -0.0},
                          {"tanh", 5e-324, 5e-324},
                          {"erf", inf, 1},
                          {"erf", -inf, -1},
                          {"erf", -0.0, -0.0},
                          {"log", 0, -inf},
                          {"log", -0.0, -inf},
                          {"log", inf, inf},
                          {"log", 1, 0},
                          {"log", -1, nan},
                          {"log1p", -1, -inf},
                          {"log1p", -2, nan},
                          {"log1p", -0.0, -0.0},
                          {"log1p", inf, inf},
                          {"log10", 0, -inf},
                          {"log10", inf, inf},
                          {"log10", -1, nan},
                          {"sin", -0.0, -0.0},
                          {"sin", inf, nan},
                          {"sin", 1e15, nan},
                          {"cos", 0, 1},
                          {"cos", -inf, nan},
                          {"tan", -0.0, -0.0},
                          {"arcsin", 1, pi / 2},
                          {"arcsin", -1, -pi / 2},
                          {"arcsin", 1.0000001, nan},
                          {"arcsin", -0.0, -0.0},
                          {"arccos", 1, 0},
                          {"arccos", -1, pi},
                          {"arccos", -1.1, nan},
                          {"arctan", inf, pi / 2},
                          {"arctan", -inf, -pi / 2},
                          {"arctan", -0.0, -0.0},
                          {"sqrt", -0.0, -0.0},
                          {"sqrt", -1, nan},
                          {"floor", -0.3, -1},
                          {"floor", -0.0, -0.0},
                          {"floor", inf, inf},
                          {"ceil", -0.3, -0.0},
                          {"ceil", 0.3, 1},
                          {"sign", -3, -1},
                          {"sign", 0, 0},
                          {"sign", 5e-324, 1},
                          {"heaviside", 0, 1},
                          {"heaviside", -5e-324, 0},
                          {"abs", -0.0, 0}};
    for (const Edge& edge : edges) {
        const double got = call<double>(edge.name, {edge.x});
        const float single = call<float>(edge.name, {static_cast<float>(edge.x)});
        if (std::isnan(edge.want)) {
            EXPECT_TRUE(std::isnan(got)) << edge.name << "(" << edge.x << ") = " << got;
            // 1.0000001 is nearer to 1 in single precision.
            EXPECT_TRUE(std::isnan(single) || edge.x == 1.0000001)
                << edge.name << "(" << edge.x << ") = " << single;
        } else {
            EXPECT_EQ(got, edge.want) << edge.name << "(" << edge.x << ")";
            EXPECT_EQ(std::signbit(got), std::signbit(edge.want)) << edge.name << "(" << edge.x << ")";
        }
    }
    for (const FunctionRow& row : function_table()) {
        if (row.arity == 1 && row.name != "logical_not") {
            EXPECT_TRUE(std::isnan(call<double>(row.name.data(), {nan}))) << row.name;
        }
    }
}

// Python's own answers of x % y (3.11).
TEST(Math, ModuloHasTheSignOfTheDivisor) {
    EXPECT_EQ(call<double>("mod", {5.5, 2}), 1.5);
    EXPECT_EQ(call<double>("mod", {-5.5, 2}), 0.5);
    EXPECT_EQ(call<double>("mod", {5.5, -2}), -0.5);
    EXPECT_EQ(call<double>("mod", {-1e-20, 3}), 3.0);
    EXPECT_EQ(call<double>("mod", {5, inf}), 5);
    EXPECT_EQ(call<double>("mod", {-5, inf}), inf);
    EXPECT_EQ(call<double>("mod", {1, 0.1}), 0.09999999999999995);
    EXPECT_TRUE(std::isnan(call<double>("mod", {1, 0})));
    EXPECT_TRUE(std::isnan(call<double>("mod", {1e300, 3})));
}

TEST(Math, MinimumMaximumAndClipPassNanOn) {
    for (const char* name : {"min", "max"}) {
        EXPECT_TRUE(std::isnan(call<double>(name, {nan, 1})));
        EXPECT_TRUE(std::isnan(call<double>(name, {1, nan})));
    }
    EXPECT_EQ(call<double>("min", {1, 2}), 1);
    EXPECT_EQ(call<double>("max", {1, 2}), 2);
    EXPECT_EQ(call<double>("clip", {5, 0, 3}), 3);
    EXPECT_EQ(call<double>("clip", {-5, 0, 3}), 0);
    EXPECT_TRUE(std::isnan(call<double>("clip", {nan, 0, 3})));
}

template <class T>
std::vector<T> probes() {
    std::mt19937_64 random(9);
    std::vector<T> x = {T(0),
                        T(-0.0),
                        T(1),
                        T(-1),
                        T(inf),
                        T(-inf),
                        T(nan),
                        std::numeric_limits<T>::min(),
                        std::numeric_limits<T>::denorm_min(),
                        std::numeric_limits<T>::max(),
                        T(0.5),
                        T(-2)};
    while (x.size() < 2003) {
        if (x.size() % 2) {
            using Word = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
            x.push_back(std::bit_cast<T>(static_cast<Word>(random())));
        } else {
            x.push_back(static_cast<T>((static_cast<double>(random() >> 11) * 0x1p-53 - 0.5) * 40));
        }
    }
    return x;
}

template <class T>
void compare_sets() {
    using Word = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    const auto x = probes<T>();
    std::vector<T> y(x.rbegin(), x.rend()), z(x);
    std::rotate(z.begin(), z.begin() + 700, z.end());
    const T* args[3] = {x.data(), y.data(), z.data()};
    const auto base = function_table(InstructionSet::baseline);
    for (const auto set : {InstructionSet::x86_64_v3, InstructionSet::x86_64_v4}) {
        if (!supported(set)) continue;
        const auto table = function_table(set);
        ASSERT_EQ(table.size(), base.size());
        for (std::size_t f = 0; f < table.size(); ++f) {
            std::vector<T> want(x.size()), got(x.size());
            if constexpr (sizeof(T) == 8) {
                base[f].f64(args, want.data(), x.size());
                table[f].f64(args, got.data(), x.size());
            } else {
                base[f].f32(args, want.data(), x.size());
                table[f].f32(args, got.data(), x.size());
            }
            for (std::size_t i = 0; i < x.size(); ++i)
                ASSERT_TRUE(std::bit_cast<Word>(want[i]) == std::bit_cast<Word>(got[i]) ||
                            (std::isnan(want[i]) && std::isnan(got[i])))
                    << base[f].name << " of " << x[i] << ", " << y[i] << ", " << z[i];
        }
    }
}

TEST(Math, EveryInstructionSetGivesTheSameBits) {
    compare_sets<double>();
    compare_sets<float>();
}

/// The loop of a row against the scalar backend.
template <class T, class Function>
void compare_scalar(const char* name, Function function) {
    Scalar<T> b;
    const auto x = probes<T>();
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
        const T got = [&] {
            if constexpr (std::is_invocable_v<Function, Scalar<T>&, T>)
                return call<T>(name, {x[i]});
            else
                return call<T>(name, {x[i], x[i + 1]});
        }();
        const T want = [&] {
            if constexpr (std::is_invocable_v<Function, Scalar<T>&, T>)
                return function(b, x[i]);
            else
                return function(b, x[i], x[i + 1]);
        }();
        ASSERT_TRUE(got == want || (std::isnan(got) && std::isnan(want))) << name << " of " << x[i];
        if (std::isnan(got)) continue;
        ASSERT_EQ(std::signbit(got), std::signbit(want)) << name << " of " << x[i];
    }
}

template <class T>
void compare_all_scalar() {
    using S = Scalar<T>;
    compare_scalar<T>("exp", [](S& b, T x) { return exp(b, x); });
    compare_scalar<T>("expm1", [](S& b, T x) { return expm1(b, x); });
    compare_scalar<T>("sigmoid", [](S& b, T x) { return sigmoid(b, x); });
    compare_scalar<T>("tanh", [](S& b, T x) { return tanh(b, x); });
    compare_scalar<T>("erf", [](S& b, T x) { return erf(b, x); });
    compare_scalar<T>("log", [](S& b, T x) { return log(b, x); });
    compare_scalar<T>("log10", [](S& b, T x) { return log10(b, x); });
    compare_scalar<T>("sin", [](S& b, T x) { return sin(b, x); });
    compare_scalar<T>("tan", [](S& b, T x) { return tan(b, x); });
    compare_scalar<T>("arccos", [](S& b, T x) { return arccos(b, x); });
    compare_scalar<T>("floor", [](S& b, T x) { return floor(b, x); });
    compare_scalar<T>("pow", [](S& b, T x, T y) { return pow(b, x, y); });
    compare_scalar<T>("arctan2", [](S& b, T x, T y) { return arctan2(b, x, y); });
    compare_scalar<T>("mod", [](S& b, T x, T y) { return mod(b, x, y); });
}

TEST(Math, LoopsEqualTheScalarBackend) {
    compare_all_scalar<double>();
    compare_all_scalar<float>();
}

}  // namespace
}  // namespace neurodyn::math
