// SPDX-License-Identifier: BSD-3-Clause
// Reading a synapse's text, alone or with its populations known.
#pragma once

#include <memory>

#include "language/externals.hpp"
#include "language/model.hpp"

namespace neurodyn::language {

/// From Brian2's strings; `joined` is null while the populations are not known.
std::shared_ptr<Model> read_synapse_strings(const SynapseStrings& strings, const Joined* joined);

}  // namespace neurodyn::language
