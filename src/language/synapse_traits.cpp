// SPDX-License-Identifier: BSD-3-Clause
// Sorts what a synapse does: static or not, and which variables can be kept once per neuron.
#include <algorithm>
#include <array>
#include <set>

#include "language/synapse.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using Advance = SynapseVariable::Advance;

class Sorter {
  public:
    Sorter(const Model& model, const std::function<bool(const std::string&)>& is_uniform)
        : model_(model), synapse_(*model.synapse), is_uniform_(is_uniform) {
        for (const SynapseStatement& s : synapse_.on_pre) note(s, written_on_pre_);
        for (const SynapseStatement& s : synapse_.on_post) note(s, written_on_post_);
    }

    SynapseTraits run() {
        for (std::size_t i = 0; i < model_.states.size(); ++i) traits_.keepers.push_back(first_guess(i));
        for (std::size_t i = 0; i < model_.states.size(); ++i)
            if (is_only_driven(i)) traits_.keepers[i] = driver_side(i);
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t i = 0; i < model_.states.size(); ++i)
                if (is_per_neuron(i) && !holds(i)) traits_.keepers[i] = Keeper::synapse, changed = true;
        }
        for (const SynapseStatement& s : synapse_.on_pre) effect(s, false);
        for (const SynapseStatement& s : synapse_.on_post) effect(s, true);
        traits_.is_static = is_static();
        return std::move(traits_);
    }

  private:
    void note(const SynapseStatement& s, std::set<NodeId>& into) {
        if (s.side == Side::synapse) into.insert(s.symbol);
        if (s.side == Side::local) locals_.insert(s.symbol);
    }

    bool is_per_neuron(std::size_t i) const {
        return traits_.keepers[i] == Keeper::pre || traits_.keepers[i] == Keeper::post;
    }

    Keeper first_guess(std::size_t i) const {
        const NodeId symbol = model_.states[i].symbol;
        const Advance advance = synapse_.variables[i].advance;
        const bool pre = written_on_pre_.contains(symbol), post = written_on_post_.contains(symbol);
        if (advance == Advance::clock) return pre || post ? Keeper::synapse : clock_side(i);
        if (!pre && !post) return advance == Advance::constant ? Keeper::constant : Keeper::synapse;
        return pre && post ? Keeper::synapse : pre ? Keeper::pre : Keeper::post;
    }

    bool is_only_driven(std::size_t i) const {
        const NodeId symbol = model_.states[i].symbol;
        return synapse_.variables[i].advance == Advance::event && !written_on_pre_.contains(symbol) &&
               !written_on_post_.contains(symbol);
    }

    // An event-driven variable that no statement writes is kept where its drivers are.
    Keeper driver_side(std::size_t i) const {
        Keeper side = Keeper::synapse;
        for (const NodeId symbol : symbols({model_.states[i].drift})) {
            const State* own = model_.find_state(model_.graph.name(symbol));
            const auto index = own ? static_cast<std::size_t>(own - model_.states.data()) : i;
            if (index != i && !is_only_driven(index)) side = traits_.keepers[index];
        }
        return side == Keeper::constant ? Keeper::synapse : side;
    }

    // A clock-driven variable that no event changes belongs to the side whose variables drive it.
    Keeper clock_side(std::size_t i) const {
        std::set<Side> sides;
        for (const NodeId symbol : symbols({model_.states[i].drift}))
            if (const External* e = external(symbol)) sides.insert(e->side);
        if (sides.size() != 1) return Keeper::synapse;
        return *sides.begin() == Side::pre ? Keeper::pre : Keeper::post;
    }

    // Everything that decides the variable's value is the same for all synapses of its neuron.
    bool holds(std::size_t i) const {
        const State& s = model_.states[i];
        const Keeper keeper = traits_.keepers[i];
        if (s.initial_distribution || !all_shared({s.initial}, Keeper::constant, false)) return false;
        if (!all_shared({s.drift}, keeper, synapse_.variables[i].advance == Advance::clock)) return false;
        const auto& statements = keeper == Keeper::pre ? synapse_.on_pre : synapse_.on_post;
        return std::all_of(statements.begin(), statements.end(), [&](const SynapseStatement& w) {
            return w.symbol != s.symbol || all_shared({w.value}, keeper, false);
        });
    }

    bool all_shared(std::vector<NodeId> nodes, Keeper keeper, bool with_clock) const {
        for (const NodeId symbol : symbols(nodes)) {
            const std::string& name = model_.graph.name(symbol);
            if (name == "dt" || name == "t" || is_uniform_parameter(name)) continue;
            if (const External* e = external(symbol)) {
                if (with_clock && (e->side == Side::pre) == (keeper == Keeper::pre)) continue;
                return false;
            }
            const State* own = model_.find_state(name);
            if (!own || keeper == Keeper::constant) return false;
            if (traits_.keepers[static_cast<std::size_t>(own - model_.states.data())] != keeper) return false;
        }
        return true;
    }

    bool is_uniform_parameter(const std::string& name) const {
        const Parameter* p = model_.find_parameter(name);
        if (!p) return false;
        if (is_uniform_) return is_uniform_(name);
        if (p->distribution) return false;
        const std::vector<NodeId> uses = p->value ? symbols({p->value}) : std::vector<NodeId>{};
        return std::all_of(uses.begin(), uses.end(),
                           [&](NodeId symbol) { return is_uniform_parameter(model_.graph.name(symbol)); });
    }

    const External* external(NodeId symbol) const {
        const auto found = std::find_if(synapse_.externals.begin(), synapse_.externals.end(),
                                        [&](const External& e) { return e.symbol == symbol; });
        return found == synapse_.externals.end() ? nullptr : &*found;
    }

    // All that the values depend on, through the values on the way (Side::local).
    std::vector<NodeId> symbols(std::vector<NodeId> nodes) const {
        std::vector<NodeId> result;
        std::set<NodeId> followed;
        for (bool changed = true; changed;) {
            changed = false;
            result = symbolic::free_symbols(model_.graph, nodes);
            for (const auto* list : {&synapse_.on_pre, &synapse_.on_post})
                for (const SynapseStatement& s : *list)
                    if (s.side == Side::local && contains(result, s.symbol) &&
                        followed.insert(s.value).second)
                        nodes.push_back(s.value), changed = true;
        }
        std::erase_if(result, [&](NodeId symbol) { return locals_.contains(symbol); });
        return result;
    }

    static bool contains(const std::vector<NodeId>& nodes, NodeId node) {
        return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
    }

    void effect(const SynapseStatement& s, bool on_post) {
        if (s.side == Side::pre || s.side == Side::post)
            traits_.effects.push_back({s.variable, s.side, on_post, s.symbol, s.added});
    }

    bool is_static() const {
        if (!synapse_.on_post.empty() || !synapse_.summed.empty() || !locals_.empty() ||
            !written_on_pre_.empty())
            return false;
        for (const SynapseVariable& v : synapse_.variables)
            if (v.advance != Advance::constant) return false;
        return std::all_of(traits_.effects.begin(), traits_.effects.end(), [&](const Effect& e) {
            return e.side == Side::post && e.added && all_constant(e.added);
        });
    }

    bool all_constant(NodeId node) const {
        for (const NodeId symbol : symbols({node}))
            if (model_.graph.name(symbol) == "t" || external(symbol)) return false;
        return true;
    }

    const Model& model_;
    const Synapse& synapse_;
    const std::function<bool(const std::string&)>& is_uniform_;
    std::set<NodeId> written_on_pre_, written_on_post_, locals_;
    SynapseTraits traits_;
};

}  // namespace

SynapseTraits classify(const Model& synapse, const std::function<bool(const std::string&)>& is_uniform) {
    return Sorter(synapse, is_uniform).run();
}

}  // namespace neurodyn::language
