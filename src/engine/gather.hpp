// SPDX-License-Identifier: BSD-3-Clause
// Weighted sums of delayed signals: the inner loops of every coupling.
#pragma once

#include <cstddef>
#include <cstdint>

namespace neurodyn::engine {

/// One delayed edge of a target.
template <class Real>
struct Edge {
    std::int64_t offset;  ///< source * (steps per source in the history) - delay, in steps
    Real weight;
};

/// A signal's past: per source so many steps of `members` reals; time wraps after `length` steps and the
/// first `margin` steps stand again behind the end, so that a window of up to `margin` steps is always
/// contiguous.
template <class Real>
struct HistoryView {
    const Real* values;
    std::size_t length;   ///< steps before time wraps
    std::size_t members;  ///< reals per step
};

/// The edges of targets [first, last): row_begin[i] to row_begin[i + 1] are those of target i, by descending
/// delay.
template <class Real>
struct EdgeRows {
    std::size_t first, last;
    const std::uint64_t* row_begin;
    const Edge<Real>* edges;
    const std::uint32_t* delays;            ///< per edge, in steps
    std::size_t shortest = 0, longest = 0;  ///< of them all
};

/// sums[i*sums_row + k] += sum over the edges of target i, in their order, of weight * signal(source, now -
/// delay + k / members), for k < count; `position` is now modulo the history's length. Products and sums are
/// rounded separately, so the bits do not depend on the width.
template <class Real>
void gather_edges(Real* sums, std::size_t sums_row, std::size_t count, const EdgeRows<Real>& rows,
                  const HistoryView<Real>& history, std::size_t position);

/// to[c*to_row + r*members + m] = from[r*from_row + c*members + m] for r < rows, c < columns, m < members.
template <class Real>
void transpose(Real* to, std::size_t to_row, const Real* from, std::size_t from_row, std::size_t rows,
               std::size_t columns, std::size_t members);

/// Targets that a packed weight panel covers at most.
inline constexpr std::size_t panel_targets = 32;

/// Targets that the panel from target `first` on has room for: a multiple of 8, the last panel has the rest.
constexpr std::size_t panel_width(std::size_t targets, std::size_t first) {
    const std::size_t left = (targets - first + 7) / 8 * 8;
    return left < panel_targets ? left : panel_targets;
}

/// sums[t] += sum over sources, ascending, of panel[s][t] * signals[s], for the `width` targets of one panel.
template <class Real>
void multiply_panel(Real* sums, const Real* panel, std::size_t width, const Real* signals,
                    std::size_t sources);

/// sums[t][m] += sum over sources, ascending, of weights[t][s] * signals[s][m] for `targets` rows and
/// `members` (a multiple of 4) lanes.
template <class Real>
void multiply_members(Real* sums, std::size_t sums_row, const Real* weights, std::size_t weights_row,
                      const Real* signals, std::size_t signals_row, std::size_t targets, std::size_t sources,
                      std::size_t members);

}  // namespace neurodyn::engine
