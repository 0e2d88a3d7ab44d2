// SPDX-License-Identifier: BSD-3-Clause
// Monitors: recorded series, and observers such as the Balloon-Windkessel model that stand between a signal
// and its record.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiment/builder.hpp"

namespace neurodyn::experiment {
namespace {

constexpr double observer_step_s = 1e-3;

}  // namespace

double Builder::read_interval(const Text& text, const std::string& what, double fallback) {
    if (text.empty()) return fallback;
    const std::size_t before = problems_.size();
    const double value = read_quantity(text, dimensions::time, problems_);
    if (problems_.size() == before) check_steps(text, what, value, experiment_.time.dt_s, problems_);
    return problems_.size() == before ? value : fallback;
}

// A population of the observer's model, driven one to one by the source; it steps on the mean of its input.
std::string Builder::add_observer(const MonitorSection& section, const Reference& from) {
    const std::string what = fmt::format("monitor '{}'", section.name);
    const language::ModelPtr model = load(section.through, what, false);
    if (model == nullptr) return {};
    if (model->inputs.size() != 1 || model->outputs.empty()) {
        problems_.add(section.through.place,
                      fmt::format("{}: an observer has one input and at least one output, '{}' has {} and {}",
                                  what, section.through.value, model->inputs.size(), model->outputs.size()));
        return {};
    }
    const double dt = experiment_.time.dt_s;
    const double fallback = is_multiple(observer_step_s, dt) ? observer_step_s : dt;
    const network::Population source = *population(from.population);
    network::Population observer;
    observer.name = section.name + "_observer";
    observer.model = model;
    observer.size = source.size;
    observer.node_names = source.node_names;
    observer.step_multiple =
        static_cast<std::size_t>(std::lround(read_interval(section.step, what + ": 'step'", fallback) / dt));
    for (const Setting& setting : section.set) {
        if (const language::Parameter* parameter = model->find_parameter(setting.name))
            assign(setting, *parameter, what, observer.size, scope_, observer.parameters, nullptr);
        else
            unknown_setting(setting, *model, what, false);
    }
    check_given(*model, observer.parameters, section.place, what);
    for (const char* kind : {"population", "projection"})
        built_.places[fmt::format("{} '{}'", kind, observer.name)] = section.through;
    network::Projection projection;
    projection.name = observer.name;
    projection.from = from.population;
    projection.source = from.expression;
    projection.to = observer.name;
    projection.target = model->inputs[0].name;
    projection.connectivity = resources_.share(network::one_to_one(source.size));
    projection.coupling = load({"linear", section.place}, what, true);
    if (projection.coupling == nullptr) return {};
    const std::string name = observer.name;
    built_.observers.insert(name);
    built_.network.populations.push_back(std::move(observer));
    built_.network.projections.push_back(std::move(projection));
    return name;
}

void Builder::add_series(const MonitorSection& section, const std::string& name,
                         const std::string& population_name, const std::string& expression,
                         const std::string& source, const std::vector<std::size_t>& nodes) {
    network::Monitor monitor;
    monitor.name = name;
    monitor.population = population_name;
    monitor.expression = expression;
    monitor.average = section.average;
    monitor.nodes = nodes;
    monitor.every_s = read_interval(section.every, fmt::format("'every' of monitor '{}'", section.name),
                                    experiment_.time.dt_s);
    built_.network.monitors.push_back(std::move(monitor));
    SeriesRole& role = built_.series[name];
    role = {section.name, section.keep, section.covariance, source};
    const network::Population& of = *population(source);
    if (nodes.empty()) role.surface = of.surface;
    if (!of.grid || !nodes.empty()) return;
    role.grid = {of.grid->shape, of.grid->spacing_m, {}, of.grid->edges == network::Edges::periodic};
    for (std::size_t k = 0; k < of.grid->shape.size(); ++k)
        role.grid.first_m.push_back(of.positions.axes[k].front());
}

void Builder::add_monitor(const MonitorSection& section) {
    const std::string what = fmt::format("monitor '{}'", section.name);
    std::vector<std::pair<std::string, Reference>> wanted;  // series' name and what it records
    for (const Text& text : section.of) {
        if (find_event(text) != nullptr) {
            add_event_monitor(section, text);
            continue;
        }
        if (add_synapse_monitor(section, text)) continue;
        const auto reference = resolve(text, what, false);
        if (!reference) return;
        std::vector<std::string> expressions = {reference->expression};
        const language::Model& model = *population(reference->population)->model;
        if (reference->expression.empty()) {
            expressions = model.outputs;
            if (expressions.empty())
                for (const language::State& state : model.states) expressions.push_back(state.name);
        }
        if (!reference->expression.empty() && !dimension_of(text, *reference, what)) return;
        const bool single = section.of.size() == 1 && expressions.size() == 1;
        for (const std::string& expression : expressions) {
            Reference one = *reference;
            one.expression = expression;
            std::string name = single ? section.name : section.name + "." + expression;
            const auto taken = [&](const auto& entry) { return entry.first == name; };
            if (std::any_of(wanted.begin(), wanted.end(), taken))
                name = fmt::format("{}.{}_{}", section.name, one.population, expression);
            built_.places[fmt::format("monitor '{}'", name)] = text;
            wanted.emplace_back(name, one);
        }
    }
    for (const auto& [name, reference] : wanted) {
        const auto nodes = select_nodes(section.nodes, *population(reference.population), what);
        if (!nodes) return;
        if (section.through.empty()) {
            add_series(section, name, reference.population, reference.expression, reference.population,
                       *nodes);
            continue;
        }
        if (wanted.size() > 1) {
            problems_.add(section.place, fmt::format("{}: an observer takes one signal, 'of' names {}", what,
                                                     wanted.size()));
            return;
        }
        const std::string observer = add_observer(section, reference);
        if (!observer.empty())
            add_series(section, name, observer, population(observer)->model->outputs[0], reference.population,
                       *nodes);
    }
}

}  // namespace neurodyn::experiment
