// SPDX-License-Identifier: BSD-3-Clause
// Reads unit expressions and quantities, with an error under the very character that is wrong.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/error.hpp"
#include "base/unit_names.hpp"

namespace neurodyn {
namespace {

constexpr int deepest_nesting = 32;
constexpr std::int32_t largest_exponent = 60;  // of a base unit; more is a slip, and 10^x would overflow

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Bytes above 127 belong to micro and ohm signs.
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '%' || (c & 0x80) != 0;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// What other programs and plain English call a unit.
constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"sec", "s"},      {"secs", "s"},         {"seconds", "s"},       {"msec", "ms"},
    {"msecs", "ms"},   {"millisecond", "ms"}, {"milliseconds", "ms"}, {"usec", "us"},
    {"minute", "min"}, {"minutes", "min"},    {"mins", "min"},        {"hr", "h"},
    {"hour", "h"},     {"hours", "h"},        {"millivolt", "mV"},    {"Ohm", "ohm"},
    {"percent", "%"},  {"hertz", "Hz"},
};

}  // namespace

// A slip of case is the likeliest one: "mv", "HZ".
std::string unit_suggestion(std::string_view name) {
    if (name == "degC" || name == "celsius" || name == "Celsius")
        return "temperatures are in kelvin (K): add 273.15 to degrees Celsius";
    for (const auto& [other, ours] : other_names)
        if (name == other) return fmt::format("did you mean '{}'?", ours);
    const auto& names = unit_names();
    const auto same = std::find_if(names.begin(), names.end(),
                                   [&](const std::string& other) { return lower(other) == lower(name); });
    if (same != names.end()) return "did you mean '" + *same + "'?";
    return did_you_mean(name, names);
}

namespace {

/// A recursive descent over [begin, text.size()); positions in errors are those of `text`.
class UnitParser {
  public:
    UnitParser(std::string_view text, std::size_t begin, std::string_view what)
        : text_(text), position_(begin), what_(what) {}

    DecimalUnit parse() {
        skip_space();
        if (at_end()) fail(position_, position_, "a unit is missing", "write a unit, or 1 for none");
        return finish(product());
    }

    /// What stands behind a number: "", "mV", "* mV" or "/ms".
    DecimalUnit parse_behind_number() {
        skip_space();
        if (at_end()) return {};
        if (peek() == '/') return finish(product_tail({}, 0));
        if (peek() == '*' && !at_power()) ++position_, skip_space();
        if (at_end()) fail(position_, position_, "a unit is missing behind '*'");
        return finish(product());
    }

    [[noreturn]] void fail(std::size_t begin, std::size_t end, std::string message,
                           std::string hint = {}) const {
        const SourceSpan span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
        throw InputError(
            {make_diagnostic(std::string(what_), text_, span, std::move(message), std::move(hint))});
    }

  private:
    bool at_end() const { return position_ >= text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[position_]; }
    void skip_space() {
        while (is_space(peek())) ++position_;
    }
    bool at_power() const { return peek() == '^' || text_.substr(position_, 2) == "**"; }
    bool accept(char c) {
        if (peek() != c) return false;
        ++position_;
        skip_space();
        return true;
    }

    DecimalUnit finish(const DecimalUnit& unit) {
        if (!at_end())
            fail(position_, text_.size(), fmt::format("'{}' was not expected here", text_.substr(position_)),
                 is_letter(peek()) ? "write * between units" : "");
        const double scale = scale_of(unit);
        if (!std::isfinite(scale) || scale == 0.0) too_large(0);
        return unit;
    }

    DecimalUnit product(int depth = 0) { return product_tail(factor(depth), depth); }

    DecimalUnit product_tail(DecimalUnit left, int depth) {
        for (skip_space(); peek() == '*' || peek() == '/'; skip_space()) {
            const std::size_t begin = position_;
            const bool divides = peek() == '/';
            ++position_;
            skip_space();
            DecimalUnit right = factor(depth);
            if (divides) right = power(right, Rational{-1});
            left = {left.dimension * right.dimension, left.power_of_ten + right.power_of_ten,
                    left.factor * right.factor};
            check(left, begin);
        }
        return left;
    }

    DecimalUnit factor(int depth) {
        const std::size_t begin = position_;
        const DecimalUnit base = atom(depth);
        skip_space();
        if (!at_power()) return base;
        position_ += peek() == '^' ? 1 : 2;
        skip_space();
        const Rational exponent = power_exponent();
        const DecimalUnit result = power(base, exponent);
        check(result, begin);
        return result;
    }

    DecimalUnit atom(int depth) {
        const std::size_t begin = position_;
        if (accept('(')) {
            if (depth >= deepest_nesting) fail(begin, begin + 1, "parentheses are nested too deeply");
            const DecimalUnit inner = product(depth + 1);
            skip_space();
            if (peek() != ')') fail(begin, begin + 1, "this parenthesis is never closed");
            ++position_;
            return inner;
        }
        while (is_letter(peek()) || is_digit(peek())) ++position_;
        const std::string_view name = text_.substr(begin, position_ - begin);
        if (name.empty()) fail(begin, begin + 1, "a unit is missing here", "write a unit, or 1 for none");
        if (const auto unit = find_decimal_unit(name)) return *unit;
        if (is_digit(name[0]))
            fail(begin, position_, fmt::format("'{}' is a number, a unit was expected", name),
                 "numbers in a unit are allowed only as exponents; write fractions in parentheses: s^(-1/2)");
        fail(begin, position_, fmt::format("unknown unit '{}'", name), unit_suggestion(name));
    }

    Rational power_exponent() {
        const std::size_t begin = position_;
        if (!accept('(')) return signed_number();
        Rational exponent = signed_number();
        skip_space();
        if (accept('/')) {
            const Rational below = signed_number();
            if (below.numerator == 0) fail(begin, position_, "this exponent divides by zero");
            exponent = exponent / below;
        }
        skip_space();
        if (peek() != ')') fail(begin, begin + 1, "this parenthesis is never closed");
        ++position_;
        return exponent;
    }

    Rational signed_number() {
        const std::size_t begin = position_;
        const bool negative = peek() == '-';
        if (negative || peek() == '+') ++position_;
        const std::size_t digits = position_;
        while (is_digit(peek()) || peek() == '.') ++position_;
        double value = 0.0;
        const auto [end, code] = std::from_chars(text_.data() + digits, text_.data() + position_, value);
        if (code != std::errc{} || end != text_.data() + position_)
            fail(begin, std::max(position_, begin + 1), "an exponent is missing here",
                 "write a number, or a fraction in parentheses: s^(-1/2)");
        const auto exponent = to_rational(negative ? -value : value);
        if (!exponent || std::fabs(value) > largest_exponent)
            fail(begin, position_, "this exponent is too large or no simple fraction",
                 "write a fraction in parentheses: s^(-1/2)");
        return *exponent;
    }

    void check(const DecimalUnit& unit, std::size_t begin) const {
        for (const Rational e : unit.dimension.exponents)
            if (std::fabs(to_double(e)) > largest_exponent || e.denominator > largest_exponent)
                too_large(begin);
        if (std::fabs(to_double(unit.power_of_ten)) > 300 || !std::isfinite(unit.factor)) too_large(begin);
    }
    [[noreturn]] void too_large(std::size_t begin) const {
        fail(begin, text_.size(), "the exponents of this unit are too large");
    }

    std::string_view text_;
    std::size_t position_;
    std::string_view what_;
};

struct ParsedQuantity {
    double value_si = 0.0;
    DecimalUnit unit;
    std::size_t number_begin = 0, unit_begin = 0;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (is_space(text.back()) || text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

// The decimal exponent of the unit is put into the number before it is made binary, so that
// "0.7 ms" is the double nearest to 0.0007.
double scaled_number(std::string_view number, const DecimalUnit& unit) {
    if (unit.power_of_ten.denominator != 1)
        return std::strtod(std::string(number).c_str(), nullptr) * scale_of(unit);
    const std::size_t e = number.find_first_of("eE");
    const std::string_view mantissa = number.substr(0, e);
    long exponent = unit.power_of_ten.numerator;
    if (e != std::string_view::npos)
        exponent += std::clamp(std::strtol(std::string(number.substr(e + 1)).c_str(), nullptr, 10), -100000L,
                               100000L);
    const std::string text = fmt::format("{}e{}", mantissa, exponent);
    const double value = std::strtod(text.c_str(), nullptr);
    return unit.factor == 1.0 ? value : value * unit.factor;
}

ParsedQuantity parse_quantity_text(std::string_view text) {
    constexpr std::string_view file = "<quantity>";
    text = trimmed(text);
    std::size_t position = 0;
    while (position < text.size() && is_space(text[position])) ++position;
    ParsedQuantity result;
    result.number_begin = position;
    bool negative = false;
    if (position < text.size() && (text[position] == '-' || text[position] == '+')) {
        negative = text[position] == '-';
        ++position;
        while (position < text.size() && is_space(text[position])) ++position;
    }
    const std::string_view rest = text.substr(position);
    const bool starts =
        !rest.empty() && (is_digit(rest[0]) || (rest.size() > 1 && rest[0] == '.' && is_digit(rest[1])));
    double ignored = 0.0;
    const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), ignored);
    if (!starts || code == std::errc::invalid_argument)
        UnitParser(text, position, file)
            .fail(position, text.size(),
                  rest.empty() ? std::string("a number is missing")
                               : fmt::format("'{}' does not start with a number", rest),
                  "write a number and its unit, such as '10 ms'");
    const std::string_view number = rest.substr(0, static_cast<std::size_t>(end - rest.data()));
    result.unit_begin = position + number.size();
    result.unit = UnitParser(text, result.unit_begin, file).parse_behind_number();
    result.value_si = scaled_number(number, result.unit);
    if (!std::isfinite(result.value_si))
        UnitParser(text, position, file).fail(position, text.size(), fmt::format("'{}' is too large", text));
    if (negative) result.value_si = -result.value_si;
    return result;
}

}  // namespace

Unit parse_unit(std::string_view text) {
    text = trimmed(text);
    const DecimalUnit unit = UnitParser(text, 0, "<unit>").parse();
    return {unit.dimension, scale_of(unit), std::string(text.substr(text.find_first_not_of(" \t")))};
}

Quantity parse_any_quantity(std::string_view text) {
    const ParsedQuantity parsed = parse_quantity_text(text);
    std::string_view name = trimmed(text).substr(parsed.unit_begin);
    while (!name.empty() && (is_space(name.front()) || name.front() == '*')) name.remove_prefix(1);
    std::string written = name.empty() ? "1" : std::string(name);
    if (written.front() == '/') written.insert(0, "1");
    return {parsed.value_si, {parsed.unit.dimension, scale_of(parsed.unit), std::move(written)}};
}

double parse_quantity(std::string_view text, const Dimension& expected) {
    const Quantity quantity = parse_any_quantity(text);
    if (quantity.unit.dimension == expected) return quantity.value_si;
    const bool bare = quantity.unit.name == "1";
    if (bare && quantity.value_si == 0.0) return 0.0;
    const std::string wanted =
        expected.is_dimensionless() ? "no unit" : fmt::format("a unit of {}", to_string(expected));
    const std::string given =
        bare ? "no unit"
             : fmt::format("the unit {} ({})", quantity.unit.name, to_string(quantity.unit.dimension));
    const std::string_view shown = trimmed(text);
    throw InputError({make_diagnostic(
        "<quantity>", shown, {0, static_cast<std::uint32_t>(shown.size())},
        fmt::format("'{}' has {}, but {} was expected", shown, given, wanted),
        bare ? fmt::format("write the unit behind the number: '{} {}'", shown, to_string(expected)) : "")});
}

}  // namespace neurodyn
