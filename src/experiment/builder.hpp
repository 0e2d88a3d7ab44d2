// SPDX-License-Identifier: BSD-3-Clause
// The state that the parts of build() share.
#pragma once

#include <optional>

#include "experiment/build.hpp"
#include "network/connect_expression.hpp"

namespace neurodyn::experiment {

class Builder {
  public:
    Builder(const Experiment& experiment, Resources& resources, const BuildOptions& options)
        : experiment_(experiment),
          resources_(resources),
          options_(options),
          problems_(*experiment.document) {}
    Built run();

  private:
    // build.cpp
    void load_connectomes();
    void add_values();
    void add_population(const PopulationSection& section);
    void set_population(const PopulationSection& section);
    // build_levels.cpp
    bool set_level(const PopulationSection& section, network::Population& population);
    void set_reduction(const PopulationSection& section, network::Population& population);
    language::ModelPtr load(const Text& name, const std::string& what, bool coupling);
    void check_method(const Text& method);
    void read_spikes(const PopulationSection& section, network::Population& population);
    std::size_t read_size(const PopulationSection& section, network::Population& population);
    /// Evaluates one parameter or initial value into `values`.
    void assign(const Setting& setting, const language::Quantity& quantity, const std::string& what,
                std::size_t nodes, const Scope& scope, std::map<std::string, network::Values>& values,
                Scope* own);
    /// A problem where a value is negative, or 0 when it must be positive.
    void check_range(const Setting& setting, const network::Values& values, bool positive,
                     const std::string& what);
    /// Every parameter of a model needs a value of its own or one from the document.
    void check_given(const language::Model& model, const std::map<std::string, network::Values>& given,
                     const Place& place, const std::string& what);
    void unknown_setting(const Setting& setting, const language::Model& model, const std::string& what,
                         bool initial);
    // build_positions.cpp
    Scope node_scope(const network::Population& population) const;
    std::vector<double> read_axes(const Setting& setting, const Dimension& dimension, const char* unit,
                                  const std::string& what);
    std::vector<double> read_lengths(const Setting& setting, const std::string& what);
    std::optional<network::Positions> place_grid(const PositionSection& section, std::size_t size,
                                                 const std::string& what);
    std::optional<network::Positions> place_layout(const PositionSection& section, std::size_t size,
                                                   const std::string& what);
    bool check_layout(const PositionSection& section, const std::string& what);
    std::optional<network::Positions> place_expressions(const PositionSection& section,
                                                        const network::Population& population,
                                                        const std::string& what);
    std::optional<network::Positions> place_file(const PositionSection& section, std::size_t size,
                                                 const std::string& what);
    void place(const PopulationSection& section, network::Population& population);
    // build_fields.cpp
    bool read_grid(const PopulationSection& section, network::Population& population);
    bool check_size(const PopulationSection& section, std::size_t points, const std::string& what);
    std::vector<std::size_t> read_shape(const Setting& setting, const std::string& what);
    std::vector<double> read_spacing(const GridSection& section, const std::vector<std::size_t>& shape,
                                     const std::string& what);
    bool has_kernel(const ProjectionSection& section) const;
    void connect_kernel(const ProjectionSection& section, network::Projection& projection);
    std::optional<std::vector<double>> of_displacements(const Text& text, const network::Grid& grid,
                                                        const Wanted& wanted);
    std::optional<std::vector<double>> listed_kernel(const ProjectionSection& section,
                                                     const network::Grid& grid, const std::string& what);
    void check_reach(const Text& text, const network::Grid& grid, const std::vector<double>& weights,
                     const Wanted& wanted);
    // build_surfaces.cpp
    bool read_surface(const PopulationSection& section, network::Population& population);
    std::shared_ptr<const network::Surface> make_sphere(const PopulationSection& section,
                                                        const std::string& what);
    void connect_on_surface(const ProjectionSection& section, network::Projection& projection);
    SurfaceKernelKey surface_kernel_key(const ProjectionSection& section,
                                        const network::Surface& surface) const;
    std::shared_ptr<const network::Connectivity> make_surface_kernel(const ProjectionSection& section,
                                                                     const network::Surface& surface,
                                                                     const std::string& what);
    bool check_surface_kernel(const ProjectionSection& section, const std::string& what);
    // build_inline.cpp
    std::string inline_value(const Setting& setting, std::size_t nodes, const Scope& scope);
    void add_inline_problem(const PopulationSection& section, const Diagnostic& diagnostic);
    language::ModelPtr inline_model(const PopulationSection& section, const network::Population& population);
    // build_projections.cpp
    void add_coupling(const ProjectionSection& section);
    bool misses_event(const ProjectionSection& section, const std::string& what);
    void check_units(const ProjectionSection& section, const network::Projection& projection,
                     const Dimension& sent);
    void check_delays(const ProjectionSection& section, const network::Connectivity& connectivity);
    void connect(const ProjectionSection& section, network::Projection& projection);
    bool fits_memory(const ProjectionSection& section, std::size_t targets, std::size_t sources);
    std::optional<network::Connectivity> dense(const ProjectionSection& section, std::size_t targets,
                                               std::size_t sources, const Array& weights);
    std::optional<network::Connectivity> paired(const ProjectionSection& section, std::size_t size,
                                                const Array& weights);
    std::optional<Array> read_weights(const ProjectionSection& section, std::size_t targets,
                                      std::size_t sources);
    std::optional<Array> read_delays(const ProjectionSection& section, std::size_t targets,
                                     std::size_t sources);
    // build_events.cpp
    const language::Event* find_event(const Text& text);
    std::optional<Reference> resolve_state(const Text& text, const std::string& what);
    bool has_synapses(const ProjectionSection& section);
    void add_event_projection(const ProjectionSection& section);
    void add_poisson(const StimulusSection& section);
    void add_event_monitor(const MonitorSection& section, const Text& of);
    // build_rules.cpp
    void read_edge_list(const ProjectionSection& section, const Unit* unit,
                        network::EventProjection& projection);
    void read_matrix_entries(const ProjectionSection& section, const Text& text, const Unit* unit,
                             network::EventProjection& projection);
    void read_synapse_file(const ProjectionSection& section, const Unit* unit,
                           network::EventProjection& projection);
    bool read_rule_number(const Setting& setting, const std::string& what,
                          network::EventProjection& projection);
    void read_rule_flag(const Setting& setting, network::ConnectionRule& rule);
    bool read_rule(const ProjectionSection& section, network::EventProjection& projection);
    // build_pairs.cpp
    bool names_pair(const Text& text) const;
    /// The populations whose neurons an expression is of, and whether their parameters are known.
    struct PairOf {
        std::string from, to;
        bool parameters = true;
    };
    std::optional<std::vector<network::NodeQuantity>> quantities(const network::Population& of,
                                                                 bool parameters);
    bool check_positions(const Text& text, const std::string& what, const PairOf& pair);
    std::optional<network::NodeScope> pair_scope(const Text& text, const std::string& what,
                                                 const PairOf& pair);
    std::shared_ptr<const network::NodeExpression> pair_expression(const Text& text, const Unit& unit,
                                                                   const std::string& what,
                                                                   const PairOf& pair);
    std::optional<Array> pair_matrix(const Text& text, const Unit& unit, const std::string& what,
                                     const ProjectionSection& section, bool one_to_one);
    std::optional<double> read_scalar(const Text& text, const Dimension& dimension, const std::string& unit,
                                      const std::string& what);
    std::optional<network::SynapseValue> read_synapse_draw(const Text& text, const DistributionCall& call,
                                                           const Unit& unit, const std::string& what,
                                                           const network::EventProjection& projection);
    std::optional<network::SynapseValue> read_pair_draw(const Text& of_pair, const std::string& distribution,
                                                        const std::vector<Text>& arguments, const Unit& unit,
                                                        const std::string& what,
                                                        const network::EventProjection& projection,
                                                        network::SynapseValue value);
    std::optional<network::SynapseValue> read_synapse_value(const Text& text, const Unit& unit,
                                                            const std::string& what,
                                                            const network::EventProjection& projection);
    bool read_synapse_delays(const ProjectionSection& section, const std::string& what,
                             network::EventProjection& projection);
    // build_synapses.cpp
    language::ModelPtr load_synapse(const ProjectionSection& section, const std::string& what);
    void add_synapse_problems(const ProjectionSection& section, const InputError& error);
    std::optional<Reference> resolve_target(const Text& text, const std::string& what);
    void add_synapse_projection(const ProjectionSection& section);
    void set_synapse(const ProjectionSection& section, const language::Model& model, const std::string& what,
                     network::EventProjection& projection);
    bool add_synapse_monitor(const MonitorSection& section, const Text& of);
    void add_synapse_series(const MonitorSection& section, const network::EventProjection& projection,
                            const std::string& expression, const std::string& name);
    // check_synapses.cpp
    void add_synapses(const ProjectionSection& section, network::EventProjection projection);
    void check_pairs(const ProjectionSection& section, std::size_t index);
    void check_row_delays(const Text& text, std::size_t source, const std::vector<std::uint32_t>& targets,
                          const std::vector<double>& delays);
    void check_rule(const ProjectionSection& section, const network::EventProjection& projection);
    void check_memory();
    void check_synapse_delay(const ProjectionSection& section, const network::SynapseValue& delay);
    // build_stimuli.cpp
    void add_stimulus(const StimulusSection& section);
    std::vector<network::Stimulus::Parameter> named_values(const std::string& expression,
                                                           const network::Population& target) const;
    void add_process(const StimulusSection& section, network::Stimulus& stimulus, const Unit& unit);
    void check_pulse(const StimulusSection& section, const network::Stimulus& stimulus);
    void check_expression(const StimulusSection& section, const network::Stimulus& stimulus,
                          const network::Population& target, const language::Quantity& quantity);
    std::string stimulus_expression(const StimulusSection& section, network::Stimulus& stimulus,
                                    const Unit& unit);
    std::optional<std::vector<std::size_t>> select_nodes(const std::vector<Text>& nodes,
                                                         const network::Population& population,
                                                         const std::string& what);
    /// Indices of nodes by number, name or network; nothing, and a problem "`missing` 'NAME'", for others.
    std::optional<std::vector<std::size_t>> select_named(const std::vector<Text>& nodes, std::size_t size,
                                                         const std::vector<std::string>& names,
                                                         const std::vector<std::string>& networks,
                                                         const std::string& missing);
    // build_monitors.cpp
    void add_monitor(const MonitorSection& section);
    void add_series(const MonitorSection& section, const std::string& name, const std::string& population,
                    const std::string& expression, const std::string& source,
                    const std::vector<std::size_t>& nodes);
    std::string add_observer(const MonitorSection& section, const Reference& from);
    // build_tuning.cpp
    void add_tuning(const TuningSection& section);
    std::optional<TuningGoal> read_goal(const AdjustmentSection& section);
    std::optional<std::string> tuned_parameter(const Text& text, const network::Population& population);
    void read_target(const AdjustmentSection& section, const network::Population& population,
                     const Dimension& dimension, TuningGoal& goal);

    double read_interval(const Text& text, const std::string& what, double fallback);

    /// The population and expression that a text names; a problem when the population or a plain name does
    /// not exist.
    std::optional<Reference> resolve(const Text& text, const std::string& what, bool target);
    /// The dimension of an expression of a population; a problem under the part that is wrong.
    std::optional<Dimension> dimension_of(const Text& text, const Reference& reference,
                                          const std::string& what);
    network::Population* population(const std::string& name);
    /// What is wrong in a file keeps its place there; all else stands at `text`.
    void failed(const Text& text, const Error& error);
    std::uint32_t stream(const std::string& name) const;

    const Experiment& experiment_;
    Resources& resources_;
    const BuildOptions& options_;
    Problems problems_;
    Scope scope_;
    Built built_;
};

}  // namespace neurodyn::experiment
