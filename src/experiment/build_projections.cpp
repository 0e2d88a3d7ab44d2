// SPDX-License-Identifier: BSD-3-Clause
// Projections: couplings with their parameters, weights and delays as matrices, pairs or constants.
#include <fmt/format.h>

#include <algorithm>

#include "experiment/builder.hpp"

namespace neurodyn::experiment {
namespace {

bool is_file(const std::string& text) { return text.ends_with(".csv") || text.ends_with(".txt"); }

}  // namespace

std::optional<Array> Builder::read_weights(const ProjectionSection& section, std::size_t targets,
                                           std::size_t sources) {
    Wanted wanted{.what = fmt::format("'weights' of projection '{}'", section.name),
                  .dimension = Dimension{},
                  .unit = "1",
                  .rows = targets,
                  .columns = sources};
    if (section.weights.empty()) {
        if (section.pattern.value == "connectome")
            return scope_.evaluate(Text{"connectome.weights", section.pattern.place}, wanted, problems_);
        return Array{};
    }
    const Text& text = section.weights.text();
    if (section.weights.is_list || !is_file(text.value))
        return scope_.evaluate(section.weights, wanted, problems_);
    try {
        const ArrayPtr array = resources_.csv(text.value);
        if (array->rows == targets && array->columns == sources) return *array;
        problems_.add(text.place,
                      fmt::format("{}: '{}' has {} x {} values, the projection needs {} targets x {} sources",
                                  wanted.what, text.value, array->rows, array->columns, targets, sources));
    } catch (const Error& error) {
        failed(text, error);
    }
    return std::nullopt;
}

std::optional<Array> Builder::read_delays(const ProjectionSection& section, std::size_t targets,
                                          std::size_t sources) {
    Wanted wanted{.what = fmt::format("'delays' of projection '{}'", section.name),
                  .dimension = dimensions::time,
                  .unit = "s",
                  .rows = targets,
                  .columns = sources};
    wanted.seed = experiment_.seed;
    std::optional<Array> delays = scope_.evaluate(section.delays, wanted, problems_);
    if (delays && std::any_of(delays->data.begin(), delays->data.end(), [](double d) { return d < 0.0; })) {
        problems_.add(section.delays.place,
                      fmt::format("{}: '{}' gives a negative delay", wanted.what, section.delays.value));
        return std::nullopt;
    }
    return delays;
}

std::optional<network::Connectivity> Builder::dense(const ProjectionSection& section, std::size_t targets,
                                                    std::size_t sources, const Array& weights) {
    std::vector<double> all(targets * sources), delays;
    for (std::size_t i = 0; i < targets; ++i)
        for (std::size_t j = 0; j < sources; ++j) all[i * sources + j] = weights.at(i, j);
    if (!section.delays.empty()) {
        const std::optional<Array> array = read_delays(section, targets, sources);
        if (!array) return std::nullopt;
        delays.resize(all.size());
        for (std::size_t i = 0; i < targets; ++i)
            for (std::size_t j = 0; j < sources; ++j) delays[i * sources + j] = array->at(i, j);
    }
    return network::from_dense(targets, sources, all, delays);
}

std::optional<network::Connectivity> Builder::paired(const ProjectionSection& section, std::size_t size,
                                                     const Array& weights) {
    network::Connectivity pairs = network::one_to_one(size);
    for (std::size_t i = 0; i < size; ++i) pairs.weight[i] = weights.at(i, 0);
    if (section.delays.empty()) return pairs;
    const std::optional<Array> delays = read_delays(section, size, 1);
    if (!delays) return std::nullopt;
    for (std::size_t i = 0; i < size; ++i) pairs.delay_s.push_back(delays->at(i, 0));
    return pairs;
}

void Builder::connect(const ProjectionSection& section, network::Projection& projection) {
    const std::size_t targets = population(projection.to)->size, sources = population(projection.from)->size;
    const std::string& pattern = section.pattern.value;
    const bool pairs = pattern == "one_to_one";
    if (pairs && targets != sources) {
        problems_.add(section.pattern.place,
                      fmt::format("one_to_one needs populations of one size: '{}' has {} nodes, '{}' {}",
                                  projection.from, sources, projection.to, targets));
        return;
    }
    std::optional<Array> weights = read_weights(section, targets, pairs ? 1 : sources);
    if (!weights) return;
    const bool one_edge = targets == 1 && sources == 1;
    if (!weights->is_matrix() && pattern.empty() && !one_edge) {
        problems_.add(
            section.weights.empty() ? section.place : section.weights.text().place,
            fmt::format("projection '{}' does not say which of its {} sources reach which of its {} targets",
                        section.name, sources, targets),
            "weights: connectome.weights, or pattern: one_to_one or all_to_all");
        return;
    }
    std::optional<network::Connectivity> connectivity =
        pairs ? paired(section, targets, *weights) : dense(section, targets, sources, *weights);
    if (connectivity) projection.connectivity = resources_.share(std::move(*connectivity));
}

void Builder::add_projection(const ProjectionSection& section) {
    if (!section.synapse.empty()) return add_synapse_projection(section);
    if (find_event(section.from) != nullptr) return add_event_projection(section);
    const std::string what = fmt::format("projection '{}'", section.name);
    if (!section.connect.empty())
        problems_.add(section.connect.place,
                      fmt::format("{}: 'connect' is for events, and '{}' is none", what, section.from.value),
                      "a coupling has weights or a pattern");
    const auto from = resolve(section.from, what, false);
    const auto to = resolve(section.to, what, true);
    network::Projection projection;
    projection.name = section.name;
    projection.coupling = load(section.coupling, what, true);
    if (from && from->expression.empty())
        problems_.add(
            section.from.place,
            fmt::format("{}: '{}' does not say what of the population goes out", what, section.from.value),
            "for example from: cortex.S");
    if (to && population(to->population)->model->find_input(to->expression) == nullptr) {
        problems_.add(section.to.place,
                      fmt::format("{}: '{}' is a parameter; projections go to inputs", what, to->expression),
                      "a stimulus may drive a parameter");
        return;
    }
    if (!from || !to || projection.coupling == nullptr || from->expression.empty()) return;
    projection.from = from->population;
    projection.source = from->expression;
    projection.to = to->population;
    projection.target = to->expression;
    Scope own = scope_;
    for (const Setting& setting : section.set) {
        const language::Parameter* parameter = projection.coupling->find_parameter(setting.name);
        if (parameter == nullptr) {
            unknown_setting(setting, *projection.coupling, what, false);
            continue;
        }
        assign(setting, *parameter, what, population(projection.to)->size, own, projection.parameters, &own);
        if (const Array* array = own.find(setting.name))
            scope_.add(section.name + "." + setting.name, std::make_shared<Array>(*array));
    }
    connect(section, projection);
    if (projection.connectivity != nullptr) built_.network.projections.push_back(std::move(projection));
}

}  // namespace neurodyn::experiment
