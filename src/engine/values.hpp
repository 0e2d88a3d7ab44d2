// SPDX-License-Identifier: BSD-3-Clause
// Parameters and initial values of a population as numbers: what the user set, the model's own, and draws
// from distributions.
#pragma once

#include <map>
#include <string>

#include "network/network.hpp"

namespace neurodyn::engine {

using ValueMap = std::map<std::string, network::Values>;

/// Every parameter of the population's model. A name that the model lacks, a parameter without a value, or an
/// array of the wrong length is an Error that names population and parameter.
ValueMap resolve_parameters(const network::Network& network, std::size_t population);

/// Every state's value at the start; `parameters` as resolve_parameters() gave them.
ValueMap resolve_initial(const network::Network& network, std::size_t population, const ValueMap& parameters);

/// Parameters of a projection's coupling, for `nodes` target nodes.
ValueMap resolve_coupling(const network::Projection& projection, std::size_t nodes);

}  // namespace neurodyn::engine
