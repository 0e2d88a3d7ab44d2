// SPDX-License-Identifier: BSD-3-Clause
// The synapses of a projection as a run has them, to be looked at without running.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/choice_law.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// What draws the synapses of one of the network's event projections.
network::Connector make_connector(const network::Network& network, std::size_t event_projection);

/// Whether a projection is procedural and its synapses, with these weights, are told by their place
/// (choice_law.hpp). Its delays in steps if so.
struct ChoiceDelays {
    std::size_t longest = 0;
    std::uint32_t dendritic = 0;
};
std::optional<ChoiceDelays> told_by_place(const network::Network& network,
                                          const network::EventProjection& projection,
                                          const network::Connector& connector,
                                          const network::SynapseValue& weight);

/// The synapses of one source, in the order in which the rule gives them.
struct SynapseRow {
    std::vector<std::uint32_t> targets;
    std::vector<double> weight, delay_s;  ///< weight: empty when the synapses have none
};

/// All synapses of one projection, made source by source; nothing is kept of them.
class DrawnSynapses {
  public:
    /// Of an event projection. The weight is what an event adds, or the variable w of a synapse model at the
    /// start; the delay is the axonal one.
    DrawnSynapses(const network::Network& network, const network::EventProjection& projection);
    /// Of a coupling: its weights and delays.
    DrawnSynapses(const network::Network& network, const network::Projection& projection);

    std::size_t targets() const { return connector_.targets(); }
    std::size_t sources() const { return connector_.sources(); }
    bool is_within_population() const { return within_; }
    /// Nothing where the synapses have no weight.
    const std::optional<Unit>& weight_unit() const { return weight_unit_; }
    /// Thread-safe. Throws Error for values that cannot be.
    void row(std::size_t source, SynapseRow& row) const;

  private:
    std::string name_;
    network::Connector connector_;
    bool within_ = false;
    std::optional<Unit> weight_unit_;
    network::SynapseValue weight_, delay_;
    std::uint32_t weight_draw_ = 0;
    // Where they are told by their place:
    std::shared_ptr<const ChoiceRows> choices_;
    std::uint32_t dendritic_steps_ = 0;
    double dt_s_ = 0.0;
};

/// Of many numbers.
struct Moments {
    double count = 0.0, mean = 0.0, squares = 0.0;  ///< squares: sum of squared deviations from the mean
    double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;

    double sd() const { return count > 0.0 ? std::sqrt(squares / count) : 0.0; }
    void add(const Moments& other);
};
Moments moments_of(const std::vector<double>& values);

struct ConnectionStatistics {
    std::uint64_t synapses = 0;
    std::uint64_t autapses = 0;   ///< of a neuron onto itself
    std::uint64_t multapses = 0;  ///< beyond the first of their pair
    Moments in_degree, out_degree, weight, delay_s;
};

/// Every synapse is made once; memory is for 8 bytes of each target and thread. The same numbers for any
/// number of threads (0: all cores).
ConnectionStatistics connection_statistics(const DrawnSynapses& synapses, int threads);

}  // namespace neurodyn::engine
