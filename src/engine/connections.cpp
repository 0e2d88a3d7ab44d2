// SPDX-License-Identifier: BSD-3-Clause
// Drawing the rows of a projection, and counting over them.
#include "engine/connections.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <exception>

#include "base/error.hpp"
#include "engine/delivery.hpp"
#include "engine/synapse_values.hpp"

namespace neurodyn::engine {
namespace {

using network::SynapseValue;

constexpr std::size_t sources_at_once = 256;

// Draws of connections share no bits with the noise of the run.
std::uint64_t connection_seed(std::uint64_t seed) {
    constexpr std::uint64_t connections = 0x636f6e6e65637473u;
    return seed ^ connections;
}

std::size_t size_of(const network::Network& network, const std::string& population) {
    return network.find_population(population)->size;
}

// A coupling's edges as a list: they are sorted by target, and asked for by source.
network::Connector listed(const network::Network& network, const network::Projection& projection) {
    const network::Connectivity& c = *projection.connectivity;
    auto edges = std::make_shared<network::EdgeList>();
    edges->source = c.source;
    for (std::size_t target = 0; target < c.targets; ++target)
        edges->target.insert(edges->target.end(), c.row_begin[target + 1] - c.row_begin[target],
                             static_cast<std::uint32_t>(target));
    network::ConnectionRule rule;
    rule.kind = network::ConnectionRule::Kind::edge_list;
    rule.edges = std::move(edges);
    return {std::move(rule),
            size_of(network, projection.to),
            size_of(network, projection.from),
            projection.from == projection.to,
            0,
            0};
}

// What synapses are told in where the neuron's equations say only amp, volt or siemens.
Unit usual_unit(const Unit& declared) {
    if (declared.scale != 1.0) return declared;
    for (const char* name : {"pA", "mV", "nS"})
        if (const Unit unit = parse_unit(name); unit.dimension == declared.dimension) return unit;
    return declared;
}

SynapseValue listed(const std::vector<double>& values) {
    SynapseValue value;
    if (values.empty()) return value;
    value.kind = SynapseValue::Kind::list;
    value.list = values;
    return value;
}

}  // namespace

network::Connector make_connector(const network::Network& network, std::size_t event_projection) {
    const network::EventProjection& projection = network.event_projections[event_projection];
    return {projection.rule,
            size_of(network, projection.to),
            size_of(network, projection.from),
            projection.from == projection.to,
            connection_seed(network.seeds.front()),
            static_cast<std::uint16_t>(event_projection)};
}

std::optional<ChoiceDelays> told_by_place(const network::Network& network,
                                          const network::EventProjection& projection,
                                          const network::Connector& connector, const SynapseValue& weight) {
    if (projection.storage != network::EventProjection::Storage::procedural) return std::nullopt;
    DeliveryEdges edges{projection.name, &connector, &weight, &projection.delay};
    edges.dendritic_steps = delay_steps(edges, projection.dendritic_delay_s, 1.0 / network.dt_s);
    const ChoiceDelays delays{longest_delay_steps(edges, network.dt_s), edges.dendritic_steps};
    return ChoiceLaw::serves(edges, delays.longest) ? std::optional(delays) : std::nullopt;
}

namespace {

// A projection whose synapses are told by their place, behind those that are drawn with it before it
// (ChoiceSynapses makes the same groups); none where they are not.
std::vector<ChoiceRows::Projection> drawn_together(const network::Network& network,
                                                   const network::EventProjection& projection) {
    std::vector<ChoiceRows::Projection> together;
    for (std::size_t i = 0; i < network.event_projections.size(); ++i) {
        const network::EventProjection& other = network.event_projections[i];
        if (other.from != projection.from || other.event != projection.event) continue;
        const bool placed = about(fmt::format("projection '{}'", other.name), [&] {
            const auto weight = other.synapse
                                    ? SynapseValues(other, *join_synapse(network, other)).static_weight()
                                    : other.weight;
            if (!weight) return false;
            const network::Connector connector = make_connector(network, i);
            const auto delays = told_by_place(network, other, connector, *weight);
            if (!delays) return false;
            if (together.size() == ChoiceTable::kinds) together.clear();
            together.push_back(
                {other.name, connector, *weight, other.delay, delays->dendritic, delays->longest});
            return true;
        });
        if (&other != &projection) continue;
        if (!placed) together.clear();
        break;
    }
    return together;
}

}  // namespace

DrawnSynapses::DrawnSynapses(const network::Network& network, const network::EventProjection& projection)
    : name_(projection.name),
      connector_(about(fmt::format("projection '{}'", projection.name),
                       [&] {
                           return make_connector(
                               network,
                               static_cast<std::size_t>(&projection - network.event_projections.data()));
                       })),
      within_(projection.from == projection.to),
      weight_(projection.weight),
      delay_(projection.delay) {
    const language::Model& target = *network.find_population(projection.to)->model;
    const auto static_weight = [&] {
        weight_unit_ = usual_unit(target.find_state(projection.target)->unit);
        auto together = drawn_together(network, projection);
        if (together.empty()) return;
        dendritic_steps_ = together.back().dendritic_steps;
        dt_s_ = network.dt_s;
        choices_ = std::make_shared<ChoiceRows>(std::move(together), dt_s_);
    };
    if (!projection.synapse) {
        static_weight();
        return;
    }
    const language::ModelPtr model = join_synapse(network, projection);
    const SynapseValues values(projection, *model);
    if (const auto weight = values.static_weight()) {
        weight_ = *weight;
        static_weight();
        return;
    }
    const language::Quantity* w = model->find("w");
    if (w == nullptr) return;
    const auto& kept = values.kept_parameters();
    if (const auto uniform = values.uniforms().find("w"); uniform != values.uniforms().end()) {
        weight_ = SynapseValue{};
        weight_.a = uniform->second;
    } else if (std::find(kept.begin(), kept.end(), "w") != kept.end() ||
               (model->find_state("w") && !values.is_computed("w"))) {
        weight_ = values.value("w");
        weight_draw_ = values.draw("w");
    } else {
        return;
    }
    weight_unit_ = usual_unit(w->unit);
}

DrawnSynapses::DrawnSynapses(const network::Network& network, const network::Projection& projection)
    : name_(projection.name),
      connector_(listed(network, projection)),
      within_(projection.from == projection.to),
      weight_unit_(Unit{}),
      weight_(listed(projection.connectivity->weight)),
      delay_(listed(projection.connectivity->delay_s)) {}

void DrawnSynapses::row(std::size_t source, SynapseRow& row) const {
    if (choices_) {
        ChoiceRows::Row drawn;
        choices_->row(source, drawn);
        row.targets = std::move(drawn.targets);
        row.weight.assign(drawn.weights.begin(), drawn.weights.end());
        row.delay_s.clear();
        for (const std::uint32_t steps : drawn.delay_steps)
            row.delay_s.push_back((steps - dendritic_steps_) * dt_s_);
        return;
    }
    about(fmt::format("projection '{}'", name_), [&] {
        row.targets.clear();
        connector_.outgoing(source, row.targets);
        row.delay_s.resize(row.targets.size());
        connector_.values(delay_, delay_draw, source, row.targets, row.delay_s);
        row.weight.resize(weight_unit_ ? row.targets.size() : 0);
        if (weight_unit_) connector_.values(weight_, weight_draw_, source, row.targets, row.weight);
    });
}

// Chan, Golub & LeVeque 1983, doi:10.1080/00031305.1983.10483115.
void Moments::add(const Moments& other) {
    if (other.count == 0.0) return;
    if (count == 0.0) {
        *this = other;
        return;
    }
    const double all = count + other.count, apart = other.mean - mean;
    squares += other.squares + apart * apart * count * other.count / all;
    mean += apart * other.count / all;
    count = all;
    minimum = std::min(minimum, other.minimum);
    maximum = std::max(maximum, other.maximum);
}

Moments moments_of(const std::vector<double>& values) {
    // Four sums side by side, in one order on every machine.
    constexpr std::size_t lanes = 4;
    Moments moments;
    if (values.empty()) return moments;
    const double first = values[0];  // deviations from it are exact where all are the same
    double sum[lanes] = {}, squares[lanes] = {}, low[lanes], high[lanes];
    std::fill_n(low, lanes, first);
    std::fill_n(high, lanes, first);
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double x = values[k], apart = x - first;
        const std::size_t lane = k % lanes;
        sum[lane] += apart;
        squares[lane] += apart * apart;
        low[lane] = x < low[lane] ? x : low[lane];
        high[lane] = x > high[lane] ? x : high[lane];
    }
    moments.count = static_cast<double>(values.size());
    const double all = (sum[0] + sum[1]) + (sum[2] + sum[3]), mean = all / moments.count;
    moments.mean = first + mean;
    moments.squares = std::max(0.0, (squares[0] + squares[1]) + (squares[2] + squares[3]) - all * mean);
    moments.minimum = *std::min_element(low, low + lanes);
    moments.maximum = *std::max_element(high, high + lanes);
    return moments;
}

namespace {

// What one thread counts; sums of whole numbers do not depend on their order.
struct Counts {
    std::vector<std::uint32_t> in_degree, last_source;
    std::uint64_t synapses = 0, autapses = 0, multapses = 0;

    explicit Counts(std::size_t targets) : in_degree(targets), last_source(targets, UINT32_MAX) {}

    void add(std::size_t source, const SynapseRow& row, bool within) {
        const auto number = static_cast<std::uint32_t>(source);
        synapses += row.targets.size();
        for (const std::uint32_t target : row.targets) {
            ++in_degree[target];
            multapses += last_source[target] == number;
            last_source[target] = number;
        }
        if (within)
            autapses +=
                static_cast<std::uint64_t>(std::count(row.targets.begin(), row.targets.end(), number));
    }
};

// Sums of a few sources, added up in their order.
struct Part {
    Moments out_degree, weight, delay_s;
};

}  // namespace

ConnectionStatistics connection_statistics(const DrawnSynapses& synapses, int threads) {
    const std::size_t sources = synapses.sources();
    const std::size_t parts = (sources + sources_at_once - 1) / sources_at_once;
    std::vector<Part> part(parts);
    std::vector<double> in_degree(synapses.targets());
    ConnectionStatistics statistics;
    std::exception_ptr failure;
#pragma omp parallel num_threads(threads > 0 ? threads : omp_get_max_threads())
    {
        Counts counts(synapses.targets());
        SynapseRow row;
#pragma omp for schedule(dynamic)
        for (std::size_t p = 0; p < parts; ++p) {
            try {
                std::vector<double> degrees;
                for (std::size_t s = p * sources_at_once; s < std::min(sources, (p + 1) * sources_at_once);
                     ++s) {
                    synapses.row(s, row);
                    counts.add(s, row, synapses.is_within_population());
                    degrees.push_back(static_cast<double>(row.targets.size()));
                    part[p].weight.add(moments_of(row.weight));
                    part[p].delay_s.add(moments_of(row.delay_s));
                }
                part[p].out_degree = moments_of(degrees);
            } catch (...) {
#pragma omp critical
                failure = std::current_exception();
            }
        }
#pragma omp critical
        {
            for (std::size_t t = 0; t < in_degree.size(); ++t) in_degree[t] += counts.in_degree[t];
            statistics.synapses += counts.synapses;
            statistics.autapses += counts.autapses;
            statistics.multapses += counts.multapses;
        }
    }
    if (failure) std::rethrow_exception(failure);
    for (const Part& p : part) {
        statistics.out_degree.add(p.out_degree);
        statistics.weight.add(p.weight);
        statistics.delay_s.add(p.delay_s);
    }
    statistics.in_degree = moments_of(in_degree);
    return statistics;
}

}  // namespace neurodyn::engine
