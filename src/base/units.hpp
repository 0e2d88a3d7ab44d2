// SPDX-License-Identifier: BSD-3-Clause
// Physical dimensions with rational exponents, and the units that users write.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neurodyn {

/// A reduced fraction; the denominator is positive.
struct Rational {
    std::int32_t numerator = 0;
    std::int32_t denominator = 1;
    bool operator==(const Rational&) const = default;
};
/// Reduced. Throws Error when it does not fit: no physical exponent is that large.
Rational make_rational(std::int64_t numerator, std::int64_t denominator = 1);
/// The fraction nearest to `x` with a denominator of at most 12, when it is within 1e-9 of it.
std::optional<Rational> to_rational(double x);
Rational operator+(Rational a, Rational b);
Rational operator-(Rational a, Rational b);
Rational operator*(Rational a, Rational b);
/// Throws Error when b is zero.
Rational operator/(Rational a, Rational b);
double to_double(Rational r);

/// Exponents of the SI base units m, kg, s, A, K, mol, cd.
struct Dimension {
    std::array<Rational, 7> exponents{};
    bool operator==(const Dimension&) const = default;
    bool is_dimensionless() const;
};
Dimension operator*(const Dimension& a, const Dimension& b);
Dimension operator/(const Dimension& a, const Dimension& b);
Dimension pow(const Dimension& a, Rational exponent);
namespace dimensions {
extern const Dimension one, time, frequency, length, voltage, current, conductance, capacitance;
}

/// The dimension in the shortest field notation, which parse_unit reads back: "V", "A/m^2", "s^(-1/2)", "1".
std::string to_string(const Dimension& dimension);

/// A unit: `scale` is the SI value of one of it; `name` as it was written.
struct Unit {
    Dimension dimension;
    double scale = 1.0;
    std::string name = "1";
};

/// `value` in `unit` as an SI value, and back. Divides where the scale is a negative power of ten, so
/// that 65 mV is the double nearest to 0.065.
double to_si(double value, const Unit& unit);
double from_si(double value_si, const Unit& unit);

/// A single unit name: SI and derived units with SI prefixes (mV, uA, nS, Mohm, ms, um, kHz, mM, ...),
/// minute ("min"), hour ("h"), "%", "deg", Brian2's long names (volt, mvolt, msecond, nsiemens, ufarad,
/// metre, meter, hertz, ...), and each of them with a power behind it ("cm2", "volt2", "um3").
/// "m" is the metre, "min" the minute, "h" the hour, "M" the molar (mol/l), "C" the coulomb.
std::optional<Unit> find_unit(std::string_view name);
/// All plain unit names, for suggestions.
const std::vector<std::string>& unit_names();

/// A unit expression: products (*), quotients (/, from left to right), integer, fractional and
/// parenthesised powers with ^ or **, parentheses; "1" is dimensionless.
/// Throws InputError with a caret and a suggestion.
Unit parse_unit(std::string_view text);

/// "0.1 ms", "5 m/s", "-65*mV", "3", "5 min", "10/s": the SI value, checked against `expected`; it is the
/// double nearest to the decimal number where the unit is a power of ten. A bare number is accepted only
/// for a dimensionless quantity, or when it is zero. Throws InputError that names text and both units.
double parse_quantity(std::string_view text, const Dimension& expected);
/// The same without an expectation.
struct Quantity {
    double value_si = 0.0;
    Unit unit;
};
Quantity parse_any_quantity(std::string_view text);

}  // namespace neurodyn
