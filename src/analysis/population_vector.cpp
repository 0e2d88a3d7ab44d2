// SPDX-License-Identifier: BSD-3-Clause
// The population vector and the centre of mass.
#include "analysis/population_vector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/errors.hpp"

namespace neurodyn::analysis {
namespace {

struct Place {
    double estimate = std::numeric_limits<double>::quiet_NaN(), spread = estimate;
};

Place on_circle(const double* n, const std::vector<double>& preferred, double period) {
    const double unit = period / (2.0 * std::numbers::pi);
    double x = 0.0, y = 0.0, sum = 0.0;
    for (std::size_t i = 0; i < preferred.size(); ++i) {
        x += n[i] * std::cos(preferred[i] / unit);
        y += n[i] * std::sin(preferred[i] / unit);
        sum += n[i];
    }
    const double length = std::hypot(x, y);
    if (!(length > 0.0) || !(sum > 0.0)) return {};
    return {wrapped(std::atan2(y, x) * unit, period),
            std::sqrt(std::max(0.0, -2.0 * std::log(length / sum))) * unit};
}

Place on_line(const double* n, const std::vector<double>& preferred) {
    double sum = 0.0, first = 0.0, second = 0.0;
    for (std::size_t i = 0; i < preferred.size(); ++i) sum += n[i], first += n[i] * preferred[i];
    if (!(sum > 0.0)) return {};
    const double mean = first / sum;
    for (std::size_t i = 0; i < preferred.size(); ++i)
        second += n[i] * (preferred[i] - mean) * (preferred[i] - mean);
    return {mean, std::sqrt(std::max(0.0, second / sum))};
}

}  // namespace

PopulationVector population_vector(const Trials& trials, const std::vector<double>& preferred,
                                   double period) {
    PopulationVector v;
    for (std::size_t k = 0; k < trials.count; ++k) {
        const double* n = trials.counts.data() + k * trials.neurons;
        const Place place = period > 0.0 ? on_circle(n, preferred, period) : on_line(n, preferred);
        v.estimate.push_back(place.estimate);
        v.spread.push_back(place.spread);
    }
    return v;
}

namespace {

// One for each neuron: a vector, or the first sample of a recorded parameter.
std::size_t number_of_preferred(const Input& input) {
    if (const Vector* v = std::get_if<Vector>(&input)) return v->values.size();
    return std::get<Series>(input).channels;
}

// Without the input: evenly around the circle, or on a line the neuron's number.
std::vector<double> preferred_of(const Arguments& a, std::size_t neurons) {
    if (!a.has("preferred")) {
        const double period = a.number("period"),
                     apart = period > 0.0 ? period / static_cast<double>(neurons) : 1.0;
        std::vector<double> even;
        for (std::size_t i = 0; i < neurons; ++i) even.push_back(apart * static_cast<double>(i));
        return even;
    }
    if (const Vector* v = std::get_if<Vector>(&a.input("preferred"))) return v->values;
    const Series& s = a.series("preferred");
    require_finite(SeriesView(s));
    return {s.values.begin(), s.values.begin() + static_cast<std::ptrdiff_t>(s.channels)};
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const Trials trials = plan_trials(a);
    if (a.has("preferred") && number_of_preferred(a.input("preferred")) != trials.neurons)
        throw ShapeError(fmt::format("there are {} preferred stimuli for {} neurons",
                                     number_of_preferred(a.input("preferred")), trials.neurons),
                         "preferred", "responses");
    if (a.has("truth")) plan_stimulus(a, "truth", trials);
    return {trials.dimension};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Trials trials = read_trials(a);
    const double period = a.number("period");
    const PopulationVector v = population_vector(trials, preferred_of(a, trials.neurons), period);
    Result result;
    result.add_vector("estimate", "direction of the vector, or centre of mass", trials.dimension, v.estimate);
    result.add_vector("spread", "standard deviation of the preferred stimuli, weighted by the responses",
                      trials.dimension, v.spread);
    if (a.has("truth"))
        add_errors(result, trials, v.estimate, stimulus_of(a, "truth", trials, period), period);
    return result;
}

}  // namespace

Analysis rows::population_vector() {
    std::vector<OptionSpec> options = trial_options();
    options.push_back(period_option());
    return {"population_vector",
            "The stimulus in the mean of the neurons' preferred ones, weighted by their responses",
            {{"responses",
              {InputKind::matrix, InputKind::series, InputKind::events},
              true,
              "of the neurons, trial by trial"},
             {"preferred",
              {InputKind::vector, InputKind::series},
              false,
              "stimulus of each neuron; of a series the first sample. Without it neurons are evenly around "
              "the circle, or on a line at 0, 1, ..."},
             truth_input()},
            options,
            with_errors(
                {{"estimate", "direction of the vector, or centre of mass; NaN without responses", {"trial"}},
                 {"spread",
                  "standard deviation of the preferred stimuli, weighted by the responses",
                  {"trial"}}}),
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
