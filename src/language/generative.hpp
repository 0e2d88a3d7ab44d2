// SPDX-License-Identifier: BSD-3-Clause
// From a generative model to the dynamics that invert it: variational free energy under the Laplace
// approximation, its gradients and curvature, beliefs and errors (Friston et al. 2008,
// doi:10.1016/j.neuroimage.2008.02.054; Buckley et al. 2017, doi:10.1016/j.jmp.2017.09.004).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "language/ast.hpp"
#include "language/model.hpp"

namespace neurodyn::language {

/// One quantity of a generative model, what is predicted of it and how precisely. Predictions and precisions
/// are expressions of beliefs, parameters, inputs and t.
struct Predicted {
    Role role = Role::prediction;
    std::string name, description;
    Unit unit;
    SourceSpan span;
    NodeId symbol;
    NodeId prediction;  ///< in `unit`; of a flow in `unit` per second
    NodeId precision;   ///< 1/unit^2
};

/// Adds to one order of motion of an observation.
struct ActionEffect {
    std::size_t observation = 0;  ///< of Generative::quantities
    std::size_t order = 0;
    NodeId value;  ///< of the action
};

struct Generative {
    std::vector<Predicted> quantities;
    std::vector<Predicted> actions;  ///< name, unit and symbol
    std::vector<Predicted> inputs;   ///< the same: known, such as predictions of a level above
    std::vector<ActionEffect> effects;
    std::size_t orders = 1;              ///< of motion of hidden states and causes: 1 is the value alone
    std::size_t observation_orders = 1;  ///< that the data give
    Unit time;                           ///< in which motion is counted: that of the rate
    NodeId smoothness;                   ///< s: noise has the autocorrelation exp(-h^2/(4 s^2)); null: white
    NodeId rate, learning_rate, action_rate;
    NodeId error_rate;  ///< null: errors are instantaneous
};

/// The name of a quantity's motion of some order: x, x_1, x_2, ...
std::string motion_name(const std::string& name, std::size_t order);
/// The product of units to whole powers, with a name that reads well: "mV/ms^2".
Unit product_unit(const std::vector<std::pair<Unit, int>>& factors);

/// Completes a model whose states of order 0 (hidden states, causes, priors, actions) and observations are
/// there: drifts, states of higher orders of motion, dynamic errors, inputs for the motion of observations,
/// and the definitions prediction_q, error_q, weighted_error_q, precision_q, energy_q, F, gradient_q and
/// curvature_p_q of every quantity or belief p, q.
void derive(const Generative& text, Model& model);

/// What the beliefs leave open at the model's initial values and the parameters' own: a line for each belief
/// of which F does not depend, or only together with others. Empty for models of other kinds.
std::vector<std::string> not_identifiable(const Model& model);

/// An expression's value where only parameters with known values matter; NaN otherwise.
double value_of_parameters(const Model& model, NodeId expression);

}  // namespace neurodyn::language
