// SPDX-License-Identifier: BSD-3-Clause
// Stimuli: each kind is an expression of t with parameters; numbers stay parameters, so that sweeps need no
// new kernel.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include "experiment/builder.hpp"

namespace neurodyn::experiment {
namespace {

using Kind = StimulusSection::Kind;

// What the unit of a setting is: the target's, its square root of time's worth (noise), or a fixed one.
enum class SettingUnit { target, noise, time, frequency, none };
// Which values have a meaning.
enum class Range { any, not_negative, positive };

struct SettingSpec {
    std::string name;
    SettingUnit unit;
    bool required;
    Range range = Range::any;
};

struct KindSpec {
    std::string word;
    std::vector<SettingSpec> settings;
    std::string expression;  ///< names of settings stand in braces
};

const std::map<Kind, KindSpec>& kinds() {
    using enum SettingUnit;
    // Half a step of tolerance keeps edges on the step that they are meant for, whatever t's rounding.
    static const std::map<Kind, KindSpec> table = {
        {Kind::pulse,
         {"pulse",
          {{"amplitude", target, true},
           {"start", time, true},
           {"duration", time, true, Range::positive},
           {"every", time, false, Range::positive}},
          "where(t >= {start} - 0.5*dt and t < {start} + {duration} - 0.5*dt, {amplitude}, 0*{amplitude})"}},
        {Kind::sine,
         {"sine",
          {{"amplitude", target, true},
           {"frequency", frequency, true},
           {"phase", none, false},
           {"offset", target, false}},
          "{offset} + {amplitude}*sin(6.283185307179586*{frequency}*t + {phase})"}},
        {Kind::noise, {"noise", {{"sigma", noise, true, Range::not_negative}}, "{sigma}*xi"}},
        {Kind::ornstein_uhlenbeck,
         {"ornstein_uhlenbeck",
          {{"mean", target, false},
           {"sigma", target, true, Range::not_negative},
           {"tau", time, true, Range::positive}},
          ""}},
    };
    return table;
}

constexpr const char* repeated_pulse =
    "where(t >= {start} - 0.5*dt and (t - {start} + 0.5*dt) % {every} < {duration}, {amplitude}, "
    "0*{amplitude})";

Unit unit_of(SettingUnit kind, const Unit& target) {
    switch (kind) {
        case SettingUnit::target:
            return target;
        case SettingUnit::noise:
            return {target.dimension * pow(dimensions::time, make_rational(1, 2)), 1.0,
                    target.name + " s^(1/2)"};
        case SettingUnit::time:
            return {dimensions::time, 1.0, "s"};
        case SettingUnit::frequency:
            return {dimensions::frequency, 1.0, "Hz"};
        case SettingUnit::none:
            break;
    }
    return {};
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
    return text;
}

}  // namespace

std::optional<std::vector<std::size_t>> Builder::select_nodes(const std::vector<Text>& nodes,
                                                              const network::Population& population,
                                                              const std::string& what) {
    const auto connectome = built_.connectome_of.find(population.name);
    const std::vector<std::string> networks = connectome == built_.connectome_of.end()
                                                  ? std::vector<std::string>{}
                                                  : built_.connectomes.at(connectome->second)->networks;
    return select_named(nodes, population.size, population.node_names, networks,
                        fmt::format("{}: population '{}' has no node", what, population.name));
}

std::optional<std::vector<std::size_t>> Builder::select_named(const std::vector<Text>& nodes,
                                                              std::size_t size,
                                                              const std::vector<std::string>& names,
                                                              const std::vector<std::string>& networks,
                                                              const std::string& missing) {
    std::vector<std::size_t> selected;
    for (const Text& text : nodes) {
        const std::size_t before = selected.size();
        std::size_t index = 0;
        const char* end = text.value.data() + text.value.size();
        const auto [stop, error] = std::from_chars(text.value.data(), end, index);
        if (error == std::errc{} && stop == end && index < size) selected.push_back(index);
        for (std::size_t i = 0; i < size; ++i)
            if ((i < names.size() && names[i] == text.value) ||
                (i < networks.size() && networks[i] == text.value))
                selected.push_back(i);
        if (selected.size() > before) continue;
        std::vector<std::string> known = names;
        known.insert(known.end(), networks.begin(), networks.end());
        const std::string near = did_you_mean(text.value, known);
        problems_.add(
            text.place, fmt::format("{} '{}'", missing, text.value),
            near.empty() ? fmt::format("nodes are 0 to {}, names of regions, or networks", size - 1) : near);
        return std::nullopt;
    }
    std::sort(selected.begin(), selected.end());
    selected.erase(std::unique(selected.begin(), selected.end()), selected.end());
    return selected;
}

// A pulse ends before the next one begins.
void Builder::check_pulse(const StimulusSection& section, const network::Stimulus& stimulus) {
    const network::Values *duration = nullptr, *every = nullptr;
    for (const network::Stimulus::Parameter& p : stimulus.parameters) {
        if (p.name == section.name + "_duration") duration = &p.value;
        if (p.name == section.name + "_every") every = &p.value;
    }
    if (duration == nullptr || every == nullptr) return;
    for (std::size_t i = 0; i < std::max(duration->nodes, every->nodes); ++i)
        if (duration->at(i, 0) > every->at(i, 0))
            return problems_.add(
                section.place,
                fmt::format("the pulses of stimulus '{}' last {}, longer than 'every' ({})", section.name,
                            show_time(duration->at(i, 0)), show_time(every->at(i, 0))),
                "a stimulus that never ends is a constant");
}

// The experiment's values that an expression over a population's nodes names; `i` is the node's number, `N`
// how many there are.
std::vector<network::Stimulus::Parameter> Builder::named_values(const std::string& expression,
                                                                const network::Population& target) const {
    std::vector<std::string> names = names_in(expression);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::vector<network::Stimulus::Parameter> parameters;
    const Scope scope = node_scope(target);
    for (const std::string& name : names)
        if (const Array* array = scope.find(name); array != nullptr && !array->is_matrix() &&
                                                   target.model->find(name) == nullptr &&
                                                   (array->rows == 1 || array->rows == target.size))
            parameters.push_back({name, {array->data, array->rows, 1}, array->dimension});
    const auto is_named = [&](const char* name) {
        return std::binary_search(names.begin(), names.end(), name) && scope_.find(name) == nullptr &&
               target.model->find(name) == nullptr;
    };
    if (is_named("N"))
        parameters.push_back({"N", network::Values(static_cast<double>(target.size)), Dimension{}});
    if (is_named("i")) {
        std::vector<double> numbers(target.size);
        std::iota(numbers.begin(), numbers.end(), 0.0);
        parameters.push_back({"i", {std::move(numbers), target.size, 1}, Dimension{}});
    }
    return parameters;
}

std::string Builder::stimulus_expression(const StimulusSection& section, network::Stimulus& stimulus,
                                         const Unit& unit) {
    const KindSpec& kind = kinds().at(section.kind);
    const std::size_t nodes = population(stimulus.population)->size;
    const Scope scope = node_scope(*population(stimulus.population));
    std::vector<std::string> known, given;
    for (const SettingSpec& spec : kind.settings) known.push_back(spec.name);
    for (const Setting& setting : section.settings) {
        given.push_back(setting.name);
        if (std::find(known.begin(), known.end(), setting.name) == known.end())
            problems_.add(
                setting.place,
                fmt::format("'{}' of stimulus '{}' has no '{}'", kind.word, section.name, setting.name),
                fmt::format("it has: {}", fmt::join(known, ", ")));
    }
    const auto has = [&](const std::string& name) {
        return std::find(given.begin(), given.end(), name) != given.end();
    };
    std::string text = section.kind == Kind::pulse && has("every") ? repeated_pulse : kind.expression;
    for (const SettingSpec& spec : kind.settings) {
        const Unit wanted = unit_of(spec.unit, unit);
        const std::string name = section.name + "_" + spec.name;
        std::map<std::string, network::Values> values;
        language::Quantity quantity;
        quantity.unit = wanted;
        for (const Setting& setting : section.settings)
            if (setting.name == spec.name)
                assign(setting, quantity, fmt::format("stimulus '{}'", section.name), nodes, scope, values,
                       nullptr);
        if (!values.empty() && spec.range != Range::any)
            check_range(*find_setting(section.settings, spec.name), values.begin()->second,
                        spec.range == Range::positive, fmt::format("stimulus '{}'", section.name));
        if (spec.required && !has(spec.name))
            problems_.add(section.place, fmt::format("'{}' of stimulus '{}' needs '{}' ({})", kind.word,
                                                     section.name, spec.name, wanted.name));
        if (text.find("{" + spec.name + "}") == std::string::npos && !kind.expression.empty()) continue;
        const network::Values value = values.empty() ? network::Values{0.0} : values.begin()->second;
        stimulus.parameters.push_back({name, value, wanted.dimension});
        text = replaced(text, "{" + spec.name + "}", name);
    }
    return text;
}

// dx/dt = (mean - x)/tau + sigma*sqrt(2/tau)*xi has the stationary deviation sigma: a population of its own,
// joined one to one.
void Builder::add_process(const StimulusSection& section, network::Stimulus& stimulus, const Unit& unit) {
    stimulus_expression(section, stimulus, unit);
    const network::Population* target = population(stimulus.population);
    const std::string name = section.name + "_process";
    built_.places[fmt::format("population '{}'", name)] = {section.name, section.place};
    built_.places[fmt::format("projection '{}'", section.name)] = {section.name, section.place};
    const std::string unit_text = unit.name.empty() ? "1" : unit.name;
    language::EquationStrings strings;
    strings.name = name;
    strings.equations = fmt::format(
        "dx/dt = (mean - x)/tau + sigma*(2/tau)**0.5*xi : {0}\nmean : {0}\nsigma : {0}\ntau : second",
        unit_text);
    network::Population process;
    process.name = name;
    process.size = target->size;
    process.node_names = target->node_names;
    network::Projection projection;
    try {
        process.model = resources_.equations(strings);
        projection.coupling = resources_.model("linear", true);
    } catch (const Error& error) {
        problems_.add(section.place, error.what());
        return;
    }
    for (const network::Stimulus::Parameter& p : stimulus.parameters)
        process.parameters[p.name.substr(section.name.size() + 1)] = p.value;
    process.initial["x"] = process.parameters["mean"];
    projection.name = section.name;
    projection.from = name;
    projection.source = "x";
    projection.to = stimulus.population;
    projection.target = stimulus.target;
    network::Connectivity pairs = network::one_to_one(process.size);
    for (std::size_t i = 0; i < process.size; ++i) pairs.weight[i] = stimulus.weights.at(i, 0);
    projection.connectivity = resources_.share(std::move(pairs));
    built_.network.populations.push_back(std::move(process));
    built_.network.projections.push_back(std::move(projection));
}

// What compose() would refuse, at its place in the document.
void Builder::check_expression(const StimulusSection& section, const network::Stimulus& stimulus,
                               const network::Population& target, const language::Quantity& quantity) {
    symbolic::Graph graph;
    std::vector<language::ScopeEntry> names;
    const auto add = [&](const std::string& name, const Dimension& dimension) {
        names.push_back({name, graph.symbol(name), dimension});
    };
    for (const network::Stimulus::Parameter& parameter : stimulus.parameters)
        add(parameter.name, parameter.dimension);
    for (const language::Parameter& parameter : target.model->parameters)
        add(parameter.name, parameter.unit.dimension);
    add("t", dimensions::time);
    add("dt", dimensions::time);
    add("xi", pow(dimensions::time, make_rational(-1, 2)));
    try {
        const language::Expression parsed =
            language::parse_expression(section.expression.value, "", graph, names);
        if (parsed.any_dimension || parsed.dimension == quantity.unit.dimension) return;
        problems_.add(section.expression.place,
                      fmt::format("stimulus '{}': '{}' has the unit {}, but '{}.{}' has {}", section.name,
                                  section.expression.value, to_string(parsed.dimension), stimulus.population,
                                  stimulus.target, quantity.unit.name));
    } catch (const InputError& error) {
        problems_.add(section.expression, error);
    }
}

void Builder::add_stimulus(const StimulusSection& section) {
    if (section.kind == Kind::poisson) return add_poisson(section);
    const std::string what = fmt::format("stimulus '{}'", section.name);
    const auto to = resolve(section.to, what, true);
    if (!to) return;
    const network::Population& target = *population(to->population);
    const language::Quantity& quantity = *target.model->find(to->expression);
    built_.places[what] = {section.name, section.place};
    network::Stimulus stimulus;
    stimulus.name = section.name;
    stimulus.population = to->population;
    stimulus.target = to->expression;
    stimulus.file = experiment_.file;
    const Wanted wanted{.what = "'weights' of " + what,
                        .dimension = Dimension{},
                        .unit = "1",
                        .rows = target.size,
                        .seed = experiment_.seed,
                        .stream = stream("'weights' of " + what),
                        .indexed = true};
    std::vector<double> weights(target.size, 1.0);
    if (!section.weights.empty())
        if (const auto array = node_scope(target).evaluate(section.weights, wanted, problems_))
            for (std::size_t i = 0; i < target.size; ++i) weights[i] = array->at(i, 0);
    if (!section.nodes.empty()) {
        const auto selected = select_nodes(section.nodes, target, what);
        if (!selected) return;
        for (std::size_t i = 0; i < target.size; ++i)
            if (!std::binary_search(selected->begin(), selected->end(), i)) weights[i] = 0.0;
    }
    if (!section.nodes.empty() || !section.weights.empty())
        stimulus.weights = {std::move(weights), target.size, 1};
    if (section.kind == Kind::ornstein_uhlenbeck) {
        if (target.model->find_input(stimulus.target) == nullptr) {
            problems_.add(section.to.place,
                          fmt::format("{}: '{}' is a parameter; an Ornstein-Uhlenbeck process drives inputs",
                                      what, stimulus.target));
            return;
        }
        add_process(section, stimulus, quantity.unit);
        return;
    }
    if (section.kind == Kind::table) {
        try {
            stimulus.table =
                resources_.table(section.table.value, section.interpolate, target.size, quantity.unit);
        } catch (const Error& error) {
            failed(section.table, error);
        }
    } else if (section.kind == Kind::constant) {
        std::map<std::string, network::Values> values;
        if (section.settings.empty()) return;
        assign(section.settings.front(), quantity, what, target.size, node_scope(target), values, nullptr);
        stimulus.expression = section.name + "_constant";
        if (!values.empty())
            stimulus.parameters.push_back({stimulus.expression, values["constant"], quantity.unit.dimension});
    } else if (section.kind == Kind::expression) {
        stimulus.expression = section.expression.value;
        stimulus.parameters = named_values(stimulus.expression, target);
    } else {
        stimulus.expression = stimulus_expression(section, stimulus, quantity.unit);
        if (section.kind == Kind::pulse) check_pulse(section, stimulus);
    }
    if (section.kind == Kind::expression) check_expression(section, stimulus, target, quantity);
    built_.network.stimuli.push_back(std::move(stimulus));
}

}  // namespace neurodyn::experiment
