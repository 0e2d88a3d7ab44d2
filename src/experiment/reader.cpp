// SPDX-License-Identifier: BSD-3-Clause
// From the document's tree to an Experiment: the system's sections (time, connectome, populations,
// projections, stimuli).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "experiment/expand.hpp"
#include "experiment/inference_section.hpp"
#include "experiment/reader_sections.hpp"
#include "language/builtin.hpp"
#include "network/connectome.hpp"

namespace neurodyn::experiment {
namespace {

constexpr const char* name_rule = "names are letters, digits and underscores, and begin with a letter";

TimeSection read_time(Section& top, Problems& problems) {
    TimeSection time;
    const Node* node = top.get("time");
    if (node == nullptr) {
        problems.add(top.place(), "the experiment has no 'time' section",
                     "for example time: {dt: 0.1 ms, duration: 10 s}");
        return time;
    }
    Section section(*node, problems, "'time'");
    const auto seconds = [&](const std::string& key, double fallback, bool positive) {
        const std::size_t before = problems.size();
        const std::optional<double> value = section.quantity(key, dimensions::time);
        if (!value || problems.size() > before) return fallback;
        if (positive ? *value > 0.0 : *value >= 0.0) return *value;
        problems.add(node->find(key)->place,
                     fmt::format("'{}' must be {}", key, positive ? "longer than 0" : "0 or longer"));
        return fallback;
    };
    time.dt_s = seconds("dt", time.dt_s, true);
    time.discard_s = seconds("discard", 0.0, false);
    if (!section.has("duration"))
        problems.add(node->place, "'time' has no 'duration'", "for example duration: 10 s");
    time.duration_s = seconds("duration", 0.0, true);
    for (const auto& [key, value] : {std::pair{"discard", time.discard_s}, {"duration", time.duration_s}})
        if (value > 0.0)
            check_steps(to_text(*node->find(key)), fmt::format("'{}'", key), value, time.dt_s, problems);
    time.method = section.text_or("method");
    section.finish();
    return time;
}

ConnectomeSection read_connectome(const std::string& name, const Node& node, Problems& problems) {
    ConnectomeSection connectome;
    connectome.name = name;
    if (node.kind == Node::Kind::scalar) {
        connectome.path = to_text(node);
        return connectome;
    }
    Section section(node, problems, fmt::format("'{}'", name));
    connectome.path = section.required_text("path", "a folder of CSV files, or a .zip, .mat or .h5 file");
    connectome.transform = section.text_or("transform");
    connectome.normalise = section.text_or("normalise");
    connectome.scale = section.text_or("scale");
    connectome.lesion = section.texts("lesion");
    connectome.lesion_scale = section.text_or("lesion_scale");
    section.finish();
    if (connectome.lesion.empty() && !connectome.lesion_scale.empty())
        problems.add(connectome.lesion_scale.place,
                     "'lesion_scale' says what a lesion leaves, but there is none",
                     "name regions or networks: lesion: [NAME, ...]");
    const std::string& transform = connectome.transform.value;
    if (!transform.empty() && transform != "none" && transform != "log")
        problems.add(connectome.transform.place,
                     fmt::format("'transform' must be none or log, not '{}'", transform),
                     "log takes log(1 + weight) before the weights are normalised");
    try {
        if (!connectome.normalise.empty()) network::parse_normalisation(connectome.normalise.value);
    } catch (const Error& error) {
        problems.add(connectome.normalise.place, error.what());
    }
    return connectome;
}

std::vector<ConnectomeSection> read_connectomes(Section& top, Problems& problems) {
    std::vector<ConnectomeSection> connectomes;
    if (const Node* one = top.get("connectome"))
        connectomes.push_back(read_connectome("connectome", *one, problems));
    for_each_entry(top, "connectomes", problems,
                   [&](const std::string& name, const Place& place, const Node& node) {
                       if (name == "connectome" && !connectomes.empty())
                           problems.add(place, "'connectome' is given twice, here and as 'connectome:'");
                       connectomes.push_back(read_connectome(name, node, problems));
                   });
    return connectomes;
}

// spikes: FILE, or {file, population}
void read_spikes(Section& section, PopulationSection& population, Problems& problems) {
    const Node* node = section.get("spikes");
    if (node == nullptr) return;
    if (node->kind == Node::Kind::scalar) {
        population.spikes = to_text(*node);
        return;
    }
    Section spikes(*node, problems, "'spikes'");
    population.spikes =
        spikes.required_text("file", "a CSV file with the columns node and time [ms], or HDF5");
    population.spikes_population = spikes.text_or("population");
    spikes.finish();
}

// positions: FILE, {layout: grid, ...}, {file: FILE} or {x: ..., y: ...}
void read_positions(Section& section, PopulationSection& population, Problems& problems) {
    PositionSection& positions = population.positions;
    const Node* node = section.get("positions");
    if (node == nullptr) return;
    positions.place = node->place;
    if (node->kind == Node::Kind::scalar) {
        positions.file = to_text(*node);
        return;
    }
    Section map(*node, problems, fmt::format("'positions' of population '{}'", population.name));
    if (node->kind != Node::Kind::map) return;
    positions.layout = map.text_or("layout");
    positions.file = map.text_or("file");
    positions.periodic = map.boolean("periodic", false);
    for (Setting& setting : section.settings("positions"))
        if (setting.name != "layout" && setting.name != "file" && setting.name != "periodic")
            positions.settings.push_back(std::move(setting));
}

// reduction: {cells: 400, lowest: -20 mV, jumps: finite, time_constant: 5 ms, mean_variables: [w]}
void read_reduction(Section& section, PopulationSection& population, Problems& problems) {
    ReductionSection& reduction = population.reduction;
    const Node* node = section.get("reduction");
    if (node == nullptr) return;
    reduction.place = node->place;
    Section map(*node, problems, fmt::format("'reduction' of population '{}'", population.name));
    if (const auto cells = map.integer("cells", 8, 1'000'000)) reduction.cells = *cells;
    reduction.lowest = map.text_or("lowest");
    reduction.jumps = map.text_or("jumps");
    if (const auto time = map.quantity("time_constant", dimensions::time)) {
        reduction.time_constant_s = *time;
        if (!(*time >= 0.0))
            problems.add(map.text_or("time_constant").place, "a time constant must not be negative");
    }
    reduction.mean_variables = map.texts("mean_variables");
    map.finish();
}

// grid: {shape: 512, length: 20 mm, edges: periodic}, {surface: sphere, radius: 80 mm, subdivisions: 5} or
// {surface: FILE}
void read_grid(Section& section, PopulationSection& population, Problems& problems) {
    const Node* node = section.get("grid");
    if (node == nullptr) return;
    population.grid.given = true;
    population.grid.place = node->place;
    Section map(*node, problems, fmt::format("'grid' of population '{}'", population.name));
    population.grid.surface = map.text_or("surface");
    population.grid.edges =
        population.grid.surface.empty()
            ? map.required_text("edges", "periodic, zero or reflecting; a surface has 'surface' instead")
            : map.text_or("edges");
    for (Setting& setting : section.settings("grid"))
        if (setting.name != "edges" && setting.name != "surface")
            population.grid.settings.push_back(std::move(setting));
}

PopulationSection read_population(const std::string& name, const Place& place, const Node& node,
                                  Problems& problems) {
    PopulationSection population;
    population.name = name;
    population.place = place;
    Section section(node, problems, fmt::format("population '{}'", name));
    population.model = section.text_or("model");
    population.equations = section.text_or("equations");
    population.threshold = section.text_or("threshold");
    population.reset = section.text_or("reset");
    population.refractory = section.text_or("refractory");
    read_spikes(section, population, problems);
    population.has_size = section.has("size");
    population.size = section.text_or("size", "1");
    read_positions(section, population, problems);
    read_grid(section, population, problems);
    population.method = section.text_or("method");
    population.level = section.text_or("level");
    read_reduction(section, population, problems);
    population.set = section.settings("set");
    population.initial = section.settings("initial");
    const int kinds = !population.model.empty() + !population.equations.empty() + !population.spikes.empty();
    if (kinds != 1)
        problems.add(place,
                     fmt::format("population '{}' must have one of 'model', 'equations' and 'spikes'", name),
                     "for example model: wilson_cowan; `neurodyn list models` shows the library");
    if (population.equations.empty())
        for (const Text* text : {&population.threshold, &population.reset, &population.refractory})
            if (!text->empty())
                problems.add(
                    text->place,
                    "threshold, reset and refractory belong to 'equations'; a library model has its own");
    section.finish();
    return population;
}

// connect: all_to_all, or {rule: pairwise_bernoulli, probability: 0.1}
void read_rule(Section& section, ProjectionSection& projection, Problems& problems) {
    const Node* node = section.get("connect");
    if (node == nullptr) return;
    if (node->kind == Node::Kind::scalar) {
        projection.connect = to_text(*node);
        return;
    }
    for (Setting& setting : section.settings("connect")) {
        if (setting.name == "rule")
            projection.connect = setting.value.text();
        else
            projection.connect_settings.push_back(std::move(setting));
    }
    if (projection.connect.empty())
        problems.add(node->place, fmt::format("'connect' of projection '{}' has no 'rule'", projection.name),
                     "for example connect: {rule: pairwise_bernoulli, probability: 0.1}");
}

// synapse: NAME, or Brian2's strings: {model, on_pre, on_post, method}.
void read_synapse(Section& section, ProjectionSection& projection, Problems& problems) {
    const Node* node = section.get("synapse");
    if (node == nullptr) return;
    if (node->kind == Node::Kind::scalar) {
        projection.synapse = to_text(*node);
        return;
    }
    Section strings(*node, problems, fmt::format("'synapse' of projection '{}'", projection.name));
    language::SynapseStrings& into = projection.synapse_strings.emplace();
    into.model = strings.text_or("model").value;
    into.on_pre = strings.text_or("on_pre").value;
    into.on_post = strings.text_or("on_post").value;
    into.method = strings.text_or("method").value;
    strings.finish();
    projection.synapse = {"synapse", node->place};
}

// kernel: an expression, a list, or {file: FILE, unit: 1/mm}
void read_kernel(Section& section, ProjectionSection& projection, Problems& problems) {
    const Node* node = section.get("kernel");
    if (node == nullptr) return;
    if (node->kind != Node::Kind::map) {
        projection.kernel = section.value("kernel");
        return;
    }
    Section file(*node, problems, fmt::format("'kernel' of projection '{}'", projection.name));
    projection.kernel_file =
        file.required_text("file", "a CSV file of weights, the middle one at distance 0");
    projection.kernel_unit = file.required_text("unit", "for example 1/mm, or 1/mm^2 in a plane");
    file.finish();
}

ProjectionSection read_projection(const std::string& name, const Place& place, const Node& node,
                                  Problems& problems) {
    ProjectionSection projection;
    projection.name = name;
    projection.place = place;
    Section section(node, problems, fmt::format("projection '{}'", name));
    projection.from = section.required_text("from", "for example from: cortex.S");
    projection.to = section.required_text("to", "for example to: cortex.S_ext");
    projection.coupling = section.text_or("coupling");
    projection.weights = section.value("weights");
    read_kernel(section, projection, problems);
    projection.delays = section.text_or("delays");
    projection.dendritic_delay = section.text_or("dendritic_delay");
    projection.post_event = section.text_or("post_event");
    read_synapse(section, projection, problems);
    projection.pattern = section.text_or("pattern");
    read_rule(section, projection, problems);
    projection.set = section.settings("set");
    section.finish("parameters of the coupling stand in 'set:'");
    static const std::vector<std::string> patterns = {"connectome", "one_to_one", "all_to_all"};
    if (!projection.pattern.empty() &&
        std::find(patterns.begin(), patterns.end(), projection.pattern.value) == patterns.end())
        problems.add(projection.pattern.place, fmt::format("'{}' is no pattern", projection.pattern.value),
                     "patterns: connectome, one_to_one, all_to_all");
    return projection;
}

void read_stimulus_kind(Section& section, const Node& node, StimulusSection& stimulus, Problems& problems) {
    using Kind = StimulusSection::Kind;
    static const std::vector<std::pair<std::string, Kind>> kinds = {
        {"constant", Kind::constant},
        {"pulse", Kind::pulse},
        {"sine", Kind::sine},
        {"noise", Kind::noise},
        {"ornstein_uhlenbeck", Kind::ornstein_uhlenbeck},
        {"poisson", Kind::poisson},
        {"table", Kind::table},
        {"expression", Kind::expression}};
    std::size_t found = 0;
    for (const auto& [word, kind] : kinds) {
        const Node* value = section.get(word);
        if (value == nullptr) continue;
        ++found;
        stimulus.kind = kind;
        if (kind == Kind::expression) {
            stimulus.expression = section.text_or(word);
        } else if (kind == Kind::constant) {
            if (Value constant = section.value(word); !constant.empty())
                stimulus.settings = {{word, value->place, std::move(constant)}};
        } else if (kind == Kind::table && value->kind == Node::Kind::scalar) {
            stimulus.table = to_text(*value);
        } else if (kind == Kind::table) {
            Section table(*value, problems, "'table'");
            stimulus.table =
                table.required_text("file", "a CSV file: time, then a column for all nodes or one for each");
            stimulus.interpolate = table.boolean("interpolate", true);
            table.finish();
        } else {
            stimulus.settings = section.settings(word);
        }
    }
    if (found == 1) return;
    problems.add(stimulus.place,
                 fmt::format("stimulus '{}' must have exactly one kind, it has {}", stimulus.name, found),
                 "kinds: constant, pulse, sine, noise, ornstein_uhlenbeck, poisson, table, expression");
    static_cast<void>(node);
}

StimulusSection read_stimulus(const std::string& name, const Place& place, const Node& node,
                              Problems& problems) {
    StimulusSection stimulus;
    stimulus.name = name;
    stimulus.place = place;
    Section section(node, problems, fmt::format("stimulus '{}'", name));
    stimulus.to = section.required_text("to", "for example to: cortex.I_ext");
    read_stimulus_kind(section, node, stimulus, problems);
    stimulus.nodes = section.texts("nodes");
    stimulus.weights = section.value("weights");
    section.finish();
    return stimulus;
}

// One letter is a usual name (G, h, J, A), but what stands behind a stroke in this field is not.
bool is_usual_symbol(const std::string& name) {
    return name.size() == 1 && std::string_view("msV").find(name[0]) == std::string_view::npos;
}

// "5 m/s" must not change its meaning because a value is called s.
Settings read_values(Section& top, Problems& problems) {
    const Settings values = top.settings("values");
    for (const Setting& setting : values) {
        const std::string& name = setting.name;
        const bool constant = language::find_constant(name) || language::is_noise_name(name) || name == "t" ||
                              name == "dt" || name == "True" || name == "False";
        const bool unit = find_unit(name) && !is_usual_symbol(name);
        if (!is_name(name))
            problems.add(setting.place, fmt::format("'{}' cannot be a name in 'values'", name), name_rule);
        else if (constant || unit)
            problems.add(setting.place,
                         fmt::format("'{}' cannot be a name in 'values': it is {}", name,
                                     constant ? "known in every expression" : "a unit"),
                         fmt::format("give it a longer name, such as {}_0", name));
    }
    return values;
}

bool infers(const Section& top) {
    const auto& kinds = inference_kinds();
    return std::any_of(kinds.begin(), kinds.end(), [&](const auto& k) { return top.has(k.section); });
}

void read_system(Section& top, Experiment& experiment, Problems& problems) {
    // Inference alone needs neither a time nor populations; what there is of a network must be whole.
    const bool network = !infers(top) || top.has("time") || top.has("populations") ||
                         top.has("projections") || top.has("stimuli") || top.has("monitors") ||
                         top.has("tune") || top.has("sweep");
    if (network) experiment.time = read_time(top, problems);
    experiment.connectomes = read_connectomes(top, problems);
    experiment.values = read_values(top, problems);
    for_each_entry(top, "populations", problems,
                   [&](const std::string& name, const Place& place, const Node& node) {
                       experiment.populations.push_back(read_population(name, place, node, problems));
                   });
    if (network && experiment.populations.empty())
        problems.add(top.place(), "the experiment has no populations",
                     "for example populations: {E: {model: wilson_cowan, size: 1}}");
    for_each_entry(top, "projections", problems,
                   [&](const std::string& name, const Place& place, const Node& node) {
                       for (const auto& [own_name, own] : expand_projection(name, node, problems))
                           experiment.projections.push_back(read_projection(own_name, place, own, problems));
                   });
    for_each_entry(top, "stimuli", problems,
                   [&](const std::string& name, const Place& place, const Node& node) {
                       experiment.stimuli.push_back(read_stimulus(name, place, node, problems));
                   });
}

void read_head(Section& top, Experiment& experiment, Problems& problems) {
    experiment.name = top.text_or("name", std::filesystem::path(experiment.file).stem().string()).value;
    if (experiment.name.empty()) experiment.name = "experiment";
    if (experiment.name.find('/') != std::string::npos)
        problems.add(top.get("name")->place, "the name becomes a file's name and may not contain '/'");
    experiment.title = top.text_or("title").value;
    experiment.description = top.text_or("description").value;
    experiment.seed = top.integer("seed", 0, UINT64_MAX).value_or(0);
    if (const auto precision = top.text("precision")) {
        experiment.precision = precision->value;
        if (experiment.precision != "double" && experiment.precision != "single")
            problems.add(precision->place,
                         fmt::format("precision must be double or single, not '{}'", precision->value));
    }
    experiment.report = top.text_or("report").value;
    experiment.output = top.text_or("output").value;
}

template <class Entry>
const Entry* find_named(const std::vector<Entry>& entries, const std::string& name) {
    for (const Entry& entry : entries)
        if (entry.name == name) return &entry;
    return nullptr;
}

}  // namespace

bool is_name(const std::string& text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

void for_each_entry(Section& top, const std::string& key, Problems& problems,
                    const std::function<void(const std::string&, const Place&, const Node&)>& read) {
    const Node* node = top.get(key);
    if (node == nullptr) return;
    if (node->kind != Node::Kind::map) {
        problems.add(node->place,
                     fmt::format("'{}' is {}, it must be a map of names", key, node->kind_name()));
        return;
    }
    for (std::size_t i = 0; i < node->items.size(); ++i) {
        if (!is_name(node->keys[i]))
            problems.add(node->key_places[i],
                         fmt::format("'{}' cannot be a name in '{}'", node->keys[i], key), name_rule);
        read(node->keys[i], node->key_places[i], node->items[i]);
    }
}

const PopulationSection* Experiment::find_population(const std::string& wanted) const {
    return find_named(populations, wanted);
}
const MonitorSection* Experiment::find_monitor(const std::string& wanted) const {
    return find_named(monitors, wanted);
}
const AnalysisSection* Experiment::find_analysis(const std::string& wanted) const {
    return find_named(analyses, wanted);
}
const InferenceEntry* Experiment::find_inference(const std::string& wanted) const {
    return find_named(inference, wanted);
}

const std::vector<std::string>& experiment_keys() {
    static const std::vector<std::string> keys = [] {
        std::vector<std::string> all = {"name",        "title",      "description", "seed",     "precision",
                                        "time",        "connectome", "connectomes", "values",   "populations",
                                        "projections", "stimuli",    "monitors",    "analyses", "tune",
                                        "sweep",       "expect",     "compare",     "report",   "output"};
        for (const InferenceKind& kind : inference_kinds()) all.push_back(kind.section);
        return all;
    }();
    return keys;
}

Experiment read_experiment(const Document& document) {
    Experiment experiment;
    experiment.file = document.file;
    experiment.directory = std::filesystem::path(document.file).parent_path().string();
    experiment.text = document.text;
    experiment.document = &document;
    Problems problems(document);
    Section top(document.root, problems, "the experiment");
    read_head(top, experiment, problems);
    read_system(top, experiment, problems);
    read_inference(top, experiment, problems);
    read_tuning(top, experiment, problems);
    read_observation(top, experiment, problems);
    for (const AnalysisSection& analysis : experiment.analyses)
        if (const InferenceEntry* entry = experiment.find_inference(analysis.name))
            problems.add(analysis.place,
                         fmt::format("analysis '{0}' has the name of {1} '{0}'", analysis.name, entry->kind),
                         "results are found by name: give one of them another");
    top.finish();
    problems.raise();
    return experiment;
}

}  // namespace neurodyn::experiment
