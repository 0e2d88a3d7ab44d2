// SPDX-License-Identifier: BSD-3-Clause
// States of rest of networks over a parameter: characteristic roots (with discrete delays), folds, Hopf
// points.
#pragma once

#include <complex>
#include <string>
#include <vector>

#include "dynamics/equilibria.hpp"
#include "dynamics/network_field.hpp"

namespace neurodyn::dynamics {

/// Roots z of det(z - sum of entries exp(-z delay)) by descending real part: eigenvalues of the Jacobian
/// without delays; with them, those of a pseudospectral discretisation of the infinitesimal generator (Breda,
/// Maset & Vermiglio 2005, doi:10.1137/030601600), the first few refined by Newton's method on the
/// characteristic equation. Throws Error where the matrix would be too large.
std::vector<std::complex<double>> characteristic_roots(const NetworkLinearised& at);

struct NetworkPoint {
    double parameter = 0.0;
    Eigen::VectorXd x;
    std::size_t unstable = 0;                   ///< roots with positive real part
    std::vector<std::complex<double>> leading;  ///< the first few
};

struct NetworkBranch {
    std::vector<NetworkPoint> points;
    std::vector<Special>
        special;  ///< folds, Hopf points, branch points; first Lyapunov coefficients are not known
    std::string end;
};

/// Branches through the states that the network's initial one relaxes to, at both ends of the range, in its
/// middle and at the field's own value.
std::vector<NetworkBranch> network_branches(const NetworkField& field, const Range& range,
                                            const StepSettings& settings);

}  // namespace neurodyn::dynamics
