// SPDX-License-Identifier: BSD-3-Clause
// The law of procedural synapses that are told by their place: no row has to be drawn to know one of them.
//
// Where a source chooses its targets independently (multapses allowed), and weights and delays do not depend
// on the pair, a row may be drawn in any order. Here the targets are cut into slices and a row's synapses are
// shared among these first (binomial numbers); then each draws its delay. What remains are cells: so many
// synapses of one source, slice and delay, whose targets and weights are independent. Projections of the same
// events are drawn together, up to eight of them: their cells lie one behind the other, and a synapse is
// found by source, slice, delay and its number among these (base/choices.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/choices.hpp"
#include "engine/delivery.hpp"

namespace neurodyn::engine {

/// Of the targets of a population; so many threads can share the making of synapses.
inline constexpr std::size_t choice_slices = 4;
/// Weights take so many values, equally likely.
inline constexpr std::uint32_t weight_levels = 1U << choice_level_bits;
/// The weights in ascending order, for the middles of so many equal parts of the distribution; one value
/// where it is constant.
std::vector<float> levels_of(const network::SynapseValue& weight);

constexpr std::uint32_t choice_place(std::size_t delay) { return static_cast<std::uint32_t>(delay << 16); }
/// Of the draws of projections in a slice; `stream` is that of the first of them.
ChoiceDraws choice_draws(std::uint64_t seed, std::uint16_t stream, std::size_t slice);

/// One projection's synapses. `edges` must outlive it.
class ChoiceLaw {
  public:
    /// Whether a projection's rule, weights and delays (at most `longest_delay` steps) are of that kind.
    static bool serves(const DeliveryEdges& edges, std::size_t longest_delay);

    ChoiceLaw(const DeliveryEdges& edges, std::size_t longest_delay, double dt_s);

    /// With the dendritic delay and the delay of none.
    std::size_t delays() const { return delays_; }
    std::size_t sources() const { return edges_.connector->sources(); }
    std::uint32_t first_target(std::size_t slice) const;
    std::uint64_t seed() const { return edges_.connector->seed(); }
    std::uint16_t stream() const { return edges_.connector->stream(); }

    /// What one thread needs to count.
    struct Scratch {
        std::vector<std::uint32_t> steps, nobody;
        std::vector<float> delay_s;
        std::vector<double> exact_delay_s;
    };
    /// Adds how many synapses `source` has in each cell to counts[(slice * delays + delay) * apart]. Throws
    /// Error, naming the projection, for a delay that cannot be used.
    void count(std::size_t source, Scratch& scratch, std::size_t delays, std::uint32_t* counts,
               std::size_t apart) const;

    /// Makes kind `kind` of a table this projection's slice. Of the targets those from `first` to `last` are
    /// wanted, the first of them at `slot`; weights have the levels from `level` on. Kind 0 comes first.
    void fill(ChoiceTable& table, std::size_t kind, std::size_t slice, std::uint32_t first,
              std::uint32_t last, std::uint32_t slot, std::uint32_t level) const;

  private:
    std::array<std::uint32_t, choice_slices> share(std::size_t source) const;

    DeliveryEdges edges_;
    std::size_t delays_;
    double dt_s_;
};

/// The synapses of one projection to look at, source by source, without those drawn together with it.
class ChoiceRows {
  public:
    /// What makes a projection that is told by its place.
    struct Projection {
        std::string name;
        network::Connector connector;
        network::SynapseValue weight, delay;
        std::uint32_t dendritic_steps;
        std::size_t longest_delay;
    };
    /// Of the last of projections, the others being those that are drawn before it.
    ChoiceRows(std::vector<Projection> together, double dt_s);
    ChoiceRows(const ChoiceRows&) = delete;
    ChoiceRows& operator=(const ChoiceRows&) = delete;

    /// All synapses of a source, by slice, delay and number.
    struct Row {
        std::vector<std::uint32_t> targets, delay_steps;
        std::vector<float> weights;
    };
    void row(std::size_t source, Row& row) const;

  private:
    std::vector<Projection> together_;
    std::vector<ChoiceLaw> laws_;
    std::size_t delays_ = 0;
    std::vector<float> levels_;
};

}  // namespace neurodyn::engine
