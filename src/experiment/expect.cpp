// SPDX-License-Identifier: BSD-3-Clause
// Expectations: what the result must show, in the unit of the result.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "experiment/run.hpp"

namespace neurodyn::experiment {
namespace {

std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

std::optional<Scalar> best_axis(const Experiment& experiment, const SweepOutcome& sweep,
                                const std::string& name) {
    for (std::size_t a = 0; a < experiment.sweep.axes.size(); ++a) {
        const SweepAxis& axis = experiment.sweep.axes[a];
        if (axis.path == name || last_part(axis.path) == name)
            return Scalar{axis.numbers[sweep.points[*sweep.best].index[a]], axis.unit};
    }
    return std::nullopt;
}

// sweep.best.G, sweep.best.value, sweep.fc.similarity.maximum (minimum, mean), sweep.fc.similarity[3].
std::optional<Scalar> sweep_scalar(const Experiment& experiment, const SweepOutcome& sweep,
                                   const std::string& path) {
    if (sweep.best && path == "best.value")
        return Scalar{sweep.best_value, sweep.unit_of(experiment.sweep.choose->value)};
    if (sweep.best && path.starts_with("best.")) return best_axis(experiment, sweep, path.substr(5));
    for (std::size_t c = 0; c < sweep.names.size(); ++c) {
        if (!path.starts_with(sweep.names[c])) continue;
        const std::string rest = path.substr(sweep.names[c].size());
        std::vector<double> values;
        for (const double x : sweep.columns[c])
            if (std::isfinite(x)) values.push_back(x);
        if (values.empty()) return std::nullopt;
        const std::string& unit = sweep.units[c];
        if (rest == ".maximum") return Scalar{*std::max_element(values.begin(), values.end()), unit};
        if (rest == ".minimum") return Scalar{*std::min_element(values.begin(), values.end()), unit};
        if (rest == ".mean") {
            double sum = 0.0;
            for (const double x : values) sum += x;
            return Scalar{sum / static_cast<double>(values.size()), unit};
        }
        if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']')
            if (const auto index = to_number(rest.substr(1, rest.size() - 2));
                index && *index >= 0.0 && *index < static_cast<double>(sweep.columns[c].size()))
                return Scalar{sweep.columns[c][static_cast<std::size_t>(*index)], unit};
    }
    return std::nullopt;
}

// A bound in the result's own unit. A bound without a unit is meant in it already.
double in_unit(double value_si, const Expectation& expectation, const Scalar& found,
               const Document& document) {
    if (expectation.unit.empty()) return value_si;
    const Unit bound = parse_unit(expectation.unit);
    const Unit own = found.unit.empty() ? Unit{} : parse_unit(found.unit);
    if (!(bound.dimension == own.dimension))
        throw InputError({document.problem(expectation.place,
                                           fmt::format("'{}' has the unit {}, but the bound is given in {}",
                                                       expectation.that.value, own.name, expectation.unit))});
    return value_si / own.scale;
}

std::string number(double value) { return fmt::format("{:.6g}", value); }

std::string with_unit(double value, const Scalar& of) {
    return of.unit.empty() || of.unit == "1" ? number(value) : fmt::format("{} {}", number(value), of.unit);
}

ExpectationOutcome compare(const Expectation& e, const Scalar& found, const Document& document) {
    ExpectationOutcome outcome{e.that.value, "", with_unit(found.value, found), e.from,
                               !std::isnan(found.value)};
    std::vector<std::string> bounds;
    const auto check = [&](const std::optional<double>& bound, const char* word, auto holds) {
        if (!bound) return;
        const double value = in_unit(*bound, e, found, document);
        bounds.push_back(fmt::format("{} {}", word, with_unit(value, found)));
        outcome.passed = outcome.passed && holds(found.value, value);
    };
    check(e.above, "above", [](double x, double b) { return x > b; });
    check(e.below, "below", [](double x, double b) { return x < b; });
    check(e.at_least, "at least", [](double x, double b) { return x >= b; });
    check(e.at_most, "at most", [](double x, double b) { return x <= b; });
    if (e.equals) {
        const double value = in_unit(*e.equals, e, found, document);
        const double tolerance =
            e.relative ? e.tolerance * std::abs(value) : in_unit(e.tolerance, e, found, document);
        bounds.push_back(fmt::format("{} ± {}", number(value), with_unit(tolerance, found)));
        outcome.passed = outcome.passed && std::abs(found.value - value) <= tolerance;
    }
    outcome.bound = fmt::format("{}", fmt::join(bounds, ", "));
    return outcome;
}

double in_unit_of(const Scalar& own, const Scalar& other) {
    if (own.unit == other.unit) return other.value;
    const Unit from = other.unit.empty() ? Unit{} : parse_unit(other.unit);
    return from_si(other.value * from.scale, own.unit.empty() ? Unit{} : parse_unit(own.unit));
}

// The scalar of that path; nothing when its analysis failed.
std::optional<Scalar> find_result(const Experiment& experiment, const AnalysisResults& results,
                                  const SweepOutcome& sweep, const std::string& path) {
    return path.starts_with("sweep.") ? sweep_scalar(experiment, sweep, path.substr(6))
                                      : find_scalar(results, path);
}

ExpectationOutcome missing(const Expectation& e, const Document& document) {
    ExpectationOutcome outcome = compare(e, {std::numeric_limits<double>::quiet_NaN(), e.unit}, document);
    outcome.found = "no result";
    return outcome;
}

}  // namespace

std::string SweepOutcome::unit_of(const std::string& name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? "" : units[static_cast<std::size_t>(found - names.begin())];
}

bool Outcome::passed() const {
    return std::all_of(expectations.begin(), expectations.end(),
                       [](const ExpectationOutcome& e) { return e.passed; });
}

std::vector<ExpectationOutcome> compare_expectations(const Experiment& experiment,
                                                     const AnalysisResults& results,
                                                     const SweepOutcome& sweep) {
    std::vector<ExpectationOutcome> outcomes;
    for (const Expectation& expectation : experiment.expectations) {
        const auto found = find_result(experiment, results, sweep, expectation.that.value);
        outcomes.push_back(found ? compare(expectation, *found, *experiment.document)
                                 : missing(expectation, *experiment.document));
    }
    return outcomes;
}

std::vector<ComparisonOutcome> compare_results(const Experiment& experiment, const AnalysisResults& results,
                                               const SweepOutcome& sweep) {
    std::vector<ComparisonOutcome> outcomes;
    for (const Comparison& comparison : experiment.comparisons) {
        const auto own = find_result(experiment, results, sweep, comparison.that.value);
        for (const Text& with : comparison.with) {
            const auto other = find_result(experiment, results, sweep, with.value);
            if (!own || !other) continue;
            const double value = in_unit_of(*own, *other);
            const char* relation = own->value > value   ? "is above"
                                   : own->value < value ? "is below"
                                                        : "equals";
            const std::string unit = own->unit.empty() || own->unit == "1" ? "" : " " + own->unit;
            outcomes.push_back({comparison.that.value, with.value,
                                fmt::format("{} ({:.4g}{}) {} {} ({:.4g}{})", comparison.that.value,
                                            own->value, unit, relation, with.value, value, unit),
                                own->value, value});
        }
    }
    return outcomes;
}

}  // namespace neurodyn::experiment
