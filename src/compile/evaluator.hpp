// SPDX-License-Identifier: BSD-3-Clause
// Expressions evaluated at many points at once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/aligned.hpp"
#include "compile/kernel.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::compile {

/// Values that all points share, by name.
struct Environment {
    std::vector<std::string> names;
    std::vector<double> values;
    std::size_t index(const std::string& name);  ///< added with the value 0 where it is new
};
/// One value; a symbol that the environment lacks is 0.
double evaluate(const symbolic::Graph& graph, symbolic::NodeId node, const Environment& environment);

/// Some expressions over arrays and an environment.
class Evaluator {
  public:
    Evaluator(const symbolic::Graph& graph, const std::vector<std::string>& arrays,
              const std::vector<symbolic::NodeId>& expressions, Environment& environment,
              const KernelOptions& options);

    /// Room for `count` elements; what was there is lost.
    void resize(std::size_t count);
    std::size_t size() const { return count_; }
    std::span<double> array(std::size_t k) { return {arrays_[k].data(), count_}; }
    /// Takes the environment's values. False when none has changed since the last time.
    bool take(const Environment& environment);
    void run();
    std::size_t results() const { return results_.size(); }
    std::span<const double> result(std::size_t k) const { return {results_[k].data(), count_}; }

  private:
    Program program_;
    std::unique_ptr<Kernel> kernel_;
    std::vector<std::size_t> uniform_of_;  ///< index into the environment
    std::vector<double> uniforms_;
    bool taken_ = false;
    std::size_t count_ = 0;
    std::vector<AlignedVector<double>> arrays_, results_;
    std::vector<void*> pointers_;
    std::vector<std::size_t>
        array_of_;  ///< of each of the program's: index into arrays_, or results_ behind them
};

}  // namespace neurodyn::compile
