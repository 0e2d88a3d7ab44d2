// SPDX-License-Identifier: BSD-3-Clause
// What an experiment's YAML says, checked for form: names, types and units of fixed meaning; texts that need
// the connectome or the models are kept as texts with their places.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiment/document.hpp"
#include "language/model.hpp"

namespace neurodyn::experiment {

/// A text of the document and where it stands.
struct Text {
    std::string value;
    Place place;
    bool empty() const { return value.empty(); }
};

/// One text (a number, a quantity, an expression, a name), or a list of them, one for each node.
struct Value {
    std::vector<Text> items;
    bool is_list = false;
    bool empty() const { return items.empty(); }
    const Text& text() const { return items.front(); }
};

struct Setting {
    std::string name;
    Place place;  ///< of the name
    Value value;
};
using Settings = std::vector<Setting>;

struct TimeSection {
    double dt_s = 1e-4, discard_s = 0.0, duration_s = 0.0;
    Text method;
};

struct ConnectomeSection {
    std::string name;          ///< "connectome" when it is the only one
    Text path;                 ///< a folder, .zip, .mat or .h5; empty when `size` or `weights` are given
    Text transform;            ///< none, or log: log(1 + weight), before the weights are normalised
    Text normalise;            ///< none, maximum, spectral_radius, row_sum, mean
    Text scale;                ///< a factor on the weights, an expression
    std::vector<Text> lesion;  ///< regions or networks whose connections are scaled by lesion_scale
    Text lesion_scale;         ///< an expression; 0 when empty
};

/// Where the neurons of a population are: a layout with settings, a file, or expressions of x, y and z.
struct PositionSection {
    Place place;
    Text layout, file;
    Settings settings;
    bool periodic = false;
    bool empty() const { return layout.empty() && file.empty() && settings.empty(); }
};

/// How neurons are reduced at the levels density and rate.
struct ReductionSection {
    Place place;
    std::size_t cells = 500;
    Text lowest, jumps;  ///< jumps: diffusion or finite
    double time_constant_s = 0.0;
    std::vector<Text> mean_variables;
};

/// Evenly spaced points on a line or in a plane, and what lies beyond its edges; or a surface of triangles.
struct GridSection {
    Place place;
    Settings settings;  ///< shape; length or spacing; centre. Of a sphere: radius, subdivisions
    Text surface;       ///< sphere, or a file; empty: a line or a plane
    Text edges;         ///< periodic, zero or reflecting
    bool given = false;
};

struct PopulationSection {
    std::string name;
    Place place;
    Text model;  ///< a library name or a path; empty when `equations` are given
    Text equations, threshold, reset, refractory;
    Text spikes, spikes_population;  ///< a file of spikes, instead of a model; which of its populations
    Text size;                       ///< a number, or the name of a connectome
    bool has_size = false;           ///< it was written
    PositionSection positions;
    GridSection grid;
    Text method;
    Text level;  ///< spiking, density or rate; empty: spiking
    ReductionSection reduction;
    Settings set, initial;
};

struct ProjectionSection {
    std::string name;
    Place place;
    Text from, to;         ///< "population.signal" and "population.input"
    Text coupling;         ///< a library name or a path; empty: linear
    Value weights;         ///< an expression, a number or a file; empty: 1
    Value kernel;          ///< of fields, instead of weights: an expression of r, x and y, or a list
    Text kernel_file;      ///< instead: a CSV file
    Text kernel_unit;      ///< of the file's numbers
    Text delays;           ///< an expression or a quantity; empty: none
    Text dendritic_delay;  ///< of events: on top of the delays, from the synapse to the neuron and back
    Text post_event;  ///< of synapses with `on post`: the event of the target; empty: the only one, or spike
    Text synapse;     ///< a library name or a path; with strings, where they stand
    std::optional<language::SynapseStrings> synapse_strings;
    Text connect;  ///< of events: a rule
    Settings connect_settings;
    Text pattern;  ///< connectome, one_to_one, all_to_all; empty: from the weights
    Settings set;
};

struct StimulusSection {
    enum class Kind { constant, pulse, sine, noise, ornstein_uhlenbeck, poisson, table, expression };
    std::string name;
    Place place;
    Text to;
    Kind kind = Kind::constant;
    Text expression;    ///< of kind expression
    Settings settings;  ///< of the other kinds, e.g. amplitude, start; of kind constant its value
    Text table;         ///< a CSV file
    bool interpolate = true;
    std::vector<Text> nodes;  ///< names, indices or networks; empty: all
    Value weights;
};

struct MonitorSection {
    std::string name;
    Place place;
    Text synapses;  ///< of synapses: how many of them; empty: all
    std::vector<Text> of;
    Text every;  ///< empty: every step
    bool average = false, keep = true, covariance = false;
    std::vector<Text> nodes;
    Text through;  ///< an observer model; empty: none
    Text step;     ///< of the observer; empty: 1 ms
    Settings set;  ///< parameters of the observer
};

struct AnalysisSection {
    std::string name;
    Place place;
    Text analysis;  ///< a row of the table of analyses
    std::vector<std::pair<std::string, Text>> inputs;
    Settings options;
};

class InferenceTask;
/// One entry of an inference section (inference_section.hpp).
struct InferenceEntry {
    std::string name, kind;  ///< kind: the word of its section, "filter"
    Place place;
    std::shared_ptr<const InferenceTask> task;  ///< null when it could not be read
};

struct SweepAxis {
    std::string path;
    Place place;
    std::vector<Node> values;
    std::vector<double> numbers;  ///< of the values, for curves; their index where a value is not a number
    std::string unit;             ///< as written behind the numbers
};

struct SweepSection {
    std::vector<SweepAxis> axes;  ///< empty: no sweep
    bool together = false;        ///< the axes advance together instead of forming a grid
    std::size_t repeats = 1;      ///< runs of each point with other seeds
    std::optional<Text> duration, discard;
    std::optional<Text> choose;  ///< the result to be made best, e.g. "fc.similarity"
    bool maximise = true;
    bool as_written = false;     ///< the experiment runs afterwards, with its own values
    std::vector<Text> analyses;  ///< empty: what `choose` needs, or all
    Place place;
    bool active() const { return !axes.empty(); }
    bool followed_by_run() const { return choose.has_value() || as_written; }
};

/// One parameter that trials adjust, node by node, until the mean of a signal is what it should be.
struct AdjustmentSection {
    Text parameter;  ///< "population.parameter"
    Text mean;       ///< "population.expression", of the same population
    Value target;
    Text within;  ///< a quantity, or a part of the target ("5 %")
    Text step;    ///< the first change; empty: a part of the start value
};

struct TuningSection {
    std::vector<AdjustmentSection> adjustments;  ///< empty: no tuning
    Text discard, duration;                      ///< of one trial
    std::size_t trials = 20;                     ///< at most
    bool required = true;                        ///< a target that is not reached is an error
    Place place;
    bool active() const { return !adjustments.empty(); }
};

struct Expectation {
    Text that;
    std::optional<double> above, below, equals, at_least, at_most;
    double tolerance = 0.0;
    bool relative = false;
    std::string unit;  ///< as written behind the bounds
    std::string from;  ///< where the expected value comes from
    Place place;
};

/// Results held against each other, told and not judged.
struct Comparison {
    Text that;
    std::vector<Text> with;
};

struct Experiment {
    std::string file, directory, text;
    std::string name, title, description;
    std::uint64_t seed = 0;
    std::string precision = "double";
    TimeSection time;
    std::vector<ConnectomeSection> connectomes;
    Settings values;
    std::vector<PopulationSection> populations;
    std::vector<ProjectionSection> projections;
    std::vector<StimulusSection> stimuli;
    std::vector<MonitorSection> monitors;
    std::vector<InferenceEntry> inference;  ///< of all inference sections
    std::vector<AnalysisSection> analyses;
    TuningSection tuning;
    SweepSection sweep;
    std::vector<Expectation> expectations;
    std::vector<Comparison> comparisons;
    std::string report;  ///< empty: none
    std::string output;  ///< empty: NAME.h5

    const Document* document = nullptr;  ///< for messages of later stages; outlives the experiment

    const PopulationSection* find_population(const std::string& name) const;
    const MonitorSection* find_monitor(const std::string& name) const;
    const AnalysisSection* find_analysis(const std::string& name) const;
    const InferenceEntry* find_inference(const std::string& name) const;
    /// Whether a network runs; else there are inference sections alone.
    bool has_network() const { return !populations.empty(); }
};

/// Every problem of the document is found before InputError is thrown with all of them. The document must
/// outlive the result.
Experiment read_experiment(const Document& document);

/// All keys that an experiment's top level knows, for `list` and for documentation tests.
const std::vector<std::string>& experiment_keys();

}  // namespace neurodyn::experiment
