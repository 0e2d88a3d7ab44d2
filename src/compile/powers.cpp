// SPDX-License-Identifier: BSD-3-Clause
// Pass "powers": whole exponents become products.
#include <cmath>

#include "compile/passes.hpp"
#include "compile/rewrite.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// By repeated squaring at most seven products up to here, far below the cost of pow.
constexpr double largest_exponent = 16.0;

}  // namespace

Program powers_pass(const Program& program, const PassContext&) {
    return rewrite(program, [&](Rewriter& r, NodeId id) -> NodeId {
        const auto& node = r.from[id];
        if (node.op != Op::pow || !r.from.is_constant(node.args[1])) return {};
        const double exponent = r.from[node.args[1]].value;
        const NodeId base = r.map(node.args[0]);
        if (exponent == 0.5) return r.to.make(Op::sqrt, base);
        if (exponent == -0.5) return r.to.div(r.to.constant(1.0), r.to.make(Op::sqrt, base));
        if (exponent != std::floor(exponent) || std::fabs(exponent) > largest_exponent) return {};
        return r.to.power(base, static_cast<int>(exponent));
    });
}

}  // namespace neurodyn::compile
