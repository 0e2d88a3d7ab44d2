// SPDX-License-Identifier: BSD-3-Clause
// The same network three times, and the rates of its populations.
#include "experiment/levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "density/equations.hpp"
#include "experiment/report.hpp"
#include "experiment/resources.hpp"

namespace neurodyn::experiment {
namespace {

using Clock = std::chrono::steady_clock;

bool is_reducible(const network::Population& population) {
    return density::threshold_variable(*population.model) != nullptr && !population.given_events;
}

// What is run besides the network belongs to one level.
Experiment bare(const Experiment& experiment) {
    Experiment made = experiment;
    made.monitors.clear();
    made.analyses.clear();
    made.expectations.clear();
    made.tuning = {};
    made.sweep = {};
    for (PopulationSection& population : made.populations) population.level = {};
    return made;
}

std::vector<std::string> reducible_populations(const Experiment& experiment, Resources& resources,
                                               std::vector<std::size_t>& sizes) {
    std::vector<std::string> names;
    for (const network::Population& population : build(experiment, resources).network.populations) {
        if (!is_reducible(population)) continue;
        names.push_back(population.name);
        sizes.push_back(population.size);
    }
    if (names.empty())
        throw Error(
            fmt::format("'{}' has no population of neurons whose only event is a threshold of one variable; "
                        "others run at one level alone",
                        experiment.name));
    return names;
}

void add_monitors(network::Network& network, const std::vector<std::string>& populations, bool spiking,
                  double bin_s) {
    for (const std::string& name : populations) {
        if (spiking) {
            network.event_monitors.push_back(
                {name, name, network.find_population(name)->model->events.front().name});
            continue;
        }
        network::Monitor monitor;
        monitor.name = monitor.population = name;
        monitor.expression = density::rate_variable;
        monitor.every_s = bin_s;
        monitor.average = true;
        network.monitors.push_back(std::move(monitor));
    }
}

std::vector<double> counted(const engine::MemorySink::Events& events, std::size_t bins, double bin_s) {
    std::vector<double> rate(bins, 0.0);
    const double share = 1.0 / (bin_s * static_cast<double>(events.info.nodes));
    for (const double time : events.members.front().time_s) {
        // Times are ends of steps, which may be ends of bins.
        const double bin = std::ceil((time - events.info.first_s) / bin_s - 1e-6) - 1.0;
        rate[std::min(static_cast<std::size_t>(std::max(bin, 0.0)), bins - 1)] += share;
    }
    return rate;
}

double mean_of(const std::vector<double>& values, std::size_t first, std::size_t last) {
    double sum = 0.0;
    for (std::size_t i = first; i < last; ++i) sum += values[i];
    return last > first ? sum / static_cast<double>(last - first) : 0.0;
}

// From the means of ten parts.
double standard_error(const std::vector<double>& rate) {
    constexpr std::size_t parts = 10;
    if (rate.size() < 2 * parts) return 0.0;
    std::vector<double> means;
    for (std::size_t k = 0; k < parts; ++k)
        means.push_back(mean_of(rate, rate.size() * k / parts, rate.size() * (k + 1) / parts));
    const double mean = mean_of(means, 0, parts);
    double squares = 0.0;
    for (const double m : means) squares += (m - mean) * (m - mean);
    return std::sqrt(squares / static_cast<double>(parts * (parts - 1)));
}

LevelRun run_level(Experiment experiment, Resources& resources, const std::string& level,
                   const Levels& levels, const RunSettings& settings) {
    const bool spiking = level == "spiking";
    for (PopulationSection& population : experiment.populations)
        if (std::find(levels.populations.begin(), levels.populations.end(), population.name) !=
            levels.populations.end())
            population.level = {level, population.place};
    const auto start = Clock::now();
    Built built = build(experiment, resources);
    add_monitors(built.network, levels.populations, spiking, levels.bin_s);
    engine::MemorySink sink;
    engine::Simulation simulation(built.network, run_options(experiment, built, settings));
    simulation.run(sink, [&](const engine::Progress& progress) {
        if (settings.on_progress) settings.on_progress("level " + level, progress.done, progress.left_s);
        return !(settings.should_stop && settings.should_stop());
    });
    LevelRun run;
    run.level = level;
    run.wall_s = std::chrono::duration<double>(Clock::now() - start).count();
    const auto bins = static_cast<std::size_t>(built.duration_s / levels.bin_s * (1.0 + 1e-12));
    for (const std::string& name : levels.populations) {
        run.rate_hz.push_back(spiking ? counted(*sink.find_events(name), bins, levels.bin_s)
                                      : sink.find(name)->values);
        run.mean_hz.push_back(mean_of(run.rate_hz.back(), 0, run.rate_hz.back().size()));
        run.error_hz.push_back(spiking ? standard_error(run.rate_hz.back()) : 0.0);
    }
    return run;
}

}  // namespace

Levels run_levels(const std::string& path, const LevelsSettings& settings) {
    const std::unique_ptr<Loaded> loaded = load_experiment(path, settings.run);
    Resources resources(loaded->experiment.directory);
    const Experiment experiment = bare(loaded->experiment);
    Levels levels;
    levels.name = experiment.name;
    levels.bin_s = settings.bin_s;
    levels.first_s = experiment.time.discard_s + settings.bin_s;
    if (!(settings.bin_s > 0.0) || settings.bin_s > experiment.time.duration_s)
        throw Error(fmt::format("bins of {} s do not fit into a run of {} s", settings.bin_s,
                                experiment.time.duration_s));
    levels.populations = reducible_populations(experiment, resources, levels.neurons);
    const std::vector<std::string> all = {"spiking", "density", "rate"};
    for (const std::string& level : settings.levels)
        if (std::count(settings.levels.begin(), settings.levels.end(), level) > 1)
            throw Error(fmt::format("level {} is named twice", level));
    for (const std::string& level : settings.levels.empty() ? all : settings.levels)
        levels.runs.push_back(run_level(experiment, resources, level, levels, settings.run));
    if (loaded->experiment.report.empty() || !can_write_reports()) return levels;
    levels.report = loaded->experiment.report;
    write_report(levels_document(levels, experiment, settings.run), levels.report);
    return levels;
}

}  // namespace neurodyn::experiment
