// SPDX-License-Identifier: BSD-3-Clause
// Resolving a synapse's values, and deciding where its variables are kept.
#include "engine/synapse_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"

namespace neurodyn::engine {
namespace {

using language::Keeper;
using language::Model;
using network::EventProjection;
using network::SynapseValue;
using symbolic::NodeId;
using Advance = language::SynapseVariable::Advance;

// Weights and delays have the first numbers.
constexpr std::uint32_t first_draw = 2;

SynapseValue constant(double value) {
    SynapseValue made;
    made.a = value;
    return made;
}

// Every draw times a positive factor.
SynapseValue scaled(SynapseValue value, double factor) {
    using Kind = SynapseValue::Kind;
    value.a *= factor;
    if (value.kind != Kind::constant && value.kind != Kind::exponential) value.b *= factor;
    value.minimum *= factor;
    value.maximum *= factor;
    for (double& x : value.list) x *= factor;
    return value;
}

}  // namespace

language::ModelPtr join_synapse(const network::Network& network, const EventProjection& projection) {
    return language::check_synapse(*projection.synapse, *network.find_population(projection.from)->model,
                                   *network.find_population(projection.to)->model, projection.target);
}

SynapseValues::SynapseValues(const EventProjection& projection, const Model& model)
    : projection_(projection), model_(model), graph_(model.graph) {
    std::vector<std::string> names;
    for (const auto& q : model.parameters) names.push_back(q.name);
    for (const auto& q : model.states) names.push_back(q.name);
    for (const auto& [name, value] : projection.values)
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw Error(fmt::format(
                "projection '{}' sets '{}', but synapse '{}' has no such parameter or variable; it "
                "has {}. {}",
                projection.name, name, model.name, fmt::join(names, ", "), did_you_mean(name, names)));
    for (std::size_t i = 0; i < names.size(); ++i)
        draws_.emplace(names[i], first_draw + static_cast<std::uint32_t>(i));
    for (const auto& parameter : model.parameters) resolve_parameter(parameter);
    for (const auto& state : model.states) resolve_state(state);
}

// The value of an expression of uniform parameters; nothing when it depends on more.
std::optional<double> SynapseValues::number(NodeId node) const {
    for (const NodeId symbol : symbolic::free_symbols(graph_, std::array{node}))
        if (!uniforms_.contains(graph_.name(symbol))) return std::nullopt;
    return symbolic::evaluate(graph_, node, [&](const std::string& name) { return uniforms_.at(name); });
}

SynapseValue SynapseValues::drawn(const std::string& name, const language::Distribution& d) const {
    using Shape = language::Distribution::Shape;
    const auto take = [&](NodeId node) {
        const std::optional<double> value = number(node);
        if (!value)
            throw Error(fmt::format(
                "projection '{}': the distribution of '{}' of synapse '{}' depends on values that "
                "differ between synapses",
                projection_.name, name, model_.name));
        return *value;
    };
    SynapseValue value;
    value.kind = d.shape == Shape::normal        ? SynapseValue::Kind::normal
                 : d.shape == Shape::uniform     ? SynapseValue::Kind::uniform
                 : d.shape == Shape::lognormal   ? SynapseValue::Kind::lognormal
                 : d.shape == Shape::exponential ? SynapseValue::Kind::exponential
                                                 : SynapseValue::Kind::gamma;
    value.a = take(d.arguments.front());
    value.b = take(d.arguments.back());
    if (d.minimum) value.minimum = take(d.minimum);
    if (d.maximum) value.maximum = take(d.maximum);
    return value;
}

void SynapseValues::resolve_parameter(const language::Parameter& parameter) {
    const auto given = projection_.values.find(parameter.name);
    if (given != projection_.values.end() && given->second.kind == SynapseValue::Kind::constant) {
        uniforms_[parameter.name] = given->second.a;
        return;
    }
    if (given != projection_.values.end() || parameter.distribution) {
        values_[parameter.name] = given != projection_.values.end()
                                      ? given->second
                                      : drawn(parameter.name, *parameter.distribution);
        kept_parameters_.push_back(parameter.name);
        return;
    }
    if (!parameter.value)
        throw Error(
            fmt::format("projection '{}': the parameter '{}' ({}) of synapse '{}' has no value; set it",
                        projection_.name, parameter.name, parameter.unit.name, model_.name));
    if (const auto value = number(parameter.value))
        uniforms_[parameter.name] = *value;
    else
        derived_[parameter.symbol] = symbolic::substitute(graph_, parameter.value, derived_);
}

void SynapseValues::resolve_state(const language::State& state) {
    if (const auto given = projection_.values.find(state.name); given != projection_.values.end())
        values_[state.name] = given->second;
    else if (state.initial_distribution)
        values_[state.name] = drawn(state.name, *state.initial_distribution);
    else if (const auto value = number(state.initial))
        values_[state.name] = constant(*value);
}

bool SynapseValues::is_number(const std::string& name) const {
    const auto it = values_.find(name);
    return it != values_.end() && it->second.kind == SynapseValue::Kind::constant;
}

std::vector<Keeper> SynapseValues::keepers() const {
    const auto traits =
        language::classify(model_, [&](const std::string& name) { return uniforms_.contains(name); });
    std::vector<Keeper> keepers = traits.keepers;
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < keepers.size(); ++i)
            if ((keepers[i] == Keeper::pre || keepers[i] == Keeper::post) && !may_be_shared(i, keepers)) {
                keepers[i] = Keeper::synapse;
                changed = true;
            }
    }
    return keepers;
}

// Copies must start the same and see the same; what drives a variable that each synapse brings up to date
// must be brought up to date with it, and rows have no clock.
bool SynapseValues::may_be_shared(std::size_t i, const std::vector<Keeper>& keepers) const {
    const language::State& state = model_.states[i];
    const auto& variables = model_.synapse->variables;
    if (!is_number(state.name)) return false;
    if (keepers[i] == Keeper::pre && variables[i].advance == Advance::clock) return false;
    const auto kept_elsewhere = [&](NodeId node) {
        for (const NodeId symbol : symbolic::free_symbols(model_.graph, std::array{node})) {
            const language::State* used = model_.find_state(model_.graph.name(symbol));
            if (!used) continue;
            const Keeper keeper = keepers[static_cast<std::size_t>(used - model_.states.data())];
            if (keeper != keepers[i] && keeper != Keeper::constant) return true;
        }
        return false;
    };
    if (kept_elsewhere(state.drift ? state.drift : state.initial)) return false;
    for (const auto* list : {&model_.synapse->on_pre, &model_.synapse->on_post})
        for (const auto& s : *list)
            if (s.symbol == state.symbol && kept_elsewhere(s.value)) return false;
    for (std::size_t k = 0; k < keepers.size(); ++k) {
        if (keepers[k] != Keeper::synapse || variables[k].advance != Advance::event) continue;
        if (symbolic::depends_on(model_.graph, variables[k].after, state.symbol)) return false;
    }
    return true;
}

std::optional<SynapseValue> SynapseValues::static_weight() const {
    const auto traits =
        language::classify(model_, [&](const std::string& name) { return uniforms_.contains(name); });
    if (!traits.is_static || traits.effects.size() != 1 || traits.effects[0].variable != projection_.target)
        return std::nullopt;
    symbolic::Graph graph = graph_;
    symbolic::Substitution known = derived_;
    for (const auto& [name, value] : uniforms_) known[graph.symbol(name)] = graph.constant(value);
    for (const auto& [name, value] : values_)
        if (is_number(name)) known[graph.symbol(name)] = graph.constant(value.a);
    const NodeId added = symbolic::substitute(graph, traits.effects[0].added, known);
    const std::vector<NodeId> symbols = symbolic::free_symbols(graph, std::array{added});
    if (symbols.empty()) return constant(graph[added].value);
    if (symbols.size() > 1 || is_computed(graph.name(symbols[0]))) return std::nullopt;
    const SynapseValue& value = values_.at(graph.name(symbols[0]));
    const symbolic::Affine affine = symbolic::as_affine(graph, added, symbols[0]);
    if (!affine || value.kind == SynapseValue::Kind::expression) return std::nullopt;
    const NodeId rest = symbolic::simplify(graph, affine.rest);
    const NodeId factor = symbolic::simplify(graph, affine.coefficient);
    if (!graph.is_constant(rest, 0.0) || !graph.is_constant(factor) || !(graph[factor].value > 0.0))
        return std::nullopt;
    return scaled(value, graph[factor].value);
}

}  // namespace neurodyn::engine
