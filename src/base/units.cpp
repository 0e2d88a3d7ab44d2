// SPDX-License-Identifier: BSD-3-Clause
// Rational exponents, dimensions, and the shortest way to write a dimension.
#include "base/units.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "base/error.hpp"
#include "base/unit_names.hpp"

namespace neurodyn {

Rational make_rational(std::int64_t numerator, std::int64_t denominator) {
    constexpr std::int64_t largest = std::numeric_limits<std::int32_t>::max();
    if (denominator == 0) throw Error("the exponent of a unit has a zero denominator");
    const std::int64_t divisor = std::gcd(numerator, denominator) * (denominator < 0 ? -1 : 1);
    numerator /= divisor;
    denominator /= divisor;
    if (numerator > largest || numerator < -largest || denominator > largest)
        throw Error("the exponent of a unit is too large");
    return {static_cast<std::int32_t>(numerator), static_cast<std::int32_t>(denominator)};
}

std::optional<Rational> to_rational(double x) {
    constexpr double largest = 1e6;
    if (!(std::fabs(x) <= largest)) return std::nullopt;
    for (std::int64_t denominator = 1; denominator <= 12; ++denominator) {
        const double numerator = std::nearbyint(x * static_cast<double>(denominator));
        if (std::fabs(x - numerator / static_cast<double>(denominator)) <= 1e-9)
            return make_rational(static_cast<std::int64_t>(numerator), denominator);
    }
    return std::nullopt;
}

Rational operator+(Rational a, Rational b) {
    return make_rational(
        std::int64_t{a.numerator} * b.denominator + std::int64_t{b.numerator} * a.denominator,
        std::int64_t{a.denominator} * b.denominator);
}
Rational operator-(Rational a, Rational b) { return a + Rational{-b.numerator, b.denominator}; }
Rational operator*(Rational a, Rational b) {
    return make_rational(std::int64_t{a.numerator} * b.numerator,
                         std::int64_t{a.denominator} * b.denominator);
}
Rational operator/(Rational a, Rational b) {
    return make_rational(std::int64_t{a.numerator} * b.denominator,
                         std::int64_t{a.denominator} * b.numerator);
}
double to_double(Rational r) { return static_cast<double>(r.numerator) / r.denominator; }

bool Dimension::is_dimensionless() const { return *this == Dimension{}; }

Dimension operator*(const Dimension& a, const Dimension& b) {
    Dimension result;
    for (std::size_t i = 0; i < a.exponents.size(); ++i)
        result.exponents[i] = a.exponents[i] + b.exponents[i];
    return result;
}
Dimension operator/(const Dimension& a, const Dimension& b) {
    Dimension result;
    for (std::size_t i = 0; i < a.exponents.size(); ++i)
        result.exponents[i] = a.exponents[i] - b.exponents[i];
    return result;
}
Dimension pow(const Dimension& a, Rational exponent) {
    Dimension result;
    for (std::size_t i = 0; i < a.exponents.size(); ++i) result.exponents[i] = a.exponents[i] * exponent;
    return result;
}

namespace dimensions {
constexpr Dimension one = si(0, 0, 0, 0), time = si(0, 0, 1, 0), frequency = si(0, 0, -1, 0),
                    length = si(1, 0, 0, 0), voltage = si(2, 1, -3, -1), current = si(0, 0, 0, 1),
                    conductance = si(-2, -1, 3, 2), capacitance = si(-2, -1, 4, 2);
}  // namespace dimensions

namespace {

struct Factor {
    std::string_view name;
    Dimension dimension;
    double cost;  // how readily it is used
};

// The units in which an electrophysiologist thinks.
constexpr std::array<Factor, 16> shown_units{{{"V", dimensions::voltage, 0.0},
                                              {"A", dimensions::current, 0.0},
                                              {"S", dimensions::conductance, 0.2},
                                              {"F", dimensions::capacitance, 0.2},
                                              {"ohm", si(2, 1, -3, -2), 0.1},
                                              {"C", si(0, 0, 1, 1), 0.8},
                                              {"J", si(2, 1, -2, 0), 0.7},
                                              {"W", si(2, 1, -3, 0), 0.7},
                                              {"N", si(1, 1, -2, 0), 0.7},
                                              {"Pa", si(-1, 1, -2, 0), 0.7},
                                              {"m", dimensions::length, 0.0},
                                              {"kg", si(0, 1, 0, 0), 0.3},
                                              {"s", dimensions::time, 0.0},
                                              {"K", si(0, 0, 0, 0, 1), 0.2},
                                              {"mol", si(0, 0, 0, 0, 0, 1), 0.2},
                                              {"cd", si(0, 0, 0, 0, 0, 0, 1), 0.5}}};

struct Power {
    std::size_t unit;  // index into shown_units
    Rational exponent;
};
using Product = std::vector<Power>;

// The r with unit^r = dimension.
std::optional<Rational> power_of(const Dimension& dimension, const Dimension& unit) {
    for (std::size_t i = 0; i < unit.exponents.size(); ++i) {
        if (unit.exponents[i].numerator == 0) continue;
        const Rational r = dimension.exponents[i] / unit.exponents[i];
        if (r.numerator != 0 && pow(unit, r) == dimension) return r;
        return std::nullopt;
    }
    return std::nullopt;
}

// Fewer factors are always better (the search goes by their number); among equals, plain exponents,
// cheap units and products.
double cost(const Product& product) {
    double sum = 0.0;
    bool above = false;
    for (const Power& p : product) {
        above = above || p.exponent.numerator > 0;
        sum += shown_units[p.unit].cost + (p.exponent.numerator > 0 ? 0.0 : 0.1) +
               std::fabs(std::fabs(to_double(p.exponent)) - 1.0) + (p.exponent.denominator == 1 ? 0.0 : 1.0);
    }
    return sum + (above ? 0.0 : 0.5);
}

constexpr std::array<Rational, 8> tried_exponents{
    {{1, 1}, {-1, 1}, {2, 1}, {-2, 1}, {1, 2}, {-1, 2}, {3, 1}, {-3, 1}}};

// All products of exactly `factors` units, in ascending order of unit, that make `rest`.
void search(const Dimension& rest, std::size_t first, int factors, Product& product, Product& best) {
    for (std::size_t u = first; u < shown_units.size(); ++u) {
        if (factors == 1) {
            const auto r = power_of(rest, shown_units[u].dimension);
            if (!r) continue;
            product.push_back({u, *r});
            if (best.empty() || cost(product) < cost(best)) best = product;
            product.pop_back();
            continue;
        }
        // With three factors only quotients of plain units are tried: what is left is rare.
        const std::size_t tried = factors == 2 ? tried_exponents.size() : 2;
        for (const Rational exponent : std::span(tried_exponents).first(tried)) {
            product.push_back({u, exponent});
            search(rest / pow(shown_units[u].dimension, exponent), u + 1, factors - 1, product, best);
            product.pop_back();
        }
    }
}

Product base_units(const Dimension& dimension) {
    constexpr std::array<std::size_t, 7> index{10, 11, 12, 1, 13, 14, 15};  // m kg s A K mol cd
    Product product;
    for (std::size_t i = 0; i < index.size(); ++i)
        if (dimension.exponents[i].numerator != 0) product.push_back({index[i], dimension.exponents[i]});
    return product;
}

std::string power_text(std::string_view name, Rational exponent) {
    if (exponent == Rational{1}) return std::string(name);
    if (exponent.denominator == 1) return fmt::format("{}^{}", name, exponent.numerator);
    return fmt::format("{}^({}/{})", name, exponent.numerator, exponent.denominator);
}

std::string product_text(const Product& product) {
    if (product.size() == 1 && product[0].exponent.denominator != 1)
        return power_text(shown_units[product[0].unit].name, product[0].exponent);
    std::string above, below;
    int divisors = 0;
    for (const Power& p : product) {
        const bool divides = p.exponent.numerator < 0;
        std::string& side = divides ? below : above;
        const Rational exponent =
            divides ? Rational{-p.exponent.numerator, p.exponent.denominator} : p.exponent;
        side += (side.empty() ? "" : "*") + power_text(shown_units[p.unit].name, exponent);
        divisors += divides;
    }
    if (above.empty()) above = "1";
    if (divisors == 0) return above;
    return above + (divisors == 1 ? "/" + below : "/(" + below + ")");
}

}  // namespace

std::string to_string(const Dimension& dimension) {
    if (dimension.is_dimensionless()) return "1";
    if (dimension == dimensions::frequency) return "Hz";
    Product product, best;
    for (int factors = 1; factors <= 3 && best.empty(); ++factors)
        search(dimension, 0, factors, product, best);
    return product_text(best.empty() ? base_units(dimension) : best);
}

namespace {
// 10^n for the n with 10^-n = scale, or zero.
double inverse_power_of_ten(double scale) {
    if (!(scale > 0.0 && scale < 1.0)) return 0.0;
    const double inverse = std::nearbyint(1.0 / scale);
    constexpr double largest_exact = 1e22;
    return inverse <= largest_exact && 1.0 / inverse == scale ? inverse : 0.0;
}
}  // namespace

double to_si(double value, const Unit& unit) {
    const double inverse = inverse_power_of_ten(unit.scale);
    return inverse != 0.0 ? value / inverse : value * unit.scale;
}

double from_si(double value_si, const Unit& unit) {
    const double inverse = inverse_power_of_ten(unit.scale);
    return inverse != 0.0 ? value_si * inverse : value_si / unit.scale;
}

}  // namespace neurodyn
