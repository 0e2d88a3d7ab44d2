// SPDX-License-Identifier: BSD-3-Clause
// Folds and Hopf points over two parameters as curves: fixed points whose Jacobian is singular in one way
// (Govaerts 2000, Numerical methods for bifurcations of dynamical equilibria, chapters 3 to 5).
#pragma once

#include <optional>

#include "dynamics/equilibria.hpp"

namespace neurodyn::dynamics {

/// Unknowns are the states, the two parameters and, of Hopf points, the square of the frequency (1/s^2):
/// negative at saddles of two opposite eigenvalues, zero at Bogdanov-Takens points. Beside f = 0 there stand
/// conditions g = 0: what is left of a matrix N bordered by vectors near its null spaces, N being the
/// Jacobian J (folds) or J^2 + frequency^2 (Hopf points, of two null vectors).
class BifurcationCurve final : public Curve {
  public:
    /// `kind` is fold or hopf; the curve is begun near `start`, whose parameters are the last two numbers.
    /// `frequency_squared` is read for Hopf points.
    BifurcationCurve(const VectorField& field, Bifurcation kind, const Range& first, const Range& second,
                     const Eigen::VectorXd& width, const Eigen::VectorXd& start, double frequency_squared);

    const Eigen::VectorXd& weights() const override { return weights_; }
    std::optional<Eigen::VectorXd> solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row, bool residual,
                                         double along) override;
    /// Moves the border to the null vectors at `u`.
    void adapt(Eigen::VectorXd& u, Eigen::VectorXd& direction) override;

    /// The start as the curve's unknowns, and the direction in which it goes on. Nothing where there is no
    /// one direction.
    std::optional<CurvePoint> start();
    /// Derivatives of dx/dt in the states, 1/s.
    Eigen::MatrixXd states_jacobian(const Eigen::VectorXd& u);
    /// Of a fold, in widths of the box; each of length one, and turning without jumps along a step.
    struct NullVectors {
        Eigen::VectorXd right, left;
    };
    NullVectors null_vectors(const Eigen::VectorXd& u);
    Eigen::Index parameter() const { return n_; }  ///< where the first of the two stands
    Eigen::Index frequency() const { return n_ + 2; }

  private:
    /// N V + B G = 0, C^T V = 1, and W from the transpose.
    struct Bordered {
        Eigen::VectorXd f;
        Eigen::MatrixXd f_slopes, jacobian, right, left, rest;
    };
    std::optional<Bordered> bordered(const Eigen::VectorXd& u);
    Eigen::MatrixXd slopes(const Eigen::VectorXd& u, const Bordered& at);
    std::vector<Linearised> along(const Eigen::VectorXd& u, const Eigen::MatrixXd& directions);
    Eigen::MatrixXd singular(const Eigen::VectorXd& u, const Eigen::MatrixXd& jacobian) const;
    Eigen::MatrixXd scaled(const Eigen::MatrixXd& jacobian) const;
    bool is_hopf() const { return kind_ == Bifurcation::hopf; }

    Bifurcation kind_;
    Eigen::Index n_;
    Equations equations_;  ///< f and its derivative along a direction, over states, parameters, direction
    Eigen::VectorXd width_, weights_, start_;
    double rate_ = 1.0;  ///< 1/s: what the Jacobian is counted in
    Eigen::MatrixXd left_border_, right_border_;
};

}  // namespace neurodyn::dynamics
