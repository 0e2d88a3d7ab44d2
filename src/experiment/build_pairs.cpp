// SPDX-License-Identifier: BSD-3-Clause
// Values that differ between the synapses of a projection: draws, and expressions of the two neurons.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/values.hpp"
#include "experiment/builder.hpp"

namespace neurodyn::experiment {
namespace {

using network::axis_names;
using network::NodeExpression;
using network::NodeQuantity;
using network::SynapseValue;

// Apart from the streams of a run's noise and from those of values of nodes (scope.cpp) and positions.
constexpr std::uint16_t coupling_stream = 0x7ffd;

constexpr const char* positions_advice =
    "give both populations positions, for example positions: {layout: grid, shape: [30, 30], spacing: 50 um}";

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

SynapseValue::Kind kind_of(const std::string& distribution) {
    using Kind = SynapseValue::Kind;
    if (distribution == "normal") return Kind::normal;
    if (distribution == "uniform") return Kind::uniform;
    if (distribution == "lognormal") return Kind::lognormal;
    return distribution == "gamma" ? Kind::gamma : Kind::exponential;
}

bool is_of_pair(const std::string& name) {
    for (const char* known : {"i", "j", "N_pre", "N_post", "distance", "rand", "randn"})
        if (name == known) return true;
    return name.ends_with("_pre") || name.ends_with("_post");
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

// Where a name first stands by itself in a text.
Place place_of(const Document& document, const Text& text, const std::string& name) {
    const std::string& s = text.value;
    std::size_t at = s.find(name);
    while (at != s.npos &&
           ((at > 0 && is_word(s[at - 1])) || (at + name.size() < s.size() && is_word(s[at + name.size()]))))
        at = s.find(name, at + 1);
    return at == s.npos ? text.place : document.within(text.place, s, at, name.size());
}

}  // namespace

// Whether an expression's value differs between pairs of neurons: it names what belongs to one of them, and
// that is no name of `values`.
bool Builder::names_pair(const Text& text) const {
    const std::vector<std::string> names = names_in(text.value);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return is_of_pair(name) && scope_.find(name) == nullptr;
    });
}

// Parameters and positions of a population's neurons. Nothing when the population has problems of its own.
std::optional<std::vector<NodeQuantity>> Builder::quantities(const network::Population& of, bool parameters) {
    const auto index = static_cast<std::size_t>(&of - built_.network.populations.data());
    std::vector<NodeQuantity> all;
    try {
        if (parameters)
            for (auto& [parameter, values] : engine::resolve_parameters(built_.network, index))
                all.push_back({parameter, of.model->find_parameter(parameter)->unit.dimension, values.data});
    } catch (const Error&) {
        return std::nullopt;
    }
    for (std::size_t k = 0; k < axis_names.size(); ++k) {
        if (of.positions.axes[k].empty()) continue;
        std::erase_if(all, [&](const NodeQuantity& q) { return q.name == axis_names[k]; });
        all.push_back({axis_names[k], dimensions::length, of.positions.axes[k]});
    }
    return all;
}

// Names that need positions where there are none. False after a problem.
bool Builder::check_positions(const Text& text, const std::string& what, const PairOf& pair) {
    const network::Population &from = *population(pair.from), &to = *population(pair.to);
    const auto has = [](const network::Population& p, std::size_t k) { return !p.positions.axes[k].empty(); };
    for (const std::string& name : names_in(text.value)) {
        if (scope_.find(name) != nullptr) continue;
        const Place place = place_of(*experiment_.document, text, name);
        for (const auto& [p, suffix] : {std::pair{&from, "_pre"}, {&to, "_post"}})
            if (!pair.parameters && name.ends_with(suffix) &&
                p->model->find_parameter(name.substr(0, name.rfind('_'))) != nullptr) {
                problems_.add(
                    place,
                    fmt::format("{}: '{}' is a parameter of '{}', which weights and delays of couplings "
                                "cannot name",
                                what, name, p->name),
                    "positions, i, j and names of values can be used");
                return false;
            }
        bool common = false, same_period = true;
        for (std::size_t k = 0; k < axis_names.size(); ++k) {
            common = common || (has(from, k) && has(to, k));
            same_period = same_period && from.positions.period[k] == to.positions.period[k];
            for (const auto& [p, suffix] : {std::pair{&from, "_pre"}, {&to, "_post"}})
                if (name == axis_names[k] + std::string(suffix) && !has(*p, k) &&
                    p->model->find_parameter(axis_names[k]) == nullptr) {
                    problems_.add(
                        place,
                        fmt::format("{}: population '{}' has no position {}", what, p->name, axis_names[k]),
                        positions_advice);
                    return false;
                }
        }
        if (name != "distance") continue;
        if (!common) {
            const bool both = !from.positions.empty() && !to.positions.empty();
            const std::string& without = from.positions.empty() ? from.name : to.name;
            problems_.add(
                place,
                both ? fmt::format("{}: the positions of '{}' and '{}' have no axis in common", what,
                                   from.name, to.name)
                     : fmt::format("{}: there is no distance, since population '{}' has no positions", what,
                                   without),
                positions_advice);
            return false;
        }
        if (!same_period) {
            problems_.add(
                place,
                fmt::format("{}: the distance between '{}' and '{}' is not clear: they are periodic "
                            "with different lengths",
                            what, from.name, to.name),
                "give both the same extent, or neither periodic: true");
            return false;
        }
    }
    return true;
}

// What an expression of two neurons may name. Nothing after a problem.
std::optional<network::NodeScope> Builder::pair_scope(const Text& text, const std::string& what,
                                                      const PairOf& pair) {
    const network::Population &from = *population(pair.from), &to = *population(pair.to);
    const auto pre = quantities(from, pair.parameters), post = quantities(to, pair.parameters);
    if (!pre || !post || !check_positions(text, what, pair)) return std::nullopt;
    network::NodeScope scope{to.size, from.size, *pre, *post, {}, to.positions.period};
    for (const std::string& name : scope_.names()) {
        const Array& array = *scope_.find(name);
        if (array.is_scalar()) {
            scope.shared.push_back({name, array.dimension, array.data});
            continue;
        }
        const std::vector<std::string> used = names_in(text.value);
        if (std::find(used.begin(), used.end(), name) == used.end()) continue;
        problems_.add(place_of(*experiment_.document, text, name),
                      fmt::format("{}: '{}' holds {} values, and an expression of two neurons takes one",
                                  what, name, array.data.size()),
                      "a value for each neuron is a parameter of its population: set it there, and write its "
                      "name with _pre or _post");
        return std::nullopt;
    }
    return scope;
}

// Null after a problem.
std::shared_ptr<const NodeExpression> Builder::pair_expression(const Text& text, const Unit& unit,
                                                               const std::string& what, const PairOf& pair) {
    const auto scope = pair_scope(text, what, pair);
    if (!scope) return nullptr;
    try {
        return std::make_shared<const NodeExpression>(text.value, "", unit.dimension, *scope);
    } catch (const InputError& error) {
        problems_.add(text, error);
    } catch (const Error& error) {
        problems_.add(text.place, fmt::format("{}: {}", what, error.what()),
                      unit.dimension.is_dimensionless() ? "" : fmt::format("it is in {}", unit.name));
    }
    return nullptr;
}

// The values of all pairs for a coupling, row = target; of the pairs of one node each where `one_to_one`.
// Populations have no parameters yet.
std::optional<Array> Builder::pair_matrix(const Text& text, const Unit& unit, const std::string& what,
                                          const ProjectionSection& section, bool one_to_one) {
    const PairOf pair{split_reference(section.from.value).population,
                      split_reference(section.to.value).population, false};
    const auto expression = pair_expression(text, unit, what, pair);
    if (!expression) return std::nullopt;
    const std::size_t targets = expression->targets(), sources = expression->sources();
    Array matrix{targets, one_to_one ? 1 : sources, {}, unit.dimension};
    matrix.data.resize(targets * matrix.columns);
    std::vector<std::uint32_t> row(one_to_one ? 1 : targets);
    std::vector<double> values(row.size());
    std::iota(row.begin(), row.end(), 0);
    const std::uint64_t hash = stream(what);
    for (std::size_t source = 0; source < sources; ++source) {
        if (one_to_one) row[0] = static_cast<std::uint32_t>(source);
        const network::RowDraws draws{experiment_.seed, coupling_stream,
                                      static_cast<std::uint32_t>(hash & 0xffff), hash >> 16 << 32 | source};
        expression->evaluate(source, row, draws, 0, 0, values);
        for (std::size_t k = 0; k < row.size(); ++k) {
            if (!std::isfinite(values[k])) {
                problems_.add(text.place, fmt::format("{}: '{}' is not finite for target {} and source {}",
                                                      what, text.value, row[k], source));
                return std::nullopt;
            }
            matrix.data[row[k] * matrix.columns + (one_to_one ? 0 : source)] = values[k];
        }
    }
    return matrix;
}

std::optional<double> Builder::read_scalar(const Text& text, const Dimension& dimension,
                                           const std::string& unit, const std::string& what) {
    const Wanted wanted{.what = what, .dimension = dimension, .unit = unit, .rows = 1};
    const std::optional<Array> array = scope_.evaluate(text, wanted, problems_);
    if (!array) return std::nullopt;
    return array->at(0, 0);
}

// A distribution from which each synapse draws its own value.
std::optional<SynapseValue> Builder::read_synapse_draw(const Text& text, const DistributionCall& call,
                                                       const Unit& unit, const std::string& what,
                                                       const network::EventProjection& projection) {
    SynapseValue value;
    value.kind = kind_of(call.name);
    std::vector<Text> plain;
    for (const Text& argument : call.arguments) {
        const auto named = named_argument(argument);
        if (!named) {
            plain.push_back(argument);
            continue;
        }
        if (named->first != "min" && named->first != "max") {
            problems_.add(argument.place, fmt::format("{}: a distribution has no '{}'", what, named->first),
                          "bounds are written min = ... and max = ...");
            return std::nullopt;
        }
        if (names_pair(named->second)) {
            problems_.add(named->second.place,
                          fmt::format("{}: the bounds of a distribution are the same for all "
                                      "synapses, '{}' is not",
                                      what, named->second.value));
            return std::nullopt;
        }
        const auto bound = read_scalar(named->second, unit.dimension, unit.name, what);
        if (!bound) return std::nullopt;
        (named->first == "min" ? value.minimum : value.maximum) = *bound;
    }
    const std::size_t needed = value.kind == SynapseValue::Kind::exponential ? 1 : 2;
    if (plain.size() != needed) {
        problems_.add(text.place,
                      fmt::format("{}: {} takes {} values, not {}", what, call.name, needed, plain.size()));
        return std::nullopt;
    }
    const auto of_pair =
        std::find_if(plain.begin(), plain.end(), [&](const Text& t) { return names_pair(t); });
    if (of_pair != plain.end())
        return read_pair_draw(*of_pair, call.name, plain, unit, what, projection, value);
    for (std::size_t k = 0; k < needed; ++k) {
        const auto number = read_scalar(plain[k], unit.dimension, unit.name, what);
        if (!number) return std::nullopt;
        (k == 0 ? value.a : value.b) = *number;
    }
    if (needed == 1) value.b = value.a;
    return value;
}

// A distribution whose numbers are expressions of the two neurons: an expression with a draw in it.
std::optional<SynapseValue> Builder::read_pair_draw(const Text& of_pair, const std::string& distribution,
                                                    const std::vector<Text>& arguments, const Unit& unit,
                                                    const std::string& what,
                                                    const network::EventProjection& projection,
                                                    SynapseValue value) {
    for (const Text& argument : arguments)
        if (!pair_expression(argument, unit, what, {projection.from, projection.to})) return std::nullopt;
    Text sum = of_pair;
    if (distribution == "normal") {
        sum.value = fmt::format("({}) + ({})*randn()", arguments[0].value, arguments[1].value);
    } else if (distribution == "uniform") {
        sum.value = fmt::format("({0}) + (({1}) - ({0}))*rand()", arguments[0].value, arguments[1].value);
    } else if (distribution == "exponential") {
        sum.value = fmt::format("-({})*log(rand())", arguments[0].value);
    } else {
        problems_.add(
            of_pair.place,
            fmt::format("{}: '{}' differs between pairs of neurons, and the numbers of {} are the same "
                        "for all",
                        what, of_pair.value, distribution),
            "normal, uniform and exponential take expressions of the two neurons");
        return std::nullopt;
    }
    value.kind = SynapseValue::Kind::expression;
    value.expression = pair_expression(sum, unit, what, {projection.from, projection.to});
    if (!value.expression) return std::nullopt;
    return value;
}

// A constant, a draw, or an expression of the two neurons.
std::optional<SynapseValue> Builder::read_synapse_value(const Text& text, const Unit& unit,
                                                        const std::string& what,
                                                        const network::EventProjection& projection) {
    if (const auto call = distribution_call(text))
        return read_synapse_draw(text, *call, unit, what, projection);
    SynapseValue value;
    if (names_pair(text)) {
        value.kind = SynapseValue::Kind::expression;
        value.expression = pair_expression(text, unit, what, {projection.from, projection.to});
        if (!value.expression) return std::nullopt;
        return value;
    }
    const auto scalar = read_scalar(text, unit.dimension, unit.name, what);
    if (!scalar) return std::nullopt;
    value.a = *scalar;
    return value;
}

bool Builder::read_synapse_delays(const ProjectionSection& section, const std::string& what,
                                  network::EventProjection& projection) {
    if (!section.delays.empty()) {
        const auto delay = read_synapse_value(section.delays, parse_unit("s"),
                                              fmt::format("'delays' of {}", what), projection);
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

}  // namespace neurodyn::experiment
