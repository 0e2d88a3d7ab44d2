// SPDX-License-Identifier: BSD-3-Clause
// Event-driven equations of a synapse: what their variables are an interval later, exactly.
#pragma once

#include <vector>

#include "language/model.hpp"
#include "language/source.hpp"

namespace neurodyn::language {

struct EventDrivenEquation {
    std::size_t state;  ///< index into Model::states and Synapse::variables
    SourceSpan span;    ///< of its right side
};

/// Fills SynapseVariable::after of these variables. An equation must be linear in its variable, with
/// coefficients that do not change between events; it may be driven by other event-driven variables that
/// only decay. Reports what is in the way.
void solve_event_driven(Model& model, const std::vector<EventDrivenEquation>& equations, Problems& problems);

}  // namespace neurodyn::language
