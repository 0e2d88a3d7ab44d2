// SPDX-License-Identifier: BSD-3-Clause
// Inside of units: dimensions by exponents, and units whose power of ten is kept apart, so that mS/cm^2 is
// exactly 10 S/m^2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/units.hpp"

namespace neurodyn {

/// A dimension by its exponents of m, kg, s, A, K, mol, cd.
constexpr Dimension si(int m, int kg, int s, int A, int K = 0, int mol = 0, int cd = 0) {
    return {{Rational{m}, Rational{kg}, Rational{s}, Rational{A}, Rational{K}, Rational{mol}, Rational{cd}}};
}

struct DecimalUnit {
    Dimension dimension;
    Rational power_of_ten;
    double factor = 1.0;  ///< what is not a power of ten: 60 for the minute
};

double scale_of(const DecimalUnit& unit);
DecimalUnit power(const DecimalUnit& unit, Rational exponent);
/// find_unit before its scale is made one number.
std::optional<DecimalUnit> find_decimal_unit(std::string_view name);

/// "did you mean 'ms'?", what to write instead, or an empty string.
std::string unit_suggestion(std::string_view name);

}  // namespace neurodyn
