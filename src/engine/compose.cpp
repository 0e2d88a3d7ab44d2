// SPDX-License-Identifier: BSD-3-Clause
// Joining models, couplings and stimuli symbolically.
#include "engine/compose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "engine/synapse_plan.hpp"
#include "engine/values.hpp"
#include "language/generative.hpp"
#include "network/surface.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::engine {
namespace {

using compile::System;
using language::Model;
using language::ScopeEntry;
using network::Network;
using network::Population;
using network::Projection;
using network::Stimulus;
using symbolic::Graph;
using symbolic::NodeId;
using symbolic::Substitution;

const Dimension per_root_second = pow(dimensions::time, make_rational(-1, 2));

std::vector<std::string> population_names(const Network& network) {
    std::vector<std::string> names;
    for (const Population& p : network.populations) names.push_back(p.name);
    return names;
}

std::size_t population_index(const Network& network, const std::string& name, const std::string& asked_by) {
    for (std::size_t i = 0; i < network.populations.size(); ++i)
        if (network.populations[i].name == name) return i;
    throw Error(fmt::format("{} names population '{}', which does not exist; {}", asked_by, name,
                            did_you_mean(name, population_names(network))));
}

const ScopeEntry* find_entry(const std::vector<ScopeEntry>& scope, const std::string& name) {
    const auto it =
        std::find_if(scope.begin(), scope.end(), [&](const ScopeEntry& e) { return e.name == name; });
    return it == scope.end() ? nullptr : &*it;
}

// Every name of the model, t and dt. The system's graph starts as a copy of the model's, so the model's nodes
// are its own.
std::vector<ScopeEntry> model_scope(const Model& model, Graph& graph) {
    std::vector<ScopeEntry> scope;
    const auto add = [&](const language::Quantity& q, NodeId node) {
        scope.push_back({q.name, node, q.unit.dimension});
    };
    for (const auto& q : model.parameters) add(q, q.symbol);
    for (const auto& q : model.inputs) add(q, q.symbol);
    for (const auto& q : model.states) add(q, q.symbol);
    for (const auto& q : model.definitions) add(q, q.value);
    scope.push_back({"t", graph.symbol("t"), dimensions::time});
    scope.push_back({"dt", graph.symbol("dt"), dimensions::time});
    return scope;
}

// What is added to each input or parameter of one population while projections and stimuli are put in.
struct Additions {
    std::map<std::string, NodeId> input_terms, parameter_terms;
};

void add_term(Graph& graph, std::map<std::string, NodeId>& terms, const std::string& target, NodeId term) {
    const auto [it, is_new] = terms.emplace(target, term);
    if (!is_new) it->second = graph.add(it->second, term);
}

// The signal of that value, made when the source has none yet.
std::size_t signal_index(System& source, const std::string& name, NodeId value) {
    for (std::size_t i = 0; i < source.signals.size(); ++i)
        if (source.signals[i].value == value) return i;
    source.signals.push_back({name, value});
    return source.signals.size() - 1;
}

void add_parameter(ComposedPopulation& p, const std::string& name, const network::Values& values) {
    if (p.parameters.emplace(name, values).second) p.system.parameters.push_back(name);
}

// The target's variable that a coupling calls x_post.
const ScopeEntry& post_variable(const Projection& projection, const ComposedPopulation& target) {
    const ScopeEntry* entry = find_entry(target.scope, projection.source);
    if (!entry)
        throw Error(
            fmt::format("projection '{}': coupling '{}' needs the target's own '{}' (x_post), but population "
                        "'{}' has no variable of that name",
                        projection.name, projection.coupling->name, projection.source, projection.to));
    return *entry;
}

// Copies a node of the coupling's graph; its parameters get the projection's name, x_pre, x_post and gx get
// their nodes.
NodeId place(const Projection& projection, NodeId node, Graph& graph,
             const std::map<std::string, NodeId>& names) {
    const Graph& from = projection.coupling->graph;
    const std::string prefix = projection.name + ".";
    const NodeId copied = symbolic::copy(from, node, graph, [&](const std::string& s) { return prefix + s; });
    Substitution map;
    for (const auto& [name, replacement] : names)
        if (const NodeId symbol = graph.find_symbol(prefix + name)) map.emplace(symbol, replacement);
    return symbolic::substitute(graph, copied, map);
}

// pre(x_pre, x_post) as a sum of products of a target's factor and a source's factor.
symbolic::Separated split_pre(const Projection& projection, Graph& graph) {
    const NodeId pre = projection.coupling->coupling->pre;
    const NodeId x_post = graph.find_symbol("x_post");
    if (!x_post || !symbolic::depends_on(graph, pre, x_post)) return {{graph.constant(1.0)}, {pre}};
    symbolic::Separated parts =
        symbolic::separate(graph, pre, [&](NodeId symbol) { return symbol != x_post; });
    if (parts.left.empty())
        throw Error(fmt::format(
            "projection '{}': pre = {} of coupling '{}' mixes x_pre and x_post in a way that is not a "
            "sum of products; write it with products, differences, sin or cos of differences, or exp of sums",
            projection.name, symbolic::print(graph, pre), projection.coupling->name));
    return parts;
}

void add_coupling_parameters(const Projection& projection, ComposedPopulation& population, std::size_t nodes,
                             bool is_source) {
    const auto resolved = resolve_coupling(projection, nodes);
    for (const auto& [name, values] : resolved) {
        if (is_source && values.nodes != 1) continue;  // reported when the source's signal needs it
        add_parameter(population, projection.name + "." + name, values);
    }
}

void check_source_parameters(const Projection& projection, const System& source, NodeId value) {
    for (const NodeId symbol : symbolic::free_symbols(source.graph, std::vector<NodeId>{value})) {
        const std::string& name = source.graph.name(symbol);
        if (name.rfind(projection.name + ".", 0) != 0) continue;
        if (std::find(source.parameters.begin(), source.parameters.end(), name) == source.parameters.end())
            throw Error(fmt::format(
                "projection '{}': parameter '{}' stands inside `pre`, so it must be one value for all "
                "nodes; put what differs between targets into `post`",
                projection.name, name.substr(projection.name.size() + 1)));
    }
}

bool uses_x_post(const Projection& projection, const Graph& graph) {
    const NodeId x_post = graph.find_symbol("x_post");
    const language::Coupling& coupling = *projection.coupling->coupling;
    return x_post && (symbolic::depends_on(graph, coupling.pre, x_post) ||
                      symbolic::depends_on(graph, coupling.post, x_post));
}

void join(const Network& network, std::size_t index, std::vector<ComposedPopulation>& all,
          std::vector<Additions>& additions) {
    const Projection& projection = network.projections[index];
    const std::string who = fmt::format("projection '{}'", projection.name);
    const std::size_t s = population_index(network, projection.from, who);
    const std::size_t t = population_index(network, projection.to, who);
    ComposedPopulation& source = all[s];
    ComposedPopulation& target = all[t];
    const Model& target_model = *network.populations[t].model;
    if (!target_model.find_input(projection.target)) {
        std::vector<std::string> inputs;
        for (const auto& input : target_model.inputs) inputs.push_back(input.name);
        throw Error(fmt::format("{} goes to '{}.{}', but model '{}' has no such input; its inputs: {}. {}",
                                who, projection.to, projection.target, target_model.name,
                                fmt::join(inputs, ", "), did_you_mean(projection.target, inputs)));
    }
    const auto sent = language::parse_expression(projection.source, who, source.system.graph, source.scope);
    if (source.system.graph[sent.node].type == symbolic::Type::boolean)
        throw Error(fmt::format("{}: '{}' is a condition and a number is needed; write int({})", who,
                                projection.source, projection.source));
    add_coupling_parameters(projection, source, network.populations[s].size, true);
    add_coupling_parameters(projection, target, network.populations[t].size, false);
    Graph coupling_graph = projection.coupling->graph;
    const symbolic::Separated parts = split_pre(projection, coupling_graph);
    Projection work = projection;  // with the graph that separate() has grown
    auto grown = std::make_shared<Model>(*projection.coupling);
    grown->graph = coupling_graph;
    work.coupling = grown;

    Graph& graph = target.system.graph;
    NodeId sum;
    std::map<std::string, NodeId> names;
    Dimension x_post_dimension = sent.dimension;
    if (uses_x_post(projection, coupling_graph)) {
        const ScopeEntry& x_post = post_variable(projection, target);
        names.emplace("x_post", x_post.node);
        x_post_dimension = x_post.dimension;
    }
    const Dimension arriving =
        language::coupling_dimension(*projection.coupling, sent.dimension, x_post_dimension);
    const Unit& expected = target_model.find_input(projection.target)->unit;
    if (arriving != expected.dimension)
        throw Error(fmt::format(
            "{}: coupling '{}' of '{}.{}' ({}) gives the unit {}, but the input '{}.{}' has {}; scale it in "
            "the coupling",
            who, projection.coupling->name, projection.from, projection.source, to_string(sent.dimension),
            to_string(arriving), projection.to, projection.target, expected.name));
    for (std::size_t k = 0; k < parts.left.size(); ++k) {
        const NodeId value = place(work, parts.right[k], source.system.graph, {{"x_pre", sent.node}});
        check_source_parameters(projection, source.system, value);
        const std::string name = fmt::format("{}.{}", projection.name, k);
        target.sums.push_back({name, index, s, signal_index(source.system, name, value)});
        target.system.inputs.push_back(name);
        NodeId term = graph.symbol(name);
        const NodeId left = place(work, parts.left[k], graph, names);
        if (!graph.is_constant(left, 1.0)) term = graph.mul(left, term);
        sum = sum ? graph.add(sum, term) : term;
    }
    names.emplace("gx", sum);
    add_term(graph, additions[t].input_terms, projection.target,
             place(work, projection.coupling->coupling->post, graph, names));
}

// Names in the expression of a stimulus or a Poisson input: its own parameters, the population's, t and dt.
template <class Source>
std::vector<ScopeEntry> source_scope(const Source& source, ComposedPopulation& population,
                                     const Model& model) {
    Graph& graph = population.system.graph;
    std::vector<ScopeEntry> scope;
    for (const auto& parameter : source.parameters) {
        const std::string name = source.name + "." + parameter.name;
        add_parameter(population, name, parameter.value);
        scope.push_back({parameter.name, graph.symbol(name), parameter.dimension});
    }
    for (const auto& q : model.parameters)
        if (!find_entry(scope, q.name)) scope.push_back({q.name, q.symbol, q.unit.dimension});
    scope.push_back({"t", graph.symbol("t"), dimensions::time});
    scope.push_back({"dt", graph.symbol("dt"), dimensions::time});
    return scope;
}

// What an observer sees of a stimulus with a known course: its value and its motion (y_1, y_2, ...), too.
void move_observation(const Stimulus& stimulus, const Model& model, Graph& graph, NodeId term,
                      Additions& additions) {
    if (model.kind != language::Kind::generative) return;
    for (std::size_t order = 1; model.find_input(language::motion_name(stimulus.target, order)); ++order) {
        if (stimulus.table)
            throw Error(
                fmt::format("stimulus '{}' is a table, so the motion of '{}' is not known; write "
                            "'observation_orders = 1' in the section 'inference' of model '{}'",
                            stimulus.name, stimulus.target, model.name));
        term = symbolic::differentiate(graph, term, graph.symbol("t"));
        add_term(graph, additions.input_terms, language::motion_name(stimulus.target, order), term);
    }
}

void stimulate(const Network& network, std::size_t index, std::vector<ComposedPopulation>& all,
               std::vector<Additions>& additions) {
    const Stimulus& stimulus = network.stimuli[index];
    const std::string who = fmt::format("stimulus '{}'", stimulus.name);
    const std::size_t p = population_index(network, stimulus.population, who);
    const Model& model = *network.populations[p].model;
    Graph& graph = all[p].system.graph;
    const language::Quantity* input = model.find_input(stimulus.target);
    const language::Quantity* parameter = model.find_parameter(stimulus.target);
    if (!input && !parameter)
        throw Error(fmt::format(
            "{} acts on '{}.{}', which is neither an input nor a parameter of model '{}'. {}", who,
            stimulus.population, stimulus.target, model.name, did_you_mean(stimulus.target, model.names())));
    const language::Quantity& target = input ? *input : *parameter;
    NodeId term;
    if (stimulus.table) {
        const std::string name = stimulus.name + ".table";
        all[p].system.inputs.push_back(name);
        all[p].tables.push_back({name, index});
        term = graph.symbol(name);
    } else {
        auto scope = source_scope(stimulus, all[p], model);
        scope.push_back({"xi", graph.symbol("xi:" + stimulus.name), per_root_second});
        const auto expression = language::parse_expression(
            stimulus.expression, stimulus.file.empty() ? who : stimulus.file, graph, scope);
        if (expression.dimension != target.unit.dimension && !graph.is_constant(expression.node, 0.0))
            throw Error(fmt::format("{}: '{}' has the unit {}, but '{}.{}' has {}", who, stimulus.expression,
                                    to_string(expression.dimension), stimulus.population, stimulus.target,
                                    to_string(target.unit.dimension)));
        term = expression.node;
    }
    if (!(stimulus.weights.is_uniform() && stimulus.weights.at(0, 0) == 1.0)) {
        const std::string name = stimulus.name + ".weights";
        add_parameter(all[p], name, stimulus.weights);
        term = graph.mul(graph.symbol(name), term);
    }
    add_term(graph, input ? additions[p].input_terms : additions[p].parameter_terms, stimulus.target, term);
    if (input) move_observation(stimulus, model, graph, term, additions[p]);
}

// The state that events of a projection or a Poisson input add to.
void check_jump_target(const Network& network, std::size_t population, const std::string& target,
                       const System& system, const std::string& who) {
    std::vector<std::string> states;
    for (const auto& state : system.states) states.push_back(state.name);
    if (std::find(states.begin(), states.end(), target) == states.end())
        throw Error(fmt::format(
            "{} adds to '{}.{}', but model '{}' has no such variable; its variables: {}. {}", who,
            network.populations[population].name, target, network.populations[population].model->name,
            fmt::join(states, ", "), did_you_mean(target, states)));
}

void check_event(const Network& network, std::size_t population, const std::string& event,
                 const std::string& who) {
    const Model& model = *network.populations[population].model;
    std::vector<std::string> events;
    for (const auto& e : model.events) events.push_back(e.name);
    if (std::find(events.begin(), events.end(), event) == events.end())
        throw Error(fmt::format("{} needs the event '{}' of population '{}', but model '{}' {}{}", who, event,
                                network.populations[population].name, model.name,
                                events.empty() ? "has no events" : "has the events ",
                                fmt::join(events, ", ")));
}

// What events bring to a state is collected in an array, whoever sends it.
void collect_arrivals(const Network& network, std::size_t population, const std::string& state,
                      ComposedPopulation& target, const std::string& who) {
    check_jump_target(network, population, state, target.system, who);
    for (const ArrivalInput& arrival : target.arrivals)
        if (arrival.state == state) return;
    const std::string name = "arrivals." + state;
    target.arrivals.push_back({name, state});
    target.system.inputs.push_back(name);
    target.system.jumps.push_back({state, target.system.graph.symbol(name)});
}

void carry_events(const Network& network, const network::EventProjection& projection,
                  std::vector<ComposedPopulation>& all, std::vector<Additions>& additions) {
    const std::string who = fmt::format("projection '{}'", projection.name);
    const std::size_t source = population_index(network, projection.from, who);
    const std::size_t p = population_index(network, projection.to, who);
    if (!projection.synapse || !projection.event.empty()) check_event(network, source, projection.event, who);
    if (!projection.synapse) return collect_arrivals(network, p, projection.target, all[p], who);
    const SynapseTargets targets = synapse_targets(network, projection);
    if (targets.runs_on_post) check_event(network, p, back_event(network, projection), who);
    if (targets.runs_on_pre) check_event(network, source, projection.event, who);
    for (const std::string& state : targets.added) collect_arrivals(network, p, state, all[p], who);
    for (const std::string& variable : targets.summed) {
        const std::string name = fmt::format("summed.{}.{}", projection.name, variable);
        all[p].system.inputs.push_back(name);
        all[p].summed.push_back(
            {name, static_cast<std::size_t>(&projection - network.event_projections.data())});
        const bool is_input = network.populations[p].model->find_input(variable) != nullptr;
        add_term(all[p].system.graph, is_input ? additions[p].input_terms : additions[p].parameter_terms,
                 variable, all[p].system.graph.symbol(name));
    }
}

// The rate as an expression; null where it is a number.
NodeId poisson_rate(const network::PoissonInput& input, ComposedPopulation& target, const Model& model) {
    if (!input.rate_input.empty()) return model.find_input(input.rate_input)->symbol;
    if (input.rate.empty()) return {};
    const std::string who = fmt::format("Poisson input '{}'", input.name);
    const auto rate = language::parse_expression(input.rate, input.file.empty() ? who : input.file,
                                                 target.system.graph, source_scope(input, target, model));
    if (rate.dimension != dimensions::frequency ||
        target.system.graph[rate.node].type != symbolic::Type::real)
        throw Error(fmt::format("{}: the rate '{}' must have the unit Hz, it has {}", who, input.rate,
                                to_string(rate.dimension)));
    return rate.node;
}

// A density or rate is driven by the rate itself.
void drive_by_poisson(const network::PoissonInput& input, NodeId rate, NodeId weight,
                      ComposedPopulation& target) {
    Graph& graph = target.system.graph;
    if (!rate) {
        add_parameter(target, input.name + ".rate", input.rate_hz);
        rate = graph.symbol(input.name + ".rate");
    }
    add_parameter(target, input.name + ".sources", input.sources);
    target.drives.push_back({input.target, graph.mul(graph.symbol(input.name + ".sources"), rate), weight,
                             graph.mul(weight, weight), input.rate.empty() ? std::string() : input.name});
}

// What event projections bring to a density or rate.
void drive_by_events(const EventDrive& drive, const Model& model, ComposedPopulation& target) {
    Graph& graph = target.system.graph;
    const NodeId rate = drive.rate_input.empty()
                            ? graph.div(graph.symbol("arrivals." + drive.count_state), graph.symbol("dt"))
                            : model.find_input(drive.rate_input)->symbol;
    target.drives.push_back(
        {drive.state, rate, graph.constant(drive.weight), graph.constant(drive.square), {}});
}

void count_poisson(const Network& network, std::size_t index, std::vector<ComposedPopulation>& all) {
    const network::PoissonInput& input = network.poisson_inputs[index];
    const std::string who = fmt::format("stimulus '{}'", input.name);
    const std::size_t p = population_index(network, input.population, who);
    ComposedPopulation& target = all[p];
    Graph& graph = target.system.graph;
    check_jump_target(network, p, input.target, target.system, who);
    const std::string counts = input.name + ".counts", weight = input.name + ".weight";
    const NodeId rate = poisson_rate(input, target, *network.populations[p].model);
    add_parameter(target, weight, input.weight);
    if (network.populations[p].level != network::Level::spiking) {
        drive_by_poisson(input, rate, graph.symbol(weight), target);
        return;
    }
    target.poisson.push_back({counts, index, rate});
    target.system.inputs.push_back(counts);
    target.system.jumps.push_back({input.target, graph.mul(graph.symbol(weight), graph.symbol(counts))});
}

// Neighbours on the grid get a signal of their own.
void add_laplacians(const Population& population, ComposedPopulation& composed) {
    for (const language::Laplacian& laplacian : population.model->laplacians) {
        if (!population.grid && !population.surface)
            throw Error(fmt::format(
                "population '{}' has no grid, and its model '{}' takes laplacian({}); give it one: grid: "
                "{{shape: 512, length: 20 mm, edges: periodic}}",
                population.name, population.model->name,
                symbolic::print(composed.system.graph, laplacian.argument)));
        const std::size_t points = population.grid ? population.grid->size() : population.surface->size();
        if (points != population.size)
            throw Error(fmt::format("population '{}' has {} nodes and a {} of {} {}", population.name,
                                    population.size, population.grid ? "grid" : "surface", points,
                                    population.grid ? "points" : "vertices"));
        composed.laplacians.push_back({laplacian.name, composed.system.signals.size()});
        composed.system.signals.push_back({laplacian.name, laplacian.argument});
    }
}

// Moves the white noise of stimuli from the drift, where the text put it, to the noise terms.
void separate_noise(const Stimulus& stimulus, ComposedPopulation& population) {
    System& system = population.system;
    const std::string name = "xi:" + stimulus.name;
    const NodeId xi = system.graph.find_symbol(name);
    if (!xi) return;
    const auto refuse = [&](const std::string& where) {
        throw Error(
            fmt::format("stimulus '{}' is white noise, but '{}' uses it nonlinearly or outside an equation; "
                        "drive it with filtered noise instead",
                        stimulus.name, where));
    };
    for (System::State& state : system.states) {
        for (const auto& noise : state.noise)
            if (symbolic::depends_on(system.graph, noise.coefficient, xi)) refuse(state.name);
        if (!symbolic::depends_on(system.graph, state.drift, xi)) continue;
        const symbolic::Affine affine = symbolic::as_affine(system.graph, state.drift, xi);
        if (!affine) refuse(state.name);
        state.noise.push_back({name, affine.coefficient});
        state.drift = affine.rest;
    }
    for (const System::Signal& signal : system.signals)
        if (symbolic::depends_on(system.graph, signal.value, xi)) refuse(signal.name);
}

// Replaces inputs by what drives them and parameters by themselves plus their stimuli, everywhere.
void close(const Model& model, ComposedPopulation& population, const Additions& additions) {
    System& system = population.system;
    Graph& graph = system.graph;
    Substitution map;
    for (const auto& input : model.inputs) {
        const auto driven = additions.input_terms.find(input.name);
        const NodeId value = driven != additions.input_terms.end() ? driven->second
                             : input.fallback                      ? input.fallback
                                                                   : graph.constant(0.0);
        map.emplace(input.symbol, value);
        std::erase(system.inputs, input.name);
    }
    for (const auto& [name, term] : additions.parameter_terms) {
        const NodeId symbol = model.find_parameter(name)->symbol;
        map.emplace(symbol, graph.add(symbol, term));
    }
    const auto put = [&](NodeId& node) {
        if (node) node = symbolic::substitute(graph, node, map);
    };
    for (System::State& state : system.states) {
        put(state.drift);
        for (auto& noise : state.noise) put(noise.coefficient);
    }
    for (System::Signal& signal : system.signals) put(signal.value);
    for (PoissonCounts& counts : population.poisson) put(counts.rate);
    for (density::Drive& drive : population.drives) put(drive.rate);
    for (language::Event& event : system.events) {
        put(event.condition);
        put(event.refractory_time);
        put(event.refractory_condition);
        for (auto& statement : event.reset) put(statement.value);
    }
    for (ScopeEntry& entry : population.scope) put(entry.node);
}

}  // namespace

std::vector<ComposedPopulation> compose(const Lowered& lowered) {
    const Network& network = lowered.network;
    std::vector<ComposedPopulation> all(network.populations.size());
    std::vector<Additions> additions(all.size());
    const auto of = [](const char* kind, const auto& thing) {
        return fmt::format("{} '{}'", kind, thing.name);
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Population& population = network.populations[i];
        all[i].system = compile::make_system(*population.model);
        all[i].scope = model_scope(*population.model, all[i].system.graph);
        about(of("population", population), [&] {
            all[i].parameters = resolve_parameters(network, i);
            all[i].initial = resolve_initial(network, i, all[i].parameters);
        });
    }
    for (std::size_t i = 0; i < network.projections.size(); ++i)
        about(of("projection", network.projections[i]), [&] { join(network, i, all, additions); });
    for (const auto& projection : network.event_projections)
        about(of("projection", projection), [&] { carry_events(network, projection, all, additions); });
    for (std::size_t i = 0; i < network.poisson_inputs.size(); ++i)
        about(of("stimulus", network.poisson_inputs[i]), [&] { count_poisson(network, i, all); });
    for (const EventDrive& drive : lowered.drives) {
        const std::size_t p = population_index(network, drive.population, "a projection");
        drive_by_events(drive, *network.populations[p].model, all[p]);
    }
    for (const auto& monitor : network.event_monitors) {
        const std::string who = of("monitor", monitor);
        about(who, [&] {
            check_event(network, population_index(network, monitor.population, who), monitor.event, who);
        });
    }
    for (std::size_t i = 0; i < network.stimuli.size(); ++i)
        about(of("stimulus", network.stimuli[i]), [&] { stimulate(network, i, all, additions); });
    for (std::size_t i = 0; i < all.size(); ++i)
        about(of("population", network.populations[i]),
              [&] { add_laplacians(network.populations[i], all[i]); });
    for (std::size_t i = 0; i < all.size(); ++i) close(*network.populations[i].model, all[i], additions[i]);
    for (const Stimulus& stimulus : network.stimuli)
        about(of("stimulus", stimulus), [&] {
            separate_noise(stimulus, all[population_index(network, stimulus.population, "stimulus")]);
        });
    return all;
}

std::string method_of(const Network& network, const Population& population, const System& system) {
    if (!population.method.empty()) return population.method;
    if (!network.method.empty()) return network.method;
    if (!population.model->default_method.empty()) return population.model->default_method;
    return compile::choose_method(system);
}

density::Options density_options(const Network& network, const Population& population, const System& system) {
    density::Options options;
    options.mean_variables = population.level_options.mean_variables;
    options.not_neurons = {density::rate_variable};
    const compile::MethodInfo* method = compile::find_method(method_of(network, population, system));
    options.stratonovich = method != nullptr && method->calculus == compile::Calculus::stratonovich;
    if (const auto* potential = density::threshold_variable(*population.model))
        options.unit = potential->unit;
    return options;
}

}  // namespace neurodyn::engine
