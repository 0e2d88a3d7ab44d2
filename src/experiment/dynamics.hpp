// SPDX-License-Identifier: BSD-3-Clause
// What equations alone say: bifurcation diagrams and phase planes of a model, and their pages.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dynamics/cycles.hpp"
#include "dynamics/phase_plane.hpp"

namespace neurodyn::experiment {

struct DynamicsSettings {
    std::string model;                                     ///< of the library, or a file
    std::vector<std::pair<std::string, std::string>> set;  ///< parameter or input, and its value with a unit
    std::vector<std::pair<std::string, std::string>> box;  ///< state and LOW..HIGH
    std::string command;
};

/// Fixed points and cycles over one parameter.
struct Diagram {
    dynamics::VectorField field;
    dynamics::Range range;
    std::vector<dynamics::Branch> equilibria;
    std::vector<dynamics::CycleBranch> cycles;
    std::string text;  ///< of the model
    double wall_s = 0.0;
};

struct DiagramSettings : DynamicsSettings {
    std::string parameter, range;  ///< LOW..HIGH, as numbers in the parameter's unit or with their own
    bool cycles = true;
    std::size_t intervals = 30;  ///< of a cycle's mesh
    int steps = 2000;            ///< at most, of a branch
};

/// Throws Error for unknown names, units that do not fit, empty ranges and models without a smooth field.
Diagram make_diagram(const DiagramSettings& settings);

struct Plane {
    dynamics::VectorField field;
    dynamics::PhasePlane plane;
    std::string text;
    double wall_s = 0.0;
};

struct PlaneSettings : DynamicsSettings {
    std::string x, y;  ///< states; empty: the first two
};

/// Throws as make_diagram(), and for a model of one state.
Plane make_plane(const PlaneSettings& settings);

/// The state of that name, or the first where it is empty. Throws Error.
std::size_t shown_state(const dynamics::VectorField& field, const std::string& name);

/// Pages (docs/report.md).
std::string diagram_document(const Diagram& diagram, std::size_t shown, const DynamicsSettings& settings);
std::string plane_document(const Plane& plane, const DynamicsSettings& settings);
/// A row for each point of each branch; the head has names and units.
void write_diagram_csv(const Diagram& diagram, const std::string& path);

}  // namespace neurodyn::experiment
