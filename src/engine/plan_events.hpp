// SPDX-License-Identifier: BSD-3-Clause
// Which events are carried and recorded, and what draws the synapses that carry them.
#pragma once

#include "engine/plan.hpp"

namespace neurodyn::engine {

/// Makes room for the inputs that the program reads and the step does not.
void keep_inputs(PopulationPlan& population, const compile::Program& program);

/// Fills in the arrays that events reach. After the populations' programs are made.
void plan_arrivals(PopulationPlan& population, const network::Network& network, std::size_t index,
                   const compile::KernelOptions& kernel);

/// The recorded time is (first_s, last_s].
EventPlan plan_events(const network::Network& network, std::vector<PopulationPlan>& populations,
                      const compile::KernelOptions& kernel, double first_s, double last_s);

}  // namespace neurodyn::engine
