// SPDX-License-Identifier: BSD-3-Clause
// Projections in the order of the experiment, and errors at their places in it.
#include "experiment/connections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "record/synapses.hpp"

namespace neurodyn::experiment {
namespace {

std::string place(const std::string& population, const std::string& part) {
    return part.empty() ? population : fmt::format("{}.{}", population, part);
}

}  // namespace

Connections::Connections(const std::string& path, const RunSettings& settings, const std::string& only)
    : threads_(settings.threads), loaded_(load_experiment(path, settings)) {
    Resources resources(loaded_->experiment.directory);
    built_ = std::make_unique<Built>(build(loaded_->experiment, resources));
    located(loaded_->document, *built_, [&] { add(only); });
}

Connections::~Connections() = default;

void Connections::add(const std::string& only) {
    std::vector<std::string> names;
    for (const ProjectionSection& section : loaded_->experiment.projections) {
        names.push_back(section.name);
        if (!only.empty() && section.name != only) continue;
        for (const network::EventProjection& p : built_->network.event_projections)
            if (p.name == section.name)
                projections_.push_back({p.name, place(p.from, p.event), place(p.to, p.target),
                                        section.connect.value, p.from, p.to,
                                        engine::DrawnSynapses(built_->network, p)});
        for (const network::Projection& p : built_->network.projections)
            if (p.name == section.name && !p.kernel)
                projections_.push_back({p.name, place(p.from, p.source), place(p.to, p.target), "matrix",
                                        p.from, p.to, engine::DrawnSynapses(built_->network, p)});
    }
    if (only.empty() || !projections_.empty()) return;
    for (const network::Projection& p : built_->network.projections)
        if (p.name == only && p.kernel)
            throw Error(
                fmt::format("projection '{}' is a kernel of a field: it has no single connections", only));
    const std::string near = did_you_mean(only, names);
    throw Error(fmt::format("there is no projection '{}'; {}", only,
                            near.empty() ? fmt::format("there is: {}", fmt::join(names, ", ")) : near));
}

engine::ConnectionStatistics Connections::statistics(const ConnectionsOf& projection) const {
    return located(loaded_->document, *built_,
                   [&] { return engine::connection_statistics(projection.synapses, threads_); });
}

void Connections::for_rows(const ConnectionsOf& projection, std::optional<std::size_t> source,
                           const TakeRow& take) const {
    located(loaded_->document, *built_, [&] {
        engine::SynapseRow row;
        const std::size_t end = source ? *source + 1 : projection.synapses.sources();
        for (std::size_t s = source.value_or(0); s < end; ++s) {
            projection.synapses.row(s, row);
            take(s, row);
        }
    });
}

std::uint64_t Connections::write(const std::string& path) const {
    if (!record::holds_many_projections(path) && projections_.size() != 1) {
        std::vector<std::string> names;
        for (const ConnectionsOf& projection : projections_) names.push_back(projection.name);
        throw Error(fmt::format(
            "a .csv file holds the synapses of one projection, and there are {}: name one of {}, or write a "
            ".h5 file",
            names.size(), fmt::join(names, ", ")));
    }
    std::uint64_t written = 0;
    record::SynapseFileWriter writer(path);
    for (const ConnectionsOf& projection : projections_) {
        const engine::DrawnSynapses& synapses = projection.synapses;
        writer.start({projection.name, projection.source_population, projection.target_population,
                      synapses.sources(), synapses.targets(), synapses.weight_unit()});
        for_rows(projection, std::nullopt, [&](std::size_t source, const engine::SynapseRow& row) {
            writer.append(source, row);
            written += row.targets.size();
        });
    }
    writer.finish();
    return written;
}

}  // namespace neurodyn::experiment
