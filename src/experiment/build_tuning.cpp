// SPDX-License-Identifier: BSD-3-Clause
// What trials adjust: parameters, means and targets checked against the population's model.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "experiment/builder.hpp"

namespace neurodyn::experiment {
namespace {

Unit shown_unit(const language::Model& model, const std::string& expression, const Dimension& dimension) {
    if (const language::Quantity* quantity = model.find(expression)) return quantity->unit;
    return {dimension, 1.0, to_string(dimension)};
}

}  // namespace

std::optional<std::string> Builder::tuned_parameter(const Text& text, const network::Population& owner) {
    const language::Model& model = *owner.model;
    const std::string name = split_reference(text.value).expression;
    if (model.find_parameter(name) != nullptr) return name;
    Place place = text.place;
    place.column += place.line > 0 ? owner.name.size() + 1 : 0;
    place.length = name.size();
    std::vector<std::string> known;
    for (const language::Parameter& parameter : model.parameters) known.push_back(parameter.name);
    const std::string near = did_you_mean(name, known);
    problems_.add(place,
                  fmt::format("'tune': model '{}' of population '{}' has no parameter '{}'", model.name,
                              owner.name, name),
                  near.empty() ? fmt::format("it has: {}", fmt::join(known, ", ")) : near);
    return std::nullopt;
}

void Builder::read_target(const AdjustmentSection& section, const network::Population& owner,
                          const Dimension& dimension, TuningGoal& goal) {
    Wanted wanted;
    wanted.what = fmt::format("the target of '{}'", section.mean.value);
    wanted.dimension = dimension;
    wanted.unit = goal.observed_unit.name;
    wanted.rows = owner.size;
    const auto target = scope_.evaluate(section.target, wanted, problems_);
    if (!target) return;
    for (std::size_t node = 0; node < owner.size; ++node) goal.target.push_back(target->at(node, 0));
    if (section.within.value.ends_with('%')) {
        const double part = read_quantity(section.within, Dimension{}, problems_);
        for (const double value : goal.target) goal.tolerance.push_back(part * std::abs(value));
    } else {
        wanted.what = fmt::format("'within' of '{}'", goal.path);
        wanted.rows = 1;
        const auto within = scope_.evaluate(section.within, wanted, problems_);
        if (!within) return;
        goal.tolerance.assign(owner.size, within->data[0]);
    }
    for (const double tolerance : goal.tolerance)
        if (!(tolerance > 0.0)) {
            problems_.add(section.within.place,
                          fmt::format("'within' of '{}' must be above 0 for every node", goal.path),
                          "how near is near enough: 0.2 Hz, or 5 % of a target that is not 0");
            return;
        }
}

std::optional<TuningGoal> Builder::read_goal(const AdjustmentSection& section) {
    if (section.mean.empty() || section.within.empty() || section.target.empty()) return std::nullopt;
    const Reference adjusted = split_reference(section.parameter.value);
    const auto observed = resolve(section.mean, "'tune'", false);
    const network::Population* owner = population(adjusted.population);
    if (owner == nullptr) {
        static_cast<void>(resolve(section.parameter, "'tune'", false));  // says what is missing
        return std::nullopt;
    }
    const auto parameter = tuned_parameter(section.parameter, *owner);
    if (!observed || !parameter) return std::nullopt;
    if (observed->population != owner->name || observed->expression.empty()) {
        problems_.add(
            section.mean.place,
            fmt::format("'{}' is adjusted node by node, so 'mean' must be a signal of '{}', not '{}'",
                        section.parameter.value, owner->name, section.mean.value),
            fmt::format("for example mean: {}.{}", owner->name,
                        owner->model->outputs.empty() ? owner->model->states.front().name
                                                      : owner->model->outputs.front()));
        return std::nullopt;
    }
    const auto dimension = dimension_of(section.mean, *observed, "'tune'");
    if (!dimension) return std::nullopt;
    TuningGoal goal;
    goal.path = section.parameter.value;
    goal.population = owner->name;
    goal.parameter = *parameter;
    goal.expression = observed->expression;
    goal.unit = owner->model->find_parameter(*parameter)->unit;
    goal.observed_unit = shown_unit(*owner->model, goal.expression, *dimension);
    read_target(section, *owner, *dimension, goal);
    if (!section.step.empty()) goal.step = read_quantity(section.step, goal.unit.dimension, problems_);
    return goal;
}

void Builder::add_tuning(const TuningSection& section) {
    TuningPlan& plan = built_.tuning;
    plan.trials = section.trials;
    plan.required = section.required;
    plan.discard_s = read_interval(section.discard, "'discard' of 'tune'", 0.0);
    if (!section.duration.empty())
        plan.duration_s = read_interval(section.duration, "'duration' of 'tune'", experiment_.time.dt_s);
    for (const AdjustmentSection& adjustment : section.adjustments) {
        auto goal = read_goal(adjustment);
        if (!goal) continue;
        for (const TuningGoal& other : plan.goals)
            if (other.population == goal->population)
                problems_.add(
                    adjustment.parameter.place,
                    fmt::format(
                        "'tune' adjusts one parameter of a population, and of '{}' it is '{}' already",
                        goal->population, other.path));
        plan.goals.push_back(std::move(*goal));
    }
}

}  // namespace neurodyn::experiment
