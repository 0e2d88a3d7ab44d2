// SPDX-License-Identifier: BSD-3-Clause
// What equations alone say: bifurcation diagrams and phase planes of a model, and their pages.
#pragma once

#include <array>
#include <cmath>
#include <complex>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dynamics/cycles.hpp"
#include "dynamics/lyapunov.hpp"
#include "dynamics/phase_plane.hpp"
#include "dynamics/two_parameters.hpp"

namespace neurodyn::experiment {

/// A model and the values (SI) that stand for its text's.
struct Subject {
    language::ModelPtr model;
    std::map<std::string, double> values;
    std::vector<std::string> without_value;  ///< of parameters: they differ between nodes
};

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

/// A model of the library or a file; parameters or inputs, and their values with units. Throws Error.
Subject subject_of(const std::string& model, const NamedTexts& set);

/// "LOW..HIGH" in a unit, or with units of its own. Throws Error where it is empty or no range.
dynamics::Range parse_range(const std::string& name, const std::string& text, const Unit& unit);

struct DynamicsSettings {
    NamedTexts box;  ///< state and LOW..HIGH
    std::string command;
};

/// What lies nearest to the values that a model has.
struct Criticality {
    double value = 0.0;          ///< of the parameter; NaN: it has none
    double distance = INFINITY;  ///< to the nearest bifurcation in the range, in the parameter's unit, or NaN
    std::complex<double> leading;   ///< 1/s: of all fixed points there the leading eigenvalue nearest to zero
    bool has_fixed_points = false;  ///< at that value, in the box
};

/// Fixed points and cycles over one parameter.
struct Diagram {
    dynamics::VectorField field;
    dynamics::Range range;
    std::vector<dynamics::Branch> equilibria;
    std::vector<dynamics::CycleBranch> cycles;
    Criticality criticality;
    std::string text;  ///< of the model
    double wall_s = 0.0;
};

struct DiagramSettings : DynamicsSettings {
    std::string parameter, range;  ///< LOW..HIGH, as numbers in the parameter's unit or with their own
    std::string show;              ///< a state or definition; empty: the first state
    bool cycles = true;
    std::size_t intervals = 30;  ///< of a cycle's mesh
    int steps = 2000;            ///< at most, of a branch
};

/// The field and the range that a diagram will have. Throws Error for unknown names, units that do not fit,
/// empty ranges and models without a smooth field.
Diagram plan_diagram(const Subject& subject, const DiagramSettings& settings);
Diagram make_diagram(const Subject& subject, const DiagramSettings& settings);

/// Curves of folds and Hopf points in the plane of two parameters.
struct Curves {
    dynamics::VectorField field;
    std::array<dynamics::Range, 2> ranges;
    std::vector<dynamics::PlaneCurve> curves;
    std::string text;
    double wall_s = 0.0;
};

struct CurvesSettings : DynamicsSettings {
    std::array<std::pair<std::string, std::string>, 2> over;  ///< parameters and their LOW..HIGH
    int steps = 2000;                                         ///< at most, of a curve
};

/// Throws as plan_diagram(), and where both parameters are the same.
Curves plan_curves(const Subject& subject, const CurvesSettings& settings);
Curves make_curves(const Subject& subject, const CurvesSettings& settings);

struct Plane {
    dynamics::VectorField field;
    dynamics::PhasePlane plane;
    std::string text;
    double wall_s = 0.0;
};

struct PlaneSettings : DynamicsSettings {
    std::string x, y;  ///< states; empty: the first two
};

/// Throws as plan_diagram(), and for a model of one state.
Plane plan_plane(const Subject& subject, const PlaneSettings& settings);
Plane make_plane(const Subject& subject, const PlaneSettings& settings);

/// One sentence: whether these are proved to be all fixed points in the box.
std::string proof_of(const Plane& plane);

/// Lyapunov exponents of a model or a network.
struct Exponents {
    std::string name;
    dynamics::LyapunovSpectrum spectrum;
    std::string text;
    double wall_s = 0.0;
};

Exponents make_exponents(const dynamics::TangentFlow& flow, const dynamics::LyapunovSettings& settings,
                         const std::string& text);

/// Pages (docs/report.md).
std::string diagram_document(const Diagram& diagram, const DynamicsSettings& settings);
std::string plane_document(const Plane& plane, const DynamicsSettings& settings);
std::string exponents_document(const Exponents& exponents, const DynamicsSettings& settings,
                               const char* language);
std::string curves_document(const Curves& curves, const DynamicsSettings& settings);
/// A row for each point of each branch or curve; the head has names and units.
void write_curves_csv(const Curves& curves, const std::string& path);
/// A row for each time: the running means.
void write_exponents_csv(const Exponents& exponents, const std::string& path);
void write_diagram_csv(const Diagram& diagram, const std::string& path);

}  // namespace neurodyn::experiment
