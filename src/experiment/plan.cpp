// SPDX-License-Identifier: BSD-3-Clause
// Points of a sweep, and their networks joined into batches of members.
#include "experiment/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace neurodyn::experiment {
namespace {

using network::Network;
using network::Values;

template <class T, class Same>
bool all_same(const std::vector<T>& a, const std::vector<T>& b, Same same) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

bool same_names(const std::map<std::string, Values>& a, const std::map<std::string, Values>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.first == y.first; });
}

bool same_population(const network::Population& a, const network::Population& b) {
    return a.name == b.name && a.model == b.model && a.size == b.size && a.method == b.method &&
           a.step_multiple == b.step_multiple && same_names(a.parameters, b.parameters) &&
           same_names(a.initial, b.initial) && a.given_events == b.given_events && a.grid == b.grid &&
           a.surface == b.surface;
}

bool same_kernel(const network::Projection& a, const network::Projection& b) {
    return a.kernel == b.kernel || (a.kernel && b.kernel && *a.kernel == *b.kernel);
}

bool same_projection(const network::Projection& a, const network::Projection& b) {
    return a.name == b.name && a.from == b.from && a.source == b.source && a.to == b.to &&
           a.target == b.target && a.coupling == b.coupling && a.connectivity == b.connectivity &&
           same_kernel(a, b) && same_names(a.parameters, b.parameters);
}

bool same_parameter(const network::Stimulus::Parameter& a, const network::Stimulus::Parameter& b) {
    return a.name == b.name && a.dimension == b.dimension;
}

bool same_stimulus(const network::Stimulus& a, const network::Stimulus& b) {
    return a.name == b.name && a.population == b.population && a.target == b.target &&
           a.expression == b.expression && a.table == b.table &&
           all_same(a.parameters, b.parameters, same_parameter);
}

bool same_monitor(const network::Monitor& a, const network::Monitor& b) {
    return a.name == b.name && a.population == b.population && a.expression == b.expression &&
           a.every_s == b.every_s && a.average == b.average && a.nodes == b.nodes;
}

bool same_poisson(const network::PoissonInput& a, const network::PoissonInput& b) {
    // One mean for all nodes is drawn in another way than a mean for each.
    const auto uniform = [](const network::PoissonInput& p) {
        return p.rate_hz.nodes == 1 && p.sources.nodes == 1;
    };
    return a.name == b.name && a.population == b.population && a.target == b.target &&
           uniform(a) == uniform(b) && a.rate == b.rate &&
           all_same(a.parameters, b.parameters, [&](const auto& x, const auto& y) {
               return same_parameter(x, y) && x.value.nodes == y.value.nodes;
           });
}

// One quantity of all members; it stays one value where all members agree.
Values join(const std::vector<const Values*>& parts) {
    const Values& first = *parts.front();
    const bool equal = std::all_of(parts.begin(), parts.end(), [&](const Values* v) {
        return v->nodes == first.nodes && v->data == first.data;
    });
    if (equal) return first;
    Values joined;
    joined.members = parts.size();
    for (const Values* v : parts) joined.nodes = std::max(joined.nodes, v->nodes);
    joined.data.resize(joined.nodes * joined.members);
    for (std::size_t node = 0; node < joined.nodes; ++node)
        for (std::size_t m = 0; m < joined.members; ++m)
            joined.data[node * joined.members + m] = parts[m]->at(node, 0);
    return joined;
}

template <class Get>
void join_map(const std::vector<Network>& networks, std::map<std::string, Values>& target, Get get) {
    for (auto& [name, value] : target) {
        std::vector<const Values*> parts;
        for (const Network& network : networks) parts.push_back(&get(network).at(name));
        value = join(parts);
    }
}

template <class Get>
void join_value(const std::vector<Network>& networks, Values& target, Get get) {
    std::vector<const Values*> parts;
    for (const Network& network : networks) parts.push_back(&get(network));
    target = join(parts);
}

bool same_tuning(const TuningPlan& a, const TuningPlan& b) {
    return a.discard_s == b.discard_s && a.duration_s == b.duration_s && a.trials == b.trials &&
           all_same(a.goals, b.goals, [](const TuningGoal& x, const TuningGoal& y) {
               return x.population == y.population && x.parameter == y.parameter &&
                      x.expression == y.expression;
           });
}

Values select(const Values& values, const std::vector<std::size_t>& members) {
    if (values.members == 1) return values;
    Values chosen;
    chosen.nodes = values.nodes;
    chosen.members = members.size();
    chosen.data.clear();
    for (std::size_t node = 0; node < values.nodes; ++node)
        for (const std::size_t m : members) chosen.data.push_back(values.at(node, m));
    return chosen;
}

struct Growing {
    Built first;
    std::vector<Network> networks;
    std::vector<std::size_t> points;
    std::vector<TuningPlan> tunings;
};

}  // namespace

std::vector<SweepPoint> sweep_points(const SweepSection& sweep) {
    std::vector<SweepPoint> points;
    std::vector<std::size_t> index(sweep.axes.size(), 0);
    const std::size_t rows = sweep.axes.empty() ? 0 : sweep.axes.front().values.size();
    if (sweep.together) {
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t r = 0; r < sweep.repeats; ++r)
                points.push_back({std::vector<std::size_t>(index.size(), i), r});
        return points;
    }
    for (;;) {
        for (std::size_t r = 0; r < sweep.repeats; ++r) points.push_back({index, r});
        std::size_t axis = index.size();
        while (axis > 0 && ++index[axis - 1] == sweep.axes[axis - 1].values.size()) index[--axis] = 0;
        if (axis == 0) return points;
    }
}

Document document_at(const Document& document, const Experiment& experiment, const SweepPoint& point,
                     bool sweep_times) {
    Document changed = document;
    const SweepSection& sweep = experiment.sweep;
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
        try {
            set_value(changed, sweep.axes[a].path, sweep.axes[a].values[point.index[a]]);
        } catch (const InputError&) {
            throw;
        } catch (const Error& error) {
            throw InputError(
                {document.problem(sweep.axes[a].place, error.what(), "the path of a value, as for --set")});
        }
    }
    const auto set_text = [&](const std::string& path, const std::string& text) {
        Node node;
        node.kind = Node::Kind::scalar;
        node.text = text;
        node.place = sweep.place;
        set_value(changed, path, node);
    };
    if (point.repeat > 0) set_text("seed", fmt::format("{}", experiment.seed + point.repeat));
    if (sweep_times && sweep.duration) set_text("time.duration", sweep.duration->value);
    if (sweep_times && sweep.discard) set_text("time.discard", sweep.discard->value);
    return changed;
}

bool same_structure(const Network& a, const Network& b) {
    return a.method == b.method && a.dt_s == b.dt_s &&
           all_same(a.populations, b.populations, same_population) &&
           all_same(a.projections, b.projections, same_projection) &&
           all_same(a.stimuli, b.stimuli, same_stimulus) && all_same(a.monitors, b.monitors, same_monitor) &&
           a.event_projections == b.event_projections && a.event_monitors == b.event_monitors &&
           a.synapse_monitors == b.synapse_monitors &&
           all_same(a.poisson_inputs, b.poisson_inputs, same_poisson) &&
           (a.event_projections.empty() || a.seeds == b.seeds);  // the seed draws the synapses
}

Network join_members(const std::vector<Network>& networks) {
    Network joined = networks.front();
    joined.members = networks.size();
    for (std::size_t p = 0; p < joined.populations.size(); ++p) {
        join_map(networks, joined.populations[p].parameters,
                 [p](const Network& n) -> const auto& { return n.populations[p].parameters; });
        join_map(networks, joined.populations[p].initial,
                 [p](const Network& n) -> const auto& { return n.populations[p].initial; });
    }
    for (std::size_t p = 0; p < joined.projections.size(); ++p)
        join_map(networks, joined.projections[p].parameters,
                 [p](const Network& n) -> const auto& { return n.projections[p].parameters; });
    for (std::size_t s = 0; s < joined.stimuli.size(); ++s) {
        join_value(networks, joined.stimuli[s].weights,
                   [s](const Network& n) -> const Values& { return n.stimuli[s].weights; });
        for (std::size_t k = 0; k < joined.stimuli[s].parameters.size(); ++k)
            join_value(
                networks, joined.stimuli[s].parameters[k].value,
                [s, k](const Network& n) -> const Values& { return n.stimuli[s].parameters[k].value; });
    }
    for (std::size_t p = 0; p < joined.poisson_inputs.size(); ++p) {
        for (std::size_t k = 0; k < joined.poisson_inputs[p].parameters.size(); ++k)
            join_value(networks, joined.poisson_inputs[p].parameters[k].value,
                       [p, k](const Network& n) -> const Values& {
                           return n.poisson_inputs[p].parameters[k].value;
                       });
        for (Values network::PoissonInput::* part :
             {&network::PoissonInput::rate_hz, &network::PoissonInput::weight,
              &network::PoissonInput::sources})
            join_value(networks, joined.poisson_inputs[p].*part,
                       [p, part](const Network& n) -> const Values& { return n.poisson_inputs[p].*part; });
    }
    joined.seeds.clear();
    for (const Network& network : networks) joined.seeds.push_back(network.seeds.front());
    if (std::all_of(joined.seeds.begin(), joined.seeds.end(),
                    [&](std::uint64_t s) { return s == joined.seeds[0]; }))
        joined.seeds.resize(1);
    return joined;
}

Network select_members(const Network& network, const std::vector<std::size_t>& members) {
    Network chosen = network;
    chosen.members = members.size();
    for (network::Population& population : chosen.populations) {
        for (auto& [name, values] : population.parameters) values = select(values, members);
        for (auto& [name, values] : population.initial) values = select(values, members);
    }
    for (network::PoissonInput& input : chosen.poisson_inputs) {
        for (Values* values : {&input.rate_hz, &input.weight, &input.sources})
            *values = select(*values, members);
        for (network::Stimulus::Parameter& parameter : input.parameters)
            parameter.value = select(parameter.value, members);
    }
    for (network::Projection& projection : chosen.projections)
        for (auto& [name, values] : projection.parameters) values = select(values, members);
    for (network::Stimulus& stimulus : chosen.stimuli) {
        stimulus.weights = select(stimulus.weights, members);
        for (network::Stimulus::Parameter& parameter : stimulus.parameters)
            parameter.value = select(parameter.value, members);
    }
    if (network.seeds.size() > 1) {
        chosen.seeds.clear();
        for (const std::size_t m : members) chosen.seeds.push_back(network.seeds[m]);
    }
    return chosen;
}

std::vector<Batch> plan_sweep(const Document& document, const Experiment& experiment, Resources& resources,
                              const BuildOptions& options, const std::vector<SweepPoint>& points,
                              const std::vector<std::size_t>& which) {
    std::vector<Growing> growing;
    for (const std::size_t p : which) {
        const Document changed = document_at(document, experiment, points[p], true);
        Built built = build(read_experiment(changed), resources, options);
        const auto fits = [&](const Growing& g) {
            return g.first.duration_s == built.duration_s && g.first.discard_s == built.discard_s &&
                   same_tuning(g.first.tuning, built.tuning) &&
                   same_structure(g.networks.front(), built.network);
        };
        auto group = std::find_if(growing.begin(), growing.end(), fits);
        if (group == growing.end()) {
            growing.push_back({built, {}, {}, {}});
            group = growing.end() - 1;
        }
        group->networks.push_back(std::move(built.network));
        group->points.push_back(p);
        group->tunings.push_back(std::move(built.tuning));
    }
    std::vector<Batch> batches;
    for (Growing& group : growing) {
        batches.push_back({std::move(group.first), std::move(group.points), std::move(group.tunings)});
        batches.back().built.network = join_members(group.networks);
    }
    return batches;
}

}  // namespace neurodyn::experiment
