// SPDX-License-Identifier: BSD-3-Clause
// Rules that join two populations of neurons by synapses, generated on demand and never stored whole.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace neurodyn::network {

class NodeExpression;  // connect_expression.hpp
class EdgeRows;        // connect_rows.hpp
class InDegreeBlocks;  // connect_in_degree.hpp

/// A value that every synapse has for itself (weight, delay, or another per-synapse variable), SI.
/// Means and standard deviations are those of the value itself, before its bounds.
struct SynapseValue {
    enum class Kind : std::uint8_t {
        constant,
        normal,
        uniform,
        lognormal,
        exponential,
        gamma,
        expression,
        list
    };
    Kind kind = Kind::constant;
    /// constant: a. normal, lognormal, gamma: mean a, sd b. uniform: low a, high b. exponential: mean a.
    double a = 0.0, b = 0.0;
    /// Draws are repeated until within; what is not drawn must be within.
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    std::shared_ptr<const NodeExpression> expression;  ///< of the two neurons
    std::vector<double> list;                          ///< one per entry of the rule's edge list
    bool operator==(const SynapseValue& other) const;
};

/// Target and source of every synapse, as read; in any order.
struct EdgeList {
    std::vector<std::uint32_t> target, source;
    bool operator==(const EdgeList&) const = default;
};

/// Which neurons are joined. docs/connectivity.md has the law of each kind.
struct ConnectionRule {
    enum class Kind : std::uint8_t {
        all_to_all,
        one_to_one,
        bernoulli,
        fixed_out_degree,
        fixed_in_degree,
        fixed_total,
        edge_list
    };
    Kind kind = Kind::all_to_all;
    double probability = 0.0;  ///< of bernoulli
    /// Of bernoulli: the probability of each pair, which may depend on their distance.
    std::shared_ptr<const NodeExpression> probability_expression;
    std::uint64_t count = 0;  ///< degree or total
    bool autapses = true;     ///< may a neuron be joined with itself (within one population)
    bool multapses = true;    ///< may a pair have several synapses
    std::shared_ptr<const EdgeList> edges;
    bool operator==(const ConnectionRule& other) const;
};

/// Throws Error when the rule cannot be met by populations of these sizes: it names them and what to do.
void check_rule(const ConnectionRule& rule, std::size_t targets, std::size_t sources, bool same_population);
/// Throws Error when the parameters of the value have no meaning.
void check_value(const SynapseValue& value);
/// On average over seeds. With a probability expression an estimate, from evenly spaced sources where there
/// are more than four million pairs.
double expected_synapses(const ConnectionRule& rule, std::size_t targets, std::size_t sources,
                         bool same_population);

/// The outgoing synapses of any source, a pure function of rule, sizes, seed and stream: the same network for
/// any number of threads or ranks, whoever asks, in any order. Copies share what they hold: 4 bytes for each
/// source (fixed_total, bernoulli), an index of the list (edge_list), 4 bytes for each 48 synapses and a
/// block of sources for each processor (fixed_in_degree), nothing (the others).
class Connector {
  public:
    /// `stream` must be the connector's own among all that draws from `seed`. Throws Error when the rule
    /// cannot be met: it names the sizes and what to do.
    Connector(ConnectionRule rule, std::size_t targets, std::size_t sources, bool same_population,
              std::uint64_t seed, std::uint16_t stream);

    /// The exact number of synapses. With a probability expression every pair is visited by the first call;
    /// else it is known. Thread-safe.
    std::uint64_t total() const;
    /// The exact number of `source`'s synapses; as dear as outgoing() with a probability expression and for
    /// a fixed in-degree, else known.
    std::uint64_t out_degree(std::size_t source) const;
    /// Appends the targets of `source`'s synapses to `targets`. Thread-safe. Order: of the list for
    /// edge_list; as drawn for fixed_out_degree, fixed_total and bernoulli with one probability, unless more
    /// than half of all targets are chosen without multapses; else ascending.
    void outgoing(std::size_t source, std::vector<std::uint32_t>& targets) const;
    /// Values of one SynapseValue for the synapses of `source`: `targets` is what outgoing() gives for it,
    /// all of it and in its order. `variable` (below 60000) tells draws of one projection apart (weight 0,
    /// delay 1, ...). Thread-safe. Throws Error when parameters have no meaning or bounds cannot be met.
    void values(const SynapseValue& value, std::uint32_t variable, std::size_t source,
                std::span<const std::uint32_t> targets, std::span<double> out) const;
    /// The same, rounded to single precision (which normal draws have in both).
    void values(const SynapseValue& value, std::uint32_t variable, std::size_t source,
                std::span<const std::uint32_t> targets, std::span<float> out) const;

    const ConnectionRule& rule() const { return rule_; }
    std::size_t targets() const { return targets_; }
    std::size_t sources() const { return sources_; }
    std::uint64_t seed() const { return seed_; }
    std::uint16_t stream() const { return stream_; }
    bool excludes_self() const { return same_population_ && !rule_.autapses; }
    /// How many targets a source has to choose from.
    std::uint64_t choices() const { return targets_ - (excludes_self() ? 1 : 0); }

  private:
    void draw_degrees();
    void chosen(std::size_t source, std::uint64_t count, bool distinct,
                std::vector<std::uint32_t>& targets) const;
    void check_expression(const NodeExpression& expression) const;
    void check_values(const SynapseValue& value, std::uint32_t variable, std::size_t targets,
                      std::size_t values) const;
    void take_from_list(const SynapseValue& value, std::size_t source, std::span<double> out) const;
    void by_probability(std::size_t source, std::vector<std::uint32_t>& targets) const;

    ConnectionRule rule_;
    std::size_t targets_, sources_;
    bool same_population_;
    std::uint64_t seed_;
    std::uint16_t stream_;
    std::uint64_t total_ = 0;
    std::shared_ptr<std::atomic<std::uint64_t>> counted_;  ///< with a probability expression
    std::shared_ptr<const std::vector<std::uint32_t>> degrees_;
    std::shared_ptr<const EdgeRows> rows_;
    std::shared_ptr<const InDegreeBlocks> blocks_;
};

}  // namespace neurodyn::network
