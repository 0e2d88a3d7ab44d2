// SPDX-License-Identifier: BSD-3-Clause
// Forward Euler and Euler-Maruyama.
#include "compile/methods.hpp"

namespace neurodyn::compile {

StateNodes euler_step(StepBuilder& b) {
    Graph& g = b.graph();
    const StateNodes slope = b.drift(b.states(), b.t());
    StateNodes next;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const NodeId moved = g.add(b.states()[i], g.mul(b.dt(), slope[i]));
        next.push_back(b.plus(moved, b.noise_term(i, b.states(), b.t())));
    }
    return next;
}

}  // namespace neurodyn::compile
