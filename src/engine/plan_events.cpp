// SPDX-License-Identifier: BSD-3-Clause
// Numbering the sources of events, and making their projections' connectors.
#include "engine/plan_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/random.hpp"
#include "engine/connections.hpp"
#include "engine/synapse_values.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::engine {
namespace {

using network::Network;

std::size_t find_population(const Network& network, const std::string& name) {
    return static_cast<std::size_t>(network.find_population(name) - network.populations.data());
}

// The events of a population's list, each at the end of the step that ends nearest to its time.
void add_given(const PopulationPlan& population, double dt_s, EventSource& source) {
    const network::EventList* list = population.description->given_events.get();
    if (list == nullptr) return;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> events;
    for (std::size_t k = 0; k < list->time_s.size(); ++k) {
        const double end = std::nearbyint(list->time_s[k] / dt_s);
        if (list->node[k] >= population.nodes)
            throw Error(fmt::format("population '{}': its list has an event of node {}, but it has {} nodes",
                                    population.name, list->node[k], population.nodes));
        if (!(end >= 1.0) || end > 0x1p48)
            throw Error(
                fmt::format("population '{}': its list has an event of node {} at {} s; the first step "
                            "ends at {} s, and nothing can happen before",
                            population.name, list->node[k], list->time_s[k], dt_s));
        events.emplace_back(static_cast<std::uint64_t>(end) - 1, list->node[k]);
    }
    std::sort(events.begin(), events.end());
    for (const auto& [step, node] : events) {
        source.given_step.push_back(step);
        source.given_node.push_back(node);
    }
}

// The source of that event, made when there is none yet.
std::size_t source_index(EventPlan& plan, const std::vector<PopulationPlan>& populations,
                         std::size_t population, const std::string& event, double dt_s) {
    const auto& events = populations[population].program.events;
    const auto e = static_cast<std::size_t>(std::find(events.begin(), events.end(), event) - events.begin());
    for (std::size_t i = 0; i < plan.sources.size(); ++i)
        if (plan.sources[i].population == population && plan.sources[i].event == e) return i;
    plan.sources.push_back({population, e, static_cast<std::uint32_t>(plan.numbers), {}, {}});
    if (e == 0) add_given(populations[population], dt_s, plan.sources.back());
    plan.numbers += populations[population].nodes;
    if (plan.numbers > UINT32_MAX)
        throw Error(fmt::format("the network has {} neurons; at most 2^32 can send events", plan.numbers));
    return plan.sources.size() - 1;
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
    if (projection.storage != network::EventProjection::Storage::single)
        throw Error(
            "its synapses have variables of their own, which are kept in the precision of the run: another "
            "storage is for weights alone");
    PopulationPlan& target = populations[edges.population];
    edges.model = std::make_unique<SynapsePlan>(
        plan_synapse(network, projection, model, populations[edges.from].composed, target.composed,
                     edges.connector.total(), kernel));
    find_arrays(edges.model->pre, populations[edges.from]);
    find_arrays(edges.model->post, target);
    if (!model->synapse->on_post.empty())
        edges.back_source =
            source_index(plan, populations, edges.population, back_event(network, projection), network.dt_s);
    plan.has_models = true;
    plan.reads_sources = plan.reads_sources || !edges.model->pre.empty();
}

EventEdges plan_edges(const Network& network, std::size_t index, EventPlan& plan,
                      std::vector<PopulationPlan>& populations, const compile::KernelOptions& kernel) {
    const network::EventProjection& projection = network.event_projections[index];
    const std::size_t from = find_population(network, projection.from);
    const std::size_t to = find_population(network, projection.to);
    return about(fmt::format("projection '{}'", projection.name), [&] {
        EventEdges edges{make_connector(network, index), from, to};
        const DeliveryEdges all{projection.name, &edges.connector, &projection.weight, &projection.delay};
        edges.longest_delay = static_cast<std::uint32_t>(longest_delay_steps(all, network.dt_s));
        edges.dendritic_steps = delay_steps(all, projection.dendritic_delay_s, 1.0 / network.dt_s);
        edges.weight = projection.weight;
        if (projection.synapse) plan_model(network, projection, edges, plan, populations, kernel);
        edges.choices =
            !edges.model && told_by_place(network, projection, edges.connector, edges.weight).has_value();
        if (!projection.event.empty())
            edges.source = source_index(plan, populations, from, projection.event, network.dt_s);
        const auto& arrivals = populations[to].composed.arrivals;
        edges.arrival = static_cast<std::size_t>(
            std::find_if(arrivals.begin(), arrivals.end(),
                         [&](const ArrivalInput& a) { return a.state == projection.target; }) -
            arrivals.begin());
        return edges;
    });
}

// All nodes have one mean unless a number that it is made of differs between them. A mean for all is drawn
// in another way than a mean for each, so this must not depend on how many members run together.
bool is_uniform(const PopulationPlan& population, const PoissonCounts& counts,
                const network::PoissonInput& input) {
    if (input.sources.nodes != 1 || input.rate_hz.nodes != 1) return false;
    if (!counts.rate) return true;
    const symbolic::Graph& graph = population.composed.system.graph;
    for (const symbolic::NodeId symbol :
         symbolic::free_symbols(graph, std::vector<symbolic::NodeId>{counts.rate})) {
        const auto parameter = population.composed.parameters.find(graph.name(symbol));
        if (parameter != population.composed.parameters.end() && parameter->second.nodes != 1) return false;
    }
    return true;
}

PoissonPlan plan_poisson(const PopulationPlan& population, const PoissonCounts& counts,
                         const network::PoissonInput& input, std::uint16_t stream,
                         compile::KernelOptions kernel) {
    PoissonPlan plan;
    plan.array = find_array(population.arrays, counts.name);
    plan.stream = stream;
    plan.input = &input;
    plan.uniform = is_uniform(population, counts, input);
    if (!counts.rate) return plan;
    plan.program = compile::make_observer(population.composed.system, {{"rate", counts.rate}},
                                          population.element_parameters);
    if (plan.uniform) kernel.backend = compile::Backend::interpreter;  // for one node, it is the cheaper one
    plan.kernel = compile::make_kernel(plan.program, kernel);
    return plan;
}

}  // namespace

void keep_inputs(PopulationPlan& population, const compile::Program& program) {
    const auto& inputs = population.composed.system.inputs;
    for (const std::string& name : program.arrays)
        if (std::find(inputs.begin(), inputs.end(), name) != inputs.end() &&
            find_array(population.arrays, name) == no_array)
            population.arrays.push_back(name);
}

void plan_arrivals(PopulationPlan& population, const Network& network, std::size_t index,
                   const compile::KernelOptions& kernel) {
    for (const ArrivalInput& arrival : population.composed.arrivals)
        population.arrivals.push_back(find_array(population.arrays, arrival.name));
    std::size_t stream = index * most_noises + population.noise.size();
    for (const PoissonCounts& counts : population.composed.poisson) {
        population.poisson.push_back(plan_poisson(population, counts, network.poisson_inputs[counts.input],
                                                  static_cast<std::uint16_t>(stream++), kernel));
        keep_inputs(population, population.poisson.back().program);
    }
    for (const language::Draw& draw : population.description->model->draws)
        population.draws.push_back(
            {find_array(population.arrays, draw.name), static_cast<std::uint16_t>(stream++), draw.is_normal});
    if (const std::size_t count = stream - index * most_noises; count > most_noises)
        throw Error(
            fmt::format("population '{}' has {} noise sources, Poisson inputs and random draws; at most {} "
                        "are possible",
                        population.name, count, most_noises));
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
        made.source = source_index(plan, populations, p, monitor.event, network.dt_s);
        made.info = {
            monitor.name, monitor.population, monitor.event, populations[p].nodes, network.members, first_s,
            last_s,       network.dt_s};
        plan.monitors.push_back(std::move(made));
    }
    return plan;
}

}  // namespace neurodyn::engine
