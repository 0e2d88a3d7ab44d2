// SPDX-License-Identifier: BSD-3-Clause
// The course of an experiment: load, sweep, choose, run, analyse, compare, record, report.
#include "experiment/run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>
#include <thread>

#include "engine/connections.hpp"
#include "experiment/inference_section.hpp"
#include "experiment/report.hpp"
#include "experiment/store.hpp"
#include "experiment/sweep.hpp"
#include "language/generative.hpp"

namespace neurodyn::experiment {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void set_scalar(Document& document, const std::string& key, const std::string& text) {
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = text;
    set_value(document, key, node);
}

// The document of the final run: the best point's values set, when the sweep chose one.
Document final_document(const Loaded& loaded, const SweepOutcome& sweep) {
    if (!sweep.best) return loaded.document;
    SweepPoint point = sweep.points[*sweep.best];
    point.repeat = 0;
    return document_at(loaded.document, loaded.experiment, point, false);
}

struct FinalRun {
    const Experiment& experiment;
    const RunSettings& settings;
    Built built;
    Outcome& outcome;
    std::unique_ptr<Collector> collector;
};

// The sweep has tuned the best point already, by the same trials.
void tune_final(FinalRun& run) {
    const TuningPlan& plan = run.built.tuning;
    Outcome& outcome = run.outcome;
    const SweepOutcome& sweep = outcome.sweep;
    if (const auto found = sweep.best ? sweep.tuned.find(*sweep.best) : sweep.tuned.end();
        found != sweep.tuned.end())
        outcome.tuned = found->second;
    else if (auto tuned = run_tuning(run.experiment, run.built, {plan}, run.settings, "tuning", outcome);
             !tuned.empty())
        outcome.tuned = std::move(tuned.front());
    if (!outcome.tuned) return;  // stopped
    outcome.tuning = describe(*outcome.tuned, plan, run.built.network);
    if (!outcome.tuned->reached() && (plan.required || !outcome.tuned->failure.empty()))
        outcome.failure = "tuning failed: " + outcome.tuning;
    else if (!outcome.tuned->reached())
        outcome.notes.push_back("the tuning did not reach its target: " + outcome.tuning);
    if (outcome.failure.empty()) apply_tuning(plan, {*outcome.tuned}, run.built.network);
}

void simulate(FinalRun& run, Store& store) {
    std::set<std::string> seen;
    for (const network::Population& population : run.built.network.populations)
        for (const std::string& problem : language::not_identifiable(*population.model))
            if (seen.insert(problem).second) run.outcome.notes.push_back(problem);
    const auto analyses = analysis_order(run.experiment, run.built, {});
    Collector::Options options;
    options.file = &store.sink();
    options.in_memory = needed_series(analyses, run.experiment, run.built);
    options.previews = true;
    run.collector = std::make_unique<Collector>(run.built, std::move(options));
    run.outcome.ran = true;
    if (!run.experiment.has_network()) return;
    engine::Simulation simulation(run.built.network, run_options(run.experiment, run.built, run.settings));
    run.outcome.populations = simulation.populations();
    try {
        const engine::RunReport report =
            simulation.run(*run.collector, [&](const engine::Progress& progress) {
                if (run.settings.on_progress) run.settings.on_progress("run", progress.done, progress.left_s);
                return !(run.settings.should_stop && run.settings.should_stop());
            });
        run.outcome.setup_s += report.setup_s;
        run.outcome.run_s += report.run_s;
        run.outcome.stopped = report.stopped;
    } catch (const NonFiniteError& error) {
        run.outcome.failure = error.what();
    }
    run.collector->flush();
}

// One entry after the other; one that fails is told like an analysis that does.
AnalysisResults infer(FinalRun& run) {
    const auto start = Clock::now();
    AnalysisResults results;
    for (const InferenceEntry& entry : run.experiment.inference) {
        const auto on_progress = [&](double done) {
            if (run.settings.on_progress)
                run.settings.on_progress(fmt::format("{} {}", entry.kind, entry.name), done, 0.0);
            run.outcome.stopped = run.settings.should_stop && run.settings.should_stop();
            return !run.outcome.stopped;
        };
        if (!on_progress(0.0)) break;
        try {
            results.push_back(
                {entry.name, entry.kind, entry.task->run({threads_of(run.settings), on_progress})});
        } catch (const Error& error) {
            const Diagnostic place = run.experiment.document->problem(entry.place, error.what());
            run.outcome.failed_analyses.push_back(fmt::format("{}:{}: {} '{}': {}", place.file, place.line,
                                                              entry.kind, entry.name, error.what()));
        }
    }
    run.outcome.run_s += seconds_since(start);
    return results;
}

void analyse_final(FinalRun& run) {
    if (run.outcome.stopped || !run.outcome.failure.empty()) return;
    AnalysisResults inferred = infer(run);
    const auto start = Clock::now();
    if (run.settings.on_progress && !run.experiment.analyses.empty())
        run.settings.on_progress("analyses", 0.0, 0.0);
    const auto order = analysis_order(run.experiment, run.built, {});
    run.outcome.results = run_analyses(order, run.experiment, run.built, *run.collector, 0,
                                       run.outcome.failed_analyses, std::move(inferred));
    run.outcome.expectations = compare_expectations(run.experiment, run.outcome.results, run.outcome.sweep);
    run.outcome.comparisons = compare_results(run.experiment, run.outcome.results, run.outcome.sweep);
    run.outcome.analysis_s += seconds_since(start);
}

std::string status_of(const Outcome& outcome) {
    if (outcome.stopped) return "stopped";
    if (!outcome.failure.empty()) return outcome.failure;
    return outcome.failed_analyses.empty()
               ? "complete"
               : fmt::format("complete, but for {}", fmt::join(outcome.failed_analyses, "; "));
}

void finish(FinalRun& run, Store& store, double wall_s) {
    store.add_results(run.outcome.results);
    store.add_sweep(run.experiment, run.built, run.outcome.sweep);
    if (run.outcome.tuned) store.add_tuning(run.built, *run.outcome.tuned);
    store.add_expectations(run.outcome.expectations);
    const std::string document =
        report_document({run.experiment, run.built, run.outcome, run.settings, run.collector.get(), wall_s});
    store.add_report(document);
    store.close(status_of(run.outcome));
    if (run.experiment.report.empty()) return;
    if (!can_write_reports()) {
        run.outcome.notes.push_back(
            "no report: this build has no report page (it needs npm); the run itself is complete");
        return;
    }
    write_report(document, run.experiment.report);
    run.outcome.report = run.experiment.report;
}

void run_final(FinalRun& run, Clock::time_point start, bool simulated) {
    run.outcome.output = run.experiment.output;
    const bool sweep_only = !simulated;
    Store store(run.experiment.output, run.experiment, run.built, run.settings);
    try {
        if (simulated && run.built.tuning.active()) tune_final(run);
        simulated = simulated && !run.outcome.stopped && run.outcome.failure.empty();
        if (simulated) simulate(run, store);
        if (simulated) analyse_final(run);
        if (!simulated && sweep_only && run.outcome.failure.empty())
            run.outcome.expectations = compare_expectations(run.experiment, {}, run.outcome.sweep);
    } catch (const std::exception& error) {
        store.close(error.what());  // what was recorded stays readable
        throw;
    }
    finish(run, store, seconds_since(start));
}

}  // namespace

std::unique_ptr<Loaded> load_experiment(const std::string& path, const RunSettings& settings) {
    auto loaded = std::make_unique<Loaded>();
    loaded->document = settings.text ? parse_document(*settings.text, path) : load_document(path);
    for (const auto& [key, value] : settings.set) set_value(loaded->document, key, value, "--set");
    if (settings.seed) set_scalar(loaded->document, "seed", fmt::format("{}", *settings.seed));
    if (settings.precision) set_scalar(loaded->document, "precision", *settings.precision);
    if (settings.output) set_scalar(loaded->document, "output", *settings.output);
    if (settings.report) set_scalar(loaded->document, "report", *settings.report);
    loaded->experiment = read_experiment(loaded->document);
    return loaded;
}

int threads_of(const RunSettings& settings) {
    return settings.threads > 0 ? settings.threads : static_cast<int>(std::thread::hardware_concurrency());
}

engine::RunOptions run_options(const Experiment& experiment, const Built& built,
                               const RunSettings& settings) {
    engine::RunOptions options;
    options.duration_s = built.duration_s;
    options.discard_s = built.discard_s;
    options.threads = settings.threads;
    options.kernel.backend = settings.backend;
    options.kernel.precision =
        experiment.precision == "single" ? compile::Precision::single : compile::Precision::double_;
    return options;
}

std::vector<Tuned> run_tuning(const Experiment& experiment, const Built& built, std::vector<TuningPlan> plans,
                              const RunSettings& settings, const std::string& stage, Outcome& outcome) {
    const auto start = Clock::now();
    const std::size_t most = plans.front().trials;
    TuningRun run{built.network, std::move(plans), built.observers, run_options(experiment, built, settings)};
    run.on_progress = [&](std::size_t trial, const engine::Progress& progress) {
        if (settings.on_progress)
            settings.on_progress(fmt::format("{}, trial {} of at most {}", stage, trial + 1, most),
                                 progress.done, progress.left_s);
        return !(settings.should_stop && settings.should_stop());
    };
    std::vector<Tuned> tuned = tune(run);
    outcome.tuning_s += seconds_since(start);
    outcome.stopped = tuned.empty();
    return tuned;
}

double estimate_tuning(const Experiment& experiment, const Built& built, std::vector<TuningPlan> plans,
                       const RunSettings& settings) {
    const TuningPlan plan = plans.front();
    engine::RunOptions options = run_options(experiment, built, settings);
    options.duration_s = plan.duration_s;
    options.discard_s = plan.discard_s;
    const network::Network trial = trial_network({built.network, std::move(plans), built.observers, options});
    return engine::Simulation(trial, options).estimate(true).seconds * static_cast<double>(plan.trials);
}

namespace {

namespace fs = std::filesystem;

// Why a file cannot be written; empty when it can.
std::string problem_of_output(const fs::path& file) {
    std::error_code ignored;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (fs::is_directory(file, ignored)) return "is a folder; give the name of a file";
    if (!fs::is_directory(folder, ignored))
        return fmt::format("the folder '{}' does not exist", folder.string());
    const bool writable = access((fs::exists(file, ignored) ? file : folder).c_str(), W_OK) == 0;
    return writable ? "" : "cannot be written; check its permissions";
}

// What a run writes must not replace what it reads, nor one output the other, and must be writable before an
// hour is spent.
void check_outputs(const Experiment& experiment, const std::string& path) {
    Problems problems(*experiment.document);
    const auto plain = [](const std::string& name) { return fs::absolute(name).lexically_normal(); };
    const auto check = [&](const std::string& key, const std::string& file) {
        if (file.empty()) return;
        const Node* node = experiment.document->root.find(key);
        const Place place = node == nullptr ? Place{} : node->place;
        std::error_code ignored;
        if (plain(file) == plain(path) || fs::equivalent(file, path, ignored))
            problems.add(place,
                         fmt::format("'{}' is the experiment itself; give the {} another name", file, key));
        else if (const std::string wrong = problem_of_output(file); !wrong.empty())
            problems.add(place, fmt::format("{} '{}': {}", key, file, wrong));
        else if (key == "report" && plain(experiment.output) == plain(file))
            problems.add(place, fmt::format("'{}' is to be both the file of results and the report", file));
    };
    check("output", experiment.output);
    check("report", experiment.report);
    problems.raise();
}

Outcome run_checked(const Loaded& loaded, Resources& resources, const RunSettings& settings,
                    Clock::time_point start) {
    Outcome outcome;
    outcome.name = loaded.experiment.name;
    const SweepSection& sweep = loaded.experiment.sweep;
    if (sweep.active()) run_sweep(loaded, resources, settings, outcome);
    if (outcome.stopped) return outcome;
    const bool simulated =
        !sweep.active() || outcome.sweep.best.has_value() || (sweep.as_written && outcome.failure.empty());
    const Document document = final_document(loaded, outcome.sweep);
    Experiment experiment = read_experiment(document);
    if (experiment.output.empty()) experiment.output = experiment.name + ".h5";
    FinalRun run{experiment, settings, build(experiment, resources), outcome, nullptr};
    run_final(run, start, simulated);
    return outcome;
}

// "3", "2 to 45", "about 15", in steps.
std::string describe_delays(const network::SynapseValue& delay, double dt_s) {
    using Kind = network::SynapseValue::Kind;
    const auto steps = [&](double time_s) { return std::nearbyint(time_s / dt_s); };
    const auto range = [&](double low, double high) {
        return low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
    };
    if (delay.kind == Kind::list) {
        const auto [low, high] = std::minmax_element(delay.list.begin(), delay.list.end());
        return delay.list.empty() ? "0" : range(steps(*low), steps(*high));
    }
    if (delay.kind == Kind::constant) return fmt::format("{}", steps(delay.a));
    if (delay.kind == Kind::uniform) return range(steps(delay.a), steps(delay.b));
    return fmt::format("about {}", steps(delay.a));
}

// Of expressions: those of some sources.
std::string describe_delays(const engine::DrawnSynapses& synapses, double dt_s) {
    constexpr std::size_t most_rows = 16;
    const std::size_t rows = std::min(most_rows, synapses.sources());
    engine::Moments delays;
    engine::SynapseRow row;
    for (std::size_t k = 0; k < rows; ++k) {
        synapses.row(k * synapses.sources() / rows, row);
        delays.add(engine::moments_of(row.delay_s));
    }
    if (delays.count == 0.0) return "0";
    return fmt::format("about {:.0f} to {:.0f}", delays.minimum / dt_s, delays.maximum / dt_s);
}

// "sphere, 642 vertices, 1280 triangles, 8.004e+04 mm^2"
std::string describe(const network::Surface& surface) {
    constexpr double mm2 = 1e-6;
    return fmt::format("{}, {} vertices, {} triangles, {:.5g} mm^2{}", surface.name, surface.size(),
                       surface.mesh.triangles.size(), surface.total_area() / mm2,
                       surface.open ? ", with a boundary" : "");
}

std::vector<Check::Projection> check_projections(const network::Network& network) {
    std::vector<Check::Projection> rows;
    for (const network::Projection& p : network.projections) {
        network::SynapseValue delays;
        delays.kind = network::SynapseValue::Kind::list;
        delays.list = p.kernel ? p.kernel->delay_s : p.connectivity->delay_s;
        const auto pairs = static_cast<double>(p.kernel ? p.kernel->weight.size() * p.kernel->grid.size()
                                                        : p.connectivity->source.size());
        rows.push_back({p.name, fmt::format("{}.{}", p.from, p.source), fmt::format("{}.{}", p.to, p.target),
                        describe_delays(delays, network.dt_s), pairs, 0.0});
    }
    for (const network::EventProjection& p : network.event_projections) {
        const double synapses =
            network::expected_synapses(p.rule, network.find_population(p.to)->size,
                                       network.find_population(p.from)->size, p.from == p.to);
        const auto place = [](const std::string& population, const std::string& part) {
            return part.empty() ? population : fmt::format("{}.{}", population, part);
        };
        std::string delays = p.delay.kind == network::SynapseValue::Kind::expression
                                 ? describe_delays(engine::DrawnSynapses(network, p), network.dt_s)
                                 : describe_delays(p.delay, network.dt_s);
        if (p.dendritic_delay_s > 0.0) delays += fmt::format(" + {:.0f}", p.dendritic_delay_s / network.dt_s);
        rows.push_back({p.name, place(p.from, p.event), place(p.to, p.target), delays, synapses,
                        network::has_synapses(network, p) ? synapses * network::bytes_per_synapse(p) : 0.0});
    }
    return rows;
}

}  // namespace

Outcome run_experiment(const std::string& path, const RunSettings& settings) {
    const auto start = Clock::now();
    const std::unique_ptr<Loaded> loaded = load_experiment(path, settings);
    Resources resources(loaded->experiment.directory);
    // Everything is checked before anything runs: a wrong name must not cost an hour.
    const Built built = build(loaded->experiment, resources);
    check_analyses(loaded->experiment, built);
    check_results_exist(loaded->experiment);
    if (loaded->experiment.output.empty()) loaded->experiment.output = loaded->experiment.name + ".h5";
    check_outputs(loaded->experiment, path);
    return located(loaded->document, built, [&] { return run_checked(*loaded, resources, settings, start); });
}

Check check_experiment(const std::string& path, const RunSettings& settings) {
    const std::unique_ptr<Loaded> loaded = load_experiment(path, settings);
    Experiment& experiment = loaded->experiment;
    Resources resources(experiment.directory);
    const Built built = build(experiment, resources);
    check_analyses(experiment, built);
    check_results_exist(experiment);
    if (experiment.output.empty()) experiment.output = experiment.name + ".h5";
    check_outputs(experiment, path);
    Check check;
    check.name = experiment.name;
    check.title = experiment.title;
    check.dt_s = built.network.dt_s;
    check.discard_s = built.discard_s;
    check.duration_s = built.duration_s;
    for (const InferenceEntry& entry : experiment.inference)
        check.inference.push_back(fmt::format("{} ({})", entry.name, entry.kind));
    for (const AnalysisSection& analysis : experiment.analyses)
        check.analyses.push_back(fmt::format("{} ({})", analysis.name, analysis.analysis.value));
    if (!experiment.has_network()) return check;
    const auto simulation = located(loaded->document, built, [&] {
        return engine::Simulation(built.network, run_options(experiment, built, settings));
    });
    check.estimate = located(loaded->document, built, [&] { return simulation.estimate(true); });
    check.populations = simulation.populations();
    for (const network::Population& population : built.network.populations) {
        check.sizes.push_back(population.size);
        if (population.surface)
            check.surfaces.push_back(fmt::format("{}: {}", population.name, describe(*population.surface)));
    }
    check.projections = check_projections(built.network);
    for (const auto& [name, role] : built.series) check.series.push_back(name);
    for (const auto& [name, role] : built.events) check.series.push_back(name);
    check.trials = built.tuning.active() ? built.tuning.trials : 0;
    if (built.tuning.active() && !experiment.sweep.active())
        check.tuning_seconds = estimate_tuning(experiment, built, {built.tuning}, settings);
    if (experiment.sweep.active())
        located(loaded->document, built, [&] { estimate_sweep(*loaded, resources, settings, check); });
    return check;
}

}  // namespace neurodyn::experiment
