// SPDX-License-Identifier: BSD-3-Clause
// The collocation equations of a cycle as a curve, solved by eliminating one interval after another.
#pragma once

#include "dynamics/cycles.hpp"

namespace neurodyn::dynamics {

/// Cycles of one field over its parameter. The unknowns' layout is CycleMesh's.
class CycleCurve final : public Curve {
  public:
    CycleCurve(const VectorField& field, const Range& range, const Box& box, CycleMesh mesh);

    const Eigen::VectorXd& weights() const override { return weights_; }
    std::optional<Eigen::VectorXd> solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row, bool residual,
                                         double along) override;
    /// Moves the mesh where the solution bends, and the reference of the phase to `u`.
    void adapt(Eigen::VectorXd& u, Eigen::VectorXd& direction) override;
    /// The cycle whose phase others are held to.
    void set_reference(const Eigen::VectorXd& u) { reference_ = u; }
    /// Lengths count periods in units of this one.
    void set_period_scale(double period_s);

    Eigen::Index dimension() const { return n_; }
    const CycleMesh& mesh() const { return mesh_; }
    double period(const Eigen::VectorXd& u) const { return u[u.size() - 2]; }
    double parameter(const Eigen::VectorXd& u) const { return u[u.size() - 1]; }
    /// States at a point of the mesh, the last being the first again.
    Eigen::VectorXd state(const Eigen::VectorXd& u, std::size_t point) const;
    /// All multipliers, the trivial one included, by falling size.
    std::vector<std::complex<double>> multipliers(const Eigen::VectorXd& u);
    /// The linear map of each interval, from its first point to its last.
    std::vector<Eigen::MatrixXd> maps(const Eigen::VectorXd& u);
    /// Time derivative (per s) of all states at a point.
    Eigen::VectorXd slope(const Eigen::VectorXd& u, std::size_t point);

  private:
    struct Interval;
    std::vector<Interval> linearise(const Eigen::VectorXd& u);
    Eigen::VectorXd phase_row(const Eigen::VectorXd& u) const;
    Eigen::MatrixXd nodes_of(const Eigen::VectorXd& u, std::size_t interval) const;
    void make_weights();

    Eigen::Index n_;
    Equations equations_;
    CycleMesh mesh_;
    Eigen::VectorXd width_, weights_, reference_;
    double range_, period_scale_ = 1.0;
    Eigen::VectorXd gauss_, gauss_weight_;  ///< on [0, 1]
    Eigen::MatrixXd basis_, slope_basis_;   ///< [collocation point, point of the interval]
};

}  // namespace neurodyn::dynamics
