// SPDX-License-Identifier: BSD-3-Clause
#include "dynamics/interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::dynamics {
namespace {

using symbolic::Op;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double pi = std::numbers::pi;

double down(double x) { return std::isnan(x) ? -infinite : std::nextafter(x, -infinite); }
double up(double x) { return std::isnan(x) ? infinite : std::nextafter(x, infinite); }

// Elementary functions are right to two units in the last place.
Interval widened(double low, double high) {
    if (std::isnan(low) || std::isnan(high)) return Interval::entire();
    for (int k = 0; k < 4; ++k) low = down(low), high = up(high);
    return {low, high};
}

Interval rising(Op op, const Interval& a) {
    return widened(symbolic::apply(op, a.low), symbolic::apply(op, a.high));
}

Interval within(const Interval& a, double low, double high) {
    return {std::max(a.low, low), std::min(a.high, high)};
}

Interval absolute(const Interval& a) {
    if (a.low >= 0.0) return a;
    if (a.high <= 0.0) return {-a.high, -a.low};
    return {0.0, std::max(-a.low, a.high)};
}

Interval square(const Interval& a) {
    const Interval size = absolute(a);
    return {std::max(0.0, down(size.low * size.low)), up(size.high * size.high)};
}

Interval quotient(const Interval& a, const Interval& b) {
    if (b.contains(0.0)) return Interval::entire();
    const double all[] = {a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high};
    if (std::any_of(std::begin(all), std::end(all), [](double v) { return std::isnan(v); }))
        return Interval::entire();
    return {down(*std::min_element(std::begin(all), std::end(all))),
            up(*std::max_element(std::begin(all), std::end(all)))};
}

Interval power(const Interval& a, const Interval& n) {
    const auto corner = [&](double x, double y) { return symbolic::apply(Op::pow, x, y); };
    if (n.is_point() && n.low == std::floor(n.low)) {
        if (n.low < 0.0 && a.contains(0.0)) return Interval::entire();
        const bool even = std::fmod(n.low, 2.0) == 0.0;
        const Interval base = even ? absolute(a) : a;
        const double first = corner(base.low, n.low), last = corner(base.high, n.low);
        return widened(std::min(first, last), std::max(first, last));
    }
    if (a.low < 0.0 || (a.low == 0.0 && n.low <= 0.0)) return Interval::entire();
    const double all[] = {corner(a.low, n.low), corner(a.low, n.high), corner(a.high, n.low),
                          corner(a.high, n.high)};
    return widened(*std::min_element(std::begin(all), std::end(all)),
                   *std::max_element(std::begin(all), std::end(all)));
}

// True where offset + 2 pi k lies in the interval, or so near to it that rounding might hide it.
bool meets(const Interval& a, double offset) {
    const double slack = 1e-9 * (1.0 + std::max(std::abs(a.low), std::abs(a.high)));
    return std::ceil((a.low - slack - offset) / (2.0 * pi)) <=
           std::floor((a.high + slack - offset) / (2.0 * pi));
}

Interval wave(Op op, const Interval& a, double peak) {
    if (!(a.width() < 2.0 * pi) || std::abs(a.low) > 1e6) return {-1.0, 1.0};
    const double first = symbolic::apply(op, a.low), last = symbolic::apply(op, a.high);
    Interval made = widened(std::min(first, last), std::max(first, last));
    if (meets(a, peak)) made.high = 1.0;
    if (meets(a, peak + pi)) made.low = -1.0;
    return within(made, -1.0, 1.0);
}

Interval tangent(const Interval& a) {
    if (!(a.width() < pi) || meets({2.0 * a.low, 2.0 * a.high}, pi)) return Interval::entire();
    return rising(Op::tan, a);
}

Interval truth(bool always, bool never) {
    if (always) return {1.0, 1.0};
    return never ? Interval{0.0, 0.0} : Interval{0.0, 1.0};
}

Interval hull(const Interval& a, const Interval& b) {
    return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

bool is_step(Op op) {
    switch (op) {
        case Op::sign:
        case Op::floor:
        case Op::ceil:
        case Op::heaviside:
        case Op::mod:
        case Op::lookup:
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge:
        case Op::eq:
        case Op::ne:
        case Op::arctan2:
            return true;
        default:
            return false;
    }
}

}  // namespace

Interval Interval::entire() { return {-infinite, infinite}; }

Interval operator+(const Interval& a, const Interval& b) {
    return {down(a.low + b.low), up(a.high + b.high)};
}
Interval operator-(const Interval& a, const Interval& b) {
    return {down(a.low - b.high), up(a.high - b.low)};
}
Interval operator*(const Interval& a, const Interval& b) {
    const auto times = [](double x, double y) { return x == 0.0 || y == 0.0 ? 0.0 : x * y; };
    const double all[] = {times(a.low, b.low), times(a.low, b.high), times(a.high, b.low),
                          times(a.high, b.high)};
    return {down(*std::min_element(std::begin(all), std::end(all))),
            up(*std::max_element(std::begin(all), std::end(all)))};
}

Interval apply(Op op, const Interval& a, const Interval& b, const Interval& c) {
    switch (op) {
        case Op::add:
            return a + b;
        case Op::sub:
            return a - b;
        case Op::mul:
            return a * b;
        case Op::div:
            return quotient(a, b);
        case Op::neg:
            return {-a.high, -a.low};
        case Op::fma:
            return a * b + c;
        case Op::pow:
            return power(a, b);
        case Op::min:
            return {std::min(a.low, b.low), std::min(a.high, b.high)};
        case Op::max:
            return {std::max(a.low, b.low), std::max(a.high, b.high)};
        case Op::abs:
            return absolute(a);
        case Op::sign:
        case Op::floor:
        case Op::ceil:
        case Op::heaviside:
            return {symbolic::apply(op, a.low), symbolic::apply(op, a.high)};
        case Op::exp:
        case Op::exprel:
            return within(rising(op, a), 0.0, infinite);
        case Op::sigmoid:
            return within(rising(op, a), 0.0, 1.0);
        case Op::tanh:
        case Op::erf:
            return within(rising(op, a), -1.0, 1.0);
        case Op::expm1:
        case Op::sinh:
        case Op::arctan:
            return rising(op, a);
        case Op::cosh:
            return within(rising(op, absolute(a)), 1.0, infinite);
        case Op::sqrt:
        case Op::log:
        case Op::log10:
            return a.low < 0.0 ? Interval::entire() : rising(op, a);
        case Op::log1p:
            return a.low < -1.0 ? Interval::entire() : rising(op, a);
        case Op::arcsin:
            return a.low < -1.0 || a.high > 1.0 ? Interval::entire() : rising(op, a);
        case Op::arccos:
            return a.low < -1.0 || a.high > 1.0 ? Interval::entire() : rising(op, {a.high, a.low});
        case Op::sin:
            return wave(op, a, 0.5 * pi);
        case Op::cos:
            return wave(op, a, 0.0);
        case Op::tan:
            return tangent(a);
        case Op::lt:
            return truth(a.high < b.low, a.low >= b.high);
        case Op::le:
            return truth(a.high <= b.low, a.low > b.high);
        case Op::gt:
            return truth(a.low > b.high, a.high <= b.low);
        case Op::ge:
            return truth(a.low >= b.high, a.high < b.low);
        case Op::eq:
            return truth(a.is_point() && b.is_point() && a.low == b.low, a.high < b.low || b.high < a.low);
        case Op::ne:
            return truth(a.high < b.low || b.high < a.low, a.is_point() && b.is_point() && a.low == b.low);
        case Op::logical_and:
            return {std::min(a.low, b.low), std::min(a.high, b.high)};
        case Op::logical_or:
            return {std::max(a.low, b.low), std::max(a.high, b.high)};
        case Op::logical_not:
            return {1.0 - a.high, 1.0 - a.low};
        case Op::select:
            return a.low == 1.0 ? b : a.high == 0.0 ? c : hull(b, c);
        default:
            break;  // mod, arctan2, lookup
    }
    if (op == Op::lookup || !a.is_point() || !b.is_point()) return Interval::entire();
    const double value = symbolic::apply(op, a.low, b.low);
    return widened(value, value);
}

IntervalEvaluator::IntervalEvaluator(const symbolic::Graph& graph, std::vector<symbolic::NodeId> expressions,
                                     const std::vector<std::string>& variables,
                                     const std::unordered_map<std::string, double>& fixed) {
    std::unordered_map<std::uint32_t, std::uint32_t> place;
    for (const symbolic::NodeId id : symbolic::reachable(graph, expressions)) {
        const symbolic::Node& node = graph[id];
        Step step{node.op, 0, 0, 0, Interval::point(node.value), -1, false};
        if (node.op == Op::symbol) {
            const std::string& name = graph.name(id);
            const auto variable = std::find(variables.begin(), variables.end(), name);
            const auto known = fixed.find(name);
            if (variable != variables.end())
                step.variable = static_cast<int>(variable - variables.begin());
            else
                step.value = Interval::point(known == fixed.end() ? 0.0 : known->second);
        } else if (node.op != Op::constant) {
            const auto of = [&](std::size_t k) { return node.args[k] ? place.at(node.args[k].index) : 0u; };
            step.a = of(0), step.b = of(1), step.c = of(2);
            step.squares = node.op == Op::mul && node.args[0] == node.args[1];
        }
        place.emplace(id.index, static_cast<std::uint32_t>(steps_.size()));
        steps_.push_back(step);
    }
    for (const symbolic::NodeId id : expressions) results_.push_back(place.at(id.index));
    values_.resize(steps_.size());
}

std::vector<Interval> IntervalEvaluator::operator()(const std::vector<Interval>& box, bool* jumps) {
    for (std::size_t k = 0; k < steps_.size(); ++k) {
        const Step& s = steps_[k];
        Interval& value = values_[k];
        if (s.op == Op::constant || s.op == Op::symbol)
            value = s.variable >= 0 ? box[static_cast<std::size_t>(s.variable)] : s.value;
        else if (s.squares)
            value = square(values_[s.a]);
        else
            value = apply(s.op, values_[s.a], values_[s.b], values_[s.c]);
        if (jumps && is_step(s.op) && !value.is_point()) *jumps = true;
    }
    std::vector<Interval> made;
    for (const std::uint32_t result : results_) made.push_back(values_[result]);
    return made;
}

}  // namespace neurodyn::dynamics
