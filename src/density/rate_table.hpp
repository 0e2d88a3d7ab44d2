// SPDX-License-Identifier: BSD-3-Clause
// The tables behind stationary_rate() in equations.
#pragma once

#include "language/model.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::density {

/// Largest error of a table between its points, as a part of its highest rate.
inline constexpr double rate_table_error = 1e-5;

/// The coefficients of a spline that gives the stationary rate (Hz) of `neurons` over the axes of `rates`,
/// behind their header (language::rate_table_header). Points are added, half way between those that are
/// there, until what the spline without the new points missed at them says that it is now right to
/// rate_table_error. Throws Error where
/// the neurons have no density, lack what is set or take it in another unit, and where 2049 points do not do.
symbolic::TablePtr make_rate_table(const language::RateTable& rates, const language::Model& neurons);

}  // namespace neurodyn::density
