// SPDX-License-Identifier: BSD-3-Clause
// The average neuron of a population, and the average number of its synapses.
#include "engine/lower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "density/equations.hpp"

namespace neurodyn::engine {
namespace {

using network::EventProjection;
using network::Level;
using network::Network;
using network::Population;
using network::SynapseValue;
using network::Values;

constexpr std::size_t draws = 1 << 16;  // from which the moments and the spread of a distribution are taken

const char* name_of(Level level) { return level == Level::density ? "density" : "rate"; }

bool is_lowered(const Network& network, const std::string& name) {
    const Population* found = network.find_population(name);
    return found != nullptr && found->level != Level::spiking;
}

Values one_node(const Values& values, const std::string& what, const Population& population) {
    for (std::size_t i = 1; i < values.nodes; ++i)
        for (std::size_t m = 0; m < values.members; ++m)
            if (values.at(i, m) != values.at(0, m))
                throw Error(
                    fmt::format("{} differs between the neurons of population '{}'; at level: {} all of them "
                                "are alike, so give each kind a population of its own",
                                what, population.name, name_of(population.level)));
    return {{values.data.begin(), values.data.begin() + static_cast<std::ptrdiff_t>(values.members)},
            1,
            values.members};
}

Values mean_of_nodes(const Values& values) {
    std::vector<double> mean(values.members, 0.0);
    for (std::size_t i = 0; i < values.nodes; ++i)
        for (std::size_t m = 0; m < values.members; ++m)
            mean[m] += values.at(i, m) / static_cast<double>(values.nodes);
    return {std::move(mean), 1, values.members};
}

const Unit hertz = [] { return parse_unit("Hz"); }();

language::Quantity quantity(language::Model& model, const std::string& name, const Unit& unit) {
    language::Quantity made;
    made.name = name;
    made.unit = unit;
    made.symbol = model.graph.symbol(name);
    return made;
}

void add_state(language::Model& model, const std::string& name, const Unit& unit) {
    language::State state;
    static_cast<language::Quantity&>(state) = quantity(model, name, unit);
    state.drift = model.graph.constant(0.0);
    model.states.push_back(std::move(state));
}

void add_input(language::Model& model, const std::string& name) {
    language::Input input;
    static_cast<language::Quantity&>(input) = quantity(model, name, hertz);
    model.inputs.push_back(std::move(input));
}

// Mean of a value, and of its square.
struct Moments {
    double mean = 0.0, square = 0.0;
};

std::vector<double> sample(const SynapseValue& value, std::uint64_t seed, std::uint16_t stream,
                           const char* what) {
    if (value.kind == SynapseValue::Kind::constant) return {value.a};
    if (value.kind == SynapseValue::Kind::list) return value.list;
    if (value.kind == SynapseValue::Kind::expression)
        throw Error(
            fmt::format("its {} are an expression of two neurons, but a density or rate knows none; give a "
                        "number or a distribution",
                        what));
    network::ConnectionRule all;
    const network::Connector connector(all, draws, 1, false, seed, stream);
    std::vector<std::uint32_t> targets;
    connector.outgoing(0, targets);
    std::vector<double> values(targets.size());
    connector.values(value, 0, 0, targets, values);
    return values;
}

Moments moments(const std::vector<double>& values) {
    Moments m;
    for (const double x : values) {
        m.mean += x / static_cast<double>(values.size());
        m.square += x * x / static_cast<double>(values.size());
    }
    return m;
}

class Lowering {
  public:
    explicit Lowering(const Network& network) : original_(network) {
        made_.network = network;
        for (const Population& p : network.populations) {
            const bool is_ready =
                p.level == Level::spiking || p.model->find_state(density::rate_variable) != nullptr;
            models_.push_back(std::make_shared<language::Model>(is_ready ? *p.model : *with_rate(p.model)));
        }
    }

    Lowered run() {
        for (std::size_t i = 0; i < original_.populations.size(); ++i)
            about(fmt::format("population '{}'", original_.populations[i].name),
                  [&] { lower_population(i); });
        for (auto& projection : made_.network.projections)
            about(fmt::format("projection '{}'", projection.name), [&] { collapse(projection); });
        made_.network.event_projections.clear();
        for (std::size_t i = 0; i < original_.event_projections.size(); ++i)
            about(fmt::format("projection '{}'", original_.event_projections[i].name),
                  [&] { lower_projection(original_.event_projections[i], i); });
        for (auto& stimulus : made_.network.stimuli)
            about(fmt::format("stimulus '{}'", stimulus.name), [&] { lower_stimulus(stimulus); });
        for (auto& input : made_.network.poisson_inputs)
            about(fmt::format("stimulus '{}'", input.name), [&] { lower_poisson(input); });
        for (auto& monitor : made_.network.monitors)
            about(fmt::format("monitor '{}'", monitor.name), [&] { lower_monitor(monitor); });
        for (const auto& monitor : made_.network.event_monitors)
            if (is_lowered(original_, monitor.population))
                throw SubjectError(fmt::format("monitor '{}'", monitor.name),
                                   fmt::format("population '{}' runs at level: {}, where no neuron spikes by "
                                               "itself; record its rate: "
                                               "{}.{}",
                                               monitor.population,
                                               name_of(original_.find_population(monitor.population)->level),
                                               monitor.population, density::rate_variable));
        for (std::size_t i = 0; i < models_.size(); ++i) made_.network.populations[i].model = models_[i];
        return std::move(made_);
    }

  private:
    std::size_t index(const std::string& name) const {
        return static_cast<std::size_t>(original_.find_population(name) - original_.populations.data());
    }

    void lower_population(std::size_t i) {
        const Population& from = original_.populations[i];
        if (from.level == Level::spiking) return;
        if (from.given_events)
            throw Error(fmt::format("its spikes are given; they have no {}", name_of(from.level)));
        if (from.step_multiple != 1) throw Error("it must step with the network");
        if (from.grid || from.surface)
            throw Error(fmt::format(
                "its neurons stand on a grid; at level: {} all of them are one node, so leave out the "
                "grid",
                name_of(from.level)));
        const ValueMap parameters = resolve_parameters(original_, i);
        const ValueMap initial = resolve_initial(original_, i, parameters);
        Population& to = made_.network.populations[i];
        to.size = 1;
        to.node_names.clear();
        to.positions = {};
        to.parameters.clear();
        to.initial.clear();
        for (const auto& [name, values] : parameters)
            to.parameters[name] = one_node(values, fmt::format("parameter '{}'", name), from);
        for (const auto& [name, values] : initial) to.initial[name] = mean_of_nodes(values);
        made_.initial[from.name] = initial;
    }

    /// What a target gets: weights by source and delay.
    using Row = std::map<std::pair<std::uint32_t, double>, double>;

    static Row row_of(const network::Connectivity& from, std::size_t row, bool one_source) {
        Row weights;
        for (std::uint64_t e = from.row_begin[row]; e < from.row_begin[row + 1]; ++e)
            weights[{one_source ? 0 : from.source[e], from.delay_s.empty() ? 0.0 : from.delay_s[e]}] +=
                from.weight[e];
        return weights;
    }

    // But for rounding of sums.
    static bool is_same(const Row& a, const Row& b) {
        if (a.size() != b.size()) return false;
        return std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) {
            return x.first == y.first && std::abs(x.second - y.second) <= 1e-9 * std::abs(x.second);
        });
    }

    // A projection of signals: one target for all that get the same, and all sources as one.
    void collapse(network::Projection& projection) const {
        const bool target = is_lowered(original_, projection.to),
                   source = is_lowered(original_, projection.from);
        if ((!target && !source) || !projection.connectivity) return;
        const network::Connectivity& from = *projection.connectivity;
        const std::size_t targets = target ? 1 : from.targets;
        auto to = std::make_shared<network::Connectivity>();
        to->targets = targets;
        to->sources = source ? 1 : from.sources;
        to->row_begin = {0};
        for (std::size_t row = 0; row < targets; ++row) {
            const Row weights = row_of(from, row, source);
            for (std::size_t other = 1; target && other < from.targets; ++other)
                if (!is_same(row_of(from, other, source), weights))
                    throw Error(fmt::format(
                        "it gives the neurons of population '{}' different input; at level: {} all of "
                        "them are alike and get the same",
                        projection.to, name_of(original_.find_population(projection.to)->level)));
            for (const auto& [edge, weight] : weights) {
                to->source.push_back(edge.first);
                to->weight.push_back(weight);
                if (!from.delay_s.empty()) to->delay_s.push_back(edge.second);
            }
            to->row_begin.push_back(to->source.size());
        }
        projection.connectivity = to;
        for (auto& [name, values] : projection.parameters)
            if (target)
                values =
                    one_node(values, fmt::format("'{}'", name), *original_.find_population(projection.to));
    }

    void lower_projection(const EventProjection& projection, std::size_t number) {
        const bool target = is_lowered(original_, projection.to),
                   source = is_lowered(original_, projection.from);
        if (!target && !source) {
            made_.network.event_projections.push_back(projection);
            return;
        }
        if (projection.synapse)
            throw Error(
                "its synapses have a model, whose events are single spikes; a density or rate has none");
        const Population& from = *original_.find_population(projection.from);
        const Population& to = *original_.find_population(projection.to);
        const double synapses =
            network::expected_synapses(projection.rule, to.size, from.size, projection.from == projection.to);
        const double per_target = synapses / static_cast<double>(to.size);
        const auto stream = static_cast<std::uint16_t>(0x7000 + number % 0x0800);
        const Moments weight = moments(sample(projection.weight, original_.seeds[0], stream, "weights"));
        EventDrive drive{projection.to, projection.target, {}, {}, weight.mean, weight.square};
        if (source) {
            const std::string input = projection.name + ".rate";
            add_input(*models_[index(projection.to)], input);
            add_rates(projection, input, per_target, stream);
            if (target) {
                drive.rate_input = input;
                made_.drives.push_back(drive);
                return;
            }
            if (weight.square != weight.mean * weight.mean)
                throw Error(
                    "its weights differ between synapses; a density or rate sends its events to spiking "
                    "neurons "
                    "with one weight: give a number");
            add_random_events(projection, input, weight.mean);
            return;
        }
        // Spikes are counted, each as the share of all synapses that it reaches.
        drive.count_state = projection.name + ".events";
        add_state(*models_[index(projection.to)], drive.count_state, Unit{});
        EventProjection counting = projection;
        counting.target = drive.count_state;
        counting.rule = {};
        counting.weight = {};
        counting.weight.a = per_target / static_cast<double>(from.size);
        counting.storage = EventProjection::Storage::single;
        if (counting.delay.kind == SynapseValue::Kind::list)
            throw Error(
                "its synapses come from a list with delays of their own, which a density cannot take in; "
                "give "
                "one delay or a distribution");
        made_.network.event_projections.push_back(counting);
        made_.drives.push_back(drive);
    }

    // The rate of a density goes out once for each delay that its synapses have.
    void add_rates(const EventProjection& projection, const std::string& input, double per_target,
                   std::uint16_t stream) {
        std::map<double, double> shares;  // by whole steps
        const std::vector<double> delays = sample(projection.delay, original_.seeds[0],
                                                  static_cast<std::uint16_t>(stream + 0x0800), "delays");
        for (const double delay : delays) {
            if (!(delay >= 0.0))
                throw Error(fmt::format(
                    "a delay of {:.4g} ms would be drawn; give the distribution a bound: min = 0 ms",
                    delay * 1e3));
            shares[std::max(std::nearbyint((delay + projection.dendritic_delay_s) / original_.dt_s), 0.0)] +=
                1.0 / static_cast<double>(delays.size());
        }
        auto edges = std::make_shared<network::Connectivity>();
        const Population& to = *made_.network.find_population(projection.to);
        edges->targets = to.size;
        edges->sources = 1;
        edges->row_begin = {0};
        for (std::size_t row = 0; row < to.size; ++row) {
            for (const auto& [steps, share] : shares) {
                edges->source.push_back(0);
                edges->weight.push_back(share * per_target);
                edges->delay_s.push_back(steps * original_.dt_s);
            }
            edges->row_begin.push_back(edges->source.size());
        }
        network::Projection made;
        made.name = input;
        made.from = projection.from;
        made.source = density::rate_variable;
        made.to = projection.to;
        made.target = input;
        made.coupling = sum_of_signals();
        made.connectivity = edges;
        made_.network.projections.push_back(std::move(made));
    }

    static language::ModelPtr sum_of_signals() {
        static const language::ModelPtr coupling =
            language::parse_model("model sum : coupling\npre = x_pre\npost = gx\n", "<sum>");
        return coupling;
    }

    // Neurons that receive from a density see independent Poisson trains of its rate.
    void add_random_events(const EventProjection& projection, const std::string& input, double weight) {
        network::PoissonInput made;
        made.name = projection.name;
        made.population = projection.to;
        made.target = projection.target;
        made.weight = Values{weight};
        made.rate_input = input;
        made_.network.poisson_inputs.push_back(std::move(made));
    }

    void lower_stimulus(network::Stimulus& stimulus) const {
        if (!is_lowered(original_, stimulus.population)) return;
        const Population& population = *original_.find_population(stimulus.population);
        stimulus.weights = one_node(stimulus.weights, "its weight", population);
        for (auto& parameter : stimulus.parameters)
            parameter.value = one_node(parameter.value, fmt::format("'{}'", parameter.name), population);
        if (stimulus.table && stimulus.table->nodes != 1)
            throw Error(
                fmt::format("its table has a column for each neuron of population '{}'; at level: {} all of "
                            "them are alike: give one column",
                            population.name, name_of(population.level)));
    }

    void lower_poisson(network::PoissonInput& input) const {
        if (!is_lowered(original_, input.population)) return;
        const Population& population = *original_.find_population(input.population);
        input.rate_hz = one_node(input.rate_hz, "its rate", population);
        input.weight = one_node(input.weight, "its weight", population);
        input.sources = one_node(input.sources, "the number of its sources", population);
        for (auto& parameter : input.parameters)
            parameter.value = one_node(parameter.value, fmt::format("'{}'", parameter.name), population);
    }

    void lower_monitor(network::Monitor& monitor) const {
        if (!is_lowered(original_, monitor.population)) return;
        if (monitor.nodes.size() > 1)
            throw Error(
                fmt::format("it records {} neurons of population '{}', which runs at level: {} as one; leave "
                            "out nodes",
                            monitor.nodes.size(), monitor.population,
                            name_of(original_.find_population(monitor.population)->level)));
        monitor.nodes.clear();
    }

    const Network& original_;
    Lowered made_;
    std::vector<std::shared_ptr<language::Model>> models_;
};

}  // namespace

language::ModelPtr with_rate(const language::ModelPtr& model) {
    if (model->find(density::rate_variable) != nullptr)
        throw Error(
            fmt::format("model '{}' has a '{}' of its own, which is what the rate of spikes is called at the "
                        "levels density and rate",
                        model->name, density::rate_variable));
    auto made = std::make_shared<language::Model>(*model);
    add_state(*made, density::rate_variable, hertz);
    return made;
}

Lowered lower(const Network& network) {
    const auto is_plain = [](const Population& p) { return p.level == Level::spiking; };
    if (std::all_of(network.populations.begin(), network.populations.end(), is_plain))
        return {network, {}, {}};
    return Lowering(network).run();
}

}  // namespace neurodyn::engine
