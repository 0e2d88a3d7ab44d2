// SPDX-License-Identifier: BSD-3-Clause
// Fixed points of a vector field: where they are, what they are.
#pragma once

#include <complex>
#include <string>
#include <vector>

#include "dynamics/vector_field.hpp"

namespace neurodyn::dynamics {

/// Lowest and highest value of each state, in its unit.
struct Box {
    Eigen::VectorXd low, high;
};

struct FixedPoint {
    Eigen::VectorXd x;                              ///< in the states' units
    std::vector<std::complex<double>> eigenvalues;  ///< 1/s, by descending real part
    bool is_stable() const { return eigenvalues.front().real() < 0.0; }
    /// "stable node", "unstable focus", "saddle" (with the number of unstable directions where there are more
    /// than two states), "centre": by the signs of real parts and whether the leading pair turns.
    std::string kind() const;
};

/// By descending real part.
std::vector<std::complex<double>> sorted_eigenvalues(const Eigen::MatrixXd& m);
/// Zero where a pair of eigenvalues has the sum zero: Hopf points and saddles of two opposite ones.
double pair_sums(const std::vector<std::complex<double>>& eigenvalues);
/// The eigenvalue above the real axis that is nearest to the imaginary one; 0 without a turning pair.
std::complex<double> critical_pair(const std::vector<std::complex<double>>& eigenvalues);
FixedPoint classify(Eigen::VectorXd x, const Eigen::MatrixXd& jacobian);

struct SearchSettings {
    std::size_t starts = 500;
    Box box;  ///< where it starts, and where points count
};

/// Fixed points of dx/dt with the free parameters at `parameters` (in their units): Newton's method with a
/// line search from the text's initial state and a Halton sequence (1960, doi:10.1007/BF01386213) in the box.
/// What it finds is certain; that there are no others is not. By the first state, ascending.
std::vector<FixedPoint> find_fixed_points(const VectorField& field, Equations& equations,
                                          const Eigen::VectorXd& parameters, const SearchSettings& settings);

/// A box that trajectories visit: each is followed (with steps that control their error) from the text's
/// initial state and random ones around it until it rests, cycles or its time is up; the box holds all of
/// them, half as large again.
Box visited_box(const VectorField& field, Equations& equations, const Eigen::VectorXd& parameters);

/// Lowest and highest value of a parameter, in its unit.
struct Range {
    double low = 0.0, high = 1.0;
};
/// The same for both ends and the middle of a range of the one free parameter.
Box visited_box(const VectorField& field, const Range& range);
/// The same for the corners and the middle of the plane of two free parameters.
Box visited_box(const VectorField& field, const Range& first, const Range& second);

}  // namespace neurodyn::dynamics
