// SPDX-License-Identifier: BSD-3-Clause
// Running synapses in chunks: values are gathered into short arrays, a kernel runs over them, and what it
// made is put back.
#include "engine/plastic_synapses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace neurodyn::engine {
namespace {

using Kind = SynapseArray::Kind;

}  // namespace

template <class Real>
void PlasticSynapses<Real>::deliver(const SpikeHistory& spikes, std::size_t step,
                                    std::optional<std::uint32_t> first_source,
                                    std::optional<std::uint32_t> first_target) {
    const auto between = [](std::span<const std::uint32_t> list, std::size_t first, std::size_t last) {
        const auto begin = std::lower_bound(list.begin(), list.end(), first);
        return std::span(begin, std::lower_bound(begin, list.end(), last));
    };
    batch_.clear();
    for (std::size_t delay = first_source ? row_ : 0; delay-- > 0;) {
        const std::size_t ago = 1 + delay + dendritic_steps_;
        if (ago > step) continue;
        for (const std::uint32_t s :
             between(spikes.at(step - ago), *first_source, *first_source + sources_)) {
            const auto row = static_cast<std::uint32_t>((s - *first_source) * row_ + delay);
            if (begin_[row] < begin_[row + 1]) batch_.push_back(row);
        }
    }
    run_rows(step);
    const std::size_t ago = 1 + 2 * dendritic_steps_;
    if (!first_target || ago > step) return;
    batch_.clear();
    const std::size_t first = *first_target + end_.first_target, last = *first_target + end_.last_target;
    for (const std::uint32_t t : between(spikes.at(step - ago), first, last))
        batch_.push_back(static_cast<std::uint32_t>(t - first));
    run_targets(step);
}

template <class Real>
void PlasticSynapses<Real>::run_rows(std::size_t step) {
    for (std::size_t first = 0; first < batch_.size(); first += chunk) {
        const std::size_t count = std::min(chunk, batch_.size() - first);
        elements_.clear();
        for (std::uint32_t k = 0; k < count; ++k) elements_.push_back({0, batch_[first + k], 0, k});
        run_own(plan_.arriving_row, Copies::row, step);
        if (plan_.arriving.empty()) continue;
        in_chunks(
            [&](const auto& add) {
                for (std::uint32_t k = 0; k < count; ++k) {
                    const std::uint32_t row = batch_[first + k];
                    for (std::uint32_t s = begin_[row]; s < begin_[row + 1]; ++s)
                        add({s, row, target_[s], k});
                }
            },
            [&] { run_events(plan_.arriving, end_.arriving, step); });
    }
}

template <class Real>
void PlasticSynapses<Real>::run_targets(std::size_t step) {
    for (std::size_t first = 0; first < batch_.size(); first += chunk) {
        const std::size_t count = std::min(chunk, batch_.size() - first);
        elements_.clear();
        for (std::uint32_t k = 0; k < count; ++k) elements_.push_back({0, 0, batch_[first + k], k});
        run_own(plan_.back_target, Copies::target, step);
        if (plan_.back.empty()) continue;
        in_chunks(
            [&](const auto& add) {
                for (std::uint32_t k = 0; k < count; ++k) add_column(batch_[first + k], k, add);
            },
            [&] { run_events(plan_.back, end_.back, step); });
    }
}

// What the rows or targets of a batch keep: brought up to date, then changed by their statements.
template <class Real>
void PlasticSynapses<Real>::run_own(const SynapseProgram& program, Copies copies, std::size_t step) {
    if (program.empty()) return;
    run(program, step);
    for (const SynapseArray& output : program.outputs) {
        const Real* from = buffers_[output.array].data();
        if (output.kind == Kind::current)
            std::copy_n(from, elements_.size(), current_[output.index].data());
        else
            write(output, from, step);
    }
    touch(copies, step);
}

template <class Real>
void PlasticSynapses<Real>::run_events(const SynapseProgram& program, const std::vector<Real*>& effects,
                                       std::size_t step) {
    run(program, step);
    for (const SynapseArray& output : program.outputs) {
        const Real* from = buffers_[output.array].data();
        if (output.kind == Kind::variable)
            write(output, from, step);
        else
            add_to_targets(effects[output.index], from);
    }
    touch(Copies::synapse, step);
}

template <class Real>
void PlasticSynapses<Real>::add_to_targets(Real* to, const Real* from) const {
    for (std::size_t i = 0; i < elements_.size(); ++i) to[elements_[i].target] += from[i];
}

template <class Real>
void PlasticSynapses<Real>::run(const SynapseProgram& program, std::size_t step,
                                const std::vector<double>* uniforms) {
    for (const SynapseArray& input : program.inputs) fill(input, buffers_[input.array].data(), step);
    uniforms_.clear();
    for (const double value : uniforms ? *uniforms : program.uniforms)
        uniforms_.push_back(static_cast<Real>(value));
    if (!uniforms && program.time_uniform != UINT32_MAX)
        uniforms_[program.time_uniform] = static_cast<Real>(seconds(step));
    program.kernel->run({pointers_.data(), uniforms_.data(), nullptr, nullptr}, 0,
                        static_cast<std::int64_t>(elements_.size()));
}

template <class Real>
void PlasticSynapses<Real>::fill(const SynapseArray& array, Real* to, std::size_t step) const {
    const std::size_t count = elements_.size();
    switch (array.kind) {
        case Kind::variable: {
            const Real* const from = values_[index_of(array.copies)][array.index].data();
            for (std::size_t i = 0; i < count; ++i) to[i] = from[elements_[i].of(array.copies)];
            break;
        }
        case Kind::current: {
            const Real* const from = current_[array.index].data();
            for (std::size_t i = 0; i < count; ++i) to[i] = from[elements_[i].own];
            break;
        }
        case Kind::since: {
            const std::uint32_t* const last = last_[index_of(array.copies)].data();
            const auto now = static_cast<std::uint32_t>(step);
            for (std::size_t i = 0; i < count; ++i)
                to[i] =
                    static_cast<Real>(static_cast<double>(now - last[elements_[i].of(array.copies)]) * dt_s_);
            break;
        }
        case Kind::pre: {
            const Real* const from = end_.pre[array.index];
            for (std::size_t i = 0; i < count; ++i) to[i] = from[elements_[i].row / row_];
            break;
        }
        case Kind::post: {
            const Real* const from = end_.post[array.index];
            for (std::size_t i = 0; i < count; ++i) to[i] = from[elements_[i].target];
            break;
        }
        case Kind::result:
            break;
    }
}

template <class Real>
void PlasticSynapses<Real>::write(const SynapseArray& array, const Real* from, std::size_t step) {
    Real* const to = values_[index_of(array.copies)][array.index].data();
    bool finite = true;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
        to[elements_[i].of(array.copies)] = from[i];
        finite &= std::isfinite(from[i]);
    }
    if (finite) return;
    std::size_t bad = 0;
    while (std::isfinite(from[bad])) ++bad;
    name_non_finite(array, elements_[bad], step);
}

template <class Real>
void PlasticSynapses<Real>::name_non_finite(const SynapseArray& array, const Element& element,
                                            std::size_t step) const {
    const std::string& variable = plan_.variables[index_of(array.copies)][array.index].name;
    const std::string place = array.copies == Copies::row
                                  ? fmt::format("of source neuron {}", element.row / row_)
                              : array.copies == Copies::target
                                  ? fmt::format("of target neuron {}", element.target + end_.first_target)
                                  : fmt::format("from neuron {} to neuron {}", element.row / row_,
                                                element.target + end_.first_target);
    throw Error(
        fmt::format("projection '{}': '{}' of the synapse {} became infinite or undefined at t = "
                    "{:.6g} s; look for a division by zero or a growth without bound in '{}'",
                    plan_.name, variable, place, static_cast<double>(step) * dt_s_, plan_.model->name));
}

template <class Real>
void PlasticSynapses<Real>::touch(Copies copies, std::size_t step) {
    if (!plan_.has_since[index_of(copies)]) return;
    std::uint32_t* const last = last_[index_of(copies)].data();
    for (const Element& e : elements_) last[e.of(copies)] = static_cast<std::uint32_t>(step);
}

template <class Real>
void PlasticSynapses<Real>::sum(std::size_t step) {
    if (plan_.summed.empty()) return;
    for (Real* const sums : end_.sums)
        if (sums) std::fill_n(sums, end_.last_target - end_.first_target, Real{0});
    in_chunks(
        [&](const auto& add) {
            for (std::uint32_t t = 0; t + 1 < column_begin_.size(); ++t) add_column(t, 0, add);
        },
        [&] {
            run(plan_.summed, step);
            for (const SynapseArray& output : plan_.summed.outputs)
                if (end_.sums[output.index])
                    add_to_targets(end_.sums[output.index], buffers_[output.array].data());
        });
}

template <class Real>
void PlasticSynapses<Real>::tick(std::size_t step) {
    for (const Copies copies : {Copies::target, Copies::synapse}) {
        const SynapseProgram& code = plan_.clocks[index_of(copies)].code;
        if (code.empty()) continue;
        compile::StepSetup& setup = *setups_[index_of(copies)];
        setup.clock(seconds(step));
        const auto flush = [&] {
            run(code, step, &setup.uniforms());
            for (const SynapseArray& output : code.outputs)
                write(output, buffers_[output.array].data(), step + 1);
        };
        if (copies == Copies::synapse)
            in_chunks([&](const auto& add) { add_rows(add); }, flush);
        else
            in_chunks(
                [&](const auto& add) {
                    for (std::uint32_t t = 0; t + 1 < column_begin_.size(); ++t) add({0, 0, t, 0});
                },
                flush);
    }
}

template <class Real>
void PlasticSynapses<Real>::read(std::size_t reading, std::size_t steps,
                                 const std::function<void(std::size_t, double)>& take) {
    const SynapseReading& plan = plan_.readings[reading];
    std::size_t done = 0;
    const std::vector<Recorded>& recorded = recorded_[reading];
    in_chunks(
        [&](const auto& add) {
            for (const Recorded& r : recorded) add({r.synapse, r.row, target_[r.synapse], 0});
        },
        [&] {
            run(plan.program, steps);
            const Real* const from = buffers_[plan.program.outputs.front().array].data();
            for (std::size_t i = 0; i < elements_.size(); ++i)
                take(recorded[done++].position, static_cast<double>(from[i]) / plan.scale);
        });
}

template class PlasticSynapses<float>;
template class PlasticSynapses<double>;

}  // namespace neurodyn::engine
