// SPDX-License-Identifier: BSD-3-Clause
// The engine loop. One step: due signals are summed, stimuli read, kernels run, signals sent, values
// recorded. Steps come in groups: whatever has a delay of at least B-1 steps is summed for B steps at once,
// halving B down to single steps.
#include "engine/block.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/error.hpp"
#include "base/random.hpp"

namespace neurodyn::engine {
namespace {

std::uint16_t noise_stream(std::size_t population, std::size_t noise) {
    return static_cast<std::uint16_t>(population * most_noises + noise);
}

// Index of the first value that is not finite, or `count`. Integer arithmetic, so that the compiler may use
// vectors.
template <class Real>
std::size_t first_non_finite(const Real* values, std::size_t count) {
    using Bits = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;
    constexpr auto exponent = static_cast<Bits>(sizeof(Real) == 8 ? 0x7ff0000000000000u : 0x7f800000u);
    Bits bad = 0;
    for (std::size_t i = 0; i < count; ++i) bad |= (std::bit_cast<Bits>(values[i]) & exponent) == exponent;
    if (!bad) return count;
    std::size_t i = 0;
    while (std::isfinite(values[i])) ++i;
    return i;
}

}  // namespace

template <class Real>
void Block<Real>::run(const Deliver& deliver, const std::function<bool(std::size_t)>& keep_going) {
    team_.run([&](int thread) { run_thread(thread, deliver, keep_going); });
    if (failure_) std::rethrow_exception(failure_);
}

template <class Real>
void Block<Real>::run_thread(int thread, const Deliver& deliver,
                             const std::function<bool(std::size_t)>& keep_going) {
    for (std::size_t done = 0; done < plan_.steps && !stop_;) {
        const std::size_t count = std::min(most_block_steps, plan_.steps - done);
        copy_changing(thread, populations_, saved_);
        group(thread, done, count);
        look_for_non_finite(thread, done + count);
        team_.barrier();
        if (non_finite_ && !plan_.events.has_models) {  // go back and watch every step
            copy_changing(thread, saved_, populations_);
            threads_[static_cast<std::size_t>(thread)].bad = {};
            if (thread == 0) searching_ = true;
            team_.barrier();
            if (procedural_)  // rows that the group gave up are asked for again
                for (std::size_t s = done - std::min(done, plan_.events.history_steps); s < done; ++s)
                    draw_rows(thread, s);
            group(thread, done, count);
            team_.barrier();
        }
        done += count;
        if (thread == 0) {
            try {
                if (failed_step_ != SIZE_MAX) {
                    deliver_samples(deliver, failed_step_, true);
                    std::rethrow_exception(failure_);
                }
                NonFinitePlace bad;
                for (const auto& t : threads_) bad = std::min(bad, t.bad);
                deliver_samples(deliver, non_finite_ ? bad.step - 1 : done,
                                non_finite_ || done == plan_.steps);
                if (non_finite_) {
                    const PopulationPlan& p = plan_.populations[bad.population];
                    throw NonFiniteError(p.name, bad.element / members_,
                                         first_member_ + bad.element % members_,
                                         p.composed.system.states[bad.state].name,
                                         static_cast<double>(bad.step) * plan_.network.dt_s);
                }
                if (!keep_going(done)) {
                    deliver_samples(deliver, done, true);
                    stop_ = true;
                }
            } catch (...) {
                failure_ = std::current_exception();
                stop_ = true;
            }
        }
        team_.barrier();
    }
}

// `count` steps from `step`, in blocks of the widest delay class.
template <class Real>
void Block<Real>::group(int thread, std::size_t step, std::size_t count) {
    for (std::size_t at = 0; at < count; at += plan_.block_steps) {
        const std::size_t here = std::min(plan_.block_steps, count - at);
        for (std::size_t p = 0; p < populations_.size(); ++p) {
            const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
            for (auto& sums : populations_[p].sums) {
                if (sums.empty()) continue;
                std::fill(sums.begin() + static_cast<std::ptrdiff_t>(part.first_node * sums_row_),
                          sums.begin() + static_cast<std::ptrdiff_t>(part.last_node * sums_row_), Real{0});
            }
        }
        sub_block(thread, plan_.block_steps, step + at, step + at, here);
    }
}

template <class Real>
void Block<Real>::sub_block(int thread, std::size_t block, std::size_t base, std::size_t step,
                            std::size_t count) {
    if (class_used_[static_cast<std::size_t>(std::countr_zero(block))]) {
        team_.barrier();  // all signals up to `step` have been sent
        gather(thread, block, base, step, count);
    }
    if (block == plan_.leaf_steps) return leaf(thread, base, step, count);
    const std::size_t half = block / 2;
    sub_block(thread, half, base, step, std::min(count, half));
    if (count > half) sub_block(thread, half, base, step + half, count - half);
}

// Adds the edges of one delay class to the sums of `count` steps from `step`.
template <class Real>
void Block<Real>::gather(int thread, std::size_t block, std::size_t base, std::size_t step,
                         std::size_t count) {
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
        for (std::size_t k = 0; k < populations_[p].sums.size(); ++k) {
            auto& sums = populations_[p].sums[k];
            if (sums.empty()) continue;
            const SumPlan& plan = plan_.populations[p].sums[k];
            const EdgePlan<Real>& edges = plan_.edges[plan.projection];
            const SignalPlan& signal = plan_.populations[plan.source].signals[plan.signal];
            const HistoryView<Real> view{populations_[plan.source].history[plan.signal].data(),
                                         signal.history_steps, members_};
            for (const DelayClass<Real>& c : edges.classes)
                if (c.block == block)
                    gather_edges(sums.data() + (step - base) * members_, sums_row_, count * members_,
                                 {part.first_node, part.last_node, c.row_begin.data(), c.edges.data(),
                                  c.delays.data(), c.shortest, c.longest},
                                 view, step % signal.history_steps);
        }
    }
}

// Steps between which no node needs another's signal.
template <class Real>
void Block<Real>::leaf(int thread, std::size_t base, std::size_t step, std::size_t count) {
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        collect_delayed(thread, p, base, step, count);
        if (plan_.populations[p].multiple > 1 || plan_.populations[p].keeps_own_state()) continue;
        fill_noise(thread, p, step, count);
    }
    for (std::size_t s = 0; s < count; ++s) one_step(thread, step + s);
    for (std::size_t p = 0; p < populations_.size(); ++p) push_signals(thread, p, step, count);
}

template <class Real>
void Block<Real>::one_step(int thread, std::size_t step) {
    if (immediate_) team_.barrier();  // signals of this step have been sent
    if (!fields_.empty()) collect_fields(thread, step);
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        if (plan_.populations[p].immediate) collect_immediate(thread, p, step);
        if (plan_.populations[p].multiple > 1) average_sums(thread, p, step);
    }
    if (immediate_) team_.barrier();  // and read
    if (!plan_.events.empty()) deliver_events(thread, step);
    if (plan_.events.reads_sources) team_.barrier();  // sources have been read
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        auto& counts = threads_[static_cast<std::size_t>(thread)].populations[p].events[step % 2].counts;
        std::fill(counts.begin(), counts.end(), 0);
        const std::size_t multiple = plan_.populations[p].multiple;
        if (multiple == 1 || (step + 1) % multiple == 0) update(thread, p, step);
        keep_past(thread, p, step);
    }
    if (!plan_.events.empty()) {
        team_.barrier();  // all events of the step have been found
        collect_events(thread, step);
    }
    // Synapses with a model cannot go back, so that every step is watched from the start.
    if (searching_ || plan_.events.has_models) look_for_non_finite(thread, step + 1);
    if (!searching_) record(thread, step);
}

// The delayed sums of a leaf, into the input arrays that the kernel reads.
template <class Real>
void Block<Real>::collect_delayed(int thread, std::size_t p, std::size_t base, std::size_t step,
                                  std::size_t count) {
    const PopulationState<Real>& state = populations_[p];
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    for (std::size_t k = 0; k < state.sums.size(); ++k) {
        if (state.sums[k].empty()) continue;
        transpose(array(p, plan_.populations[p].sums[k].array, step) + part.first_node * members_,
                  state.padded_elements,
                  state.sums[k].data() + part.first_node * sums_row_ + (step - base) * members_, sums_row_,
                  part.last_node - part.first_node, count, members_);
    }
}

// Convolutions of fields, by all threads together.
template <class Real>
void Block<Real>::collect_fields(int thread, std::size_t step) {
    fields_.run(
        thread, step, team_,
        [&](std::size_t p, std::size_t signal) {
            return array(p, plan_.populations[p].signals[signal].array, step + plan_.leaf_steps - 1);
        },
        [&](std::size_t p, std::size_t input) { return array(p, static_cast<std::uint32_t>(input), step); });
}

// Sums of signals as they are now.
template <class Real>
void Block<Real>::collect_immediate(int thread, std::size_t p, std::size_t step) {
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    for (const SumPlan& sum : plan_.populations[p].sums) {
        if (sum.array == no_array) continue;
        const EdgePlan<Real>& edges = plan_.edges[sum.projection];
        if (edges.delivery == Delivery::delayed || edges.delivery == Delivery::kernel) continue;
        // They were made by the step before, and stand where it put them.
        const SignalPlan& sent = plan_.populations[sum.source].signals[sum.signal];
        const Real* signal = array(sum.source, sent.array, step + plan_.leaf_steps - 1);
        if (edges.delivery == Delivery::shifted)
            signal = populations_[sum.source].past[sum.signal].data() +
                     (step + sent.past_steps - edges.longest_delay) % sent.past_steps *
                         populations_[sum.source].padded_elements;
        Real* input = array(p, sum.array, step);
        if (edges.delivery == Delivery::laplacian) {
            edges.surface.empty()
                ? apply_laplacian(edges.grid, part.first_node, part.last_node, members_, signal, input)
                : edges.surface.apply(part.first_node, part.last_node, members_, signal, input);
        } else if (edges.delivery == Delivery::dense) {
            multiply_dense(thread, sum, p, signal, input);
        } else if (members_ == 1) {
            for (std::size_t i = part.first_node; i < part.last_node; ++i)
                input[i] = Real{0} + edges.weights[i] * signal[i];
        } else {
            for (std::size_t i = part.first_node; i < part.last_node; ++i)
                for (std::size_t m = 0; m < members_; ++m)
                    input[i * members_ + m] = Real{0} + edges.weights[i] * signal[i * members_ + m];
        }
    }
}

template <class Real>
void Block<Real>::multiply_dense(int thread, const SumPlan& sum, std::size_t p, const Real* signal,
                                 Real* input) const {
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    const EdgePlan<Real>& edges = plan_.edges[sum.projection];
    if (members_ == 1) {
        for (std::size_t i = part.first_node; i < part.last_node; i += panel_targets) {
            std::array<Real, panel_targets> sums{};
            multiply_panel(sums.data(), edges.panels.data() + i * edges.sources,
                           panel_width(edges.targets, i), signal, edges.sources);
            std::copy_n(sums.begin(), std::min(panel_targets, part.last_node - i), input + i);
        }
        return;
    }
    const std::size_t first = part.first_node * members_, last = part.last_node * members_;
    std::fill(input + first, input + last, Real{0});
    multiply_members(input + first, members_, edges.matrix.data() + part.first_node * edges.sources,
                     edges.sources, signal, members_, part.last_node - part.first_node, edges.sources,
                     members_);
}

// A population that steps once in several sees the means of its inputs.
template <class Real>
void Block<Real>::average_sums(int thread, std::size_t p, std::size_t step) {
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    const std::size_t first = part.first_node * members_, last = part.last_node * members_;
    const std::size_t multiple = plan_.populations[p].multiple;
    const auto share = static_cast<Real>(1.0 / static_cast<double>(multiple));
    for (std::size_t k = 0; k < plan_.populations[p].sums.size(); ++k) {
        if (populations_[p].mean[k].empty()) continue;
        Real* input = array(p, plan_.populations[p].sums[k].array, step);
        Real* mean = populations_[p].mean[k].data();
        for (std::size_t e = first; e < last; ++e) mean[e] += input[e];
        if ((step + 1) % multiple != 0) continue;
        for (std::size_t e = first; e < last; ++e) {
            input[e] = mean[e] * share;
            mean[e] = 0;
        }
    }
}

template <class Real>
void Block<Real>::fill_tables(int thread, std::size_t p, double t_s) {
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    for (const TablePlan& plan : plan_.populations[p].tables) {
        if (plan.array == no_array) continue;
        Real* input = populations_[p].arrays[plan.array].data();
        for (std::size_t i = part.first_node; i < part.last_node; ++i) {
            const double value = plan.table->at(t_s, i);
            std::fill_n(input + i * members_, members_, static_cast<Real>(value));
        }
    }
}

// One seed for all members, or one for each of this block's.
template <class Real>
std::span<const std::uint64_t> Block<Real>::seeds() const {
    const std::span<const std::uint64_t> all = plan_.network.seeds;
    return all.size() == 1 ? all : all.subspan(first_member_, members_);
}

template <class Real>
void Block<Real>::fill_noise(int thread, std::size_t p, std::size_t step, std::size_t count) {
    const PopulationPlan& plan = plan_.populations[p];
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    const std::size_t nodes = part.last_node - part.first_node;
    if (nodes == 0) return;
    DrawSource source;
    source.seeds = seeds();
    source.step = step / plan.multiple;
    source.first_node = part.first_node;
    for (std::size_t k = 0; k < plan.noise.size(); ++k) {
        if (plan.noise[k] == no_array) continue;
        source.stream = noise_stream(p, k);
        Real* noise = array(p, plan.noise[k], step) + part.first_node * members_;
        const std::size_t apart = populations_[p].padded_elements;
        fill_normal_steps(std::span(noise, (count - 1) * apart + nodes * members_), count, apart, members_,
                          source);
    }
}

// CVODE knows no names; the population's is put in front.
template <class Real>
std::exception_ptr Block<Real>::name_failure(std::size_t p, std::exception_ptr failure) const {
    const std::string& name = plan_.populations[p].name;
    try {
        std::rethrow_exception(failure);
    } catch (const NonFiniteError& error) {
        return std::make_exception_ptr(NonFiniteError(name, error.node / members_,
                                                      first_member_ + error.node % members_, error.variable,
                                                      error.time_s));
    } catch (const Error& error) {
        return std::make_exception_ptr(Error("population '" + name + "': " + error.what()));
    } catch (...) {
        return std::current_exception();
    }
}

// One step's length by CVODE, in double; it carries its own state from step to step.
template <class Real>
void Block<Real>::solve(int thread, std::size_t p, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[p];
    auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    const std::size_t first = part.first_node * members_, count = part.last_node * members_ - first;
    // A replay that looks for the place of an error keeps what was solved: CVODE reports its own non-finite
    // values.
    if (count == 0 || searching_ || step > failed_step_) return;
    try {
        part.solver->advance(static_cast<double>(step + 1) * plan_.network.dt_s, part.solved);
    } catch (...) {
        return fail(step, thread, name_failure(p, std::current_exception()));
    }
    for (std::size_t s = 0; s < plan.states.size(); ++s)
        for (std::size_t e = 0; e < count; ++e)
            populations_[p].arrays[plan.states[s]][first + e] = static_cast<Real>(part.solved[s * count + e]);
    if (plan.signal_kernel) compute_signals(p, first, first + count);
}

// Of several failures the first one counts, whichever thread comes to it first.
template <class Real>
void Block<Real>::fail(std::size_t step, int thread, std::exception_ptr failure) {
    const std::lock_guard lock(failure_mutex_);
    if (step > failed_step_ || (step == failed_step_ && thread >= failed_thread_)) return;
    failed_step_ = step;
    failed_thread_ = thread;
    failure_ = std::move(failure);
}

template <class Real>
void Block<Real>::update(int thread, std::size_t p, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[p];
    if (plan.adaptive) return solve(thread, p, step);
    auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    const double start_s = static_cast<double>(step + 1 - plan.multiple) * plan_.network.dt_s;
    if (!plan.tables.empty()) fill_tables(thread, p, start_s);
    if (plan.equations) return advance_density(thread, p, step);
    if (plan.multiple > 1) fill_noise(thread, p, step, 1);
    if (!plan.poisson.empty()) fill_poisson(thread, p, step);
    if (!plan.draws.empty()) fill_draws(thread, p, step);
    if (part.clocked) {
        part.setup->clock(start_s);
        const std::vector<double>& uniforms = part.setup->uniforms();
        for (std::size_t u = 0; u < uniforms.size(); ++u) part.uniforms[u] = static_cast<Real>(uniforms[u]);
    }
    if (part.first_node == part.last_node) return;
    auto& events = part.events[step % 2];
    const compile::KernelArgs args{part.pointers[step % plan_.leaf_steps].data(), part.uniforms.data(),
                                   events.pointers.data(), events.counts.data()};
    plan.kernel->run(args, static_cast<std::int64_t>(part.first_node * members_),
                     static_cast<std::int64_t>(part.last_node * members_));
}

// Signals that each node's like reads later, whole arrays at the times at which they hold.
template <class Real>
void Block<Real>::keep_past(int thread, std::size_t p, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[p];
    if (plan.keeps_own_state() && (searching_ || step + 1 > failed_step_)) return;
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    const std::size_t first = part.first_node * members_, count = part.last_node * members_ - first;
    for (std::size_t k = 0; k < plan.signals.size(); ++k) {
        const std::size_t steps = plan.signals[k].past_steps;
        if (steps == 0) continue;
        Real* to = populations_[p].past[k].data() + (step + 1) % steps * populations_[p].padded_elements;
        std::copy_n(array(p, plan.signals[k].array, step) + first, count, to + first);
    }
}

// Signals that others read later go into the history, at the times at which they hold.
template <class Real>
void Block<Real>::push_signals(int thread, std::size_t p, std::size_t step, std::size_t count) {
    const PopulationPlan& plan = plan_.populations[p];
    if (plan.keeps_own_state() && (searching_ || step + count > failed_step_))
        return;  // what was solved stands in the history already
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    for (std::size_t k = 0; k < plan.signals.size(); ++k) {
        const std::size_t steps = plan.signals[k].history_steps;
        if (steps == 0) continue;
        AlignedVector<Real>& history = populations_[p].history[k];
        const std::size_t row = plan.history_row * members_;
        const auto write = [&](std::size_t from, std::size_t position, std::size_t n) {
            transpose(history.data() + part.first_node * row + position * members_, row,
                      array(p, plan.signals[k].array, step + from) + part.first_node * members_,
                      populations_[p].padded_elements, n, part.last_node - part.first_node, members_);
        };
        const std::size_t position = (step + 1) % steps, before_end = std::min(count, steps - position);
        write(0, position, before_end);
        if (before_end < count) write(before_end, 0, count - before_end);
        // The first steps stand again behind the end.
        if (before_end < count) write(before_end, steps, count - before_end);
        if (position < plan_.block_steps)
            write(0, position + steps, std::min(count, plan_.block_steps - position));
    }
}

template <class Real>
void Block<Real>::look_for_non_finite(int thread, std::size_t step) {
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    if (own.bad.step != SIZE_MAX) return;
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const std::size_t first = own.populations[p].first_node * members_;
        const std::size_t count = own.populations[p].last_node * members_ - first;
        for (std::size_t s = 0; s < plan_.populations[p].states.size(); ++s) {
            const std::uint32_t array = plan_.populations[p].states[s];
            if (array == no_array) continue;
            const std::size_t at = first_non_finite(populations_[p].arrays[array].data() + first, count);
            if (at == count) continue;
            own.bad = std::min(own.bad, NonFinitePlace{step, p, s, first + at});
            non_finite_ = true;
        }
    }
}

// Copies what a group of steps changes, this thread's share of it, so that the group can be run again.
// Histories need no copy: they are longer than a group.
template <class Real>
void Block<Real>::copy_changing(int thread, const States& from, States& to) const {
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
        const auto first = static_cast<std::ptrdiff_t>(part.first_node * members_);
        const auto last = static_cast<std::ptrdiff_t>(part.last_node * members_);
        const auto copy = [&](const AlignedVector<Real>& source, AlignedVector<Real>& target) {
            if (source.empty()) return;
            // Of what is kept for each step of a leaf, the next one reads the last.
            const auto end = static_cast<std::ptrdiff_t>(source.size() - populations_[p].padded_elements);
            std::copy(source.begin() + end + first, source.begin() + end + last,
                      target.begin() + end + first);
        };
        for (const std::uint32_t a : changing_arrays(plan_.populations[p]))
            copy(from[p].arrays[a], to[p].arrays[a]);
        for (std::size_t k = 0; k < from[p].mean.size(); ++k) copy(from[p].mean[k], to[p].mean[k]);
    }
}

template <class Real>
std::vector<double> Block<Real>::state(std::size_t population, std::size_t state) const {
    const std::uint32_t array = plan_.populations[population].states[state];
    const AlignedVector<Real> values =
        array != no_array
            ? populations_[population].arrays[array]
            : element_values(population, plan_.populations[population].composed.system.states[state].name);
    return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(populations_[population].elements)};
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
