// SPDX-License-Identifier: BSD-3-Clause
// neurodyn connections: the synapses that a run would have, counted, listed or written to a file.
#include "experiment/connections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <optional>

#include "commands.hpp"
#include "run_options.hpp"

namespace neurodyn::app {
namespace {

using experiment::Connections;
using experiment::ConnectionsOf;

struct ConnectionArguments {
    RunArguments run;
    std::string projection, out;
    std::optional<std::uint64_t> from, to;
};

const Unit milliseconds{dimensions::time, 1e-3, "ms"};

std::string title(const std::string& name, const Unit& unit) {
    return unit.name == "1" ? name : fmt::format("{} [{}]", name, unit.name);
}

std::vector<std::string> moments_row(const std::string& what, const engine::Moments& m, const Unit& unit) {
    std::vector<std::string> row = {"  " + title(what, unit)};
    for (const double x : {m.mean, m.sd(), m.minimum, m.maximum})
        row.push_back(m.count > 0.0 ? fmt::format("{:.6g}", from_si(x, unit)) : "-");
    return row;
}

void print_statistics(const ConnectionsOf& projection, const engine::ConnectionStatistics& s) {
    fmt::print("{}: {} ({} neurons) to {} ({} neurons), {}\n", projection.name, projection.from,
               projection.synapses.sources(), projection.to, projection.synapses.targets(), projection.rule);
    fmt::print("  {} synapses, {} autapses, {} multapses\n", s.synapses, s.autapses, s.multapses);
    std::vector<std::vector<std::string>> rows = {{"", "mean", "sd", "min", "max"},
                                                  moments_row("in-degree", s.in_degree, {}),
                                                  moments_row("out-degree", s.out_degree, {})};
    if (const auto& unit = projection.synapses.weight_unit())
        rows.push_back(moments_row("weight", s.weight, *unit));
    rows.push_back(moments_row("delay", s.delay_s, milliseconds));
    fmt::print("{}\n", format_table(rows));
}

// The synapses of one source, onto one target, or of one pair.
void print_synapses(const Connections& connections, const ConnectionsOf& projection,
                    const ConnectionArguments& arguments) {
    const engine::DrawnSynapses& synapses = projection.synapses;
    const auto check = [&](const std::optional<std::uint64_t>& neuron, std::size_t size, const char* option) {
        if (neuron && *neuron >= size)
            throw Error(fmt::format("{} {}: the neurons there are 0 to {}", option, *neuron, size - 1));
    };
    check(arguments.from, synapses.sources(), "--from");
    check(arguments.to, synapses.targets(), "--to");
    const auto& unit = synapses.weight_unit();
    fmt::print("source,target{},{}\n", unit ? "," + title("weight", *unit) : "",
               title("delay", milliseconds));
    connections.for_rows(projection, arguments.from, [&](std::size_t source, const engine::SynapseRow& row) {
        for (std::size_t k = 0; k < row.targets.size(); ++k) {
            if (arguments.to && row.targets[k] != *arguments.to) continue;
            fmt::print("{},{}{},{:.10g}\n", source, row.targets[k],
                       unit ? fmt::format(",{:.10g}", from_si(row.weight[k], *unit)) : "",
                       from_si(row.delay_s[k], milliseconds));
        }
    });
}

int show(const ConnectionArguments& arguments) {
    const Connections connections(arguments.run.file, to_settings(arguments.run), arguments.projection);
    if (!arguments.out.empty()) {
        const std::uint64_t written = connections.write(arguments.out);
        fmt::print("{} synapses of {} projection{} written\n{}\n", written, connections.projections().size(),
                   connections.projections().size() == 1 ? "" : "s", arguments.out);
        return success;
    }
    if (arguments.from || arguments.to) {
        if (connections.projections().size() != 1) {
            std::vector<std::string> names;
            for (const ConnectionsOf& projection : connections.projections())
                names.push_back(projection.name);
            throw Error(fmt::format("--from and --to list the synapses of one projection; name one of {}",
                                    fmt::join(names, ", ")));
        }
        print_synapses(connections, connections.projections().front(), arguments);
        return success;
    }
    if (connections.projections().empty()) fmt::print("there are no projections\n");
    for (const ConnectionsOf& projection : connections.projections())
        print_statistics(projection, connections.statistics(projection));
    return success;
}

}  // namespace

void add_connections(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto arguments = std::make_shared<ConnectionArguments>();
    CLI::App* verb = app.add_subcommand(
        "connections", "Tell, list or export the synapses that an experiment would have, without running it");
    add_experiment_options(*verb, arguments->run);
    verb->add_option("PROJECTION", arguments->projection, "One of the experiment's projections (all)");
    CLI::Option* from =
        verb->add_option("--from", arguments->from, "List the synapses of this source neuron, from 0");
    CLI::Option* to =
        verb->add_option("--to", arguments->to, "List the synapses onto this target neuron, from 0");
    verb->add_option("--out", arguments->out,
                     "Write the synapses to a file: .csv (one projection) or .h5 (SONATA edges)")
        ->excludes(from)
        ->excludes(to);
    verb->footer(
        "Examples:\n"
        "  neurodyn connections experiments/brunel.yaml\n"
        "  neurodyn connections my.yaml excitatory --from 12\n"
        "  neurodyn connections my.yaml excitatory --out synapses.csv\n"
        "\n"
        "Written synapses can be read again: connect: {rule: file, path: synapses.csv}.");
    actions.emplace_back(verb, [arguments] { return show(*arguments); });
}

}  // namespace neurodyn::app
