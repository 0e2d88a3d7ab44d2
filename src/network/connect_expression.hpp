// SPDX-License-Identifier: BSD-3-Clause
// An expression of the two neurons of a synapse: their indices, positions and other quantities.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "network/connect_draws.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::network {

/// A quantity that each neuron of a population has (position, parameter), SI.
struct NodeQuantity {
    std::string name;
    Dimension dimension;
    std::vector<double> values;  ///< one for each neuron, or one for all
};

/// How the three axes of positions are called.
inline constexpr std::array<const char*, 3> axis_names = {"x", "y", "z"};

/// What an expression of two neurons may use.
struct NodeScope {
    std::size_t targets = 0, sources = 0;
    std::vector<NodeQuantity> pre, post;  ///< written name_pre and name_post
    std::vector<NodeQuantity> shared;     ///< of the projection: one value each, written by its name
    /// Lengths, m, after which x, y and z begin again: the distance goes the shorter way. 0: they do not.
    std::array<double, 3> period{};
};

/// An expression of a target and a source, evaluated for whole rows of targets by base/math's vector loops.
/// It may use
///   i, j            indices of source and target, from 0
///   N_pre, N_post   sizes of the two populations
///   NAME_post, NAME_pre, NAME   quantities of the scope; of one name NAME wins
///   distance        sqrt((x_post - x_pre)^2 + ...) over those of x, y, z that both populations have
///   rand(), randn() a uniform draw from (0, 1), a standard normal one: each call its own
class NodeExpression {
  public:
    /// Throws InputError with carets into `text` (`file` names where it stands), or Error when the result has
    /// another dimension than `expected`. A condition counts as 1 or 0.
    NodeExpression(std::string_view text, const std::string& file, const Dimension& expected,
                   const NodeScope& scope);

    /// out[k]: the value for target targets[k] and `source`, with the draws first_node + k of this row and
    /// attempt.
    void evaluate(std::size_t source, std::span<const std::uint32_t> targets, const RowDraws& draws,
                  std::uint32_t attempt, std::uint64_t first_node, std::span<double> out) const;

    bool is_random() const;
    /// The same values for the same draws.
    bool operator==(const NodeExpression& other) const = default;
    const std::string& text() const { return text_; }
    /// Of the scope: a connector of other sizes must refuse it.
    std::size_t targets() const { return targets_; }
    std::size_t sources() const { return sources_; }

  private:
    enum class Leaf : std::uint8_t { constant, target_index, source_index, target, source, uniform, normal };
    /// One value of the expression: a leaf, or a loop over values that stand before it.
    struct Step {
        void (*loop)(const double* const* args, double* out, std::size_t n) = nullptr;
        std::array<std::uint32_t, 3> args{};
        Leaf leaf = Leaf::constant;
        double value = 0.0;              ///< of a constant
        std::vector<double> per_node{};  ///< of a target or source quantity
        std::uint32_t part = 0;          ///< of a draw
        bool of_row = false;             ///< the same for all targets
        bool operator==(const Step&) const = default;
    };
    void add_step(const symbolic::Graph& graph, symbolic::NodeId id, const NodeScope& scope,
                  std::vector<std::uint32_t>& step_of);
    Step leaf_of(const std::string& symbol, const NodeScope& scope) const;
    void fill_leaf(const Step& step, std::size_t source, std::span<const std::uint32_t> targets,
                   std::uint64_t first, const RowDraws& draws, std::uint32_t attempt,
                   std::span<double> out) const;

    std::string text_;
    std::size_t targets_, sources_;
    std::vector<Step> steps_;  ///< the last is the result
};

}  // namespace neurodyn::network
