// SPDX-License-Identifier: BSD-3-Clause
// What is to run: populations of models, projections between them, stimuli and monitors. Plain data, values
// in SI.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "language/model.hpp"
#include "network/connect.hpp"
#include "network/field.hpp"

namespace neurodyn::network {

struct Surface;

/// Values of one quantity for all nodes and all members of a sweep: data[node * members + member].
/// `nodes` is 1 (the same for all) or the population's size; `members` is 1 or the network's.
struct Values {
    std::vector<double> data{0.0};
    std::size_t nodes = 1;
    std::size_t members = 1;

    Values() = default;
    explicit Values(double value) : data{value} {}
    Values(std::vector<double> values, std::size_t node_count, std::size_t member_count);
    double at(std::size_t node, std::size_t member) const {
        return data[(nodes == 1 ? 0 : node) * members + (members == 1 ? 0 : member)];
    }
    bool is_uniform() const { return nodes == 1 && members == 1; }
};

/// Events that are known beforehand: when, and of which node; ascending in time, then node.
struct EventList {
    std::vector<double> time_s;
    std::vector<std::uint32_t> node;
};

/// Where nodes are: x, y and z of each, m; an axis may be left out (empty).
struct Positions {
    std::array<std::vector<double>, 3> axes;
    std::array<double, 3> period{};  ///< after which an axis begins again, for distances; 0: it does not
    bool empty() const { return axes[0].empty() && axes[1].empty() && axes[2].empty(); }
};

/// How a population of spiking neurons is run: neuron by neuron, as the density of infinitely many, or as
/// their stationary rate.
enum class Level : std::uint8_t { spiking, density, rate };

/// What a density or a rate needs to be told.
struct LevelOptions {
    std::size_t cells = 500;       ///< of a density's grid
    std::optional<double> lowest;  ///< lowest potential, SI; a wall. Not given: chosen
    bool finite_jumps = false;     ///< events move a density's potential at once, not as white noise
    double time_constant_s = 0.0;  ///< with which a rate follows; 0: at once
    std::vector<std::string> mean_variables;  ///< variables that are replaced by their means
};

/// Nodes with the same equations. Parameters and initial values that are not set here are the model's own;
/// distributions are drawn per node from the network's seed.
struct Population {
    std::string name;
    language::ModelPtr model;
    std::size_t size = 1;
    std::string method;                        ///< empty: the network's
    std::map<std::string, Values> parameters;  ///< by name, SI
    std::map<std::string, Values> initial;     ///< by state, SI
    /// Steps once in so many network steps, on the mean of its inputs over them (slow observers such as
    /// BOLD).
    std::size_t step_multiple = 1;
    std::vector<std::string> node_names;            ///< empty: "0", "1", ...
    Positions positions;                            ///< for expressions of the experiment
    std::optional<Grid> grid;                       ///< for kernels and laplacian(); of `size` points
    std::shared_ptr<const Surface> surface;         ///< instead of a grid; of `size` vertices
    std::shared_ptr<const EventList> given_events;  ///< of its first event, whose condition never holds then
    Level level = Level::spiking;
    LevelOptions level_options;
};

/// Weighted, delayed edges in rows by target, sources ascending within a row.
struct Connectivity {
    std::size_t targets = 0, sources = 0;
    std::vector<std::uint64_t> row_begin;  ///< targets + 1
    std::vector<std::uint32_t> source;
    std::vector<double> weight;
    std::vector<double> delay_s;  ///< empty: no delay
};
/// From a dense row-major matrix (row = target): its non-zero entries; `delay_s` is empty or of the same
/// shape.
Connectivity from_dense(std::size_t targets, std::size_t sources, const std::vector<double>& weights,
                        const std::vector<double>& delay_s = {});
Connectivity one_to_one(std::size_t size);
Connectivity all_to_all(std::size_t targets, std::size_t sources, double weight);

/// target input += post(sum over edges of weight * pre(source(t - delay), target(t))).
struct Projection {
    std::string name;
    std::string from, source;                  ///< population, and a state, definition or expression of it
    std::string to, target;                    ///< population, and an input of it
    language::ModelPtr coupling;               ///< of kind coupling
    std::map<std::string, Values> parameters;  ///< of the coupling; per target node
    std::shared_ptr<const Connectivity> connectivity;
    std::shared_ptr<const FieldKernel> kernel;  ///< instead of connectivity, between populations of one grid
};

/// Synapses that carry an event of `from` to `to`. Without a model each event adds the synapse's weight to
/// the target variable, after the synapse's delays; else the model says what events do. An event reaches the
/// synapse after the axonal delay, and the target's variable after the dendritic delay on top of it; the
/// target's own events reach the synapse after the dendritic delay.
struct EventProjection {
    std::string name;
    std::string from, event;  ///< population, and an event of it; no event: the synapse has no `on pre`
    std::string to, target;   ///< population, and a variable of it; may be empty with a synapse model
    ConnectionRule rule;
    SynapseValue weight;  ///< SI, unit of the target; not used with a model
    SynapseValue delay;   ///< axonal, s
    double dendritic_delay_s = 0.0;
    language::ModelPtr synapse;  ///< of kind synapse
    std::string back_event;      ///< event of `to` that runs `on post`; empty: the only one, or `spike`
    std::map<std::string, SynapseValue> values;  ///< parameters and initial values of the synapses, SI
    /// How synapses that have a weight and no variables are kept: with it in single or in half precision, or
    /// not at all (procedural: they are drawn again whenever their source sends an event).
    enum class Storage : std::uint8_t { single, half, procedural };
    Storage storage = Storage::single;
    bool operator==(const EventProjection&) const = default;
};

struct Network;

/// True where its synapses are drawn one by one: not where one end is a population at level density or rate.
bool has_synapses(const Network& network, const EventProjection& projection);

/// What the engine keeps of a synapse, at most: of one with a model its variables in double precision, the
/// target, and the target's index.
double bytes_per_synapse(const EventProjection& projection);

/// Adds to an input or a parameter of a population: weights[node] * (expression of t and parameters), or a
/// table.
struct Stimulus {
    struct Table {
        std::vector<double> time_s;  ///< ascending
        std::vector<double> values;  ///< [time][node] or [time]
        std::size_t nodes = 1;       ///< 1 or the population's size
        bool interpolate =
            true;  ///< linear; else the last value holds. Before the first and after the last time: 0
        double at(double t_s, std::size_t node) const;
    };
    struct Parameter {
        std::string name;
        Values value;
        Dimension dimension;
    };
    std::string name;
    std::string population, target;
    std::string
        expression;  ///< of t, dt, its parameters, the population's parameters, xi; empty when `table` is set
    std::vector<Parameter> parameters;
    Values weights{1.0};  ///< per node, dimensionless
    std::shared_ptr<const Table> table;
    std::string file;  ///< where the expression stands, for messages
};

/// Independent Poisson trains, `sources` of them for each node, each of whose events adds `weight` to a
/// state: one draw per node and step.
struct PoissonInput {
    std::string name;
    std::string population, target;  ///< a state
    Values rate_hz{0.0};             ///< of one source
    Values weight{0.0};              ///< SI, unit of the target
    Values sources{1.0};
    std::string rate;  ///< where not empty, instead of rate_hz: an expression of t, its parameters and the
                       ///< population's
    std::vector<Stimulus::Parameter> parameters;
    std::string file;        ///< where the expression stands, for messages
    std::string rate_input;  ///< where not empty, instead of rate_hz: an input of the population, Hz
};

/// Records an expression of a population at every `every_s`.
struct Monitor {
    std::string name;
    std::string population;
    std::string expression;          ///< state, definition, input or expression
    double every_s = 0.0;            ///< a multiple of dt
    bool average = false;            ///< the mean over the interval instead of the value at its end
    std::vector<std::size_t> nodes;  ///< empty: all
};

/// Records the events of a population: when, and which node.
struct EventMonitor {
    std::string name;
    std::string population, event;
    bool operator==(const EventMonitor&) const = default;
};

/// Records an expression of a projection's synapses at every `every_s`. Synapses are numbered by source, then
/// as the rule gives them (Connector::outgoing).
struct SynapseMonitor {
    std::string name;
    std::string projection;
    std::string
        expression;  ///< a variable, definition or parameter of the synapse model, or an expression of them
    double every_s = 0.0;                 ///< a multiple of dt
    std::vector<std::uint64_t> synapses;  ///< ascending; empty: `count` of them
    std::uint64_t count = 0;              ///< evenly spaced; 0: all
    bool operator==(const SynapseMonitor&) const = default;
};

/// Everything that is to run.
struct Network {
    std::vector<Population> populations;
    std::vector<Projection> projections;
    std::vector<EventProjection> event_projections;
    std::vector<Stimulus> stimuli;
    std::vector<PoissonInput> poisson_inputs;
    std::vector<Monitor> monitors;
    std::vector<EventMonitor> event_monitors;
    std::vector<SynapseMonitor> synapse_monitors;
    std::string method;  ///< default of populations; empty: chosen for each
    double dt_s = 1e-4;
    std::size_t members = 1;
    std::vector<std::uint64_t> seeds{0};  ///< one for all members, or one for each

    const Population* find_population(const std::string& name) const;
};

}  // namespace neurodyn::network
