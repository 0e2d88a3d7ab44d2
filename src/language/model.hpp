// SPDX-License-Identifier: BSD-3-Clause
// A checked model: what the text means, with every equation as a node of one expression graph, in SI.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/units.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::language {

using symbolic::Graph;
using symbolic::NodeId;

enum class Kind { neuron, mass, field, synapse, coupling, generative };
std::string_view to_string(Kind kind);

/// A value drawn for each node: normal(mean, sd), uniform(low, high), lognormal(mean, sd), exponential(mean),
/// gamma(mean, sd); the arguments are expressions of other parameters. Optional bounds: `normal(20 ms, 2 ms,
/// min = 1 ms)` redraws.
struct Distribution {
    enum class Shape { normal, uniform, lognormal, exponential, gamma };
    Shape shape = Shape::normal;
    std::vector<NodeId> arguments;
    NodeId minimum, maximum;  ///< null when unbounded
};

/// What is wrong with a distribution's values ("the standard deviation is negative"); empty: nothing. `b` is
/// the second argument, or the first again.
std::string problem_of(Distribution::Shape shape, double a, double b);

/// What the values of a quantity are. Conditions are kept as 1 and 0; writing an integer cuts what is behind
/// the point.
enum class ValueType : std::uint8_t { real, integer, boolean };

/// What all named quantities of a model share. `unit` is the declared one, used for display and for recorded
/// data.
struct Quantity {
    std::string name;
    Unit unit;
    ValueType type = ValueType::real;
    std::string description;  ///< the comment behind its declaration
    SourceSpan span;
    NodeId symbol;  ///< its symbol in the model's graph
};

/// A constant of the model; `value` holds only parameters that come before it (and constants).
struct Parameter : Quantity {
    NodeId value;  ///< null when `distribution` is set or when the user must give it
    std::optional<Distribution> distribution;
};

/// Projections and stimuli add into it; zero where nothing does, unless `fallback` says otherwise.
struct Input : Quantity {
    NodeId fallback;
};

/// coefficient * xi_name in an equation. Itô unless the method is Stratonovich.
struct Noise {
    std::string name;    ///< "xi" or "xi_name"
    NodeId coefficient;  ///< unit of the variable times s^-1/2
};

/// One dx/dt equation. Definitions and functions are already put in place, so `drift` holds states,
/// parameters, inputs, t only.
struct State : Quantity {
    NodeId drift;
    std::vector<Noise> noise;
    NodeId initial;  ///< of parameters and of states with an initial_distribution (their drawn value); 0 by
                     ///< default
    std::optional<Distribution> initial_distribution;
    bool held_when_refractory = false;  ///< Brian2's (unless refractory)
};

/// name = expression: a named algebraic quantity that can be recorded and projected.
struct Definition : Quantity {
    NodeId value;  ///< with other definitions put in place
};

/// variable = / += / -= / *= / /= expression; executed in order.
struct Statement {
    std::string variable;
    NodeId value;  ///< the new value, in terms of the values before this statement
    SourceSpan span;
};

/// Under this name a graph has 1 while the node is refractory, as the step began, and 0 else (Brian2's
/// not_refractory).
inline constexpr const char* refractory_symbol = "refractory:now";

/// What happens when a condition becomes true at the end of a step.
struct Event {
    std::string name;  ///< "spike" by default
    NodeId condition;
    std::vector<Statement> reset;
    NodeId refractory_time;          ///< null: none
    NodeId refractory_condition;     ///< null: none; the event cannot happen again while it holds
    bool spike_step_counts = false;  ///< the step of the event is the first of the refractory time, as in
                                     ///< Brian2
    SourceSpan span;
};

/// rand() or randn() in an event: a number that the engine draws for each node and step, under a symbol of
/// this name. In an expression given from outside: a number for each thing that it is evaluated for.
struct Draw {
    std::string name;
    bool is_normal = false;  ///< else uniform between 0 and 1
};

/// laplacian(argument): under this symbol the engine puts the sum of second differences of the argument along
/// the axes of the population's grid.
struct Laplacian {
    std::string name;
    NodeId argument;  ///< of states, parameters and the time
};

/// stationary_rate(NEURON, NAME = value, NAME = between(x, low, high), ...): the stationary rate of the
/// neurons of another text, as a function of one or two of their parameters and inputs. In the graph it is a
/// spline of third order over a table that whoever knows the other text fills (Graph::fill,
/// density/rate_table.hpp).
struct RateTable {
    struct Setting {
        std::string name;  ///< of a parameter or an input of the neurons
        Dimension dimension;
        double low = 0.0, high = 0.0;  ///< SI; the same where the value is fixed
        SourceSpan span;
    };
    std::string neuron;
    std::vector<Setting> axes, fixed;
    std::uint32_t table = 0;  ///< of the graph
    SourceSpan span;
};

/// What stands in a RateTable's table before the coefficients: for each axis the steps per unit and the
/// number of intervals n. The coefficients are (n + 3) for each axis, the first axis varying fastest.
inline constexpr std::size_t rate_table_header = 4;

/// A coupling (kind `coupling`): target input += post(sum_j weight_ij * pre(source_j(t - delay),
/// target_i(t))). Its text has parameters and two lines, `pre = ...` and `post = ...`. Symbols: in `pre`,
/// `x_pre` (the source's signal) and `x_post` (the target's variable, by default the one with the source
/// variable's name); in `post`, `gx` (the sum), `x_post`, and parameters. Units of a coupling are checked
/// when it is joined to two populations, so x_pre, x_post and gx take any unit there.
struct Coupling {
    NodeId pre, post;
};

/// Whose variable a name in a synapse's text is: the synapse's own, one of the neuron before or behind it, or
/// (in Brian2's strings) a name that lives only within one list of statements.
enum class Side : std::uint8_t { synapse, pre, post, local };

/// How a synapse's own variable (Model::states, by index) changes while no event reaches the synapse.
struct SynapseVariable {
    enum class Advance : std::uint8_t {
        constant,  ///< not at all; `w : nS`
        clock,     ///< by its drift, in every step
        event,     ///< by its drift, brought up to date when an event arrives: see `after`
    };
    Advance advance = Advance::constant;
    bool is_constant = false;  ///< flag (constant): no statement writes it
    NodeId after;  ///< Advance::event: its exact value a time `since` later, of variables and parameters now
};

/// A statement of `on pre` or `on post`. They are executed in order, each with what the ones before it left.
struct SynapseStatement {
    std::string variable;  ///< without suffix
    Side side = Side::synapse;
    NodeId symbol;  ///< of the variable; a population's is named NAME_pre or NAME_post
    NodeId value;   ///< the new value, in terms of the values before this statement
    NodeId added;   ///< the value is variable + added (`+=`, `-=`); null for other statements
    SourceSpan span;
};

/// NAME_post = expression : unit (summed): in each step the variable of a neuron is the sum over its
/// synapses.
struct Summed {
    std::string variable;  ///< without suffix
    Side side = Side::post;
    Unit unit;
    NodeId value;
    SourceSpan span;
};

/// A variable of a joined population that the synapse names.
struct External {
    std::string name;  ///< without suffix
    Side side = Side::post;
    NodeId symbol;  ///< NAME_pre or NAME_post
    bool read = false, written = false, summed = false;
    SourceSpan span;  ///< where it is named first
};

/// A Brian2-style synapse: model equations, statements of a presynaptic and a postsynaptic spike, and values
/// for the names that it takes from the namespace.
struct SynapseStrings {
    std::string name = "synapse";
    std::string model, on_pre, on_post, method;
    std::vector<std::pair<std::string, std::string>> values;
};

/// What a model of kind `synapse` has beside parameters, states (its own variables) and definitions. Names of
/// the joined populations are symbols NAME_pre and NAME_post; what they are is known once check_synapse has
/// joined them.
struct Synapse {
    std::vector<SynapseVariable> variables;  ///< one for each of Model::states
    std::vector<SynapseStatement> on_pre, on_post;
    std::vector<Summed> summed;
    std::vector<External> externals;
    bool is_joined = false;                 ///< units and names of the populations are known and checked
    std::optional<SynapseStrings> strings;  ///< what it was read from, when not from a file
};

/// A model: text made meaning. Immutable once checked; all values SI.
struct Model {
    std::string name;
    Kind kind = Kind::mass;
    std::string reference;    ///< the comment at the head: paper, doi
    std::string source_file;  ///< or "<equations>"
    std::string source_text;
    Graph graph;
    std::vector<Parameter> parameters;
    std::vector<Input> inputs;
    std::vector<State> states;
    std::vector<Definition> definitions;
    std::vector<Event> events;
    std::vector<Draw> draws;  ///< of the events
    std::vector<Laplacian> laplacians;
    std::vector<RateTable> rate_tables;
    std::optional<Coupling> coupling;
    std::optional<Synapse> synapse;
    bool from_strings = false;  ///< Brian2's: sums over synapses may fill parameters
    std::vector<std::string>
        outputs;                 ///< `outputs` section, or all states: what a monitor records by default
    std::string default_method;  ///< `method` line; empty: the engine chooses

    const Parameter* find_parameter(std::string_view name) const;
    const Input* find_input(std::string_view name) const;
    const State* find_state(std::string_view name) const;
    const Definition* find_definition(std::string_view name) const;
    /// The declared quantity of any kind with that name, or null.
    const Quantity* find(std::string_view name) const;
    std::vector<std::string> names() const;  ///< of everything that can be recorded or set, for suggestions
};

using ModelPtr = std::shared_ptr<const Model>;

/// Reads and checks a model file's text: every problem is found before InputError is thrown with all of them.
ModelPtr parse_model(std::string_view text, std::string file);
ModelPtr load_model(const std::string& path);

/// A Brian2-style model: equation string, threshold, reset, refractory (a time or a condition), and values
/// for the names that it takes from the namespace ("tau": "10 ms"). Unknown names that are not in `values`
/// are reported together.
struct EquationStrings {
    std::string name = "equations";
    std::string equations, threshold, reset, refractory, method;
    std::vector<std::pair<std::string, std::string>> values;
};
ModelPtr parse_equations(const EquationStrings& strings);

/// Reads the coupling again with its signals' dimensions known: the dimension of post, with weights and their
/// sum without unit. Throws InputError with carets into the coupling's text when the units do not fit.
Dimension coupling_dimension(const Model& coupling, const Dimension& x_pre, const Dimension& x_post);

/// An expression given from outside (coupling, stimulus, monitor, `set:` of an experiment), read in the scope
/// of named quantities.
struct ScopeEntry {
    std::string name;
    NodeId node;
    Dimension dimension;
    bool any_dimension = false;  ///< takes any unit, as the signals of a coupling do
};
struct Expression {
    NodeId node;
    Dimension dimension;
    bool any_dimension = false;  ///< a literal 0, or made of entries that take any unit
};
/// Builds the expression in `graph`; t and dt are known when the scope does not name them. Throws InputError
/// with carets into `text`; `file` names where it stands. With `draws` it may call rand() and randn(): each
/// call is a symbol of its own, named in `draws` in the order of the calls.
Expression parse_expression(std::string_view text, const std::string& file, Graph& graph,
                            const std::vector<ScopeEntry>& scope, std::vector<Draw>* draws = nullptr);

}  // namespace neurodyn::language
