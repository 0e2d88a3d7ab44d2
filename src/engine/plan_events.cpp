// SPDX-License-Identifier: BSD-3-Clause
// Numbering the sources of events, and making their projections' connectors.
#include "engine/plan_events.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/random.hpp"
#include "engine/synapse_values.hpp"

namespace neurodyn::engine {
namespace {

using network::Network;

std::size_t find_population(const Network& network, const std::string& name) {
    return static_cast<std::size_t>(network.find_population(name) - network.populations.data());
}

// The source of that event, made when there is none yet.
std::size_t source_index(EventPlan& plan, const std::vector<PopulationPlan>& populations,
                         std::size_t population, const std::string& event) {
    const auto& events = populations[population].program.events;
    const auto e = static_cast<std::size_t>(std::find(events.begin(), events.end(), event) - events.begin());
    for (std::size_t i = 0; i < plan.sources.size(); ++i)
        if (plan.sources[i].population == population && plan.sources[i].event == e) return i;
    plan.sources.push_back({population, e, static_cast<std::uint32_t>(plan.numbers)});
    plan.numbers += populations[population].nodes;
    if (plan.numbers > UINT32_MAX)
        throw Error(fmt::format("the network has {} neurons; at most 2^32 can send events", plan.numbers));
    return plan.sources.size() - 1;
}

// Draws of connections share no bits with the noise of the run.
std::uint64_t connection_seed(std::uint64_t seed) {
    constexpr std::uint64_t connections = 0x636f6e6e65637473u;
    return seed ^ connections;
}

// Array by array: what a synapse reads of neurons.
void find_arrays(std::vector<NeuronVariable>& variables, const PopulationPlan& population) {
    for (NeuronVariable& variable : variables) {
        if (!variable.values.empty()) continue;
        variable.array = find_array(population.arrays, variable.name);
        if (variable.array != no_array) continue;
        const network::Values& initial = population.composed.initial.at(variable.name);  // it never changes
        for (std::size_t i = 0; i < population.nodes; ++i) variable.values.push_back(initial.at(i, 0));
    }
}

// A synapse model; where weights alone say what its events do, they are taken instead.
void plan_model(const Network& network, const network::EventProjection& projection, EventEdges& edges,
                EventPlan& plan, std::vector<PopulationPlan>& populations,
                const compile::KernelOptions& kernel) {
    const language::ModelPtr model = join_synapse(network, projection);
    if (const auto weight = SynapseValues(projection, *model).static_weight()) {
        edges.weight = *weight;
        return;
    }
    PopulationPlan& target = populations[edges.population];
    edges.model = std::make_unique<SynapsePlan>(
        plan_synapse(network, projection, populations[edges.from].composed, target.composed, kernel));
    find_arrays(edges.model->pre, populations[edges.from]);
    find_arrays(edges.model->post, target);
    if (!model->synapse->on_post.empty())
        edges.back_source =
            source_index(plan, populations, edges.population, back_event(network, projection));
    plan.has_models = true;
    plan.reads_sources = plan.reads_sources || !edges.model->pre.empty();
}

EventEdges plan_edges(const Network& network, std::size_t index, EventPlan& plan,
                      std::vector<PopulationPlan>& populations, const compile::KernelOptions& kernel) {
    const network::EventProjection& projection = network.event_projections[index];
    const std::size_t from = find_population(network, projection.from);
    const std::size_t to = find_population(network, projection.to);
    return about(fmt::format("projection '{}'", projection.name), [&] {
        EventEdges edges{
            network::Connector(projection.rule, populations[to].nodes, populations[from].nodes, from == to,
                               connection_seed(network.seeds.front()), static_cast<std::uint16_t>(index)),
            from, to};
        const DeliveryEdges all{projection.name, &edges.connector, &projection.weight, &projection.delay};
        edges.longest_delay = static_cast<std::uint32_t>(longest_delay_steps(all, network.dt_s));
        edges.dendritic_steps = delay_steps(all, projection.dendritic_delay_s, 1.0 / network.dt_s);
        edges.weight = projection.weight;
        if (projection.synapse) plan_model(network, projection, edges, plan, populations, kernel);
        if (!projection.event.empty()) edges.source = source_index(plan, populations, from, projection.event);
        const auto& arrivals = populations[to].composed.arrivals;
        edges.arrival = static_cast<std::size_t>(
            std::find_if(arrivals.begin(), arrivals.end(),
                         [&](const ArrivalInput& a) { return a.state == projection.target; }) -
            arrivals.begin());
        return edges;
    });
}

}  // namespace

void plan_arrivals(PopulationPlan& population, const Network& network, std::size_t index) {
    for (const ArrivalInput& arrival : population.composed.arrivals)
        population.arrivals.push_back(find_array(population.arrays, arrival.name));
    std::size_t stream = index * most_noises + population.noise.size();
    for (const PoissonCounts& counts : population.composed.poisson)
        population.poisson.push_back({find_array(population.arrays, counts.name),
                                      static_cast<std::uint16_t>(stream++),
                                      &network.poisson_inputs[counts.input]});
    if (population.noise.size() + population.poisson.size() > most_noises)
        throw Error(
            fmt::format("population '{}' has {} noise sources and Poisson inputs; at most {} are "
                        "possible",
                        population.name, population.noise.size() + population.poisson.size(), most_noises));
    if (population.multiple != 1 && !(population.composed.arrivals.empty() && population.poisson.empty()))
        throw Error(fmt::format("population '{}' steps once in {} and cannot take in events", population.name,
                                population.multiple));
}

EventPlan plan_events(const Network& network, std::vector<PopulationPlan>& populations,
                      const compile::KernelOptions& kernel, double first_s, double last_s) {
    EventPlan plan;
    for (std::size_t i = 0; i < network.event_projections.size(); ++i) {
        plan.edges.push_back(plan_edges(network, i, plan, populations, kernel));
        const EventEdges& edges = plan.edges.back();
        const std::size_t longest = edges.longest_delay + edges.dendritic_steps;
        if (!edges.model) plan.longest_delay = std::max(plan.longest_delay, longest);
        const std::size_t back = edges.back_source == EventEdges::no_source ? 0 : 2 * edges.dendritic_steps;
        plan.history_steps = std::max({plan.history_steps, longest + 2, back + 2});
    }
    for (const network::EventMonitor& monitor : network.event_monitors) {
        const std::size_t p = find_population(network, monitor.population);
        EventMonitorPlan made;
        made.source = source_index(plan, populations, p, monitor.event);
        made.info = {
            monitor.name, monitor.population, monitor.event, populations[p].nodes, network.members, first_s,
            last_s,       network.dt_s};
        plan.monitors.push_back(std::move(made));
    }
    return plan;
}

}  // namespace neurodyn::engine
