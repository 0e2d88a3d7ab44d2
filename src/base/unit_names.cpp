// SPDX-License-Identifier: BSD-3-Clause
// The table of unit names and prefixes, and the search in it.
#include "base/unit_names.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <unordered_map>

namespace neurodyn {
namespace {

struct Prefix {
    std::string_view name;
    int power_of_ten;
};
// "u" and both micro signs of Unicode. The first eight after "" are those offered as suggestions.
constexpr std::array<Prefix, 23> prefixes{
    {{"", 0},    {"m", -3}, {"u", -6},  {"n", -9},  {"p", -12}, {"k", 3},       {"M", 6},      {"c", -2},
     {"f", -15}, {"d", -1}, {"da", 1},  {"h", 2},   {"G", 9},   {"T", 12},      {"P", 15},     {"E", 18},
     {"Z", 21},  {"Y", 24}, {"a", -18}, {"z", -21}, {"y", -24}, {"\u00b5", -6}, {"\u03bc", -6}}};
constexpr std::size_t suggested_prefixes = 8;

struct Row {
    std::string_view name;
    Dimension dimension;
    int power_of_ten = 0;
    double factor = 1.0;  // what is not a power of ten
    bool prefixed = true;
};

// One row for each name: the symbol of the field, then Brian2's long names. SI brochure, 9th edition.
constexpr Row rows[] = {
    {"m", si(1, 0, 0, 0)},
    {"metre", si(1, 0, 0, 0)},
    {"meter", si(1, 0, 0, 0)},
    {"g", si(0, 1, 0, 0), -3},
    {"gram", si(0, 1, 0, 0), -3},
    {"gramme", si(0, 1, 0, 0), -3},
    {"kilogram", si(0, 1, 0, 0), 0, 1.0, false},
    {"kilogramme", si(0, 1, 0, 0), 0, 1.0, false},
    {"s", si(0, 0, 1, 0)},
    {"second", si(0, 0, 1, 0)},
    {"A", si(0, 0, 0, 1)},
    {"amp", si(0, 0, 0, 1)},
    {"ampere", si(0, 0, 0, 1)},
    {"K", si(0, 0, 0, 0, 1)},
    {"kelvin", si(0, 0, 0, 0, 1)},
    {"mol", si(0, 0, 0, 0, 0, 1)},
    {"mole", si(0, 0, 0, 0, 0, 1)},
    {"cd", si(0, 0, 0, 0, 0, 0, 1)},
    {"candle", si(0, 0, 0, 0, 0, 0, 1)},
    {"V", si(2, 1, -3, -1)},
    {"volt", si(2, 1, -3, -1)},
    {"S", si(-2, -1, 3, 2)},
    {"siemens", si(-2, -1, 3, 2)},
    {"ohm", si(2, 1, -3, -2)},
    {"\u03a9", si(2, 1, -3, -2)},
    {"\u2126", si(2, 1, -3, -2)},
    {"F", si(-2, -1, 4, 2)},
    {"farad", si(-2, -1, 4, 2)},
    {"C", si(0, 0, 1, 1)},
    {"coulomb", si(0, 0, 1, 1)},
    {"H", si(2, 1, -2, -2)},
    {"henry", si(2, 1, -2, -2)},
    {"Hz", si(0, 0, -1, 0)},
    {"hertz", si(0, 0, -1, 0)},
    {"Bq", si(0, 0, -1, 0)},
    {"becquerel", si(0, 0, -1, 0)},
    {"N", si(1, 1, -2, 0)},
    {"newton", si(1, 1, -2, 0)},
    {"J", si(2, 1, -2, 0)},
    {"joule", si(2, 1, -2, 0)},
    {"W", si(2, 1, -3, 0)},
    {"watt", si(2, 1, -3, 0)},
    {"Pa", si(-1, 1, -2, 0)},
    {"pascal", si(-1, 1, -2, 0)},
    {"T", si(0, 1, -2, -1)},
    {"tesla", si(0, 1, -2, -1)},
    {"Wb", si(2, 1, -2, -1)},
    {"weber", si(2, 1, -2, -1)},
    {"Gy", si(2, 0, -2, 0)},
    {"gray", si(2, 0, -2, 0)},
    {"Sv", si(2, 0, -2, 0)},
    {"sievert", si(2, 0, -2, 0)},
    {"kat", si(0, 0, -1, 0, 0, 1)},
    {"katal", si(0, 0, -1, 0, 0, 1)},
    {"lm", si(0, 0, 0, 0, 0, 0, 1)},
    {"lumen", si(0, 0, 0, 0, 0, 0, 1)},
    {"lx", si(-2, 0, 0, 0, 0, 0, 1)},
    {"lux", si(-2, 0, 0, 0, 0, 0, 1)},
    {"M", si(-3, 0, 0, 0, 0, 1), 3},
    {"molar", si(-3, 0, 0, 0, 0, 1), 3},
    {"l", si(3, 0, 0, 0), -3},
    {"L", si(3, 0, 0, 0), -3},
    {"liter", si(3, 0, 0, 0), -3},
    {"litre", si(3, 0, 0, 0), -3},
    {"eV", si(2, 1, -2, 0), -19, 1.602176634},
    {"rad", si(0, 0, 0, 0)},
    {"radian", si(0, 0, 0, 0)},
    {"sr", si(0, 0, 0, 0)},
    {"steradian", si(0, 0, 0, 0)},
    {"deg", si(0, 0, 0, 0), 0, std::numbers::pi / 180.0, false},
    {"%", si(0, 0, 0, 0), -2, 1.0, false},
    {"min", si(0, 0, 1, 0), 0, 60.0, false},
    {"minute", si(0, 0, 1, 0), 0, 60.0, false},
    {"h", si(0, 0, 1, 0), 0, 3600.0, false},
    {"hour", si(0, 0, 1, 0), 0, 3600.0, false},
    {"day", si(0, 0, 1, 0), 0, 86400.0, false},
    {"1", si(0, 0, 0, 0), 0, 1.0, false},
};

using Names = std::unordered_map<std::string, DecimalUnit>;

// Plain names go in first, so that "min", "cd", "Pa", "mol" and "T" are never read as prefix and unit.
Names make_names() {
    Names names;
    for (const Prefix& prefix : prefixes)
        for (const Row& row : rows)
            if (row.prefixed || prefix.name.empty())
                names.emplace(std::string(prefix.name) + std::string(row.name),
                              DecimalUnit{row.dimension,
                                          make_rational(row.power_of_ten + prefix.power_of_ten), row.factor});
    return names;
}

std::vector<std::string> make_suggestions() {
    std::vector<std::string> names;
    for (const Row& row : rows)
        for (std::size_t p = 0; p < (row.prefixed ? suggested_prefixes : 1); ++p)
            if (row.name != "1") names.push_back(std::string(prefixes[p].name) + std::string(row.name));
    return names;
}

}  // namespace

double scale_of(const DecimalUnit& unit) {
    // std::strtod and std::sqrt are rounded correctly, std::pow need not be.
    const auto decimal = [](double factor, std::int32_t exponent) {
        return std::strtod(fmt::format("{}e{}", factor, exponent).c_str(), nullptr);
    };
    const Rational ten = unit.power_of_ten;
    if (ten.denominator == 1) return decimal(unit.factor, ten.numerator);
    if (ten.denominator == 2) return unit.factor * std::sqrt(decimal(1.0, ten.numerator));
    return unit.factor * std::pow(10.0, to_double(ten));
}

std::optional<DecimalUnit> find_decimal_unit(std::string_view name) {
    static const Names names = make_names();
    if (const auto found = names.find(std::string(name)); found != names.end()) return found->second;
    // "cm2", "volt2", "um3": Brian2's names of powers.
    if (name.size() < 2 || name.back() < '2' || name.back() > '9') return std::nullopt;
    const auto found = names.find(std::string(name.substr(0, name.size() - 1)));
    if (found == names.end() || found->second.dimension.is_dimensionless()) return std::nullopt;
    return power(found->second, make_rational(name.back() - '0'));
}

DecimalUnit power(const DecimalUnit& unit, Rational exponent) {
    return {pow(unit.dimension, exponent), unit.power_of_ten * exponent,
            unit.factor == 1.0 ? 1.0 : std::pow(unit.factor, to_double(exponent))};
}

std::optional<Unit> find_unit(std::string_view name) {
    const auto unit = find_decimal_unit(name);
    if (!unit) return std::nullopt;
    return Unit{unit->dimension, scale_of(*unit), std::string(name)};
}

const std::vector<std::string>& unit_names() {
    static const std::vector<std::string> names = make_suggestions();
    return names;
}

}  // namespace neurodyn
