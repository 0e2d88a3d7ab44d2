// SPDX-License-Identifier: BSD-3-Clause
// Drawing the synapses that a model describes, and laying them out.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/plastic_synapses.hpp"

namespace neurodyn::engine {
namespace {

std::size_t most_arrays(const SynapsePlan& plan) {
    std::size_t most = 0;
    const auto look = [&](const SynapseProgram& program) {
        most = std::max(most, program.program.arrays.size());
    };
    for (const SynapseProgram* program :
         {&plan.arriving_row, &plan.arriving, &plan.back_target, &plan.back, &plan.summed, &plan.initial})
        look(*program);
    for (const SynapseClock& clock : plan.clocks) look(clock.code);
    for (const SynapseReading& reading : plan.readings) look(reading.program);
    return most;
}

}  // namespace

/// The synapses of one source, as drawn.
template <class Real>
struct PlasticSynapses<Real>::Drawn {
    std::vector<std::uint32_t> targets, delay;  ///< of all threads; steps
    std::vector<double> delay_s;
    std::vector<std::vector<double>> values;  ///< [variable of synapses]
    std::vector<std::uint32_t> next;          ///< [delay]: where its next synapse goes
    std::uint64_t first = 0;                  ///< the number of the source's first synapse
};

template <class Real>
PlasticSynapses<Real>::PlasticSynapses(const SynapsePlan& plan, const DeliveryEdges& edges,
                                       std::size_t longest_delay, std::size_t dendritic_steps, double dt_s,
                                       SynapseEnd<Real> end)
    : plan_(plan),
      sources_(edges.connector->sources()),
      row_(longest_delay + 1),
      dendritic_steps_(dendritic_steps),
      dt_s_(dt_s),
      end_(std::move(end)),
      recorded_(plan.readings.size()) {
    buffers_.assign(most_arrays(plan), AlignedVector<Real>(chunk, Real{0}));
    for (auto& buffer : buffers_) pointers_.push_back(buffer.data());
    const std::size_t own = std::max(plan.variables[index_of(Copies::row)].size(),
                                     plan.variables[index_of(Copies::target)].size());
    current_.assign(own, AlignedVector<Real>(chunk, Real{0}));
    for (const Copies copies : {Copies::synapse, Copies::target}) {
        const SynapseClock& clock = plan.clocks[index_of(copies)];
        if (clock.code.empty()) continue;
        compile::StepSetup& setup = setups_[index_of(copies)].emplace(clock.step);
        setup.set("dt", dt_s);
        for (const auto& [name, value] : plan.uniforms) setup.set(name, value);
        setup.setup();
    }
    lay_out(edges);
    index_targets();
    set_initial();
}

template <class Real>
void PlasticSynapses<Real>::lay_out(const DeliveryEdges& edges) {
    const std::uint64_t room = edges.connector->total();
    if (room > std::numeric_limits<std::uint32_t>::max() ||
        sources_ * row_ >= std::numeric_limits<std::uint32_t>::max())
        throw Error(fmt::format("projection '{}': {} synapses with a model are too many for one process",
                                plan_.name, room));
    begin_ = PagedArray<std::uint32_t>(sources_ * row_ + 1);
    target_ = PagedArray<std::uint32_t>(room);
    for (std::size_t c = 0; c < copy_kinds; ++c) {
        const auto copies = static_cast<Copies>(c);
        const std::size_t size = copies == Copies::synapse ? room
                                 : copies == Copies::row   ? sources_ * row_
                                                           : end_.last_target - end_.first_target;
        for (std::size_t v = 0; v < plan_.variables[c].size(); ++v) values_[c].emplace_back(size);
        if (plan_.has_since[c]) last_[c] = PagedArray<std::uint32_t>(size);
    }
    Drawn drawn;
    for (std::size_t source = 0; source < sources_; ++source) {
        draw(edges, source, drawn);
        append(source, drawn);
        drawn.first += drawn.targets.size();
    }
}

template <class Real>
void PlasticSynapses<Real>::draw(const DeliveryEdges& edges, std::size_t source, Drawn& drawn) const {
    drawn.targets.clear();
    edges.connector->outgoing(source, drawn.targets);
    drawn.delay.resize(drawn.targets.size());
    draw_delays(edges, source, drawn.targets, 1.0 / dt_s_, drawn.delay_s, drawn.delay.data());
    const auto& kept = plan_.variables[index_of(Copies::synapse)];
    drawn.values.resize(kept.size());
    for (std::size_t v = 0; v < kept.size(); ++v) {
        drawn.values[v].resize(drawn.targets.size());
        if (kept[v].computed) continue;
        edges.connector->values(kept[v].value, kept[v].draw, source, drawn.targets, drawn.values[v]);
        for (const double x : drawn.values[v])
            if (!std::isfinite(x))
                throw Error(fmt::format("projection '{}': '{}' of a synapse from neuron {} is {}", plan_.name,
                                        kept[v].name, source, x));
    }
}

// Counting sort by delay of the synapses that end here; equal ones stay in the order in which they were
// drawn.
template <class Real>
void PlasticSynapses<Real>::append(std::size_t source, Drawn& drawn) {
    const auto is_own = [&](std::uint32_t target) {
        return target >= end_.first_target && target < end_.last_target;
    };
    drawn.next.assign(row_, 0);
    for (std::size_t k = 0; k < drawn.targets.size(); ++k)
        if (is_own(drawn.targets[k])) ++drawn.next[drawn.delay[k]];
    auto at = static_cast<std::uint32_t>(count_);
    for (std::size_t d = 0; d < row_; ++d) {
        begin_[source * row_ + d] = at;
        at += std::exchange(drawn.next[d], at);
    }
    begin_[(source + 1) * row_] = at;
    count_ = at;
    for (std::size_t k = 0; k < drawn.targets.size(); ++k) {
        if (!is_own(drawn.targets[k])) continue;
        const std::uint32_t synapse = drawn.next[drawn.delay[k]]++;
        target_[synapse] = drawn.targets[k] - static_cast<std::uint32_t>(end_.first_target);
        auto& values = values_[index_of(Copies::synapse)];
        for (std::size_t v = 0; v < values.size(); ++v)
            values[v][synapse] = static_cast<Real>(drawn.values[v][k]);
        for (std::size_t r = 0; r < recorded_.size(); ++r) {
            const auto& wanted = plan_.readings[r].synapses;
            const auto found = std::lower_bound(wanted.begin(), wanted.end(), drawn.first + k);
            if (!wanted.empty() && (found == wanted.end() || *found != drawn.first + k)) continue;
            recorded_[r].push_back(
                {synapse, static_cast<std::uint32_t>(source * row_ + drawn.delay[k]),
                 wanted.empty() ? drawn.first + k : static_cast<std::size_t>(found - wanted.begin())});
        }
    }
}

// The synapses of each target, ascending. Needed by what runs from the target's side only.
template <class Real>
void PlasticSynapses<Real>::index_targets() {
    column_begin_.assign(end_.last_target - end_.first_target + 1, 0);
    if (plan_.back.empty() && plan_.summed.empty()) return;
    for (std::size_t s = 0; s < count_; ++s) ++column_begin_[target_[s] + 1];
    for (std::size_t t = 1; t < column_begin_.size(); ++t) column_begin_[t] += column_begin_[t - 1];
    column_ = PagedArray<std::uint32_t>(count_);
    column_row_ = PagedArray<std::uint32_t>(count_);
    std::vector<std::uint32_t> next(column_begin_.begin(), column_begin_.end());
    add_rows([&](const Element& e) {
        const std::uint32_t at = next[e.target]++;
        column_[at] = e.synapse;
        column_row_[at] = e.row;
    });
}

template <class Real>
void PlasticSynapses<Real>::set_initial() {
    for (const Copies copies : {Copies::row, Copies::target}) {
        const auto& kept = plan_.variables[index_of(copies)];
        for (std::size_t v = 0; v < kept.size(); ++v) {
            auto& values = values_[index_of(copies)][v];
            if (kept[v].value.a == 0.0) continue;
            std::fill_n(values.data(), values.size(), static_cast<Real>(kept[v].value.a));
        }
    }
    if (plan_.initial.empty()) return;
    in_chunks([&](const auto& add) { add_rows(add); },
              [&] {
                  run(plan_.initial, 0);
                  for (const SynapseArray& output : plan_.initial.outputs)
                      write(output, buffers_[output.array].data(), 0);
              });
}

template class PlasticSynapses<float>;
template class PlasticSynapses<double>;

}  // namespace neurodyn::engine
