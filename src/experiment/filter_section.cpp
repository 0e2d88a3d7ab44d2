// SPDX-License-Identifier: BSD-3-Clause
// Reading a filter, its inputs from a file, a list or blocks of draws, and its trajectories as results.
#include "experiment/filter_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/math/table.hpp"
#include "base/random.hpp"
#include "experiment/data_file.hpp"
#include "inference/gaussian_filter.hpp"

namespace neurodyn::experiment {
namespace {

using analysis::Dimension;
using analysis::Result;
using inference::FilterInput;
using inference::FilterState;

constexpr std::uint16_t input_stream = 0xf11;
constexpr std::size_t most_trials = 100'000'000;

struct Phase {
    std::string name;
    std::size_t first = 0, last = 0;  ///< trials, the last one not included
};

struct FilterSpec {
    std::string name;
    Place place, inputs_place;
    inference::GaussianFilter filter;
    std::string file;            ///< of the inputs; empty: they are in `inputs`
    std::vector<double> inputs;  ///< given or drawn
    std::vector<Phase> phases;
    std::vector<Place> phase_places;
    std::size_t lowest() const { return filter.input == FilterInput::binary ? 2 : 1; }
};

FilterState read_state(Section& filter, std::size_t level, Problems& problems) {
    const std::string key = fmt::format("level_{}", level);
    Section section(*filter.get(key), problems, fmt::format("'{}' of {}", key, filter.what()));
    FilterState state;
    for (const auto& [name, into] : {std::pair{"tonic_volatility", &state.tonic_volatility},
                                     {"volatility_coupling", &state.volatility_coupling},
                                     {"mean", &state.mean},
                                     {"precision", &state.precision}})
        if (std::vector<double> values = read_numbers(section, name, problems); !values.empty())
            *into = std::move(values);
    section.finish();
    return state;
}

void read_states(Section& section, FilterSpec& spec, Problems& problems) {
    const std::size_t lowest = spec.lowest();
    for (std::size_t level = lowest; level <= 3; ++level) {
        const std::string key = fmt::format("level_{}", level);
        if (section.get(key) == nullptr) {
            for (std::size_t above = level + 1; above <= 3; ++above)
                if (section.get(fmt::format("level_{}", above)) != nullptr)
                    problems.add(spec.place,
                                 fmt::format("{} has level_{} but no {}", section.what(), above, key));
            break;
        }
        spec.filter.states.push_back(read_state(section, level, problems));
    }
    if (spec.filter.states.empty())
        problems.add(spec.place, fmt::format("{} has no level_{}", section.what(), lowest),
                     fmt::format("for example level_{}: {{tonic_volatility: -3}}", lowest));
}

// Blocks of trials, each with its own probability (binary) or mean and standard deviation (continuous).
std::vector<double> draw(Section& section, const FilterSpec& spec, std::uint64_t seed, Problems& problems) {
    const bool binary = spec.filter.input == FilterInput::binary;
    const std::string key = binary ? "probability" : "mean";
    const std::vector<double> centre = read_numbers(section, key, problems);
    const std::vector<double> length = read_numbers(section, "trials", problems);
    const auto deviation = binary ? std::optional(0.0) : section.number("deviation");
    std::vector<double> values;
    if (centre.size() != length.size() || centre.empty()) {
        problems.add(section.place(),
                     fmt::format("{} needs as many values of '{}' as of 'trials': {} and {}", section.what(),
                                 key, centre.size(), length.size()),
                     "one of each for every block");
        return values;
    }
    if (!deviation || !(*deviation >= 0.0))
        problems.add(section.place(), fmt::format("{} needs a 'deviation' of 0 or more", section.what()));
    for (std::size_t b = 0; b < centre.size(); ++b) {
        if (binary && !(centre[b] >= 0.0 && centre[b] <= 1.0))
            problems.add(section.place(), fmt::format("{}: the probability {} is not between 0 and 1",
                                                      section.what(), centre[b]));
        if (!(length[b] >= 1.0) || length[b] != std::floor(length[b]) ||
            length[b] + static_cast<double>(values.size()) > static_cast<double>(most_trials)) {
            problems.add(section.place(),
                         fmt::format("{}: {} is no number of trials", section.what(), length[b]));
            return values;
        }
        for (std::size_t t = 0; t < static_cast<std::size_t>(length[b]); ++t) {
            const std::uint64_t at = values.size();
            values.push_back(binary ? (uniform_at(seed, input_stream, 0, at) < centre[b] ? 1.0 : 0.0)
                                    : centre[b] +
                                          deviation.value_or(0.0) * normal_at(seed, input_stream, 0, at));
        }
    }
    return values;
}

// inputs: FILE, [1, 0, 1], or {probability: [0.8, 0.2], trials: [100, 100], seed: 3}
void read_inputs(Section& section, FilterSpec& spec, const InferenceContext& context, Problems& problems) {
    const Node* node = section.get("inputs");
    if (node == nullptr)
        return problems.add(spec.place, fmt::format("{} has no 'inputs'", section.what()),
                            "a file, a list, or {probability: [0.8, 0.2], trials: [100, 100]}");
    spec.inputs_place = node->place;
    if (node->kind == Node::Kind::scalar) {
        spec.file = data_path(context.directory, node->text);
    } else if (node->kind == Node::Kind::list) {
        spec.inputs = read_numbers(section, "inputs", problems);
    } else {
        Section drawn(*node, problems, fmt::format("'inputs' of {}", section.what()));
        const std::uint64_t seed = drawn.integer("seed", 0, UINT64_MAX).value_or(context.seed);
        spec.inputs = draw(drawn, spec, seed, problems);
        drawn.finish();
    }
}

// phases: {stable: [0, 100], volatile: [100, 180]}
void read_phases(Section& section, FilterSpec& spec, Problems& problems) {
    const Node* node = section.get("phases");
    if (node == nullptr) return;
    Section phases(*node, problems, fmt::format("'phases' of {}", section.what()));
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
        const std::vector<double> ends = read_numbers(phases, node->keys[i], problems);
        const bool whole = std::all_of(ends.begin(), ends.end(), [](double x) {
            return x >= 0.0 && x == std::floor(x) && x <= static_cast<double>(most_trials);
        });
        if (ends.size() != 2 || !whole || !(ends[0] < ends[1])) {
            problems.add(node->items[i].place,
                         fmt::format("phase '{}' must be [first trial, trial after the last], counted from 0",
                                     node->keys[i]));
            continue;
        }
        spec.phases.push_back(
            {node->keys[i], static_cast<std::size_t>(ends[0]), static_cast<std::size_t>(ends[1])});
        spec.phase_places.push_back(node->items[i].place);
    }
}

class FilterTask : public InferenceTask {
  public:
    explicit FilterTask(FilterSpec spec) : spec_(std::move(spec)) {}

    Result outline(Problems& problems) const override {
        std::vector<double> inputs;
        try {
            inputs = load();
            // A short run finds what is wrong with the parameters.
            inference::run_filter(spec_.filter,
                                  std::span(inputs).first(std::min<std::size_t>(inputs.size(), 1)), false, 1);
            const FilterInput kind = spec_.filter.input;
            for (std::size_t t = 0; kind == FilterInput::binary && t < inputs.size(); ++t)
                if (!std::isnan(inputs[t]) && inputs[t] != 0.0 && inputs[t] != 1.0)
                    throw Error(
                        fmt::format("input {} is {}; a binary filter takes 0, 1 and nan", t, inputs[t]));
        } catch (const inference::FilterPrecisionError&) {
            // The run itself tells of it, with the trial.
        } catch (const Error& error) {
            problems.add(spec_.inputs_place, fmt::format("filter '{}': {}", spec_.name, error.what()));
        }
        for (std::size_t p = 0; p < spec_.phases.size(); ++p)
            if (spec_.phases[p].last > inputs.size())
                problems.add(spec_.phase_places[p],
                             fmt::format("phase '{}' ends at trial {}, but there are {}",
                                         spec_.phases[p].name, spec_.phases[p].last, inputs.size()));
        inference::FilterRun shape;
        shape.trials = inputs.size();
        shape.sets = sets();
        return results(inputs, shape, false);
    }

    Result run(const InferenceRun& run) const override {
        const std::vector<double> inputs = load();
        return results(inputs, inference::run_filter(spec_.filter, inputs, true, run.threads), true);
    }

  private:
    std::size_t sets() const {
        std::size_t most = spec_.filter.input_precision.size();
        for (const FilterState& s : spec_.filter.states)
            for (const auto* values : {&s.tonic_volatility, &s.volatility_coupling, &s.mean, &s.precision})
                most = std::max(most, values->size());
        return most;
    }

    std::vector<double> load() const {
        if (spec_.file.empty()) return spec_.inputs;
        const analysis::Input input = read_data_file(spec_.file, {analysis::InputKind::vector}, {});
        return std::get<analysis::Vector>(input).values;
    }

    // [trial][set] as [set][trial], or as [trial] of the only set.
    static void add(Result& result, const std::string& name, const std::string& doc, const Dimension& along,
                    std::size_t sets, const std::vector<double>& values) {
        analysis::ResultArray array{name, doc, "", {along}, {}};
        if (sets > 1) array.dimensions.insert(array.dimensions.begin(), Dimension{"set", sets});
        array.values.resize(values.size());
        for (std::size_t t = 0; !values.empty() && t < along.size; ++t)
            for (std::size_t s = 0; s < sets; ++s) array.values[s * along.size + t] = values[t * sets + s];
        result.add(std::move(array));
    }

    // The share of a prediction error that the prediction takes up at once. Of a binary input it is the
    // implied learning rate (s(mu_2) - p)/(u - p), of a continuous one pi_u/pi_1 (Mathys et al. 2014, eq. 9);
    // NaN in a missing trial.
    std::vector<double> learning_rate(const std::vector<double>& inputs,
                                      const inference::FilterRun& run) const {
        if (run.states.empty()) return {};
        const bool binary = spec_.filter.input == FilterInput::binary;
        std::vector<double> after = run.states.front().mean;
        if (binary) {
            const double* args[] = {run.states.front().mean.data()};
            math::find_function("sigmoid")->f64(args, after.data(), after.size());
        }
        std::vector<double> rate(after.size());
        for (std::size_t i = 0; i < rate.size(); ++i) {
            const double input = inputs[i / run.sets];
            const std::vector<double>& precision = spec_.filter.input_precision;
            rate[i] =
                binary ? (after[i] - run.prediction[i]) / (input - run.prediction[i])
                       : precision[precision.size() > 1 ? i % run.sets : 0] / run.states.front().precision[i];
            if (std::isnan(input)) rate[i] = input;
        }
        return rate;
    }

    void add_phases(Result& result, const std::string& name, const std::string& doc,
                    const inference::FilterRun& run, const std::vector<double>& values) const {
        if (spec_.phases.empty()) return;
        Dimension phase{"phase", spec_.phases.size()};
        std::vector<double> means;
        for (const Phase& p : spec_.phases) {
            phase.labels.push_back(p.name);
            for (std::size_t s = 0; !values.empty() && s < run.sets; ++s) {
                double sum = 0.0, count = 0.0;
                for (std::size_t t = p.first; t < p.last; ++t) {
                    const double value = values[t * run.sets + s];
                    if (std::isnan(value)) continue;  // missing
                    sum += value;
                    count += 1.0;
                }
                means.push_back(sum / count);
            }
        }
        add(result, "phase_" + name, "mean over each phase: " + doc, phase, run.sets, means);
    }

    Result results(const std::vector<double>& inputs, const inference::FilterRun& run, bool filled) const {
        Result result;
        Dimension trial{"trial", run.trials, "", std::vector<double>(run.trials)};
        std::iota(trial.values.begin(), trial.values.end(), 0.0);
        const std::vector<double> rate = learning_rate(inputs, run);
        const auto along = [&](const std::string& name, const std::string& doc,
                               const std::vector<double>& v) { add(result, name, doc, trial, run.sets, v); };
        along("prediction", "of the input, before it is seen", run.prediction);
        along("surprise", "-ln p(input)", run.surprise);
        along("learning_rate", "share of a prediction error that the prediction takes up", rate);
        for (std::size_t l = 0; l < spec_.filter.states.size(); ++l) {
            const inference::FilterTrajectory state = filled ? run.states[l] : inference::FilterTrajectory{};
            const std::string level = fmt::format("level_{}_", spec_.lowest() + l);
            along(level + "mean", "posterior", state.mean);
            along(level + "precision", "posterior", state.precision);
            along(level + "expected_mean", "prediction", state.expected_mean);
            along(level + "expected_precision", "prediction", state.expected_precision);
            along(level + "value_error", "posterior minus predicted mean", state.value_error);
            along(level + "volatility_error", "volatility prediction error", state.volatility_error);
        }
        const Dimension set{"set", run.sets};
        result.add({"total_surprise", "sum over trials", "",
                    run.sets > 1 ? std::vector<Dimension>{set} : std::vector<Dimension>{},
                    run.total_surprise});
        add_phases(result, "learning_rate", "learning rate", run, rate);
        add_phases(result, "surprise", "surprise", run, run.surprise);
        if (spec_.filter.states.size() > 1)
            add_phases(result, "volatility", "posterior mean of the second Gaussian level", run,
                       filled ? run.states[1].mean : std::vector<double>{});
        result.add_scalar("trials", "how many", static_cast<double>(run.trials));
        result.add({"input", "what was seen", "", {trial}, filled ? inputs : std::vector<double>{}});
        return result;
    }

    FilterSpec spec_;
};

}  // namespace

std::shared_ptr<const InferenceTask> read_filter(const InferenceContext& context, Problems& problems) {
    const std::size_t before = problems.size();
    Section section(context.node, problems, fmt::format("filter '{}'", context.name));
    FilterSpec spec;
    spec.name = context.name;
    spec.place = context.place;
    spec.filter.input = read_choice(section, "input", {"binary", "continuous"}, problems) == 0
                            ? FilterInput::binary
                            : FilterInput::continuous;
    spec.filter.update = read_choice(section, "update", {"standard", "enhanced"}, problems) == 0
                             ? inference::FilterUpdate::standard
                             : inference::FilterUpdate::enhanced;
    if (spec.filter.input == FilterInput::continuous)
        if (std::vector<double> values = read_numbers(section, "input_precision", problems); !values.empty())
            spec.filter.input_precision = std::move(values);
    read_states(section, spec, problems);
    read_inputs(section, spec, context, problems);
    read_phases(section, spec, problems);
    section.finish();
    if (problems.size() > before) return nullptr;
    return std::make_shared<FilterTask>(std::move(spec));
}

}  // namespace neurodyn::experiment
