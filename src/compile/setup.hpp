// SPDX-License-Identifier: BSD-3-Clause
// Runs the rare parts of a step program, setup and clock, and holds the uniform values that its step reads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compile/program.hpp"

namespace neurodyn::compile {

/// Uniform values of one step program, by name and in the order of its step. All in double, on the
/// interpreter, so that they do not depend on how the step itself is run.
class StepSetup {
  public:
    explicit StepSetup(const StepProgram& program);
    ~StepSetup();
    StepSetup(StepSetup&&) noexcept;
    StepSetup& operator=(StepSetup&&) noexcept;

    /// A parameter or "dt", SI. Names that the program does not need are ignored; setup() must follow.
    void set(std::string_view name, double value);
    /// Computes what follows from the uniform parameters, matrix exponentials included. Throws Error when one
    /// is not finite.
    void setup();
    /// Computes the per-element arrays: `input(name)` gives the parameter's values (double, padded),
    /// `output(name)` the room for a result (double, padded); both for `count` elements. After setup().
    void setup_elements(std::size_t count, const std::function<const double*(const std::string&)>& input,
                        const std::function<double*(const std::string&)>& output) const;
    /// Computes what depends on time, for the step from t to t + dt.
    void clock(double t);
    /// One value per Program::uniforms of the step, as doubles, valid after setup() and clock().
    const std::vector<double>& uniforms() const;
    double uniform(std::string_view name) const;  ///< throws std::out_of_range
    /// True when clock() has nothing to compute, so that one call is enough.
    bool time_independent() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace neurodyn::compile
