// SPDX-License-Identifier: BSD-3-Clause
// How a block carries synapses with a model: where they read and write, and when they run.
#include "engine/block.hpp"

namespace neurodyn::engine {

template <class Real>
void Block<Real>::set_up_models(int thread) {
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    own.models.resize(plan_.events.edges.size());
    for (std::size_t i = 0; i < plan_.events.edges.size(); ++i) {
        const EventEdges& edges = plan_.events.edges[i];
        if (!edges.model) continue;
        const network::EventProjection& projection = plan_.network.event_projections[i];
        const DeliveryEdges drawn{projection.name, &edges.connector, &edges.weight, &projection.delay};
        own.models[i] = std::make_unique<PlasticSynapses<Real>>(*edges.model, drawn, edges.longest_delay,
                                                                edges.dendritic_steps, plan_.network.dt_s,
                                                                synapse_end(thread, edges));
    }
}

template <class Real>
SynapseEnd<Real> Block<Real>::synapse_end(int thread, const EventEdges& edges) {
    const ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    const PopulationPlan& target = plan_.populations[edges.population];
    const auto& part = own.populations[edges.population];
    SynapseEnd<Real> end{part.first_node, part.last_node, {}, {}, {}, {}, {}};
    for (const NeuronVariable& v : edges.model->pre) end.pre.push_back(neuron_values(v, edges.from));
    for (const NeuronVariable& v : edges.model->post)
        end.post.push_back(neuron_values(v, edges.population) + part.first_node);
    const auto arrivals_of = [&](const std::string& state) {
        std::size_t a = 0;
        while (target.composed.arrivals[a].state != state) ++a;
        return own.arrivals_of[edges.population][a];
    };
    for (const std::string& state : edges.model->arriving_effects) end.arriving.push_back(arrivals_of(state));
    for (const std::string& state : edges.model->back_effects) end.back.push_back(arrivals_of(state));
    for (const std::string& name : edges.model->sums) {
        const std::uint32_t array = find_array(target.arrays, name);
        end.sums.push_back(array == no_array
                               ? nullptr
                               : populations_[edges.population].arrays[array].data() + part.first_node);
    }
    return end;
}

// A state's array, or a copy of what never changes.
template <class Real>
const Real* Block<Real>::neuron_values(const NeuronVariable& variable, std::size_t population) {
    if (variable.values.empty()) return populations_[population].arrays[variable.array].data();
    const std::lock_guard lock(failure_mutex_);
    neuron_values_.push_back(std::make_unique<AlignedVector<Real>>());
    AlignedVector<Real>& values = *neuron_values_.back();
    for (const double x : variable.values) values.push_back(static_cast<Real>(x));
    if (values.size() == 1) values.resize(plan_.populations[population].nodes, values.front());
    return values.data();
}

// What arrives before this step, and what then runs with the clock to its end. Throws Error where a variable
// of synapses is no longer finite.
template <class Real>
void Block<Real>::run_models(int thread, std::size_t step) {
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    const auto first_number = [&](std::size_t source) { return plan_.events.sources[source].first; };
    for (std::size_t i = 0; i < own.models.size(); ++i) {
        if (!own.models[i]) continue;
        const EventEdges& edges = plan_.events.edges[i];
        std::optional<std::uint32_t> sources, targets;
        if (edges.source != EventEdges::no_source) sources = first_number(edges.source);
        if (edges.back_source != EventEdges::no_source) targets = first_number(edges.back_source);
        own.models[i]->deliver(own.spikes, step, sources, targets);
    }
    for (const auto& model : own.models) {
        if (!model) continue;
        model->sum(step);
        model->tick(step);
    }
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
