// SPDX-License-Identifier: BSD-3-Clause
// The exact covariance and functional connectivity of a linear stochastic network.
#pragma once

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// The solution of A S + S AT + Q = 0: the stationary covariance of the Ornstein-Uhlenbeck process
/// dx = A x dt + noise of covariance Q per time (Gardiner, Handbook of Stochastic Methods, 4.4.6), by the
/// method of Bartels & Stewart (1972), doi:10.1145/361573.361582, on a complex Schur form. Throws ShapeError
/// and, when A has an eigenvalue whose real part is not negative, DataError with that eigenvalue.
Matrix stationary_covariance(const Matrix& a, const Matrix& q);

/// The correlation matrix that belongs to a covariance. Throws ShapeError; DataError for a variance that is
/// not positive.
Matrix correlation_of(const Matrix& covariance);

/// A = -1 + coupling * W / lambda_max, lambda_max the largest real part of W's eigenvalues, or 1 when the
/// coupling is not relative to it. Throws ShapeError, and DataError when W is not finite or lambda_max is not
/// positive.
Matrix linear_network(const Matrix& weights, double coupling, bool relative = true);

}  // namespace neurodyn::analysis
