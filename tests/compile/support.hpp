// SPDX-License-Identifier: BSD-3-Clause
// Systems written by hand, and a small runner: the reference for what an engine does with a step program.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/aligned.hpp"
#include "compile/kernel.hpp"
#include "compile/setup.hpp"

namespace neurodyn::compile::testing {

using symbolic::Op;

/// Equations from text. Names in `states` are states, in `inputs` inputs, `t` and `dt` themselves, all others
/// parameters; noise coefficients are text too.
class SystemText {
  public:
    SystemText& state(const std::string& name, const std::string& drift);
    SystemText& noise(const std::string& state, const std::string& name, const std::string& coefficient);
    SystemText& input(const std::string& name);
    SystemText& parameter(const std::string& name);
    System build() const;
    /// An expression in the finished system's graph.
    static NodeId expression(System& system, const std::string& text);

  private:
    struct StateText {
        std::string name, drift;
        std::vector<std::pair<std::string, std::string>> noise;
    };
    std::vector<StateText> states_;
    std::vector<std::string> inputs_, parameters_;
};

/// Owns all arrays of a step program and steps it.
class Runner {
  public:
    Runner(const StepProgram& program, std::size_t elements, double dt, const KernelOptions& options = {});

    void set_uniform(const std::string& name, double value) { setup_.set(name, value); }
    AlignedVector<double>& array(const std::string& name) { return arrays_.at(name); }
    void start();  ///< setup; parameters must be set by then
    /// One step from t; `normals(k, element)` fills noise.
    void step(double t, const std::function<double(std::size_t, std::size_t)>& normals = {});
    /// Steps from t0 to t0 + steps dt and returns the value of a state of element 0.
    double run(std::size_t steps, const std::string& state, double t0 = 0.0);

    std::vector<std::vector<std::uint32_t>> events;  ///< of the last step
    StepSetup& setup() { return setup_; }

  private:
    StepProgram program_;
    std::size_t elements_;
    double dt_;
    StepSetup setup_;
    std::unique_ptr<Kernel> kernel_;
    std::map<std::string, AlignedVector<double>> arrays_;
};

}  // namespace neurodyn::compile::testing
