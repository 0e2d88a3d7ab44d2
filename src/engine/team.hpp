// SPDX-License-Identifier: BSD-3-Clause
// A team of threads that run one function together and meet at barriers.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace neurodyn::engine {

/// A barrier that spins for about the length of a step before it sleeps: threads meet every few microseconds,
/// unless other work holds a processor.
class Barrier {
  public:
    explicit Barrier(int count) : count_(count) {}
    void wait();

  private:
    const int count_;
    std::atomic<int> waiting_{0};
    std::atomic<unsigned> generation_{0};
};

/// Runs a function once per thread; the calling thread is thread 0.
class Team {
  public:
    explicit Team(int size) : size_(size), barrier_(size) {}
    int size() const { return size_; }
    /// `work` must not throw.
    void run(const std::function<void(int thread)>& work);
    void barrier() {
        if (size_ > 1) barrier_.wait();
    }

  private:
    int size_;
    Barrier barrier_;
};

}  // namespace neurodyn::engine
