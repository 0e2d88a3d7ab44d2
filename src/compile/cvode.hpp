// SPDX-License-Identifier: BSD-3-Clause
// Deterministic systems without delays through SUNDIALS CVODE: adaptive, implicit, with the symbolic
// Jacobian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

struct CvodeTolerances {
    double relative = 1e-8;
    /// SI; one for all states, or one for each (states of different units differ by many orders of
    /// magnitude).
    std::vector<double> absolute{1e-12};
    std::int64_t most_steps = 1'000'000;  ///< within one advance() of one element
};

/// By name, SI: one value, or one for each element.
using ParameterValues = std::map<std::string, std::vector<double>>;

/// One small system for each element, each with its own step size and order (backward differentiation
/// formulas; Hindmarsh et al. 2005, doi:10.1145/1089014.1089020).
class CvodeSolver {
  public:
    /// Throws Error when the system has noise, inputs or events, or when a parameter has no value.
    CvodeSolver(const System& system, std::size_t elements, const ParameterValues& parameters,
                const CvodeTolerances& tolerances = {}, double t_start = 0.0);
    ~CvodeSolver();
    CvodeSolver(CvodeSolver&&) noexcept;
    CvodeSolver& operator=(CvodeSolver&&) noexcept;

    /// Advances `state`, [variable][element], from the time reached so far to `t_to`. A state that was
    /// changed since the last call is a new beginning. Throws Error when CVODE gives up, saying why, and
    /// NonFiniteError for a value that is not finite.
    void advance(double t_to, std::span<double> state);
    double time() const;
    /// Steps taken and Jacobians evaluated by all elements.
    struct Counts {
        std::int64_t steps = 0, slopes = 0, jacobians = 0;
    };
    Counts counts() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace neurodyn::compile
