// SPDX-License-Identifier: BSD-3-Clause
// Projections: couplings with their parameters, weights and delays as matrices, pairs or constants.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/pages.hpp"
#include "experiment/builder.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::experiment {
namespace {

// To two digits, so that a hint reads well.
double round_down(double x) {
    const double digit = std::pow(10.0, std::floor(std::log10(x)) - 1.0);
    return std::floor(x / digit * (1.0 + 1e-12)) * digit;
}

bool is_file(const std::string& text) { return text.ends_with(".csv") || text.ends_with(".txt"); }

}  // namespace

std::optional<Array> Builder::read_weights(const ProjectionSection& section, std::size_t targets,
                                           std::size_t sources) {
    Wanted wanted{.what = fmt::format("'weights' of projection '{}'", section.name),
                  .dimension = Dimension{},
                  .unit = "1",
                  .rows = targets,
                  .columns = sources,
                  .seed = experiment_.seed};
    wanted.stream = stream(wanted.what);
    if (section.weights.empty()) {
        if (section.pattern.value == "connectome")
            return scope_.evaluate(Text{"connectome.weights", section.pattern.place}, wanted, problems_);
        return Array{1, 1, {1.0}, {}};
    }
    const Text& text = section.weights.text();
    if (!section.weights.is_list && !is_file(text.value) && names_pair(text))
        return pair_matrix(text, Unit{}, wanted.what, section, section.pattern.value == "one_to_one");
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
    wanted.stream = stream(wanted.what);
    std::optional<Array> delays = names_pair(section.delays)
                                      ? pair_matrix(section.delays, parse_unit("s"), wanted.what, section,
                                                    section.pattern.value == "one_to_one")
                                      : scope_.evaluate(section.delays, wanted, problems_);
    if (delays && std::any_of(delays->data.begin(), delays->data.end(), [](double d) { return d < 0.0; })) {
        problems_.add(section.delays.place,
                      fmt::format("{}: '{}' gives a negative delay", wanted.what, section.delays.value));
        return std::nullopt;
    }
    return delays;
}

bool Builder::fits_memory(const ProjectionSection& section, std::size_t targets, std::size_t sources) {
    // Matrices of weights and delays, and the edges made from them.
    const double bytes = static_cast<double>(targets) * static_cast<double>(sources) * 2.0 *
                         static_cast<double>(section.delays.empty() ? sizeof(double) : 3 * sizeof(double));
    if (bytes > static_cast<double>(free_memory())) {
        problems_.add(
            section.place,
            fmt::format("projection '{}' joins {} sources with {} targets, which needs about {:.1f} GB "
                        "of memory; {:.1f} GB are free",
                        section.name, sources, targets, bytes * 1e-9,
                        static_cast<double>(free_memory()) * 1e-9),
            "use fewer nodes");
        return false;
    }
    return true;
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
    if (!pairs && !fits_memory(section, targets, sources)) return;
    std::optional<Array> weights = read_weights(section, targets, pairs ? 1 : sources);
    if (!weights) return;
    const bool one_edge = targets == 1 && sources == 1;
    const bool of_pairs = !section.weights.empty() &&
                          (names_pair(section.weights.text()) || distribution_call(section.weights.text()));
    if (!weights->is_matrix() && pattern.empty() && !one_edge && !of_pairs) {
        problems_.add(
            section.weights.empty() ? section.place : section.weights.text().place,
            fmt::format("projection '{}' does not say which of its {} sources reach which of its {} targets",
                        section.name, sources, targets),
            "weights: connectome.weights, or pattern: one_to_one or all_to_all");
        return;
    }
    std::optional<network::Connectivity> connectivity =
        pairs ? paired(section, targets, *weights) : dense(section, targets, sources, *weights);
    if (!connectivity) return;
    check_delays(section, *connectivity);
    projection.connectivity = resources_.share(std::move(*connectivity));
}

// A delay that would be rounded to none is no longer what was asked for.
void Builder::check_delays(const ProjectionSection& section, const network::Connectivity& connectivity) {
    const double dt = experiment_.time.dt_s;
    std::size_t count = 0;
    double shortest = dt;
    for (const double delay : connectivity.delay_s)
        if (delay > 0.0 && std::nearbyint(delay / dt) == 0.0) {
            ++count;
            shortest = std::min(shortest, delay);
        }
    if (count == 0) return;
    const std::string which = connectivity.delay_s.size() == 1
                                  ? fmt::format("{} would be rounded to 0", show_time(shortest))
                                  : fmt::format("{} of {} delays would be rounded to 0, the shortest is {}",
                                                count, connectivity.delay_s.size(), show_time(shortest));
    problems_.add(
        section.delays.place,
        fmt::format("'delays' of projection '{}': {}; dt is {}", section.name, which, show_time(dt)),
        fmt::format("a dt below {} resolves it; or write 0 where there shall be none: "
                    "where(D <= {}, 0 ms, D)",
                    show_time(round_down(2.0 * shortest)), show_time(0.5 * dt)));
}

// What the coupling makes of the source's signal must have the unit of the target's input.
void Builder::check_units(const ProjectionSection& section, const network::Projection& projection,
                          const Dimension& sent) {
    const std::string what = fmt::format("projection '{}'", section.name);
    const language::Model& coupling = *projection.coupling;
    const language::Model& target = *population(projection.to)->model;
    const symbolic::NodeId x_post = coupling.graph.find_symbol("x_post");
    Dimension own = sent;
    if (x_post && (symbolic::depends_on(coupling.graph, coupling.coupling->pre, x_post) ||
                   symbolic::depends_on(coupling.graph, coupling.coupling->post, x_post))) {
        const language::Quantity* post = target.find(projection.source);
        if (post == nullptr)
            return problems_.add(
                section.coupling.place,
                fmt::format(
                    "{}: coupling '{}' needs the target's own '{}' (x_post), but population '{}' has none",
                    what, coupling.name, projection.source, projection.to),
                "couple populations of one model, or use another coupling");
        own = post->unit.dimension;
    }
    const Unit& wanted = target.find_input(projection.target)->unit;
    try {
        const Dimension arriving = language::coupling_dimension(coupling, sent, own);
        if (arriving == wanted.dimension) return;
        problems_.add(section.to.place,
                      fmt::format("{}: coupling '{}' of '{}' gives the unit {}, but the input '{}' has {}",
                                  what, coupling.name, section.from.value, to_string(arriving),
                                  section.to.value, wanted.name),
                      fmt::format("scale the signal: from: {}*1 {}", section.from.value,
                                  to_string(wanted.dimension / arriving)));
    } catch (const InputError& error) {
        for (const Diagnostic& inner : error.diagnostics())
            problems_.add(section.from.place,
                          fmt::format("{}: coupling '{}' of '{}' ({}): {}", what, coupling.name,
                                      section.from.value, to_string(sent), inner.message),
                          inner.hint);
    }
}

// True when the text names an event that does not exist, which was meant to be one: that is said once.
bool Builder::misses_event(const ProjectionSection& section, const std::string& what) {
    if (section.connect.empty()) return false;
    const Reference reference = split_reference(section.from.value);
    const network::Population* source = population(reference.population);
    if (source == nullptr) return !resolve(section.from, what, false);
    std::vector<std::string> events;
    for (const language::Event& event : source->model->events) events.push_back(event.name);
    std::string hint = did_you_mean(reference.expression, events);
    if (hint.empty())
        hint = events.empty() ? fmt::format("model '{}' has no events", source->model->name)
                              : fmt::format("events: {}", fmt::join(events, ", "));
    if (source->model->find(reference.expression) == nullptr)
        problems_.add(
            experiment_.document->within(section.from.place, section.from.value, reference.offset,
                                         reference.expression.size()),
            fmt::format("{}: population '{}' has no event '{}'", what, source->name, reference.expression),
            hint);
    else
        problems_.add(section.connect.place,
                      fmt::format("{}: 'connect' is for events, and '{}' is none", what, section.from.value),
                      hint);
    return true;
}

void Builder::add_coupling(const ProjectionSection& section) {
    const std::string what = fmt::format("projection '{}'", section.name);
    if (misses_event(section, what)) return;
    const auto from = resolve(section.from, what, false);
    const auto to = resolve(section.to, what, true);
    network::Projection projection;
    projection.name = section.name;
    projection.coupling =
        load(section.coupling.empty() ? Text{"linear", section.place} : section.coupling, what, true);
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
    const auto sent = dimension_of(section.from, *from, what);
    if (!sent) return;
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
    std::map<std::string, network::Values> given = projection.parameters;
    for (const Setting& setting : section.set) given[setting.name];  // what is wrong with it is said already
    check_given(*projection.coupling, given, section.place, what);
    check_units(section, projection, *sent);
    has_kernel(section) ? connect_kernel(section, projection) : connect(section, projection);
    if (projection.connectivity != nullptr || projection.kernel != nullptr)
        built_.network.projections.push_back(std::move(projection));
}

}  // namespace neurodyn::experiment
