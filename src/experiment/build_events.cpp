// SPDX-License-Identifier: BSD-3-Clause
// Events: projections that carry them by synapses, Poisson inputs, and what is recorded of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "experiment/builder.hpp"

namespace neurodyn::experiment {

// The event that a text names ("exc.spike"); null when it names something else.
const language::Event* Builder::find_event(const Text& text) {
    const Reference reference = split_reference(text.value);
    const network::Population* found = population(reference.population);
    if (found == nullptr) return nullptr;
    for (const language::Event& event : found->model->events)
        if (event.name == reference.expression) return &event;
    return nullptr;
}

// Else it is a coupling of signals.
bool Builder::has_synapses(const ProjectionSection& section) {
    return !section.synapse.empty() || find_event(section.from) != nullptr;
}

// The variable of a population that events add to, "exc.g_e".
std::optional<Reference> Builder::resolve_state(const Text& text, const std::string& what) {
    const Reference reference = split_reference(text.value);
    const network::Population* found = population(reference.population);
    if (found == nullptr) {
        resolve(text, what, false);  // says so
        return std::nullopt;
    }
    if (found->model->find_state(reference.expression) != nullptr) return reference;
    std::vector<std::string> states;
    for (const language::State& state : found->model->states) states.push_back(state.name);
    const std::string near = did_you_mean(reference.expression, states);
    problems_.add(text.place,
                  fmt::format("{}: events add to a variable, and model '{}' of population '{}' has no "
                              "variable '{}'",
                              what, found->model->name, reference.population, reference.expression),
                  !near.empty()    ? near
                  : states.empty() ? "the model has no variables"
                                   : fmt::format("variables: {}", fmt::join(states, ", ")));
    return std::nullopt;
}

void Builder::add_event_projection(const ProjectionSection& section) {
    const std::string what = fmt::format("projection '{}'", section.name);
    const Reference from = split_reference(section.from.value);
    const auto to = resolve_state(section.to, what);
    if (!section.pattern.empty())
        problems_.add(section.pattern.place,
                      fmt::format("{} carries events: 'pattern' belongs to couplings", what),
                      "the rule stands in 'connect'");
    if (!section.set.empty() || !section.coupling.empty())
        problems_.add(
            section.set.empty() ? section.coupling.place : section.set.front().place,
            fmt::format("{} carries events, which add their synapse's weight; it has no coupling", what));
    if (!to) return;
    network::EventProjection projection;
    projection.name = section.name;
    projection.from = from.population;
    projection.event = from.expression;
    projection.to = to->population;
    projection.target = to->expression;
    const Unit unit = population(to->population)->model->find_state(to->expression)->unit;
    if (!read_rule(section, projection)) return;
    const bool file = projection.rule.kind == network::ConnectionRule::Kind::edge_list;
    if (file) read_edge_list(section, &unit, projection);
    if (file && projection.rule.edges == nullptr) return;
    if (section.weights.is_list) {
        problems_.add(
            section.weights.text().place,
            fmt::format("{}: the weight of synapses is one value, an expression or a distribution", what));
        return;
    }
    if (!section.weights.empty()) {
        const auto weight = read_synapse_value(section.weights.text(), unit,
                                               fmt::format("'weights' of {}", what), projection);
        if (!weight) return;
        projection.weight = *weight;
    } else if (!file) {
        problems_.add(section.place, fmt::format("{} has no 'weights'", what),
                      fmt::format("in {}, the unit of {}", unit.name, section.to.value));
        return;
    }
    if (!read_synapse_delays(section, what, projection)) return;
    add_synapses(section, std::move(projection));
}

// Independent Poisson trains onto a variable: {rate, weight, sources}.
void Builder::add_poisson(const StimulusSection& section) {
    const std::string what = fmt::format("stimulus '{}'", section.name);
    const auto to = resolve_state(section.to, what);
    built_.places[what] = {section.name, section.place};
    if (!to) return;
    if (!section.weights.empty())
        problems_.add(section.weights.text().place, fmt::format("{}: 'weights' belongs to other kinds", what),
                      "the weight of an event stands in 'poisson', one or one for each node");
    const network::Population& target = *population(to->population);
    network::PoissonInput input;
    input.name = section.name;
    input.population = to->population;
    input.target = to->expression;
    const Unit weight_unit = target.model->find_state(to->expression)->unit;
    struct Wish {
        const char* name;
        Unit unit;
        network::Values* values;
        bool required;
    };
    input.sources = network::Values{1.0};
    const Wish wishes[] = {{"rate", parse_unit("Hz"), &input.rate_hz, true},
                           {"weight", weight_unit, &input.weight, true},
                           {"sources", Unit{}, &input.sources, false}};
    for (const Setting& setting : section.settings) {
        const auto wish = std::find_if(std::begin(wishes), std::end(wishes),
                                       [&](const Wish& w) { return setting.name == w.name; });
        if (wish == std::end(wishes)) {
            problems_.add(setting.place, fmt::format("'poisson' of {} has no '{}'", what, setting.name),
                          "it has: rate, weight, sources");
            continue;
        }
        const std::vector<std::string> names = names_in(setting.value.text().value);
        if (wish->values == &input.rate_hz && !setting.value.is_list && scope_.find("t") == nullptr &&
            std::find(names.begin(), names.end(), "t") != names.end()) {
            input.rate = setting.value.text().value;
            input.parameters = named_values(input.rate, target);
            input.file = experiment_.file;
            continue;
        }
        std::map<std::string, network::Values> values;
        language::Quantity quantity;
        quantity.unit = wish->unit;
        assign(setting, quantity, what, target.size, node_scope(target), values, nullptr);
        if (values.empty()) continue;
        *wish->values = values.begin()->second;
        if (setting.name == "weight") continue;
        check_range(setting, *wish->values, setting.name == "sources", what);
        const auto is_whole = [](double x) { return x == std::nearbyint(x); };
        const std::vector<double>& all = wish->values->data;
        if (setting.name == "sources" && !std::all_of(all.begin(), all.end(), is_whole))
            problems_.add(setting.value.text().place,
                          fmt::format("'sources' of {} is '{}'; it must be a whole number", what,
                                      setting.value.text().value));
    }
    for (const Wish& wish : wishes)
        if (wish.required && find_setting(section.settings, wish.name) == nullptr)
            problems_.add(section.place,
                          fmt::format("'poisson' of {} needs '{}' ({})", what, wish.name, wish.unit.name));
    if (!section.nodes.empty()) {
        const auto selected = select_nodes(section.nodes, target, what);
        if (!selected) return;
        std::vector<double> weights(target.size);
        for (std::size_t i = 0; i < target.size; ++i)
            if (std::binary_search(selected->begin(), selected->end(), i)) weights[i] = input.weight.at(i, 0);
        input.weight = {std::move(weights), target.size, 1};
    }
    built_.network.poisson_inputs.push_back(std::move(input));
}

void Builder::add_event_monitor(const MonitorSection& section, const Text& of) {
    const Reference reference = split_reference(of.value);
    if (population(reference.population)->level != network::Level::spiking) {
        problems_.add(
            of.place,
            fmt::format("monitor '{}': population '{}' runs at another level than spiking, where no neuron "
                        "spikes by itself",
                        section.name, reference.population),
            fmt::format("record its rate: {}.rate", reference.population));
        return;
    }
    std::string name =
        section.of.size() == 1 ? section.name : fmt::format("{}.{}", section.name, reference.population);
    if (built_.events.count(name) > 0) name = fmt::format("{}_{}", name, reference.expression);
    for (const network::EventMonitor& other : built_.network.event_monitors)
        if (other.population == reference.population && other.event == reference.expression) {
            problems_.add(of.place, fmt::format("'{}' is recorded already, by '{}'", of.value, other.name));
            return;
        }
    if (section.average || section.covariance || !section.every.empty() || !section.through.empty() ||
        !section.nodes.empty())
        problems_.add(section.place,
                      fmt::format("monitor '{}' records events, all of them: every, average, covariance, "
                                  "through and nodes have no meaning",
                                  section.name));
    built_.network.event_monitors.push_back({name, reference.population, reference.expression});
    built_.events[name] = {section.name, section.keep};
}

}  // namespace neurodyn::experiment
