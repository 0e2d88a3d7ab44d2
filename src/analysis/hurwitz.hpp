// SPDX-License-Identifier: BSD-3-Clause
// The Hurwitz zeta function: what makes a power law of whole numbers sum to 1.
#pragma once

namespace neurodyn::analysis {

/// A function of the exponent with its first two derivatives.
struct Jet {
    double value = 0, first = 0, second = 0;
};

/// q^s zeta(s, q) = sum over k >= 0 of (1 + k/q)^-s for s > 1, q > 0, with its derivatives after s: direct
/// terms, then the Euler-Maclaurin formula (DLMF 25.11.28). The factor keeps it near 1 for large q.
Jet scaled_zeta(double s, double q);
/// The value alone.
double scaled_zeta_value(double s, double q);

}  // namespace neurodyn::analysis
