// SPDX-License-Identifier: BSD-3-Clause
// Lyapunov exponents of a vector field: how fast trajectories that start close together part, in each
// direction.
//
// Benettin et al. 1980 (doi:10.1007/BF02128236): tangent vectors are carried along by the symbolic Jacobian
// and made orthonormal again after each step; the exponents are the mean logarithmic growth. They do not
// depend on the units of the states, so each state is counted in its own spread on the trajectory: errors of
// states and of tangent vectors are then of one size and are controlled together.
#pragma once

#include <vector>

#include "dynamics/vector_field.hpp"

namespace neurodyn::dynamics {

struct LyapunovSettings {
    Eigen::Index exponents = 0;  ///< the largest ones; 0: all
    double discard_s = 0.0;      ///< until the trajectory is on its attractor; above 0
    double duration_s = 0.0;     ///< over which growth is averaged; above 0
    double tolerance = 1e-8;  ///< error of a step, of the states' spread and of tangent vectors of length 1
    long most_steps = 20'000'000;
};

struct LyapunovSpectrum {
    Eigen::VectorXd exponents;       ///< 1/s, from the largest
    Eigen::VectorXd standard_error;  ///< 1/s: from the spread of twenty parts of the duration
    double sum = 0.0;                ///< of all exponents: the mean divergence; NaN unless all were asked for
    double dimension = 0.0;  ///< Kaplan & Yorke 1979, with exponents within two errors of 0 as 0; NaN where
                             ///< the exponents asked for do not tell
    std::vector<double> time_s;  ///< since the end of what is discarded
    Eigen::MatrixXd running;     ///< [exponent, time]: the mean up to then
};

/// From the field's initial state, with its free parameters where the text has them. Throws Error where a
/// duration is not above 0, more exponents are asked for than there are states, a state runs away (named,
/// with the time), or steps become too many or too small (with how far it came).
LyapunovSpectrum lyapunov_spectrum(const VectorField& field, const LyapunovSettings& settings);

}  // namespace neurodyn::dynamics
