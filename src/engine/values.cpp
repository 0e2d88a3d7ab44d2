// SPDX-License-Identifier: BSD-3-Clause
// Defaults, overrides and draws, each in dependency order.
#include "engine/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/gamma.hpp"
#include "base/random.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::engine {
namespace {

using language::Distribution;
using language::Model;
using network::Network;
using network::Population;
using network::Values;
using symbolic::NodeId;

// Streams of draws made before the run; noise of the run uses streams below this.
constexpr std::uint16_t first_draw_stream = 0x8000;
constexpr int most_redraws = 10000;

struct Resolver {
    const Network* network;
    std::size_t population;
    std::string who;  // for messages
    std::size_t nodes;
    const Model* model;
    ValueMap values;

    double lookup(const std::string& name, std::size_t node, std::size_t member) const {
        if (name == "dt") return network->dt_s;
        if (name == "t") return 0.0;
        const auto it = values.find(name);
        if (it == values.end())
            throw Error(fmt::format("{}: '{}' has no value yet where it is needed", who, name));
        return it->second.at(node, member);
    }

    double evaluate(NodeId expression, std::size_t node, std::size_t member) const {
        return symbolic::evaluate(model->graph, expression,
                                  [&](const std::string& name) { return lookup(name, node, member); });
    }

    // The smallest shape that holds what the expressions depend on.
    std::pair<std::size_t, std::size_t> shape(const std::vector<NodeId>& expressions) const {
        std::size_t n = 1, m = 1;
        for (const NodeId symbol : symbolic::free_symbols(model->graph, expressions)) {
            const auto it = values.find(model->graph.name(symbol));
            if (it == values.end()) continue;
            n = std::max(n, it->second.nodes);
            m = std::max(m, it->second.members);
        }
        return {n, m};
    }

    Values from_expression(NodeId expression) const {
        const auto [n, m] = shape({expression});
        std::vector<double> data(n * m);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t k = 0; k < m; ++k) data[i * m + k] = evaluate(expression, i, k);
        return {std::move(data), n, m};
    }

    double draw_once(const Distribution& d, std::uint16_t stream, std::size_t node, std::size_t member,
                     int attempt) const;
    Values draw(const Distribution& d, std::uint16_t stream, const std::string& name) const;
    void check_shape(const std::string& name, const Values& given) const;
};

std::uint64_t seed_of(const Network& network, std::size_t member) {
    return network.seeds[network.seeds.size() == 1 ? 0 : member];
}

double Resolver::draw_once(const Distribution& d, std::uint16_t stream, std::size_t node, std::size_t member,
                           int attempt) const {
    const std::uint64_t seed = seed_of(*network, member);
    const auto counter = static_cast<std::uint64_t>(attempt);
    const auto argument = [&](std::size_t k) { return evaluate(d.arguments[k], node, member); };
    const auto normal = [&] { return normal_at(seed, stream, 2 * counter, node); };
    const auto uniform = [&](std::uint64_t extra) {
        return uniform_at(seed, stream, 2 * counter + extra, node);
    };
    switch (d.shape) {
        case Distribution::Shape::normal:
            return argument(0) + argument(1) * normal();
        case Distribution::Shape::uniform:
            return argument(0) + (argument(1) - argument(0)) * uniform(0);
        case Distribution::Shape::exponential:
            return -argument(0) * std::log(uniform(0));
        case Distribution::Shape::lognormal: {  // mean and sd of the value itself
            const double ratio = argument(1) / argument(0);
            const double s2 = std::log1p(ratio * ratio);
            return argument(0) * std::exp(std::sqrt(s2) * normal() - 0.5 * s2);
        }
        case Distribution::Shape::gamma: {
            constexpr std::uint64_t steps_of_attempt = 40000;  // gamma_from
            const std::uint64_t first = counter * steps_of_attempt;
            const double value = gamma_from(
                argument(0), argument(1),
                [&](std::uint64_t k) { return normal_at(seed, stream, first + k, node); },
                [&](std::uint64_t k) { return uniform_at(seed, stream, first + k, node); });
            if (std::isfinite(value)) return value;
            throw Error(fmt::format("{}: no gamma value could be drawn for mean {} and sd {}", who,
                                    argument(0), argument(1)));
        }
    }
    return 0.0;
}

Values Resolver::draw(const Distribution& d, std::uint16_t stream, const std::string& name) const {
    const std::size_t m = std::max(shape(d.arguments).second, network->seeds.size());
    std::vector<double> data(nodes * m);
    for (std::size_t i = 0; i < nodes; ++i) {
        for (std::size_t k = 0; k < m; ++k) {
            const double low = d.minimum ? evaluate(d.minimum, i, k) : -INFINITY;
            const double high = d.maximum ? evaluate(d.maximum, i, k) : INFINITY;
            const std::string wrong =
                problem_of(d.shape, evaluate(d.arguments[0], i, k), evaluate(d.arguments.back(), i, k));
            if (!wrong.empty())
                throw Error(fmt::format("{}: the distribution of '{}' cannot be drawn at node {}: {}", who,
                                        name, i, wrong));
            int attempt = 0;
            double value = draw_once(d, stream, i, k, attempt);
            while (!(value >= low && value <= high)) {
                if (++attempt == most_redraws)
                    throw Error(
                        fmt::format("{}: '{}' found no value between {} and {} in {} draws; widen the bounds",
                                    who, name, low, high, most_redraws));
                value = draw_once(d, stream, i, k, attempt);
            }
            data[i * m + k] = value;
        }
    }
    return {std::move(data), nodes, m};
}

void Resolver::check_shape(const std::string& name, const Values& given) const {
    if (given.nodes != 1 && given.nodes != nodes)
        throw Error(fmt::format("{}: '{}' was given {} values for {} nodes", who, name, given.nodes, nodes));
    if (given.members != 1 && given.members != network->members)
        throw Error(fmt::format("{}: '{}' was given values for {} members, the run has {}", who, name,
                                given.members, network->members));
    for (const double x : given.data)
        if (!std::isfinite(x))
            throw Error(fmt::format("{}: '{}' was given the non-finite value {}", who, name, x));
}

void refuse_unknown(const std::string& who, const ValueMap& given, const std::vector<std::string>& known,
                    const std::string& what) {
    for (const auto& [name, values] : given)
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw Error(fmt::format("{} has no {} '{}'; it has {}. {}", who, what, name,
                                    fmt::join(known, ", "), did_you_mean(name, known)));
}

template <class Quantities>
std::vector<std::string> names_of(const Quantities& quantities) {
    std::vector<std::string> names;
    for (const auto& q : quantities) names.push_back(q.name);
    return names;
}

void resolve_all_parameters(Resolver& r, const ValueMap& given, std::uint16_t stream_base) {
    refuse_unknown(r.who, given, names_of(r.model->parameters), "parameter");
    for (std::size_t i = 0; i < r.model->parameters.size(); ++i) {
        const language::Parameter& p = r.model->parameters[i];
        if (const auto it = given.find(p.name); it != given.end()) {
            r.check_shape(p.name, it->second);
            r.values[p.name] = it->second;
        } else if (p.distribution) {
            r.values[p.name] = r.draw(*p.distribution, static_cast<std::uint16_t>(stream_base + i), p.name);
        } else if (p.value) {
            r.values[p.name] = r.from_expression(p.value);
        } else {
            throw Error(
                fmt::format("{}: parameter '{}' ({}) has no value; set it", r.who, p.name, p.unit.name));
        }
    }
}

// Streams are told apart by population and by what is drawn; 128 of each are enough for any text that parses.
std::uint16_t stream_base(std::size_t population, bool initial) {
    return static_cast<std::uint16_t>(first_draw_stream + (population % 128) * 256 + (initial ? 128 : 0));
}

}  // namespace

ValueMap resolve_parameters(const Network& network, std::size_t index) {
    const Population& p = network.populations[index];
    Resolver r{&network, index,         fmt::format("population '{}' (model '{}')", p.name, p.model->name),
               p.size,   p.model.get(), {}};
    resolve_all_parameters(r, p.parameters, stream_base(index, false));
    return std::move(r.values);
}

ValueMap resolve_initial(const Network& network, std::size_t index, const ValueMap& parameters) {
    const Population& p = network.populations[index];
    Resolver r{&network, index,         fmt::format("population '{}' (model '{}')", p.name, p.model->name),
               p.size,   p.model.get(), parameters};
    const auto states = names_of(p.model->states);
    refuse_unknown(r.who, p.initial, states, "state");
    ValueMap initial;
    // An initial value may use others; the parser has refused cycles, so each pass resolves at least one.
    std::set<std::string> left(states.begin(), states.end());
    while (!left.empty()) {
        const std::size_t before = left.size();
        for (std::size_t i = 0; i < p.model->states.size(); ++i) {
            const language::State& s = p.model->states[i];
            if (!left.count(s.name)) continue;
            Values value{0.0};
            if (const auto it = p.initial.find(s.name); it != p.initial.end()) {
                r.check_shape(s.name, it->second);
                value = it->second;
            } else {
                std::vector<NodeId> needed;
                if (s.initial) needed.push_back(s.initial);
                if (s.initial_distribution) needed = s.initial_distribution->arguments;
                const auto symbols = symbolic::free_symbols(p.model->graph, needed);
                if (std::any_of(symbols.begin(), symbols.end(),
                                [&](NodeId id) { return left.count(p.model->graph.name(id)) > 0; }))
                    continue;
                if (s.initial_distribution)
                    value = r.draw(*s.initial_distribution,
                                   static_cast<std::uint16_t>(stream_base(index, true) + i), s.name);
                else if (s.initial)
                    value = r.from_expression(s.initial);
            }
            initial[s.name] = r.values[s.name] = value;
            left.erase(s.name);
        }
        if (left.size() == before)
            throw Error(fmt::format("{}: the initial values of {} depend on each other", r.who,
                                    fmt::join(left, ", ")));
    }
    return initial;
}

ValueMap resolve_coupling(const network::Projection& projection, std::size_t nodes) {
    Network alone;  // couplings hold no distributions that depend on a network; draws use seed 0
    for (const auto& [name, values] : projection.parameters)
        alone.members = std::max(alone.members, values.members);
    Resolver r{&alone,
               0,
               fmt::format("projection '{}' (coupling '{}')", projection.name, projection.coupling->name),
               nodes,
               projection.coupling.get(),
               {}};
    resolve_all_parameters(r, projection.parameters, first_draw_stream);
    return std::move(r.values);
}

}  // namespace neurodyn::engine
