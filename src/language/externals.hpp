// SPDX-License-Identifier: BSD-3-Clause
// The names in a synapse's text that belong to the populations it joins.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "language/evaluate.hpp"
#include "language/model.hpp"

namespace neurodyn::language {

/// The models of a synapse's populations and the variable that its projection names.
struct Joined {
    const Model& pre;
    const Model& post;
    std::string target;
};

/// "v_post" is v of the postsynaptic side; without such a suffix there is no side.
struct SidedName {
    std::string_view name;
    std::optional<Side> side;
};
SidedName split_side(std::string_view name);

/// Gives names of the populations their symbols and, once they are joined, their units; collects them.
class Externals {
  public:
    Externals(Graph& graph, Problems& problems, const Joined* joined)
        : graph_(graph), problems_(problems), joined_(joined) {}

    /// From now on names without suffix mean the postsynaptic neuron (in statements), or do not.
    void set_in_statements(bool yes) { in_statements_ = yes; }
    /// A name without suffix that a statement writes: it is the neuron's even where it is a unit.
    void claim(const std::string& name) { claimed_.insert(name); }

    /// The value of a name that the synapse does not declare; nothing when it is no name of a population.
    /// `bare` is the last try, after units and constants.
    std::optional<Value> read(std::string_view name, SourceSpan span, bool bare);
    /// The variable that a statement writes; bad when it cannot be written.
    Value write(std::string_view name, SourceSpan span);
    /// The variable that a sum over synapses fills.
    Value sum_into(std::string_view name, SourceSpan span);
    /// True when the synapse is joined and the postsynaptic model has nothing of that name.
    bool is_missing(std::string_view name) const;
    /// The type of a variable; real while it is not known.
    ValueType type_of(std::string_view name) const;

    bool is_joined() const { return joined_ != nullptr; }
    /// Of the variable with that symbol in `all`.
    std::size_t index_of(NodeId symbol) const;

    std::vector<External> all;

  private:
    bool means_two_things(std::string_view written, SourceSpan span);
    SidedName resolve(std::string_view written) const;
    const Quantity* find(const SidedName& name) const;
    const Model& model(Side side) const { return side == Side::pre ? joined_->pre : joined_->post; }
    External& entry(const SidedName& name, SourceSpan span);
    Value value_of(const External& external);
    bool is_known(std::string_view written, const SidedName& name, SourceSpan span, std::string_view verb);
    bool refuse(const SidedName& name, SourceSpan span, std::string message, std::string hint);

    Graph& graph_;
    Problems& problems_;
    const Joined* joined_;
    bool in_statements_ = false;
    std::set<std::string, std::less<>> claimed_;
};

}  // namespace neurodyn::language
