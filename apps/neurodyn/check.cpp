// SPDX-License-Identifier: BSD-3-Clause
// neurodyn check: reads everything, checks names and units, and tells what a run would cost.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "commands.hpp"
#include "run_options.hpp"

namespace neurodyn::app {
namespace {

void print_projections(const experiment::Check& c) {
    if (c.projections.empty()) return;
    std::vector<std::vector<std::string>> rows = {
        {"projection", "from", "to", "connections", "delays (steps)", "synapses"}};
    for (const experiment::Check::Projection& p : c.projections)
        rows.push_back({p.name, p.from, p.to, fmt::format("{:.0f}", p.connections), p.delays,
                        p.bytes > 0.0 ? format_bytes(p.bytes) : ""});
    fmt::print("{}", format_table(rows));
}

void print_network(const experiment::Check& c) {
    std::vector<std::vector<std::string>> rows = {
        {"population", "model", "nodes", "method", "states", "inputs", "kernel"}};
    for (std::size_t i = 0; i < c.populations.size(); ++i) {
        const engine::PopulationReport& p = c.populations[i];
        rows.push_back({p.name, p.model, fmt::format("{}", i < c.sizes.size() ? c.sizes[i] : 0), p.method,
                        fmt::format("{}", fmt::join(p.states, " ")),
                        fmt::format("{}", fmt::join(p.inputs, " ")),
                        fmt::format("{}, {} lanes", p.kernel.backend, p.kernel.width)});
    }
    fmt::print("{}", format_table(rows));
    for (const std::string& surface : c.surfaces) fmt::print("surface      {}\n", surface);
    print_projections(c);
    fmt::print("time         {} discarded, {} recorded, dt {} s\n", format_duration(c.discard_s),
               format_duration(c.duration_s), c.dt_s);
    fmt::print("records      {}\n",
               c.series.empty() ? "nothing" : fmt::format("{}", fmt::join(c.series, ", ")));
    if (!c.analyses.empty()) fmt::print("analyses     {}\n", fmt::join(c.analyses, ", "));
    if (c.sweep_points > 0)
        fmt::print("sweep        {} points in {} run{}, about {}\n", c.sweep_points, c.sweep_runs,
                   c.sweep_runs == 1 ? "" : "s", format_duration(c.sweep_seconds));
    if (c.trials > 0)
        fmt::print("tuning       at most {} trials{}, about {}\n", c.trials,
                   c.sweep_runs > 1 ? " in each run" : "", format_duration(c.tuning_seconds));
    fmt::print("edges        {}, longest delay {} steps\n", c.estimate.edges, c.estimate.longest_delay_steps);
    fmt::print("memory       {}\n", format_bytes(static_cast<double>(c.estimate.memory_bytes)));
    fmt::print("file         about {}\n", format_bytes(static_cast<double>(c.estimate.record_bytes)));
    fmt::print("run          about {}\n", format_duration(c.estimate.seconds));
}

int check(const RunArguments& arguments) {
    const experiment::Check c = experiment::check_experiment(arguments.file, to_settings(arguments));
    if (arguments.quiet) return success;
    fmt::print("{}{}\n", c.name, c.title.empty() ? "" : ": " + c.title);
    if (!c.inference.empty()) fmt::print("inference    {}\n", fmt::join(c.inference, ", "));
    if (c.populations.empty()) {
        if (!c.analyses.empty()) fmt::print("analyses     {}\n", fmt::join(c.analyses, ", "));
        return success;
    }
    print_network(c);
    return success;
}

}  // namespace

void add_check(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto arguments = std::make_shared<RunArguments>();
    CLI::App* verb =
        app.add_subcommand("check", "Check an experiment and tell its memory and time, without running it");
    add_run_options(*verb, *arguments);
    verb->add_flag("--quiet", arguments->quiet, "Print problems only");
    verb->footer(
        "Examples:\n"
        "  neurodyn check experiments/resting_state.yaml\n"
        "  neurodyn check my.yaml --set populations.cortex.size=1000\n"
        "\n"
        "All problems of a file are printed together, each with its line. The time is from a short trial of\n"
        "the very kernels that a run uses.");
    actions.emplace_back(verb, [arguments] { return check(*arguments); });
}

}  // namespace neurodyn::app
