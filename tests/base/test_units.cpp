// SPDX-License-Identifier: BSD-3-Clause
// Units: a table of accepted and refused texts, exact scales, and how dimensions are written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "base/units.hpp"

namespace neurodyn {
namespace {

using ::testing::HasSubstr;

struct Accepted {
    const char* text;
    double scale;           // SI brochure, 9th edition; powers of ten are expected to the bit
    const char* dimension;  // as to_string writes it
};

class AcceptedUnit : public ::testing::TestWithParam<Accepted> {};

TEST_P(AcceptedUnit, HasScaleAndDimension) {
    const Unit unit = parse_unit(GetParam().text);
    EXPECT_EQ(unit.scale, GetParam().scale);
    EXPECT_EQ(to_string(unit.dimension), GetParam().dimension);
    EXPECT_EQ(unit.name, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AcceptedUnit,
    ::testing::Values(
        Accepted{"1", 1.0, "1"}, Accepted{"%", 0.01, "1"}, Accepted{"deg", std::numbers::pi / 180, "1"},
        Accepted{"rad", 1.0, "1"}, Accepted{"V", 1.0, "V"}, Accepted{"mV", 1e-3, "V"},
        Accepted{"uV", 1e-6, "V"}, Accepted{"kV", 1e3, "V"}, Accepted{"volt", 1.0, "V"},
        Accepted{"mvolt", 1e-3, "V"}, Accepted{"A", 1.0, "A"}, Accepted{"uA", 1e-6, "A"},
        Accepted{"\u00b5A", 1e-6, "A"}, Accepted{"\u03bcA", 1e-6, "A"}, Accepted{"nA", 1e-9, "A"},
        Accepted{"pA", 1e-12, "A"}, Accepted{"namp", 1e-9, "A"}, Accepted{"ampere", 1.0, "A"},
        Accepted{"S", 1.0, "S"}, Accepted{"mS", 1e-3, "S"}, Accepted{"nS", 1e-9, "S"},
        Accepted{"nsiemens", 1e-9, "S"}, Accepted{"msiemens", 1e-3, "S"}, Accepted{"ohm", 1.0, "ohm"},
        Accepted{"Mohm", 1e6, "ohm"}, Accepted{"M\u03a9", 1e6, "ohm"}, Accepted{"ohm*cm", 1e-2, "ohm*m"},
        Accepted{"F", 1.0, "F"}, Accepted{"pF", 1e-12, "F"}, Accepted{"ufarad", 1e-6, "F"},
        Accepted{"uF/cm^2", 1e-2, "F/m^2"}, Accepted{"mS/cm^2", 10.0, "S/m^2"},
        Accepted{"msiemens/cm**2", 10.0, "S/m^2"}, Accepted{"msiemens*cm**-2", 10.0, "S/m^2"},
        Accepted{"uA/cm^2", 1e-2, "A/m^2"}, Accepted{"uA/cm2", 1e-2, "A/m^2"}, Accepted{"s", 1.0, "s"},
        Accepted{"ms", 1e-3, "s"}, Accepted{"us", 1e-6, "s"}, Accepted{"msecond", 1e-3, "s"},
        Accepted{"min", 60.0, "s"}, Accepted{"minute", 60.0, "s"}, Accepted{"h", 3600.0, "s"},
        Accepted{"hour", 3600.0, "s"}, Accepted{"Hz", 1.0, "Hz"}, Accepted{"kHz", 1e3, "Hz"},
        Accepted{"1/s", 1.0, "Hz"}, Accepted{"ms^-1", 1e3, "Hz"}, Accepted{"hertz", 1.0, "Hz"},
        Accepted{"s^(-1/2)", 1.0, "s^(-1/2)"}, Accepted{"s**-0.5", 1.0, "s^(-1/2)"},
        Accepted{"second**-.5", 1.0, "s^(-1/2)"}, Accepted{"mV/ms^(1/2)", std::sqrt(1e-3), "V/s^(1/2)"},
        Accepted{"mV/ms**0.5", std::sqrt(1e-3), "V/s^(1/2)"}, Accepted{"mV/ms", 1.0, "V/s"},
        Accepted{"m", 1.0, "m"}, Accepted{"cm", 1e-2, "m"}, Accepted{"um", 1e-6, "m"},
        Accepted{"metre", 1.0, "m"}, Accepted{"meter", 1.0, "m"}, Accepted{"um2", 1e-12, "m^2"},
        Accepted{"cm2", 1e-4, "m^2"}, Accepted{"metre2", 1.0, "m^2"}, Accepted{"volt2", 1.0, "V^2"},
        Accepted{"(mV)^2", 1e-6, "V^2"}, Accepted{"((m))", 1.0, "m"}, Accepted{"m/s", 1.0, "m/s"},
        Accepted{"mm/ms", 1.0, "m/s"}, Accepted{"mM", 1.0, "mol/m^3"}, Accepted{"M", 1e3, "mol/m^3"},
        Accepted{"mmolar", 1.0, "mol/m^3"}, Accepted{"mol", 1.0, "mol"}, Accepted{"K", 1.0, "K"},
        Accepted{"C", 1.0, "C"}, Accepted{"coulomb/mol", 1.0, "C/mol"}, Accepted{"Pa", 1.0, "Pa"},
        Accepted{"J/(mol*K)", 1.0, "J/(K*mol)"}, Accepted{"kg", 1.0, "kg"}, Accepted{"kgram", 1.0, "kg"},
        Accepted{"kilogram", 1.0, "kg"}, Accepted{"g", 1e-3, "kg"}, Accepted{"cd", 1.0, "cd"},
        Accepted{"mW", 1e-3, "W"}, Accepted{"l", 1e-3, "m^3"}, Accepted{"eV", 1.602176634e-19, "J"},
        Accepted{"1/(mV*ms)", 1e6, "1/(V*s)"}, Accepted{"nS/mV", 1e-6, "S/V"}, Accepted{"V*s", 1.0, "V*s"},
        Accepted{"1 / ms", 1e3, "Hz"}, Accepted{"Hz^2", 1.0, "1/s^2"}),
    [](const auto& info) { return "Row" + std::to_string(info.index); });

TEST(Units, PrintedDimensionsAreReadBack) {
    const char* bases[] = {"V", "A", "S", "s", "mol", "kg"};
    const char* powers[] = {"^-2", "^(-1/2)", "", "^(1/2)", "^2", "^(2/3)"};
    for (const char* a : bases)
        for (const char* b : bases)
            for (const char* p : powers)
                for (const char* q : powers) {
                    const std::string text = std::string(a) + p + "*" + b + q + "/m^2";
                    const Dimension dimension = parse_unit(text).dimension;
                    EXPECT_EQ(parse_unit(to_string(dimension)).dimension, dimension)
                        << text << " -> " << to_string(dimension);
                }
}

struct Refused {
    const char* text;
    const char* message;  // part of it
    std::size_t column;   // of the caret
};

class RefusedUnit : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedUnit, SaysWhere) {
    try {
        parse_unit(GetParam().text);
        FAIL() << GetParam().text << " was accepted";
    } catch (const InputError& error) {
        ASSERT_EQ(error.diagnostics().size(), 1u);
        EXPECT_THAT(to_string(error.diagnostics()[0]), HasSubstr(GetParam().message));
        EXPECT_EQ(error.diagnostics()[0].column, GetParam().column);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedUnit,
    ::testing::Values(
        Refused{"", "a unit is missing", 1}, Refused{"mv", "did you mean 'mV'?", 1},
        Refused{"HZ", "did you mean 'Hz'?", 1}, Refused{"volts", "did you mean 'volt'?", 1},
        Refused{"msec", "unknown unit 'msec'", 1}, Refused{"uA/cmm^2", "did you mean 'cm'?", 4},
        Refused{"furlong", "unknown unit 'furlong'", 1}, Refused{"mV mV", "write * between units", 4},
        Refused{"mV*", "a unit is missing here", 4}, Refused{"/ms", "a unit is missing here", 1},
        Refused{"mV//ms", "a unit is missing here", 4}, Refused{"(mV", "never closed", 1},
        Refused{"mV)", "was not expected", 3}, Refused{"s^", "an exponent is missing", 3},
        Refused{"s^(1/2", "never closed", 3}, Refused{"s^(1/0)", "divides by zero", 3},
        Refused{"s^-1/2", "write fractions in parentheses", 6}, Refused{"s^x", "an exponent is missing", 3},
        Refused{"10 mV", "'10' is a number", 1}, Refused{"10*mV", "'10' is a number", 1},
        Refused{"m^99999999999", "too large", 3}, Refused{"m^0.123456", "no simple fraction", 3},
        Refused{"(m^50)^50", "too large", 1}, Refused{"m^50*m^50", "too large", 5},
        Refused{"kmin", "unknown unit", 1}, Refused{"degC", "kelvin", 1}, Refused{"mV$", "not expected", 3},
        Refused{"%2", "unknown unit", 1}),
    [](const auto& info) { return "Row" + std::to_string(info.index); });

TEST(Units, DeepNestingIsRefused) {
    const std::string text = std::string(100000, '(') + "m" + std::string(100000, ')');
    EXPECT_THROW(parse_unit(text), InputError);
}

TEST(Units, ClashesAreSettled) {
    EXPECT_EQ(find_unit("min")->dimension, dimensions::time);
    EXPECT_EQ(find_unit("m")->dimension, dimensions::length);
    EXPECT_EQ(find_unit("cd")->scale, 1.0);
    EXPECT_EQ(find_unit("T")->dimension, parse_unit("V*s/m^2").dimension);
    EXPECT_FALSE(find_unit("mmin"));
    EXPECT_FALSE(find_unit(""));
    EXPECT_FALSE(find_unit("2"));
    EXPECT_FALSE(find_unit("v"));
}

TEST(Units, SuggestionsAreUnits) {
    for (const std::string& name : unit_names()) EXPECT_TRUE(find_unit(name)) << name;
}

struct Number {
    const char* text;
    const char* unit;
    double value_si;  // the nearest double to the decimal number: compared to the bit
};

class AcceptedQuantity : public ::testing::TestWithParam<Number> {};

TEST_P(AcceptedQuantity, IsTheNearestDouble) {
    EXPECT_EQ(parse_quantity(GetParam().text, parse_unit(GetParam().unit).dimension), GetParam().value_si);
}

INSTANTIATE_TEST_SUITE_P(Table, AcceptedQuantity,
                         ::testing::Values(Number{"0.1 ms", "s", 0.0001}, Number{"0.7 ms", "s", 0.0007},
                                           Number{"10ms", "s", 0.01}, Number{"5 m/s", "m/s", 5.0},
                                           Number{"-65*mV", "V", -0.065}, Number{"-65 mV", "V", -0.065},
                                           Number{"- 65 mV", "V", -0.065}, Number{"+3", "1", 3.0},
                                           Number{"3", "1", 3.0}, Number{"5 min", "s", 300.0},
                                           Number{"10/s", "Hz", 10.0}, Number{"0.5/ms", "Hz", 500.0},
                                           Number{"5 1/s", "Hz", 5.0}, Number{"1e3 Hz", "Hz", 1000.0},
                                           Number{"2.5e-3 mV", "V", 2.5e-6},
                                           Number{"120 mS/cm^2", "S/m^2", 1200.0}, Number{".5 %", "1", 0.005},
                                           Number{"0", "V", 0.0}, Number{"1.5 h", "s", 5400.0},
                                           Number{"1e-400 V", "V", 0.0}, Number{" 2 s \n", "s", 2.0}),
                         [](const auto& info) { return "Row" + std::to_string(info.index); });

struct BadNumber {
    const char* text;
    const char* unit;
    const char* message;
};

class RefusedQuantity : public ::testing::TestWithParam<BadNumber> {};

TEST_P(RefusedQuantity, SaysWhy) {
    try {
        parse_quantity(GetParam().text, parse_unit(GetParam().unit).dimension);
        FAIL() << GetParam().text << " was accepted";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedQuantity,
    ::testing::Values(
        BadNumber{"5 mV", "s", "'5 mV' has the unit mV (V), but a unit of s was expected"},
        BadNumber{"5", "s", "'5' has no unit, but a unit of s was expected"},
        BadNumber{"5", "V", "write the unit behind the number: '5 V'"},
        BadNumber{"5 ms", "1", "'5 ms' has the unit ms (s), but no unit was expected"},
        BadNumber{"", "s", "a number is missing"}, BadNumber{"ms", "s", "does not start with a number"},
        BadNumber{"inf s", "s", "does not start with a number"}, BadNumber{"nan", "1", "does not start"},
        BadNumber{"1e999 s", "s", "is too large"}, BadNumber{"5 mss", "s", "did you mean 'ms'?"},
        BadNumber{"5 msec", "s", "did you mean 'ms'?"}, BadNumber{"5 seconds", "s", "did you mean 's'?"},
        BadNumber{"5 ms 3", "s", "not expected"}, BadNumber{"5*", "s", "a unit is missing"},
        BadNumber{"--5 s", "s", "does not start with a number"}, BadNumber{"0 V", "s", "has the unit V"}),
    [](const auto& info) { return "Row" + std::to_string(info.index); });

TEST(Units, ErrorOfAQuantityShowsTheCaret) {
    try {
        parse_any_quantity("-65*mv");
        FAIL();
    } catch (const InputError& error) {
        EXPECT_STREQ(error.what(),
                     "<quantity>:1:5: error: unknown unit 'mv'\n"
                     "  -65*mv\n"
                     "      ^~\n"
                     "  hint: did you mean 'mV'?");
    }
}

TEST(Units, QuantityKeepsItsUnit) {
    const Quantity quantity = parse_any_quantity("120 mS/cm^2");
    EXPECT_EQ(quantity.unit.name, "mS/cm^2");
    EXPECT_EQ(quantity.unit.scale, 10.0);
    EXPECT_EQ(parse_any_quantity("10/s").unit.name, "1/s");
    EXPECT_EQ(parse_any_quantity("-65*mV").unit.name, "mV");
}

TEST(Units, ConversionsGoBothWays) {
    const Unit mv = parse_unit("mV");
    for (int i = -100; i <= 100; ++i) {
        EXPECT_EQ(to_si(i, mv), parse_quantity(std::to_string(i) + " mV", mv.dimension));
        EXPECT_EQ(from_si(to_si(i, mv), mv), i);
    }
    EXPECT_EQ(to_si(2.0, parse_unit("min")), 120.0);
    EXPECT_EQ(from_si(120.0, parse_unit("min")), 2.0);
}

TEST(Rationals, AreReduced) {
    EXPECT_EQ(make_rational(2, -4), (Rational{-1, 2}));
    EXPECT_EQ((Rational{1, 2} + Rational{1, 3}), (Rational{5, 6}));
    EXPECT_EQ((Rational{1, 2} - Rational{1, 2}), Rational{});
    EXPECT_EQ((Rational{2, 3} * Rational{3, 4}), (Rational{1, 2}));
    EXPECT_EQ((Rational{1, 2} / Rational{-3, 4}), (Rational{-2, 3}));
    EXPECT_EQ(to_rational(0.5), (Rational{1, 2}));
    EXPECT_EQ(to_rational(-1.0 / 3.0), (Rational{-1, 3}));
    EXPECT_EQ(to_rational(5.0 / 11.0), (Rational{5, 11}));
    EXPECT_FALSE(to_rational(std::numbers::pi));
    EXPECT_FALSE(to_rational(std::nan("")));
    EXPECT_FALSE(to_rational(1e300));
    EXPECT_THROW(make_rational(1, 0), Error);
    EXPECT_THROW(make_rational(std::int64_t{1} << 40), Error);
}

TEST(Dimensions, Multiply) {
    EXPECT_EQ(dimensions::current / dimensions::voltage, dimensions::conductance);
    EXPECT_EQ(dimensions::capacitance * dimensions::voltage, dimensions::current * dimensions::time);
    EXPECT_TRUE((dimensions::time * dimensions::frequency).is_dimensionless());
    EXPECT_EQ(pow(pow(dimensions::voltage, {1, 3}), {3, 1}), dimensions::voltage);
}

}  // namespace
}  // namespace neurodyn
