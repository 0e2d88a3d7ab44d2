// SPDX-License-Identifier: BSD-3-Clause
// Second and third derivatives of a vector field as multilinear forms, taken symbolically.
#pragma once

#include <Eigen/Dense>
#include <complex>
#include <optional>

#include "dynamics/vector_field.hpp"

namespace neurodyn::dynamics {

/// B(v, w)_i = sum f_i,jk v_j w_k and C(u, v, w)_i = sum f_i,jkl u_j v_k w_l, in the states' units per
/// second.
class Multilinear {
  public:
    explicit Multilinear(const VectorField& field);
    /// From now on at this point: states and free parameters, in their units.
    void move_to(const Eigen::VectorXd& u) { at_ = u; }
    Eigen::VectorXcd b(const Eigen::VectorXcd& v, const Eigen::VectorXcd& w);
    /// C(q, q, conj q)
    Eigen::VectorXcd c(const Eigen::VectorXcd& q);

  private:
    Eigen::VectorXd run(compile::Evaluator& form, std::initializer_list<const Eigen::VectorXd*> vectors);

    std::vector<double> scale_;  ///< of states and then of parameters
    Eigen::Index n_;
    compile::Environment fixed_;
    Eigen::VectorXd at_;
    std::optional<compile::Evaluator> second_, third_;
};

/// dx/dt and, behind it, its derivative along a direction: over the states, the free parameters and the
/// direction's components (in the states' units).
Equations with_derivative_along(const VectorField& field);

/// The first Lyapunov coefficient of a Hopf point with the Jacobian `a` and eigenvalue i omega (1/s):
/// Kuznetsov 2004, Elements of applied bifurcation theory, equation 5.39, with <q, q> = <p, q> = 1. Its sign
/// does not depend on the states' units.
double first_lyapunov(Multilinear& forms, const Eigen::MatrixXd& a, double omega);

}  // namespace neurodyn::dynamics
