// SPDX-License-Identifier: BSD-3-Clause
// How much code an operation becomes.
#include "compile/code_size.hpp"

#include <algorithm>

#include "compile/rewrite.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

double code_size(Op op) {
    switch (op) {
        case Op::constant:
        case Op::symbol:
            return 0;
        case Op::min:
        case Op::max:
        case Op::sign:
        case Op::heaviside:
            return 0.1;
        case Op::floor:
        case Op::ceil:
        case Op::lookup:
            return 0.3;
        case Op::mod:
            return 0.8;
        case Op::exp:
        case Op::expm1:
            return 1;
        case Op::exprel:
        case Op::log:
        case Op::cosh:
        case Op::arctan:
        case Op::sigmoid:
            return 1.2;
        case Op::tanh:
            return 1.3;
        case Op::log1p:
        case Op::arcsin:
            return 1.4;
        case Op::sinh:
            return 1.5;
        case Op::sin:
        case Op::cos:
        case Op::arccos:
            return 1.6;
        case Op::tan:
        case Op::arctan2:
            return 1.8;
        case Op::log10:
            return 2;
        case Op::erf:
            return 2.5;
        case Op::pow:
            return 4;
        default:  // one or two instructions
            return 0.03;
    }
}

double code_size(const Program& program) {
    double size = 0;
    for (const NodeId id : symbolic::reachable(program.graph, roots(program)))
        size += code_size(program.graph[id].op);
    return size;
}

bool has_functions(const Program& program) {
    return std::ranges::any_of(symbolic::reachable(program.graph, roots(program)),
                               [&](NodeId id) { return is_large(program.graph[id].op); });
}

}  // namespace neurodyn::compile
