// SPDX-License-Identifier: BSD-3-Clause
// Milstein's method for diagonal noise: strong order one in the Itô sense (Kloeden & Platen 1992, §10.3).
#include "compile/methods.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

StateNodes milstein_step(StepBuilder& b) {
    Graph& g = b.graph();
    const StateNodes slope = b.drift(b.states(), b.t());
    StateNodes next;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const auto& state = b.system().states[i];
        NodeId value = g.add(state.symbol, g.mul(b.dt(), slope[i]));
        value = b.plus(value, b.noise_term(i, b.states(), b.t()));
        for (const auto& noise : state.noise) {
            const NodeId derivative = symbolic::differentiate(g, noise.coefficient, state.symbol);
            if (g.is_constant(derivative, 0.0)) continue;
            const NodeId draw = b.draw(noise.name);
            const NodeId square = g.mul(b.dt(), g.sub(g.mul(draw, draw), g.constant(1.0)));
            const NodeId half = g.mul(g.constant(0.5), g.mul(noise.coefficient, derivative));
            value = g.add(value, g.mul(half, square));
        }
        next.push_back(value);
    }
    return next;
}

}  // namespace neurodyn::compile
