// SPDX-License-Identifier: BSD-3-Clause
// Equations of a density, evaluated.
#include "density/neuron.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "density/stationary.hpp"

namespace neurodyn::density {
namespace {

using symbolic::NodeId;

constexpr double depth = 40.0;  // densities below exp(-depth) are not looked at
constexpr compile::KernelOptions interpreted{compile::Precision::double_, compile::Backend::interpreter, 0,
                                             false};

std::vector<NodeId> slope_nodes(const Equations& equations) {
    std::vector<NodeId> nodes;
    for (const MeanVariable& mean : equations.means)
        nodes.insert(nodes.end(), {mean.drift, mean.slope, mean.jump});
    return nodes;
}

std::vector<NodeId> rate_nodes(const Equations& equations) {
    std::vector<NodeId> nodes;
    for (const Drive& drive : equations.checked) nodes.push_back(drive.rate);
    return nodes;
}

std::vector<NodeId> jump_nodes(const Equations& equations) {
    std::vector<NodeId> nodes;
    for (const Drive& jump : equations.jumps) nodes.insert(nodes.end(), {jump.rate, jump.weight});
    return nodes;
}

}  // namespace

Neuron::Neuron(const Equations& equations, const compile::Environment& start,
               const compile::KernelOptions& kernel)
    : environment(start),
      threshold_(evaluate(equations.graph, equations.threshold, start)),
      reset_(evaluate(equations.graph, equations.reset, start)),
      refractory_s_(evaluate(equations.graph, equations.refractory, start)),
      potential_at_(environment.index(equations.potential)),
      unit_(equations.unit),
      coefficients_(equations.graph, {equations.potential},
                    {equations.drift, equations.diffusion, equations.slope}, environment, kernel),
      slopes_(equations.graph, {}, slope_nodes(equations), environment, interpreted),
      jumps_(equations.graph, {}, jump_nodes(equations), environment, interpreted),
      rates_(equations.graph, {}, rate_nodes(equations), environment, interpreted) {
    for (const Drive& drive : equations.checked) checked_.push_back(drive.name);
    if (!(reset_ < threshold_))
        throw Error(
            fmt::format("its reset ({}) is not below its threshold ({})", show(reset_), show(threshold_)));
    if (!(refractory_s_ >= 0.0)) throw Error(fmt::format("its refractory time is {} s", refractory_s_));
    for (const MeanVariable& mean : equations.means) means_at_.push_back(environment.index(mean.name));
    slopes_.resize(1);
    jumps_.resize(1);
    rates_.resize(1);
}

Coefficients Neuron::coefficients() {
    return [this](std::span<const double> v, std::span<double> drift, std::span<double> diffusion,
                  std::span<double> slope) {
        coefficients_.resize(v.size());
        std::copy(v.begin(), v.end(), coefficients_.array(0).begin());
        coefficients_.take(environment);
        coefficients_.run();
        std::copy_n(coefficients_.result(0).begin(), v.size(), drift.begin());
        std::copy_n(coefficients_.result(1).begin(), v.size(), diffusion.begin());
        std::copy_n(coefficients_.result(2).begin(), v.size(), slope.begin());
    };
}

Membrane Neuron::membrane(const std::optional<double>& lowest) {
    Membrane made{coefficients(), 0.0, reset_, threshold_, refractory_s_};
    const auto found = lowest ? lowest : lowest_potential(made.coefficients, reset_, threshold_, depth);
    if (!found)
        throw Error(fmt::format(
            "nothing pulls the potential up to its reset ({}) from far below, so that neurons never "
            "come to rest; put a wall there: lowest",
            show(reset_)));
    made.lowest = *found;
    return made;
}

std::vector<Neuron::MeanSlope> Neuron::mean_slopes() {
    std::vector<MeanSlope> result;
    if (means_at_.empty()) return result;
    slopes_.take(environment);
    slopes_.run();
    for (std::size_t k = 0; k < means_at_.size(); ++k)
        result.push_back(
            {slopes_.result(3 * k)[0], slopes_.result(3 * k + 1)[0], slopes_.result(3 * k + 2)[0]});
    return result;
}

std::vector<Neuron::Jump> Neuron::jumps() {
    std::vector<Jump> result;
    if (jumps_.results() == 0) return result;
    jumps_.take(environment);
    jumps_.run();
    for (std::size_t k = 0; k < jumps_.results(); k += 2)
        result.push_back({jumps_.result(k)[0], jumps_.result(k + 1)[0]});
    return result;
}

void Neuron::check_rates() {
    if (checked_.empty()) return;
    rates_.take(environment);
    rates_.run();
    for (std::size_t k = 0; k < checked_.size(); ++k)
        if (!(rates_.result(k)[0] >= 0.0))
            throw Error(fmt::format(
                "its stimulus '{}' has come to a rate of {:.6g} Hz; a rate that falls below zero is "
                "cut by max(rate, 0*Hz)",
                checked_[k], rates_.result(k)[0]));
}

std::string Neuron::show(double potential) const {
    return fmt::format("{:.6g} {}", from_si(potential, unit_), unit_.name);
}

}  // namespace neurodyn::density
