// SPDX-License-Identifier: BSD-3-Clause
// The classical Runge-Kutta method of order four.
#include "compile/methods.hpp"

namespace neurodyn::compile {

namespace {

StateNodes moved(StepBuilder& b, NodeId step, const StateNodes& slope) {
    Graph& g = b.graph();
    StateNodes result;
    for (std::size_t i = 0; i < b.size(); ++i) result.push_back(g.add(b.states()[i], g.mul(step, slope[i])));
    return result;
}

}  // namespace

StateNodes rk4_step(StepBuilder& b) {
    Graph& g = b.graph();
    const NodeId half = g.mul(g.constant(0.5), b.dt());
    const NodeId sixth = g.div(b.dt(), g.constant(6.0));
    const NodeId middle = g.add(b.t(), half), end = g.add(b.t(), b.dt());
    const StateNodes k1 = b.drift(b.states(), b.t());
    const StateNodes k2 = b.drift(moved(b, half, k1), middle);
    const StateNodes k3 = b.drift(moved(b, half, k2), middle);
    const StateNodes k4 = b.drift(moved(b, b.dt(), k3), end);
    StateNodes next;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const NodeId inner = g.mul(g.constant(2.0), g.add(k2[i], k3[i]));
        next.push_back(g.add(b.states()[i], g.mul(sixth, g.add(g.add(k1[i], k4[i]), inner))));
    }
    return next;
}

}  // namespace neurodyn::compile
