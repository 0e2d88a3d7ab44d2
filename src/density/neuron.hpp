// SPDX-License-Identifier: BSD-3-Clause
// The equations of a density made numbers: coefficients of the potential, slopes of the variables that are
// means.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compile/evaluator.hpp"
#include "density/equations.hpp"
#include "density/membrane.hpp"

namespace neurodyn::density {

/// Values of all symbols that the equations hold stand in `environment`; the caller keeps those of inputs up
/// to date, the owner of the neuron those of its variables. Neither copied nor moved, since coefficients()
/// refers to it.
class Neuron {
  public:
    /// `start` has the values of parameters. Throws Error when reset, threshold or refractory time make no
    /// sense.
    Neuron(const Equations& equations, const compile::Environment& start,
           const compile::KernelOptions& kernel);
    Neuron(const Neuron&) = delete;
    Neuron& operator=(const Neuron&) = delete;

    compile::Environment environment;
    double threshold() const { return threshold_; }
    double reset() const { return reset_; }
    double refractory_s() const { return refractory_s_; }
    void set_potential(double mean) { environment.values[potential_at_] = mean; }
    void set_mean(std::size_t k, double value) { environment.values[means_at_[k]] = value; }
    std::size_t mean_count() const { return means_at_.size(); }

    /// True when what the coefficients depend on has changed since the last time.
    bool coefficients_changed() { return coefficients_.take(environment); }
    Coefficients coefficients();
    /// With the lowest potential that matters, unless one is given. Throws Error where nothing holds the
    /// potential from below.
    Membrane membrane(const std::optional<double>& lowest);

    /// A mean variable's slope in time, that slope's derivative in the variable, and what a spike adds to it.
    struct MeanSlope {
        double drift, slope, jump;
    };
    /// Of all mean variables, as the environment stands.
    std::vector<MeanSlope> mean_slopes();
    /// Rates (Hz) and sizes of finite jumps, as the environment stands.
    struct Jump {
        double rate_hz, size;
    };
    std::vector<Jump> jumps();
    /// Throws Error when events come at a negative rate.
    void check_rates();
    /// A potential as the text gives it, "-65 mV".
    std::string show(double potential) const;

  private:
    double threshold_ = 0.0, reset_ = 0.0, refractory_s_ = 0.0;
    std::size_t potential_at_;
    Unit unit_;
    std::vector<std::string> checked_;
    std::vector<std::size_t> means_at_;
    compile::Evaluator coefficients_, slopes_, jumps_, rates_;
};

}  // namespace neurodyn::density
