// SPDX-License-Identifier: BSD-3-Clause
// What a block records, and how it is handed on.
#include <algorithm>

#include "engine/block.hpp"

namespace neurodyn::engine {
namespace {

constexpr auto longest_wait = std::chrono::seconds(1);

}  // namespace

// Samples that a monitor has after `done` steps.
template <class Real>
std::size_t Block<Real>::samples_after(std::size_t m, std::size_t done) const {
    return done <= plan_.discard_steps ? 0 : (done - plan_.discard_steps) / plan_.monitors[m].every;
}

template <class Real>
void Block<Real>::record(int thread, std::size_t step) {
    const std::size_t done = step + 1;
    if (done <= plan_.discard_steps) return;
    for (std::size_t m = 0; m < monitors_.size(); ++m) {
        const MonitorPlan& plan = plan_.monitors[m];
        const bool due = plan.every == 1 || (done - plan_.discard_steps) % plan.every == 0;
        if (!due && !plan.average) continue;
        if (plan.projection != SIZE_MAX) {
            keep_synapses(thread, m, samples_after(m, done) - 1, done);
            continue;
        }
        if (plan.kernel) observe(thread, m, step);
        if (plan.average) add_to_average(thread, m);
        if (due) keep_sample(thread, m, samples_after(m, done) - 1);
    }
}

// The monitor's expression.
template <class Real>
void Block<Real>::observe(int thread, std::size_t m, std::size_t step) {
    const MonitorPlan& plan = plan_.monitors[m];
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    const auto& part = own.populations[plan.population];
    if (part.first_node == part.last_node) return;
    AlignedVector<Real>& uniforms = own.monitor_uniforms[m];
    for (std::size_t u = 0; u < uniforms.size(); ++u)
        if (plan.program.uniforms[u] == "t")
            uniforms[u] = static_cast<Real>(static_cast<double>(step + 1) * plan_.network.dt_s);
    const compile::KernelArgs args{monitors_[m].pointers[step % plan_.leaf_steps].data(), uniforms.data(),
                                   nullptr, nullptr};
    plan.kernel->run(args, static_cast<std::int64_t>(part.first_node * members_),
                     static_cast<std::int64_t>(part.last_node * members_));
}

template <class Real>
void Block<Real>::add_to_average(int thread, std::size_t m) {
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[plan_.monitors[m].population];
    const Real* values = monitors_[m].values;
    double* sum = monitors_[m].sum.data();
    for (std::size_t e = part.first_node * members_; e < part.last_node * members_; ++e)
        sum[e] += static_cast<double>(values[e]);
}

template <class Real>
void Block<Real>::keep_sample(int thread, std::size_t m, std::size_t sample) {
    const MonitorPlan& plan = plan_.monitors[m];
    MonitorState<Real>& state = monitors_[m];
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[plan.population];
    double* row = state.buffer.data() + (sample - state.first) * plan.nodes.size() * members_;
    const auto keep = [&](std::size_t first, std::size_t count, double* to) {
        if (plan.average) {
            const double scale = plan.scale * static_cast<double>(plan.every);
            for (std::size_t e = 0; e < count; ++e) to[e] = state.sum[first + e] / scale;
        } else if (plan.scale == 1.0) {
            std::copy_n(state.values + first, count, to);
        } else {
            for (std::size_t e = 0; e < count; ++e)
                to[e] = static_cast<double>(state.values[first + e]) / plan.scale;
        }
    };
    const std::size_t first = part.first_node * members_, last = part.last_node * members_;
    if (plan.all_nodes) {
        keep(first, last - first, row + first);
    } else {
        for (std::size_t k = 0; k < plan.nodes.size(); ++k)
            if (plan.nodes[k] >= part.first_node && plan.nodes[k] < part.last_node)
                keep(plan.nodes[k] * members_, members_, row + k * members_);
    }
    if (plan.average)
        std::fill(state.sum.begin() + static_cast<std::ptrdiff_t>(first),
                  state.sum.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
}

// Each thread has the synapses of its own targets.
template <class Real>
void Block<Real>::keep_synapses(int thread, std::size_t m, std::size_t sample, std::size_t done) {
    const MonitorPlan& plan = plan_.monitors[m];
    double* row = monitors_[m].buffer.data() + (sample - monitors_[m].first) * plan.nodes.size();
    threads_[static_cast<std::size_t>(thread)].models[plan.projection]->read(
        plan.reading, done, [&](std::size_t position, double value) { row[position] = value; });
}

// Slow samples are not kept back for long either, so that a killed run loses little.
template <class Real>
bool Block<Real>::time_to_deliver() {
    const auto now = std::chrono::steady_clock::now();
    if (now - delivered_ < longest_wait) return false;
    delivered_ = now;
    return true;
}

// Hands on what is buffered in pieces that begin at multiples of their length: whole ones, or all there is.
template <class Real>
void Block<Real>::deliver_samples(const Deliver& deliver, std::size_t done, bool all) {
    all = time_to_deliver() || all;
    hand_on_events(deliver, done, all);
    for (std::size_t m = 0; m < monitors_.size(); ++m) {
        MonitorState<Real>& state = monitors_[m];
        const std::size_t row = plan_.monitors[m].nodes.size() * members_;
        const std::size_t piece = plan_.monitors[m].info.samples_at_once;
        const std::size_t filled = samples_after(m, done) - state.first;
        std::size_t given = 0;
        while (given < filled) {
            const std::size_t whole = piece - (state.first + given) % piece;
            if (filled - given < whole && !all) break;
            const std::size_t count = std::min(whole, filled - given);
            deliver.samples(m, state.first + given, first_member_, members_,
                            std::span(state.buffer.data() + given * row, count * row));
            given += count;
        }
        if (given == 0) continue;
        std::copy_n(state.buffer.begin() + static_cast<std::ptrdiff_t>(given * row), (filled - given) * row,
                    state.buffer.begin());
        state.first += given;
    }
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
