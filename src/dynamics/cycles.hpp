// SPDX-License-Identifier: BSD-3-Clause
// Limit cycles by orthogonal collocation, and their branches over a parameter: as AUTO computes them (Doedel,
// Keller & Kernevez 1991, doi:10.1142/S0218127491000555).
#pragma once

#include <complex>
#include <functional>
#include <optional>
#include <vector>

#include "dynamics/equilibria.hpp"

namespace neurodyn::dynamics {

/// A cycle on a mesh of intervals, each with `degree` + 1 even points, so that neighbours share one. Unknowns
/// are the states at intervals * degree points (point by point; the cycle closes), the period in s, the
/// parameter.
struct CycleMesh {
    std::vector<double> at;  ///< ends of the intervals, from 0 to 1: parts of the period
    int degree = 4;
    std::size_t intervals() const { return at.size() - 1; }
    std::size_t points() const { return intervals() * static_cast<std::size_t>(degree); }
};

struct CyclePoint {
    double parameter = 0.0, period_s = 0.0;
    Eigen::VectorXd low, high;                      ///< of each state
    std::vector<std::complex<double>> multipliers;  ///< Floquet's, without the trivial one, by falling size
    std::size_t unstable = 0;                       ///< of them outside of the unit circle
    double shown_low = 0.0, shown_high = 0.0;       ///< of CycleSettings::shown
};

struct CycleBranch {
    std::vector<CyclePoint> points;
    std::vector<Special> special;  ///< x: the states at phase 0
    std::string end;
};

struct CycleSettings {
    std::size_t intervals = 30;
    int degree = 4;
    StepSettings steps;
    /// In units of the first one: beyond it the branch ends at a homoclinic orbit.
    double longest_period = 50;
    /// A quantity whose range over each cycle is kept; may be empty.
    std::function<double(const Eigen::VectorXd& x, double parameter)> shown = {};
};

/// The branch of cycles that a Hopf point sheds, up to the ends of the range, another Hopf point, or a period
/// that grows without bound.
CycleBranch cycle_branch(const VectorField& field, const Range& range, const Box& box, const Special& hopf,
                         const CycleSettings& settings);

/// One cycle at one parameter: phase 0 is the highest value of the first state.
struct Cycle {
    double parameter = 0.0, period_s = 0.0;
    std::vector<double> phase;  ///< from 0 to 1, both included
    Eigen::MatrixXd states;     ///< [state, phase]
    std::vector<std::complex<double>> multipliers;
    /// The infinitesimal phase response in each state, [state, phase], s per unit of the state: the adjoint's
    /// solution with Z.f = 1 (Ermentrout & Kopell 1991, doi:10.1007/BF00160539). What advances the phase is
    /// positive.
    Eigen::MatrixXd response;
};

/// The cycle that trajectories from `start` settle on, refined by collocation. Throws Error where they come
/// to rest or run away.
Cycle find_cycle(const VectorField& field, const Box& box, double parameter, const CycleSettings& settings);

}  // namespace neurodyn::dynamics
