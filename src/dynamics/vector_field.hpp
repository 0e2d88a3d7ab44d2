// SPDX-License-Identifier: BSD-3-Clause
// From a model's text to a smooth vector field: its states, free parameters, and everything else fixed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "dynamics/equations.hpp"
#include "language/model.hpp"

namespace neurodyn::dynamics {

/// A named quantity of the field, counted in its own unit.
struct Quantity {
    std::string name;
    Unit unit;
};

/// dx/dt = f(x, parameters), deterministic: white noise is left out, inputs are what they are when nothing
/// drives them.
struct VectorField {
    std::string model;
    symbolic::Graph graph;
    std::vector<Quantity> states;
    std::vector<symbolic::NodeId> drift;  ///< SI; of states, free parameters and fixed values
    std::vector<Quantity> free;           ///< parameters (or inputs) that are varied
    std::vector<double> free_value;       ///< where the text puts them, in their units
    compile::Environment fixed;           ///< values (SI) of all other symbols
    Eigen::VectorXd start;                ///< the text's initial state, in the states' units
    Quantity shown;                       ///< a state or definition that diagrams show
    symbolic::NodeId shown_value;         ///< SI

    Eigen::Index dimension() const { return static_cast<Eigen::Index>(states.size()); }
    /// Of the states and then the free parameters; rows in their units per second.
    Equations equations() const;
    /// One row: what is shown, in its unit.
    Equations shown_equation() const;
};

/// The parameter or input of that name. Throws Error with a near name.
const language::Quantity& find_quantity(const language::Model& model, const std::string& name);

/// `settings` (SI) replace values of parameters and inputs. Throws Error where the model has no smooth field:
/// a reset, a parameter without a value, dependence on time, Laplacians, no states; and where a name is
/// unknown. `shown` is a state or a definition; empty: the first state.
VectorField make_vector_field(const language::Model& model, const std::vector<std::string>& free,
                              const std::map<std::string, double>& settings, const std::string& shown = {});

}  // namespace neurodyn::dynamics
