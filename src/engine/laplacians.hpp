// SPDX-License-Identifier: BSD-3-Clause
// Laplacians in time: where in a step they are taken, and how long a step may be.
#pragma once

#include "compile/program.hpp"
#include "engine/compose.hpp"

namespace neurodyn::engine {

/// Methods of second order and more take Laplacians of where their arguments will be in the middle of the
/// step; those of first order, of where they are.
bool looks_ahead(const compile::MethodInfo& method);

/// Replaces each Laplacian's signal by itself plus half a step of its rate of change.
void look_ahead(ComposedPopulation& population);

/// Throws Error with the longest dt that works when waves or diffusion between neighbours are unstable with
/// this one. It looks at terms whose coefficients are constants and parameters.
void check_step_length(const network::Population& description, const ComposedPopulation& population,
                       const compile::MethodInfo& method, double dt_s);

}  // namespace neurodyn::engine
