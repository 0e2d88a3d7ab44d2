// SPDX-License-Identifier: BSD-3-Clause
// Figures of a tuning: the adjusted values of the nodes and the means that they give.
#include <fmt/format.h>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {
namespace {

std::vector<double> in_unit(const std::vector<double>& values_si, const Unit& unit) {
    std::vector<double> values;
    for (const double x : values_si) values.push_back(from_si(x, unit));
    return values;
}

Json value_figure(const TuningGoal& goal, const Tuned::Goal& tuned, const ReportInput& input) {
    const network::Population& population = *input.built.network.find_population(goal.population);
    analysis::ResultArray array;
    array.name = goal.path;
    array.unit = goal.unit.name == "1" ? "" : goal.unit.name;
    array.values = in_unit(tuned.value, goal.unit);
    array.dimensions = {{"node", population.size, "", {}, population.node_names}};
    Json figure = vector_figure(goal.path, array, input);
    figure["caption"] = fmt::format("What {} was adjusted to, node by node.", goal.path);
    return figure;
}

Json mean_figure(const TuningGoal& goal, const Tuned::Goal& tuned) {
    const std::string name = goal.population + "." + goal.expression;
    const std::vector<double> target = in_unit(goal.target, goal.observed_unit);
    Json figure{
        {"kind", "histogram"},
        {"title", "mean of " + name},
        {"x", axis(name, goal.observed_unit.name)},
        {"measure", "count"},
        {"series",
         Json::array({{{"name", "nodes"}, {"values", pack(in_unit(tuned.mean, goal.observed_unit))}}})}};
    if (std::all_of(target.begin(), target.end(), [&](double x) { return x == target.front(); }))
        figure["references"] = Json::array({{{"label", "target"}, {"x", target.front()}}});
    figure["caption"] = "Means of the nodes in the best trial.";
    return figure;
}

}  // namespace

Json tuning_figures(const ReportInput& input) {
    Json figures = Json::array();
    for (std::size_t g = 0; g < input.outcome.tuned->goals.size(); ++g) {
        const TuningGoal& goal = input.built.tuning.goals[g];
        figures.push_back(value_figure(goal, input.outcome.tuned->goals[g], input));
        figures.push_back(mean_figure(goal, input.outcome.tuned->goals[g]));
    }
    return figures;
}

}  // namespace neurodyn::experiment
