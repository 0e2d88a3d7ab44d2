// SPDX-License-Identifier: BSD-3-Clause
// Weights, delays and other values of a row of synapses.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "base/error.hpp"
#include "base/machines.hpp"
#include "base/math/functions.hpp"
#include "base/math/scalar.hpp"
#include "base/math/table.hpp"
#include "network/connect.hpp"
#include "network/connect_draws.hpp"
#include "network/connect_expression.hpp"
#include "network/connect_rows.hpp"

namespace neurodyn::network {
namespace {

using Kind = SynapseValue::Kind;
using Scalar = math::Scalar<double>;

constexpr std::uint32_t most_variables = 60000;

/// "normal(0.0015, 0.00075)", for messages.
std::string describe(const SynapseValue& value) {
    switch (value.kind) {
        case Kind::constant:
            return fmt::format("the constant {}", value.a);
        case Kind::normal:
            return fmt::format("normal(mean {}, sd {})", value.a, value.b);
        case Kind::uniform:
            return fmt::format("uniform(from {} to {})", value.a, value.b);
        case Kind::lognormal:
            return fmt::format("lognormal(mean {}, sd {})", value.a, value.b);
        case Kind::exponential:
            return fmt::format("exponential(mean {})", value.a);
        case Kind::gamma:
            return fmt::format("gamma(mean {}, sd {})", value.a, value.b);
        case Kind::expression:
            return fmt::format("'{}'", value.expression->text());
        case Kind::list:
            return "the list of values";
    }
    return {};
}

/// What is wrong with the parameters; empty when nothing is.
std::string problem_of(const SynapseValue& value) {
    if (!(value.minimum <= value.maximum))
        return fmt::format("the bounds from {} to {} hold nothing", value.minimum, value.maximum);
    if (value.kind == Kind::expression || value.kind == Kind::list) return {};
    if (!std::isfinite(value.a) || !std::isfinite(value.b)) return "its parameters must be finite";
    const bool positive_mean =
        value.kind == Kind::lognormal || value.kind == Kind::exponential || value.kind == Kind::gamma;
    if (positive_mean && !(value.a > 0.0)) return "its mean must be positive";
    if (value.kind == Kind::gamma && !(value.b > 0.0)) return "its standard deviation must be positive";
    if ((value.kind == Kind::normal || value.kind == Kind::lognormal) && value.b < 0.0)
        return "its standard deviation must not be negative";
    if (value.kind == Kind::uniform && value.a > value.b) return "its low end must not exceed its high end";
    return {};
}

void apply_loop(const char* name, std::span<double> values) {
    const double* const args[1] = {values.data()};
    math::find_function(name)->f64(args, values.data(), values.size());
}

/// Standard normal draws to values, and which of them are outside of the bounds; true when one is.
NEURODYN_FOR_EACH_MACHINE
bool scale_normal(float* values, std::size_t count, float mean, float sd, float low, float high,
                  std::uint8_t* outside) {
    int any = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const float x = mean + sd * values[k];
        const int is = static_cast<int>(!(x >= low)) | static_cast<int>(!(x <= high));
        values[k] = x;
        outside[k] = static_cast<std::uint8_t>(is);
        any |= is;
    }
    return any != 0;
}

/// Mean and standard deviation are those of the value, not of its logarithm.
void to_lognormal(double mean, double sd, std::span<double> normal) {
    Scalar b;
    const double ratio = sd / mean;
    const double variance = math::log1p(b, ratio * ratio), half = 0.5 * variance, scale = std::sqrt(variance);
    for (double& x : normal) x = scale * x - half;
    apply_loop("exp", normal);
    for (double& x : normal) x *= mean;
}

/// One attempt of G. Marsaglia & W. W. Tsang, "A simple method for generating gamma variables", ACM Trans.
/// Math. Softw. 26 (2000), doi:10.1145/358407.358414; NaN where it refuses, so that the draw is repeated.
void to_gamma(double mean, double sd, const RowDraws& draws, std::uint32_t attempt,
              std::span<double> normal) {
    Scalar b;
    const double shape = mean * mean / (sd * sd), scale = sd * sd / mean;
    const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
    std::vector<double> uniform(normal.size()), boost(normal.size(), 1.0);
    draws.uniform(uniform, 0, attempt, 1);
    if (shape < 1.0) {
        draws.uniform(boost, 0, attempt, 2);
        for (double& x : boost) x = math::pow(b, x, 1.0 / shape);
    }
    for (std::size_t k = 0; k < normal.size(); ++k) {
        const double x = normal[k], root = 1.0 + c * x, v = root * root * root;
        const bool accepted =
            v > 0.0 && math::log(b, uniform[k]) < 0.5 * x * x + d * (1.0 - v + math::log(b, v));
        normal[k] = accepted ? d * v * scale * boost[k] : std::numeric_limits<double>::quiet_NaN();
    }
}

/// One attempt for all the given synapses.
void draw(const SynapseValue& value, std::size_t source, std::span<const std::uint32_t> targets,
          const RowDraws& draws, std::uint32_t attempt, std::span<double> out) {
    switch (value.kind) {
        case Kind::uniform:
            draws.uniform(out, 0, attempt);
            for (double& x : out) x = value.a + (value.b - value.a) * x;
            break;
        case Kind::exponential:
            draws.uniform(out, 0, attempt);
            apply_loop("log", out);
            for (double& x : out) x *= -value.a;
            break;
        case Kind::lognormal:
            draws.normal(out, 0, attempt);
            to_lognormal(value.a, value.b, out);
            break;
        case Kind::gamma:
            draws.normal(out, 0, attempt);
            to_gamma(value.a, value.b, draws, attempt, out);
            break;
        case Kind::expression:
            value.expression->evaluate(source, targets, draws, attempt, 0, out);
            break;
        case Kind::constant:
        case Kind::list:
        case Kind::normal:
            throw std::logic_error("nothing to draw here");
    }
}

template <class Real>
bool is_within(const SynapseValue& value, Real x) {
    return x >= static_cast<Real>(value.minimum) && x <= static_cast<Real>(value.maximum) && std::isfinite(x);
}

/// Places of values that are not finite or not within the bounds.
std::vector<std::uint32_t> outside(const SynapseValue& value, std::span<const double> out) {
    std::vector<std::uint32_t> places;
    for (std::size_t k = 0; k < out.size(); ++k)
        if (!is_within(value, out[k])) places.push_back(static_cast<std::uint32_t>(k));
    return places;
}

/// Draws again, at the places that are outside of the bounds: `draw(targets, attempt, out)`. The synapses
/// that are left draw side by side, so that an attempt for a few of them costs little.
template <class Real, class Draw>
void draw_again(const SynapseValue& value, std::span<const std::uint32_t> targets,
                std::vector<std::uint32_t> places, std::span<Real> out, Draw draw) {
    std::vector<std::uint32_t> some_targets;
    std::vector<Real> some;
    for (std::uint32_t attempt = 1; !places.empty(); ++attempt) {
        if (attempt == RowDraws::most_attempts)
            throw Error(
                fmt::format("no value of {} between {} and {} was found in {} draws; widen the bounds",
                            describe(value), value.minimum, value.maximum, RowDraws::most_attempts));
        some_targets.clear();
        for (const std::uint32_t k : places) some_targets.push_back(targets[k]);
        some.resize(places.size());
        draw(some_targets, attempt, std::span<Real>(some));
        std::size_t left = 0;
        for (std::size_t k = 0; k < some.size(); ++k) {
            out[places[k]] = some[k];
            if (!is_within(value, some[k])) places[left++] = places[k];
        }
        places.resize(left);
    }
}

/// Where the bytes are not zero, eight of them looked at together.
std::vector<std::uint32_t> places_of(std::span<const std::uint8_t> marks) {
    std::vector<std::uint32_t> places;
    std::size_t k = 0;
    for (std::uint64_t eight; k + sizeof eight <= marks.size(); k += sizeof eight) {
        std::memcpy(&eight, marks.data() + k, sizeof eight);
        if (eight == 0) continue;
        for (std::size_t i = k; i < k + sizeof eight; ++i)
            if (marks[i] != 0) places.push_back(static_cast<std::uint32_t>(i));
    }
    for (; k < marks.size(); ++k)
        if (marks[k] != 0) places.push_back(static_cast<std::uint32_t>(k));
    return places;
}

/// The common case, in single precision, which is half as dear: draws are exact to 1e-7 standard deviations
/// anyhow.
void draw_normal(const SynapseValue& value, const RowDraws& draws, std::span<const std::uint32_t> targets,
                 std::span<float> out) {
    constexpr float largest = std::numeric_limits<float>::max();
    const auto mean = static_cast<float>(value.a), sd = static_cast<float>(value.b);
    const float low = std::max(static_cast<float>(value.minimum), -largest);
    const float high = std::min(static_cast<float>(value.maximum), largest);
    std::vector<std::uint8_t> outside(out.size());
    const auto draw = [&](std::span<const std::uint32_t>, std::uint32_t attempt, std::span<float> to) {
        draws.normal(to, 0, attempt);
        return scale_normal(to.data(), to.size(), mean, sd, low, high, outside.data());
    };
    if (draw(targets, 0, out)) draw_again(value, targets, places_of(outside), out, draw);
}

void check_within(const SynapseValue& value, std::size_t source, std::span<const std::uint32_t> targets,
                  std::span<const double> out) {
    for (std::size_t k = 0; k < out.size(); ++k)
        if (!is_within(value, out[k]))
            throw Error(fmt::format("{} is {} for target {} and source {}; it must be {}", describe(value),
                                    std::isnan(out[k]) ? std::abs(out[k]) : out[k], targets[k], source,
                                    std::isfinite(out[k])
                                        ? fmt::format("from {} to {}", value.minimum, value.maximum)
                                        : "a finite number"));
}

}  // namespace

void check_value(const SynapseValue& value) {
    if (const std::string problem = problem_of(value); !problem.empty())
        throw Error(fmt::format("{}: {}", describe(value), problem));
}

void Connector::values(const SynapseValue& value, std::uint32_t variable, std::size_t source,
                       std::span<const std::uint32_t> targets, std::span<double> out) const {
    check_values(value, variable, targets.size(), out.size());
    const RowDraws draws{seed_, stream_, RowDraws::first_value + variable, source};
    if (value.kind == Kind::normal) {
        std::vector<float> single(out.size());
        draw_normal(value, draws, targets, single);
        std::ranges::copy(single, out.begin());
        return;
    }
    if (value.kind == Kind::constant || value.kind == Kind::list) {
        if (value.kind == Kind::constant)
            std::ranges::fill(out, value.a);
        else
            take_from_list(value, source, out);
        return check_within(value, source, targets, out);
    }
    const auto draw_them = [&](std::span<const std::uint32_t> of, std::uint32_t attempt,
                               std::span<double> to) { draw(value, source, of, draws, attempt, to); };
    draw_them(targets, 0, out);
    if (value.kind == Kind::expression && !value.expression->is_random())
        return check_within(value, source, targets, out);
    draw_again(value, targets, outside(value, out), out, draw_them);
}

void Connector::values(const SynapseValue& value, std::uint32_t variable, std::size_t source,
                       std::span<const std::uint32_t> targets, std::span<float> out) const {
    if (value.kind == Kind::normal) {
        check_values(value, variable, targets.size(), out.size());
        return draw_normal(value, {seed_, stream_, RowDraws::first_value + variable, source}, targets, out);
    }
    std::vector<double> precise(out.size());
    values(value, variable, source, targets, precise);
    std::ranges::transform(precise, out.begin(), [](double x) { return static_cast<float>(x); });
}

void Connector::check_values(const SynapseValue& value, std::uint32_t variable, std::size_t targets,
                             std::size_t values) const {
    if (targets != values || variable >= most_variables)
        throw std::logic_error("values of a row need an array of its length, and a variable below 60000");
    if (value.kind == Kind::expression && !value.expression)
        throw Error("a synapse's value is to be an expression, but none was given");
    check_value(value);
    if (value.expression) check_expression(*value.expression);
}

void Connector::check_expression(const NodeExpression& expression) const {
    if (expression.targets() != targets_ || expression.sources() != sources_)
        throw Error(
            fmt::format("the expression '{}' was made for {} targets and {} sources, not for {} and {}",
                        expression.text(), expression.targets(), expression.sources(), targets_, sources_));
}

void Connector::take_from_list(const SynapseValue& value, std::size_t source, std::span<double> out) const {
    if (!rows_)
        throw Error(
            "a list of values belongs to a list of edges; with any other rule give a constant, a "
            "distribution or an expression");
    if (value.list.size() != rows_->size())
        throw Error(fmt::format("a list of {} values was given for {} edges; each edge needs one",
                                value.list.size(), rows_->size()));
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = value.list[rows_->entry(rows_->begin(source) + k)];
}

}  // namespace neurodyn::network
