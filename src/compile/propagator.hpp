// SPDX-License-Identifier: BSD-3-Clause
// The dense algebra behind method `exact`.
#pragma once

#include <map>
#include <string>

#include "compile/program.hpp"

namespace neurodyn::compile {

/// Reads the propagator's matrix (and diffusion) from `values` and writes exponential, integral and deviation
/// into it. Throws Error when a result is not finite.
void run_propagator(const LinearPropagator& propagator, std::map<std::string, double, std::less<>>& values);

}  // namespace neurodyn::compile
