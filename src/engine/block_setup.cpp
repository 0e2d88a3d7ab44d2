// SPDX-License-Identifier: BSD-3-Clause
// A block's arrays, filled with what stands at the start of a run.
#include <algorithm>

#include "engine/block.hpp"

namespace neurodyn::engine {
namespace {

std::size_t log2_of(std::size_t power) {
    std::size_t k = 0;
    while ((std::size_t{1} << k) < power) ++k;
    return k;
}

}  // namespace

template <class Real>
Block<Real>::Block(const Plan<Real>& plan, std::size_t first_member, std::size_t member_count, Team& team)
    : plan_(plan),
      first_member_(first_member),
      members_(member_count),
      sums_row_(row_steps(plan.block_steps, member_count) * member_count),
      team_(team),
      populations_(plan.populations.size()),
      monitors_(plan.monitors.size()),
      threads_(static_cast<std::size_t>(team.size())),
      class_used_(log2_of(most_block_steps) + 1, false),
      fields_(field_terms(), member_count, team.size()) {
    for (std::size_t p = 0; p < populations_.size(); ++p) set_up_population(p);
    for (std::size_t p = 0; p < populations_.size(); ++p) first_signals(p);
    for (std::size_t m = 0; m < monitors_.size(); ++m) set_up_monitor(m);
    for (int t = 0; t < team.size(); ++t) set_up_thread(t);
    set_up_poisson();
    event_buffers_.resize(plan.events.monitors.size());
    if (!plan.events.empty()) build_synapses();
    saved_.resize(populations_.size());
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        saved_[p].arrays.resize(populations_[p].arrays.size());
        for (const std::uint32_t a : changing_arrays(plan.populations[p]))
            saved_[p].arrays[a] = populations_[p].arrays[a];
        saved_[p].mean = populations_[p].mean;
    }
}

// Of all sums that convolve a field.
template <class Real>
std::vector<typename FieldSums<Real>::Term> Block<Real>::field_terms() const {
    std::vector<typename FieldSums<Real>::Term> terms;
    for (std::size_t p = 0; p < plan_.populations.size(); ++p)
        for (const SumPlan& sum : plan_.populations[p].sums)
            if (const KernelPlan* kernel = plan_.edges[sum.projection].kernel.get();
                kernel && sum.array != no_array)
                terms.push_back({sum.source, sum.signal, kernel, p, sum.array});
    return terms;
}

// A state at its start, a parameter, or zeros; the padding repeats the last element so that it stays finite.
template <class Real>
AlignedVector<Real> Block<Real>::element_values(std::size_t population, const std::string& name) const {
    const PopulationPlan& plan = plan_.populations[population];
    const network::Values* values = nullptr;
    if (const auto it = plan.composed.initial.find(name); it != plan.composed.initial.end())
        values = &it->second;
    if (const auto it = plan.composed.parameters.find(name); it != plan.composed.parameters.end())
        values = &it->second;
    const std::size_t elements = plan.nodes * members_;
    AlignedVector<Real> array(padded(elements), Real{0});
    if (!values) return array;
    for (std::size_t i = 0; i < plan.nodes; ++i)
        for (std::size_t m = 0; m < members_; ++m)
            array[i * members_ + m] = static_cast<Real>(values->at(i, first_member_ + m));
    std::fill(array.begin() + static_cast<std::ptrdiff_t>(elements), array.end(), array[elements - 1]);
    return array;
}

template <class Real>
void Block<Real>::set_up_population(std::size_t p) {
    const PopulationPlan& plan = plan_.populations[p];
    PopulationState<Real>& state = populations_[p];
    state.elements = plan.nodes * members_;
    state.padded_elements = padded(state.elements);
    for (const std::string& name : plan.arrays) state.arrays.push_back(element_values(p, name));
    for (const std::uint32_t a : plan.leaf_arrays)
        state.arrays[a].resize(plan_.leaf_steps * state.padded_elements);
    state.pointers.resize(plan_.leaf_steps);
    for (std::size_t s = 0; s < plan_.leaf_steps; ++s)
        for (auto& array : state.arrays)
            state.pointers[s].push_back(
                array.data() + (array.size() > state.padded_elements ? s * state.padded_elements : 0));
    state.history.resize(plan.signals.size());
    state.past.resize(plan.signals.size());
    state.sums.resize(plan.sums.size());
    state.mean.resize(plan.sums.size());
    for (std::size_t k = 0; k < plan.sums.size(); ++k) {
        if (plan.sums[k].array == no_array) continue;
        const EdgePlan<Real>& edges = plan_.edges[plan.sums[k].projection];
        if (plan.multiple > 1) state.mean[k].assign(padded(state.elements), Real{0});
        immediate_ =
            immediate_ || (edges.delivery != Delivery::delayed && edges.delivery != Delivery::one_to_one &&
                           edges.delivery != Delivery::shifted);
        if (edges.delivery != Delivery::delayed) continue;
        state.sums[k].assign(plan.nodes * sums_row_, Real{0});
        for (const auto& c : edges.classes) class_used_[log2_of(c.block)] = true;
    }
}

// Arrays of an expression's program: the population's own where it has them, else made here.
template <class Real>
Pointers Block<Real>::observer_arrays(std::size_t p, const compile::Program& program,
                                      std::vector<AlignedVector<Real>>& own) const {
    const auto& held = plan_.populations[p].arrays;
    Pointers pointers(plan_.leaf_steps);
    own.reserve(program.arrays.size());
    for (const std::string& name : program.arrays) {
        const auto it = std::find(held.begin(), held.end(), name);
        if (it == held.end()) own.push_back(element_values(p, name));
        for (std::size_t s = 0; s < plan_.leaf_steps; ++s)
            pointers[s].push_back(it == held.end()
                                      ? own.back().data()
                                      : array(p, static_cast<std::uint32_t>(it - held.begin()), s));
    }
    return pointers;
}

template <class Real>
AlignedVector<Real> Block<Real>::observer_uniforms(std::size_t p, const compile::Program& program) const {
    const PopulationPlan& plan = plan_.populations[p];
    AlignedVector<Real> values;
    for (const std::string& name : program.uniforms) {
        const auto it = plan.composed.parameters.find(name);
        const double dt = plan_.network.dt_s * static_cast<double>(plan.multiple);
        values.push_back(static_cast<Real>(it != plan.composed.parameters.end() ? it->second.at(0, 0)
                                           : name == "dt"                       ? dt
                                                                                : 0.0));
    }
    return values;
}

// Signals of elements [first, last) from the states as they are, as the step before leaves them for the
// first.
template <class Real>
void Block<Real>::compute_signals(std::size_t p, std::size_t first, std::size_t last) {
    const PopulationPlan& plan = plan_.populations[p];
    const PopulationState<Real>& state = populations_[p];
    const compile::KernelArgs args{state.signal_pointers.back().data(), state.signal_uniforms.data(), nullptr,
                                   nullptr};
    plan.signal_kernel->run(args, static_cast<std::int64_t>(first), static_cast<std::int64_t>(last));
}

template <class Real>
void Block<Real>::first_signals(std::size_t p) {
    const PopulationPlan& plan = plan_.populations[p];
    if (!plan.signal_kernel) return;
    PopulationState<Real>& state = populations_[p];
    state.signal_pointers = observer_arrays(p, plan.signal_program, state.signal_arrays);
    state.signal_uniforms = observer_uniforms(p, plan.signal_program);
    compute_signals(p, 0, state.elements);
    for (std::size_t k = 0; k < plan.signals.size(); ++k) {
        for (std::size_t s = 0; s < plan.signals[k].past_steps; ++s) {
            const Real* now = array(p, plan.signals[k].array, plan_.leaf_steps - 1);
            state.past[k].insert(state.past[k].end(), now, now + state.padded_elements);
        }
        if (plan.signals[k].history_steps == 0) continue;
        const std::size_t row = plan.history_row * members_;
        state.history[k].resize(plan.nodes * row);
        const Real* now = array(p, plan.signals[k].array, plan_.leaf_steps - 1);
        for (std::size_t i = 0; i < plan.nodes; ++i)
            for (std::size_t x = 0; x < row; ++x)
                state.history[k][i * row + x] = now[i * members_ + x % members_];
    }
}

// Per-element values that follow from per-element parameters, made in double and then rounded.
template <class Real>
void Block<Real>::set_up_elements(std::size_t p, compile::StepSetup& setup) {
    const PopulationPlan& plan = plan_.populations[p];
    PopulationState<Real>& state = populations_[p];
    const std::size_t count = padded(state.elements);
    std::map<std::string, AlignedVector<double>> inputs, outputs;
    const auto input = [&](const std::string& name) -> const double* {
        AlignedVector<double>& array = inputs[name];
        const network::Values& values = plan.composed.parameters.at(name);
        array.resize(count);
        for (std::size_t e = 0; e < count; ++e) {
            const std::size_t element = std::min(e, state.elements - 1);
            array[e] = values.at(element / members_, first_member_ + element % members_);
        }
        return array.data();
    };
    const auto output = [&](const std::string& name) -> double* {
        outputs[name].resize(count);
        return outputs[name].data();
    };
    setup.setup_elements(count, input, output);
    for (const auto& [name, values] : outputs) {
        const auto& names = plan.arrays;
        const auto it = std::find(names.begin(), names.end(), name);
        if (it == names.end()) continue;
        auto& array = state.arrays[static_cast<std::size_t>(it - names.begin())];
        for (std::size_t e = 0; e < count; ++e) array[e] = static_cast<Real>(values[e]);
    }
}

template <class Real>
void Block<Real>::set_up_solver(std::size_t p, typename ThreadState<Real>::Population& part) {
    const PopulationPlan& plan = plan_.populations[p];
    const std::size_t first = part.first_node * members_, count = part.last_node * members_ - first;
    if (count == 0) return;
    compile::ParameterValues values;
    for (const auto& [name, v] : plan.composed.parameters)
        for (std::size_t e = first; e < first + (v.is_uniform() ? 1 : count); ++e)
            values[name].push_back(v.at(e / members_, first_member_ + e % members_));
    part.solver = std::make_unique<compile::CvodeSolver>(plan.composed.system, count, values);
    for (const std::uint32_t array : plan.states)
        for (std::size_t e = first; e < first + count; ++e)
            part.solved.push_back(static_cast<double>(populations_[p].arrays[array][e]));
}

template <class Real>
void Block<Real>::set_up_thread(int thread) {
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    own.populations.resize(populations_.size());
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const PopulationPlan& plan = plan_.populations[p];
        auto& part = own.populations[p];
        const std::size_t tiles = (plan.nodes + tile - 1) / tile;
        const auto size = static_cast<std::size_t>(team_.size());
        const auto index = static_cast<std::size_t>(thread);
        part.first_node = std::min(plan.nodes, tiles * index / size * tile);
        part.last_node = std::min(plan.nodes, tiles * (index + 1) / size * tile);
        part.pointers = populations_[p].pointers;
        if (plan.equations) {  // densities cost more than neurons, so that each has a thread
            part.first_node = 0;
            part.last_node = p % size == index ? 1 : 0;
            set_up_density(p, part);
            continue;
        }
        if (plan.adaptive) {
            set_up_solver(p, part);
            continue;
        }
        part.setup = std::make_unique<compile::StepSetup>(plan.program);
        part.setup->set("dt", plan_.network.dt_s * static_cast<double>(plan.multiple));
        for (const auto& [name, values] : plan.composed.parameters)
            if (values.is_uniform()) part.setup->set(name, values.at(0, 0));
        part.setup->setup();
        part.clocked = !part.setup->time_independent();
        if (thread == 0) set_up_elements(p, *part.setup);
        part.setup->clock(0.0);
        for (const double x : part.setup->uniforms()) part.uniforms.push_back(static_cast<Real>(x));
        for (auto& events : part.events) {
            for (std::size_t k = 0; k < plan.program.events.size(); ++k)
                events.lists.emplace_back(padded((part.last_node - part.first_node) * members_));
            for (auto& list : events.lists) events.pointers.push_back(list.data());
            events.counts.resize(events.lists.size());
        }
    }
    for (const MonitorPlan& monitor : plan_.monitors)
        own.monitor_uniforms.push_back(observer_uniforms(monitor.population, monitor.program));
}

template <class Real>
void Block<Real>::set_up_monitor(std::size_t m) {
    const MonitorPlan& plan = plan_.monitors[m];
    MonitorState<Real>& state = monitors_[m];
    const PopulationState<Real>& population = populations_[plan.population];
    const std::size_t row = plan.nodes.size() * members_;
    // Room for a piece that is handed on and for what one group of steps adds before it is.
    const std::size_t capacity = plan.info.samples_at_once + most_block_steps / plan.every + 1;
    state.buffer.resize(capacity * row);
    if (plan.projection != SIZE_MAX) return;  // synapses are read where they are
    if (plan.average) state.sum.assign(population.elements, 0.0);
    if (plan.state != no_array) {
        state.values = population.arrays[plan.state].data();
        return;
    }
    state.pointers = observer_arrays(plan.population, plan.program, state.arrays);
    const std::uint32_t output = plan.program.stores.front().array;
    state.values = static_cast<const Real*>(state.pointers.front()[output]);
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
