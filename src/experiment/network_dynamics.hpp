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

/// The experiment's populations and projections as one field; `parameter` is POPULATION.NAME or
/// PROJECTION.NAME, or PROJECTION.delay. Throws InputError or FileError as run_experiment(), and Error where
/// the network has events, resets, stimuli that change with time, fields or noise alone.
dynamics::NetworkField network_field(const network::Network& network, const std::string& parameter);

/// `range` is LOW..HIGH, as numbers in the parameter's unit or with their own.
NetworkDiagram make_network_diagram(const std::string& path, const RunSettings& settings,
                                    const std::string& parameter, const std::string& range, int steps);

/// The page (docs/report.md).
std::string network_diagram_document(const NetworkDiagram& diagram, const std::string& command);
/// A row for each point: the parameter, unstable roots, the leading root, all states.
void write_network_csv(const NetworkDiagram& diagram, const std::string& path);

}  // namespace neurodyn::experiment
