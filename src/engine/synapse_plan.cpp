// SPDX-License-Identifier: BSD-3-Clause
// From a synapse's text to the programs of its events: statements are run symbolically, one after the other,
// so that each program reads only what was kept before the event.
#include "engine/synapse_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"
#include "engine/synapse_values.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::engine {
namespace {

using compile::System;
using Advance = language::SynapseVariable::Advance;
using language::Keeper;
using language::Model;
using language::SynapseStatement;
using network::EventProjection;
using network::Network;
using symbolic::NodeId;
using symbolic::Substitution;
using Kind = SynapseArray::Kind;

constexpr std::array<const char*, copy_kinds> copy_names{"synapse", "row", "target"};

/// Builds one plan.
class Planner {
  public:
    Planner(const EventProjection& projection, language::ModelPtr model, const ComposedPopulation& source,
            const ComposedPopulation& target, const compile::KernelOptions& options)
        : model_(std::move(model)), values_(projection, *model_), options_(options), graph_(plan_.graph) {
        plan_.name = projection.name;
        plan_.model = model_;
        graph_ = values_.graph();
        plan_.uniforms = values_.uniforms();
        base_ = values_.derived();
        for (const language::External& e : model_->synapse->externals)
            if (e.read)
                base_.emplace(e.symbol, neuron_value(e, e.side == language::Side::pre ? source : target));
        keep();
    }

    SynapsePlan run(const Network& network, std::uint64_t synapses) {
        const language::Synapse& synapse = *model_->synapse;
        statements(synapse.on_pre, Copies::row, plan_.arriving_row, plan_.arriving, plan_.arriving_effects);
        statements(synapse.on_post, Copies::target, plan_.back_target, plan_.back, plan_.back_effects);
        for (const Copies copies : {Copies::synapse, Copies::target}) clock(copies);
        sums();
        initial();
        for (std::size_t m = 0; m < network.synapse_monitors.size(); ++m)
            if (network.synapse_monitors[m].projection == plan_.name)
                reading(network.synapse_monitors[m], m, synapses);
        return std::move(plan_);
    }

  private:
    // Where the copies of each state are; those that nothing changes and that are one number become uniform.
    void keep() {
        const std::vector<Keeper> keepers = values_.keepers();
        for (std::size_t i = 0; i < model_->states.size(); ++i) {
            const language::State& state = model_->states[i];
            const bool is_uniform = keepers[i] == Keeper::constant && values_.is_number(state.name);
            if (is_uniform) {
                plan_.uniforms[state.name] = values_.value(state.name).a;
                continue;
            }
            const Copies copies = keepers[i] == Keeper::pre    ? Copies::row
                                  : keepers[i] == Keeper::post ? Copies::target
                                                               : Copies::synapse;
            keep(state.name, copies);
            states_.push_back({i, copies});
            if (advance(i) == Advance::event) plan_.has_since[index_of(copies)] = true;
        }
        for (const std::string& name : values_.kept_parameters()) keep(name, Copies::synapse);
        for (std::size_t c = 0; c < copy_kinds; ++c)
            known_[since(static_cast<Copies>(c))] = {Kind::since, static_cast<Copies>(c), 0, 0};
    }

    void keep(const std::string& name, Copies copies) {
        auto& list = plan_.variables[index_of(copies)];
        const auto number = static_cast<std::uint32_t>(list.size());
        known_[name] = {Kind::variable, copies, number, 0};
        known_["current." + name] = {Kind::current, copies, number, 0};
        KeptVariable kept{name, {}, values_.is_computed(name), values_.draw(name)};
        if (!kept.computed) kept.value = values_.value(name);
        list.push_back(std::move(kept));
    }

    language::SynapseVariable::Advance advance(std::size_t state) const {
        return model_->synapse->variables[state].advance;
    }

    static std::string since(Copies copies) { return fmt::format("since.{}", copy_names[index_of(copies)]); }

    // A neuron's variable as an expression of its states and parameters, which become arrays and uniforms
    // here.
    NodeId neuron_value(const language::External& e, const ComposedPopulation& neuron) {
        const bool is_pre = e.side == language::Side::pre;
        const std::string prefix = is_pre ? "pre." : "post.";
        const auto entry = std::find_if(neuron.scope.begin(), neuron.scope.end(),
                                        [&](const language::ScopeEntry& s) { return s.name == e.name; });
        const symbolic::Graph& from = neuron.system.graph;
        for (const NodeId symbol : symbolic::free_symbols(from, std::array{entry->node})) {
            const std::string& name = from.name(symbol);
            if (name != "t" && name != "dt") read_neuron(name, prefix + name, is_pre, e.name, neuron);
        }
        return symbolic::copy(from, entry->node, graph_, [&](const std::string& name) {
            return name == "t" || name == "dt" ? name : prefix + name;
        });
    }

    void read_neuron(const std::string& name, const std::string& as, bool is_pre, const std::string& wanted,
                     const ComposedPopulation& neuron) {
        if (known_.contains(as) || plan_.uniforms.contains(as)) return;
        NeuronVariable variable{name, UINT32_MAX, {}};
        if (const auto given = neuron.parameters.find(name); given != neuron.parameters.end()) {
            if (given->second.is_uniform()) {
                plan_.uniforms[as] = given->second.at(0, 0);
                return;
            }
            for (std::size_t i = 0; i < given->second.nodes; ++i)
                variable.values.push_back(given->second.at(i, 0));
        } else if (!neuron.initial.contains(name)) {
            throw Error(
                fmt::format("projection '{}': the synapse '{}' reads '{}' of a neuron, which depends on the "
                            "input '{}'; synapses can read states, parameters and what is made of them",
                            plan_.name, model_->name, wanted, name));
        }
        auto& list = is_pre ? plan_.pre : plan_.post;
        known_[as] = {is_pre ? Kind::pre : Kind::post, Copies::synapse,
                      static_cast<std::uint32_t>(list.size()), 0};
        list.push_back(std::move(variable));
    }

    // What every symbol is at an event: neurons' variables and derived parameters in place, event-driven
    // variables brought up to date. Those that `own` keeps have been brought up to date before.
    Substitution at_event(std::optional<Copies> own) {
        Substitution map = base_;
        for (const auto& [state, copies] : states_) {
            const NodeId symbol = model_->states[state].symbol;
            if (own == copies)
                map[symbol] = graph_.symbol("current." + model_->states[state].name);
            else if (advance(state) == Advance::event)
                map[symbol] = after(state, copies);
        }
        return map;
    }

    NodeId after(std::size_t state, Copies copies) {
        Substitution map = base_;
        map[graph_.symbol(language::since_name)] = graph_.symbol(since(copies));
        return symbolic::substitute(graph_, model_->synapse->variables[state].after, map);
    }

    struct Added {
        std::string variable;
        NodeId value;
    };

    // `map` becomes what every symbol is after the statements; returns what is added to the target's
    // variables.
    std::vector<Added> run_statements(const std::vector<SynapseStatement>& list, Substitution& map) {
        std::vector<Added> effects;
        for (const SynapseStatement& s : list) {
            const NodeId value = symbolic::substitute(graph_, s.value, map);
            if (s.side == language::Side::pre || (s.side == language::Side::post && !s.added)) refuse(s);
            if (s.side == language::Side::post) {
                const NodeId added = symbolic::substitute(graph_, s.added, map);
                const auto known = std::find_if(effects.begin(), effects.end(),
                                                [&](const Added& a) { return a.variable == s.variable; });
                if (known == effects.end())
                    effects.push_back({s.variable, added});
                else
                    known->value = graph_.add(known->value, added);
            }
            map[s.symbol] = value;
        }
        return effects;
    }

    [[noreturn]] void refuse(const SynapseStatement& s) const {
        throw Error(fmt::format(
            "projection '{}': the synapse '{}' {} '{}_{}'; synapses of a network can only add to variables "
            "of their "
            "target (+=, -=)",
            plan_.name, model_->name, s.side == language::Side::pre ? "writes the presynaptic" : "overwrites",
            s.variable, s.side == language::Side::pre ? "pre" : "post"));
    }

    // Statements of one side: a program of what `own` keeps, and one of synapses.
    void statements(const std::vector<SynapseStatement>& list, Copies own, SynapseProgram& of_own,
                    SynapseProgram& of_synapses, std::vector<std::string>& effect_names) {
        if (list.empty()) return;
        own_program(list, own, of_own);
        Substitution map = at_event(own);
        const std::vector<Added> effects = run_statements(list, map);
        Outputs outputs;
        const bool written = std::any_of(list.begin(), list.end(), [&](const SynapseStatement& s) {
            const auto it = known_.find(s.variable);
            return s.side == language::Side::synapse && it != known_.end() &&
                   it->second.copies == Copies::synapse;
        });
        if (!written && effects.empty()) return;
        for (const auto& [state, copies] : states_)
            if (copies == Copies::synapse) add_new_value(state, map, outputs);
        for (const Added& effect : effects) {
            outputs.add("effect." + effect.variable, effect.value,
                        {Kind::result, Copies::synapse, static_cast<std::uint32_t>(effect_names.size()), 0});
            effect_names.push_back(effect.variable);
        }
        of_synapses = make(outputs);
    }

    void own_program(const std::vector<SynapseStatement>& list, Copies own, SynapseProgram& made) {
        Substitution map = base_;
        Outputs outputs;
        for (const auto& [state, copies] : states_) {
            if (copies != own) continue;
            const language::State& s = model_->states[state];
            if (advance(state) == Advance::event) map[s.symbol] = after(state, copies);
            const NodeId now = symbolic::substitute(graph_, s.symbol, map);
            SynapseArray array = known_.at("current." + s.name);
            outputs.add("current." + s.name, now, array);
        }
        if (outputs.signals.empty()) return;
        run_statements(list, map);
        for (const auto& [state, copies] : states_)
            if (copies == own) add_new_value(state, map, outputs);
        made = make(outputs);
    }

    struct Outputs {
        std::vector<System::Signal> signals;
        std::vector<SynapseArray> places;
        void add(const std::string& name, NodeId value, SynapseArray place) {
            signals.push_back({name, value});
            places.push_back(place);
        }
    };

    void add_new_value(std::size_t state, const Substitution& map, Outputs& outputs) {
        const language::State& s = model_->states[state];
        const NodeId value = symbolic::substitute(graph_, s.symbol, map);
        if (value != s.symbol) outputs.add(s.name, value, known_.at(s.name));
    }

    SynapseProgram make(const Outputs& outputs) {
        SynapseProgram made;
        System system;
        system.graph = graph_;
        for (const auto& [name, place] : known_) system.inputs.push_back(name);
        made.program = compile::make_observer(system, outputs.signals, {});
        made.program.name = plan_.name;
        for (std::uint32_t a = 0; a < made.program.arrays.size(); ++a) {
            const std::string& name = made.program.arrays[a];
            const auto signal =
                std::find_if(outputs.signals.begin(), outputs.signals.end(),
                             [&](const System::Signal& s) { return "signal." + s.name == name; });
            if (signal == outputs.signals.end()) {
                made.inputs.push_back(known_.at(name));
                made.inputs.back().array = a;
            } else {
                made.outputs.push_back(
                    outputs.places[static_cast<std::size_t>(signal - outputs.signals.begin())]);
                made.outputs.back().array = a;
            }
        }
        for (const std::string& name : made.program.uniforms) {
            if (name == "t") made.time_uniform = static_cast<std::uint32_t>(made.uniforms.size());
            made.uniforms.push_back(name == "t" ? 0.0 : plan_.uniforms.at(name));
        }
        made.kernel = compile::make_kernel(made.program, options_);
        return made;
    }

    void clock(Copies copies) {
        System system;
        system.graph = graph_;
        for (const auto& [state, kept] : states_) {
            const language::State& s = model_->states[state];
            if (kept != copies || advance(state) != Advance::clock) continue;
            system.states.push_back(
                {s.name, s.symbol, symbolic::substitute(system.graph, s.drift, base_), {}, false});
        }
        if (system.states.empty()) return;
        for (const auto& [name, place] : known_) {
            const bool is_state = std::any_of(system.states.begin(), system.states.end(),
                                              [&](const System::State& s) { return s.name == name; });
            if (!is_state) system.inputs.push_back(name);
        }
        for (const auto& [name, value] : plan_.uniforms) system.parameters.push_back(name);
        SynapseClock& made = plan_.clocks[index_of(copies)];
        try {
            made.step = compile::make_step(system, {model_->default_method, {}, true, {}});
        } catch (const Error& error) {
            throw Error(
                fmt::format("projection '{}': synapse '{}': {}", plan_.name, model_->name, error.what()));
        }
        made.code.program = made.step.step;
        const auto& stores = made.code.program.stores;
        for (std::uint32_t a = 0; a < made.code.program.arrays.size(); ++a) {
            SynapseArray array = known_.at(made.code.program.arrays[a]);
            array.array = a;
            made.code.inputs.push_back(array);
            if (std::any_of(stores.begin(), stores.end(), [&](const auto& s) { return s.array == a; }))
                made.code.outputs.push_back(array);
        }
        made.code.kernel = compile::make_kernel(made.code.program, options_);
    }

    void sums() {
        Outputs outputs;
        Substitution map = base_;
        for (const language::Summed& sum : model_->synapse->summed) {
            const std::string name = fmt::format("summed.{}.{}", plan_.name, sum.variable);
            outputs.add(name, symbolic::substitute(graph_, sum.value, map),
                        {Kind::result, Copies::synapse, static_cast<std::uint32_t>(plan_.sums.size()), 0});
            plan_.sums.push_back(name);
        }
        if (!outputs.signals.empty()) plan_.summed = make(outputs);
    }

    // Initial values that depend on what each synapse has drawn.
    void initial() {
        Outputs outputs;
        const auto& kept = plan_.variables[index_of(Copies::synapse)];
        for (std::uint32_t k = 0; k < kept.size(); ++k) {
            if (!kept[k].computed) continue;
            const NodeId value = model_->find_state(kept[k].name)->initial;
            outputs.add(kept[k].name, symbolic::substitute(graph_, value, base_),
                        {Kind::variable, Copies::synapse, k, 0});
        }
        if (!outputs.signals.empty()) plan_.initial = make(outputs);
    }

    // A state, definition or parameter of the synapse, or an expression of them.
    void reading(const network::SynapseMonitor& monitor, std::size_t index, std::uint64_t synapses) {
        const std::string who = fmt::format("monitor '{}'", monitor.name);
        std::vector<language::ScopeEntry> scope;
        for (const auto& q : model_->parameters) scope.push_back({q.name, q.symbol, q.unit.dimension});
        for (const auto& q : model_->states) scope.push_back({q.name, q.symbol, q.unit.dimension});
        for (const auto& q : model_->definitions) scope.push_back({q.name, q.value, q.unit.dimension});
        const auto expression = language::parse_expression(monitor.expression, who, graph_, scope);
        if (graph_[expression.node].type == symbolic::Type::boolean)
            throw Error(fmt::format("{}: '{}' is a condition and a number is needed; write int({})", who,
                                    monitor.expression, monitor.expression));
        Outputs outputs;
        outputs.add("reading", symbolic::substitute(graph_, expression.node, at_event({})),
                    {Kind::result, Copies::synapse, 0, 0});
        SynapseReading made{index, recorded_synapses(monitor, synapses), make(outputs), 1.0,
                            to_string(expression.dimension)};
        if (const language::Quantity* quantity = model_->find(monitor.expression)) {
            made.scale = quantity->unit.scale;
            made.unit = quantity->unit.name;
        }
        plan_.readings.push_back(std::move(made));
    }

    struct Kept {
        std::size_t state;
        Copies copies;
    };

    language::ModelPtr model_;
    SynapseValues values_;
    const compile::KernelOptions& options_;
    SynapsePlan plan_;
    symbolic::Graph& graph_;
    Substitution base_;  ///< derived parameters and neurons' variables
    std::vector<Kept> states_;
    std::map<std::string, SynapseArray> known_;
};

}  // namespace

std::vector<std::uint64_t> recorded_synapses(const network::SynapseMonitor& monitor, std::uint64_t total) {
    std::vector<std::uint64_t> numbers = monitor.synapses;
    if (!numbers.empty() || monitor.count >= total) return numbers;
    for (std::uint64_t k = 0; k < monitor.count; ++k)
        numbers.push_back(total / monitor.count * k + total % monitor.count * k / monitor.count);
    return numbers;
}

SynapsePlan plan_synapse(const Network& network, const EventProjection& projection, language::ModelPtr model,
                         const ComposedPopulation& source, const ComposedPopulation& target,
                         std::uint64_t synapses, const compile::KernelOptions& options) {
    return Planner(projection, std::move(model), source, target, options).run(network, synapses);
}

SynapseTargets synapse_targets(const Network& network, const EventProjection& projection) {
    const language::ModelPtr model = join_synapse(network, projection);
    SynapseTargets targets;
    const auto add = [](std::vector<std::string>& list, const std::string& name) {
        if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
    };
    targets.runs_on_pre = !model->synapse->on_pre.empty();
    targets.runs_on_post = !model->synapse->on_post.empty();
    for (const auto* list : {&model->synapse->on_pre, &model->synapse->on_post})
        for (const SynapseStatement& s : *list)
            if (s.side == language::Side::post) add(targets.added, s.variable);
    for (const language::Summed& sum : model->synapse->summed) {
        if (sum.side == language::Side::pre)
            throw Error(fmt::format(
                "projection '{}': the synapse '{}' sums into '{}_pre'; sums of a network go to the "
                "target, so write {}_post and add a projection the other way round",
                projection.name, model->name, sum.variable, sum.variable));
        add(targets.summed, sum.variable);
    }
    return targets;
}

std::string back_event(const Network& network, const EventProjection& projection) {
    if (!projection.back_event.empty()) return projection.back_event;
    const auto& events = network.find_population(projection.to)->model->events;
    return events.size() == 1 ? events.front().name : "spike";
}

}  // namespace neurodyn::engine
