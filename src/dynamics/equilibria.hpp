// SPDX-License-Identifier: BSD-3-Clause
// Branches of fixed points over a parameter, and where they bifurcate.
#pragma once

#include <complex>
#include <optional>
#include <string>
#include <vector>

#include "dynamics/curve.hpp"
#include "dynamics/fixed_points.hpp"

namespace neurodyn::dynamics {

enum class Bifurcation {
    fold,
    hopf,
    branch_point,
    cycle_fold,
    period_doubling,
    torus,
    homoclinic,
    // of two parameters
    cusp,
    bogdanov_takens,
    bautin,  ///< a Hopf point whose first Lyapunov coefficient is zero
    zero_hopf,
    double_hopf,
};
/// "fold", "Hopf", "branch point", "fold of cycles", "period doubling", "torus", "homoclinic", "cusp",
/// "Bogdanov-Takens", "Bautin", "zero-Hopf", "double Hopf".
std::string_view to_string(Bifurcation kind);

/// Where something changes on a branch. All values in the states' and the parameter's units.
struct Special {
    Bifurcation kind = Bifurcation::fold;
    double parameter = 0.0;
    std::optional<double> second;  ///< the other parameter, where two are varied
    Eigen::VectorXd x;
    std::vector<std::complex<double>> eigenvalues;  ///< 1/s
    double frequency_rad_s = 0.0;                   ///< of a Hopf point
    /// Of a Hopf point: negative where the cycles that it makes are stable on the centre manifold
    /// (supercritical). Kuznetsov 2004, Elements of applied bifurcation theory, equation 5.39.
    double first_lyapunov = 0.0;
    CurvePoint point;    ///< on its branch
    double shown = 0.0;  ///< of what a diagram shows
};

/// What a table says beside a point: "subcritical, 93.3 Hz", "period 14.6 ms", or nothing.
std::string describe(const Special& special);
/// "-308.9+3318.6i, -2.5"
std::string describe(const std::vector<std::complex<double>>& eigenvalues);

struct BranchPoint {
    double parameter = 0.0;
    Eigen::VectorXd x;
    std::size_t unstable = 0;  ///< eigenvalues with positive real part
    double shown = 0.0;        ///< of what a diagram shows
};

struct Branch {
    std::vector<BranchPoint> points;
    std::vector<Special> special;
    std::string end;  ///< why it ends where it does not leave the range: "closed", or what stalled and where
};

/// The curve of fixed points f(x, p) = 0; lengths are relative to the range and to `width` of the states.
class EquilibriumCurve final : public Curve {
  public:
    EquilibriumCurve(Equations& equations, const Range& range, const Eigen::VectorXd& width);
    const Eigen::VectorXd& weights() const override { return weights_; }
    std::optional<Eigen::VectorXd> solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row, bool residual,
                                         double along) override;
    Equations& equations() { return equations_; }
    Eigen::MatrixXd states_jacobian(const Eigen::VectorXd& u);

  private:
    Equations& equations_;
    Eigen::VectorXd weights_;
};

/// All branches that pass a fixed point at either end of the range or at one of `sections` values between,
/// and those that cross them at branch points.
std::vector<Branch> equilibrium_branches(const VectorField& field, const Range& range, const Box& box,
                                         const StepSettings& settings, std::size_t starts = 200,
                                         std::size_t sections = 3);

}  // namespace neurodyn::dynamics
