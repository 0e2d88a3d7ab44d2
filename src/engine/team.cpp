// SPDX-License-Identifier: BSD-3-Clause
// The barrier and the start of a team.
#include "engine/team.hpp"

namespace neurodyn::engine {

void Barrier::wait() {
    constexpr int spins = 100000;  // some ten microseconds: waking up takes longer
    const unsigned generation = generation_.load(std::memory_order_acquire);
    if (waiting_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
        waiting_.store(0, std::memory_order_relaxed);
        generation_.fetch_add(1, std::memory_order_acq_rel);
        generation_.notify_all();
        return;
    }
    for (int i = 0; i < spins; ++i)
        if (generation_.load(std::memory_order_acquire) != generation) return;
    generation_.wait(generation, std::memory_order_acquire);
}

void Team::run(const std::function<void(int)>& work) {
    std::vector<std::jthread> others;
    for (int i = 1; i < size_; ++i) others.emplace_back([&work, i] { work(i); });
    work(0);
}

}  // namespace neurodyn::engine
