// SPDX-License-Identifier: BSD-3-Clause
// Infinitely many neurons of one text, stepped as their density or as their stationary rate.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "density/neuron.hpp"

namespace neurodyn::density {

struct Settings {
    double dt_s = 1e-4;
    std::size_t cells = 500;
    std::optional<double> lowest;    ///< SI; a wall. Not given: far below what the density reaches
    double time_constant_s = 0.0;    ///< with which a rate follows; 0: at once
    std::vector<double> potentials;  ///< of neurons at the start, SI
    std::vector<double> means;       ///< of the mean variables at the start
};

/// The caller keeps what is not the population's own in environment() up to date between steps; "t" is the
/// beginning of the step.
class Population {
  public:
    virtual ~Population() = default;
    Population(const Population&) = delete;
    Population& operator=(const Population&) = delete;

    compile::Environment& environment() { return neuron_.environment; }
    /// One step. Throws Error when the density reaches a wall that nobody asked for.
    virtual void advance() = 0;
    double rate_hz() const { return rate_; }
    double mean() const { return mean_; }  ///< potential
    const std::vector<double>& means() const { return means_; }

  protected:
    Population(const Equations& equations, const compile::Environment& start, const Settings& settings,
               const compile::KernelOptions& kernel);
    /// The mean variables over one step in which a neuron fires `fired` times on average: exponential Euler.
    void advance_means(double fired);

    Settings settings_;
    Neuron neuron_;
    double rate_ = 0.0, mean_ = 0.0;
    std::vector<double> means_;
};

/// level: density. `start` has the values of parameters.
std::unique_ptr<Population> make_density(const Equations& equations, const compile::Environment& start,
                                         const Settings& settings, const compile::KernelOptions& kernel);
/// level: rate.
std::unique_ptr<Population> make_rate(const Equations& equations, const compile::Environment& start,
                                      const Settings& settings, const compile::KernelOptions& kernel);

}  // namespace neurodyn::density
