// SPDX-License-Identifier: BSD-3-Clause
// From an experiment's network to groups of equations and links with delays.
#include "experiment/network_dynamics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <numbers>

#include "base/error.hpp"
#include "engine/compose.hpp"
#include "experiment/dynamics.hpp"
#include "experiment/resources.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::experiment {
namespace {

using dynamics::NetworkGroup;
using dynamics::NetworkLink;

/// What POPULATION.NAME or PROJECTION.NAME refers to.
struct Varied {
    std::string owner, name;
    const network::Population* population = nullptr;
    const network::Projection* projection = nullptr;
    bool is_delay() const { return projection != nullptr && name == "delay"; }
    /// As the composed equations call it.
    std::string symbol() const { return projection != nullptr ? owner + "." + name : name; }
};

Varied find_varied(const network::Network& network, const std::string& path) {
    const std::size_t dot = path.find('.');
    Varied varied{path.substr(0, dot), dot == std::string::npos ? "" : path.substr(dot + 1)};
    std::vector<std::string> known;
    for (const auto& population : network.populations) {
        known.push_back(population.name);
        if (population.name == varied.owner) varied.population = &population;
    }
    for (const auto& projection : network.projections) {
        known.push_back(projection.name);
        if (projection.name == varied.owner) varied.projection = &projection;
    }
    if (varied.name.empty() || (varied.population == nullptr && varied.projection == nullptr)) {
        const std::string near = did_you_mean(varied.owner, known);
        throw Error(
            fmt::format("'{}' names nothing that can be varied: write POPULATION.NAME, PROJECTION.NAME "
                        "or PROJECTION.delay{}",
                        path, near.empty() ? "" : "; " + near));
    }
    return varied;
}

const language::Quantity& quantity_of(const Varied& varied) {
    if (varied.population != nullptr) return dynamics::find_quantity(*varied.population->model, varied.name);
    return dynamics::find_quantity(*varied.projection->coupling, varied.name);
}

void refuse(const network::Network& network, const engine::ComposedPopulation& composed,
            const network::Population& population) {
    const auto no = [&](const char* what) {
        throw Error(fmt::format("population '{}' {}: its equations are no smooth flow of their own",
                                population.name, what));
    };
    if (!composed.tables.empty()) no("has stimuli that change with time");
    if (!composed.poisson.empty()) no("has Poisson input");
    if (!composed.arrivals.empty() || !composed.summed.empty()) no("receives events");
    if (!composed.laplacians.empty()) no("is a field");
    for (const language::Event& event : composed.system.events)
        if (!event.reset.empty()) no("has an event that resets variables");
    for (const auto& projection : network.event_projections)
        if (projection.from == population.name || projection.to == population.name) no("is joined by events");
    const auto time = composed.system.graph.find_symbol("t");
    for (const auto& state : composed.system.states)
        if (time && symbolic::depends_on(composed.system.graph, state.drift, time))
            no("depends on the time t");
}

// Values that follow from the varied one follow it, unless the experiment sets them.
symbolic::Substitution followers(const network::Population& population, const std::string& varied,
                                 symbolic::Graph& graph) {
    symbolic::Substitution map;
    for (const auto& parameter : population.model->parameters) {
        if (parameter.name == varied || population.parameters.contains(parameter.name) || !parameter.value)
            continue;
        const auto symbol = graph.find_symbol(parameter.name);
        if (!symbol) continue;
        const auto value =
            symbolic::substitute(graph, symbolic::copy(population.model->graph, parameter.value, graph), map);
        if (symbolic::depends_on(graph, value, graph.symbol(varied))) map[symbol] = value;
    }
    return map;
}

NetworkGroup group_of(const network::Population& population, const engine::ComposedPopulation& composed,
                      const Varied& varied, std::size_t member) {
    NetworkGroup group;
    group.name = population.name;
    group.graph = composed.system.graph;
    group.nodes = population.size;
    for (const auto& [name, values] : composed.parameters)
        group.parameters[name] = values.nodes == 1 ? std::vector{values.at(0, member)} : [&] {
            std::vector<double> all;
            for (std::size_t node = 0; node < values.nodes; ++node) all.push_back(values.at(node, member));
            return all;
        }();
    symbolic::Substitution follow;
    if (varied.population == &population) {
        group.varied = varied.name;
        follow = followers(population, varied.name, group.graph);
    }
    if (varied.projection != nullptr && !varied.is_delay() && group.parameters.contains(varied.symbol()))
        group.varied = varied.symbol();
    for (const auto& sum : composed.sums) group.sums.push_back(sum.name);
    for (const auto& signal : composed.system.signals)
        group.signals.push_back(symbolic::substitute(group.graph, signal.value, follow));
    group.start.resize(static_cast<Eigen::Index>(composed.system.states.size()),
                       static_cast<Eigen::Index>(population.size));
    for (std::size_t s = 0; s < composed.system.states.size(); ++s) {
        const auto& state = composed.system.states[s];
        const language::State* own = population.model->find_state(state.name);
        const Unit unit = own != nullptr ? own->unit : Unit{};
        group.states.push_back({state.name, unit});
        group.drift.push_back(symbolic::substitute(group.graph, state.drift, follow));
        const network::Values& initial = composed.initial.at(state.name);
        for (std::size_t node = 0; node < population.size; ++node)
            group.start(static_cast<Eigen::Index>(s), static_cast<Eigen::Index>(node)) =
                initial.at(node, member) / unit.scale;
    }
    return group;
}

NetworkLink link_of(const network::Network& network, const engine::SumInput& sum,
                    const std::vector<std::size_t>& group, std::size_t to, std::size_t index,
                    const Varied& varied) {
    const network::Projection& projection = network.projections[sum.projection];
    if (!projection.connectivity)
        throw Error(fmt::format("projection '{}' is a kernel of a field; this is for weights between nodes",
                                projection.name));
    const network::Connectivity& edges = *projection.connectivity;
    NetworkLink link{group[to], index,        group[sum.source], sum.signal,
                     {},        edges.source, edges.weight,      edges.delay_s};
    link.row_begin.assign(edges.row_begin.begin(), edges.row_begin.end());
    link.delay_varied = varied.is_delay() && varied.projection == &projection;
    if (link.delay_varied && std::any_of(edges.delay_s.begin(), edges.delay_s.end(),
                                         [&](double d) { return d != edges.delay_s.front(); }))
        throw Error(
            fmt::format("the edges of projection '{}' have different delays; vary what they are made of",
                        projection.name));
    return link;
}

// Of each population, whether projections join it with the named one, over others or not.
std::vector<bool> joined_with(const network::Network& network, const std::string& name) {
    const auto index = [&](const std::string& population) {
        const auto at = std::find_if(network.populations.begin(), network.populations.end(),
                                     [&](const network::Population& p) { return p.name == population; });
        if (at == network.populations.end())
            throw Error(fmt::format("there is no population '{}'", population));
        return static_cast<std::size_t>(at - network.populations.begin());
    };
    std::vector<bool> joined(network.populations.size(), name.empty());
    if (!name.empty()) joined[index(name)] = true;
    for (bool grows = !name.empty(); grows;) {
        grows = false;
        const auto join = [&](const auto& projections) {
            for (const auto& projection : projections) {
                const std::size_t from = index(projection.from), to = index(projection.to);
                grows = grows || joined[from] != joined[to];
                if (joined[from] || joined[to]) joined[from] = joined[to] = true;
            }
        };
        join(network.projections);
        join(network.event_projections);
    }
    return joined;
}

double own_value(const dynamics::NetworkField& field, const Varied& varied) {
    if (varied.is_delay()) {
        const auto& delays = varied.projection->connectivity->delay_s;
        return delays.empty() ? 0.0 : delays.front() / field.parameter.unit.scale;
    }
    for (const NetworkGroup& group : field.groups)
        if (!group.varied.empty()) {
            const std::vector<double>& values = group.parameters.at(group.varied);
            if (std::any_of(values.begin(), values.end(), [&](double x) { return x != values.front(); }))
                throw Error(fmt::format("'{}' differs between the nodes of '{}': it cannot be varied as one",
                                        varied.name, group.name));
            return values.front() / field.parameter.unit.scale;
        }
    throw Error(fmt::format("'{}.{}' acts on nothing", varied.owner, varied.name));
}

}  // namespace

dynamics::NetworkField network_field(const network::Network& network, const NetworkPart& part) {
    const Varied varied = part.parameter.empty() ? Varied{} : find_varied(network, part.parameter);
    const std::vector<bool> taken = joined_with(network, part.population);
    dynamics::NetworkField field;
    if (!part.parameter.empty())
        field.parameter = {part.parameter, varied.is_delay() ? parse_unit("ms") : quantity_of(varied).unit};
    const auto composed = engine::compose(engine::lower(network));
    std::vector<std::size_t> group(composed.size());  // of a population
    for (std::size_t p = 0, next = 0; p < composed.size(); ++p) group[p] = taken[p] ? next++ : 0;
    for (std::size_t p = 0; p < composed.size(); ++p) {
        if (!taken[p]) continue;
        const network::Population& population = network.populations[p];
        refuse(network, composed[p], population);
        field.groups.push_back(group_of(population, composed[p], varied, part.member));
        for (std::size_t k = 0; k < composed[p].sums.size(); ++k)
            field.links.push_back(link_of(network, composed[p].sums[k], group, p, k, varied));
    }
    if (!part.parameter.empty()) field.value = own_value(field, varied);
    return field;
}

LoadedNetwork load_network(const std::string& path, const RunSettings& settings, const NetworkPart& part) {
    const std::unique_ptr<Loaded> loaded = load_experiment(path, settings);
    Resources resources(loaded->experiment.directory);
    Experiment experiment = loaded->experiment;
    experiment.monitors.clear();
    experiment.tuning = {};
    const Built built = build(experiment, resources);
    return {experiment.name, experiment.text,
            located(loaded->document, built, [&] { return network_field(built.network, part); })};
}

NetworkDiagram plan_network_diagram(const std::string& name, dynamics::NetworkField field,
                                    const std::string& range, const std::string& text) {
    NetworkDiagram diagram;
    diagram.name = name;
    diagram.text = text;
    diagram.field = std::move(field);
    diagram.range = parse_range(diagram.field.parameter.name, range, diagram.field.parameter.unit);
    return diagram;
}

NetworkDiagram follow_network(NetworkDiagram diagram, int steps) {
    const auto start = std::chrono::steady_clock::now();
    dynamics::StepSettings step;
    step.most_steps = steps;
    diagram.branches = dynamics::network_branches(diagram.field, diagram.range, step);
    diagram.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return diagram;
}

NetworkDiagram make_network_diagram(const std::string& path, const RunSettings& settings,
                                    const std::string& parameter, const std::string& range, int steps) {
    LoadedNetwork loaded = load_network(path, settings, {.parameter = parameter});
    return follow_network(plan_network_diagram(loaded.name, std::move(loaded.field), range, loaded.text),
                          steps);
}

void write_network_csv(const NetworkDiagram& diagram, const std::string& path) {
    std::ofstream file(path);
    if (!file) throw FileError(path, "cannot be written");
    file << fmt::format("branch,{} [{}],unstable,leading real [1/s],leading frequency [Hz]",
                        diagram.field.parameter.name, diagram.field.parameter.unit.name);
    for (const NetworkGroup& group : diagram.field.groups)
        for (std::size_t node = 0; node < group.nodes; ++node)
            for (const auto& state : group.states)
                file << fmt::format(",{}.{}[{}] [{}]", group.name, state.name, node, state.unit.name);
    file << '\n';
    for (std::size_t number = 0; number < diagram.branches.size(); ++number)
        for (const auto& point : diagram.branches[number].points) {
            const std::complex<double> leading = point.leading.front();
            file << fmt::format("{},{:.12g},{},{:.12g},{:.12g}", number, point.parameter, point.unstable,
                                leading.real(), leading.imag() / (2.0 * std::numbers::pi));
            for (const double x : point.x) file << fmt::format(",{:.12g}", x);
            file << '\n';
        }
    if (!file.flush()) throw FileError(path, "could not be written to its end");
}

}  // namespace neurodyn::experiment
