// SPDX-License-Identifier: BSD-3-Clause
// Synapses: read from Brian2's strings, joined to two populations, and sorted by what has to be kept where.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "language/model.hpp"

namespace neurodyn::language {

/// The symbol of the time since a synapse's variables were brought up to date, in SynapseVariable::after.
inline constexpr std::string_view since_name = "since";

ModelPtr parse_synapse_strings(const SynapseStrings& strings);

/// Reads the synapse again with the models of its two populations known. `target` is the variable of `post`
/// that a projection names: `target_post` and the unit `target` in the text mean it; it may be empty where
/// the text does not use them. The result has every unit, and no externals but variables that exist and may
/// be used so. Throws InputError with everything that does not fit. A population without a model (a list of
/// spikes) is an empty Model.
ModelPtr check_synapse(const Model& synapse, const Model& pre, const Model& post,
                       std::string_view target = {});

/// Where one copy of a synapse's variable is enough.
enum class Keeper : std::uint8_t {
    constant,  ///< nothing changes it: a value per synapse, or one for all
    pre,       ///< the same in all synapses of one presynaptic neuron but for their delay
    post,      ///< the same in all synapses of one postsynaptic neuron but for their delay
    synapse,
};

/// What an event does to a variable of a population.
struct Effect {
    std::string variable;
    Side side = Side::post;
    bool on_post = false;  ///< else at a presynaptic spike
    NodeId symbol, added;  ///< `added` is null when the variable is not just added to
};

struct SynapseTraits {
    /// Presynaptic spikes add to variables of the postsynaptic neuron what per-synapse constants and uniform
    /// parameters say; nothing else happens.
    bool is_static = false;
    std::vector<Effect> effects;  ///< in order of statements, on_pre first
    std::vector<Keeper> keepers;  ///< one for each of Model::states
};

/// Sorts a synapse that check_synapse has joined. A variable is kept per neuron when it is event-driven (or
/// changed by events only), written by the events of that side only, and when drift, statements and initial
/// value read nothing but itself, other variables kept there, and uniform parameters; or when it is
/// clock-driven, not written, and driven by variables of that side. `is_uniform` says which parameters are
/// one number for all synapses; without it, those that are not drawn.
SynapseTraits classify(const Model& synapse, const std::function<bool(const std::string&)>& is_uniform = {});

}  // namespace neurodyn::language
