// SPDX-License-Identifier: BSD-3-Clause
// What a block records, and how it is handed on.
#include <algorithm>

#include "engine/block.hpp"

namespace neurodyn::engine {

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
        const bool due = (done - plan_.discard_steps) % plan.every == 0;
        if (due || plan.average) observe(thread, m, step);
    }
}

template <class Real>
void Block<Real>::observe(int thread, std::size_t m, std::size_t step) {
    const MonitorPlan& plan = plan_.monitors[m];
    MonitorState<Real>& state = monitors_[m];
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    const auto& part = own.populations[plan.population];
    const std::size_t done = step + 1;
    const std::size_t first = part.first_node * members_, last = part.last_node * members_;
    if (first == last) return;
    if (plan.kernel) {
        AlignedVector<Real>& uniforms = own.monitor_uniforms[m];
        for (std::size_t u = 0; u < uniforms.size(); ++u)
            if (plan.program.uniforms[u] == "t")
                uniforms[u] = static_cast<Real>(static_cast<double>(done) * plan_.network.dt_s);
        const compile::KernelArgs args{state.pointers[step % plan_.leaf_steps].data(), uniforms.data(),
                                       nullptr, nullptr};
        plan.kernel->run(args, static_cast<std::int64_t>(first), static_cast<std::int64_t>(last));
    }
    if (plan.average)
        for (std::size_t e = first; e < last; ++e) state.sum[e] += static_cast<double>(state.values[e]);
    if ((done - plan_.discard_steps) % plan.every != 0) return;
    const double scale = plan.average ? plan.scale * static_cast<double>(plan.every) : plan.scale;
    double* row =
        state.buffer.data() + (samples_after(m, done) - 1 - state.first) * plan.nodes.size() * members_;
    for (std::size_t k = 0; k < plan.nodes.size(); ++k) {
        const std::size_t i = plan.nodes[k];
        if (i < part.first_node || i >= part.last_node) continue;
        for (std::size_t x = 0; x < members_; ++x) {
            const std::size_t e = i * members_ + x;
            row[k * members_ + x] =
                (plan.average ? state.sum[e] : static_cast<double>(state.values[e])) / scale;
        }
    }
    if (plan.average)
        std::fill(state.sum.begin() + static_cast<std::ptrdiff_t>(first),
                  state.sum.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
}

// Hands on what is buffered: everything at the end, else when another group of steps might not fit.
template <class Real>
void Block<Real>::deliver_samples(const Deliver& deliver, std::size_t done, bool all) {
    for (std::size_t m = 0; m < monitors_.size(); ++m) {
        MonitorState<Real>& state = monitors_[m];
        const std::size_t row = plan_.monitors[m].nodes.size() * members_;
        const std::size_t filled = samples_after(m, done) - state.first;
        const std::size_t next = most_block_steps / plan_.monitors[m].every + 1;
        if (filled == 0 || (!all && filled + next <= state.capacity)) continue;
        deliver(m, state.first, first_member_, members_, std::span(state.buffer.data(), filled * row));
        state.first += filled;
    }
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
