// SPDX-License-Identifier: BSD-3-Clause
// Weighted sums of delayed signals: the inner loops of every coupling.
#pragma once

#include <cstddef>
#include <cstdint>

namespace neurodyn::engine {

/// One delayed edge of a target.
template <class Real>
struct Edge {
    std::uint32_t source;
    std::uint32_t delay;  ///< in steps
    Real weight;
};

/// A signal's past: `row` values per source, contiguous in [time][member]; time wraps after `length` steps
/// and the first `margin` steps stand again behind the end, so that a window of up to `margin` steps is
/// always contiguous.
template <class Real>
struct HistoryView {
    const Real* values;
    std::size_t row;      ///< reals per source
    std::size_t length;   ///< steps before time wraps
    std::size_t members;  ///< reals per step
};

/// sums[k] += sum over edges, in their order, of weight * signal(source, now - delay + k / members), for k <
/// count; `position` is now modulo the history's length. Products and sums are rounded separately, so the
/// bits do not depend on the width.
template <class Real>
void gather_edges(Real* sums, std::size_t count, const Edge<Real>* edges, std::size_t edge_count,
                  const HistoryView<Real>& history, std::size_t position);

/// Targets that a packed weight panel covers.
inline constexpr std::size_t panel_targets = 32;

/// sums[t] += sum over sources, ascending, of panel[s][t] * signals[s], for one panel of `panel_targets`
/// targets.
template <class Real>
void multiply_panel(Real* sums, const Real* panel, const Real* signals, std::size_t sources);

/// sums[t][m] += sum over sources, ascending, of weights[t][s] * signals[s][m] for `targets` rows and
/// `members` (a multiple of 4) lanes.
template <class Real>
void multiply_members(Real* sums, std::size_t sums_row, const Real* weights, std::size_t weights_row,
                      const Real* signals, std::size_t signals_row, std::size_t targets, std::size_t sources,
                      std::size_t members);

}  // namespace neurodyn::engine
