// SPDX-License-Identifier: BSD-3-Clause
// States of rest and bifurcations of a whole experiment: its populations and projections, with their delays.
#pragma once

#include <string>
#include <vector>

#include "dynamics/network_branch.hpp"
#include "experiment/run.hpp"

namespace neurodyn::experiment {

struct NetworkDiagram {
    std::string name;  ///< of the experiment
    dynamics::NetworkField field;
    dynamics::Range range;
    std::vector<dynamics::NetworkBranch> branches;
    std::string text;  ///< of the experiment
    double wall_s = 0.0;
};

/// Which part of a network, and what is varied in it.
struct NetworkPart {
    std::string parameter = {};   ///< POPULATION.NAME, PROJECTION.NAME or PROJECTION.delay; empty: nothing
    std::string population = {};  ///< with all that projections join to it; empty: everything
    std::size_t member = 0;       ///< of an ensemble: has the values
};

/// Populations and projections as one field. Throws InputError or FileError as run_experiment(), and Error
/// where a population is unknown, or has events that reset it, stimuli that change with time, or is a field.
dynamics::NetworkField network_field(const network::Network& network, const NetworkPart& part);

/// The network of an experiment's file, as it is before it runs, and its text.
struct LoadedNetwork {
    std::string name, text;
    dynamics::NetworkField field;
};
LoadedNetwork load_network(const std::string& path, const RunSettings& settings, const NetworkPart& part);

/// Nothing followed yet. Throws Error where the range is none; `text` is that of the experiment.
NetworkDiagram plan_network_diagram(const std::string& name, dynamics::NetworkField field,
                                    const std::string& range, const std::string& text);
/// With its branches followed, in at most so many steps each way.
NetworkDiagram follow_network(NetworkDiagram planned, int steps);
/// `range` is LOW..HIGH, as numbers in the parameter's unit or with their own.
NetworkDiagram make_network_diagram(const std::string& path, const RunSettings& settings,
                                    const std::string& parameter, const std::string& range, int steps);

/// The page (docs/report.md).
std::string network_diagram_document(const NetworkDiagram& diagram, const std::string& command);
/// A row for each point: the parameter, unstable roots, the leading root, all states.
void write_network_csv(const NetworkDiagram& diagram, const std::string& path);

}  // namespace neurodyn::experiment
