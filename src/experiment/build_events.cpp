// SPDX-License-Identifier: BSD-3-Clause
// Events: projections that carry them by synapses, Poisson inputs, and what is recorded of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "experiment/builder.hpp"
#include "experiment/library.hpp"
#include "network/connect_files.hpp"

namespace neurodyn::experiment {
namespace {

using network::ConnectionRule;
using network::SynapseValue;

struct RuleSpec {
    std::string_view name;
    ConnectionRule::Kind kind;
    std::string_view number;  ///< what the rule needs; empty: nothing
};

constexpr RuleSpec rules[] = {
    {"all_to_all", ConnectionRule::Kind::all_to_all, ""},
    {"one_to_one", ConnectionRule::Kind::one_to_one, ""},
    {"pairwise_bernoulli", ConnectionRule::Kind::bernoulli, "probability"},
    {"fixed_indegree", ConnectionRule::Kind::fixed_in_degree, "indegree"},
    {"fixed_outdegree", ConnectionRule::Kind::fixed_out_degree, "outdegree"},
    {"fixed_total_number", ConnectionRule::Kind::fixed_total, "number"},
    {"file", ConnectionRule::Kind::edge_list, "path"},
};

const RuleSpec* find_rule(std::string_view name) {
    const auto it = std::find_if(std::begin(rules), std::end(rules),
                                 [&](const RuleSpec& rule) { return rule.name == name; });
    return it == std::end(rules) ? nullptr : it;
}

std::optional<network::EventProjection::Storage> find_storage(std::string_view name) {
    using Storage = network::EventProjection::Storage;
    if (name == "single") return Storage::single;
    if (name == "half") return Storage::half;
    if (name == "procedural") return Storage::procedural;
    return std::nullopt;
}

// "min = 0 pA" -> ("min", "0 pA"); nothing when the text is no such pair.
std::optional<std::pair<std::string, Text>> named_argument(const Text& text) {
    const std::size_t equals = text.value.find('=');
    if (equals == std::string::npos) return std::nullopt;
    std::string name = text.value.substr(0, equals);
    name.erase(name.find_last_not_of(' ') + 1);
    Text value = text;
    const std::size_t start = std::min(text.value.find_first_not_of(' ', equals + 1), text.value.size());
    value.value.erase(0, start);
    value.place.column += start;
    value.place.length = value.value.size();
    return std::pair{name, value};
}

// How many synapses give two neurons at least one with probability p, when all are drawn independently with
// replacement: Potjans & Diesmann 2014, doi:10.1093/cercor/bhs358, eq. 1.
double total_for_probability(double p, double sources, double targets) {
    const double pairs = sources * targets;
    return pairs > 1.0 ? std::log1p(-p) / std::log1p(-1.0 / pairs) : std::ceil(p);
}

}  // namespace

// The event that a text names ("exc.spike"); null when it names something else.
const language::Event* Builder::find_event(const Text& text) {
    const Reference reference = split_reference(text.value);
    const network::Population* found = population(reference.population);
    if (found == nullptr) return nullptr;
    for (const language::Event& event : found->model->events)
        if (event.name == reference.expression) return &event;
    return nullptr;
}

// The variable of a population that events add to, "exc.g_e".
std::optional<Reference> Builder::resolve_state(const Text& text, const std::string& what) {
    const Reference reference = split_reference(text.value);
    const network::Population* found = population(reference.population);
    if (found == nullptr) {
        resolve(text, what, false);  // says so
        return std::nullopt;
    }
    if (found->model->find_state(reference.expression) != nullptr) return reference;
    std::vector<std::string> states;
    for (const language::State& state : found->model->states) states.push_back(state.name);
    const std::string near = did_you_mean(reference.expression, states);
    problems_.add(text.place,
                  fmt::format("{}: events add to a variable, and model '{}' of population '{}' has no "
                              "variable '{}'",
                              what, found->model->name, reference.population, reference.expression),
                  !near.empty()    ? near
                  : states.empty() ? "the model has no variables"
                                   : fmt::format("variables: {}", fmt::join(states, ", ")));
    return std::nullopt;
}

std::optional<double> Builder::read_scalar(const Text& text, const Dimension& dimension,
                                           const std::string& unit, const std::string& what) {
    const Wanted wanted{.what = what, .dimension = dimension, .unit = unit, .rows = 1};
    const std::optional<Array> array = scope_.evaluate(text, wanted, problems_);
    if (!array) return std::nullopt;
    return array->at(0, 0);
}

// A constant, or a distribution from which each synapse draws its own value.
std::optional<SynapseValue> Builder::read_synapse_value(const Text& text, const Unit& unit,
                                                        const std::string& what) {
    SynapseValue value;
    const std::optional<DistributionCall> call = distribution_call(text);
    if (!call) {
        const auto scalar = read_scalar(text, unit.dimension, unit.name, what);
        if (!scalar) return std::nullopt;
        value.a = *scalar;
        return value;
    }
    using Kind = SynapseValue::Kind;
    value.kind = call->name == "normal"      ? Kind::normal
                 : call->name == "uniform"   ? Kind::uniform
                 : call->name == "lognormal" ? Kind::lognormal
                                             : Kind::exponential;
    std::vector<double> plain;
    for (const Text& argument : call->arguments) {
        const auto named = named_argument(argument);
        if (named && named->first != "min" && named->first != "max") {
            problems_.add(argument.place, fmt::format("{}: a distribution has no '{}'", what, named->first),
                          "bounds are written min = ... and max = ...");
            return std::nullopt;
        }
        const auto number = read_scalar(named ? named->second : argument, unit.dimension, unit.name, what);
        if (!number) return std::nullopt;
        if (!named)
            plain.push_back(*number);
        else
            (named->first == "min" ? value.minimum : value.maximum) = *number;
    }
    const std::size_t needed = value.kind == Kind::exponential ? 1 : 2;
    if (plain.size() != needed) {
        problems_.add(text.place,
                      fmt::format("{}: {} takes {} values, not {}", what, call->name, needed, plain.size()));
        return std::nullopt;
    }
    value.a = plain[0];
    value.b = plain.back();
    return value;
}

// Synapses that stand in a file, with their weights and delays where it has them.
void Builder::read_synapse_file(const ProjectionSection& section, const Unit& unit,
                                network::EventProjection& projection) {
    const std::string what = fmt::format("projection '{}'", section.name);
    const Setting* path = find_setting(section.connect_settings, "path");
    const Setting* types = find_setting(section.connect_settings, "edge_types");
    const Setting* group = find_setting(section.connect_settings, "population");
    network::SynapseFile file;
    if (group != nullptr) file.population = group->value.text().value;
    if (section.weights.empty()) file.columns.push_back("weight");
    if (section.delays.empty()) file.columns.push_back("delay");
    try {
        file.path = find_data(path->value.text().value, resources_.directory());
        if (types != nullptr)
            file.edge_types_path = find_data(types->value.text().value, resources_.directory());
        const network::SynapseTable table = network::read_synapses(file);
        projection.rule.edges = std::make_shared<const network::EdgeList>(table.edges);
        const auto take = [&](SynapseValue& value, const char* column, const Unit& u) {
            value.kind = SynapseValue::Kind::list;
            value.list = table.values_si(column, u.dimension, u.name);
        };
        if (section.weights.empty()) take(projection.weight, "weight", unit);
        if (section.delays.empty()) take(projection.delay, "delay", parse_unit("ms"));
    } catch (const Error& error) {
        problems_.add(path->value.text().place, fmt::format("{}: {}", what, error.what()));
    }
}

bool Builder::read_rule(const ProjectionSection& section, network::EventProjection& projection) {
    const std::string what = fmt::format("projection '{}'", section.name);
    std::vector<std::string> names;
    for (const RuleSpec& rule : rules) names.emplace_back(rule.name);
    if (section.connect.empty()) {
        problems_.add(section.place,
                      fmt::format("{} carries events and must say which neurons are joined", what),
                      "for example connect: {rule: pairwise_bernoulli, probability: 0.1}");
        return false;
    }
    const RuleSpec* spec = find_rule(section.connect.value);
    if (spec == nullptr) {
        problems_.add(section.connect.place,
                      fmt::format("{}: there is no rule '{}'", what, section.connect.value),
                      fmt::format("rules: {}", fmt::join(names, ", ")));
        return false;
    }
    ConnectionRule& rule = projection.rule;
    rule.kind = spec->kind;
    const auto sources = static_cast<double>(population(projection.from)->size);
    const auto targets = static_cast<double>(population(projection.to)->size);
    bool given = spec->number.empty();
    for (const Setting& setting : section.connect_settings) {
        const Text& text = setting.value.text();
        const std::string& name = setting.name;
        const bool of_file = spec->kind == ConnectionRule::Kind::edge_list &&
                             (name == "path" || name == "edge_types" || name == "population");
        const bool total_by_probability =
            name == "probability" && spec->kind == ConnectionRule::Kind::fixed_total;
        if (name == "storage") {
            const auto storage = find_storage(text.value);
            if (!storage)
                problems_.add(text.place, fmt::format("'storage' of {} cannot be '{}'", what, text.value),
                              "single, half or procedural");
            projection.storage = storage.value_or(projection.storage);
        } else if (name == "autapses" || name == "multapses") {
            if (text.value != "true" && text.value != "false")
                problems_.add(text.place,
                              fmt::format("'{}' must be true or false, not '{}'", name, text.value));
            (name == "autapses" ? rule.autapses : rule.multapses) = text.value == "true";
        } else if (of_file) {
            given = given || name == "path";
        } else if (name == spec->number || total_by_probability) {
            if (given) {
                problems_.add(setting.place,
                              fmt::format("rule '{}' of {} has its number twice", spec->name, what),
                              "give number or probability");
                return false;
            }
            const auto number = read_scalar(text, {}, "1", fmt::format("'{}' of {}", name, what));
            if (!number) return false;
            given = true;
            if (name == "probability" &&
                !(*number >= 0.0 && *number <= 1.0 - (total_by_probability ? 1e-15 : 0.0))) {
                problems_.add(text.place, fmt::format("'probability' of {} is {}; it lies between 0 and 1",
                                                      what, *number));
                return false;
            }
            if (total_by_probability)
                rule.count = static_cast<std::uint64_t>(
                    std::llround(total_for_probability(*number, sources, targets)));
            else if (name == "probability")
                rule.probability = *number;
            else if (*number >= 0.0 && std::abs(*number - std::nearbyint(*number)) < 1e-9 && *number < 0x1p53)
                rule.count = static_cast<std::uint64_t>(std::nearbyint(*number));
            else {
                problems_.add(text.place, fmt::format("'{}' of {} is {}; it must be a whole number", name,
                                                      what, *number));
                return false;
            }
        } else {
            problems_.add(setting.place, fmt::format("rule '{}' of {} has no '{}'", spec->name, what, name),
                          spec->number.empty()
                              ? "autapses, multapses, storage"
                              : fmt::format("{}, autapses, multapses, storage", spec->number));
        }
    }
    if (!given)
        problems_.add(section.connect.place,
                      fmt::format("rule '{}' of {} needs '{}'", spec->name, what, spec->number));
    return given;
}

bool Builder::read_synapse_delays(const ProjectionSection& section, const std::string& what,
                                  network::EventProjection& projection) {
    if (!section.delays.empty()) {
        const auto delay =
            read_synapse_value(section.delays, parse_unit("s"), fmt::format("'delays' of {}", what));
        if (!delay) return false;
        projection.delay = *delay;
        check_synapse_delay(section, projection.delay);
    }
    if (!section.dendritic_delay.empty()) {
        const auto delay = read_scalar(section.dendritic_delay, dimensions::time, "s",
                                       fmt::format("'dendritic_delay' of {}", what));
        if (!delay) return false;
        projection.dendritic_delay_s = *delay;
    }
    if (projection.dendritic_delay_s < 0.0)
        problems_.add(section.dendritic_delay.place,
                      fmt::format("'dendritic_delay' of {}: a delay cannot be negative", what));
    return true;
}

void Builder::add_event_projection(const ProjectionSection& section) {
    const std::string what = fmt::format("projection '{}'", section.name);
    const Reference from = split_reference(section.from.value);
    const auto to = resolve_state(section.to, what);
    if (!section.pattern.empty())
        problems_.add(section.pattern.place,
                      fmt::format("{} carries events: 'pattern' belongs to couplings", what),
                      "the rule stands in 'connect'");
    if (!section.set.empty() || !section.coupling.empty())
        problems_.add(
            section.set.empty() ? section.coupling.place : section.set.front().place,
            fmt::format("{} carries events, which add their synapse's weight; it has no coupling", what));
    if (!to) return;
    network::EventProjection projection;
    projection.name = section.name;
    projection.from = from.population;
    projection.event = from.expression;
    projection.to = to->population;
    projection.target = to->expression;
    const Unit unit = population(to->population)->model->find_state(to->expression)->unit;
    if (!read_rule(section, projection)) return;
    const bool file = projection.rule.kind == ConnectionRule::Kind::edge_list;
    if (file) read_synapse_file(section, unit, projection);
    if (file && projection.rule.edges == nullptr) return;
    if (section.weights.is_list) {
        problems_.add(section.weights.text().place,
                      fmt::format("{}: the weight of synapses is one value or a distribution", what));
        return;
    }
    if (!section.weights.empty()) {
        const auto weight =
            read_synapse_value(section.weights.text(), unit, fmt::format("'weights' of {}", what));
        if (!weight) return;
        projection.weight = *weight;
    } else if (!file) {
        problems_.add(section.place, fmt::format("{} has no 'weights'", what),
                      fmt::format("in {}, the unit of {}", unit.name, section.to.value));
        return;
    }
    if (!read_synapse_delays(section, what, projection)) return;
    check_rule(section, projection);
    built_.network.event_projections.push_back(std::move(projection));
}

// Independent Poisson trains onto a variable: {rate, weight, sources}.
void Builder::add_poisson(const StimulusSection& section) {
    const std::string what = fmt::format("stimulus '{}'", section.name);
    const auto to = resolve_state(section.to, what);
    built_.places[what] = {section.name, section.place};
    if (!to) return;
    if (!section.weights.empty())
        problems_.add(section.weights.text().place, fmt::format("{}: 'weights' belongs to other kinds", what),
                      "the weight of an event stands in 'poisson', one or one for each node");
    const network::Population& target = *population(to->population);
    network::PoissonInput input;
    input.name = section.name;
    input.population = to->population;
    input.target = to->expression;
    const Unit weight_unit = target.model->find_state(to->expression)->unit;
    struct Wish {
        const char* name;
        Unit unit;
        network::Values* values;
        bool required;
    };
    input.sources = network::Values{1.0};
    const Wish wishes[] = {{"rate", parse_unit("Hz"), &input.rate_hz, true},
                           {"weight", weight_unit, &input.weight, true},
                           {"sources", Unit{}, &input.sources, false}};
    for (const Setting& setting : section.settings) {
        const auto wish = std::find_if(std::begin(wishes), std::end(wishes),
                                       [&](const Wish& w) { return setting.name == w.name; });
        if (wish == std::end(wishes)) {
            problems_.add(setting.place, fmt::format("'poisson' of {} has no '{}'", what, setting.name),
                          "it has: rate, weight, sources");
            continue;
        }
        const std::vector<std::string> names = names_in(setting.value.text().value);
        if (wish->values == &input.rate_hz && !setting.value.is_list && scope_.find("t") == nullptr &&
            std::find(names.begin(), names.end(), "t") != names.end()) {
            input.rate = setting.value.text().value;
            input.parameters = named_values(input.rate, target);
            input.file = experiment_.file;
            continue;
        }
        std::map<std::string, network::Values> values;
        language::Quantity quantity;
        quantity.unit = wish->unit;
        assign(setting, quantity, what, target.size, scope_, values, nullptr);
        if (values.empty()) continue;
        *wish->values = values.begin()->second;
        if (setting.name == "weight") continue;
        check_range(setting, *wish->values, setting.name == "sources", what);
        const auto is_whole = [](double x) { return x == std::nearbyint(x); };
        const std::vector<double>& all = wish->values->data;
        if (setting.name == "sources" && !std::all_of(all.begin(), all.end(), is_whole))
            problems_.add(setting.value.text().place,
                          fmt::format("'sources' of {} is '{}'; it must be a whole number", what,
                                      setting.value.text().value));
    }
    for (const Wish& wish : wishes)
        if (wish.required && find_setting(section.settings, wish.name) == nullptr)
            problems_.add(section.place,
                          fmt::format("'poisson' of {} needs '{}' ({})", what, wish.name, wish.unit.name));
    if (!section.nodes.empty()) {
        const auto selected = select_nodes(section.nodes, target, what);
        if (!selected) return;
        std::vector<double> weights(target.size);
        for (std::size_t i = 0; i < target.size; ++i)
            if (std::binary_search(selected->begin(), selected->end(), i)) weights[i] = input.weight.at(i, 0);
        input.weight = {std::move(weights), target.size, 1};
    }
    built_.network.poisson_inputs.push_back(std::move(input));
}

void Builder::add_event_monitor(const MonitorSection& section, const Text& of) {
    const Reference reference = split_reference(of.value);
    std::string name =
        section.of.size() == 1 ? section.name : fmt::format("{}.{}", section.name, reference.population);
    if (built_.events.count(name) > 0) name = fmt::format("{}_{}", name, reference.expression);
    for (const network::EventMonitor& other : built_.network.event_monitors)
        if (other.population == reference.population && other.event == reference.expression) {
            problems_.add(of.place, fmt::format("'{}' is recorded already, by '{}'", of.value, other.name));
            return;
        }
    if (section.average || section.covariance || !section.every.empty() || !section.through.empty() ||
        !section.nodes.empty())
        problems_.add(section.place,
                      fmt::format("monitor '{}' records events, all of them: every, average, covariance, "
                                  "through and nodes have no meaning",
                                  section.name));
    built_.network.event_monitors.push_back({name, reference.population, reference.expression});
    built_.events[name] = {section.name, section.keep};
}

}  // namespace neurodyn::experiment
