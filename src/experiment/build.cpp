// SPDX-License-Identifier: BSD-3-Clause
// Connectomes, values and populations of the network.
#include "experiment/build.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compile/program.hpp"
#include "experiment/builder.hpp"

namespace neurodyn::experiment {
namespace {

constexpr std::size_t largest_population = 100'000'000;

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

network::Values to_values(Array array) { return {std::move(array.data), array.rows, 1}; }

// Every quantity of a model by name, in a graph of its own: for units alone.
std::vector<language::ScopeEntry> quantities_of(const language::Model& model, symbolic::Graph& graph) {
    std::vector<language::ScopeEntry> scope;
    for (const std::string& name : model.names())
        if (const language::Quantity* quantity = model.find(name))
            scope.push_back({name, graph.symbol(name), quantity->unit.dimension});
    return scope;
}

std::optional<double> constant_of(const language::Model& model, const language::Parameter& parameter) {
    if (!parameter.value || !model.graph.is_constant(parameter.value)) return std::nullopt;
    return model.graph[parameter.value].value;
}

}  // namespace

Reference split_reference(const std::string& text) {
    Reference reference;
    std::size_t dot = text.find('.');
    // The first dot that stands between two words and not inside a number.
    while (dot != std::string::npos) {
        std::size_t begin = dot;
        while (begin > 0 && is_word(text[begin - 1])) --begin;
        const bool word = begin < dot && !(text[begin] >= '0' && text[begin] <= '9');
        if (word && dot + 1 < text.size()) {
            reference.population = text.substr(begin, dot - begin);
            break;
        }
        dot = text.find('.', dot + 1);
    }
    if (reference.population.empty()) {
        reference.population = text;
        return reference;
    }
    const std::string prefix = reference.population + ".";
    for (std::size_t i = 0; i < text.size();) {
        const bool here = text.compare(i, prefix.size(), prefix) == 0 && (i == 0 || !is_word(text[i - 1]));
        if (here) {
            if (reference.expression.empty()) reference.offset = i + prefix.size();
            i += prefix.size();
        } else {
            reference.expression += text[i++];
        }
    }
    return reference;
}

// Prefixes were taken out of the text, so places move to the left.
std::size_t Reference::place_in(const std::string& text, std::size_t place) const {
    const std::string prefix = population + ".";
    std::size_t at = 0;
    for (std::size_t seen = 0; at < text.size(); ++seen) {
        while (text.compare(at, prefix.size(), prefix) == 0 && (at == 0 || !is_word(text[at - 1])))
            at += prefix.size();
        if (seen == place) break;
        ++at;
    }
    return at;
}

network::Population* Builder::population(const std::string& name) {
    for (network::Population& p : built_.network.populations)
        if (p.name == name) return &p;
    return nullptr;
}

void Builder::failed(const Text& text, const Error& error) {
    if (const auto* inside = dynamic_cast<const InputError*>(&error))
        for (const Diagnostic& diagnostic : inside->diagnostics()) problems_.add(diagnostic);
    else
        problems_.add(text.place, error.what());
}

// Draws are told apart by what is drawn (FNV-1a).
std::uint32_t Builder::stream(const std::string& name) const {
    std::uint32_t hash = 2166136261u;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

std::optional<Reference> Builder::resolve(const Text& text, const std::string& what, bool target) {
    if (text.empty()) return std::nullopt;
    Reference reference = split_reference(text.value);
    const network::Population* found = population(reference.population);
    if (found == nullptr) {
        std::vector<std::string> known;
        for (const PopulationSection& p : experiment_.populations) known.push_back(p.name);
        const bool declared = std::find(known.begin(), known.end(), reference.population) != known.end();
        const std::string near = did_you_mean(reference.population, known);
        // A population that was declared and not built has its own problem already.
        if (!declared)
            problems_.add(text.place,
                          fmt::format("{}: there is no population '{}'", what, reference.population),
                          near.empty() ? fmt::format("populations: {}", fmt::join(known, ", ")) : near);
        return std::nullopt;
    }
    const language::Model& model = *found->model;
    const bool plain = !reference.expression.empty() &&
                       std::all_of(reference.expression.begin(), reference.expression.end(), is_word);
    const Place place = experiment_.document->within(
        text.place, text.value, reference.offset,
        plain ? reference.expression.size() : text.value.size() - reference.offset);
    if (target) {
        const bool known = model.find_input(reference.expression) != nullptr ||
                           model.find_parameter(reference.expression) != nullptr;
        if (known) return reference;
        std::vector<std::string> inputs;
        for (const language::Input& input : model.inputs) inputs.push_back(input.name);
        std::string hint = did_you_mean(reference.expression, inputs);
        if (hint.empty())
            hint = inputs.empty() ? "the model has no inputs"
                                  : fmt::format("inputs: {}", fmt::join(inputs, ", "));
        problems_.add(place,
                      fmt::format("{}: model '{}' of population '{}' has no input '{}'", what, model.name,
                                  reference.population, reference.expression),
                      hint);
        return std::nullopt;
    }
    if (plain && model.find(reference.expression) == nullptr) {
        std::vector<std::string> names = model.names();
        for (const language::Event& event : model.events) names.push_back(event.name);
        const std::string near = did_you_mean(reference.expression, names);
        problems_.add(place,
                      fmt::format("{}: model '{}' of population '{}' has no '{}'", what, model.name,
                                  reference.population, reference.expression),
                      near.empty() ? fmt::format("it has: {}", fmt::join(names, ", ")) : near);
        return std::nullopt;
    }
    return reference;
}

std::optional<Dimension> Builder::dimension_of(const Text& text, const Reference& reference,
                                               const std::string& what) {
    const language::Model& model = *population(reference.population)->model;
    symbolic::Graph graph;
    try {
        const language::Expression parsed =
            language::parse_expression(reference.expression, "", graph, quantities_of(model, graph));
        if (graph[parsed.node].type != symbolic::Type::boolean) return parsed.dimension;
        problems_.add(text.place,
                      fmt::format("{}: '{}' is a condition and a number is needed", what, text.value),
                      fmt::format("write int({})", text.value));
    } catch (const InputError& error) {
        for (const Diagnostic& inner : error.diagnostics()) {
            const std::size_t begin = reference.place_in(text.value, inner.column > 0 ? inner.column - 1 : 0);
            problems_.add(experiment_.document->within(text.place, text.value, begin, inner.length),
                          fmt::format("{}: '{}': {}", what, text.value, inner.message), inner.hint);
        }
    }
    return std::nullopt;
}

void Builder::load_connectomes() {
    // A connectome's scale may use values that are plain numbers.
    Scope plain;
    Problems ignored(*experiment_.document);
    for (const Setting& setting : experiment_.values)
        if (const auto array = plain.evaluate(setting.value, Wanted{.what = setting.name}, ignored))
            plain.add(setting.name, std::make_shared<Array>(*array));
    const auto factor = [&](const ConnectomeSection& section, const Text& text, const char* key,
                            double fallback) {
        if (text.empty()) return fallback;
        const Wanted wanted{
            .what = fmt::format("'{}' of '{}'", key, section.name), .dimension = Dimension{}, .unit = "1"};
        const auto array = plain.evaluate(text, wanted, problems_);
        return array ? array->data[0] : fallback;
    };
    for (const ConnectomeSection& section : experiment_.connectomes) {
        if (section.path.empty()) continue;
        try {
            auto data = resources_.connectome(section, factor(section, section.scale, "scale", 1.0));
            if (!section.lesion.empty()) {
                const auto regions =
                    select_named(section.lesion, data->size(), data->regions, data->networks,
                                 fmt::format("'lesion' of '{}': there is no region", section.name));
                if (!regions) continue;
                data = lesioned(*data, *regions, factor(section, section.lesion_scale, "lesion_scale", 0.0));
            }
            built_.connectomes[section.name] = data;
            for (const auto& [name, array] : data->arrays) scope_.add(section.name + "." + name, array);
        } catch (const Error& error) {
            failed(section.path, error);
        }
    }
}

void Builder::add_values() {
    for (const Setting& setting : experiment_.values) {
        Wanted wanted;
        wanted.what = fmt::format("value '{}'", setting.name);
        wanted.rows = built_.connectomes.empty() ? setting.value.items.size()
                                                 : built_.connectomes.begin()->second->size();
        if (setting.value.is_list) wanted.rows = setting.value.items.size();
        wanted.columns = wanted.rows > 1 ? wanted.rows : 1;
        if (const auto array = scope_.evaluate(setting.value, wanted, problems_))
            scope_.add(setting.name, std::make_shared<Array>(*array));
    }
}

language::ModelPtr Builder::load(const Text& name, const std::string& what, bool coupling) {
    try {
        language::ModelPtr model = resources_.model(name.value, coupling);
        const bool is_coupling = model->kind == language::Kind::coupling;
        if (is_coupling == coupling && model->kind != language::Kind::synapse) return model;
        problems_.add(name.place,
                      fmt::format("{}: '{}' is a {}, not a {}", what, name.value, to_string(model->kind),
                                  coupling ? "coupling" : "model of a population"),
                      coupling ? "`neurodyn list couplings` shows what there is"
                               : "`neurodyn list models` shows what there is");
    } catch (const Error& error) {
        failed(name, error);
    }
    return nullptr;
}

std::size_t Builder::read_size(const PopulationSection& section, network::Population& population) {
    const auto connectome = built_.connectomes.find(section.size.value);
    if (connectome != built_.connectomes.end()) {
        population.node_names = connectome->second->regions;
        built_.connectome_of[section.name] = connectome->first;
        return connectome->second->size();
    }
    const auto declared = [&](const ConnectomeSection& c) { return c.name == section.size.value; };
    if (std::any_of(experiment_.connectomes.begin(), experiment_.connectomes.end(), declared)) return 0;
    Wanted wanted{.what = fmt::format("'size' of population '{}'", section.name),
                  .dimension = Dimension{},
                  .unit = "1"};
    const auto array = scope_.evaluate(section.size, wanted, problems_);
    if (!array) return 0;
    const double size = array->data[0];
    if (size >= 1.0 && size <= static_cast<double>(largest_population) &&
        size == static_cast<double>(static_cast<std::size_t>(size)))
        return static_cast<std::size_t>(size);
    problems_.add(section.size.place,
                  fmt::format("the size of population '{}' must be a whole number from 1 to {}, not '{}'",
                              section.name, largest_population, section.size.value),
                  "or the name of a connectome");
    return 0;
}

void Builder::read_spikes(const PopulationSection& section, network::Population& population) {
    try {
        population.given_events = resources_.spikes(section.spikes.value, section.spikes_population.value);
        for (const std::uint32_t node : population.given_events->node)
            if (node >= population.size && population.size > 0)
                throw Error(
                    fmt::format("population '{}' has {} neurons, but its list has a spike of neuron {}",
                                section.name, population.size, node));
    } catch (const Error& error) {
        failed(section.spikes, error);
    }
}

void Builder::add_population(const PopulationSection& section) {
    network::Population population;
    population.name = section.name;
    population.method = section.method.value;
    const std::string what = fmt::format("population '{}'", section.name);
    if (section.grid.given) {
        const bool read =
            section.grid.surface.empty() ? read_grid(section, population) : read_surface(section, population);
        if (!read) population.size = 0;
    } else {
        population.size = read_size(section, population);
        if (population.size > 0) place(section, population);
    }
    if (!section.equations.empty())
        population.model = inline_model(section, population);
    else if (!section.spikes.empty())
        population.model = load({"spike_list", section.spikes.place}, what, false);
    else if (!section.model.empty())
        population.model = load(section.model, what, false);
    if (!section.spikes.empty()) read_spikes(section, population);
    const Text& method = section.method.empty() ? experiment_.time.method : section.method;
    built_.places[what] = !section.level.empty() ? section.level
                          : method.empty()       ? Text{section.name, section.place}
                                                 : method;
    if (population.model != nullptr && population.size > 0 && set_level(section, population))
        built_.network.populations.push_back(std::move(population));
}

void Builder::assign(const Setting& setting, const language::Quantity& quantity, const std::string& what,
                     std::size_t nodes, const Scope& scope, std::map<std::string, network::Values>& values,
                     Scope* own) {
    Wanted wanted;
    wanted.what = fmt::format("'{}' of {}", setting.name, what);
    wanted.dimension = quantity.unit.dimension;
    wanted.unit = quantity.unit.name;
    wanted.rows = nodes;
    wanted.seed = experiment_.seed;
    wanted.stream = stream(wanted.what);
    wanted.indexed = true;
    auto array = scope.evaluate(setting.value, wanted, problems_);
    if (!array) return;
    array->dimension = quantity.unit.dimension;
    if (own != nullptr) own->add(setting.name, std::make_shared<Array>(*array));
    values[setting.name] = to_values(std::move(*array));
}

void Builder::unknown_setting(const Setting& setting, const language::Model& model, const std::string& what,
                              bool initial) {
    std::vector<std::string> known;
    if (initial)
        for (const language::State& state : model.states) known.push_back(state.name);
    else
        for (const language::Parameter& parameter : model.parameters) known.push_back(parameter.name);
    std::string hint = did_you_mean(setting.name, known);
    if (!initial && model.find_state(setting.name) != nullptr)
        hint = fmt::format("'{}' is a state: its start stands in 'initial'", setting.name);
    if (initial && model.find_parameter(setting.name) != nullptr)
        hint = fmt::format("'{}' is a parameter: it stands in 'set'", setting.name);
    if (model.find_definition(setting.name) != nullptr)
        hint = fmt::format("'{}' follows from the others", setting.name);
    if (model.find_input(setting.name) != nullptr)
        hint = fmt::format("'{}' is an input: drive it with a stimulus or a projection", setting.name);
    if (hint.empty()) hint = fmt::format("it has: {}", fmt::join(known, ", "));
    problems_.add(setting.place,
                  fmt::format("{}: model '{}' has no {} '{}'", what, model.name,
                              initial ? "state" : "parameter", setting.name),
                  hint);
}

void Builder::check_range(const Setting& setting, const network::Values& values, bool positive,
                          const std::string& what) {
    for (std::size_t i = 0; i < values.data.size(); ++i) {
        if (values.data[i] > 0.0 || (!positive && values.data[i] == 0.0)) continue;
        const Text& text = setting.value.is_list ? setting.value.items[i] : setting.value.text();
        return problems_.add(text.place, fmt::format("'{}' of {} is '{}'; it must be {}", setting.name, what,
                                                     text.value, positive ? "above 0" : "0 or more"));
    }
}

void Builder::check_given(const language::Model& model, const std::map<std::string, network::Values>& given,
                          const Place& place, const std::string& what) {
    for (const language::Parameter& p : model.parameters)
        if (!p.value && !p.distribution && given.count(p.name) == 0)
            problems_.add(
                place, fmt::format("{}: parameter '{}' of model '{}' has no value", what, p.name, model.name),
                fmt::format("set: {{{}: ...}}{}", p.name,
                            p.unit.dimension.is_dimensionless() ? "" : ", in " + p.unit.name));
}

// A method that does not exist is named once, wherever it is used.
void Builder::check_method(const Text& method) {
    if (method.empty() || compile::find_method(method.value) != nullptr) return;
    std::vector<std::string> names;
    for (const compile::MethodInfo& row : compile::methods()) names.emplace_back(row.name);
    const std::string near = did_you_mean(method.value, names);
    problems_.add(method.place, fmt::format("there is no integration method '{}'", method.value),
                  near.empty() ? fmt::format("methods: {}", fmt::join(names, ", ")) : near);
}

void Builder::set_population(const PopulationSection& section) {
    network::Population* target = population(section.name);
    if (target == nullptr) return;
    const language::Model& model = *target->model;
    const std::string what = fmt::format("population '{}'", section.name);
    Scope own = scope_;
    for (const language::Parameter& parameter : model.parameters)
        if (const auto value = constant_of(model, parameter))
            own.add(parameter.name, *value, parameter.unit.dimension);
    const Scope placed = node_scope(*target);
    for (const char* axis : network::axis_names)
        if (const Array* array = placed.find(axis)) own.add(axis, std::make_shared<Array>(*array));
    for (const Setting& value : experiment_.values)  // the experiment's own names win over a model's defaults
        if (const Array* array = scope_.find(value.name))
            own.add(value.name, std::make_shared<Array>(*array));
    for (const Setting& setting : section.set) {
        if (const language::Parameter* parameter = model.find_parameter(setting.name))
            assign(setting, *parameter, what, target->size, own, target->parameters, &own);
        else if (section.equations.empty())
            unknown_setting(setting, model, what, false);
    }
    for (const Setting& setting : section.initial) {
        if (const language::State* state = model.find_state(setting.name))
            assign(setting, *state, what, target->size, own, target->initial, nullptr);
        else
            unknown_setting(setting, model, what, true);
    }
    std::map<std::string, network::Values> given = target->parameters;
    for (const Setting& setting : section.set) given[setting.name];  // what is wrong with it is said already
    check_given(model, given, section.place, what);
}

Built Builder::run() {
    built_.duration_s = experiment_.time.duration_s;
    built_.discard_s = experiment_.time.discard_s;
    built_.network.dt_s = experiment_.time.dt_s;
    built_.network.method = experiment_.time.method.value;
    check_method(experiment_.time.method);
    for (const PopulationSection& section : experiment_.populations) check_method(section.method);
    built_.network.seeds = {experiment_.seed};
    load_connectomes();
    add_values();
    for (const PopulationSection& section : experiment_.populations) add_population(section);
    // Parameters of populations may name those of couplings, and synapses both.
    for (const ProjectionSection& section : experiment_.projections) {
        built_.places[fmt::format("projection '{}'", section.name)] = {section.name, section.place};
        if (!has_synapses(section)) add_coupling(section);
    }
    for (const PopulationSection& section : experiment_.populations) set_population(section);
    for (const ProjectionSection& section : experiment_.projections)
        if (has_synapses(section))
            section.synapse.empty() ? add_event_projection(section) : add_synapse_projection(section);
    for (const StimulusSection& section : experiment_.stimuli) add_stimulus(section);
    for (const MonitorSection& section : experiment_.monitors)
        if (options_.monitors.empty() || options_.monitors.count(section.name) > 0) add_monitor(section);
    if (experiment_.tuning.active()) add_tuning(experiment_.tuning);
    check_memory();
    problems_.raise();
    return std::move(built_);
}

Built build(const Experiment& experiment, Resources& resources, const BuildOptions& options) {
    return Builder(experiment, resources, options).run();
}

}  // namespace neurodyn::experiment
