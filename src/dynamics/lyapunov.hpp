// SPDX-License-Identifier: BSD-3-Clause
// Lyapunov exponents of a model or a network: how fast trajectories that start close together part, in each
// direction.
//
// Benettin et al. 1980 (doi:10.1007/BF02128236): tangent vectors are carried along by symbolic derivatives
// and made orthonormal again after each step; the exponents are the mean logarithmic growth. They do not
// change with the units of the states, so each state is counted in its own spread on the trajectory: errors
// of states and of tangent vectors are then of one size and are controlled together.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dynamics/network_field.hpp"
#include "dynamics/vector_field.hpp"

namespace neurodyn::dynamics {

struct LyapunovSettings {
    Eigen::Index exponents = 0;  ///< the largest ones; 0: all
    double discard_s = 0.0;      ///< until the trajectory is on its attractor; above 0
    double duration_s = 0.0;     ///< over which growth is averaged; above 0
    std::uint64_t seed = 0;      ///< of the first tangent vectors
    double tolerance = 1e-8;  ///< error of a step, of the states' spread and of tangent vectors of length 1
    double step_s =
        0.0;  ///< above 0: of the map that forward Euler steps of this length make, instead of the flow
    long most_steps = 5'000'000;
};

struct LyapunovSpectrum {
    Eigen::VectorXd exponents;       ///< 1/s, from the largest
    Eigen::VectorXd standard_error;  ///< 1/s: from the spread of twenty parts of the duration
    double sum = 0.0;                ///< of all exponents: the mean divergence; NaN unless all were asked for
    double dimension = 0.0;          ///< Kaplan & Yorke 1979; NaN where the exponents asked for do not tell
    std::vector<double> time_s;      ///< since the end of what is discarded
    Eigen::MatrixXd running;         ///< [exponent, time]: the mean up to then, 1/s
    long steps = 0;
};

/// A flow that carries tangent vectors along.
struct TangentFlow {
    std::string name;                 ///< of the model or the network
    std::vector<std::string> states;  ///< their names
    Eigen::VectorXd start;
    /// Slopes per second; the first column is of the state, each other one of a tangent vector there.
    std::function<Eigen::MatrixXd(const Eigen::MatrixXd& z)> slope;
};

/// Free parameters have the values of the text.
TangentFlow tangent_flow(const VectorField& field);
/// By products of the Jacobian with vectors, along the edges; `name` is that of the network. Throws Error
/// where a link has delays: the state of such a system is a piece of its past.
TangentFlow tangent_flow(const NetworkField& field, const std::string& name);

/// Throws Error where a duration is not above 0, or more exponents are asked for than there are states.
void check(const TangentFlow& flow, const LyapunovSettings& settings);

/// From the flow's start. Throws Error as check(), and where a duration is too short for anything to grow, a
/// state runs away (named, with the time), or steps become too many or too small (with how far it came).
LyapunovSpectrum lyapunov_spectrum(const TangentFlow& flow, const LyapunovSettings& settings);

}  // namespace neurodyn::dynamics
