// SPDX-License-Identifier: BSD-3-Clause
// Heun's method; with noise it converges to the Stratonovich solution (Rümelin 1982, doi:10.1137/0719041).
#include "compile/methods.hpp"

namespace neurodyn::compile {

namespace {

/// Mean of the coefficients at both ends times the increment, summed; one evaluation where the noise is
/// additive.
NodeId mean_noise(StepBuilder& b, std::size_t i, const StateNodes& predicted, NodeId end) {
    Graph& g = b.graph();
    NodeId sum;
    for (const auto& noise : b.system().states[i].noise) {
        const NodeId first = noise.coefficient;
        const NodeId second = b.at(noise.coefficient, predicted, end);
        const NodeId mean = first == second ? first : g.mul(g.constant(0.5), g.add(first, second));
        const NodeId term = g.mul(mean, b.increment(noise.name));
        sum = sum ? g.add(sum, term) : term;
    }
    return sum;
}

}  // namespace

StateNodes heun_step(StepBuilder& b) {
    Graph& g = b.graph();
    const NodeId end = g.add(b.t(), b.dt());
    const NodeId half = g.mul(g.constant(0.5), b.dt());
    const StateNodes first = b.drift(b.states(), b.t());
    StateNodes predicted;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const NodeId moved = g.add(b.states()[i], g.mul(b.dt(), first[i]));
        predicted.push_back(b.plus(moved, b.noise_term(i, b.states(), b.t())));
    }
    const StateNodes second = b.drift(predicted, end);
    StateNodes next;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const NodeId slope =
            first[i] == second[i] ? g.mul(b.dt(), first[i]) : g.mul(half, g.add(first[i], second[i]));
        next.push_back(b.plus(g.add(b.states()[i], slope), mean_noise(b, i, predicted, end)));
    }
    return next;
}

}  // namespace neurodyn::compile
