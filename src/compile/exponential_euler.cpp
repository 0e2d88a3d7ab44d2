// SPDX-License-Identifier: BSD-3-Clause
// Exponential Euler (MacGregor 1987; Rush & Larsen 1978).
#include "compile/methods.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// The standard deviation that additive noise of one name gives in a step: g sqrt(dt exprel(2 a dt)), the
/// Ornstein-Uhlenbeck value.
NodeId noise_terms(StepBuilder& b, std::size_t i, NodeId rate) {
    Graph& g = b.graph();
    NodeId sum;
    const NodeId growth = g.mul(g.constant(2.0), g.mul(rate, b.dt()));
    const NodeId deviation = g.make(Op::sqrt, g.mul(b.dt(), g.make(Op::exprel, growth)));
    for (const auto& noise : b.system().states[i].noise) {
        const NodeId term = g.mul(g.mul(noise.coefficient, deviation), b.draw(noise.name));
        sum = sum ? g.add(sum, term) : term;
    }
    return sum;
}

}  // namespace

/// x' = a x + b with a and b held: x + (a x + b) dt exprel(a dt), which needs no division by a. Where the
/// equation is not linear, as with a gate that follows the potential at once, its slope is a: the Rosenbrock
/// form (Hochbruck, Ostermann & Schweitzer 2009, doi:10.1137/080717717).
StateNodes exponential_euler_step(StepBuilder& b) {
    Graph& g = b.graph();
    StateNodes next;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const auto& state = b.system().states[i];
        const auto affine = symbolic::as_affine(g, state.drift, state.symbol);
        const NodeId slope =
            affine ? affine.coefficient : symbolic::differentiate(g, state.drift, state.symbol);
        const NodeId factor = g.mul(b.dt(), g.make(Op::exprel, g.mul(slope, b.dt())));
        const NodeId value = g.add(state.symbol, g.mul(state.drift, factor));
        next.push_back(b.plus(value, noise_terms(b, i, slope)));
    }
    return next;
}

}  // namespace neurodyn::compile
